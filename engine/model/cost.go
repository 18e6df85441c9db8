package model

import "caucus/kernels"

// Params counts the network's weights; a tied head counts once.
func (c *Config) Params() int {
	n := c.Vocab*c.DModel + c.DModel + c.Layers*2*c.DModel + c.projections()
	n += c.mambaLayers() * c.Mamba.DInner * (c.Mamba.DConv + 1 + 1 + c.Mamba.DState + 1) // conv, dt bias, A_log, D
	if !c.Tied {
		n += c.Vocab * c.DModel
	}
	return n
}

// StepCost is the least that a decode step of rows sequences with context positions in all must do: floating-point
// operations (a multiplication, an addition and an exponential count one each), and bytes moved when weights, states, keys
// and values are float32 and each is touched once. Norms and activations, below one in a hundred, are left out.
func (c *Config) StepCost(rows, context int) (flops, bytes float64) {
	const size = 4 // of a float32
	head := c.Vocab * c.DModel
	scan := c.mambaLayers() * c.Mamba.DInner * (2*c.Mamba.DConv + 7*c.Mamba.DState) // 7: exp(ΔA)S + ΔBx, then C·S
	attend := len(c.AttnLayers) * 4 * c.Attention.Heads * c.Attention.HeadDim       // q·k and the sum of v, a position
	flops = float64(rows)*float64(2*(c.projections()+head)+scan) + float64(context)*float64(attend)
	bytes = float64(c.projections()+head)*size + 2*float64(rows)*float64(c.SlotBytes()) +
		float64(context)*float64(c.PageBytes())/kernels.PageLen
	return flops, bytes
}

// SlotBytes is the size of one sequence's recurrent state: S and the last inputs of the convolution, in float32.
func (c *Config) SlotBytes() int {
	return 4 * c.mambaLayers() * (c.Mamba.DInner*c.Mamba.DState + c.Mamba.DXB*(c.Mamba.DConv-1))
}

// PageBytes is the size of one page of keys and values over all attention layers, in float32.
func (c *Config) PageBytes() int {
	return 4 * len(c.AttnLayers) * 2 * c.Attention.KVHeads * c.Attention.HeadDim * kernels.PageLen
}

func (c *Config) mambaLayers() int { return c.Layers - len(c.AttnLayers) }

// projections counts the weights of the layers' matrices: each is one multiplication and one addition a token.
func (c *Config) projections() int {
	mamba := c.DModel*c.Mamba.InProj() + c.Mamba.DInner*c.Mamba.DTRank + c.DModel*c.Mamba.DInner
	attention := c.DModel * (c.Attention.QKV() + c.Attention.Heads*c.Attention.HeadDim)
	return c.mambaLayers()*mamba + len(c.AttnLayers)*attention + c.Layers*3*c.DModel*c.DFF
}
