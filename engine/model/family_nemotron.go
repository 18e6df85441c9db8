package model

import (
	"fmt"

	"caucus/kernels"
)

// nemotronConfig is Nemotron-H (arXiv 2504.03624): one mixer, MLP or mixture of experts a layer, attention that rotates
// nothing, and MLPs without a gate.
func nemotronConfig(c fields) Config {
	net := base(c)
	net.Embed, net.Norm, net.Head = "backbone.embeddings.weight", "backbone.norm_f.weight", "lm_head.weight"
	net.NormEps = c.epsilon("layer_norm_epsilon", 1e-5)
	c.want("mlp_hidden_act", "relu2")
	c.want("mamba_hidden_act", "silu")
	kinds := nemotronKinds(c)
	for i, kind := range kinds {
		prefix := fmt.Sprintf("backbone.layers.%d.", i)
		block := Block{Norm: prefix + "norm.weight"}
		switch prefix += "mixer."; kind {
		case 'M':
			block.Parts = []Part{nemotronMamba(c, prefix, net.DModel, net.NormEps)}
		case 'A':
			block.Parts = []Part{nemotronAttention(c, prefix, net.DModel)}
		case '-':
			block.Parts = []Part{nemotronMLP(c, prefix, "intermediate_size", net.DModel)}
		case 'E':
			shared := nemotronMLP(c, prefix+"shared_experts.", "moe_shared_expert_intermediate_size", net.DModel)
			block.Parts = []Part{nemotronExperts(c, prefix, maxExperts/len(kinds), net.DModel), shared}
		}
		net.Layers = append(net.Layers, Layer{block})
	}
	return net
}

// nemotronKinds reads the layers from a list or, in the older form, from a pattern of M, * (attention), - and E.
func nemotronKinds(c fields) []byte {
	field := "layers_block_type"
	if c.has("layer_types") {
		field = "layer_types"
	}
	kinds := c.kinds(field)
	if len(kinds) == 0 {
		field = "hybrid_override_pattern"
		kinds = []byte(c.text(field, ""))
	}
	if len(kinds) == 0 || len(kinds) > maxLayers {
		c.fail(field, "%d layers are not between 1 and %d", len(kinds), maxLayers)
		return nil
	}
	for i, kind := range kinds {
		switch kind {
		case 'M', 'A', '-', 'E':
		case '*':
			kinds[i] = 'A'
		default:
			c.fail(field, "layer %d is of the unknown kind %q", i, kind)
		}
	}
	return kinds
}

func nemotronAttention(c fields, prefix string, d int) *Attention {
	shape := attentionShape(c, d)
	shape.HeadDim = c.sizeOr("head_dim", 128, maxWidth/shape.Heads)
	return attentionOf(prefix, shape, d, false, false)
}

func nemotronMLP(c fields, prefix, width string, d int) *MLP {
	return squaredReLUOf(prefix, d, c.size(width, maxWidth), c.flag("mlp_bias", false))
}

// nemotronExperts are chosen by the sigmoids of their scores and a bias that spreads the load in training (arXiv 2408.15664).
func nemotronExperts(c fields, prefix string, most, d int) *Experts {
	n, f := c.size("n_routed_experts", most), c.size("moe_intermediate_size", maxWidth)
	how := kernels.Routing{
		Sigmoid: true, Normalize: c.flag("norm_topk_prob", true), Scale: float32(c.positive("routed_scaling_factor", 1)),
		Groups: c.sizeOr("n_group", 1, max(1, n/2)),
	}
	c.divides("n_group", how.Groups, "n_routed_experts", n)
	how.ChosenGroups = c.sizeOr("topk_group", 1, how.Groups)
	how.Chosen = c.sizeOr("num_experts_per_tok", 2, how.ChosenGroups*(n/how.Groups))
	if c.has("moe_latent_size") {
		c.fail("moe_latent_size", "experts behind a projection are not supported")
	}
	return &Experts{
		Router:  weight(prefix+"gate.weight", n, d),
		Routing: how,
		Bias:    prefix + "gate.e_score_correction_bias",
		Experts: numberedExperts(prefix+"experts.", n, func(prefix string) *MLP { return squaredReLUOf(prefix, d, f, false) }),
	}
}

func nemotronMamba(c fields, prefix string, d int, eps float32) *Mamba2 {
	heads := c.sizeOr("mamba_num_heads", 128, maxWidth)
	s := kernels.Mamba2Shape{
		Heads: heads, HeadDim: c.sizeOr("mamba_head_dim", 64, maxWidth/heads),
		XHeads: heads, BGroups: c.sizeOr("n_groups", 8, heads), DState: c.sizeOr("ssm_state_size", 128, maxWidth/heads),
	}
	s.CGroups = s.BGroups
	c.divides("n_groups", s.BGroups, "mamba_num_heads", heads)
	m := mamba2Of(prefix, s, c.sizeOr("conv_kernel", 4, maxConvTaps), d)
	m.NormEps = eps
	m.In.Bias = c.flag("use_bias", false)
	m.Out.Bias = m.In.Bias
	if !c.flag("use_conv_bias", true) {
		m.ConvB = ""
	}
	m.timeLimit(c)
	return m
}
