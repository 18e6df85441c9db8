"""Accuracy by module of a batch's results whose ids are MODULE/NUMBER.

    caucus batch --policy uniform --samples 32 --budget 2h --out results.jsonl problems.jsonl
    python accuracy.py results.jsonl

pass@1 is the mean share of a problem's samples that are right; maj is the share of problems whose vote is right.
"""

import argparse
import collections
import json
import re


def plain(answer: str) -> str:
    return re.sub(r"\s|\*", "", answer).lower()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("results")
    a = p.parse_args()

    rows = collections.defaultdict(list)
    for line in open(a.results):
        r = json.loads(line)
        samples = sum(r["samples"].values())
        # The vote's leader is graded by caucus; another answer is right only if it is written as the reference is.
        leader = r["votes"].get(r["answer"], 0) if r["correct"] else 0
        others = sum(n for text, n in r["votes"].items() if text != r["answer"] and plain(text) == plain(r["reference"]))
        right = leader if r["correct"] else others
        rows[r["id"].rsplit("/", 1)[0]].append((right / samples if samples else 0.0, bool(r["correct"]), samples))
    print(f"{'module':42} problems samples pass@1   maj   gain")
    for module in sorted(rows, key=lambda m: -sum(x[0] for x in rows[m]) / len(rows[m])):
        k = len(rows[module])
        one, maj = sum(x[0] for x in rows[module]) / k, sum(x[1] for x in rows[module]) / k
        print(f"{module:42} {k:8} {sum(x[2] for x in rows[module]) / k:7.1f} {one:6.3f} {maj:5.3f} {maj - one:+6.3f}")


if __name__ == "__main__":
    main()
