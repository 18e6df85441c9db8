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
	lines.Buffer(nil, 1<<24)
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

func TestReferenceSolutionsGiveTheReferenceAnswer(t *testing.T) {
	all := 0
	type gold struct{ Source, Answer, Solution string }
	readLines(t, "answers/golds.jsonl", func(g gold) {
		if g.Solution == "" {
			return
		}
		all++
		if a, _ := Extract(g.Solution); !Equal(a, Bare(g.Answer)) {
			t.Errorf("%s: %q, want %q", g.Source, a.Text, g.Answer)
		}
	})
	t.Logf("%d solutions", all)
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
	all := 0
	readLines(t, "gsm8k/example_model_solutions.jsonl", func(p problem) {
		_, want, _ := strings.Cut(p.GroundTruth, "A: ")
		for _, s := range []solution{p.A, p.B, p.C, p.D} {
			all++
			if a, _ := Extract(s.Solution); Equal(a, Bare(want)) != s.IsCorrect {
				t.Errorf("%q from %q: want %q: %v", a.Text, s.Solution[max(0, len(s.Solution)-120):], want, s.IsCorrect)
			}
		}
	})
	t.Logf("%d solutions", all)
}

func TestLabelledTextsGiveTheLabelledAnswer(t *testing.T) {
	all := 0
	for _, r := range append(rows(t, "pairs.jsonl"), rows(t, "responses.jsonl")...) {
		if r.Mode != "text" && r.GoldMode != "text" || r.Set != "core" && r.Set != "policy" {
			continue
		}
		all++
		if gold, pred := stated(r.Gold, r.GoldMode), stated(r.Pred, r.Mode); Equal(gold, pred) != r.Equal {
			t.Errorf("%v: %q and %q from %.150q: want %v", r.ID, gold.Text, pred.Text, r.Pred, r.Equal)
		}
	}
	t.Logf("%d texts", all)
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
