package replay

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"caucus/budget"
)

var epoch = time.Unix(0, 0)

// far is later than anything ends.
var far = epoch.Add(1000 * time.Hour)

// machine is the step time of some machine: knots, and a cost of context.
func machine(rng *rand.Rand) budget.StepTime {
	return budget.StepTime{
		Rows: []float64{1, 4, 16}, Seconds: []float64{0.002, 0.003 + 0.001*rng.Float64(), 0.01}, PerContext: 1e-6 * rng.Float64(),
	}
}

// stepwise is the specification of a Sampler: it makes one step after the other.
type stepwise struct {
	stepTime budget.StepTime
	seconds  float64
	steps    int
	rows     map[budget.ID]*stepRow
}

type stepRow struct {
	started float64 // seconds
	drawn   int
	plan    Sample
}

// step makes every sample draw a token. The context of a step is that in its middle.
func (s *stepwise) step() {
	context := 0.0
	for _, r := range s.rows {
		context += float64(r.drawn) + 0.5
	}
	s.seconds += s.stepTime.At(float64(len(s.rows)), context).Seconds()
	s.steps++
	for _, r := range s.rows {
		r.drawn++
	}
}

// TestASamplerIsAsFastAsOneStepAfterTheOther starts, cancels and lands random samples whenever one has ended.
func TestASamplerIsAsFastAsOneStepAfterTheOther(t *testing.T) {
	source := Mix(8, 1, 2)
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 0))
		spec := &stepwise{stepTime: machine(rng), rows: map[budget.ID]*stepRow{}}
		s := New(source, 16, spec.stepTime, epoch)
		next := [8]int{}
		start := func() {
			id := budget.ID{Problem: rng.IntN(8)}
			id.Index = next[id.Problem]
			next[id.Problem]++
			b := budget.Sample{ID: id, Seed: rng.Uint64()}
			s.Start(b)
			spec.rows[id] = &stepRow{started: spec.seconds, plan: source.Draw(id.Problem, id.Index, b.Seed)}
			spec.rows[id].plan.LogProb = float64(b.Seed) // to land it with
		}
		for range 1 + rng.IntN(16) {
			start()
		}
		for events := 0; events < 60 && len(spec.rows) > 0; events++ {
			now, e, ok := s.Advance(far)
			if !ok {
				t.Fatalf("seed %d: no event with %d samples running", seed, len(spec.rows))
			}
			if e.Status == budget.Running && events > 0 {
				t.Fatalf("seed %d: the step time is told again", seed)
			}
			if e.Status == budget.Running {
				if spec.step(); e.Step.Count != 1 {
					t.Fatalf("seed %d: the step time is told after %d steps", seed, e.Step.Count)
				}
			} else {
				checkEnd(t, spec, e)
			}
			// Both cut each step's time to whole nanoseconds.
			if diff := now.Sub(epoch).Seconds() - spec.seconds; diff > 2e-9*float64(spec.steps+1) || -diff > 2e-9*float64(spec.steps+1) {
				t.Fatalf("seed %d: %v after %d steps, want %v s", seed, now.Sub(epoch), spec.steps, spec.seconds)
			}
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
			if len(spec.rows) < 16 && rng.IntN(3) > 0 {
				start()
			}
			ids := slices.SortedFunc(maps.Keys(spec.rows), func(a, b budget.ID) int { return a.Problem<<16 + a.Index - b.Problem<<16 - b.Index })
			if len(ids) == 0 {
				continue
			}
			switch id := ids[rng.IntN(len(ids))]; rng.IntN(6) {
			case 0:
				s.Cancel([]budget.ID{id, {Problem: 9}})
				delete(spec.rows, id)
			case 1:
				r := spec.rows[id]
				if r.plan.Status == budget.Landed {
					break
				}
				s.Land([]budget.ID{{Problem: 9}, id})
				r.plan.Status, r.plan.Tokens = budget.Landed, r.drawn+landingTokens
			}
		}
	}
}

