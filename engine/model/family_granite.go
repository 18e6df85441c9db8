package model

import (
	"fmt"
	"slices"

	"caucus/kernels"
)

// granite3Config is Granite 3 (IBM, 2024): a Llama whose streams are scaled by four factors.
func granite3Config(c fields) Config {
	bias := c.flag("attention_bias", false)
	net := transformer(c, bias, bias, c.flag("mlp_bias", false))
	residual, attention := graniteFactors(c, &net)
	for _, layer := range net.Layers {
		a, m := layer[0].Parts[0].(*Attention), layer[1].Parts[0].(*MLP)
		a.Shape.Scale = attention
		a.OutScale, a.Out.BiasScale = residual, residual
		m.OutScale, m.Down.BiasScale = residual, residual
	}
	return net
}

// graniteFactors reads the factors of the embedding and of the logits into net, and those of what is added to the residual
// stream and of attention's scores.
func graniteFactors(c fields, net *Config) (residual, attention float32) {
	net.EmbedScale = float32(c.positive("embedding_multiplier", 1))
	net.LogitScale = float32(1 / c.positive("logits_scaling", 1))
	return float32(c.positive("residual_multiplier", 1)), float32(c.positive("attention_multiplier", 1))
}

// graniteConfig is Granite 4.0 (IBM, 2025), dense or with experts beside a shared MLP, with the same factors.
func graniteConfig(c fields) Config {
	net := base(c)
	net.NormEps = c.epsilon("rms_norm_eps", 1e-6)
	c.want("hidden_act", "silu", "swish")
	d, layers := net.DModel, c.size("num_hidden_layers", maxLayers)

	attend := attentionShape(c, d)
	residual, attention := graniteFactors(c, &net)
	attend.Scale = attention
	if c.text("position_embedding_type", "nope") == "rope" {
		attend.Rope = rope(c, attend.HeadDim, 1)
	}
	bias := c.flag("attention_bias", false)
	kinds := layerKinds(c, "layer_types", layers)
	shared := c.sizeOr("shared_intermediate_size", 1024, maxWidth)
	experts := 8
	if c.read("num_local_experts", &experts); experts < 0 || experts > maxExperts/layers {
		c.fail("num_local_experts", "%d is not between 0 and %d", experts, maxExperts/layers)
		experts = 0
	}
	for i := range layers {
		prefix := fmt.Sprintf("model.layers.%d.", i)
		var mixer Part
		if kinds[i] == 'A' {
			a := attentionOf(prefix+"self_attn.", attend, d, bias, bias)
			a.OutScale, a.Out.BiasScale = residual, residual
			mixer = a
		} else {
			m := expandedMamba2(c, prefix+"mamba.", d, net.NormEps)
			m.OutScale, m.Out.BiasScale = residual, residual
			mixer = m
		}
		gate, up := halves(prefix+"shared_mlp.input_linear.weight", []int{2 * shared, d}, 0, shared)
		inner := []Part{&MLP{
			Gate: &gate, Up: up, Down: weight(prefix+"shared_mlp.output_linear.weight", d, shared), OutScale: residual,
		}}
		if experts > 0 {
			inner = append(inner, graniteExperts(c, prefix+"block_sparse_moe.", experts, d, residual))
		}
		net.Layers = append(net.Layers, preNorm(prefix, "post_attention_layernorm", mixer, inner...))
		if *c.err != nil {
			break
		}
	}
	return net
}

func graniteExperts(c fields, prefix string, n, d int, residual float32) *Experts {
	f := c.size("intermediate_size", maxWidth)
	return &Experts{
		Router:  weight(prefix+"router.layer.weight", n, d),
		Routing: kernels.Routing{Chosen: c.sizeOr("num_experts_per_tok", 2, n), Normalize: true, Scale: residual},
		Experts: stackedExperts(prefix+"input_linear.weight", prefix+"output_linear.weight", n, d, f),
	}
}

// expandedMamba2 is the Mamba-2 mixer as Granite and Bamba describe it: mamba_expand times as wide as the stream.
func expandedMamba2(c fields, prefix string, d int, eps float32) *Mamba2 {
	inner := c.sizeOr("mamba_expand", 2, maxWidth/d) * d
	return describedMamba2(c, prefix, inner, d, eps, c.flag("mamba_proj_bias", false), c.flag("mamba_proj_bias", false))
}

// describedMamba2 is the Mamba-2 mixer by the fields that Granite, Bamba and Falcon-H1 share.
func describedMamba2(c fields, prefix string, inner, d int, eps float32, inBias, outBias bool) *Mamba2 {
	shape, taps := mamba2Shape(c, inner, c.sizeOr("mamba_n_heads", 128, maxWidth), 256)
	m := mamba2Of(prefix, shape, taps, d)
	m.NormEps = eps
	m.In.Bias, m.Out.Bias = inBias, outBias
	if !c.flag("mamba_conv_bias", true) {
		m.ConvB = ""
	}
	m.timeLimit(c)
	return m
}

// layerKinds is what each layer is, which is Mamba where the list is missing.
func layerKinds(c fields, field string, layers int) []byte {
	kinds := c.kinds(field)
	if len(kinds) == 0 {
		for range layers {
			kinds = append(kinds, 'M')
		}
	}
	if i := slices.IndexFunc(kinds, func(kind byte) bool { return kind != 'M' && kind != 'A' }); i >= 0 {
		c.fail(field, "layer %d is neither mamba nor attention", i)
	}
	if len(kinds) != layers {
		c.fail(field, "it has %d layers, but num_hidden_layers is %d", len(kinds), layers)
		return make([]byte, layers)
	}
	return kinds
}
