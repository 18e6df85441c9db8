"""Makes a tiny random checkpoint of every family that the engine reads, with the logits that the reference computes.

    python checkpoints.py --to ../engine/model/testdata/families            # all, or name some: ... llama bamba

A folder holds what its publishers' folders hold (config.json, mamba_config.json where M1 has one, model.safetensors in
float32) and golden.safetensors, for i = 0, 1, 2:

    tokens.i        the token ids, as floating-point numbers
    logits.i        [tokens, vocab], computed in float32
    bf16.logits.i   the same after rounding every tensor to bfloat16, still computed in float32; not for i = 2
    bf16c.logits.i  computed in bfloat16 throughout, only for i = 0: it shows how much the reference itself then strays

The reference is Hugging Face transformers' own class without custom kernels, and for M1, which transformers does not have,
model.py and model_mamba2.py, which check_m1.py checks. What is written is read back before anything is computed.

Before a folder counts as made, every tensor and every number of config.json that should must have shown in the logits, no
choice of experts may be close, and reading token by token with a cache must give what reading at once gives.
"""

import argparse
import json
import math
import os
import zlib
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

import model as m1
import model_mamba2
from families import CONFIGS, M1_CONFIG, M1_MAMBA, M1_MAMBA2, REWRITTEN, V

LENGTHS = 7, 33, 50
M1_FOLDERS = {"m1": M1_MAMBA, "mambainllama": M1_MAMBA, "m1_mamba2": M1_MAMBA2}
SHARDED = {"llama_sharded": "llama"}  # the same checkpoint in several files
STEPS_STRAY = {"granite_rope": "its cached step leaves time_step_limit out"}
TRAINING = {"attention_dropout", "hidden_dropout", "initializer_range", "router_aux_loss_coef", "time_step_min", "time_step_max",
            "time_step_floor"}
IDLE = {  # numbers besides TRAINING that make no difference, and are there because readers must not let them
    "granite_dense": {"rope_theta"}, "granite_moe": {"rope_theta"},  # no positions
    "bamba": {"partial_rotary_factor"},  # a half whatever it says
    "nemotron_h_moe": {"time_step_limit.0"}, "falcon_h1_norm_first": {"time_step_limit.0"},  # zero
}


# What is random

def generator(*parts: object) -> torch.Generator:
    return torch.Generator().manual_seed(zlib.crc32(repr(parts).encode()))


def tokens(name: str) -> list[torch.Tensor]:
    return [torch.randint(V, (n,), generator=generator(name, "tokens", n)) for n in LENGTHS]


def draw(family: str, name: str, shape: torch.Size) -> torch.Tensor:
    """Random values for a parameter, of the size that it has in trained models but never at a neutral value."""
    g = generator(family, name)
    uniform = lambda low, high: torch.empty(shape).uniform_(low, high, generator=g)
    normal = lambda std: torch.empty(shape).normal_(0, std, generator=g)
    if name.endswith("A_log"):
        return uniform(-1.5, 1.5)
    if name.endswith(".D"):
        return uniform(-1.5, 1.5)
    if name.endswith(("dt_bias", "dt_proj.bias")):
        return uniform(-3.0, 0.0)
    if "norm" in name:
        return uniform(0.5, 1.5)
    if name.endswith("conv1d.weight"):
        return normal(0.5)
    if name.endswith("bias"):
        return normal(0.3)
    if "embed" in name:
        return normal(1.0)
    return normal(shape[-1] ** -0.5)


@torch.no_grad()
def randomize(model: torch.nn.Module, family: str) -> None:
    for name, w in [*model.state_dict().items()][::-1]:  # an embedding that is the head too stays an embedding
        w.copy_(draw(family, name, w.shape))
    last = [w for name, w in model.named_parameters() if "norm" in name][-1]
    last *= 2.0 / run(model, tokens(family)[2]).std()  # brings the logits to a standard deviation of 2


# Computing

@torch.no_grad()
def run(model: torch.nn.Module, ids: torch.Tensor) -> torch.Tensor:
    """The logits of all tokens, read at once."""
    if isinstance(model, m1.M1):
        return model(ids[None], torch.arange(len(ids))[None] == 0)[0]
    return model(input_ids=ids[None], use_cache=False).logits[0].float()


@torch.no_grad()
def run_in_steps(model: torch.nn.Module, ids: torch.Tensor, first: int) -> torch.Tensor:
    """The logits of all tokens, of which the first ones are read at once and the others each on its own."""
    rows, cache = [], None
    for begin, end in [(0, first), *((i, i + 1) for i in range(first, len(ids)))]:
        out = model(input_ids=ids[None, begin:end], position_ids=torch.arange(begin, end)[None], cache=cache, use_cache=True)
        rows, cache = [*rows, out.logits[0]], out.cache
    return torch.cat(rows)


