package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"caucus/engine/model"
	"caucus/kernels"
)

// decoder runs decode steps straight on the model: no queue, no text. One prompt is read on from context to context, and
// batches of any size are forked from it.
type decoder struct {
	model   *model.Model
	state   *model.State
	prompt  model.Sequence
	reading time.Duration    // spent on the prompt
	forks   []model.Sequence // all that there is room for
	running []model.Sequence // those that a step takes, the first of forks
	taken   int              // steps since they were forked
	batch   model.Batch
	how     []kernels.Sampling
	drawn   []kernels.Sampled
	random  *rand.Rand
}

const (
	// stretch is how many steps the sequences take before they begin again at the prompt, so that the context stays near
	// what was asked for.
	stretch = kernels.PageLen
	// leastRuns are timed however long they take.
	leastRuns = 5
	chunk     = 128 // tokens of the prompt that are read at once
)

var errInterrupted = errors.New("interrupted")

func newDecoder(m *model.Model, c model.Capacity) *decoder {
	d := &decoder{
		model:  m,
		state:  m.NewState(c),
		prompt: model.Sequence{Slot: c.Slots - 1},
		forks:  make([]model.Sequence, c.Slots-1),
		random: rand.New(rand.NewPCG(1, 2)),
	}
	for i := range d.forks {
		d.forks[i].Slot = i
	}
	return d
}

// measure times the steps of a cell, and the reading of its prompt if that is not behind it.
func (d *decoder) measure(ctx context.Context, c cell, budget time.Duration, profile bool) (benchRow, error) {
	row := benchRow{cell: c}
	if d.prompt.Len < c.Context {
		reading, err := d.timePrompt(ctx, c.Context, budget)
		if err != nil {
			return row, err
		}
		row.PrefillTokensPerSecond = float64(c.Context) / reading.Seconds()
	}
	d.begin(c.Batch)
	defer d.end()
	if err := d.check(); err != nil {
		return row, err
	}
	step, err := medianTime(ctx, budget, d.timeStep)
	if err != nil {
		return row, err
	}
	row.setStep(step)
	if profile {
		err = d.profile(ctx, budget, &row)
	}
	return row, err
}

// timePrompt reads the prompt on to a context and returns the time of all of it. One reading of a short prompt says
// little, so others follow it.
func (d *decoder) timePrompt(ctx context.Context, context int, budget time.Duration) (time.Duration, error) {
	read := func(q *model.Sequence) (time.Duration, error) {
		start := time.Now()
		err := d.read(ctx, q, context)
		return time.Since(start), err
	}
	elapsed, err := read(&d.prompt)
	d.reading += elapsed
	if err != nil || d.reading > budget/leastRuns {
		return d.reading, err
	}
	return medianTime(ctx, budget, func() time.Duration {
		elapsed, _ := read(&d.forks[0]) // medianTime heeds ctx, too
		d.state.Release(&d.forks[0])
		return elapsed
	})
}

// read reads tokens until q has so many. Which ones doesn't matter to the time.
func (d *decoder) read(ctx context.Context, q *model.Sequence, until int) error {
	for q.Len < until {
		if ctx.Err() != nil {
			return errInterrupted
		}
		d.batch.Reset()
		d.extend(q, min(chunk, until-q.Len), func() int32 { return d.random.Int32N(int32(d.model.Config.Vocab)) })
		if q.Len == until {
			d.batch.Logits = append(d.batch.Logits, len(d.batch.Tokens)-1)
		}
		logits := d.model.Forward(d.state, &d.batch)
		if q.Len == until {
			var one [1]float32
			d.model.Ops.Download(one[:], logits.Buf, logits.Off) // a GPU may not have computed anything before
		}
	}
	return nil
}

// extend adds the next n tokens of q to the batch.
func (d *decoder) extend(q *model.Sequence, n int, next func() int32) {
	span, ok := d.state.Extend(q, len(d.batch.Tokens), n)
	d.planned(ok)
	d.batch.Spans = append(d.batch.Spans, span)
	for range n {
		d.batch.Tokens = append(d.batch.Tokens, next())
	}
}

// planned wants pages to have been free, as the plan counted them.
func (*decoder) planned(ok bool) {
	if !ok {
		panic("bench: the state has too few pages")
	}
}

// begin forks so many sequences from the prompt.
func (d *decoder) begin(rows int) {
	d.running = d.forks[:rows]
	d.how, d.drawn = make([]kernels.Sampling, rows), make([]kernels.Sampled, rows)
	d.fork()
}

// fork lets every sequence begin again at the prompt, with keys and values of its own: what all read alike, a cache
// would hold.
func (d *decoder) fork() {
	d.end()
	for i := range d.running {
		d.state.Fork(&d.running[i], &d.prompt)
		d.planned(d.state.Detach(&d.running[i]))
	}
	d.taken = 0
}

// end gives the sequences' pages back.
func (d *decoder) end() {
	for i := range d.running {
		d.state.Release(&d.running[i])
	}
}

// step draws a token for every sequence, which reads the one before it.
func (d *decoder) step() {
	d.batch.Reset()
	for i := range d.running {
		d.extend(&d.running[i], 1, func() int32 { return d.drawn[i].Token })
		d.batch.Logits = append(d.batch.Logits, i)
	}
	logits := d.model.Forward(d.state, &d.batch)
	d.model.Ops.Sample(d.drawn, logits, d.model.Config.Vocab, d.how)
	d.taken++
}

// check takes the first step, in which all rows are equal, so that nothing is timed that computes nonsense: all must
// draw the same token from the same distribution.
func (d *decoder) check() error {
	d.step()
	for i, s := range d.drawn {
		if math.IsNaN(float64(s.LogProb)) {
			return fmt.Errorf("the logits of row %d are not finite; are the weights whole?", i)
		}
		if s != d.drawn[0] {
			return fmt.Errorf("row %d draws %v, row 0 %v, of equal sequences; the kernels are wrong", i, s, d.drawn[0])
		}
	}
	return nil
}

// timeStep takes a step with tokens drawn at random. Forking is not part of it.
func (d *decoder) timeStep() time.Duration {
	if d.taken >= stretch {
		d.fork()
	}
	for i := range d.how {
		d.how[i] = kernels.Sampling{Temperature: 1, Uniform: d.random.Float32()}
	}
	start := time.Now()
	d.step()
	return time.Since(start)
}

// medianTime is the median of what run returns, over a budget of time, after a warm-up of a tenth of it.
func medianTime(ctx context.Context, budget time.Duration, run func() time.Duration) (time.Duration, error) {
	var times []time.Duration
	start := time.Now()
	for warm := false; !warm || len(times) < leastRuns || time.Since(start) < budget; {
		if ctx.Err() != nil {
			return 0, errInterrupted
		}
		times = append(times, run())
		if !warm && time.Since(start) > budget/10 {
			warm, times, start = true, times[:0], time.Now()
		}
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}
