"""Tendon and nerve, along and across."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.shapes import Region
from case_library.phantoms.tissue import Slope, Tissue, across_fibres

Floats = NDArray[np.floating[Any]]

TENDON_DB = -31.0
NERVE_DB = -51.0


def tendon_long(tissue: Tissue, region: Region, slope: Slope, *, level_db: float = 0.0) -> None:
    """Add tendon cut along its fibres: fine bright parallel lines, which darken when they turn from the beam."""
    random = tissue.random
    base_db = TENDON_DB + level_db
    bundles = tissue.noise(9.0, 0.3)
    tissue.fill(region, lambda x, z: np.asarray(base_db - 17.0 + 2.0 * bundles(x, across_fibres(slope, x, z, 30.0))))
    for per_mm2, length_mm, level in ((1.4, (4.0, 14.0), -2.0), (0.5, (8.0, 26.0), 7.0), (0.1, (12.0, 40.0), 14.0)):
        x, z = tissue.scatter(region, per_mm2)
        xs, zs, part = tissue.along(x, z, slope, random.uniform(*length_mm, x.size))
        zs = zs + random.normal(0.0, 0.004, (x.size, 1)) * part * length_mm[1]
        taper = 20.0 * np.log10(np.maximum(1.0 - np.abs(part) ** 3, 1e-3))
        levels = base_db + level + 3.0 * random.normal(0.0, 1.0, (x.size, 1)) + 2.0 * tissue.noise(2.0, 0.2)(xs, zs)
        tissue.lines(xs, zs, levels + taper, region=region, wander=0.1, shine=2.0)


def tendon_short(tissue: Tissue, region: Region, *, level_db: float = 0.0) -> None:
    """Add tendon cut across its fibres: a dense bright pattern of dots."""
    random = tissue.random
    base_db = TENDON_DB + level_db
    grain = tissue.noise(0.5, 0.3)
    tissue.fill(region, lambda x, z: np.asarray(base_db - 6.0 + 3.0 * grain(x, z)))
    x, z = tissue.scatter(region, 3.0)
    xs, zs = tissue.contours(x, z, tissue.noise(1.0, 0.6), 0.6)
    tissue.lines(
        xs, zs, base_db + 4.0 + 4.0 * random.normal(0.0, 1.0, (x.size, 1)), region=region, wander=0.4, shine=0.6
    )  # fmt: skip


def nerve_long(tissue: Tissue, region: Region, slope: Slope) -> None:
    """Add nerve cut along: dark fascicles between interrupted bright lines, coarser and darker than tendon."""
    random = tissue.random
    tissue.fill(region, NERVE_DB - 5.0)
    x, z = tissue.scatter(region, 0.5)
    xs, zs, part = tissue.along(x, z, slope, random.uniform(5.0, 14.0, x.size))
    taper = 20.0 * np.log10(np.maximum(1.0 - np.abs(part) ** 3, 1e-3))
    levels = NERVE_DB + 12.0 + 3.0 * random.normal(0.0, 1.0, (x.size, 1)) + 3.0 * tissue.noise(1.5, 0.2)(xs, zs)
    tissue.lines(xs, zs, levels + taper, region=region, wander=0.25, shine=0.7)


def nerve_short(tissue: Tissue, region: Region, *, fascicle_mm: float = 1.3) -> None:
    """Add nerve cut across: a honeycomb of dark round fascicles in a bright mesh."""
    random = tissue.random
    left, right, top, bottom = region.box
    rows = np.arange(top, bottom + fascicle_mm, 0.87 * fascicle_mm)
    centres = [
        (x + random.normal(0.0, 0.12 * fascicle_mm), z + random.normal(0.0, 0.12 * fascicle_mm))
        for number, z in enumerate(rows)
        for x in np.arange(left + 0.5 * (number % 2) * fascicle_mm, right + fascicle_mm, fascicle_mm)
    ]
    places = np.asarray(centres)

    def level_db(x: Floats, z: Floats) -> Floats:
        nearest = np.full(x.shape, np.inf, np.float32)
        for place_x, place_z in places:
            np.minimum(nearest, (x - place_x) ** 2 + (z - place_z) ** 2, out=nearest)
        mesh = np.clip((np.sqrt(nearest) / fascicle_mm - 0.38) / 0.12, 0.0, 1.0)
        return np.asarray(NERVE_DB - 10.0 + 20.0 * mesh)

    tissue.fill(region, level_db)
