package model

import "fmt"

// bambaConfig is Bamba (IBM and others, 2024): Mamba-2 mixers and a few attention mixers that rotate half of each head.
func bambaConfig(c fields) Config {
	net := base(c)
	net.Norm = "model.final_layernorm.weight"
	net.NormEps = c.epsilon("rms_norm_eps", 1e-5)
	c.want("hidden_act", "silu", "swish")
	d, layers, f := net.DModel, c.size("num_hidden_layers", maxLayers), c.size("intermediate_size", maxWidth)
	shape := attentionShape(c, d)
	shape.Rope = rope(c, shape.HeadDim, 0.5)
	attend := c.layers("attn_layer_indices", layers)
	bias, mlpBias := c.flag("attention_bias", false), c.flag("mlp_bias", false)
	for i := range layers {
		prefix := fmt.Sprintf("model.layers.%d.", i)
		var mixer Part
		if attend[i] {
			mixer = attentionOf(prefix+"self_attn.", shape, d, bias, bias)
		} else {
			mixer = expandedMamba2(c, prefix+"mamba.", d, net.NormEps)
		}
		net.Layers = append(net.Layers, preNorm(prefix, "pre_ff_layernorm", mixer, gatedOf(prefix+"feed_forward.", d, f, mlpBias)))
	}
	return net
}
