"""Smooth random fields, from which everything uneven in tissue is made."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


class SmoothNoise:
    """A smooth random field of mean 0 and variance 1 whose features are about `x_mm` long and `z_mm` high."""

    def __init__(self, random: np.random.Generator, x_mm: float, z_mm: float, waves: int = 24) -> None:
        self._kx, self._kz = random.standard_normal((2, waves)) * np.array([[1.0 / x_mm], [1.0 / z_mm]])
        self._phase = random.uniform(0.0, 2.0 * np.pi, waves)
        self._scale = np.float32(np.sqrt(2.0 / waves))

    def __call__(self, x: Floats, z: Floats) -> Floats:
        total = np.zeros(np.broadcast(x, z).shape, np.float32)
        for kx, kz, phase in zip(self._kx, self._kz, self._phase, strict=True):
            total += np.cos(np.float32(kx) * x + np.float32(kz) * z + np.float32(phase))
        return total * self._scale

    def gradient(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        along_x: Floats = np.zeros(np.broadcast(x, z).shape, np.float32)
        along_z: Floats = np.zeros(along_x.shape, np.float32)
        for kx, kz, phase in zip(self._kx, self._kz, self._phase, strict=True):
            sine = np.sin(np.float32(kx) * x + np.float32(kz) * z + np.float32(phase))
            along_x = along_x - np.float32(kx) * sine
            along_z = along_z - np.float32(kz) * sine
        return along_x * self._scale, along_z * self._scale
