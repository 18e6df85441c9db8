#!/usr/bin/env python3
"""Measures transformers' own generate on the shape of Llama-3.2-3B with random weights, for comparison with
`caucus bench --model random:llama-3b`: bf16, a static cache, the decode step compiled.

Usage: baseline.py CONTEXT BATCH[,BATCH...]   prints JSON, a row for each batch.

The time of a step is that of many tokens less that of the first, so that reading the prompt is no part of it. It needs torch
and transformers.
"""

import json
import os
import statistics
import sys
import time

import torch
import transformers

TOKENS, TRIES = 64, 3  # new ones, and how often they are timed


def model():
    config = transformers.LlamaConfig(
        vocab_size=128256, hidden_size=3072, intermediate_size=8192, num_hidden_layers=28, num_attention_heads=24,
        num_key_value_heads=8, head_dim=128, max_position_embeddings=131072, rope_theta=500000.0, tie_word_embeddings=True)
    with torch.device("cuda"):
        torch.set_default_dtype(torch.bfloat16)
        return transformers.LlamaForCausalLM(config).eval()


def seconds(model, prompt, tokens):
    """The time of generating tokens after a prompt [batch, context]."""
    torch.cuda.synchronize()
    start = time.perf_counter()
    model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=True, min_new_tokens=tokens, max_new_tokens=tokens,
                   cache_implementation="static", pad_token_id=0)
    torch.cuda.synchronize()
    return time.perf_counter() - start


def row(model, context, batch):
    prompt = torch.randint(0, 128000, (batch, context), device="cuda")
    seconds(model, prompt, TOKENS), seconds(model, prompt, 1)  # compiles
    steps = [(seconds(model, prompt, TOKENS) - seconds(model, prompt, 1)) / (TOKENS - 1) for _ in range(TRIES)]
    step = statistics.median(steps)
    return {"batch": batch, "context": context, "step_ms": 1e3 * step, "tokens_per_s": batch / step}


def main():
    context, batches = int(sys.argv[1]), [int(b) for b in sys.argv[2].split(",")]
    rows = []
    with torch.inference_mode():
        m = model()
        for batch in batches:
            try:
                rows.append(row(m, context, batch))
            except torch.OutOfMemoryError:
                rows.append({"batch": batch, "context": context, "error": "out of memory"})
    print(json.dumps({"model": "Llama-3.2-3B's shape, random", "torch": torch.__version__, "transformers": transformers.__version__,
                      "card": torch.cuda.get_device_name(), "rows": rows}))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the compiler's processes would be waited for
