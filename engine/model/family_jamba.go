package model

import (
	"fmt"

	"caucus/kernels"
)

// jambaConfig is Jamba (arXiv 2403.19887): plain Mamba-1 mixers, with norms of their own, attention mixers that rotate
// nothing and, in every few layers, experts in place of the MLP.
func jambaConfig(c fields) Config {
	net := base(c)
	net.Norm = "model.final_layernorm.weight"
	net.NormEps = c.epsilon("rms_norm_eps", 1e-6)
	c.want("hidden_act", "silu", "swish")
	d, f, layers := net.DModel, c.size("intermediate_size", maxWidth), c.size("num_hidden_layers", maxLayers)
	attends, mixes := every(c, "attn_layer", 8, 4), every(c, "expert_layer", 2, 1)
	experts := c.sizeOr("num_experts", 16, maxExperts/layers)
	shape := attentionShape(c, d)
	for i := range layers {
		prefix := fmt.Sprintf("model.layers.%d.", i)
		var mixer Part
		if attends(i) {
			mixer = attentionOf(prefix+"self_attn.", shape, d, false, false)
		} else {
			mixer = plainMamba(c, prefix+"mamba.", d, net.NormEps)
		}
		var inner Part = gatedOf(prefix+"feed_forward.", d, f, false)
		if experts > 1 && mixes(i) {
			inner = jambaExperts(c, prefix+"feed_forward.", experts, d, f)
		}
		net.Layers = append(net.Layers, preNorm(prefix, "pre_ff_layernorm", mixer, inner))
	}
	return net
}

// every reads which layers are of a kind: those whose number leaves the rest WHAT_offset when divided by WHAT_period.
func every(c fields, what string, period, offset int) func(layer int) bool {
	period = c.sizeOr(what+"_period", period, maxLayers)
	if c.read(what+"_offset", &offset); offset < 0 || offset >= period {
		c.fail(what+"_offset", "%d is not below %s_period = %d", offset, what, period)
	}
	return func(layer int) bool { return layer%period == offset }
}

func jambaExperts(c fields, prefix string, n, d, f int) *Experts {
	return &Experts{
		Router:  weight(prefix+"router.weight", n, d),
		Routing: kernels.Routing{Chosen: c.sizeOr("num_experts_per_tok", 2, n)},
		Experts: numberedExperts(prefix+"experts.", n, func(prefix string) *MLP { return gatedOf(prefix, d, f, false) }),
	}
}

func plainMamba(c fields, prefix string, d int, eps float32) *Mamba {
	s := kernels.MambaShape{
		DInner: c.sizeOr("mamba_expand", 2, maxWidth/d) * d,
		DState: c.sizeOr("mamba_d_state", 16, maxWidth),
	}
	rank := c.autoSize("mamba_dt_rank", autoRank(d), maxWidth)
	bias := c.flag("mamba_proj_bias", false)
	m := &Mamba{
		Shape: s, DTRank: rank,
		In: biased(prefix+"in_proj.weight", 2*s.DInner, d, bias),
		Select: &Selection{
			Linear:   weight(prefix+"x_proj.weight", rank+2*s.DState, s.DInner),
			ConvTaps: c.sizeOr("mamba_d_conv", 4, maxConvTaps),
			NormR:    prefix + "dt_layernorm.weight", NormB: prefix + "b_layernorm.weight", NormC: prefix + "c_layernorm.weight",
			NormEps: eps,
		},
		DT:    weight(prefix+"dt_proj.weight", s.DInner, rank),
		Out:   biased(prefix+"out_proj.weight", d, s.DInner, bias),
		ConvW: prefix + "conv1d.weight", ConvB: prefix + "conv1d.bias",
		DTBias: prefix + "dt_proj.bias", ALog: prefix + "A_log", D: prefix + "D",
		DTBiasTimes: 1,
	}
	if !c.flag("mamba_conv_bias", true) {
		m.ConvB = ""
	}
	return m
}
