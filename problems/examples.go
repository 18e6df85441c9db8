package problems

import (
	_ "embed"
	"strings"
)

//go:embed examples.jsonl
var examplesFile string

// Examples reads a dozen small problems of mixed kind with reference answers, for a first run without a file.
func Examples(o Options) ([]Problem, error) {
	return Read(strings.NewReader(examplesFile), "examples.jsonl", o)
}
