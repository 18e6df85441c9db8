"""Writes a checkpoint as a Hugging Face folder in M1's own format.

    python export.py --checkpoint out/run/checkpoint.pt --to ../engine/mini/model
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

import vocabulary
from model import Config


def config_json(c: Config) -> dict:
    """config.json. Like M1's it names the Llama skeleton; mamba_config.json is what marks the model as a hybrid."""
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": c.vocab_size,
        "hidden_size": c.d_model, "intermediate_size": c.intermediate_size, "num_hidden_layers": c.n_layer,
        "num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads, "head_dim": c.head_dim, "hidden_act": "silu",
        "rms_norm_eps": c.eps, "rope_theta": c.rope_theta, "max_position_embeddings": 2048,
        "tie_word_embeddings": True, "attention_bias": False, "mlp_bias": False, "torch_dtype": "float16",
        "bos_token_id": vocabulary.BOS, "eos_token_id": vocabulary.EOT,
    }


def mamba_config_json(c: Config) -> dict:
    return {
        "d_model": c.d_model, "ssm_cfg": {"expand": 1}, "rms_norm_eps": c.eps, "vocab_size": None, "d_inner": c.d_inner,
        "d_xb": c.d_xb, "intermediate_size": c.intermediate_size, "hidden_act": "silu", "n_layer": c.n_layer,
        "attn_layers": c.attn_layers,
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--checkpoint", type=Path, required=True)
    p.add_argument("--to", type=Path, required=True)
    p.add_argument("--temperature", type=float, default=1.0, help="the sampling temperature to recommend")
    a = p.parse_args()

    saved = torch.load(a.checkpoint, map_location="cpu")
    c = Config(**saved["config"])
    a.to.mkdir(parents=True, exist_ok=True)
    save_file({name: w.half().contiguous() for name, w in saved["model"].items()}, a.to / "model.safetensors",
              metadata={"format": "pt"})
    documents = {
        "config.json": config_json(c),
        "mamba_config.json": mamba_config_json(c),
        "tokenizer.json": vocabulary.tokenizer_json(),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>",
            "chat_template": vocabulary.CHAT_TEMPLATE, "model_max_length": 2048, "clean_up_tokenization_spaces": False,
        },
        "generation_config.json": {
            "do_sample": True, "temperature": a.temperature, "top_p": 1.0, "bos_token_id": vocabulary.BOS,
            "eos_token_id": vocabulary.EOT,
        },
    }
    for name, document in documents.items():
        (a.to / name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