def load(folder: Path, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    if folder.name in M1_FOLDERS:
        return load_m1(folder)
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager", experts_implementation="eager").eval()


def rounded(model: torch.nn.Module) -> torch.nn.Module:
    for w in model.state_dict().values():
        w.copy_(w.bfloat16().float())
    return model


# M1

def m1_network(config: dict, mamba: dict) -> m1.M1:
    common = {"d_model": config["hidden_size"], "d_inner": mamba["d_inner"], "d_xb": mamba["d_xb"], "n_layer": mamba["n_layer"],
              "attn_layers": mamba["attn_layers"], "intermediate_size": config["intermediate_size"],
              "heads": config["num_attention_heads"], "kv_heads": config["num_key_value_heads"], "head_dim": config["head_dim"],
              "rope_theta": config["rope_theta"], "vocab_size": config["vocab_size"], "eps": config["rms_norm_eps"]}
    ssm = mamba["ssm_cfg"]
    if "ngroups" in ssm:
        return model_mamba2.M1(model_mamba2.Config(**common, d_state=ssm["d_state"], groups=ssm["ngroups"])).eval()
    return m1.M1(m1.Config(**common)).eval()


def load_m1(folder: Path) -> m1.M1:
    network = m1_network(*(json.loads((folder / name).read_text()) for name in ("config.json", "mamba_config.json")))
    state = load_file(folder / "model.safetensors")
    for fused, parts in old_names(network):
        if parts[0][0] in state:
            state[fused] = torch.cat([state.pop(name) for name, _ in parts])
    for name in [name for name in state if "self_attn.o_proj" in name]:
        state[name.replace("self_attn.o_proj", "mha.out_proj")] = state.pop(name)
    network.load_state_dict(state)
    return network


def old_names(network: m1.M1) -> list[tuple[str, list[tuple[str, int]]]]:
    """MambaInLlama's names of the rows of each of M1's fused projections, and how many rows each has."""
    c, out = network.c, []
    mamba = {"in_proj_z": c.d_inner, "in_proj_x": c.d_xb, "B_proj": c.d_xb, "C_proj": c.d_inner, "dt_proj_down": c.dt_rank}
    attention = {"q_proj": c.heads * c.head_dim, "k_proj": c.kv_heads * c.head_dim, "v_proj": c.kv_heads * c.head_dim}
    for i in range(c.n_layer):
        fused, old, parts = ("mha", "self_attn", attention) if i in c.attn_layers else ("mamba", "mamba", mamba)
        out.append((f"model.layers.{i}.{fused}.in_proj.weight",
                    [(f"model.layers.{i}.{old}.{part}.weight", rows) for part, rows in parts.items()]))
    return out


def write_m1(folder: Path) -> None:
    network = m1_network(M1_CONFIG, M1_FOLDERS[folder.name])
    randomize(network, "m1" if folder.name == "mambainllama" else folder.name)
    state = network.state_dict()
    if folder.name == "mambainllama":
        for fused, parts in old_names(network):
            blocks = state.pop(fused).split([rows for _, rows in parts])
            state |= {name: block.clone() for (name, _), block in zip(parts, blocks)}
        state = {name.replace("mha.out_proj", "self_attn.o_proj"): w for name, w in state.items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    write_json(folder / "config.json", M1_CONFIG)
    write_json(folder / "mamba_config.json", M1_FOLDERS[folder.name])


# Folders

def write_json(path: Path, document: dict) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n")


def write_checkpoint(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    if folder.name in M1_FOLDERS:
        return write_m1(folder)
    family = SHARDED.get(folder.name, folder.name)
    write_json(folder / "config.json", CONFIGS[family])
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", experts_implementation="eager").eval()
    randomize(model, family)
    model.save_pretrained(folder, max_shard_size="50KB" if folder.name in SHARDED else "1GB")
    if folder.name not in REWRITTEN:
        write_json(folder / "config.json", CONFIGS[family])


def write_golden(folder: Path) -> dict[str, torch.Tensor]:
    golden = {}
    family = SHARDED.get(folder.name, "m1" if folder.name == "mambainllama" else folder.name)
    exact, short = load(folder), rounded(load(folder))
    for i, ids in enumerate(tokens(family)):
        golden |= {f"tokens.{i}": ids.float(), f"logits.{i}": run(exact, ids)}
        if i < 2:
            golden[f"bf16.logits.{i}"] = run(short, ids)
    if folder.name not in M1_FOLDERS:
        golden["bf16c.logits.0"] = run(load(folder, torch.bfloat16), golden["tokens.0"].long())
    save_file({name: w.contiguous() for name, w in golden.items()}, folder / "golden.safetensors")
    return golden


# Checks

def check_tensors(folder: Path) -> str:
    """Changes every tensor by a tenth, one after the other, and looks for the change in the logits."""
    model, ids = load(folder), tokens(folder.name)[1]
    base, least = run(model, ids), (math.inf, "")
    with torch.no_grad():
        for name, w in model.state_dict().items():
            kept = w.clone()
            w *= 0.0 if "correction" in name else 0.9  # what only sways choices does so only if it changes much
            least = min(least, ((run(model, ids) - base).abs().max().item(), name))
            w.copy_(kept)
    assert least[0] > 2e-3, least
    return f"least change by a tensor {least[0]:.3f} ({least[1]})"


def numbers(value: object, path: tuple = ()) -> list[tuple]:
    """The paths to all floating-point numbers in a JSON document."""
    if isinstance(value, float):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, part in items for found in numbers(part, (*path, key))]


def check_numbers(folder: Path) -> None:
    """Changes every fractional number in config.json, one after the other, and looks for the change in the logits."""
    text = (folder / "config.json").read_text()
    ids, idle = tokens(folder.name)[1], set()
    base = run(load(folder), ids)
    for path in numbers(json.loads(text)):
        document = json.loads(text)
        at = document
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] *= 1.5 if at[path[-1]] < 1 or path[-1] == "rope_theta" else 1.1
        write_json(folder / "config.json", document)
        if (run(load(folder), ids) - base).abs().max() < 2e-3:
            idle.add(".".join(map(str, path)))
    (folder / "config.json").write_text(text)
    assert idle - TRAINING == IDLE.get(folder.name, set()), idle


def check_choices(folder: Path) -> str:
    """The smallest distance between the scores of the last expert chosen and the first one not, with rounded weights too."""
    margins = []

    def look(router, inputs, _):
        scores = F.linear(inputs[0].flatten(0, -2), router.weight)
        groups = getattr(router, "num_group", 1)
        if hasattr(router, "e_score_correction_bias"):
            scores = scores.sigmoid() + router.e_score_correction_bias
        if groups > 1:
            best = scores.unflatten(-1, (groups, -1)).topk(2)[0].sum(-1).sort(descending=True)
            margins.append((best[0][:, router.topk_group - 1] - best[0][:, router.topk_group]).min().item())
            inside = torch.zeros_like(best[0]).scatter(1, best[1][:, :router.topk_group], 1.0).bool()
            scores = scores.masked_fill(~inside.repeat_interleave(scores.shape[-1] // groups, 1), -math.inf)
        order = scores.sort(descending=True)[0]
        margins.append((order[:, router.top_k - 1] - order[:, router.top_k]).min().item())

    for model in load(folder), rounded(load(folder)):
        for module in model.modules():
            if type(module).__name__.lower().endswith("topkrouter"):
                module.register_forward_hook(look)
        for ids in tokens(folder.name):
            run(model, ids)
    if not margins:
        return ""
    assert min(margins) > 1e-4, min(margins)
    return f"closest choice of experts {min(margins):.4f}"


def check_steps(folder: Path, golden: dict[str, torch.Tensor]) -> str:
    if folder.name in M1_FOLDERS:
        return ""
    model = load(folder)
    errors = [(run_in_steps(model, golden[f"tokens.{i}"].long(), first) - golden[f"logits.{i}"]).abs().max().item()
              for i, first in ((0, 1), (1, 1), (1, 20), (2, 31))]
    assert max(errors) < 1e-4 or folder.name in STEPS_STRAY, errors
    return f"steps differ by {max(errors):.1e}" + (", " + STEPS_STRAY[folder.name] if folder.name in STEPS_STRAY else "")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--to", type=Path, required=True)
    p.add_argument("names", nargs="*", help="all if none is given")
    a = p.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    for name in a.names or [*CONFIGS, *SHARDED, *M1_FOLDERS]:
        folder = a.to / name
        write_checkpoint(folder)
        golden = write_golden(folder)
        apart = lambda x, y: f"{(golden[x] - golden[y]).abs().max():.3f}" if x in golden else "-"
        size = sum(f.stat().st_size for f in folder.iterdir())
        print(f"{name}: {size / 1000:.0f} kB, logits {golden['logits.2'].std():.1f} up to {golden['logits.2'].abs().max():.1f}, "
              f"rounding weights changes {apart('bf16.logits.0', 'logits.0')}, computing in bfloat16 "
              f"{apart('bf16c.logits.0', 'bf16.logits.0')} more", flush=True)
        if name not in SHARDED and name != "mambainllama":
            checks = [check_tensors(folder), check_choices(folder), check_steps(folder, golden)]
            if name not in M1_FOLDERS:
                check_numbers(folder)
            print("   ", "; ".join(filter(None, checks)), flush=True)


if __name__ == "__main__":
    main()
