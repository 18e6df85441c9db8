package problems

import (
	_ "embed"
	"strings"
)

//go:embed examples.jsonl
var examplesFile string

// Examples returns a dozen small problems of mixed kind with reference answers, for a first run without a file.
func Examples() []Problem {
	list, err := Read(strings.NewReader(examplesFile), "examples.jsonl")
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return list
}
