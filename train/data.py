"""Batches of packed training rows, made on the fly from the problem generator's stream."""

import json
import random
import subprocess
from collections.abc import Iterator

import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from vocabulary import BOS, BOXED, END_THINK, EOT, THINK

LANDED = 0.03  # share of texts whose steps are cut off, as a sample's are that must answer at its deadline
IDLE, GIVEN, LEARNED = 0, 1, 2  # what a position is to the loss: padding, shown, to be predicted


def encode(item: dict, rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """One text's token ids and, for each, whether it is GIVEN or LEARNED."""
    problem, steps = item["problem"].encode(), item["solution"].encode()
    answer = [*item["answer"].encode(), ord("}"), EOT]
    landed = rng.random() < LANDED
    if landed:
        steps = steps[: rng.randrange(len(steps) + 1)]
    given = [BOS, *problem, THINK]
    middle = [*steps, END_THINK, BOXED]
    ids = np.array(given + middle + answer, dtype=np.int16)
    role = np.full(len(ids), LEARNED, dtype=np.int8)
    role[: len(given) + (len(middle) if landed else 0)] = GIVEN
    return ids, role


def generate(generator: list[str], seed: int) -> Iterator[dict]:
    """The endless stream of problems for a seed."""
    with subprocess.Popen([*generator, "--seed", str(seed), "--count", "0"], stdout=subprocess.PIPE) as process:
        try:
            for line in process.stdout:
                yield json.loads(line)
        finally:
            process.kill()


def pack(texts: Iterator[tuple[np.ndarray, np.ndarray]], width: int, open_rows: int = 48) -> Iterator[tuple]:
    """Rows (ids, role, start) of the given width. A text goes to the fullest open row that still has room for it."""
    rows = [[[], 0] for _ in range(open_rows)]
    for text in texts:
        size = len(text[0])
        if size > width:
            continue
        fitting = [row for row in rows if row[1] + size <= width]
        if not fitting:
            full = max(rows, key=lambda row: row[1])
            yield close(full[0], width)
            full[0], full[1] = [], 0
            fitting = [full]
        row = max(fitting, key=lambda row: row[1])
        row[0].append(text)
        row[1] += size


def close(texts: list, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ids, role, start = np.zeros(width, np.int16), np.zeros(width, np.int8), np.zeros(width, bool)
    at = 0
    for text_ids, text_role in texts:
        end = at + len(text_ids)
        ids[at:end], role[at:end], start[at] = text_ids, text_role, True
        at = end
    if at < width:
        start[at] = True
    return ids, role, start


class Batches(IterableDataset):
    """Endless batches (ids, role, start), each [rows, width]; every worker reads a generator of its own."""

    def __init__(self, generator: list[str], seed: int, rows: int, width: int):
        self.generator, self.seed, self.rows, self.width = generator, seed, rows, width

    def __iter__(self):
        worker = get_worker_info()
        seed = self.seed * 1000 + (worker.id if worker else 0)
        rng = random.Random(seed)
        texts = (encode(item, rng) for item in generate(self.generator, seed))
        rows = pack(texts, self.width)
        while True:
            batch = [next(rows) for _ in range(self.rows)]
            yield tuple(torch.from_numpy(np.stack(part)) for part in zip(*batch))
