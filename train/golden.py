"""Writes what the PyTorch model computes, for the engine's parity test.

    python golden.py --model ../engine/mini/model --to ../engine/mini/testdata/golden.bin

The file: "CAUCGOLD", the header's length as a little-endian uint32, a JSON header (prompts, greedy_prompt, greedy, vocab),
then float32 logits of every position of every prompt, in order.
"""

import argparse
import json
import struct
from pathlib import Path

import torch
from safetensors.torch import load_file

import vocabulary
from model import M1, Config

QUESTIONS = [
    "What is 3*(17 - 5)/4?", "Calculate -3 + 15.", "Solve 4*x - 7 = 21 for x.", "What is the remainder when 871 is divided by 13?",
    "What is the next term in 3, 7, 11, 15?", "Which is bigger: -1/3 or 0.2?", "Sort 5, -2, 9, 0.",
    "What is 124 minutes before 4:58 PM?", "Let f(x) = 2*x**2 - 3. What is f(4)?", "Tom has 5 apples and buys 7 more. How many has he?",
    "Calculate the highest common factor of 84 and 126.", "Is 91 prime?", "Round 3.14159 to two decimal places.",
    "How many millilitres are there in 3/4 of a litre?", "Differentiate 3*x**2 + 2*x.", "Collect the terms in 2*a + 3 + 5*a.",
    "In base 2, what is 101 + 11?", "Total of 0.5 and 12.75.", "2+2", "Z\u00fcrich \u2014 was ist 7*8?",
]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", type=Path, required=True)
    p.add_argument("--to", type=Path, required=True)
    a = p.parse_args()

    hf, mamba = (json.loads((a.model / name).read_text()) for name in ("config.json", "mamba_config.json"))
    c = Config(d_model=hf["hidden_size"], d_inner=mamba["d_inner"], d_xb=mamba["d_xb"], n_layer=mamba["n_layer"],
               attn_layers=mamba["attn_layers"], intermediate_size=hf["intermediate_size"], heads=hf["num_attention_heads"],
               kv_heads=hf["num_key_value_heads"], head_dim=hf["head_dim"], rope_theta=hf["rope_theta"],
               vocab_size=hf["vocab_size"], eps=hf["rms_norm_eps"])
    model = M1(c).eval()
    model.load_state_dict({name: w.float() for name, w in load_file(a.model / "model.safetensors").items()})

    @torch.no_grad()
    def logits(ids: list[int]) -> torch.Tensor:
        start = torch.zeros(1, len(ids), dtype=torch.bool)
        start[0, 0] = True
        return model(torch.tensor([ids]), start)[0]

    prompts = [[vocabulary.BOS, *q.encode(), vocabulary.THINK] for q in QUESTIONS]
    greedy = list(prompts[0])
    for _ in range(200):
        greedy.append(int(logits(greedy)[-1].argmax()))
    header = json.dumps({"prompts": prompts, "vocab": c.vocab_size, "greedy_prompt": prompts[0],
                         "greedy": greedy[len(prompts[0]):]}).encode()
    a.to.parent.mkdir(parents=True, exist_ok=True)
    with a.to.open("wb") as f:
        f.write(b"CAUCGOLD" + struct.pack("<I", len(header)) + header)
        for prompt in prompts:
            f.write(logits(prompt).numpy().astype("<f4").tobytes())


if __name__ == "__main__":
    main()
