package gguf_test

import (
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"

	"caucus/engine/gguf"
)

// conversion is a small network as transformers has it, and what llama.cpp's converter makes of it.
type conversion struct {
	pairs   []pair
	tensors []converted
	config  string // what config.json says, but for the vocabulary's size
}

// converted is a tensor of transformers with those of the file that it became. A nil forward copies to the only one.
type converted struct {
	name    string
	shape   []int
	become  []stored
	forward func(values []float32, part int) []float32
}

// same is a tensor that keeps its shape and its numbers.
func same(name, file string, shape ...int) converted {
	return converted{name, shape, []stored{{name: file, shape: shape}}, nil}
}

// heads is a tensor whose rows are permuted head by head, so that halves alternate.
func heads(name, file string, heads int, shape ...int) converted {
	return converted{name, shape, []stored{{name: file, shape: shape}}, func(v []float32, _ int) []float32 {
		width := len(v) / shape[0]
		half := shape[0] / heads / 2
		var out []float32
		for head := range heads {
			for pair := range half {
				for second := range 2 {
					row := head*2*half + second*half + pair
					out = append(out, v[row*width:(row+1)*width]...)
				}
			}
		}
		return out
	}}
}

// decay is A_log, of which the file has -exp.
func decay(name, file string, shape, in []int) converted {
	return converted{name, shape, []stored{{name: file, shape: in}}, func(v []float32, _ int) []float32 {
		out := make([]float32, len(v))
		for i := range v {
			out[i] = float32(-math.Exp(float64(v[i])))
		}
		return out
	}}
}

// reshaped keeps its numbers in another shape.
func reshaped(name, file string, shape, in []int) converted {
	return converted{name, shape, []stored{{name: file, shape: in}}, nil}
}

// halves is [experts..., gate above up, in], of which the file has the gates and the ups.
func halves(name, gate, up string, shape ...int) converted {
	in := slices.Clone(shape)
	in[len(in)-2] /= 2
	rows, width := in[len(in)-2], in[len(in)-1]
	return converted{name, shape, []stored{{name: gate, shape: in}, {name: up, shape: in}}, func(v []float32, part int) []float32 {
		var out []float32
		for block := range slices.Chunk(v, 2*rows*width) {
			out = append(out, block[part*rows*width:(part+1)*rows*width]...)
		}
		return out
	}}
}

// values are different for each tensor and place, and small, as A_log wants them.
func values(name string, shape []int) []float32 {
	n := 1
	for _, size := range shape {
		n *= size
	}
	seed := uint32(1)
	for _, b := range []byte(name) {
		seed = seed*31 + uint32(b)
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32((seed+uint32(i)*2654435761)>>8%4096) / 1024
	}
	return v
}

// stored are the tensors of the file.
func (c conversion) stored() []stored {
	var tensors []stored
	for _, t := range c.tensors {
		v := values(t.name, t.shape)
		for part, s := range t.become {
			s.values = v
			if t.forward != nil {
				s.values = t.forward(v, part)
			}
			tensors = append(tensors, s)
		}
	}
	return tensors
}

func network(arch string, more ...pair) []pair {
	pairs := []pair{{"general.architecture", arch}, {"tokenizer.ggml.eos_token_id", uint32(2)}}
	for _, p := range more {
		pairs = append(pairs, pair{arch + "." + p.key, p.value})
	}
	return pairs
}

func mamba2Tensors(prefix, file string, inner, heads, groups, state, width int) []converted {
	channels := inner + 2*groups*state
	return []converted{
		same(prefix+"in_proj.weight", file+"ssm_in.weight", inner+channels+heads, width),
		reshaped(prefix+"conv1d.weight", file+"ssm_conv1d.weight", []int{channels, 1, 4}, []int{channels, 4}),
		same(prefix+"conv1d.bias", file+"ssm_conv1d.bias", channels),
		same(prefix+"dt_bias", file+"ssm_dt.bias", heads),
		decay(prefix+"A_log", file+"ssm_a", []int{heads}, []int{heads, 1}),
		reshaped(prefix+"D", file+"ssm_d", []int{heads}, []int{heads, 1}),
		reshaped(prefix+"norm.weight", file+"ssm_norm.weight", []int{inner}, []int{groups, inner / groups}),
		same(prefix+"out_proj.weight", file+"ssm_out.weight", width, inner),
	}
}

