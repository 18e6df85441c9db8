"""The M1 architecture (arXiv 2504.10449) in plain PyTorch: Mamba-1 layers with grouped x and B, a few attention layers.

The modules are named so that state_dict() is a checkpoint in M1's own tensor naming. The embedded model is M1-3B with
every width divided by 16 and ten layers instead of 28.
"""

from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional as F

import vocabulary
from scan import selective_scan


@dataclass
class Config:
    d_model: int = 192
    d_inner: int = 192
    d_xb: int = 64
    d_state: int = 16
    d_conv: int = 4
    n_layer: int = 10
    attn_layers: list[int] = field(default_factory=lambda: [3, 8])
    intermediate_size: int = 512
    heads: int = 6
    kv_heads: int = 2
    head_dim: int = 32
    rope_theta: float = 500000.0
    vocab_size: int = vocabulary.SIZE
    eps: float = 1e-5

    @property
    def dt_rank(self) -> int:
        return -(-self.d_model // 16)


class RMSNorm(nn.Module):
    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class Mamba(nn.Module):
    """The mixer of M1: z, x, B, C and r from one projection; x is repeated before the convolution."""

    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.in_proj = nn.Linear(c.d_model, 2 * c.d_inner + 2 * c.d_xb + c.dt_rank, bias=False)
        self.conv1d = nn.Conv1d(c.d_inner, c.d_inner, c.d_conv, groups=c.d_inner)
        self.dt_proj = nn.Linear(c.dt_rank, c.d_inner)
        self.A_log = nn.Parameter(torch.arange(1.0, c.d_state + 1).log().repeat(c.d_inner, 1))
        self.D = nn.Parameter(torch.ones(c.d_inner))
        self.out_proj = nn.Linear(c.d_inner, c.d_model, bias=False)
        step = torch.exp(torch.empty(c.d_inner).uniform_(-6.9, -2.3))  # delta starts between 0.001 and 0.1
        with torch.no_grad():  # the bias is added twice, below
            self.dt_proj.bias.copy_((step + torch.log(-torch.expm1(-step))) / 2)

    def forward(self, u, text):
        c = self.c
        z, x, B, C, r = self.in_proj(u).split([c.d_inner, c.d_xb, c.d_xb, c.d_inner, c.dt_rank], -1)
        x = x.unflatten(-1, (-1, c.d_state)).repeat_interleave(c.d_inner // c.d_xb, 2).flatten(2)
        taps = self.conv1d.weight[:, 0]
        conv = self.conv1d.bias + x * taps[:, -1]
        for back in range(1, c.d_conv):  # a tap that would reach before its text begins reads zero
            earlier = F.pad(x, (0, 0, back, 0))[:, :-back]
            conv = conv + torch.where(text.position[..., None] >= back, earlier, 0.0) * taps[:, -1 - back]
        x = F.silu(conv)
        delta = F.softplus(self.dt_proj(r).float() + self.dt_proj.bias)  # M1 adds the bias a second time
        y, _ = selective_scan(x, delta, B.contiguous(), C.contiguous(), -self.A_log.float().exp(), text.start)
        return self.out_proj((y + self.D * x) * F.silu(z))


class Attention(nn.Module):
    """Grouped-query attention with rotary positions, over the row's own text only."""

    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.in_proj = nn.Linear(c.d_model, (c.heads + 2 * c.kv_heads) * c.head_dim, bias=False)
        self.out_proj = nn.Linear(c.heads * c.head_dim, c.d_model, bias=False)

    def rotate(self, v, text):
        first, second = v.float().chunk(2, -1)
        cos, sin = text.cos[:, None], text.sin[:, None]
        return torch.cat([first * cos - second * sin, second * cos + first * sin], -1).to(v.dtype)

    def forward(self, u, text):
        c = self.c
        heads = self.in_proj(u).unflatten(-1, (-1, c.head_dim)).transpose(1, 2)
        q, k, v = heads.split([c.heads, c.kv_heads, c.kv_heads], 1)
        q, k = self.rotate(q, text), self.rotate(k, text)
        k, v = (w.repeat_interleave(c.heads // c.kv_heads, 1) for w in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=text.visible)
        return self.out_proj(y.transpose(1, 2).flatten(2))


class MLP(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.gate_proj = nn.Linear(c.d_model, c.intermediate_size, bias=False)
        self.up_proj = nn.Linear(c.d_model, c.intermediate_size, bias=False)
        self.down_proj = nn.Linear(c.intermediate_size, c.d_model, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, c: Config, attention: bool):
        super().__init__()
        self.input_layernorm = RMSNorm(c.d_model, c.eps)
        self.post_attention_layernorm = RMSNorm(c.d_model, c.eps)
        self.mlp = MLP(c)
        if attention:
            self.mha = Attention(c)
        else:
            self.mamba = Mamba(c)

    def forward(self, h, text):
        mixer = self.mha if hasattr(self, "mha") else self.mamba
        h = h + mixer(self.input_layernorm(h), text)
        return h + self.mlp(self.post_attention_layernorm(h))


class Text:
    """What the layers must know of a batch of packed rows: where texts begin, positions, and who sees whom."""

    def __init__(self, start: torch.Tensor, c: Config):
        index = torch.arange(start.shape[1], device=start.device)
        number = start.cumsum(1)
        self.start = start
        self.position = index - torch.where(start, index, 0).cummax(1).values
        self.visible = ((number[:, None, :, None] == number[:, None, None, :])
                        & (index[:, None] >= index[None, :]))  # [b, 1, t, t]
        theta = c.rope_theta ** (-torch.arange(0, c.head_dim, 2, device=start.device, dtype=torch.float32) / c.head_dim)
        angle = self.position[..., None].float() * theta
        self.cos, self.sin = angle.cos(), angle.sin()


class Backbone(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.embed_tokens = nn.Embedding(c.vocab_size, c.d_model)
        self.layers = nn.ModuleList(Layer(c, i in c.attn_layers) for i in range(c.n_layer))
        self.norm = RMSNorm(c.d_model, c.eps)


class M1(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.model = Backbone(c)
        for name, w in self.named_parameters():
            if name.endswith(("proj.weight", "embed_tokens.weight")):
                deep = name.endswith(("out_proj.weight", "down_proj.weight"))
                nn.init.normal_(w, std=0.02 / ((2 * c.n_layer) ** 0.5 if deep else 1.0))

    def forward(self, tokens, start):
        """Logits [b, t, vocab] of token rows [b, t]; start marks the first token of each text in a row."""
        text = Text(start, self.c)
        h = self.model.embed_tokens(tokens)
        for layer in self.model.layers:
            h = layer(h, text)
        return F.linear(self.model.norm(h), self.model.embed_tokens.weight)
