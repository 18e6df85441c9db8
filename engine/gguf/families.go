package gguf

import "slices"

// family is an architecture of llama.cpp as transformers knows it.
type family struct {
	modelType, class string
	tensors          []rename
	fused            []fusion
	describe         func(n *network) // writes the fields of config.json that not all families have
}

// rename is a tensor of both, with # for the number of its layer. A nil change is none.
type rename struct {
	from, to string
	change   change
}

// fusion is a tensor of transformers that llama.cpp has in two: its upper rows and its lower.
type fusion struct{ upper, lower, to string }

// familyOf is the family of a file. Its tables follow from the converter of llama.cpp, in conversion/*.py.
func familyOf(m *metadata) *family {
	if m.arch == "granitehybrid" && isBamba(m) {
		return &bamba
	}
	return families[m.arch]
}

var families = map[string]*family{
	"llama": {
		modelType: "llama", class: "LlamaForCausalLM",
		tensors: slices.Concat(
			outer("model.embed_tokens", "model.norm"),
			norms("model.layers.#.input_layernorm", "model.layers.#.post_attention_layernorm"),
			attention("model.layers.#.self_attn.", queries, keys),
			mlp("model.layers.#.mlp."),
		),
		describe: func(n *network) {
			n.attention()
			n.rope()
			n.mlp()
		},
	},
	"qwen2": {
		modelType: "qwen2", class: "Qwen2ForCausalLM",
		tensors: slices.Concat(
			outer("model.embed_tokens", "model.norm"),
			norms("model.layers.#.input_layernorm", "model.layers.#.post_attention_layernorm"),
			attention("model.layers.#.self_attn.", nil, nil),
			mlp("model.layers.#.mlp."),
		),
		describe: func(n *network) {
			n.attention()
			n.rope()
			n.config["intermediate_size"] = n.layerSize("feed_forward_length")
			n.config["use_sliding_window"] = false
			delete(n.config, "attention_bias") // always there, as far as Qwen2 has one
		},
	},
	"granite": {
		modelType: "granite", class: "GraniteForCausalLM",
		tensors: slices.Concat(
			outer("model.embed_tokens", "model.norm"),
			norms("model.layers.#.input_layernorm", "model.layers.#.post_attention_layernorm"),
			attention("model.layers.#.self_attn.", queries, keys),
			mlp("model.layers.#.mlp."),
		),
		describe: func(n *network) {
			n.attention()
			n.rope()
			n.multipliers()
			n.ignore("ssm.", "expert_shared_feed_forward_length") // of a Granite 4 whose layers all attend, and have no experts
			n.mlp()
		},
	},
	"granitehybrid": {
		modelType: "granitemoehybrid", class: "GraniteMoeHybridForCausalLM",
		tensors: slices.Concat(
			outer("model.embed_tokens", "model.norm"),
			norms("model.layers.#.input_layernorm", "model.layers.#.post_attention_layernorm"),
			attention("model.layers.#.self_attn.", queries, keys),
			mamba2("model.layers.#.mamba."),
			[]rename{
				{"blk.#.ffn_down.weight", "model.layers.#.shared_mlp.output_linear.weight", nil},
				{"blk.#.ffn_down_shexp.weight", "model.layers.#.shared_mlp.output_linear.weight", nil},
				{"blk.#.ffn_gate_inp.weight", "model.layers.#.block_sparse_moe.router.layer.weight", nil},
				{"blk.#.ffn_down_exps.weight", "model.layers.#.block_sparse_moe.output_linear.weight", nil},
			},
		),
		fused: []fusion{
			{"blk.#.ffn_gate.weight", "blk.#.ffn_up.weight", "model.layers.#.shared_mlp.input_linear.weight"},
			{"blk.#.ffn_gate_shexp.weight", "blk.#.ffn_up_shexp.weight", "model.layers.#.shared_mlp.input_linear.weight"},
			{"blk.#.ffn_gate_exps.weight", "blk.#.ffn_up_exps.weight", "model.layers.#.block_sparse_moe.input_linear.weight"},
		},
		describe: func(n *network) {
			n.attention()
			n.multipliers()
			n.mamba2()
			types := slices.Repeat([]string{"mamba"}, n.layers)
			for _, i := range n.attentionLayers() {
				types[i] = "attention"
			}
			n.config["layer_types"] = types
			n.config["mamba_expand"] = n.expand()
			if n.flag(n.arch+".rope.scaling.finetuned", true) { // how the converter says whether there is rotary embedding
				n.config["position_embedding_type"] = "rope"
				n.rope()
			} else {
				n.config["position_embedding_type"] = "nope"
				n.ignore("rope.")
			}
			width, experts := n.layerSize("feed_forward_length"), n.sizeOr("expert_count", 0)
			n.config["intermediate_size"] = width
			n.config["shared_intermediate_size"] = n.sizeOr("expert_shared_feed_forward_length", width)
			n.config["num_local_experts"] = experts
			n.config["num_experts_per_tok"] = n.sizeOr("expert_used_count", 0)
		},
	},
	"jamba": {
		modelType: "jamba", class: "JambaForCausalLM",
		tensors: slices.Concat(
			outer("model.embed_tokens", "model.final_layernorm"),
			norms("model.layers.#.input_layernorm", "model.layers.#.pre_ff_layernorm"),
			attention("model.layers.#.self_attn.", nil, nil),
			mlp("model.layers.#.feed_forward."),
			[]rename{
				{"blk.#.ssm_in.weight", "model.layers.#.mamba.in_proj.weight", nil},
				{"blk.#.ssm_conv1d.weight", "model.layers.#.mamba.conv1d.weight", taps},
				{"blk.#.ssm_conv1d.bias", "model.layers.#.mamba.conv1d.bias", nil},
				{"blk.#.ssm_x.weight", "model.layers.#.mamba.x_proj.weight", nil},
				{"blk.#.ssm_dt_norm.weight", "model.layers.#.mamba.dt_layernorm.weight", nil},
				{"blk.#.ssm_b_norm.weight", "model.layers.#.mamba.b_layernorm.weight", nil},
				{"blk.#.ssm_c_norm.weight", "model.layers.#.mamba.c_layernorm.weight", nil},
				{"blk.#.ssm_dt.weight", "model.layers.#.mamba.dt_proj.weight", nil},
				{"blk.#.ssm_dt.bias", "model.layers.#.mamba.dt_proj.bias", nil},
				{"blk.#.ssm_a", "model.layers.#.mamba.A_log", logNegative},
				{"blk.#.ssm_d", "model.layers.#.mamba.D", nil},
				{"blk.#.ssm_out.weight", "model.layers.#.mamba.out_proj.weight", nil},
			},
		),
		describe: describeJamba,
	},
	"nemotron_h": {
		modelType: "nemotron_h", class: "NemotronHForCausalLM",
		tensors: slices.Concat(
			outer("backbone.embeddings", "backbone.norm_f"),
			norms("backbone.layers.#.norm", ""),
			attention("backbone.layers.#.mixer.", queries, keys), // permuted, though there is no rotary embedding
			mamba2("backbone.layers.#.mixer."),
			mlp("backbone.layers.#.mixer."),
		),
		describe: describeNemotron,
	},
	"falcon-h1": {
		modelType: "falcon_h1", class: "FalconH1ForCausalLM",
		tensors: slices.Concat(
			outer("model.embed_tokens", "model.final_layernorm"),
			norms("model.layers.#.input_layernorm", "model.layers.#.pre_ff_layernorm"),
			attention("model.layers.#.self_attn.", nil, nil),
			mlp("model.layers.#.feed_forward."),
			mamba2("model.layers.#.mamba."),
		),
		describe: describeFalcon,
	},
}

