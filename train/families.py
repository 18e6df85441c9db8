"""The tiny networks that checkpoints.py makes, one of every family and variant that the engine reads.

CONFIGS holds each one's config.json in the form in which checkpoints of that family are published. Where REWRITTEN names
it, the folder gets the form that transformers 5 writes instead, which has other names for rotary embeddings and layers.

The sizes relate oddly where a family allows it (states not a power of two, heads wider or narrower than their share of
the stream), factors differ from one another and from 1, and epsilons are large enough for a wrong one to show.
"""

V = 57  # vocabulary

_common = {"vocab_size": V, "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_act": "silu",
           "max_position_embeddings": 256, "bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "float32"}

_llama = _common | {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "rms_norm_eps": 0.01}

_granite = _common | {
    "architectures": ["GraniteMoeHybridForCausalLM"], "model_type": "granitemoehybrid", "rms_norm_eps": 0.01,
    "tie_word_embeddings": True, "attention_bias": False, "embedding_multiplier": 3.0, "attention_multiplier": 0.23,
    "residual_multiplier": 0.6, "logits_scaling": 2.5, "mamba_d_conv": 4, "mamba_conv_bias": True, "mamba_proj_bias": False,
    "mamba_chunk_size": 16, "mamba_d_head": "auto", "pad_token_id": 0,
}

_nemotron = _common | {
    "architectures": ["NemotronHForCausalLM"], "model_type": "nemotron_h", "head_dim": 16, "attention_bias": False,
    "mlp_hidden_act": "relu2", "mlp_bias": False, "use_bias": False, "mamba_hidden_act": "silu", "mamba_num_heads": 4,
    "mamba_head_dim": 12, "n_groups": 2, "ssm_state_size": 8, "conv_kernel": 4, "use_conv_bias": True, "expand": 2,
    "time_step_min": 0.001, "time_step_max": 0.1, "time_step_floor": 0.0001, "chunk_size": 16, "layer_norm_epsilon": 0.01,
    "tie_word_embeddings": False, "intermediate_size": 40, "residual_in_fp32": False,
}

_falcon = _common | {
    "architectures": ["FalconH1ForCausalLM"], "model_type": "falcon_h1", "num_hidden_layers": 2, "intermediate_size": 24,
    "head_dim": 12, "rms_norm_eps": 0.01, "rope_theta": 1000.0, "rope_scaling": None, "attention_bias": False, "mlp_bias": False,
    "projectors_bias": False, "mamba_d_ssm": 36, "mamba_n_heads": 6, "mamba_d_head": 6, "mamba_expand": 2, "mamba_d_conv": 4,
    "mamba_conv_bias": True, "mamba_proj_bias": False, "mamba_chunk_size": 16, "mamba_rms_norm": False,
    "mamba_norm_before_gate": False, "mamba_n_groups": 1, "mamba_d_state": 16, "embedding_multiplier": 1.7,
    "lm_head_multiplier": 0.6, "key_multiplier": 0.8, "attention_in_multiplier": 0.9, "attention_out_multiplier": 1.3,
    "ssm_in_multiplier": 1.2, "ssm_out_multiplier": 0.7, "ssm_multipliers": [0.85, 1.15, 0.75, 1.4, 0.65],
    "mlp_multipliers": [1.25, 0.55], "tie_word_embeddings": False, "pad_token_id": 0,
}

_bamba = _common | {
    "architectures": ["BambaForCausalLM"], "model_type": "bamba", "num_hidden_layers": 3, "intermediate_size": 20,
    "rms_norm_eps": 0.01, "rope_theta": 100.0, "rope_scaling": None, "attn_layer_indices": [1], "attention_bias": False,
    "mlp_bias": False, "mamba_n_heads": 8, "mamba_d_head": 8, "mamba_n_groups": 2, "mamba_d_state": 6, "mamba_d_conv": 4,
    "mamba_expand": 2, "mamba_conv_bias": True, "mamba_proj_bias": False, "mamba_chunk_size": 16,
    "partial_rotary_factor": 0.5, "tie_word_embeddings": False, "pad_token_id": 0,
}

_jamba = _common | {
    "architectures": ["JambaForCausalLM"], "model_type": "jamba", "num_hidden_layers": 3, "intermediate_size": 20,
    "rms_norm_eps": 0.01, "attn_layer_period": 2, "attn_layer_offset": 1, "expert_layer_period": 2, "expert_layer_offset": 0,
    "num_experts": 1, "num_experts_per_tok": 1, "mamba_d_state": 6, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 5,
    "mamba_conv_bias": True, "mamba_proj_bias": False, "use_mamba_kernels": False, "num_logits_to_keep": None,
    "tie_word_embeddings": False, "pad_token_id": 0,
}

CONFIGS = {
    "llama": _llama | {
        "num_hidden_layers": 2, "intermediate_size": 24, "head_dim": 16, "tie_word_embeddings": True, "rope_theta": 1000.0,
        "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                         "original_max_position_embeddings": 32},
        "attention_bias": False, "mlp_bias": False,
    },
    "llama_untied_bias": _llama | {
        "num_hidden_layers": 2, "intermediate_size": 40, "tie_word_embeddings": False, "rope_theta": 1000.0, "rope_scaling": None,
        "attention_bias": True, "mlp_bias": True,
    },
    "qwen2": _common | {
        "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "num_hidden_layers": 2, "intermediate_size": 36,
        "rms_norm_eps": 0.01, "rope_theta": 1000.0, "tie_word_embeddings": False, "use_sliding_window": False,
        "sliding_window": 8, "max_window_layers": 1,
    },
    "granite3": _common | {
        "architectures": ["GraniteForCausalLM"], "model_type": "granite", "num_hidden_layers": 2, "intermediate_size": 20,
        "rms_norm_eps": 0.01, "rope_theta": 1000.0, "rope_scaling": None, "tie_word_embeddings": True, "attention_bias": True,
        "mlp_bias": True, "embedding_multiplier": 3.0, "attention_multiplier": 0.23, "residual_multiplier": 0.6,
        "logits_scaling": 2.5,
    },
    "granite_dense": _granite | {
        "num_hidden_layers": 4, "layer_types": ["mamba", "mamba", "attention", "mamba"], "position_embedding_type": "nope",
        "num_local_experts": 0, "num_experts_per_tok": 0, "intermediate_size": 20, "shared_intermediate_size": 20,
        "mamba_n_heads": 4, "mamba_expand": 1, "mamba_n_groups": 1, "mamba_d_state": 12, "rope_theta": 10000.0,
        "rope_scaling": None,
    },
    "granite_moe": _granite | {
        "hidden_size": 24, "num_hidden_layers": 3, "layer_types": ["mamba", "attention", "mamba"],
        "position_embedding_type": "nope", "num_local_experts": 8, "num_experts_per_tok": 3, "intermediate_size": 6,
        "shared_intermediate_size": 10, "mamba_n_heads": 6, "mamba_expand": 2, "mamba_n_groups": 2, "mamba_d_state": 8,
        "rope_theta": 10000.0, "rope_scaling": None,
    },
    "granite_rope": _granite | {
        "num_hidden_layers": 3, "layer_types": ["attention", "mamba", "attention"], "position_embedding_type": "rope",
        "rope_theta": 1000.0, "num_local_experts": 0, "num_experts_per_tok": 0, "intermediate_size": 20,
        "shared_intermediate_size": 20, "mamba_n_heads": 4, "mamba_expand": 2, "mamba_n_groups": 4, "mamba_d_state": 8,
        "attention_bias": True, "mamba_proj_bias": True, "time_step_limit": [0.1, 0.7], "tie_word_embeddings": False,
    },
    "nemotron_h": _nemotron | {"num_hidden_layers": 5, "hybrid_override_pattern": "M-*M-"},
    "nemotron_h_moe": _nemotron | {
        "num_hidden_layers": 4, "hybrid_override_pattern": "ME*E", "head_dim": 8, "n_routed_experts": 8, "n_shared_experts": 1,
        "moe_intermediate_size": 10, "moe_shared_expert_intermediate_size": 24, "num_experts_per_tok": 3,
        "routed_scaling_factor": 2.5, "n_group": 2, "topk_group": 1, "norm_topk_prob": True,
    },
    "falcon_h1": _falcon,
    "falcon_h1_norm": _falcon | {"mamba_rms_norm": True, "mamba_n_groups": 2, "mamba_d_state": 6},
    "falcon_h1_norm_first": _falcon | {
        "mamba_rms_norm": True, "mamba_norm_before_gate": True, "mamba_n_groups": 3, "mamba_d_state": 6,
        "projectors_bias": True, "mamba_proj_bias": True, "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True,
    },
    "bamba": _bamba,
    "jamba": _jamba,
    "jamba_moe": _jamba | {"num_experts": 4, "num_experts_per_tok": 2, "intermediate_size": 12, "mamba_expand": 1,
                           "mamba_dt_rank": "auto", "tie_word_embeddings": True},
}

REWRITTEN = {"llama_untied_bias", "granite_rope", "nemotron_h_moe", "falcon_h1_norm_first", "jamba_moe"}

# What M1 has beside its llama-like config.json, in which rope_scaling stands without meaning anything.
M1_CONFIG = _llama | {
    "num_hidden_layers": 3, "intermediate_size": 20, "head_dim": 8, "rms_norm_eps": 0.01, "rope_theta": 1000.0,
    "rope_scaling": CONFIGS["llama"]["rope_scaling"], "tie_word_embeddings": True, "attention_bias": False, "mlp_bias": False,
}
M1_MAMBA = {
    "d_model": 32, "ssm_cfg": {"expand": 1}, "rms_norm_eps": 0.01, "vocab_size": None, "d_inner": 48, "d_xb": 16,
    "intermediate_size": 20, "hidden_act": "silu", "n_layer": 3, "attn_layers": [1],
}
M1_MAMBA2 = M1_MAMBA | {"ssm_cfg": {"expand": 1, "ngroups": 3, "d_state": 16}, "attn_layers": [0, 2]}
