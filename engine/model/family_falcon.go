package model

import (
	"fmt"
	"math"
)

// falconConfig is Falcon-H1 (arXiv 2507.22448): a Mamba-2 and an attention mixer side by side in every layer. Its many
// factors (muP) are folded into what is multiplied anyway, and cost two short vectors a Mamba mixer.
func falconConfig(c fields) Config {
	net := base(c)
	net.Norm = "model.final_layernorm.weight"
	net.NormEps = c.epsilon("rms_norm_eps", 1e-5)
	net.EmbedScale = float32(c.positive("embedding_multiplier", 1))
	net.LogitScale = float32(c.positive("lm_head_multiplier", 1))
	c.want("hidden_act", "silu", "swish")
	d := net.DModel
	for i := range c.size("num_hidden_layers", maxLayers) {
		prefix := fmt.Sprintf("model.layers.%d.", i)
		mlp, normScale := falconMLP(c, prefix+"feed_forward.", d)
		net.Layers = append(net.Layers, Layer{
			{Norm: prefix + "input_layernorm.weight", Parts: []Part{
				falconMamba(c, prefix+"mamba.", d, net.NormEps), falconAttention(c, prefix+"self_attn.", d),
			}},
			{Norm: prefix + "pre_ff_layernorm.weight", NormScale: normScale, Parts: []Part{mlp}},
		})
	}
	return net
}

// falconAttention: with inputs times a and keys times k, scores are those of q·k times a*a*k and values a times theirs.
func falconAttention(c fields, prefix string, d int) *Attention {
	shape := attentionShape(c, d)
	shape.Rope = rope(c, shape.HeadDim, 1)
	in, out := c.positive("attention_in_multiplier", 1), c.positive("attention_out_multiplier", 1)
	shape.Scale = float32(in * in * c.positive("key_multiplier", 1) / math.Sqrt(float64(shape.HeadDim)))
	bias := c.flag("attention_bias", false)
	a := attentionOf(prefix, shape, d, bias, bias)
	a.In.BiasScale = float32(1 / in)
	a.OutScale, a.Out.BiasScale = float32(in*out), float32(out)
	return a
}

func falconMamba(c fields, prefix string, d int, eps float32) *Mamba2 {
	inner := 1024
	if string(c.of["mamba_d_ssm"]) == "null" {
		inner = c.sizeOr("mamba_expand", 2, maxWidth/d) * d
	}
	inner = c.sizeOr("mamba_d_ssm", inner, maxWidth)
	m := describedMamba2(c, prefix, inner, d, eps, c.flag("mamba_proj_bias", false), c.flag("projectors_bias", false))
	if !c.flag("mamba_rms_norm", false) {
		m.Norm = ""
	}
	m.NormFirst = c.flag("mamba_norm_before_gate", true)
	in := c.positive("ssm_in_multiplier", 1)
	m.In.BiasScale = float32(1 / in)
	factors := []float64{1, 1, 1, 1, 1}
	if c.read("ssm_multipliers", &factors); len(factors) != 5 {
		c.fail("ssm_multipliers", "%v are not 5 factors", factors)
		return m
	}
	m.InScales = new([5]float32)
	for i, f := range factors {
		m.InScales[i] = float32(in * f)
	}
	m.OutScale = float32(c.positive("ssm_out_multiplier", 1))
	m.Out.BiasScale = m.OutScale
	return m
}

// falconMLP: with the gate times g, silu(g*gate)*up is what inputs times g make, but for a factor g of up.
func falconMLP(c fields, prefix string, d int) (mlp *MLP, normScale float32) {
	factors := []float64{1, 1}
	if c.read("mlp_multipliers", &factors); len(factors) != 2 || !(min(factors[0], factors[1]) > 0) {
		c.fail("mlp_multipliers", "%v are not 2 factors above 0", factors)
		return &MLP{}, 1
	}
	mlp = gatedOf(prefix, d, c.size("intermediate_size", maxWidth), c.flag("mlp_bias", false))
	mlp.Gate.BiasScale, mlp.Up.BiasScale = float32(factors[0]), float32(factors[0])
	mlp.OutScale = float32(factors[1] / factors[0])
	mlp.Down.BiasScale = float32(factors[1])
	return mlp, float32(factors[0])
}
