package answer

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

// TestLabelledPairsAreGradedAsLabelled scores a public collection of labelled pairs, which a checkout may lack.
func TestLabelledPairsAreGradedAsLabelled(t *testing.T) {
	file, err := os.Open("../../shared/data/answers/pairs.jsonl")
	if err != nil {
		t.Skip("the collection of labelled pairs is not here")
	}
	defer func() { _ = file.Close() }()
	var right, all int
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var p struct {
			ID, Set, Kind, Mode, Gold, Pred string
			Equal                           bool
		}
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if p.Set != "core" || p.Kind != "integer" && p.Kind != "decimal" && p.Kind != "fraction" {
			continue
		}
		all++
		if Equal(stated(p.Gold), stated(p.Pred)) == p.Equal {
			right++
		} else {
			t.Logf("%s: %.60q and %.60q: want %v", p.ID, p.Gold, p.Pred, p.Equal)
		}
	}
	t.Logf("%d of %d right", right, all)
	if float64(right) < 0.75*float64(all) {
		t.Errorf("%d of %d right, want at least 75%%", right, all)
	}
}

// stated is the answer that a text states, or the text itself.
func stated(text string) string {
	if raw, ok := Extract(text); ok {
		return raw
	}
	return text
}
