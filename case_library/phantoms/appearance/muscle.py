"""Skeletal muscle, along and across its fascicles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.shapes import Region
from case_library.phantoms.tissue import Slope, Tissue, across_fibres

Floats = NDArray[np.floating[Any]]

MUSCLE_DB = -44.0


def muscle_long(
    tissue: Tissue, region: Region, slope: Slope, *, fat: float = 0.0, clarity: float = 1.0, level_db: float = 0.0
) -> None:
    """Add muscle cut along its fascicles: dark, with the perimysium as bright streaks of many lengths.

    Parameters
    ----------
    slope : float or callable
        Depth gained per mm to the right along the fascicles.
    fat : float
        0 is healthy; 1 a muscle replaced by fat and connective tissue: brighter, its streaks blurred.
    clarity : float
        How clearly the perimysium shows.
    level_db : float
        By how much brighter the whole muscle is.
    """
    random = tissue.random
    base_db = MUSCLE_DB + level_db + 17.0 * fat
    bundles, bands, patches = tissue.noise(5.0, 0.42), tissue.noise(12.0, 1.3), tissue.noise(11.0, 5.0)

    def of(x: Floats, z: Floats) -> Floats:
        fibre = across_fibres(slope, x, z, 30.0)
        texture = (2.6 - 1.4 * fat) * bundles(x, fibre) + 1.6 * bands(x, fibre) + 1.8 * patches(x, z)
        return np.asarray(base_db + texture, np.float32)

    tissue.fill(region, of, loss_db_per_mm=0.25 * fat)
    strength = clarity * (1.0 - 0.75 * fat)
    for per_mm2, length_mm, level, spread, thickness in (
        (1.1, (1.5, 5.0), 5.0, 4.0, 0.0),
        (0.22, (3.0, 12.0), 12.0, 5.0, 0.10),
        (0.035, (6.0, 20.0), 20.0, 4.0, 0.16),
    ):
        x, z = tissue.scatter(region, per_mm2)
        length = random.uniform(*length_mm, x.size)
        tilt = random.normal(0.0, 0.02, x.size)[:, None]
        bend = random.normal(0.0, 0.002, x.size)[:, None]
        xs, zs, part = tissue.along(x, z, slope, length)
        run = part * length[:, None] / 2.0
        zs = zs + tilt * run + bend * run**2
        level_of = base_db + strength * (level + spread * random.normal(0.0, 1.0, x.size) + 2.5 * patches(x, z))
        uneven = 3.5 * tissue.noise(1.6, 0.25)(xs, zs)
        taper = 20.0 * np.log10(np.maximum(1.0 - np.abs(part) ** 2.5, 1e-3))
        levels = level_of[:, None] + uneven + taper
        tissue.lines(xs, zs, levels, region=region, wander=0.25 + 0.5 * fat, shine=0.85)
        if thickness:
            tissue.lines(
                xs, zs + thickness + 0.04 * run / length_mm[1], levels - 3.0, region=region, wander=0.35, shine=0.85
            )


def muscle_short(
    tissue: Tissue, region: Region, *, fat: float = 0.0, clarity: float = 1.0, level_db: float = 0.0
) -> None:
    """Add muscle cut across its fascicles: dots and short curved septa between bundles ("starry night")."""
    random = tissue.random
    base_db = MUSCLE_DB + level_db + 17.0 * fat
    bundles, patches = tissue.noise(0.8, 0.5), tissue.noise(7.0, 4.0)

    def of(x: Floats, z: Floats) -> Floats:
        return np.asarray(base_db + (2.6 - 1.4 * fat) * bundles(x, z) + 1.8 * patches(x, z), np.float32)

    tissue.fill(region, of, loss_db_per_mm=0.25 * fat)
    strength = clarity * (1.0 - 0.75 * fat)
    weave = tissue.noise(1.6, 1.0)
    for per_mm2, length_mm, level, spread in ((1.6, 0.5, 8.0, 4.0), (0.5, 1.5, 11.0, 5.0), (0.06, 4.0, 16.0, 4.0)):
        x, z = tissue.scatter(region, per_mm2)
        xs, zs = tissue.contours(x, z, weave, length_mm)
        levels = base_db + strength * (level + spread * random.normal(0.0, 1.0, x.size) + 2.0 * patches(x, z))
        uneven = 3.0 * tissue.noise(0.8, 0.4)(xs, zs)
        tissue.lines(xs, zs, levels[:, None] + uneven, region=region, wander=0.4, shine=0.75)


def nodule(tissue: Tissue, region: Region, slope: Slope) -> None:
    """Add a trigger point's dark spindle of muscle, whose fascicles hardly show."""
    muscle_long(tissue, region, slope, clarity=0.35, level_db=-9.0)
