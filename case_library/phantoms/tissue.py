"""Tissue at rest as scatterers: filled layers, smooth surfaces, fascicles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.speckle import Scatterers, Transducer, tissue_amplitude

Floats = NDArray[np.floating[Any]]
# A value at each point (x_mm, z_mm).
PointFunction = Callable[[Floats, Floats], Floats]

# About 7 in the point-spread function at the skin, 18 at the femur: the mean over the deviation of one look is then
# 1.88 on a homogeneous block, that of infinitely many 1.91.
SCATTERERS_PER_MM2 = 50.0
_SURFACE_STEP_MM = 0.1


def smooth_noise(random: np.random.Generator, x_mm: float, z_mm: float, waves: int = 24) -> PointFunction:
    """Return a smooth random field of mean 0 and variance 1 whose features are about `x_mm` long and `z_mm` high."""
    kx, kz = random.standard_normal((2, waves, 1)) * np.array([[[1.0 / x_mm]], [[1.0 / z_mm]]])
    phase = random.uniform(0.0, 2.0 * np.pi, (waves, 1))

    def value(x: Floats, z: Floats) -> Floats:
        total = np.zeros(np.broadcast(x, z).shape, np.float32)
        for one_kx, one_kz, one_phase in zip(kx[:, 0], kz[:, 0], phase[:, 0], strict=True):
            total += np.cos(np.float32(one_kx) * x + np.float32(one_kz) * z + np.float32(one_phase))
        return total * np.float32(np.sqrt(2.0 / waves))

    return value


class Tissue:
    """Scatterers of one body that moves as one, gathered piece by piece."""

    def __init__(self, random: np.random.Generator, transducer: Transducer) -> None:
        self._random = random
        self._mm_per_px = transducer.mm_per_px
        margin_mm = transducer.margin_px * transducer.mm_per_px
        self.left_mm, self.right_mm = -margin_mm, transducer.columns * transducer.mm_per_px + margin_mm
        self._pieces: list[Scatterers] = []

    def fill(self, top_mm: float, bottom_mm: float, level_db: PointFunction) -> None:
        """Add tissue that gives speckle of a level (0 dB: white is about there), over the full width."""
        count = round(SCATTERERS_PER_MM2 * (self.right_mm - self.left_mm) * (bottom_mm - top_mm))
        x = self._random.uniform(self.left_mm, self.right_mm, count).astype(np.float32)
        z = self._random.uniform(top_mm, bottom_mm, count).astype(np.float32)
        amplitude = tissue_amplitude(level_db(x, z), SCATTERERS_PER_MM2, self._mm_per_px)
        self._add(x, z, amplitude.astype(np.complex64), 1.0)

    def surface(
        self, x_mm: Floats, z_mm: Floats, level_db: Floats, *, phase: Floats | float = 0.0, roughness_mm: float = 0.05
    ) -> None:
        """Add points of a smooth surface, `_SURFACE_STEP_MM` apart, with echoes in step along it."""
        # What a unit amplitude per pixel along a flat line comes to, after a point-spread function of unit energy.
        gain = 2.2 * self._mm_per_px / _SURFACE_STEP_MM
        rough = self._random.standard_normal(z_mm.shape) * roughness_mm
        amplitude = 10.0 ** (level_db / 20.0) / gain * np.exp(1j * np.asarray(phase))
        self._add(x_mm, z_mm + rough, amplitude, 0.0)

    def sheet(
        self, depth_mm: Callable[[Floats], Floats], level_db: float, *, thickness_mm: float, variation_db: float = 3.0
    ) -> None:
        """Add a fascia or an aponeurosis across the whole width: bright, nearly parallel fibres of uneven strength."""
        random = self._random
        x = np.arange(self.left_mm, self.right_mm, _SURFACE_STEP_MM)
        nought = np.zeros_like(x)
        swelling = 1.0 + 0.2 * smooth_noise(random, 4.0, 1.0)(x, nought)
        for _ in range(max(1, round(thickness_mm / 0.14))):
            offset = random.uniform(-0.5, 0.5) * thickness_mm * swelling
            ripple = 0.05 * smooth_noise(random, 1.5, 1.0)(x, nought)
            strength = level_db + variation_db * smooth_noise(random, 2.5, 1.0)(x, nought)
            phase = random.uniform(0.0, 2.0 * np.pi) + 1.5 * smooth_noise(random, 2.0, 1.0)(x, nought)
            self.surface(x, depth_mm(x) + offset + ripple, strength, phase=phase)

    def fascicles(
        self,
        top_mm: float,
        bottom_mm: float,
        slope: float,
        *,
        per_mm2: float,
        length_mm: tuple[float, float],
        level_db: tuple[float, float],
    ) -> None:
        """Add bright streaks of perimysium along the fascicles of a layer.

        Parameters
        ----------
        slope : float
            Depth gained per mm to the right: the tangent of the pennation angle.
        per_mm2 : float
            Streaks that begin in one square millimetre.
        length_mm, level_db : (least, most)
        """
        random, reach = self._random, length_mm[1]
        count = round(per_mm2 * (self.right_mm - self.left_mm + 2 * reach) * (bottom_mm - top_mm))
        for _ in range(count):
            middle_x = random.uniform(self.left_mm - reach, self.right_mm + reach)
            middle_z = random.uniform(top_mm, bottom_mm)
            length = random.uniform(*length_mm)
            tilt, bend = slope + random.normal(0.0, 0.02), random.normal(0.0, 0.0015)
            strength = level_db[0] + (level_db[1] - level_db[0]) * random.beta(1.3, 2.2)
            phase = random.uniform(0.0, 2.0 * np.pi)
            for strand in range(random.integers(1, 4)):
                along = np.arange(-length / 2, length / 2, _SURFACE_STEP_MM) + random.normal(0.0, length / 12)
                x = middle_x + along
                z = middle_z + tilt * along + bend * along**2 + 0.16 * strand
                taper = np.cos(np.pi * np.linspace(-0.5, 0.5, along.size))
                level = strength - 3.0 * strand + 20.0 * np.log10(np.maximum(taper, 1e-3))
                wander = np.cumsum(random.normal(0.0, 0.15, along.size))
                keep = (z > top_mm) & (z < bottom_mm) & (x > self.left_mm) & (x < self.right_mm)
                self.surface(x[keep], z[keep], level[keep], phase=phase + wander[keep], roughness_mm=0.04)

    def scatterers(self) -> Scatterers:
        return Scatterers(
            np.concatenate([piece.x_mm for piece in self._pieces]),
            np.concatenate([piece.z_mm for piece in self._pieces]),
            np.concatenate([piece.amplitude for piece in self._pieces]),
            np.concatenate([piece.coherence for piece in self._pieces]),
        )

    def _add(self, x_mm: Floats, z_mm: Floats, amplitude: NDArray[Any], coherence: float) -> None:
        self._pieces.append(
            Scatterers(
                np.asarray(x_mm, np.float32),
                np.asarray(z_mm, np.float32),
                np.asarray(amplitude, np.complex64),
                np.full(x_mm.shape, coherence, np.float32),
            )
        )
