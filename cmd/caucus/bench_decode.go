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

// decoder runs decode steps of one batch size, straight on the model: no queue, no text.
type decoder struct {
	model     *model.Model
	state     *model.State
	prompt    model.Sequence
	sequences []model.Sequence // forks of the prompt
	taken     int              // steps since they were forked
	batch     model.Batch
	logits    kernels.View
	how       []kernels.Sampling
	drawn     []kernels.Sampled
	random    *rand.Rand
}

const (
	// stretch is how many steps the sequences take before they begin again at the prompt, so that the context stays near
	// what was asked for.
	stretch = kernels.PageLen
	// leastSteps are timed however long they take.
	leastSteps = 5
	chunk      = 128 // tokens of the prompt that are read at once
)

// newDecoder reads a prompt of as many tokens as context says. Which tokens doesn't matter to the time.
func newDecoder(m *model.Model, rows, context int) *decoder {
	d := &decoder{
		model: m,
		state: m.NewState(model.Capacity{
			Slots: rows + 1,
			Pages: model.PagesFor(context) + rows*(model.PagesFor(stretch)+1),
			Rows:  max(rows, chunk), Logits: rows,
		}),
		prompt:    model.Sequence{Slot: rows},
		sequences: make([]model.Sequence, rows),
		how:       make([]kernels.Sampling, rows),
		drawn:     make([]kernels.Sampled, rows),
		random:    rand.New(rand.NewPCG(1, 2)),
	}
	for i := range d.sequences {
		d.sequences[i].Slot = i
	}
	for d.prompt.Len < context {
		d.batch.Reset()
		d.read(&d.prompt, min(chunk, context-d.prompt.Len), func() int32 { return d.random.Int32N(int32(m.Config.Vocab)) })
		m.Forward(d.state, &d.batch)
	}
	return d
}

// read adds the next n tokens of q to the batch.
func (d *decoder) read(q *model.Sequence, n int, next func() int32) {
	span, ok := d.state.Extend(q, len(d.batch.Tokens), n)
	if !ok {
		panic("bench: the state has too few pages") // newDecoder counted them
	}
	d.batch.Spans = append(d.batch.Spans, span)
	for range n {
		d.batch.Tokens = append(d.batch.Tokens, next())
	}
}

// fork lets every sequence begin again at the prompt.
func (d *decoder) fork() {
	for i := range d.sequences {
		d.state.Release(&d.sequences[i])
		d.state.Fork(&d.sequences[i], &d.prompt)
	}
	d.taken = 0
}

// step draws a token for every sequence, which reads the one before it.
func (d *decoder) step() {
	d.batch.Reset()
	for i := range d.sequences {
		d.read(&d.sequences[i], 1, func() int32 { return d.drawn[i].Token })
		d.batch.Logits = append(d.batch.Logits, i)
	}
	d.logits = d.model.Forward(d.state, &d.batch)
	d.model.Ops.Sample(d.drawn, d.logits, d.model.Config.Vocab, d.how)
	d.taken++
}

// check takes the first step, in which all rows are equal, so that nothing is timed that computes nonsense: all must
// draw the same token from the same distribution.
func (d *decoder) check() error {
	d.fork()
	d.step()
	for i, s := range d.drawn {
		if math.IsNaN(float64(s.LogProb)) {
			return fmt.Errorf("the logits of row %d are not finite; are the weights whole?", i)
		}
		if s != d.drawn[0] {
			return fmt.Errorf("row %d draws %v, row 0 %v, of equal sequences; the kernels are wrong", i, s, d.drawn[0])
		}
	}
	for i := range d.how {
		d.how[i].Temperature = 1
	}
	return nil
}

// timeSteps is the median time of a step.
func (d *decoder) timeSteps(ctx context.Context, budget time.Duration) (time.Duration, error) {
	return medianTime(ctx, budget, func() time.Duration {
		if d.taken >= stretch {
			d.fork()
		}
		for i := range d.how {
			d.how[i].Uniform = d.random.Float32()
		}
		start := time.Now()
		d.step()
		return time.Since(start)
	})
}

// timeProducts is the median time of the newest step's matrix products alone, and how many operations they are.
func (d *decoder) timeProducts(ctx context.Context, budget time.Duration) (time.Duration, float64, error) {
	ops := &products{Ops: d.model.Ops}
	m := *d.model
	m.Ops = ops
	var first [1]float32
	median, err := medianTime(ctx, budget, func() time.Duration {
		ops.flops = 0
		start := time.Now()
		m.Forward(d.state, &d.batch)
		ops.Download(first[:], d.logits.Buf, d.logits.Off) // ends what an Ops may still have under way
		return time.Since(start)
	})
	return median, ops.flops, err
}

// products is an Ops that leaves out all of a forward pass but its matrix products, and counts their operations.
type products struct {
	kernels.Ops
	flops float64
}

func (p *products) MatMul(y, x kernels.View, rows int, w kernels.Matrix) {
	p.count(rows, w)
	p.Ops.MatMul(y, x, rows, w)
}

func (p *products) MatMulAdd(y, x kernels.View, rows int, w kernels.Matrix) {
	p.count(rows, w)
	p.Ops.MatMulAdd(y, x, rows, w)
}

func (p *products) count(rows int, w kernels.Matrix) {
	out, in := w.Shape()
	p.flops += 2 * float64(rows) * float64(out) * float64(in)
}

func (*products) Embed(kernels.View, kernels.Matrix, []int32)                              {}
func (*products) RMSNorm(y, x kernels.View, rows, n int, weight kernels.Buffer, e float32) {}

func (*products) Mamba(
	y, p, dt kernels.View, spans []kernels.Span, w *kernels.MambaWeights, state kernels.MambaState,
) {
}

func (*products) Attention(
	y, qkv kernels.View, spans []kernels.Span, shape kernels.AttentionShape, cache kernels.KVCache,
) {
}

// medianTime is the median of what run returns, over a budget of time, after a warm-up of a tenth of it.
func medianTime(ctx context.Context, budget time.Duration, run func() time.Duration) (time.Duration, error) {
	var times []time.Duration
	start := time.Now()
	for warm := false; !warm || len(times) < leastSteps || time.Since(start) < budget; {
		if ctx.Err() != nil {
			return 0, errors.New("interrupted")
		}
		times = append(times, run())
		if !warm && time.Since(start) > budget/10 {
			warm, times, start = true, times[:0], time.Now()
		}
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}
