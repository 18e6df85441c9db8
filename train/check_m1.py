"""Checks model.py and model_mamba2.py against M1's equations, number by number in plain Python loops and float64.

    python check_m1.py ../engine/model/testdata/families/m1 ../engine/model/testdata/families/m1_mamba2

A folder is one that checkpoints.py made; its golden.safetensors says what the models compute, in float32. This file shares no code with
them: it follows the papers' formulas one index at a time, and reads a token with what it kept of the earlier ones.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file


def silu(v: float) -> float:
    return v / (1 + math.exp(-v))


def softplus(v: float) -> float:
    return math.log1p(math.exp(v)) if v < 20 else v


def rms_norm(v: list[float], weight: list[float], eps: float) -> list[float]:
    scale = 1 / math.sqrt(sum(a * a for a in v) / len(v) + eps)
    return [a * scale * w for a, w in zip(v, weight)]


def matvec(W: np.ndarray, v: list[float]) -> list[float]:
    return [math.fsum(w * a for w, a in zip(row, v)) for row in W.tolist()]


class Mamba1:
    """z, x, B, C and r from one projection; x repeated before the convolution, which B and C do not pass."""

    def __init__(self, w: dict, mamba: dict, d_model: int):
        self.w, self.inner, self.xb, self.N = w, mamba["d_inner"], mamba["d_xb"], mamba["ssm_cfg"].get("d_state", 16)
        self.rank = math.ceil(d_model / 16)
        self.S = [[0.0] * self.N for _ in range(self.inner)]
        self.past = []  # repeated x of the earlier tokens

    def step(self, u: list[float]) -> list[float]:
        w, N, I, X = self.w, self.N, self.inner, self.xb
        p = matvec(w["in_proj.weight"], u)
        z, x, B, C, r = p[:I], p[I:I + X], p[I + X:I + 2 * X], p[I + 2 * X:2 * I + 2 * X], p[2 * I + 2 * X:]
        assert len(r) == self.rank
        step = matvec(w["dt_proj.weight"], r)
        times = I // X  # heads that share one x and B
        self.past.append([x[N * (d // N // times) + d % N] for d in range(I)])
        out = []
        for d in range(I):
            h, g = d // N, d // N // times
            conv = w["conv1d.bias"][d]
            for j in range(4):
                t = len(self.past) - 1 - 3 + j
                if t >= 0:
                    conv += w["conv1d.weight"][d][0][j] * self.past[t][d]
            xc = silu(conv)
            delta = softplus(step[d] + 2 * w["dt_proj.bias"][d])
            y = w["D"][d] * xc
            for n in range(N):
                A = -math.exp(w["A_log"][d][n])
                self.S[d][n] = math.exp(delta * A) * self.S[d][n] + delta * B[N * g + n] * xc
                y += self.S[d][n] * C[N * h + n]
            out.append(y * silu(z[d]))
        return matvec(w["out_proj.weight"], out)


class Mamba2:
    """x, B and C pass the convolution; x and B are shared by heads after it; the gated output is normalised by heads."""

    def __init__(self, w: dict, mamba: dict, d_model: int):
        self.w, self.inner, self.xb, self.N = w, mamba["d_inner"], mamba["d_xb"], mamba["ssm_cfg"]["d_state"]
        self.heads = mamba["ssm_cfg"]["ngroups"]
        self.P = self.inner // self.heads
        self.S = [[[0.0] * self.N for _ in range(self.P)] for _ in range(self.heads)]
        self.past = []

    def step(self, u: list[float]) -> list[float]:
        w, N, P, I, X = self.w, self.N, self.P, self.inner, self.xb
        p = matvec(w["in_proj.weight"], u)
        z, dt = p[:I], p[2 * I + 2 * X:]
        self.past.append(p[I:2 * I + 2 * X])
        conv = []
        for c in range(I + 2 * X):
            v = w["conv1d.bias"][c]
            for j in range(4):
                t = len(self.past) - 1 - 3 + j
                if t >= 0:
                    v += w["conv1d.weight"][c][0][j] * self.past[t][c]
            conv.append(silu(v))
        x, B, C = conv[:X], conv[X:2 * X], conv[2 * X:]
        out = []
        for h in range(self.heads):
            g = h // (I // X)
            delta = softplus(dt[h] + w["dt_bias"][h])
            a = math.exp(-math.exp(w["A_log"][h]) * delta)
            v = []
            for i in range(P):
                y = w["D"][h] * x[P * g + i]
                for n in range(N):
                    self.S[h][i][n] = a * self.S[h][i][n] + delta * x[P * g + i] * B[N * g + n]
                    y += self.S[h][i][n] * C[N * h + n]
                v.append(y * silu(z[P * h + i]))
            out += rms_norm(v, w["norm.weight"][P * h:P * h + P], 1e-5)
        return matvec(w["out_proj.weight"], out)


class Attention:
    def __init__(self, w: dict, config: dict):
        self.w, self.H, self.K, self.P = w, config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]
        self.base = config["rope_theta"]
        self.keys, self.values = [], []

    def rotated(self, v: list[float], position: int) -> list[float]:
        half, out = self.P // 2, list(v)
        for k in range(half):
            angle = position * self.base ** (-2 * k / self.P)
            out[k] = v[k] * math.cos(angle) - v[k + half] * math.sin(angle)
            out[k + half] = v[k + half] * math.cos(angle) + v[k] * math.sin(angle)
        return out

    def step(self, u: list[float]) -> list[float]:
        p, P = matvec(self.w["in_proj.weight"], u), self.P
        head = lambda i: p[P * i:P * i + P]
        position = len(self.keys)
        self.keys.append([self.rotated(head(self.H + k), position) for k in range(self.K)])
        self.values.append([head(self.H + self.K + k) for k in range(self.K)])
        out = []
        for a in range(self.H):
            q, k = self.rotated(head(a), position), a // (self.H // self.K)
            scores = [sum(q[i] * key[k][i] for i in range(P)) / math.sqrt(P) for key in self.keys]
            weights = [math.exp(s - max(scores)) for s in scores]
            out += [sum(s * value[k][i] for s, value in zip(weights, self.values)) / sum(weights) for i in range(P)]
        return matvec(self.w["out_proj.weight"], out)


class Network:
    def __init__(self, folder: Path):
        self.config, mamba = (json.loads((folder / name).read_text()) for name in ("config.json", "mamba_config.json"))
        self.w = {name: w.astype(np.float64) for name, w in load_file(folder / "model.safetensors").items()}
        below = lambda prefix: {name.removeprefix(prefix): w for name, w in self.w.items() if name.startswith(prefix)}
        self.layers, self.mixers = [], []
        for i in range(mamba["n_layer"]):
            w = below(f"model.layers.{i}.")
            self.layers.append(w)
            mixer = Mamba2 if "mamba.dt_bias" in w else Mamba1
            self.mixers.append(Attention(below(f"model.layers.{i}.mha."), self.config) if i in mamba["attn_layers"]
                               else mixer(below(f"model.layers.{i}.mamba."), mamba, self.config["hidden_size"]))

    def step(self, token: int) -> list[float]:
        eps, embedding = self.config["rms_norm_eps"], self.w["model.embed_tokens.weight"]
        h = embedding[token].tolist()
        for w, mixer in zip(self.layers, self.mixers):
            h = [a + b for a, b in zip(h, mixer.step(rms_norm(h, w["input_layernorm.weight"], eps)))]
            u = rms_norm(h, w["post_attention_layernorm.weight"], eps)
            inner = [silu(g) * up for g, up in zip(matvec(w["mlp.gate_proj.weight"], u), matvec(w["mlp.up_proj.weight"], u))]
            h = [a + b for a, b in zip(h, matvec(w["mlp.down_proj.weight"], inner))]
        return matvec(embedding, rms_norm(h, self.w["model.norm.weight"], eps))


def main() -> None:
    for folder in map(Path, sys.argv[1:]):
        golden = load_file(folder / "golden.safetensors")
        worst, largest = 0.0, max(np.abs(golden[f"logits.{i}"]).max() for i in range(3))
        for i in range(3):
            network = Network(folder)
            rows = np.array([network.step(int(token)) for token in golden[f"tokens.{i}"]])
            worst = max(worst, np.abs(rows - golden[f"logits.{i}"]).max())
        print(f"{folder.name}: logits of up to {largest:.1f} differ by at most {worst:.1e}")
        assert worst < 1e-5 * largest


if __name__ == "__main__":
    main()
