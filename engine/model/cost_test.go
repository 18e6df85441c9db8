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
	cfg := m.Config
	vectors := (2*cfg.Layers+1)*cfg.DModel + 3*cfg.Mamba.DInner*(cfg.Mamba.DConv+3+cfg.Mamba.DState)
	if weights != cfg.Params()-vectors {
		t.Errorf("the products have %d weights, the model has %d and %d of them in vectors", weights, cfg.Params(), vectors)
	}
	for role, want := range map[model.Role]int{model.MixerIn: 5, model.StepSize: 3, model.MixerOut: 5, model.MLP: 10, model.Head: 1} {
		if roles[role] != want {
			t.Errorf("%d products are %q, want %d", roles[role], role, want)
		}
	}
}

func TestStepCostGrowsWithRowsAndContext(t *testing.T) {
	m := tiny.New(kernels.NewReference())
	one, more := m.StepCost(1, 0), m.StepCost(2, 100)
	if weights := float64(2 * m.Config.Params()); one.Products < weights/2 || one.Operations() > 2*weights {
		t.Errorf("one token costs %+v, want about two operations a weight, %v", one, weights)
	}
	if more.Products != 2*one.Products || more.Other <= 2*one.Other || more.Bytes <= one.Bytes {
		t.Errorf("two tokens after 100 cost %+v, one alone %+v", more, one)
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
	cfg, weights, err := model.Random("jamba-1m")
	if err != nil {
		t.Fatal(err)
	}
	ops := &counting{Ops: kernels.NewReference()}
	m, err := model.Load(weights, cfg, ops)
	if err != nil {
		t.Fatal(err)
	}
	ops.bytes = 0
	c := model.Capacity{Slots: 3, Pages: 5, Rows: 7, Logits: 2}
	m.NewState(c)
	bare := m.Memory(model.Capacity{})
	if got := m.Memory(c) - bare; got != float64(ops.bytes) {
		t.Errorf("a state is said to take %v bytes, and takes %d", got, ops.bytes)
	}
	if got := bare / 4 / float64(cfg.Params()); got < 0.99 || got > 1 {
		t.Errorf("the weights are said to take %v times what they have", got)
	}
}

// counting adds up what an Ops is asked to hold.
type counting struct {
	kernels.Ops
	bytes int
}

func (c *counting) NewBuffer(n int) kernels.Buffer {
	c.bytes += 4 * n
	return c.Ops.NewBuffer(n)
}

func (c *counting) NewMambaState(s kernels.MambaShape, slots int) kernels.MambaState {
	c.bytes += 4 * slots * (s.DInner*s.DState + s.DXB*(s.DConv-1))
	return c.Ops.NewMambaState(s, slots)
}

func (c *counting) NewKVCache(s kernels.AttentionShape, pages int) kernels.KVCache {
	c.bytes += 4 * pages * kernels.PageLen * 2 * s.KVHeads * s.HeadDim
	return c.Ops.NewKVCache(s, pages)
}
