"""Writes numbers in every format that engine/gguf reads, and what the package gguf makes of them, as one GGUF file.

    pip install gguf==0.19.0
    python gguf_golden.py --to ../engine/gguf/testdata/formats.gguf

Layer N of the file, which claims to be a llama, has random blocks of one format as ffn_up and their values as ffn_gate.
"""

import argparse
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

FORMATS = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]
WIDTH, ROWS = 256, 3


def blocks(rng: np.random.Generator, kind: GGMLQuantizationType) -> np.ndarray:
    """Random bytes, drawn again until all values are finite."""
    values, size = GGML_QUANT_SIZES[kind]
    rows = np.empty((ROWS, WIDTH // values, size), np.uint8)
    for block in rows.reshape(-1, size):
        while True:
            block[:] = rng.integers(0, 256, size, np.uint8)
            with np.errstate(all="ignore"):
                if np.isfinite(dequantize(block[None], kind).astype(np.float64)).all():
                    break
    return rows.reshape(ROWS, -1)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--to", type=Path, required=True)
    a = p.parse_args()

    rng = np.random.default_rng(1)
    w = GGUFWriter(a.to, "llama")
    w.add_context_length(16)
    w.add_embedding_length(WIDTH)
    w.add_block_count(len(FORMATS))
    w.add_feed_forward_length(ROWS)
    w.add_head_count(4)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_tensor("token_embd.weight", np.zeros((1, WIDTH), np.float32))
    for layer, name in enumerate(FORMATS):
        kind = GGMLQuantizationType[name]
        data = blocks(rng, kind)
        values = dequantize(data, kind).astype(np.float32)
        w.add_tensor(f"blk.{layer}.ffn_up.weight", data, raw_dtype=kind)
        w.add_tensor(f"blk.{layer}.ffn_gate.weight", values)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


if __name__ == "__main__":
    main()
