package budget

import (
	"testing"
	"time"
)

// lookout is a policy that notes what it is shown.
type lookout struct {
	Policy
	t      *testing.T
	total  int
	widest int
}

func (l *lookout) Next(v View) (int, bool) {
	begun := 0
	for _, s := range v.Problems {
		if s.Started > 0 {
			begun++
		}
	}
	if v.Total != l.total || len(v.Problems) > begun+1 {
		l.t.Fatalf("%d of %d problems are shown, %d have begun", len(v.Problems), v.Total, begun)
	}
	l.widest = max(l.widest, len(v.Problems))
	return l.Policy.Next(v)
}

// What a decision costs must not grow with the problems that wait: of 100,000 it would take more time than the samples.
func TestAViewEndsBehindTheBegunProblems(t *testing.T) {
	for _, name := range []string{"voi", "uniform", "greedy-asc", "first-to-4"} {
		for _, problems := range []int{1, 2, 3, 100000} {
			s := newSim(8, affine(0.001, 0.0001, 0), window(time.Second), lognormal(15, 0.3))
			p := &lookout{Policy: policyOf(t, name), t: t, total: problems}
			report, err := Simulate(s.w, idsOf(problems), s, p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			answered := 0
			for _, r := range report.Results {
				if r.Answer != "" {
					answered++
				}
			}
			if answered < min(problems, 8) || p.widest < min(answered, problems) {
				t.Errorf("%s: %d of %d problems are answered, %d were shown at most", name, answered, problems, p.widest)
			}
		}
	}
}
