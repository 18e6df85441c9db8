// Package model is the network as code: a configuration, its weights, and one forward pass over kernels.Ops.
//
// It knows the hybrid of M1 (arXiv 2504.10449) and of its parent MambaInLlama (arXiv 2408.15237): Llama's blocks, in
// which most of the attention mixers are replaced by Mamba-1 mixers that keep attention's grouping, so that x and B are
// shared by groups of channels as keys and values are shared by groups of heads.
//
//	cfg, err := model.LoadConfig(folder)    // config.json and mamba_config.json
//	m, err := model.Load(tensors, cfg, ops)
//	state := m.NewState(model.Capacity{Slots: 8, Pages: 256, Rows: 64, Logits: 8})
//	logits := m.Forward(state, &batch)
//
// [Forward] (forward.go) is to be read beside package kernels, which defines every operation and symbol. A [State] holds
// what sequences remember and the scratch of a pass: a Model may have several, each used by one goroutine at a time.
package model

import "caucus/kernels"

// Model is a network with its weights, ready on its Ops. It does not change after Load.
type Model struct {
	Config Config
	Ops    kernels.Ops

	embed  kernels.Matrix // [Vocab, DModel]
	layers []layer
	norm   kernels.Buffer // [DModel]
	head   kernels.Matrix // [Vocab, DModel]; embed itself when the two are tied
}

// layer is one block: a mixer and a gated MLP, each behind a norm and added to the residual stream.
type layer struct {
	mixerNorm kernels.Buffer // [DModel]
	mixer     mixer
	mlpNorm   kernels.Buffer // [DModel]
	gateUp    kernels.Matrix // two of [DFF, DModel]
	down      kernels.Matrix // [DModel, DFF]
}

// mixer moves information along a sequence: h += mixer(u) over the rows of a batch.
type mixer interface {
	mix(ops kernels.Ops, s *State, b *Batch)
	products() []Product
}

// mamba is a Mamba-1 mixer.
type mamba struct {
	index   int            // of its state in State.mamba
	in      kernels.Matrix // [InProj, DModel], z|x|B|C|r
	dt      kernels.Matrix // [DInner, DTRank]
	out     kernels.Matrix // [DModel, DInner]
	weights kernels.MambaWeights
}

// attention is a grouped-query attention mixer.
type attention struct {
	index int // of its cache in State.kv
	shape kernels.AttentionShape
	in    kernels.Matrix // [QKV, DModel], q|k|v
	out   kernels.Matrix // [DModel, Heads*HeadDim]
}
