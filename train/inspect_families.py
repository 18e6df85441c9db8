"""Shows what a checkpoint has learned, family by family: python inspect_families.py --checkpoint out/run/checkpoint.pt

A text counts as right when every token of its steps and answer is the model's first choice given the true tokens before
it: what greedy decoding would write. For the first few others, the place of the first wrong choice is shown.
"""

import argparse
import collections
import random
import shlex
from pathlib import Path

import torch

from data import LEARNED, encode, generate
from model import M1, Config
from vocabulary import SHAPING

NAMES = {i: text for text, i in SHAPING.items()}


def text_of(ids) -> str:
    return "".join(chr(i) if i < 256 else NAMES.get(i, "<>") for i in ids)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--checkpoint", type=Path, required=True)
    p.add_argument("--generator", default="../caucus gen")
    p.add_argument("--texts", type=int, default=10000)
    p.add_argument("--shown", type=int, default=3, help="failures shown a family")
    p.add_argument("--seed", type=int, default=987654321)
    a = p.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    saved = torch.load(a.checkpoint, map_location=device)
    model = M1(Config(**saved["config"])).to(device).eval()
    model.load_state_dict(saved["model"])
    rng = random.Random(0)
    rng.random = lambda: 1.0  # no text is cut off
    items = [item for item, _ in zip(generate(shlex.split(a.generator), a.seed), range(a.texts))]
    items.sort(key=lambda item: len(item["problem"]) + len(item["solution"]))
    seen, right, failures = collections.Counter(), collections.Counter(), collections.defaultdict(list)
    length = collections.Counter()
    for at in range(0, len(items), 64):
        texts = [encode(item, rng) for item in items[at:at + 64]]
        width = max(len(ids) for ids, _ in texts)
        tokens, start = torch.zeros(len(texts), width, dtype=torch.long), torch.zeros(len(texts), width, dtype=torch.bool)
        start[:, 0] = True
        for row, (ids, _) in enumerate(texts):
            tokens[row, :len(ids)] = torch.from_numpy(ids)
        with torch.no_grad(), torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            choice = model(tokens.to(device), start.to(device)).argmax(-1).cpu()
        for row, (ids, role) in enumerate(texts):
            item = items[at + row]
            family = item["family"]
            seen[family] += 1
            length[family] += len(ids)
            wrong = [i for i in range(1, len(ids)) if role[i] == LEARNED and choice[row, i - 1] != ids[i]]
            right[family] += not wrong
            if wrong:
                i = wrong[0]
                failures[family].append(f"{item['problem']} | {text_of(ids[len(item['problem']) + 2:i])} "
                                        f"<<{text_of([int(choice[row, i - 1])])} not {text_of(ids[i:i + 1])}>> "
                                        f"{text_of(ids[i + 1:])}")
    for family in sorted(seen, key=lambda f: right[f] / seen[f]):
        print(f"{right[family] / seen[family]:.3f} {family} ({seen[family]}, {length[family] / seen[family]:.0f} tokens)")
        for failure in failures[family][:a.shown]:
            print("    " + failure.replace("\n", " ; "))


if __name__ == "__main__":
    main()
