"""The selective scan of a Mamba-1 layer with heads, forward and backward.

    S_t[d,n] = exp(delta_t[d] A[d,n]) S_{t-1}[d,n] + delta_t[d] B_t[g(d),n] x_t[d]      y_t[d] = sum_n S_t[d,n] C_t[h(d),n]

Channel d belongs to head h = d // N, which has its own C; rep neighbouring heads share one B, g = h // rep. Where start
is set, a new text begins and S_{t-1} is taken as zero, so that texts packed into one row do not see each other.

Shapes: x, delta [b, t, d]; B [b, t, d / rep]; C [b, t, d]; A [d, n] negative; start [b, t] bool; y [b, t, d] float32.
Two implementations: plain PyTorch for a CPU (also what the other is checked against) and Triton for a GPU.
"""

import torch

try:
    import triton
    import triton.language as tl
except ImportError:  # a CPU needs no Triton
    triton = None

N = 16  # states a channel


@torch.library.custom_op("caucus::selective_scan", mutates_args=())
def selective_scan(x: torch.Tensor, delta: torch.Tensor, B: torch.Tensor, C: torch.Tensor, A: torch.Tensor,
                   start: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns y and the states S [b, t, d, n] that the backward pass needs."""
    b, t, d = x.shape
    y = torch.empty(b, t, d, device=x.device, dtype=torch.float32)
    states = torch.empty(b, t, d, N, device=x.device, dtype=torch.float32)
    if x.is_cuda:
        rep = d // B.shape[-1]
        _forward_kernel[(b, d // N)](x, delta, B, C, A, start, y, states, t, d, d // rep, rep, num_warps=1)
        return y, states
    heads = lambda v: v.float().unflatten(-1, (-1, N))
    Bh, Ch = heads(B).repeat_interleave(d // B.shape[-1], 2), heads(C)  # [b, t, h, n]
    S = torch.zeros(b, d, N)
    for i in range(t):
        a = torch.exp(delta[:, i, :, None] * A) * ~start[:, i, None, None]
        u = (delta[:, i] * x[:, i]).unflatten(-1, (-1, N))  # [b, h, N channels]
        S = torch.addcmul((u[..., None] * Bh[:, i, :, None]).flatten(1, 2), a, S)
        states[:, i] = S
    y.copy_((states.unflatten(2, (-1, N)) * Ch[:, :, :, None]).sum(-1).flatten(2))
    return y, states


@selective_scan.register_fake
def _(x, delta, B, C, A, start):
    b, t, d = x.shape
    return x.new_empty(b, t, d, dtype=torch.float32), x.new_empty(b, t, d, N, dtype=torch.float32)


@torch.library.custom_op("caucus::selective_scan_backward", mutates_args=())
def selective_scan_backward(dy: torch.Tensor, x: torch.Tensor, delta: torch.Tensor, B: torch.Tensor, C: torch.Tensor,
                            A: torch.Tensor, start: torch.Tensor, states: torch.Tensor) -> tuple[
                                torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Returns the gradients of x, delta, B, C and A, all float32."""
    b, t, d = x.shape
    rep = d // B.shape[-1]
    new = lambda *shape: torch.empty(shape, device=x.device, dtype=torch.float32)
    dx, ddelta, dBh, dC, dA = new(b, t, d), new(b, t, d), new(b, t, d), new(b, t, d), new(b, d, N)
    if x.is_cuda:
        _backward_kernel[(b, d // N)](dy, x, delta, B, C, A, start, states, dx, ddelta, dBh, dC, dA, t, d, d // rep, rep,
                                      num_warps=1)
    else:
        heads = lambda v: v.float().unflatten(-1, (-1, N))
        channels = lambda v: v.repeat_interleave(N, 2)  # a head's vector for each of its channels
        Bd, Cd = channels(heads(B).repeat_interleave(rep, 2)), channels(heads(C))  # [b, t, d, n]
        dC.copy_((dy[..., None] * states).unflatten(2, (-1, N)).sum(3).flatten(2))
        dS, dA_sum = torch.zeros(b, d, N), torch.zeros(b, d, N)
        for i in reversed(range(t)):
            dS = dS + dy[:, i, :, None] * Cd[:, i]
            before = states[:, i - 1] if i > 0 else torch.zeros_like(dS)
            a = torch.exp(delta[:, i, :, None] * A) * ~start[:, i, None, None]
            through = dS * a * before  # gradient of the exponent delta A
            dSB = (dS * Bd[:, i]).sum(-1)
            dx[:, i] = dSB * delta[:, i]
            ddelta[:, i] = dSB * x[:, i] + (through * A).sum(-1)
            dBh[:, i] = (dS * (delta[:, i] * x[:, i])[..., None]).unflatten(1, (-1, N)).sum(2).flatten(1)
            dA_sum += through * delta[:, i, :, None]
            dS = dS * a
        dA.copy_(dA_sum)
    dB = dBh.unflatten(2, (-1, rep, N)).sum(3).flatten(2)
    return dx, ddelta, dB, dC, dA.sum(0)


@selective_scan_backward.register_fake
def _(dy, x, delta, B, C, A, start, states):
    like = lambda v: v.new_empty(v.shape, dtype=torch.float32)
    return like(x), like(delta), like(B), like(C), like(A)


def _setup(ctx, inputs, output):
    ctx.save_for_backward(*inputs, output[1])


def _backward(ctx, dy, _):
    x, delta, B, C, A, start, states = ctx.saved_tensors
    dx, ddelta, dB, dC, dA = selective_scan_backward(dy.contiguous(), x, delta, B, C, A, start, states)
    return dx.to(x.dtype), ddelta.to(delta.dtype), dB.to(B.dtype), dC.to(C.dtype), dA, None


selective_scan.register_autograd(_backward, setup_context=_setup)

if triton is not None:

    @triton.jit
    def _forward_kernel(x, delta, B, C, A, start, y, states, T, D, W, rep):
        """One program a (row, head): 16 channels x 16 states in registers, T steps."""
        b, h = tl.program_id(0).to(tl.int64), tl.program_id(1)
        n = tl.arange(0, 16)
        channel = h * 16 + n
        a_log = tl.load(A + channel[:, None] * 16 + n[None, :])
        S = tl.zeros((16, 16), tl.float32)
        for t in range(T):
            row = b * T + t
            xt = tl.load(x + row * D + channel).to(tl.float32)
            dt = tl.load(delta + row * D + channel).to(tl.float32)
            Bt = tl.load(B + row * W + (h // rep) * 16 + n).to(tl.float32)
            Ct = tl.load(C + row * D + h * 16 + n).to(tl.float32)
            keep = 1.0 - tl.load(start + row).to(tl.float32)
            S = tl.exp(dt[:, None] * a_log) * keep * S + (dt * xt)[:, None] * Bt[None, :]
            tl.store(y + row * D + channel, tl.sum(S * Ct[None, :], 1))
            tl.store(states + (row * D + channel[:, None]) * 16 + n[None, :], S)

    @triton.jit
    def _backward_kernel(dy, x, delta, B, C, A, start, states, dx, ddelta, dB, dC, dA, T, D, W, rep):
        """The same program layout, from the last step to the first. dB is written a head, summed over heads outside."""
        b, h = tl.program_id(0).to(tl.int64), tl.program_id(1)
        n = tl.arange(0, 16)
        channel = h * 16 + n
        a_log = tl.load(A + channel[:, None] * 16 + n[None, :])
        dS = tl.zeros((16, 16), tl.float32)
        dA_sum = tl.zeros((16, 16), tl.float32)
        S = tl.load(states + ((b * T + T - 1) * D + channel[:, None]) * 16 + n[None, :])
        for i in range(T):
            row = b * T + T - 1 - i
            g = tl.load(dy + row * D + channel).to(tl.float32)
            xt = tl.load(x + row * D + channel).to(tl.float32)
            dt = tl.load(delta + row * D + channel).to(tl.float32)
            Bt = tl.load(B + row * W + (h // rep) * 16 + n).to(tl.float32)
            Ct = tl.load(C + row * D + h * 16 + n).to(tl.float32)
            keep = 1.0 - tl.load(start + row).to(tl.float32)
            inside = (i < T - 1) & (n[None, :] < 16)
            before = tl.load(states + ((row - 1) * D + channel[:, None]) * 16 + n[None, :], mask=inside, other=0.0)
            dS += g[:, None] * Ct[None, :]
            a = tl.exp(dt[:, None] * a_log) * keep
            through = dS * a * before
            dSB = tl.sum(dS * Bt[None, :], 1)
            tl.store(dC + row * D + h * 16 + n, tl.sum(g[:, None] * S, 0))
            tl.store(dx + row * D + channel, dSB * dt)
            tl.store(ddelta + row * D + channel, dSB * xt + tl.sum(through * a_log, 1))
            tl.store(dB + row * D + h * 16 + n, tl.sum(dS * (dt * xt)[:, None], 0))
            dA_sum += through * dt[:, None]
            dS = dS * a
            S = before
        tl.store(dA + (b * D + channel[:, None]) * 16 + n[None, :], dA_sum)