func mlpTensors(prefix, file string, hidden, width int) []converted {
	return []converted{
		same(prefix+"gate_proj.weight", file+"ffn_gate.weight", hidden, width),
		same(prefix+"up_proj.weight", file+"ffn_up.weight", hidden, width),
		same(prefix+"down_proj.weight", file+"ffn_down.weight", width, hidden),
	}
}

// attentionTensors have two heads of four, and one of keys.
func attentionTensors(prefix, file string, width int, permuted bool) []converted {
	q := same(prefix+"q_proj.weight", file+"attn_q.weight", 8, width)
	k := same(prefix+"k_proj.weight", file+"attn_k.weight", 4, width)
	if permuted {
		q = heads(prefix+"q_proj.weight", file+"attn_q.weight", 2, 8, width)
		k = heads(prefix+"k_proj.weight", file+"attn_k.weight", 1, 4, width)
	}
	return []converted{
		q, k,
		same(prefix+"v_proj.weight", file+"attn_v.weight", 4, width),
		same(prefix+"o_proj.weight", file+"attn_output.weight", width, 8),
	}
}

const l0, l1, l2 = "model.layers.0.", "model.layers.1.", "model.layers.2."

var conversions = map[string]conversion{
	"llama": {
		pairs: network("llama", pair{"block_count", uint32(1)}, pair{"context_length", uint32(64)}, pair{"vocab_size", uint32(5)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", uint32(6)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", uint32(1)}, pair{"attention.layer_norm_rms_epsilon", float32(1e-5)},
			pair{"rope.freq_base", float32(500000)}, pair{"rope.dimension_count", uint32(4)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 8), same("model.norm.weight", "output_norm.weight", 8),
				same("lm_head.weight", "output.weight", 5, 8),
				same(l0+"input_layernorm.weight", "blk.0.attn_norm.weight", 8),
				same(l0+"post_attention_layernorm.weight", "blk.0.ffn_norm.weight", 8),
				heads(l0+"self_attn.q_proj.bias", "blk.0.attn_q.bias", 2, 8), heads(l0+"self_attn.k_proj.bias", "blk.0.attn_k.bias", 1, 4),
				same(l0+"self_attn.v_proj.bias", "blk.0.attn_v.bias", 4), same(l0+"self_attn.o_proj.bias", "blk.0.attn_output.bias", 8),
			},
			attentionTensors(l0+"self_attn.", "blk.0.", 8, true), mlpTensors(l0+"mlp.", "blk.0.", 6, 8),
		),
		config: `{"architectures":["LlamaForCausalLM"],"attention_bias":true,"eos_token_id":2,"head_dim":4,"hidden_act":"silu",` +
			`"hidden_size":8,"intermediate_size":6,"max_position_embeddings":64,"mlp_bias":false,"model_type":"llama",` +
			`"num_attention_heads":2,"num_hidden_layers":1,"num_key_value_heads":1,"rms_norm_eps":1e-05,"rope_theta":500000.0,` +
			`"tie_word_embeddings":false,"vocab_size":5}`,
	},
	"qwen2": {
		pairs: network("qwen2", pair{"block_count", uint32(1)}, pair{"context_length", uint32(64)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", uint32(6)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", uint32(1)}, pair{"attention.layer_norm_rms_epsilon", float32(1e-6)},
			pair{"rope.scaling.type", "yarn"}, pair{"rope.scaling.factor", float32(4)},
			pair{"rope.scaling.original_context_length", uint32(16)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 8), same("model.norm.weight", "output_norm.weight", 8),
				same(l0+"input_layernorm.weight", "blk.0.attn_norm.weight", 8),
				same(l0+"post_attention_layernorm.weight", "blk.0.ffn_norm.weight", 8),
				same(l0+"self_attn.q_proj.bias", "blk.0.attn_q.bias", 8), same(l0+"self_attn.k_proj.bias", "blk.0.attn_k.bias", 4),
				same(l0+"self_attn.v_proj.bias", "blk.0.attn_v.bias", 4),
			},
			attentionTensors(l0+"self_attn.", "blk.0.", 8, false), mlpTensors(l0+"mlp.", "blk.0.", 6, 8),
		),
		config: `{"architectures":["Qwen2ForCausalLM"],"eos_token_id":2,"head_dim":4,"hidden_act":"silu",` +
			`"hidden_size":8,"intermediate_size":6,"max_position_embeddings":64,"model_type":"qwen2",` +
			`"num_attention_heads":2,"num_hidden_layers":1,"num_key_value_heads":1,"rms_norm_eps":1e-06,` +
			`"rope_scaling":{"factor":4.0,"original_max_position_embeddings":16,"rope_type":"yarn"},"rope_theta":10000.0,` +
			`"tie_word_embeddings":true,"use_sliding_window":false,"vocab_size":5}`,
	},
	"granite": {
		pairs: network("granite", pair{"block_count", uint32(1)}, pair{"context_length", uint32(64)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", uint32(6)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", []int{1}}, pair{"attention.layer_norm_rms_epsilon", float32(1e-5)},
			pair{"embedding_scale", float32(12)}, pair{"residual_scale", float32(0.22)}, pair{"logit_scale", float32(8)},
			pair{"attention.scale", float32(0.015625)}, pair{"ssm.state_size", uint32(128)}, pair{"expert_count", uint32(0)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 8), same("model.norm.weight", "output_norm.weight", 8),
				same(l0+"input_layernorm.weight", "blk.0.attn_norm.weight", 8),
				same(l0+"post_attention_layernorm.weight", "blk.0.ffn_norm.weight", 8),
			},
			attentionTensors(l0+"self_attn.", "blk.0.", 8, true), mlpTensors(l0+"mlp.", "blk.0.", 6, 8),
		),
		config: `{"architectures":["GraniteForCausalLM"],"attention_bias":false,"attention_multiplier":0.015625,` +
			`"embedding_multiplier":12.0,"eos_token_id":2,"head_dim":4,"hidden_act":"silu",` +
			`"hidden_size":8,"intermediate_size":6,"logits_scaling":8.0,"max_position_embeddings":64,"mlp_bias":false,` +
			`"model_type":"granite","num_attention_heads":2,"num_hidden_layers":1,"num_key_value_heads":1,` +
			`"residual_multiplier":0.22,"rms_norm_eps":1e-05,"rope_theta":10000.0,"tie_word_embeddings":true,"vocab_size":5}`,
	},
	"granitehybrid, dense": {
		pairs: network("granitehybrid", pair{"block_count", uint32(2)}, pair{"context_length", uint32(64)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", uint32(6)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", []int{0, 1}}, pair{"attention.layer_norm_rms_epsilon", float32(1e-5)},
			pair{"embedding_scale", float32(12)}, pair{"rope.scaling.finetuned", false}, pair{"rope.freq_base", float32(10000)},
			pair{"rope.dimension_count", uint32(4)},
			pair{"ssm.state_size", uint32(3)}, pair{"ssm.inner_size", uint32(16)}, pair{"ssm.time_step_rank", uint32(4)},
			pair{"ssm.group_count", uint32(2)}, pair{"ssm.conv_kernel", uint32(4)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 8), same("model.norm.weight", "output_norm.weight", 8),
				same(l0+"input_layernorm.weight", "blk.0.attn_norm.weight", 8),
				same(l0+"post_attention_layernorm.weight", "blk.0.ffn_norm.weight", 8),
				halves(l0+"shared_mlp.input_linear.weight", "blk.0.ffn_gate.weight", "blk.0.ffn_up.weight", 12, 8),
				same(l0+"shared_mlp.output_linear.weight", "blk.0.ffn_down.weight", 8, 6),
			},
			mamba2Tensors(l0+"mamba.", "blk.0.", 16, 4, 2, 3, 8), attentionTensors(l1+"self_attn.", "blk.1.", 8, true),
		),
		config: `{"architectures":["GraniteMoeHybridForCausalLM"],"attention_bias":false,"attention_multiplier":0.5,` +
			`"embedding_multiplier":12.0,"eos_token_id":2,"head_dim":4,"hidden_act":"silu","hidden_size":8,"intermediate_size":6,` +
			`"layer_types":["mamba","attention"],"logits_scaling":1.0,"mamba_conv_bias":true,"mamba_d_conv":4,"mamba_d_head":4,` +
			`"mamba_d_state":3,"mamba_expand":2,"mamba_n_groups":2,"mamba_n_heads":4,"mamba_proj_bias":false,` +
			`"max_position_embeddings":64,"model_type":"granitemoehybrid","num_attention_heads":2,"num_experts_per_tok":0,` +
			`"num_hidden_layers":2,"num_key_value_heads":1,"num_local_experts":0,"position_embedding_type":"nope",` +
			`"residual_multiplier":1.0,"rms_norm_eps":1e-05,"shared_intermediate_size":6,"tie_word_embeddings":true,"vocab_size":5}`,
	},
	"granitehybrid with experts": {
		pairs: network("granitehybrid", pair{"block_count", uint32(1)}, pair{"context_length", uint32(64)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", uint32(3)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", []int{1}}, pair{"attention.layer_norm_rms_epsilon", float32(1e-5)},
			pair{"embedding_scale", float32(12)}, pair{"rope.freq_base", float32(20000)},
			pair{"expert_count", uint32(3)}, pair{"expert_used_count", uint32(2)}, pair{"expert_shared_feed_forward_length", uint32(5)},
			pair{"ssm.state_size", uint32(3)}, pair{"ssm.inner_size", uint32(16)}, pair{"ssm.time_step_rank", uint32(4)},
			pair{"ssm.group_count", uint32(1)}, pair{"ssm.conv_kernel", uint32(4)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 8),
				halves(l0+"shared_mlp.input_linear.weight", "blk.0.ffn_gate_shexp.weight", "blk.0.ffn_up_shexp.weight", 10, 8),
				same(l0+"shared_mlp.output_linear.weight", "blk.0.ffn_down_shexp.weight", 8, 5),
				same(l0+"block_sparse_moe.router.layer.weight", "blk.0.ffn_gate_inp.weight", 3, 8),
				halves(l0+"block_sparse_moe.input_linear.weight", "blk.0.ffn_gate_exps.weight", "blk.0.ffn_up_exps.weight", 3, 6, 8),
				same(l0+"block_sparse_moe.output_linear.weight", "blk.0.ffn_down_exps.weight", 3, 8, 3),
			},
		),
		config: `{"architectures":["GraniteMoeHybridForCausalLM"],"attention_bias":false,"attention_multiplier":0.5,` +
			`"embedding_multiplier":12.0,"eos_token_id":2,"head_dim":4,"hidden_act":"silu","hidden_size":8,"intermediate_size":3,` +
			`"layer_types":["attention"],"logits_scaling":1.0,"mamba_conv_bias":false,"mamba_d_conv":4,"mamba_d_head":4,` +
			`"mamba_d_state":3,"mamba_expand":2,"mamba_n_groups":1,"mamba_n_heads":4,"mamba_proj_bias":false,` +
			`"max_position_embeddings":64,"model_type":"granitemoehybrid","num_attention_heads":2,"num_experts_per_tok":2,` +
			`"num_hidden_layers":1,"num_key_value_heads":1,"num_local_experts":3,"position_embedding_type":"rope",` +
			`"residual_multiplier":1.0,"rms_norm_eps":1e-05,"rope_theta":20000.0,"shared_intermediate_size":5,` +
			`"tie_word_embeddings":true,"vocab_size":5}`,
	},
	"bamba": {
		pairs: network("granitehybrid", pair{"block_count", uint32(2)}, pair{"context_length", uint32(64)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", uint32(6)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", []int{0, 1}}, pair{"attention.layer_norm_rms_epsilon", float32(1e-5)},
			pair{"rope.scaling.finetuned", true}, pair{"rope.dimension_count", uint32(2)}, pair{"rope.freq_base", float32(10000)},
			pair{"ssm.state_size", uint32(3)}, pair{"ssm.inner_size", uint32(16)}, pair{"ssm.time_step_rank", uint32(4)},
			pair{"ssm.group_count", uint32(1)}, pair{"ssm.conv_kernel", uint32(4)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 8), same("model.final_layernorm.weight", "output_norm.weight", 8),
				same(l1+"input_layernorm.weight", "blk.1.attn_norm.weight", 8), same(l1+"pre_ff_layernorm.weight", "blk.1.ffn_norm.weight", 8),
			},
			mamba2Tensors(l0+"mamba.", "blk.0.", 16, 4, 1, 3, 8), attentionTensors(l1+"self_attn.", "blk.1.", 8, true),
			mlpTensors(l1+"feed_forward.", "blk.1.", 6, 8),
		),
		config: `{"architectures":["BambaForCausalLM"],"attention_bias":false,"attn_layer_indices":[1],` +
			`"eos_token_id":2,"head_dim":4,"hidden_act":"silu","hidden_size":8,"intermediate_size":6,` +
			`"mamba_conv_bias":true,"mamba_d_conv":4,"mamba_d_head":4,` +
			`"mamba_d_state":3,"mamba_expand":2,"mamba_n_groups":1,"mamba_n_heads":4,"mamba_proj_bias":false,` +
			`"max_position_embeddings":64,"mlp_bias":false,"model_type":"bamba","num_attention_heads":2,` +
			`"num_hidden_layers":2,"num_key_value_heads":1,"partial_rotary_factor":0.5,"rms_norm_eps":1e-05,"rope_theta":10000.0,` +
			`"tie_word_embeddings":true,"vocab_size":5}`,
	},
	"jamba": {
		pairs: network("jamba", pair{"block_count", uint32(3)}, pair{"context_length", uint32(64)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", uint32(6)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", []int{1, 0, 1}}, pair{"attention.layer_norm_rms_epsilon", float32(1e-6)},
			pair{"expert_count", uint32(1)}, pair{"expert_used_count", uint32(1)},
			pair{"ssm.state_size", uint32(3)}, pair{"ssm.inner_size", uint32(16)}, pair{"ssm.time_step_rank", uint32(2)},
			pair{"ssm.conv_kernel", uint32(4)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 8), same("model.final_layernorm.weight", "output_norm.weight", 8),
				same(l1+"input_layernorm.weight", "blk.1.attn_norm.weight", 8), same(l1+"pre_ff_layernorm.weight", "blk.1.ffn_norm.weight", 8),
				same(l1+"mamba.in_proj.weight", "blk.1.ssm_in.weight", 32, 8),
				reshaped(l1+"mamba.conv1d.weight", "blk.1.ssm_conv1d.weight", []int{16, 1, 4}, []int{16, 4}),
				same(l1+"mamba.conv1d.bias", "blk.1.ssm_conv1d.bias", 16),
				same(l1+"mamba.x_proj.weight", "blk.1.ssm_x.weight", 8, 16),
				same(l1+"mamba.dt_layernorm.weight", "blk.1.ssm_dt_norm.weight", 2),
				same(l1+"mamba.b_layernorm.weight", "blk.1.ssm_b_norm.weight", 3),
				same(l1+"mamba.c_layernorm.weight", "blk.1.ssm_c_norm.weight", 3),
				same(l1+"mamba.dt_proj.weight", "blk.1.ssm_dt.weight", 16, 2), same(l1+"mamba.dt_proj.bias", "blk.1.ssm_dt.bias", 16),
				decay(l1+"mamba.A_log", "blk.1.ssm_a", []int{16, 3}, []int{16, 3}),
				same(l1+"mamba.D", "blk.1.ssm_d", 16), same(l1+"mamba.out_proj.weight", "blk.1.ssm_out.weight", 8, 16),
			},
			attentionTensors(l2+"self_attn.", "blk.2.", 8, false), mlpTensors(l0+"feed_forward.", "blk.0.", 6, 8),
		),
		config: `{"architectures":["JambaForCausalLM"],"attention_bias":false,"attn_layer_offset":0,"attn_layer_period":2,` +
			`"eos_token_id":2,"head_dim":4,"hidden_act":"silu","hidden_size":8,"intermediate_size":6,` +
			`"mamba_conv_bias":true,"mamba_d_conv":4,"mamba_d_state":3,"mamba_dt_rank":2,"mamba_expand":2,"mamba_proj_bias":false,` +
			`"max_position_embeddings":64,"model_type":"jamba","num_attention_heads":2,"num_experts":1,"num_experts_per_tok":1,` +
			`"num_hidden_layers":3,"num_key_value_heads":1,"rms_norm_eps":1e-06,"tie_word_embeddings":true,"vocab_size":5}`,
	},
	"nemotron_h": {
		pairs: network("nemotron_h", pair{"block_count", uint32(3)}, pair{"context_length", uint32(64)},
			pair{"embedding_length", uint32(8)}, pair{"feed_forward_length", []int{0, 6, 0}}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", []int{0, 0, 1}}, pair{"attention.layer_norm_epsilon", float32(1e-5)},
			pair{"attention.key_length", uint32(4)}, pair{"attention.value_length", uint32(4)}, pair{"rope.dimension_count", uint32(4)},
			pair{"ssm.state_size", uint32(3)}, pair{"ssm.inner_size", uint32(12)}, pair{"ssm.time_step_rank", uint32(4)},
			pair{"ssm.group_count", uint32(2)}, pair{"ssm.conv_kernel", uint32(4)}),
		tensors: slices.Concat(
			[]converted{
				same("backbone.embeddings.weight", "token_embd.weight", 5, 8), same("backbone.norm_f.weight", "output_norm.weight", 8),
				same("lm_head.weight", "output.weight", 5, 8), same("backbone.layers.2.norm.weight", "blk.2.attn_norm.weight", 8),
				same("backbone.layers.1.mixer.up_proj.weight", "blk.1.ffn_up.weight", 6, 8),
				same("backbone.layers.1.mixer.down_proj.weight", "blk.1.ffn_down.weight", 8, 6),
			},
			mamba2Tensors("backbone.layers.0.mixer.", "blk.0.", 12, 4, 2, 3, 8),
			attentionTensors("backbone.layers.2.mixer.", "blk.2.", 8, true),
		),
		config: `{"architectures":["NemotronHForCausalLM"],"attention_bias":false,"conv_kernel":4,"eos_token_id":2,"head_dim":4,` +
			`"hidden_act":"silu","hidden_size":8,"hybrid_override_pattern":"M-*","intermediate_size":6,"layer_norm_epsilon":1e-05,` +
			`"mamba_head_dim":3,"mamba_hidden_act":"silu","mamba_num_heads":4,"max_position_embeddings":64,"mlp_bias":false,` +
			`"mlp_hidden_act":"relu2","model_type":"nemotron_h","n_groups":2,"num_attention_heads":2,"num_hidden_layers":3,` +
			`"num_key_value_heads":1,"rms_norm_eps":1e-05,"ssm_state_size":3,"tie_word_embeddings":false,"use_bias":false,` +
			`"use_conv_bias":true,"vocab_size":5}`,
	},
	"falcon-h1": {
		pairs: network("falcon-h1", pair{"block_count", uint32(1)}, pair{"context_length", uint32(64)}, pair{"vocab_size", uint32(5)},
			pair{"embedding_length", uint32(10)}, pair{"feed_forward_length", uint32(6)}, pair{"attention.head_count", uint32(2)},
			pair{"attention.head_count_kv", uint32(1)}, pair{"attention.layer_norm_rms_epsilon", float32(1e-5)},
			pair{"attention.key_length", uint32(4)}, pair{"attention.value_length", uint32(4)}, pair{"rope.freq_base", float32(1e11)},
			pair{"ssm.state_size", uint32(3)}, pair{"ssm.inner_size", uint32(12)}, pair{"ssm.time_step_rank", uint32(4)},
			pair{"ssm.group_count", uint32(2)}, pair{"ssm.conv_kernel", uint32(4)}),
		tensors: slices.Concat(
			[]converted{
				same("model.embed_tokens.weight", "token_embd.weight", 5, 10), same("model.final_layernorm.weight", "output_norm.weight", 10),
				same("lm_head.weight", "output.weight", 5, 10),
				same(l0+"input_layernorm.weight", "blk.0.attn_norm.weight", 10), same(l0+"pre_ff_layernorm.weight", "blk.0.ffn_norm", 10),
			},
			mamba2Tensors(l0+"mamba.", "blk.0.", 12, 4, 2, 3, 10), attentionTensors(l0+"self_attn.", "blk.0.", 10, false),
			mlpTensors(l0+"feed_forward.", "blk.0.", 6, 10),
		),
		config: `{"architectures":["FalconH1ForCausalLM"],"attention_bias":false,"attention_in_multiplier":1.0,` +
			`"attention_out_multiplier":1.0,"embedding_multiplier":1.0,"eos_token_id":2,"head_dim":4,"hidden_act":"silu",` +
			`"hidden_size":10,"intermediate_size":6,"key_multiplier":1.0,"lm_head_multiplier":1.0,"mamba_conv_bias":true,` +
			`"mamba_d_conv":4,"mamba_d_head":3,"mamba_d_ssm":12,"mamba_d_state":3,"mamba_n_groups":2,"mamba_n_heads":4,` +
			`"mamba_norm_before_gate":false,"mamba_proj_bias":false,"mamba_rms_norm":true,"max_position_embeddings":64,` +
			`"mlp_bias":false,"mlp_multipliers":[1.0,1.0],"model_type":"falcon_h1","num_attention_heads":2,"num_hidden_layers":1,` +
			`"num_key_value_heads":1,"projectors_bias":false,"rms_norm_eps":1e-05,"rope_theta":1e+11,"ssm_in_multiplier":1.0,` +
			`"ssm_multipliers":[1.0,1.0,1.0,1.0,1.0],"ssm_out_multiplier":1.0,"tie_word_embeddings":false,"vocab_size":5}`,
	},
}

