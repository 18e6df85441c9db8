package model

import (
	"fmt"

	"caucus/kernels"
)

// m1Config is M1 (arXiv 2504.10449) and its parent MambaInLlama (arXiv 2408.15237): Llama's blocks, most of whose attention
// mixers are replaced by Mamba mixers that keep attention's grouping, so that x and B are shared by groups of channels as
// keys and values are by groups of heads. config.json is the Llama's; what both files say must agree. The rope_scaling of
// config.json is left aside: M1 was trained without.
func m1Config(llama, hybrid fields) Config {
	c := base(llama)
	c.Family = "m1"
	c.NormEps = llama.epsilon("rms_norm_eps", 1e-6)
	d, layers := c.DModel, llama.size("num_hidden_layers", maxLayers)
	f := llama.size("intermediate_size", maxWidth)
	llama.want("hidden_act", "silu")
	llama.want("attention_bias", false)
	llama.want("mlp_bias", false)
	agree(hybrid, "d_model", d)
	agree(hybrid, "intermediate_size", f)
	agree(hybrid, "n_layer", layers)
	agree(hybrid, "rms_norm_eps", llama.number("rms_norm_eps", 1e-6))
	agree(hybrid, "hidden_act", "silu")

	shape := attentionShape(llama, d)
	shape.Rope = kernels.Rope{Dim: shape.HeadDim, Theta: llama.positive("rope_theta", 10000)}
	if shape.HeadDim%2 != 0 {
		llama.fail("head_dim", "%d is not a multiple of 2, for the halves of the rotary embedding", shape.HeadDim)
	}
	ssm := hybrid.object("ssm_cfg")
	mixer := m1Mamba
	if ssm.has("ngroups") {
		mixer = m1Mamba2
	}
	attend := hybrid.layers("attn_layers", layers)
	for i := range layers {
		prefix := fmt.Sprintf("model.layers.%d.", i)
		var part Part
		if attend[i] {
			a := attentionOf(prefix+"self_attn.", shape, d, false, false)
			a.In.Fused, a.Out.Fused = prefix+"mha.in_proj.weight", prefix+"mha.out_proj.weight"
			part = a
		} else {
			part = mixer(prefix+"mamba.", hybrid, ssm, d)
		}
		c.Layers = append(c.Layers, preNorm(prefix, "post_attention_layernorm", part, gatedOf(prefix+"mlp.", d, f, false)))
	}
	return c
}

// agree wants what mamba_config.json says in a field, if anything, to be what config.json says.
func agree[T comparable](hybrid fields, field string, llama T) {
	own := llama
	hybrid.read(field, &own)
	if own != llama {
		hybrid.fail(field, "%v, but %s has %v", own, configFile, llama)
	}
}

// m1Mamba is the Mamba-1 mixer, with in_proj in one tensor or, in MambaInLlama, in five.
func m1Mamba(prefix string, hybrid, ssm fields, d int) Part {
	s := kernels.MambaShape{
		DInner: hybrid.sizeOr("d_inner", m1Expand(ssm, d), maxWidth),
		DState: ssm.sizeOr("d_state", 16, maxWidth),
		DConv:  ssm.sizeOr("d_conv", 4, maxConvTaps),
	}
	s.DXB = hybrid.size("d_xb", s.DInner)
	rank := ssm.autoSize("dt_rank", autoRank(d), maxWidth)
	hybrid.divides("d_xb", s.DXB, "d_inner", s.DInner)
	hybrid.divides("ssm_cfg: d_state", s.DState, "d_xb", s.DXB)
	ssm.want("conv_bias", true)
	ssm.want("repeat_kv_before_conv", true)
	return &Mamba{
		Shape: s, DTRank: rank,
		In: Linear{In: d, Fused: prefix + "in_proj.weight", Rows: []Rows{
			{Tensor: prefix + "in_proj_z.weight", N: s.DInner},
			{Tensor: prefix + "in_proj_x.weight", N: s.DXB},
			{Tensor: prefix + "B_proj.weight", N: s.DXB},
			{Tensor: prefix + "C_proj.weight", N: s.DInner},
			{Tensor: prefix + "dt_proj_down.weight", N: rank},
		}},
		DT:    weight(prefix+"dt_proj.weight", s.DInner, rank),
		Out:   weight(prefix+"out_proj.weight", d, s.DInner),
		ConvW: prefix + "conv1d.weight", ConvB: prefix + "conv1d.bias",
		DTBias: prefix + "dt_proj.bias", ALog: prefix + "A_log", D: prefix + "D",
		DTBiasTimes: 2, // the reference adds it in dt_proj and again in the scan, and was trained so
	}
}

// m1Mamba2 is the Mamba-2 mixer, whose heads, groups and states follow from the groups and the states.
func m1Mamba2(prefix string, hybrid, ssm fields, d int) Part {
	inner := hybrid.sizeOr("d_inner", m1Expand(ssm, d), maxWidth)
	groups, states := ssm.size("ngroups", inner), ssm.sizeOr("d_state", 128, maxWidth)
	repeated := hybrid.size("d_xb", inner) / states // groups of x and of B
	if states*groups != inner || repeated < 1 || hybrid.number("d_xb", 0) != float64(repeated*states) || groups%repeated != 0 {
		hybrid.fail("d_xb", "%d groups of %d states fit neither it nor d_inner = %d", groups, states, inner)
		repeated, groups = 1, 1
	}
	shape := kernels.Mamba2Shape{
		Heads: groups, HeadDim: states, XHeads: repeated, BGroups: repeated, CGroups: groups, DState: states,
	}
	m := mamba2Of(prefix, shape, ssm.sizeOr("d_conv", 4, maxConvTaps), d)
	m.NormEps = 1e-5 // the mixer's own, whatever rms_norm_eps is
	return m
}

// m1Expand is d_inner where it is not told.
func m1Expand(ssm fields, d int) int { return ssm.sizeOr("expand", 1, maxWidth/d) * d }

// autoRank is Mamba's default rank of dt, ceil(d_model/16).
func autoRank(dModel int) int { return (dModel + 15) / 16 }
