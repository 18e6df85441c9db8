package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"caucus/engine/model"
	"caucus/kernels"
)

// operations are what a profile tells apart, in the order of a layer: products by the role of their matrix.
var operations = []string{"embed", "norm", string(model.MixerIn), string(model.StepSize), "mamba", "attention",
	string(model.MixerOut), string(model.Inner), string(model.Head), "sampling", rest}

// rest is the time that a step spends in no operation.
const rest = "rest"

// profile is an Ops that adds up how long each operation takes. It fits kernels that finish before they return.
type profile struct {
	kernels.Ops
	roles map[kernels.Matrix]model.Role
	spent map[string]time.Duration
}

func newProfile(m *model.Model) *profile {
	p := &profile{Ops: m.Ops, roles: map[kernels.Matrix]model.Role{}, spent: map[string]time.Duration{}}
	for _, product := range m.Products() {
		p.roles[product.Matrix] = product.Role
	}
	return p
}

// profile takes steps on such an Ops and returns each operation's share of their time.
func (d *decoder) profile(ctx context.Context, budget time.Duration) (map[string]float64, error) {
	p, plain := newProfile(d.model), d.model
	defer func() { d.model = plain }()
	watched := *plain
	watched.Ops, d.model = p, &watched
	total := time.Duration(0)
	_, err := medianTime(ctx, budget, func() time.Duration {
		elapsed := d.timeStep()
		total += elapsed
		return elapsed
	})
	return p.shares(total), err
}

func (p *profile) shares(total time.Duration) map[string]float64 {
	shares := map[string]float64{rest: 1}
	for operation, spent := range p.spent {
		shares[operation] = spent.Seconds() / total.Seconds()
		shares[rest] -= shares[operation]
	}
	return shares
}

// since is to be deferred: it adds the time until then.
func (p *profile) since(operation string, start time.Time) { p.spent[operation] += time.Since(start) }

func (p *profile) Embed(y kernels.View, table kernels.Matrix, tokens []int32) {
	defer p.since("embed", time.Now())
	p.Ops.Embed(y, table, tokens)
}

func (p *profile) MatMul(y, x kernels.View, rows int, w kernels.Matrix) {
	defer p.since(string(p.roles[w]), time.Now())
	p.Ops.MatMul(y, x, rows, w)
}

func (p *profile) MatMulAdd(y, x kernels.View, rows int, w kernels.Matrix) {
	defer p.since(string(p.roles[w]), time.Now())
	p.Ops.MatMulAdd(y, x, rows, w)
}

func (p *profile) MatMulSwiGLU(y, x kernels.View, rows int, w kernels.Matrix) {
	defer p.since(string(p.roles[w]), time.Now())
	p.Ops.MatMulSwiGLU(y, x, rows, w)
}

func (p *profile) RMSNorm(y, x kernels.View, rows, n int, weight kernels.Buffer, eps float32) {
	defer p.since("norm", time.Now())
	p.Ops.RMSNorm(y, x, rows, n, weight, eps)
}

func (p *profile) Mamba(
	y kernels.View, in kernels.MambaInputs, spans []kernels.Span, w *kernels.MambaWeights, state kernels.RecurrentState,
) {
	defer p.since("mamba", time.Now())
	p.Ops.Mamba(y, in, spans, w, state)
}

func (p *profile) Mamba2(
	y kernels.View, in kernels.Mamba2Inputs, spans []kernels.Span, w *kernels.Mamba2Weights, state kernels.RecurrentState,
) {
	defer p.since("mamba", time.Now())
	p.Ops.Mamba2(y, in, spans, w, state)
}

func (p *profile) Conv(y, x kernels.View, spans []kernels.Span, w *kernels.ConvWeights, state kernels.RecurrentState) {
	defer p.since("mamba", time.Now())
	p.Ops.Conv(y, x, spans, w, state)
}

func (p *profile) Gate(y, z kernels.View, rows, n int) {
	defer p.since("mamba", time.Now())
	p.Ops.Gate(y, z, rows, n)
}

func (p *profile) Experts(y, x, scores kernels.View, rows int, experts []kernels.Expert, how kernels.Routing) {
	defer p.since(string(model.Inner), time.Now())
	p.Ops.Experts(y, x, scores, rows, experts, how)
}

func (p *profile) Attention(
	y, qkv kernels.View, spans []kernels.Span, shape kernels.AttentionShape, cache kernels.KVCache,
) {
	defer p.since("attention", time.Now())
	p.Ops.Attention(y, qkv, spans, shape, cache)
}

func (p *profile) Sample(out []kernels.Sampled, logits kernels.View, n int, how []kernels.Sampling) {
	defer p.since("sampling", time.Now())
	p.Ops.Sample(out, logits, n, how)
}

// profileTable shows the shares, an operation a column.
func (r *benchReport) profileTable(w io.Writer) error {
	columns := []column{{"context", right}, {"batch", right}}
	for _, operation := range operations {
		columns = append(columns, column{operation, right})
	}
	rows := make([][]string, len(r.Rows))
	for i, row := range r.Rows {
		rows[i] = []string{fmt.Sprint(row.Context), fmt.Sprint(row.Batch)}
		for _, operation := range operations {
			rows[i] = append(rows[i], fmt.Sprintf("%.1f %%", 100*row.Profile[operation]))
		}
	}
	return table(w, columns, rows)
}