func TestEveryTensorComesBackAsTransformersHasIt(t *testing.T) {
	for arch, c := range conversions {
		f, err := gguf.Parse(file(c.pairs, c.stored()...), arch)
		if err != nil {
			t.Error(err)
			continue
		}
		var names []string
		for _, want := range c.tensors {
			names = append(names, want.name)
			got, err := f.Floats(want.name, want.shape...)
			if err != nil {
				t.Error(err)
				continue
			}
			for i, v := range values(want.name, want.shape) {
				if math.Abs(float64(got[i]-v)) > 1e-6 { // exact, but for A_log
					t.Errorf("%s: %s: value %d is %v, want %v", arch, want.name, i, got[i], v)
					break
				}
			}
			if width := want.shape[len(want.shape)-1]; len(want.shape) > 1 {
				m, err := f.Matrix(want.name, want.shape...)
				if err != nil {
					t.Error(err)
					continue
				}
				row := make([]float32, width)
				for o := range m.Out {
					if m.Row(row, o); !slices.Equal(row, got[o*width:(o+1)*width]) {
						t.Errorf("%s: %s: row %d of the matrix is not that of the tensor", arch, want.name, o)
					}
				}
			}
		}
		if slices.Sort(names); !slices.Equal(f.Names(), names) {
			t.Errorf("%s: tensors are %q, want %q", arch, f.Names(), names)
		}
	}
}

