package answer

import "testing"

// collected is a row of a public collection of answers, which a checkout may lack.
type collected struct {
	Set, Kind, Mode, Gold, Pred, Answer string
	GoldMode                            string `json:"gold_mode"`
	ID                                  any
	Equal                               bool
}

func rows(t *testing.T, name string) (list []collected) {
	t.Helper()
	readLines(t, "answers/"+name, func(r collected) { list = append(list, r) })
	return list
}

// stated is what a text or a bare answer says.
func stated(s, mode string) Answer {
	if mode == "text" {
		a, _ := Extract(s)
		return a
	}
	return Bare(s)
}

func TestLabelledPairsAreJudgedAsLabelled(t *testing.T) {
	right, all := 0, 0
	for _, r := range rows(t, "pairs.jsonl") {
		if r.Set != "core" { // the other sets depend on conventions that they name
			continue
		}
		all++
		gold, pred := stated(r.Gold, r.GoldMode), stated(r.Pred, r.Mode)
		equal, why := explain(gold, pred)
		if equal == r.Equal {
			right++
			continue
		}
		t.Logf("%v (%s): %.80q and %.80q: want %v, but they are %s", r.ID, r.Kind, gold.Text, pred.Text, r.Equal, why)
	}
	t.Logf("%d of %d right, %.1f%%", right, all, 100*float64(right)/float64(all))
	if float64(right) < 0.97*float64(all) {
		t.Errorf("%d of %d right, want at least 97%%", right, all)
	}
}

func TestPerturbedAnswersAreNotMerged(t *testing.T) {
	for _, r := range rows(t, "negatives_synthetic.jsonl") {
		if equal, why := explain(Bare(r.Gold), Bare(r.Pred)); equal {
			t.Errorf("%v: %q and %q are %s", r.ID, r.Gold, r.Pred, why)
		}
	}
}

func TestReferenceAnswersEqualThemselves(t *testing.T) {
	for _, r := range rows(t, "golds.jsonl") {
		if a := Bare(r.Answer); !Equal(a, a) {
			t.Errorf("%v: %q is not equal to itself", r.ID, r.Answer)
		}
	}
}

func explain(a, b Answer) (equal bool, reason string) {
	x, _ := Read(a)
	y, _ := Read(b)
	return x.Explain(y)
}
