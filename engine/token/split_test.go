package token

import (
	"compress/bzip2"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// goldenTexts are the strings of testdata.
func goldenTexts() (texts []string, err error) {
	file, err := os.Open("testdata/strings.bz2")
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return texts, json.NewDecoder(bzip2.NewReader(file)).Decode(&texts)
}

func TestWrittenOutExpressionsAreTheExpressions(t *testing.T) {
	texts, err := goldenTexts()
	if err != nil {
		t.Fatal(err)
	}
	for source, split := range splitters {
		find, err := expression(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts[:8000] {
			want := slices.Collect(ranges(text, find))
			if got := slices.Collect(ranges(text, fromStart(split))); !slices.Equal(got, want) {
				t.Fatalf("%.40q of %q: got %v, want %v", source, text, got, want)
			}
		}
	}
}

func TestAPatternIsCutAsItsBehaviorSays(t *testing.T) {
	for _, c := range []struct {
		behavior string
		invert   bool
		want     []string
	}{
		{"Removed", false, []string{"the", "final", "countdown"}},
		{"Removed", true, []string{"-", "-", "-"}},
		{"Isolated", false, []string{"the", "-", "final", "-", "-", "countdown"}},
		{"MergedWithPrevious", false, []string{"the-", "final-", "-", "countdown"}},
		{"MergedWithPrevious", true, []string{"the", "-final", "-", "-countdown"}},
		{"MergedWithNext", false, []string{"the", "-final", "-", "-countdown"}},
		{"Contiguous", false, []string{"the", "-", "final", "--", "countdown"}},
	} {
		split, err := newSplit(literal("-"), c.behavior, c.invert)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		split(piece{"the-final--countdown", true}, func(p piece) {
			got = append(got, p.text)
			if p.first != (p.text == got[0] && len(got) == 1 && c.want[0][0] == 't') {
				t.Errorf("%s: %q is first: %v", c.behavior, p.text, p.first)
			}
		})
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, inverted %v: got %q, want %q", c.behavior, c.invert, got, c.want)
		}
	}
}