func TestConfigSaysWhatTransformersWants(t *testing.T) {
	for arch, c := range conversions {
		if got := configOf(t, c.pairs, c.stored()...); got != c.config {
			t.Errorf("%s: config.json is\n%s, want\n%s", arch, got, c.config)
		}
	}
}

// configOf is config.json of a file.
func configOf(t *testing.T, pairs []pair, tensors ...stored) string {
	t.Helper()
	fsys, err := parsed(t, file(slices.Concat(pairs, bytePairs("gpt-2")), tensors...)).FS()
	if err != nil {
		t.Fatal(err)
	}
	config, err := fs.ReadFile(fsys, "config.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(config)
}

func TestFactorsOfFrequenciesAreLlama3sScaling(t *testing.T) {
	const theta, size, factor = 500000.0, 64, 32.0
	factors := make([]float32, size/2)
	for i := range factors { // as the converter computes them
		wave := 2 * math.Pi * math.Pow(theta, 2*float64(i)/size)
		switch smooth := (8192/wave - 1) / 3; {
		case wave < 8192/4:
			factors[i] = 1
		case wave > 8192:
			factors[i] = factor
		default:
			factors[i] = float32(1 / ((1-smooth)/factor + smooth))
		}
	}
	pairs := network("llama", pair{"block_count", uint32(1)}, pair{"context_length", uint32(131072)},
		pair{"embedding_length", uint32(size)}, pair{"feed_forward_length", uint32(8)}, pair{"attention.head_count", uint32(1)},
		pair{"attention.layer_norm_rms_epsilon", float32(1e-5)}, pair{"rope.freq_base", float32(theta)})
	embedding := stored{name: "token_embd.weight", shape: []int{1, size}, values: make([]float32, size)}
	got := configOf(t, pairs, embedding, stored{name: "rope_freqs.weight", shape: []int{size / 2}, values: factors})
	want := `"rope_scaling":{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,` +
		`"rope_type":"llama3"}`
	if !strings.Contains(got, want) {
		t.Errorf("config.json is %s, want in it %s", got, want)
	}
}

func TestNemotronWithoutAHeadHasItsEmbedding(t *testing.T) {
	c := conversions["nemotron_h"]
	f := parsed(t, file(c.pairs, slices.DeleteFunc(c.stored(), func(s stored) bool { return s.name == "output.weight" })...))
	head, err := f.Floats("lm_head.weight", 5, 8)
	if embedding, _ := f.Floats("backbone.embeddings.weight"); err != nil || !slices.Equal(head, embedding) {
		t.Errorf("the head is %v, %v; want %v", head, err, embedding)
	}
}

func TestNetworksThatTransformersCannotDescribeAreRefused(t *testing.T) {
	change := func(arch, key string, value any) []byte {
		c := conversions[arch]
		pairs := slices.DeleteFunc(slices.Clone(c.pairs), func(p pair) bool { return p.key == key })
		return file(append(pairs, pair{key, value}), c.stored()...)
	}
	without := func(arch, tensor string) []byte {
		c := conversions[arch]
		return file(c.pairs, slices.DeleteFunc(c.stored(), func(s stored) bool { return s.name == tensor })...)
	}
	twice := conversions["granitehybrid with experts"]
	gate := stored{name: "blk.0.ffn_gate.weight", shape: []int{5, 8}, values: make([]float32, 40)}
	up := stored{name: "blk.0.ffn_up.weight", shape: []int{5, 8}, values: make([]float32, 40)}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"two shared MLPs": {file(twice.pairs, append(twice.stored(), gate, up)...), "there are two that are model.layers.0.shared_mlp"},
		"a fused tensor of two sizes": {file(twice.pairs, gate, up, embedding, stored{name: "blk.0.ffn_gate_exps.weight", shape: []int{1, 1, 1}, values: []float32{1}},
			stored{name: "blk.0.ffn_up_exps.weight", shape: []int{1, 2, 1}, values: []float32{1, 1}}), "do not go on top of each other"},
		"Jamba with experts":        {change("jamba", "jamba.expert_count", uint32(16)), "jamba.expert_count: Jamba with experts"},
		"Jamba without a period":    {change("jamba", "jamba.attention.head_count_kv", []int{1, 1, 0}), "do not repeat"},
		"Jamba without attention":   {change("jamba", "jamba.attention.head_count_kv", []int{0, 0, 0}), "no layer attends"},
		"heads of two sizes":        {change("jamba", "jamba.attention.head_count_kv", []int{1, 0, 2}), "different sizes"},
		"too few layers":            {change("jamba", "jamba.attention.head_count_kv", []int{1, 0}), "an array of 2, want a number for each of 3"},
		"words for layers":          {change("jamba", "jamba.attention.head_count_kv", []string{"a", "b", "c"}), "want a number for each"},
		"fractions for layers":      {change("jamba", "jamba.attention.head_count_kv", []float32{1, 0, 1}), "1 is not a size"},
		"an inner size of its own":  {change("jamba", "jamba.ssm.inner_size", uint32(20)), "20 is not a multiple of embedding_length, which is 8"},
		"no number of an epsilon":   {change("jamba", "jamba.attention.layer_norm_rms_epsilon", float32(math.NaN())), "NaN is not a number"},
		"values of another size":    {change("nemotron_h", "nemotron_h.attention.value_length", uint32(8)), "8, but keys have 4"},
		"a layer of two kinds":      {change("nemotron_h", "nemotron_h.feed_forward_length", []int{0, 6, 6}), "layer 2 both attends"},
		"a head that is not there":  {without("falcon-h1", "output.weight"), "output.weight: the tensor is missing"},
		"half of a fused tensor":    {without("granitehybrid, dense", "blk.0.ffn_up.weight"), `"blk.0.ffn_gate.weight" is not one`},
		"heads of no size":          {change("llama", "llama.attention.head_count", uint32(0)), "not a multiple of attention.head_count"},
		"more heads than there are": {change("llama", "llama.attention.head_count_kv", uint32(4)), `its 4 rows are not those of 4 heads`},
		"a flag that is a number":   {change("granitehybrid, dense", "granitehybrid.rope.scaling.finetuned", uint32(1)), "not a truth value"},
	} {
		if _, err := gguf.Parse(c.data, name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", name, err, c.want)
		}
	}
}