// bamba is a granitehybrid to llama.cpp.
var bamba = family{
	modelType: "bamba", class: "BambaForCausalLM",
	tensors: slices.Concat(
		outer("model.embed_tokens", "model.final_layernorm"),
		norms("model.layers.#.input_layernorm", "model.layers.#.pre_ff_layernorm"),
		attention("model.layers.#.self_attn.", queries, keys),
		mlp("model.layers.#.feed_forward."),
		mamba2("model.layers.#.mamba."),
	),
	describe: func(n *network) {
		n.attention()
		n.mamba2()
		n.config["mamba_expand"] = n.expand()
		n.config["rope_theta"] = n.number("rope.freq_base", 10000)
		n.config["attn_layer_indices"] = n.attentionLayers()
		n.mlp()
		n.config["partial_rotary_factor"] = decimal(0.5) // always, in transformers
		n.ignore("rope.")
	},
}

func isBamba(m *metadata) bool {
	return m.flag(m.arch+".rope.scaling.finetuned", true) && m.sizeOr("expert_count", 0) == 0 &&
		!m.has("embedding_scale") && !m.has("residual_scale") && !m.has("attention.scale") && !m.has("logit_scale")
}

func outer(embedding, norm string) []rename {
	return []rename{
		{"token_embd.weight", embedding + ".weight", nil},
		{"output_norm.weight", norm + ".weight", nil},
		{"output.weight", "lm_head.weight", nil},
	}
}

