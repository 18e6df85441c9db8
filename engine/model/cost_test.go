package model_test

import (
	"testing"

	"caucus/engine/internal/tiny"
	"caucus/engine/model"
	"caucus/kernels"
)

// loaded is jamba-1m in a precision: tiny's matrices are too narrow for bytes.
func loaded(t *testing.T, p kernels.Precision) *model.Model {
	t.Helper()
	cfg, weights, err := model.Random("jamba-1m")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(weights, cfg, kernels.NewReferenceOf(p))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestProductsAreAllWeightsButThoseOfVectors(t *testing.T) {
	m := tiny.New(kernels.NewReference())
	weights, roles := 0, map[model.Role]int{}
	for _, p := range m.Products() {
		out, in := p.Matrix.Shape()
		weights += out * in
		roles[p.Role]++
	}
	const d, mambas, inner, taps, states = 20, 3, 24, 4, 4 // tiny's
	vectors := 11*d + mambas*inner*(taps+3+states)
	if weights != m.Params()-vectors {
		t.Errorf("the products have %d weights, the model has %d and %d of them in vectors", weights, m.Params(), vectors)
	}
	for role, want := range map[model.Role]int{model.MixerIn: 5, model.StepSize: 3, model.MixerOut: 5, model.Inner: 10, model.Head: 1} {
		if roles[role] != want {
			t.Errorf("%d products are %q, want %d", roles[role], role, want)
		}
	}
}

func TestStepCostGrowsWithRowsAndContext(t *testing.T) {
	m := tiny.New(kernels.NewReference())
	one, more := m.StepCost(1, 0), m.StepCost(2, 100)
	if weights := float64(2 * m.Params()); one.Products < weights/2 || one.Operations() > 2*weights {
		t.Errorf("one token costs %+v, want about two operations a weight, %v", one, weights)
	}
	if more.Products != 2*one.Products || more.Other <= 2*one.Other || more.Bytes <= one.Bytes {
		t.Errorf("two tokens after 100 cost %+v, one alone %+v", more, one)
	}
}

func TestStepCostIsTheSumOfItsParts(t *testing.T) {
	const rows, context = 3, 100
	m := loaded(t, kernels.Precision{})
	parts, bytes := map[model.Role]model.Cost{}, 0.0
	for role, c := range m.StepCosts(rows, context) {
		sum := parts[role]
		sum.Bytes, sum.Products, sum.Other = sum.Bytes+c.Bytes, sum.Products+c.Products, sum.Other+c.Other
		parts[role] = sum
		bytes += c.Bytes
	}
	if total := m.StepCost(rows, context); bytes != total.Bytes || total.Other != parts[model.Scans].Other+parts[model.Attending].Other {
		t.Errorf("a step costs %+v, its parts %+v", total, parts)
	}
	if want := float64(context * m.PageBytes() / kernels.PageLen); parts[model.Attending].Bytes != want {
		t.Errorf("attention reads %v bytes, want %v", parts[model.Attending].Bytes, want)
	}
	if want := float64(2 * rows * m.SlotBytes()); parts[model.Scans].Bytes <= want || parts[model.Scans].Bytes > 2*want {
		t.Errorf("scans move %v bytes, want %v and their parameters", parts[model.Scans].Bytes, want)
	}
	if p := parts[model.Head]; p.Products != 2*rows*512*128 || p.Bytes != 4*512*128 {
		t.Errorf("the head costs %+v", p)
	}
	for role := range m.StepCosts(1, 1) {
		if role != model.Scans {
			t.Errorf("%q comes first", role)
		}
		break // must be possible
	}
}

func TestStepCostTakesTheFormatsThatTheOpsHas(t *testing.T) {
	const context = 1000
	wide := loaded(t, kernels.Precision{}).StepCost(1, context)
	narrow := loaded(t, kernels.Precision{Weights: kernels.BF16, KV: kernels.BF16}).StepCost(1, context)
	bytes := loaded(t, kernels.Precision{Weights: kernels.Int8}).StepCost(1, 0)
	if narrow.Products != wide.Products || narrow.Bytes > 0.6*wide.Bytes {
		t.Errorf("in bf16 a step costs %+v, in f32 %+v", narrow, wide)
	}
	// dt has too few inputs for bytes.
	if bytes.Products <= 0 || bytes.Int8Products < 20*bytes.Products || bytes.Bytes > 0.5*wide.Bytes {
		t.Errorf("in bytes a step costs %+v, in f32 %+v", bytes, wide)
	}
	if sum := bytes.Products + bytes.Int8Products; sum != wide.Products {
		t.Errorf("products are %v operations in bytes and %v in f32", sum, wide.Products)
	}
}

func TestFormatIsThatOfMostWeights(t *testing.T) {
	for asked, want := range map[kernels.Format]kernels.Format{
		kernels.Stored: kernels.F32, kernels.BF16: kernels.BF16, kernels.Int8: kernels.Int8,
	} {
		if got := loaded(t, kernels.Precision{Weights: asked}).Format(); got != want {
			t.Errorf("asked for %v, most weights are %v, want %v", asked, got, want)
		}
	}
}

func TestMemoryIsWhatAllocationsAddUpTo(t *testing.T) {
	for _, dir := range families(t) {
		g := golden{dir: dir}
		ops := &counting{Ops: kernels.NewReference()}
		m := g.load(t, ops)
		weights, bare := ops.bytes, m.Memory(model.Capacity{})
		if off := float64(weights) - bare; off < 0 || off > 0.1*bare { // the norms and factors are left out
			t.Errorf("%s: the weights are said to take %v bytes, and take %d", dir, bare, weights)
		}
		ops.bytes = 0
		c := model.Capacity{Slots: 3, Pages: 5, Rows: 7, Logits: 2}
		m.NewState(c)
		if got := m.Memory(c) - bare; got != float64(ops.bytes) {
			t.Errorf("%s: a state is said to take %v bytes, and takes %d", dir, got, ops.bytes)
		}
	}
}

// counting adds up what an Ops is asked to hold.
type counting struct {
	kernels.Ops
	bytes int
}

func (c *counting) NewMatrix(w kernels.Source) kernels.Matrix {
	c.bytes += 4 * w.Out * w.In
	return c.Ops.NewMatrix(w)
}

func (c *counting) NewGated(gate, up kernels.Source) kernels.Matrix {
	c.bytes += 8 * up.Out * up.In
	return c.Ops.NewGated(gate, up)
}

func (c *counting) PrepareMamba(w *kernels.MambaWeights) {
	c.bytes += 4 * (len(w.ConvW) + len(w.ConvB) + len(w.DTBias) + len(w.A) + len(w.D))
	c.Ops.PrepareMamba(w)
}

func (c *counting) PrepareMamba2(w *kernels.Mamba2Weights) {
	c.bytes += 4 * (len(w.DTBias) + len(w.A) + len(w.D))
	c.Ops.PrepareMamba2(w)
}

func (c *counting) PrepareConv(w *kernels.ConvWeights) {
	c.bytes += 4 * (len(w.W) + len(w.B))
	c.Ops.PrepareConv(w)
}

func (c *counting) NewBuffer(n int) kernels.Buffer {
	c.bytes += 4 * n
	return c.Ops.NewBuffer(n)
}

func (c *counting) NewConvState(channels, taps, slots int) kernels.RecurrentState {
	c.bytes += 4 * slots * channels * (taps - 1)
	return c.Ops.NewConvState(channels, taps, slots)
}

func (c *counting) NewMambaState(s kernels.MambaShape, slots int) kernels.RecurrentState {
	c.bytes += 4 * slots * (s.DInner*s.DState + s.XWidth()*max(s.DConv-1, 0))
	return c.Ops.NewMambaState(s, slots)
}

func (c *counting) NewMamba2State(s kernels.Mamba2Shape, slots int) kernels.RecurrentState {
	c.bytes += 4 * slots * s.DInner() * s.DState
	return c.Ops.NewMamba2State(s, slots)
}

func (c *counting) NewKVCache(s kernels.AttentionShape, pages int) kernels.KVCache {
	c.bytes += 4 * pages * kernels.PageLen * 2 * s.KVHeads * s.HeadDim
	return c.Ops.NewKVCache(s, pages)
}
