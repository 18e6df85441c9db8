package budget

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// machines are step times of different shapes, in seconds by rows and positions.
var machines = map[string]func(rows, context float64) float64{
	"affine": func(rows, context float64) float64 { return 0.004 + 0.0001*rows + 1e-7*context },
	"tiles": func(rows, context float64) float64 { // quick up to 8 rows, slow beyond 32
		return 0.003 + 0.00002*rows + 0.0002*max(rows-8, 0) + 0.0003*max(rows-32, 0) + 5e-8*context
	},
	"no context": func(rows, _ float64) float64 { return 0.0005 + 0.00002*rows },
}

// measure is a step of a machine, with noise.
func measure(machine func(rows, context float64) float64, rows, context, noise float64, rng *rand.Rand) Step {
	seconds := machine(rows, context) * (1 + noise*rng.NormFloat64())
	return Step{Time: time.Duration(seconds * float64(time.Second)), Rows: rows, Context: context}
}

// errorsOf are the errors of a prediction between and at its knots, as a part of the truth, in ascending order.
func errorsOf(m *StepTime, machine func(rows, context float64) float64) []float64 {
	var errors []float64
	for rows := 1.0; rows <= 64; rows++ {
		for _, each := range []float64{100, 200, 400, 700, 1000} {
			want := machine(rows, rows*each)
			errors = append(errors, math.Abs(m.At(rows, rows*each).Seconds()/want-1))
		}
	}
	slices.Sort(errors)
	return errors
}

func checkErrors(t *testing.T, name string, m *StepTime, machine func(rows, context float64) float64, median, p99 float64) {
	t.Helper()
	errors := errorsOf(m, machine)
	half, most := errors[len(errors)/2], errors[len(errors)*99/100]
	t.Logf("%s: errors of %.1f%% in the median, %.1f%% at the 99th percentile", name, 100*half, 100*most)
	if half > median || most > p99 {
		t.Errorf("%s: errors of %.1f%% in the median and %.1f%% at the 99th percentile: %+v", name, 100*half, 100*most, *m)
	}
}

func TestAFitForetellsStepsThatItHasNotSeen(t *testing.T) {
	for name, machine := range machines {
		rng := rand.New(rand.NewPCG(1, 5))
		var steps []Step
		for rows := 1.0; rows <= 64; rows *= 2 {
			for _, each := range []float64{64, 256, 1024} {
				steps = append(steps, measure(machine, rows, rows*each, 0.05, rng))
			}
		}
		m, err := FitStepTime(steps)
		if err != nil {
			t.Fatal(err)
		}
		checkErrors(t, name, &m, machine, 0.05, 0.15)
	}
}

func TestAFitNeedsAMeasurement(t *testing.T) {
	if m, err := FitStepTime(nil); err == nil || m.Known() || m.At(3, 100) != 0 {
		t.Errorf("%+v, error %v", m, err)
	}
	m, err := FitStepTime([]Step{{Time: time.Second, Rows: 4, Context: 100}})
	if err != nil || m.At(1, 0) != time.Second || m.At(9, 1e6) != time.Second {
		t.Errorf("%+v, error %v: one measurement is all that is known", m, err)
	}
}

// wander calls do with the rows and context of a batch that grows and shrinks.
func wander(rng *rand.Rand, steps int, do func(rows, context float64)) {
	rows, each := 32.0, 300.0
	for range steps {
		rows = min(max(rows+float64(rng.IntN(9)-4), 1), 64)
		each = min(max(each+40*rng.NormFloat64(), 64), 1024)
		do(rows, rows*each)
	}
}

func TestAStepTimeFollowsAMachineThatIsSlowedDown(t *testing.T) {
	for name, machine := range machines {
		rng := rand.New(rand.NewPCG(2, 5))
		var m StepTime
		wander(rng, 4000, func(rows, context float64) { m.Observe(measure(machine, rows, context, 0.05, rng)) })
		checkErrors(t, name, &m, machine, 0.05, 0.15)
		slow := func(rows, context float64) float64 { return 2 * machine(rows, context) }
		wander(rng, 4000, func(rows, context float64) { m.Observe(measure(slow, rows, context, 0.05, rng)) })
		checkErrors(t, name+", slowed down", &m, slow, 0.05, 0.15)
	}
}

func TestAStepTimeIsTheSameWhenReadFromJSON(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	p := Profile{StepTime: affine(0.004, 0.0001, 1e-7)}
	wander(rng, 100, func(rows, context float64) { p.StepTime.Observe(measure(machines["tiles"], rows, context, 0.1, rng)) })
	for range 100 {
		p.Lengths.add(1000*rng.Float64(), rng.IntN(3) > 0)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var got Profile
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("%v: %s is read as %+v, want %+v", err, data, got, p)
	}
}

// FuzzStepTime observes steps of any size, good and bad. What is foretold is a time, and what was learnt can be written.
func FuzzStepTime(f *testing.F) {
	add := func(values ...float64) {
		var data []byte
		for _, v := range values {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
		f.Add(data)
	}
	add(0.01, 1, 64, 0.02, 2, 128, 0.3, 64, 1e5)
	add(0.01, 1, math.Inf(1), 0.01, 1, 3)
	add(0.01, math.Inf(1), 1, math.NaN(), 1, 1, -1, 1, 1)
	add(1e9, 1e11, 1e11, 1e-9, 1e11, 1e11, 1e9, 1e-300, 0)
	add(1, 10, 0, 100, 10.1, 1e11, 1, 10, 0, 1, 14, 1e9)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m StepTime
		for ; len(data) >= 24; data = data[24:] {
			var v [3]float64
			for i := range v {
				v[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
			}
			m.Observe(Step{Time: time.Duration(v[0] * float64(time.Second)), Rows: v[1], Context: v[2]})
			for _, rows := range []float64{0, 1, 7, 64, 1e6, v[1]} {
				for _, context := range []float64{0, 1e6, v[2]} {
					if !(rows >= 0 && context >= 0) {
						continue
					}
					if at := m.At(rows, context); at < 0 || at > time.Hour {
						t.Fatalf("%v for %v rows and %v positions by %+v", at, rows, context, m)
					}
				}
			}
		}
		if _, err := json.Marshal(m); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
	})
}
