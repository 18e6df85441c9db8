package budget

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
	"time"
)

// sim is a Virtual whose samples all draw a token a step, in a batch as slow as its StepTime says.
type sim struct {
	slots    int
	stepTime StepTime
	draw     func(Sample) drawn
	landing  float64 // tokens of a landing; 0: it never comes

	now  time.Time
	made float64 // steps
	told bool
	rows []*simRow
	most int       // samples at once
	busy []float64 // sample seconds in each tenth of the window
	w    Window
}

// drawn is what a sample comes to.
type drawn struct {
	tokens float64
	status Status
	answer Reading
}

type simRow struct {
	Sample
	drawn
	began, end float64
}

// readings are the answers 0, 1, 2, ...
var readings = func() (r [32]Reading) {
	for i := range r {
		r[i] = ReadBare(strconv.Itoa(i))
	}
	return r
}()

func newSim(slots int, stepTime StepTime, w Window, draw func(Sample) drawn) *sim {
	return &sim{slots: slots, stepTime: stepTime, draw: draw, landing: 12, now: w.Start, w: w, busy: make([]float64, 11)}
}

// window is one of virtual time.
func window(d time.Duration) Window { return Window{time.Unix(0, 0), time.Unix(0, 0).Add(d)} }

// affine is the step time of a machine.
func affine(fixed, perRow, perContext float64) StepTime {
	return StepTime{[]float64{1, 2}, []float64{fixed + perRow, fixed + 2*perRow}, perContext}
}

// lognormal draws samples with a median length, of 3 answers of which one is commonest; a function of the seed alone.
func lognormal(median, spread float64) func(Sample) drawn {
	return func(s Sample) drawn {
		rng := rand.New(rand.NewPCG(s.Seed, 0))
		tokens := math.Max(math.Floor(median*math.Exp(spread*rng.NormFloat64())), 1)
		return drawn{tokens, Finished, readings[max(rng.IntN(5)-2, 0)]}
	}
}

func (s *sim) Slots() int     { return s.slots }
func (s *sim) Now() time.Time { return s.now }

func (s *sim) Start(b Sample) {
	d := s.draw(b)
	s.rows = append(s.rows, &simRow{b, d, s.made, s.made + math.Max(d.tokens, 1)})
	if s.most = max(s.most, len(s.rows)); s.most > s.slots {
		panic("more samples than slots")
	}
}

// find is the place of a running sample, or -1.
func (s *sim) find(id ID) int {
	for i, r := range s.rows {
		if r.ID == id {
			return i
		}
	}
	return -1
}

func (s *sim) remove(i int) { s.rows = append(s.rows[:i], s.rows[i+1:]...) }

func (s *sim) Cancel(ids []ID) {
	for _, id := range ids {
		if i := s.find(id); i >= 0 {
			s.remove(i)
		}
	}
}

func (s *sim) Land(ids []ID) {
	for _, id := range ids {
		r := s.rows[s.find(id)]
		r.status, r.end = Landed, s.made+s.landing
		if s.landing == 0 {
			r.end = math.Inf(1)
		}
	}
}

func (s *sim) Advance(until time.Time) (now time.Time, e Event, ok bool) {
	if until.Before(s.now) {
		panic("time goes back")
	}
	var next *simRow
	context := 0.0
	for _, r := range s.rows {
		if next == nil || r.end < next.end {
			next = r
		}
		context += 64 + s.made - r.began
	}
	if next == nil {
		s.passTo(until)
		return s.now, e, false
	}
	steps := next.end - s.made
	if !s.told {
		steps = min(steps, 1)
	}
	n := float64(len(s.rows))
	step := s.stepTime.At(n, context+n*min(steps, 1e6)/2)
	if left := until.Sub(s.now).Seconds() / step.Seconds(); left < steps {
		s.made += left
		s.passTo(until)
		return s.now, e, false
	}
	s.made += steps
	s.passTo(s.now.Add(time.Duration(steps * float64(step))))
	e.Step = Step{Time: step, Rows: n, Context: context, Count: max(int(s.made), 1)}
	if s.told = true; s.made < next.end {
		e.Status = Running
		return s.now, e, true
	}
	s.remove(s.find(next.ID))
	e.ID, e.Status, e.Tokens, e.Answer = next.ID, next.status, int(math.Round(s.made-next.began)), next.answer
	return s.now, e, true
}

// passTo moves the clock, and notes how many samples ran in which tenth of the window.
func (s *sim) passTo(t time.Time) {
	tenth := s.w.End.Sub(s.w.Start) / 10
	for s.now.Before(t) {
		i := int(s.now.Sub(s.w.Start) / tenth)
		to := s.w.Start.Add(time.Duration(i+1) * tenth)
		if t.Before(to) {
			to = t
		}
		s.busy[i] += to.Sub(s.now).Seconds() * float64(len(s.rows))
		s.now = to
	}
}

func simulate(t testing.TB, s *sim, problems int, p Policy, o Options) Report {
	t.Helper()
	report, err := Simulate(s.w, idsOf(problems), s, p, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestASimulationComesToTheSameEveryTime(t *testing.T) {
	for name, policy := range policies(t, 32) {
		var first Report
		for i := range 2 {
			s := newSim(16, affine(0.01, 0.001, 1e-7), window(20*time.Second), lognormal(80, 0.5))
			told := newWitness(t, 0)
			report := simulate(t, s, 12, policy(), Options{Seed: 3, Observer: told})
			told.agrees(report)
			if report.Seconds > 20 {
				t.Errorf("%s: %v s of a window of 20 s", name, report.Seconds)
			}
			if i == 0 {
				first = report
			} else if !reflect.DeepEqual(report, first) {
				t.Errorf("%s: two runs differ", name)
			}
		}
	}
}
