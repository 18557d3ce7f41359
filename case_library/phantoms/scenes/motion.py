"""Displacement fields from which the scenes' motion is put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]
# The depth of a border: everywhere, or at the place of each point.
Border = float | Floats


def smooth(x: ArrayLike) -> Floats:
    """Return the cubic from 0 at x <= 0 to 1 at x >= 1 that is level at both ends."""
    part = np.clip(np.asarray(x, float), 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))


def through_layers(z: Floats, rest: Sequence[Border], now: Sequence[Border]) -> Floats:
    """Return the depth now of points at depth `z` at rest, between borders that have moved; straight in between.

    Parameters
    ----------
    z : array of shape (n,)
    rest, now : sequence of numbers or arrays of shape (n,)
        Depth of each border, from above; a layer may have no thickness.
    """
    z = np.asarray(z, float)
    moved = z + (np.asarray(now[0], float) - rest[0])
    for top, bottom, new_top, new_bottom in zip(rest, rest[1:], now, now[1:], strict=False):
        height = np.asarray(bottom, float) - top
        part = np.divide(z - top, height, out=np.zeros_like(z), where=height > 1e-9)
        within = new_top + part * (np.asarray(new_bottom, float) - new_top)
        moved = np.where(z >= top, within, moved)
    return np.asarray(np.where(z >= rest[-1], z + (np.asarray(now[-1], float) - rest[-1]), moved))


def mixed(rest: ArrayLike, full: ArrayLike, activation: float) -> Floats:
    """Return the values between those at rest and those at full activation."""
    rest = np.asarray(rest, float)
    return np.asarray(rest + (np.asarray(full, float) - rest) * activation)


def band(z: Floats, top: float, bottom: float, above: float, below: float) -> Floats:
    """Return 1 from `top` to `bottom`, falling smoothly to 0 at `above` and at `below`."""
    return np.asarray(smooth((z - above) / (top - above)) * smooth((below - z) / (below - bottom)))


def superellipse(half_x_mm: float, half_z_mm: float, powers: tuple[float, float], corners: int = 96) -> Floats:
    """Return the outline about (0, 0), shape (corners, 2): an ellipse at power 2, a rounded box above that.

    Parameters
    ----------
    powers : (of the upper half, of the lower half)
    """
    turn = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    cos, sin = np.cos(turn), np.sin(turn)
    power = np.where(sin < 0.0, *powers)
    return np.stack(
        [half_x_mm * np.sign(cos) * np.abs(cos) ** (2 / power), half_z_mm * np.sign(sin) * np.abs(sin) ** (2 / power)],
        axis=1,
    )


class Wavy:
    """A smooth random function of depth, of mean 0 and variance about 1: how ragged a torn edge is."""

    def __init__(self, random: np.random.Generator, length_mm: float, waves: int = 8) -> None:
        self._turns_per_mm = random.standard_normal(waves) / length_mm
        self._phase = random.uniform(0.0, 2.0 * np.pi, waves)

    def __call__(self, z: Floats) -> Floats:
        turns = np.asarray(z, float)[..., None] * self._turns_per_mm + self._phase
        return np.asarray(np.cos(turns).sum(axis=-1) * np.sqrt(2.0 / len(self._phase)))
