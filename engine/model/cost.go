package model

import "caucus/kernels"

// float32Size is the bytes of a float32, in which all but matrices, keys and values is kept.
const float32Size = 4

// Params counts the network's weights; a tied head counts once.
func (c *Config) Params() int {
	n := c.Vocab*c.DModel + c.DModel + c.Layers*2*c.DModel + c.projections() + c.mambaParams()
	if !c.Tied {
		n += c.Vocab * c.DModel
	}
	return n
}

// Cost is what a step takes: operations, of which a multiplication, an addition and an exponential are one each, and
// bytes of memory read and written.
type Cost struct {
	Products     float64 // operations in products with matrices of floats
	Int8Products float64 // operations in products with matrices of bytes
	Other        float64 // operations besides
	Bytes        float64
}

// Operations counts all of them.
func (c Cost) Operations() float64 { return c.Products + c.Int8Products + c.Other }

// StepCost is the least that a decode step of rows sequences with context positions in all must do, when weights, states,
// keys and values are touched once, in the formats that the Ops keeps them in. Norms and activations, below one operation
// in a hundred, are left out.
func (m *Model) StepCost(rows, context int) Cost {
	c, n := &m.Config, float64(rows)
	scan := c.mambaLayers() * c.Mamba.DInner * (2*c.Mamba.DConv + 7*c.Mamba.DState) // 7: exp(ΔA)S + ΔBx, then C·S
	attend := len(c.AttnLayers) * 4 * c.Attention.Heads * c.Attention.HeadDim       // q·k and the sum of v, a position
	position := float64(c.PageBytes(m.Ops.Precision().KV)) / kernels.PageLen
	cost := Cost{
		Other: n*float64(scan) + float64(context)*float64(attend),
		Bytes: float32Size*float64(c.mambaParams()) + 2*n*float64(c.SlotBytes()) + float64(context)*position,
	}
	for _, p := range m.Products() {
		out, in := p.Matrix.Shape()
		operations := 2 * n * float64(out) * float64(in)
		if p.Matrix.Format() == kernels.Int8 {
			cost.Int8Products += operations
		} else {
			cost.Products += operations
		}
		cost.Bytes += matrixBytes(p.Matrix)
	}
	return cost
}

// Memory is the bytes that the model and a State of this capacity take together, but for what an Ops keeps besides.
func (m *Model) Memory(c Capacity) float64 {
	cfg := &m.Config
	bytes := float32Size * float64(cfg.mambaParams())
	for _, p := range m.Products() {
		bytes += matrixBytes(p.Matrix)
	}
	if !cfg.Tied {
		bytes += matrixBytes(m.embed)
	}
	bytes += float64(c.Slots) * float64(cfg.SlotBytes())
	bytes += float64(c.Pages) * float64(cfg.PageBytes(m.Ops.Precision().KV))
	return bytes + float32Size*(float64(c.Rows)*float64(cfg.rowWidths().sum())+float64(c.Logits)*float64(cfg.Vocab))
}

// SlotBytes is the size of one sequence's recurrent state: S and the last inputs of the convolution, in float32.
func (c *Config) SlotBytes() int {
	return float32Size * c.mambaLayers() * (c.Mamba.DInner*c.Mamba.DState + c.Mamba.DXB*(c.Mamba.DConv-1))
}

// PageBytes is the size of one page of keys and values over all attention layers, in a format that is not Stored. An Ops may pad it.
func (c *Config) PageBytes(kv kernels.Format) int {
	return kv.Bytes() * len(c.AttnLayers) * 2 * c.Attention.KVHeads * c.Attention.HeadDim * kernels.PageLen
}

// matrixBytes is the size of a matrix; one of bytes has a scale a row.
func matrixBytes(w kernels.Matrix) float64 {
	out, in := w.Shape()
	bytes := float64(out) * float64(in) * float64(w.Format().Bytes())
	if w.Format() == kernels.Int8 {
		bytes += float32Size * float64(out)
	}
	return bytes
}

func (c *Config) mambaLayers() int { return c.Layers - len(c.AttnLayers) }

// projections counts the weights of the layers' matrices.
func (c *Config) projections() int {
	mamba := c.DModel*c.Mamba.InProj() + c.Mamba.DInner*c.Mamba.DTRank + c.DModel*c.Mamba.DInner
	attention := c.DModel * (c.Attention.QKV() + c.Attention.Heads*c.Attention.HeadDim)
	return c.mambaLayers()*mamba + len(c.AttnLayers)*attention + c.Layers*3*c.DModel*c.DFF
}

// mambaParams counts the weights of MambaWeights in all layers: convolution with bias, dt's bias, A and D.
func (c *Config) mambaParams() int {
	return c.mambaLayers() * c.Mamba.DInner * (c.Mamba.DConv + 1 + 1 + c.Mamba.DState + 1)
}
