"""Trains the embedded model on the problem generator's stream.

    python train.py --generator "../caucus gen" --steps 20000 --out out/run

A checkpoint in the output folder is resumed from. A GPU is used when there is one. See README.md for the two recipes.
"""

import argparse
import json
import math
import shlex
import time
from pathlib import Path

import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from data import LEARNED, Batches
from model import M1, Config


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--generator", default="../caucus gen", help="command that prints problems")
    p.add_argument("--out", type=Path, default=Path("out/run"))
    p.add_argument("--steps", type=int, default=20000)
    p.add_argument("--rows", type=int, default=256, help="rows a step, each of --width tokens and the one after")
    p.add_argument("--width", type=int, default=512)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--warmup", type=int, default=300)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--workers", type=int, default=1, help="processes that make batches")
    p.add_argument("--save-every", type=int, default=1000)
    p.add_argument("--config", type=json.loads, default={}, help="changes to model.Config, as JSON")
    return p.parse_args()


def optimizer(model: M1, lr: float) -> torch.optim.AdamW:
    """AdamW; weight decay on matrices alone."""
    decayed = [w for n, w in model.named_parameters() if n.endswith("proj.weight")]
    others = [w for n, w in model.named_parameters() if not n.endswith("proj.weight")]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95), fused=True)


def rate(step: int, a: argparse.Namespace) -> float:
    """Linear warm-up, then a cosine to 2% of the peak."""
    if step < a.warmup:
        return a.lr * (step + 1) / a.warmup
    done = (step - a.warmup) / max(1, a.steps - a.warmup)
    return a.lr * (0.02 + 0.98 * (1 + math.cos(math.pi * min(1, done))) / 2)


def loss_of(model, ids, role, start):
    """Mean cross-entropy over the positions that are to be learned."""
    logits = model(ids[:, :-1], start[:, :-1])
    target = torch.where((role[:, 1:] == LEARNED) & ~start[:, 1:], ids[:, 1:], -100)
    return F.cross_entropy(logits.flatten(0, 1).float(), target.flatten(), ignore_index=-100)


def save(path: Path, step: int, model: M1, optimizer: torch.optim.Optimizer) -> None:
    partial = path.with_suffix(".partial")
    torch.save({"step": step, "config": vars(model.c), "model": model.state_dict(),
                "optimizer": optimizer.state_dict()}, partial)
    partial.rename(path)


def main() -> None:
    a = arguments()
    a.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(a.seed)
    model = M1(Config(**a.config)).to(device)
    adam = optimizer(model, a.lr)
    checkpoint, first = a.out / "checkpoint.pt", 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device)
        model.load_state_dict(saved["model"])
        adam.load_state_dict(saved["optimizer"])
        first = saved["step"]
    print(f"{sum(w.numel() for w in model.parameters()):,} parameters on {device}, from step {first}", flush=True)

    batches = Batches(shlex.split(a.generator), a.seed + 7919 * first, a.rows, a.width + 1)
    loader = iter(DataLoader(batches, batch_size=None, num_workers=a.workers, prefetch_factor=8 if a.workers else None,
                             pin_memory=device == "cuda"))
    step_loss = torch.compile(loss_of) if device == "cuda" else loss_of
    begin, tokens, shown = time.time(), 0, 0.0
    for step in range(first, a.steps):
        ids, role, start = (part.to(device, non_blocking=True) for part in next(loader))
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            loss = step_loss(model, ids.long(), role, start)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in adam.param_groups:
            group["lr"] = rate(step, a)
        adam.step()
        adam.zero_grad(set_to_none=True)
        tokens += ids.numel()
        shown += loss.detach()
        if (step + 1) % 100 == 0:
            mean, shown = float(shown) / 100, 0.0
            seconds = time.time() - begin
            print(f"step {step + 1} loss {mean:.4f} lr {rate(step, a):.2e} {tokens / seconds:,.0f} tokens/s "
                  f"{seconds:.0f} s", flush=True)
        if (step + 1) % a.save_every == 0 or step + 1 == a.steps:
            save(checkpoint, step + 1, model, adam)


if __name__ == "__main__":
    main()
