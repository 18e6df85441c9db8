package answer

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// public is the folder of public collections, which a checkout may lack.
const public = "../../shared/data"

// readLines calls f for each line of a file of the public collections, and skips the test if it is not here.
func readLines[T any](t testing.TB, name string, f func(T)) {
	t.Helper()
	file, err := os.Open(filepath.Join(public, name))
	if err != nil {
		t.Skip("the collection is not here")
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		f(row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// bareForm is an answer without what is only style, to compare what was found with what is wanted.
func bareForm(s string) string {
	s = strings.NewReplacer(
		" ", "", "\n", "", "$", "", `\left`, "", `\right`, "", `\!`, "", `\,`, "", `\;`, "", `\%`, "%",
		"dfrac", "frac", "tfrac", "frac", `\text`, "", `\textbf`, "", `\mathbf`, "", `\mathrm`, "",
		`\mbox`, "", `\ `, "",
	).Replace(s)
	s = strings.TrimSuffix(strings.Trim(s, "{}()."), "%")
	if strings.Trim(s, "0123456789,") == "" {
		s = strings.TrimLeft(strings.ReplaceAll(s, ",", ""), "0")
	}
	return s
}

func TestReferenceSolutionsGiveTheReferenceAnswer(t *testing.T) {
	var right, all int
	type gold struct{ Source, Answer, Solution string }
	readLines(t, "answers/golds.jsonl", func(g gold) {
		if g.Solution == "" {
			return
		}
		all++
		a, ok := Extract(g.Solution)
		if ok && (bareForm(a.Text) == bareForm(g.Answer)) {
			right++
			return
		}
		t.Logf("%s: %q, want %q", g.Source, a.Text, g.Answer)
	})
	t.Logf("%d of %d right", right, all)
	if float64(right) < 0.99*float64(all) {
		t.Errorf("%d of %d right, want 99%%", right, all)
	}
}

func TestEverySolutionOfGSM8KGivesItsNumber(t *testing.T) {
	type problem struct{ Question, Answer string }
	for _, name := range []string{"gsm8k/test.jsonl", "gsm8k/train.jsonl"} {
		readLines(t, name, func(p problem) {
			_, want, _ := strings.Cut(p.Answer, "#### ")
			if a, _ := Extract(p.Answer); a.Text != strings.TrimSpace(want) || a.Level != Marked {
				t.Errorf("%q gives %q at level %d", p.Answer, a.Text, a.Level)
			}
		})
	}
}

// A solution is a model's text with the judgement of the data set's authors on it.
type solution struct {
	IsCorrect bool `json:"is_correct"`
	Solution  string
}

func TestSolutionsOfModelsAreJudgedAsLabelled(t *testing.T) {
	type problem struct {
		GroundTruth string   `json:"ground_truth"`
		A           solution `json:"6b_finetuning"`
		B           solution `json:"6b_verification"`
		C           solution `json:"175b_finetuning"`
		D           solution `json:"175b_verification"`
	}
	var right, all int
	readLines(t, "gsm8k/example_model_solutions.jsonl", func(p problem) {
		_, want, _ := strings.Cut(p.GroundTruth, "A: ")
		for _, s := range []solution{p.A, p.B, p.C, p.D} {
			all++
			a, ok := Extract(s.Solution)
			if (ok && sameNumber(a.Text, want)) == s.IsCorrect {
				right++
				continue
			}
			t.Logf("%q from %q: want %q: %v", a.Text, s.Solution[max(0, len(s.Solution)-120):], want, s.IsCorrect)
		}
	})
	t.Logf("%d of %d right", right, all)
	if float64(right) < 0.995*float64(all) {
		t.Errorf("%d of %d right, want 99.5%%", right, all)
	}
}

// sameNumber compares decimal numbers as they are written, but for separators and zeros at the end.
func sameNumber(a, b string) bool {
	normal := func(s string) string {
		s = strings.Trim(strings.ReplaceAll(strings.ReplaceAll(s, ",", ""), "$", ""), " %")
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s
	}
	return normal(a) == normal(b)
}

// TestLabelledTextsGiveTheLabelledAnswer looks only for what is found: whether it equals the label is for other tests,
// so that of the texts labelled as equal those must be found whose label can be read off.
func TestLabelledTextsGiveTheLabelledAnswer(t *testing.T) {
	type pair struct {
		ID, Set, Gold, Pred, Mode string
		GoldMode                  string `json:"gold_mode"`
		Equal                     bool
	}
	var right, all int
	for _, name := range []string{"answers/pairs.jsonl", "answers/responses.jsonl"} {
		readLines(t, name, func(p pair) {
			if p.Mode != "text" && p.GoldMode != "text" || p.Set != "core" && p.Set != "policy" {
				return
			}
			gold, pred := shown(p.Gold, p.GoldMode), shown(p.Pred, p.Mode)
			all++
			if (gold != "" && bareForm(gold) == bareForm(pred)) == p.Equal {
				right++
			} else {
				t.Logf("%s: %q and %q from %.150q: want %v", p.ID, gold, pred, p.Pred, p.Equal)
			}
		})
	}
	t.Logf("%d of %d right", right, all)
	if float64(right) < 0.8*float64(all) {
		t.Errorf("%d of %d right, want 80%%", right, all)
	}
}

// shown is the answer of a text, or a bare answer as it is.
func shown(s, mode string) string {
	if mode != "text" {
		return s
	}
	a, _ := Extract(s)
	return a.Text
}

func BenchmarkExtractFromModelsTexts(b *testing.B) {
	type response struct{ Pred string }
	var boxed, bare []string
	readLines(b, "answers/responses.jsonl", func(r response) {
		boxed = append(boxed, r.Pred)
		bare = append(bare, strings.ReplaceAll(r.Pred, `\boxed`, ""))
	})
	for name, texts := range map[string][]string{"boxed": boxed, "bare": bare} {
		b.Run(name, func(b *testing.B) {
			var all []time.Duration
			for b.Loop() {
				for _, text := range texts {
					start := time.Now()
					Extract(text)
					all = append(all, time.Since(start))
				}
			}
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/2].Nanoseconds()), "ns/median")
			b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds()), "ns/p99")
		})
	}
}
