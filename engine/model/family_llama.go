package model

import "fmt"

// llamaConfig is Llama (arXiv 2407.21783) and the many models of its form.
func llamaConfig(c fields) Config {
	biased := c.flag("attention_bias", false)
	return transformer(c, biased, biased, c.flag("mlp_bias", false))
}

// qwen2Config is Qwen2 (arXiv 2407.10671): a Llama with biases on q, k and v.
func qwen2Config(c fields) Config {
	c.want("use_sliding_window", false)
	return transformer(c, true, false, false)
}

// transformer is attention and a gated MLP in every layer.
func transformer(c fields, qkvBias, outBias, mlpBias bool) Config {
	net := base(c)
	net.NormEps = c.epsilon("rms_norm_eps", 1e-6)
	c.want("hidden_act", "silu", "swish")
	d, f := net.DModel, c.size("intermediate_size", maxWidth)
	shape := attentionShape(c, d)
	shape.Rope = rope(c, shape.HeadDim, 1)
	for i := range c.size("num_hidden_layers", maxLayers) {
		prefix := fmt.Sprintf("model.layers.%d.", i)
		net.Layers = append(net.Layers, preNorm(prefix, "post_attention_layernorm",
			attentionOf(prefix+"self_attn.", shape, d, qkvBias, outBias), gatedOf(prefix+"mlp.", d, f, mlpBias)))
	}
	return net
}

// preNorm is the common layer: a mixer and then what works within a token, each behind a norm.
func preNorm(prefix, second string, mixer Part, inner ...Part) Layer {
	return Layer{
		{Norm: prefix + "input_layernorm.weight", Parts: []Part{mixer}},
		{Norm: prefix + second + ".weight", Parts: inner},
	}
}