// norms are those before a layer's mixer and before its MLP.
func norms(mixer, mlp string) []rename {
	return []rename{
		{"blk.#.attn_norm.weight", mixer + ".weight", nil},
		{"blk.#.ffn_norm.weight", mlp + ".weight", nil},
		{"blk.#.ffn_norm", mlp + ".weight", nil}, // so in falcon-h1
	}
}

func attention(prefix string, queries, keys change) []rename {
	return []rename{
		{"blk.#.attn_q.weight", prefix + "q_proj.weight", queries},
		{"blk.#.attn_k.weight", prefix + "k_proj.weight", keys},
		{"blk.#.attn_v.weight", prefix + "v_proj.weight", nil},
		{"blk.#.attn_output.weight", prefix + "o_proj.weight", nil},
		{"blk.#.attn_q.bias", prefix + "q_proj.bias", queries},
		{"blk.#.attn_k.bias", prefix + "k_proj.bias", keys},
		{"blk.#.attn_v.bias", prefix + "v_proj.bias", nil},
		{"blk.#.attn_output.bias", prefix + "o_proj.bias", nil},
	}
}

func mlp(prefix string) []rename {
	return []rename{
		{"blk.#.ffn_gate.weight", prefix + "gate_proj.weight", nil},
		{"blk.#.ffn_up.weight", prefix + "up_proj.weight", nil},
		{"blk.#.ffn_down.weight", prefix + "down_proj.weight", nil},
		{"blk.#.ffn_gate.bias", prefix + "gate_proj.bias", nil},
		{"blk.#.ffn_up.bias", prefix + "up_proj.bias", nil},
		{"blk.#.ffn_down.bias", prefix + "down_proj.bias", nil},
	}
}

func mamba2(prefix string) []rename {
	return []rename{
		{"blk.#.ssm_in.weight", prefix + "in_proj.weight", nil},
		{"blk.#.ssm_conv1d.weight", prefix + "conv1d.weight", taps},
		{"blk.#.ssm_conv1d.bias", prefix + "conv1d.bias", nil},
		{"blk.#.ssm_dt.bias", prefix + "dt_bias", nil},
		{"blk.#.ssm_a", prefix + "A_log", flatLogNegative},
		{"blk.#.ssm_d", prefix + "D", flat},
		{"blk.#.ssm_norm.weight", prefix + "norm.weight", flat},
		{"blk.#.ssm_out.weight", prefix + "out_proj.weight", nil},
	}
}
