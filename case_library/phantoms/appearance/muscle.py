"""Skeletal muscle, along and across its fascicles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.shapes import Region
from case_library.phantoms.tissue import Slope, Tissue, across_fibres, slope_at

Floats = NDArray[np.floating[Any]]

MUSCLE_DB = -58.1


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
    base_db = MUSCLE_DB + level_db + 30.0 * fat
    bundles, bands, patches = tissue.noise(6.0, 0.7), tissue.noise(9.0, 1.4), tissue.noise(9.0, 4.0)
    # Neighbouring fibres send back nearly in step: a scanner's speckle reduction leaves them streaks, not beads.
    sway, in_step = tissue.noise(14.0, 5.0), tissue.noise(6.0, 2.0)

    def waving(x: Floats, z: Floats) -> Floats:
        return np.asarray(slope_at(slope, x, z) + 0.035 * sway(x, z))

    def of(x: Floats, z: Floats) -> Floats:
        fibre = across_fibres(slope, x, z, 30.0)
        texture = (3.6 - 2.4 * fat) * bundles(x, fibre) + 2.4 * bands(x, fibre) + 2.2 * patches(x, z)
        return np.asarray(base_db + 0.5 + 6.0 * fat + texture, np.float32)

    tissue.fill(region, of, loss_db_per_mm=0.25 * fat, per_mm2=30.0)
    strength = clarity * (1.0 - 0.75 * fat)
    for per_mm2, length_mm, level, spread, wander, doubled in (
        (2.4, (1.0, 5.0), -1.0, 4.0, 0.5, False),
        (0.5, (1.5, 7.0), 5.0, 4.0, 0.35, False),
        (0.24, (2.0, 9.0), 11.0, 4.0, 0.2, True),
        (0.05, (4.0, 16.0), 21.0, 4.0, 0.15, True),
    ):
        x, z = tissue.scatter(region, per_mm2)
        length = random.uniform(*length_mm, x.size)
        tilt = random.normal(0.0, 0.02, x.size)[:, None]
        xs, zs, part = tissue.along(x, z, waving, length)
        run = part * length[:, None] / 2.0
        zs = zs + tilt * run
        gathered = 2.4 * patches(x, z) + 1.6 * bundles(x, across_fibres(slope, x, z, 30.0))
        level_of = base_db + strength * (level + spread * random.normal(0.0, 1.0, x.size) + gathered)
        uneven = 3.2 * tissue.noise(1.4, 0.25)(xs, zs)
        taper = 20.0 * np.log10(np.maximum(1.0 - np.abs(part) ** 4, 1e-3))
        levels = level_of[:, None] + uneven + taper
        phase = 1.5 * in_step(xs, zs) + random.normal(0.0, 0.8, (x.size, 1))
        tissue.lines(xs, zs, levels, region=region, phase=phase, wander=wander + 0.4 * fat, shine=0.85)
        if doubled:
            beside = 0.22 + random.normal(0.0, 0.02, x.size)[:, None] * run
            tissue.lines(xs, zs + beside, levels - 3.0, region=region, phase=phase, wander=wander, shine=0.85)


def muscle_short(
    tissue: Tissue, region: Region, *, fat: float = 0.0, clarity: float = 1.0, level_db: float = 0.0
) -> None:
    """Add muscle cut across its fascicles: dots and short curved septa between bundles ("starry night")."""
    random = tissue.random
    base_db = MUSCLE_DB + level_db + 30.0 * fat
    bundles, patches = tissue.noise(0.9, 0.5), tissue.noise(7.0, 4.0)

    def of(x: Floats, z: Floats) -> Floats:
        texture = (3.0 - 2.0 * fat) * bundles(x, z) + 2.2 * patches(x, z)
        return np.asarray(base_db + 4.5 + 2.0 * fat + texture, np.float32)

    tissue.fill(region, of, loss_db_per_mm=0.25 * fat, per_mm2=30.0)
    strength = clarity * (1.0 - 0.75 * fat)
    for per_mm2, length_mm, level, spread, weave in (
        (3.0, 0.6, 8.0, 4.0, tissue.noise(0.8, 0.6)),
        (1.2, 1.2, 11.0, 4.5, tissue.noise(1.4, 0.8)),
        (0.3, 2.4, 16.0, 4.5, tissue.noise(2.4, 1.2)),
        (0.05, 6.0, 20.0, 4.0, tissue.noise(5.0, 1.8)),
    ):
        x, z = tissue.scatter(region, per_mm2)
        xs, zs = tissue.contours(x, z, weave, length_mm)
        taper = 20.0 * np.log10(np.maximum(1.0 - np.abs(np.linspace(-1.0, 1.0, xs.shape[1])) ** 3, 3e-2))
        levels = base_db + strength * (level + spread * random.normal(0.0, 1.0, x.size) + 2.5 * patches(x, z))
        uneven = 3.0 * tissue.noise(0.9, 0.5)(xs, zs)
        tissue.lines(xs, zs, levels[:, None] + uneven + taper, region=region, wander=0.5, shine=0.9)


def nodule(tissue: Tissue, region: Region, slope: Slope) -> None:
    """Add a trigger point's dark spindle of muscle, whose fascicles hardly show."""
    muscle_long(tissue, region, slope, clarity=0.45, level_db=-9.0)
