package budget

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The samples of a problem follow from its id, and decisions from the samples in launch order. So it makes no difference to a
// decided problem which others there are before it, nor how long all of them take.
func TestTheVotesOfADecidedProblemDoNotDependOnTheOrderOfTheProblems(t *testing.T) {
	for name, policy := range policies(t, 24) {
		for _, d := range []time.Duration{4 * time.Second, time.Hour} {
			known := map[string]Result{}
			compared := 0
			for order := range uint64(6) {
				ids := idsOf(20)
				rng := rand.New(rand.NewPCG(order, 8))
				rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
				s := newSim(8+int(order), affine(0.002, 0.0001, 0), window(d), lognormal(60, 0.6))
				report, err := Simulate(s.w, ids, s, policy(), Options{Seed: 5})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range report.Results {
					if d == time.Hour && !r.Decided && !strings.HasPrefix(name, "bank") && !strings.HasPrefix(name, "clip") {
						t.Errorf("%s: problem %s is undecided after an hour", name, r.ID)
					}
					if !r.Decided || r.Count(Landed) > 0 {
						continue // what lands depends on the time that it had
					}
					r.Samples, r.Seconds, r.Tokens = r.Samples[:r.Counted], 0, 0
					for i := range r.Samples {
						r.Samples[i].Seconds = 0
					}
					if want, ok := known[r.ID]; !ok {
						known[r.ID] = r
					} else if compared++; !reflect.DeepEqual(r, want) {
						t.Fatalf("%s, order %d: %s", name, order, fmt.Sprintf("%+v\nwant %+v", r, want))
					}
				}
			}
			if compared == 0 && d == time.Hour {
				t.Errorf("%s: nothing was decided", name)
			}
		}
	}
}