// checkEnd steps on to the end of a sample, before which no other may end.
func checkEnd(t *testing.T, spec *stepwise, e budget.Event) {
	t.Helper()
	r := spec.rows[e.ID]
	if r == nil {
		t.Fatalf("%v ends, which does not run", e.ID)
	}
	for r.drawn < r.plan.Tokens {
		spec.step()
	}
	for id, other := range spec.rows {
		if other.drawn > other.plan.Tokens {
			t.Errorf("%v ends at %d tokens, and %v was due before", e.ID, e.Tokens, id)
		}
	}
	delete(spec.rows, e.ID)
	if e.Status != r.plan.Status || e.Tokens != r.drawn || e.Step.Count != spec.steps {
		t.Errorf("%v: %s after %d tokens at step %d, want %s after %d at step %d", e.ID, e.Status, e.Tokens, e.Step.Count,
			r.plan.Status, r.drawn, spec.steps)
	}
	if diff := e.Seconds - (spec.seconds - r.started); diff > 1e-5 || -diff > 1e-5 {
		t.Errorf("%v ran for %v s, want %v", e.ID, e.Seconds, spec.seconds-r.started)
	}
}

// TestPausesChangeNothing: who looks at the clock in between finds the same ends as who does not.
func TestPausesChangeNothing(t *testing.T) {
	source := Mix(8, 2, 1)
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		stepTime := machine(rng)
		straight, paused := New(source, 16, stepTime, epoch), New(source, 16, stepTime, epoch)
		for i := range 1 + rng.IntN(16) {
			b := budget.Sample{ID: budget.ID{Problem: i % 8, Index: i / 8}, Seed: rng.Uint64()}
			straight.Start(b)
			paused.Start(b)
		}
		at, _, _ := paused.Advance(far) // both tell their first step
		_, _, _ = straight.Advance(far)
		for {
			want, wantEvent, ok := straight.Advance(far)
			if !ok {
				break
			}
			now, e, ended := at, budget.Event{}, false
			for !ended {
				until := at.Add(time.Duration(rng.IntN(int(100 * time.Millisecond))))
				now, e, ended = paused.Advance(until)
				if now.Before(at) || now.After(until) || !ended && !now.Equal(until) {
					t.Fatalf("seed %d: from %v to %v, until %v", seed, at.Sub(epoch), now.Sub(epoch), until.Sub(epoch))
				}
				at = now
			}
			if e.ID != wantEvent.ID || e.Status != wantEvent.Status || e.Tokens != wantEvent.Tokens ||
				now.Sub(want).Abs() > 20*time.Microsecond {
				t.Fatalf("seed %d: %+v after %v, want %+v after %v", seed, e, now.Sub(epoch), wantEvent, want.Sub(epoch))
			}
		}
	}
}

func TestAnIdleSamplerLetsTimePass(t *testing.T) {
	s := New(Mix(2, 1, 1), 4, machine(rand.New(rand.NewPCG(0, 0))), epoch)
	until := epoch.Add(time.Second)
	if now, e, ok := s.Advance(until); ok || !now.Equal(until) || !reflect.DeepEqual(e, budget.Event{}) {
		t.Errorf("at %v with %+v, %v", now.Sub(epoch), e, ok)
	}
	id := budget.ID{Problem: 1}
	s.Start(budget.Sample{ID: id, Seed: 1})
	s.Cancel([]budget.ID{id, id})
	if now, _, ok := s.Advance(far); ok || !now.Equal(far) {
		t.Errorf("a cancelled sample ends at %v", now)
	}
}

// TestStepsTeachTheStepTimeThatTheyTook: their rows and context are those of which the StepTime makes their time.
func TestStepsTeachTheStepTimeThatTheyTook(t *testing.T) {
	stepTime := machine(rand.New(rand.NewPCG(1, 1)))
	s := New(Mix(8, 3, 1), 16, stepTime, epoch)
	for i := range 16 {
		s.Start(budget.Sample{ID: budget.ID{Problem: i % 8, Index: i / 8}, Seed: uint64(i)})
	}
	for {
		_, e, ok := s.Advance(far)
		if !ok {
			break
		}
		if got := stepTime.At(e.Step.Rows, e.Step.Context); got != e.Step.Time {
			t.Errorf("%+v, where steps take %v", e.Step, got)
		}
	}
}

