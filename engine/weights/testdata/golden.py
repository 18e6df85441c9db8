"""Writes golden.safetensors, which the reader's tests compare with: python3 golden.py (needs torch and safetensors)."""

import torch
from safetensors.torch import save_file

values = torch.tensor([[0.0, -0.0, 1.0, -2.5], [0.1, 65504.0, 6e-8, float("inf")]])
save_file(
    {
        "half": values.to(torch.float16),
        "brain": values.to(torch.bfloat16),
        "single": values,
        "double": values.double(),
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 4),
        "ids": torch.arange(3),
    },
    "golden.safetensors",
    metadata={"format": "pt"},
)
