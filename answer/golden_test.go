package answer_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caucus/answer"
)

// pair is a row of a golden table: two answers, and whether they are equal by the rules of this package.
type pair struct {
	Gold, Pred string
	Equal      bool
	Why        string
	line       int
}

// goldenTables reads testdata/golden, a file a kind of answer.
func goldenTables(t testing.TB) map[string][]pair {
	t.Helper()
	paths, err := filepath.Glob("testdata/golden/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no tables in testdata/golden: %v", err)
	}
	tables := map[string][]pair{}
	for _, path := range paths {
		tables[strings.TrimSuffix(filepath.Base(path), ".jsonl")] = goldenTable(t, path)
	}
	return tables
}

func goldenTable(t testing.TB, path string) (table []pair) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		p := pair{line: len(table) + 1}
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&p); err != nil {
			t.Fatalf("%s:%d: %v", path, p.line, err)
		}
		table = append(table, p)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return table
}

func TestGoldenPairsAreJudgedAsLabelledFromBothSides(t *testing.T) {
	for kind, table := range goldenTables(t) {
		t.Run(kind, func(t *testing.T) {
			for _, p := range table {
				gold, pred := answer.Bare(p.Gold), answer.Bare(p.Pred)
				if answer.Equal(gold, pred) != p.Equal {
					t.Errorf("%s.jsonl:%d: Equal(%q, %q) is %v %s", kind, p.line, p.Gold, p.Pred, !p.Equal, p.Why)
				}
				if answer.Equal(pred, gold) != p.Equal {
					t.Errorf("%s.jsonl:%d: Equal(%q, %q) is %v %s", kind, p.line, p.Pred, p.Gold, !p.Equal, p.Why)
				}
			}
		})
	}
}

// An explanation is for people, but its verdict is that of Equal.
func TestExplanationsAgreeWithEqual(t *testing.T) {
	for kind, table := range goldenTables(t) {
		for _, p := range table {
			gold, pred := answer.Bare(p.Gold), answer.Bare(p.Pred)
			x, _ := answer.Read(gold)
			y, _ := answer.Read(pred)
			equal, reason := x.Explain(y)
			if equal != answer.Equal(gold, pred) {
				t.Errorf("%s.jsonl:%d: %q and %q: Explain says %v, %q", kind, p.line, p.Gold, p.Pred, equal, reason)
			}
			if reason == "" || strings.ContainsAny(reason, "\n\r") || len(reason) > 120 {
				t.Errorf("%s.jsonl:%d: the reason %q is no line of a few words", kind, p.line, reason)
			}
		}
	}
}

// The tables must not say two things of one pair, nor of any of the answers that they call equal.
func TestGoldenTablesDoNotContradictThemselves(t *testing.T) {
	for kind, table := range goldenTables(t) {
		said := map[[2]string]bool{}
		for _, p := range table {
			both := [2]string{min(p.Gold, p.Pred), max(p.Gold, p.Pred)}
			if equal, twice := said[both]; twice {
				t.Errorf("%s.jsonl:%d: %q and %q were called %v before", kind, p.line, p.Gold, p.Pred, equal)
			}
			said[both] = p.Equal
		}
	}
}
