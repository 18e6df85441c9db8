// Package model is the network as code: a configuration, its weights, and one forward pass over kernels.Ops.
//
//	cfg, err := model.LoadConfig(folder)    // config.json, and mamba_config.json where there is one
//	m, err := model.Load(tensors, cfg, ops)
//	state := m.NewState(model.Capacity{Slots: 8, Pages: 256, Rows: 64, Logits: 8})
//	logits := m.Forward(state, &batch)
//
// A [Config] is a list of layers, a layer of blocks, a block a norm and the parts that follow it: mixers ([Mamba], [Mamba2],
// [Attention]), MLPs ([MLP]) and mixtures of them ([Experts]). Each family of models is one function from its config.json to
// that list, in a file of its own (family_*.go): M1 and MambaInLlama, Llama, Qwen2, Granite, Nemotron-H, Falcon-H1,
// Bamba and Jamba. A part says what tensors it has and, once loaded, computes.
//
// [Model.Forward] (forward.go) is to be read beside package kernels, which defines every operation and symbol. A [State]
// holds what sequences remember and the scratch of a pass: a Model may have several, each used by one goroutine at a time.
package model

import "caucus/kernels"

// Model is a network with its weights, ready on its Ops. It does not change after Load.
type Model struct {
	Config Config
	Ops    kernels.Ops

	embed  kernels.Matrix // [Vocab, DModel]
	scale  kernels.Buffer // of its rows; nil for 1
	blocks []block
	norm   kernels.Buffer // [DModel]
	head   kernels.Matrix // [Vocab, DModel]; embed itself when the two are tied
	params int
	total  partCost
}

// block is a Block with its weights.
type block struct {
	norm  kernels.Buffer // [DModel]
	parts []Part
}

// parts lists those of all blocks.
func (m *Model) parts() []Part {
	var all []Part
	for _, b := range m.blocks {
		all = append(all, b.parts...)
	}
	return all
}
