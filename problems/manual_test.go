package problems_test

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"caucus/problems"
)

func TestTheManualShowsFiltersThatCompileAndTheFieldsOfResults(t *testing.T) {
	manual, err := os.ReadFile("../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	filters := regexp.MustCompile(`--filter '([^']+)'`).FindAllSubmatch(manual, -1)
	if len(filters) == 0 {
		t.Error("no filters")
	}
	for _, found := range filters {
		if _, err := problems.ParseFilter(string(found[1])); err != nil {
			t.Error(err)
		}
	}
	_, results, _ := bytes.Cut(manual, []byte("\n## Results\n"))
	var shown, fields []string
	for _, found := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\|").FindAllSubmatch(results, -1) {
		shown = append(shown, string(found[1]))
	}
	for field := range reflect.TypeFor[problems.Result]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields = append(fields, name)
	}
	if !slices.Equal(shown, fields) {
		t.Errorf("the manual has the fields %q, results %q", shown, fields)
	}
}
