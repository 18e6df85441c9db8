"""M1 with Mamba-2 layers in place of its Mamba-1 layers, as in the checkpoints named Llama3.2-Mamba2.

What differs from model.py: x, B and C all pass the convolution, x and B are repeated for the heads after it, a head has one
step size and one decay, the step's bias is added once, and the gated output is normalised head by head.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

import model


@dataclass
class Config(model.Config):
    groups: int = 24  # heads; each has d_inner / groups channels, as many states, and its own C


class GatedNorm(nn.Module):
    """RMSNorm of v * silu(z), over each head's channels. Its epsilon is fixed."""

    def __init__(self, width: int, groups: int):
        super().__init__()
        self.weight, self.groups = nn.Parameter(torch.ones(width)), groups

    def forward(self, v, z):
        v = (v * F.silu(z)).unflatten(-1, (self.groups, -1))
        return (v * torch.rsqrt(v.square().mean(-1, keepdim=True) + 1e-5)).flatten(-2) * self.weight


class Mamba2(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        assert c.d_inner == c.groups * c.d_state, "a head has as many channels as states"
        self.c = c
        self.in_proj = nn.Linear(c.d_model, 2 * c.d_inner + 2 * c.d_xb + c.groups, bias=False)
        wide = 2 * c.d_xb + c.d_inner
        self.conv1d = nn.Conv1d(wide, wide, c.d_conv, groups=wide, padding=c.d_conv - 1)
        self.dt_bias = nn.Parameter(torch.zeros(c.groups))
        self.A_log = nn.Parameter(torch.zeros(c.groups))
        self.D = nn.Parameter(torch.ones(c.groups))
        self.norm = GatedNorm(c.d_inner, c.groups)
        self.out_proj = nn.Linear(c.d_inner, c.d_model, bias=False)

    def forward(self, u, text):
        """One text a row: packed rows are not needed where nothing is trained."""
        c, t = self.c, u.shape[1]
        z, xBC, dt = self.in_proj(u).split([c.d_inner, 2 * c.d_xb + c.d_inner, c.groups], -1)
        xBC = F.silu(self.conv1d(xBC.transpose(1, 2))[:, :, :t].transpose(1, 2))
        x, B, C = xBC.split([c.d_xb, c.d_xb, c.d_inner], -1)
        heads = lambda v: v.unflatten(-1, (-1, c.d_state))
        x, B = (heads(v).repeat_interleave(c.d_inner // c.d_xb, 2) for v in (x, B))
        C, delta = heads(C), F.softplus(dt + self.dt_bias)
        keep = torch.exp(delta * -self.A_log.exp())  # [b, t, h]
        S, y = torch.zeros(u.shape[0], c.groups, c.d_state, c.d_state), []
        for i in range(t):
            S = keep[:, i, :, None, None] * S + (delta[:, i, :, None] * x[:, i])[..., None] * B[:, i, :, None]
            y.append((S * C[:, i, :, None]).sum(-1) + self.D[:, None] * x[:, i])
        return self.out_proj(self.norm(torch.stack(y, 1).flatten(2), z))


class M1(model.M1):
    def __init__(self, c: Config):
        super().__init__(c)
        for layer in self.model.layers:
            if hasattr(layer, "mamba"):
                layer.mamba = Mamba2(c)
