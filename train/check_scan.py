"""Checks the GPU's selective scan, forward and backward, against the CPU's: python check_scan.py"""

import torch

from scan import selective_scan


def results(device: str, inputs: list[torch.Tensor], start: torch.Tensor, weight: torch.Tensor) -> list[torch.Tensor]:
    leaves = [v.to(device).requires_grad_() for v in inputs]
    y, _ = selective_scan(*leaves, start.to(device))
    return [y.detach().cpu(), *(g.cpu() for g in torch.autograd.grad((y * weight.to(device)).sum(), leaves))]


def main() -> None:
    torch.manual_seed(0)
    b, t, d = 3, 70, 192
    inputs = [torch.randn(b, t, d), torch.rand(b, t, d), torch.randn(b, t, 64), torch.randn(b, t, d), -3 * torch.rand(d, 16)]
    start = torch.rand(b, t) < 0.05
    start[:, 0] = True
    weight = torch.randn(b, t, d)
    names = ["y", "dx", "ddelta", "dB", "dC", "dA"]
    for name, cpu, gpu in zip(names, results("cpu", inputs, start, weight), results("cuda", inputs, start, weight)):
        error = ((cpu - gpu).norm() / cpu.norm()).item()
        print(f"{name}: relative error {error:.1e}")
        assert error < 1e-5, name


if __name__ == "__main__":
    main()