// prompted has prompts of so many tokens each.
type prompted struct {
	Source
	tokens []int
}

func (p prompted) Prompt(problem int) int { return p.tokens[problem] }

// ends are when samples end, by their problem; an event of another kind stands for none.
func ends(s *Sampler) map[int]time.Duration {
	at := map[int]time.Duration{}
	for {
		now, e, ok := s.Advance(far)
		if !ok {
			return at
		}
		if e.Status == budget.Finished {
			at[e.Problem] = now.Sub(epoch)
		}
	}
}

// fixedLength answers after so many tokens.
func fixedLength(n, tokens int) Population {
	population := Mix(n, 1, 1)
	for i := range population {
		population[i].Length, population[i].Spread, population[i].Wrong = float64(tokens), 0, 0
	}
	return population
}

// TestPromptsAreReadInChunksBeforeTheirSamplesBegin: a step takes 1 ms for every row.
func TestPromptsAreReadInChunksBeforeTheirSamplesBegin(t *testing.T) {
	perRow := budget.StepTime{Rows: []float64{1, 1000}, Seconds: []float64{0.001, 1}}
	source := prompted{fixedLength(3, 10), []int{0, 256, 128}}
	s := New(source, 4, perRow, epoch)
	for p := range 3 {
		s.Start(budget.Sample{ID: budget.ID{Problem: p}, Seed: 1})
	}
	// Two steps read the first prompt and one the second, beside one and two samples; a step alone has a row.
	got := ends(s)
	const ms = time.Millisecond
	first := 2*129*ms + 130*ms // the two prompts; then three samples run, of which 3, 1 and 0 tokens are drawn
	for p, want := range []time.Duration{first + 7*3*ms, first + 7*3*ms + 2*2*ms, first + 7*3*ms + 2*2*ms + 1*ms} {
		if diff := got[p] - want; diff.Abs() > ms/10 {
			t.Errorf("the sample of problem %d ends at %v, want %v", p, got[p], want)
		}
	}
}

func TestASampleThatWaitsForItsPromptCanBeCancelledAndLanded(t *testing.T) {
	source := prompted{fixedLength(2, 10), []int{1000, 1000}}
	s := New(source, 4, machine(rand.New(rand.NewPCG(0, 0))), epoch)
	gone, landed := budget.ID{Problem: 0}, budget.ID{Problem: 1}
	s.Start(budget.Sample{ID: gone, Seed: 1})
	s.Start(budget.Sample{ID: landed, Seed: 1})
	s.Cancel([]budget.ID{gone})
	s.Land([]budget.ID{landed})
	now, e, ok := s.Advance(far)
	if !ok || e.ID != landed || e.Status != budget.Cancelled || e.Tokens != 0 || !now.Equal(epoch) {
		t.Errorf("%+v after %v", e, now.Sub(epoch))
	}
	if _, e, ok := s.Advance(epoch.Add(time.Second)); ok {
		t.Errorf("%+v: nothing is left that needs a prompt", e)
	}
	s.Start(budget.Sample{ID: budget.ID{Problem: 0, Index: 1}, Seed: 2})
	if got := ends(s); got[0] == 0 {
		t.Error("a prompt that was given up is not read when it is asked for again")
	}
}

// TestARunOnPromptsEndsInTime plays whole windows in which most of the time goes into prompts.
func TestARunOnPromptsEndsInTime(t *testing.T) {
	tokens := make([]int, 30)
	for i := range tokens {
		tokens[i] = 10 * i
	}
	for _, policy := range budget.PolicyHelp() {
		p := &Play{Source: prompted{Mix(30, 1, 1), tokens}, Profile: budget.Profile{StepTime: machine(rand.New(rand.NewPCG(3, 3)))},
			Begun: 100 * time.Millisecond, Slots: 8, Samples: 6, Runs: 3, Orders: 2, Seed: 1}
		cell, err := p.Window(t.Context(), Player{Policy: policy[0]}, 3*time.Second)
		if err != nil || cell.Seconds > 3 || cell.Seconds < 1 || cell.Samples == 0 || len(cell.OfProblems) != 30 {
			t.Errorf("%s: %+v, %v", policy[0], cell, err)
		}
	}
}
