package model

import (
	"fmt"
	"math"
	"slices"

	"caucus/kernels"
)

// Weights is a checkpoint's tensors. *weights.File is one.
type Weights interface {
	Has(name string) bool
	// Floats returns a tensor of exactly the given shape as float32. Its error names the file and the tensor.
	Floats(name string, shape ...int) ([]float32, error)
	// Matrix returns a tensor [out, in] to be read row by row.
	Matrix(name string, out, in int) (kernels.Source, error)
}

// Load reads the network that cfg, from LoadConfig, describes, in either naming of its tensors: M1's with fused
// projections (mamba.in_proj, mha.in_proj) or MambaInLlama's without (mamba.in_proj_x, B_proj, ..., self_attn.q_proj, ...).
func Load(w Weights, cfg Config, ops kernels.Ops) (*Model, error) {
	l := &loader{weights: w, cfg: &cfg, ops: ops}
	m := &Model{
		Config: cfg,
		Ops:    ops,
		embed:  l.matrix("model.embed_tokens.weight", cfg.Vocab, cfg.DModel),
		norm:   l.vector("model.norm.weight", cfg.DModel),
		layers: make([]layer, cfg.Layers),
	}
	for i := range m.layers {
		m.layers[i] = l.layer(i)
	}
	m.head = m.embed
	if !cfg.Tied {
		m.head = l.matrix("lm_head.weight", cfg.Vocab, cfg.DModel)
	}
	if l.err != nil {
		return nil, fmt.Errorf("load model: %w", l.err)
	}
	return m, nil
}

// loader keeps the first error, after which it reads nothing more.
type loader struct {
	weights Weights
	cfg     *Config
	ops     kernels.Ops
	mambas  int // Mamba layers read
	attns   int // attention layers read
	err     error
}

func (l *loader) layer(i int) layer {
	prefix := fmt.Sprintf("model.layers.%d.", i)
	d, f := l.cfg.DModel, l.cfg.DFF
	out := layer{
		mixerNorm: l.vector(prefix+"input_layernorm.weight", d),
		mlpNorm:   l.vector(prefix+"post_attention_layernorm.weight", d),
		gateUp:    l.gated(prefix+"mlp.gate_proj.weight", prefix+"mlp.up_proj.weight", f, d),
		down:      l.matrix(prefix+"mlp.down_proj.weight", d, f),
	}
	if slices.Contains(l.cfg.AttnLayers, i) {
		out.mixer = l.attention(prefix)
	} else {
		out.mixer = l.mamba(prefix + "mamba.")
	}
	return out
}

func (l *loader) mamba(prefix string) *mamba {
	s := l.cfg.Mamba
	m := &mamba{
		index: l.mambas,
		in: l.projection(prefix+"in_proj.weight", []block{
			{prefix + "in_proj_z.weight", s.DInner},
			{prefix + "in_proj_x.weight", s.DXB},
			{prefix + "B_proj.weight", s.DXB},
			{prefix + "C_proj.weight", s.DInner},
			{prefix + "dt_proj_down.weight", s.DTRank},
		}),
		dt:  l.matrix(prefix+"dt_proj.weight", s.DInner, s.DTRank),
		out: l.matrix(prefix+"out_proj.weight", l.cfg.DModel, s.DInner),
		weights: kernels.MambaWeights{
			Shape:  s,
			ConvW:  l.floats(prefix+"conv1d.weight", s.DInner, 1, s.DConv),
			ConvB:  l.floats(prefix+"conv1d.bias", s.DInner),
			DTBias: l.floats(prefix+"dt_proj.bias", s.DInner),
			A:      l.floats(prefix+"A_log", s.DInner, s.DState),
			D:      l.floats(prefix+"D", s.DInner),
		},
	}
	l.mambas++
	if l.err != nil {
		return nil
	}
	for i := range m.weights.DTBias {
		m.weights.DTBias[i] *= 2 // the reference adds it in dt_proj and again in the scan, and was trained so
	}
	for i, a := range m.weights.A {
		m.weights.A[i] = float32(-math.Exp(float64(a)))
	}
	l.ops.PrepareMamba(&m.weights)
	return m
}

func (l *loader) attention(prefix string) *attention {
	s := l.cfg.Attention
	q, kv := s.Heads*s.HeadDim, s.KVHeads*s.HeadDim
	out := prefix + "mha.out_proj.weight"
	if !l.weights.Has(out) {
		out = prefix + "self_attn.o_proj.weight"
	}
	l.attns++
	return &attention{
		index: l.attns - 1,
		shape: s,
		in: l.projection(prefix+"mha.in_proj.weight", []block{
			{prefix + "self_attn.q_proj.weight", q},
			{prefix + "self_attn.k_proj.weight", kv},
			{prefix + "self_attn.v_proj.weight", kv},
		}),
		out: l.matrix(out, l.cfg.DModel, q),
	}
}

// block is a tensor that is some rows of a larger matrix.
type block struct {
	name string
	rows int
}

// projection reads an input projection under its fused name or, failing that, as its parts.
func (l *loader) projection(fused string, parts []block) kernels.Matrix {
	rows := 0
	for _, p := range parts {
		rows += p.rows
	}
	switch {
	case l.weights.Has(fused):
		return l.matrix(fused, rows, l.cfg.DModel)
	case l.weights.Has(parts[0].name):
		return l.stack(l.cfg.DModel, parts)
	case l.err == nil:
		l.err = fmt.Errorf("neither %s nor %s is in the checkpoint", fused, parts[0].name)
	}
	return nil
}

// stack reads matrices of in columns as one, each below the one before.
func (l *loader) stack(in int, parts []block) kernels.Matrix {
	sources := make([]kernels.Source, len(parts))
	for i, p := range parts {
		sources[i] = l.source(p.name, p.rows, in)
	}
	if l.err != nil {
		return nil
	}
	return l.ops.NewMatrix(kernels.Stack(sources...))
}

func (l *loader) matrix(name string, out, in int) kernels.Matrix {
	w := l.source(name, out, in)
	if l.err != nil {
		return nil
	}
	return l.ops.NewMatrix(w)
}

func (l *loader) gated(gate, up string, out, in int) kernels.Matrix {
	g, u := l.source(gate, out, in), l.source(up, out, in)
	if l.err != nil {
		return nil
	}
	return l.ops.NewGated(g, u)
}

func (l *loader) source(name string, out, in int) kernels.Source {
	if l.err != nil {
		return kernels.Source{}
	}
	var s kernels.Source
	s, l.err = l.weights.Matrix(name, out, in)
	return s
}

func (l *loader) vector(name string, n int) kernels.Buffer {
	v := l.floats(name, n)
	if l.err != nil {
		return nil
	}
	b := l.ops.NewBuffer(n)
	l.ops.Upload(b, 0, v)
	return b
}

func (l *loader) floats(name string, shape ...int) []float32 {
	if l.err != nil {
		return nil
	}
	var v []float32
	v, l.err = l.weights.Floats(name, shape...)
	return v
}
