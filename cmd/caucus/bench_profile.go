package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"caucus/engine/model"
	"caucus/kernels"
)

// operations are what a profile tells apart, in the order of a layer: products by the role of their matrix.
var operations = []string{"embed", "norm", string(model.MixerIn), string(model.StepSize), string(model.Scans),
	string(model.Attending), string(model.MixerOut), string(model.Inner), string(model.Head), "sampling", rest}

// rest is the time that a step spends in no operation.
const rest = "rest"

// profile is an Ops that tells which operation is under way.
type profile struct {
	kernels.Ops
	roles map[kernels.Matrix]model.Role
	enter func(operation string) (leave func())
}

// stopwatch adds up how long each operation takes. It fits kernels that finish before they return.
type stopwatch map[string]time.Duration

func (s stopwatch) enter(operation string) (leave func()) {
	start := time.Now()
	return func() { s[operation] += time.Since(start) }
}

// profile takes steps that tell their operations, and enters each one's share of the time.
func (d *decoder) profile(ctx context.Context, budget time.Duration, row *benchRow) error {
	if gpu, ok := d.model.Ops.(launcher); ok {
		return d.profileLaunches(ctx, budget, gpu, row)
	}
	spent, total := stopwatch{}, time.Duration(0)
	defer d.watch(spent.enter)()
	_, err := medianTime(ctx, budget, func() time.Duration {
		elapsed := d.timeStep()
		total += elapsed
		return elapsed
	})
	row.Profile = map[string]float64{rest: 1}
	for operation, t := range spent {
		row.Profile[operation] = t.Seconds() / total.Seconds()
		row.Profile[rest] -= row.Profile[operation]
	}
	return err
}

// watch lets the model tell its operations until stop is called.
func (d *decoder) watch(enter func(operation string) (leave func())) (stop func()) {
	plain, p := d.model, &profile{Ops: d.model.Ops, roles: map[kernels.Matrix]model.Role{}, enter: enter}
	for _, product := range plain.Products() {
		p.roles[product.Matrix] = product.Role
	}
	watched := *plain
	watched.Ops, d.model = p, &watched
	return func() { d.model = plain }
}

func (p *profile) Embed(y kernels.View, table kernels.Matrix, tokens []int32) {
	defer p.enter("embed")()
	p.Ops.Embed(y, table, tokens)
}

func (p *profile) MatMul(y, x kernels.View, rows int, w kernels.Matrix) {
	defer p.enter(string(p.roles[w]))()
	p.Ops.MatMul(y, x, rows, w)
}

func (p *profile) MatMulAdd(y, x kernels.View, rows int, w kernels.Matrix) {
	defer p.enter(string(p.roles[w]))()
	p.Ops.MatMulAdd(y, x, rows, w)
}

func (p *profile) MatMulSwiGLU(y, x kernels.View, rows int, w kernels.Matrix) {
	defer p.enter(string(p.roles[w]))()
	p.Ops.MatMulSwiGLU(y, x, rows, w)
}

func (p *profile) RMSNorm(y, x kernels.View, rows, n int, weight kernels.Buffer, eps float32) {
	defer p.enter("norm")()
	p.Ops.RMSNorm(y, x, rows, n, weight, eps)
}

func (p *profile) Mamba(
	y kernels.View, in kernels.MambaInputs, spans []kernels.Span, w *kernels.MambaWeights, state kernels.RecurrentState,
) {
	defer p.enter(string(model.Scans))()
	p.Ops.Mamba(y, in, spans, w, state)
}

func (p *profile) Mamba2(
	y kernels.View, in kernels.Mamba2Inputs, spans []kernels.Span, w *kernels.Mamba2Weights, state kernels.RecurrentState,
) {
	defer p.enter(string(model.Scans))()
	p.Ops.Mamba2(y, in, spans, w, state)
}

func (p *profile) Conv(y, x kernels.View, spans []kernels.Span, w *kernels.ConvWeights, state kernels.RecurrentState) {
	defer p.enter(string(model.Scans))()
	p.Ops.Conv(y, x, spans, w, state)
}

func (p *profile) Gate(y, z kernels.View, rows, n int) {
	defer p.enter(string(model.Scans))()
	p.Ops.Gate(y, z, rows, n)
}

func (p *profile) Experts(y, x, scores kernels.View, rows int, experts []kernels.Expert, how kernels.Routing) {
	defer p.enter(string(model.Inner))()
	p.Ops.Experts(y, x, scores, rows, experts, how)
}

func (p *profile) Attention(
	y, qkv kernels.View, spans []kernels.Span, shape kernels.AttentionShape, cache kernels.KVCache,
) {
	defer p.enter(string(model.Attending))()
	p.Ops.Attention(y, qkv, spans, shape, cache)
}

func (p *profile) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	defer p.enter("sampling")()
	p.Ops.Sample(out, logits, n, how)
}

// profileTable shows the shares, an operation a column.
func (r *benchReport) profileTable(w io.Writer) error {
	shown := operations
	if r.onGPU() {
		shown = append(slices.Clone(shown), gaps)
	}
	columns := []column{{"context", right}, {"batch", right}}
	for _, operation := range shown {
		columns = append(columns, column{operation, right})
	}
	rows := make([][]string, len(r.Rows))
	for i, row := range r.Rows {
		rows[i] = []string{fmt.Sprint(row.Context), fmt.Sprint(row.Batch)}
		for _, operation := range shown {
			rows[i] = append(rows[i], fmt.Sprintf("%.1f %%", 100*row.Profile[operation]))
		}
	}
	return table(w, columns, rows)
}
