"""Blood and other fluid: what fills a gap, hematoma by age, vessels."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.appearance.layers import sheet
from case_library.phantoms.shapes import Region
from case_library.phantoms.tissue import Tissue

Floats = NDArray[np.floating[Any]]

FLUID_DB = -66.0
# About as bright as muscle at rest, its streaks included.
_GREY_DB = -53.0
# Fluid takes next to nothing of the sound, so what lies behind it is brighter than beside it.
_FLUID_LOSS_DB_PER_MM = -0.55


class Stage(StrEnum):
    """How a hematoma looks as it ages."""

    FRESH = "fresh"  # mixed, largely as bright as muscle or brighter, without a rim
    DEBRIS = "debris"  # dark, with fine and coarse echoes afloat
    ANECHOIC = "anechoic"  # black, with a few thin septa
    ORGANISED = "organised"  # grey, with a bright rim


def gap_content(tissue: Tissue, region: Region, mix: float = 0.3) -> None:
    """Add what lies between the ends of a tear: 0 is clear fluid, 1 is clot nearly as bright as muscle."""
    clots = tissue.noise(1.3, 1.0)
    base_db = FLUID_DB + (_GREY_DB - FLUID_DB) * mix
    tissue.fill(
        region,
        lambda x, z: np.asarray(base_db + (2.0 + 6.0 * mix) * clots(x, z)),
        loss_db_per_mm=_FLUID_LOSS_DB_PER_MM * (1.0 - mix),
    )


def hematoma(tissue: Tissue, region: Region, stage: Stage | str) -> None:
    """Add a hematoma of an age. Its border is that of the region; draw a wall with `layers.sheet` where it has one."""
    stage, random = Stage(stage), tissue.random
    clots, wide = tissue.noise(2.2, 1.3), tissue.noise(7.0, 3.5)
    if stage is Stage.FRESH:
        tissue.fill(region, lambda x, z: np.asarray(_GREY_DB + 11.0 + 4.0 * wide(x, z) + 3.5 * clots(x, z)))
        _threads(tissue, region, per_mm2=0.12, length_mm=5.0, level_db=_GREY_DB + 20.0)
    elif stage is Stage.DEBRIS:
        tissue.fill(
            region,
            lambda x, z: np.asarray(FLUID_DB + 5.0 + 3.0 * clots(x, z) + 3.0 * wide(x, z)),
            loss_db_per_mm=0.8 * _FLUID_LOSS_DB_PER_MM,
        )
        x, z = tissue.scatter(region, 0.5)
        xs, zs = tissue.contours(x, z, tissue.noise(1.0, 0.7), 0.6)
        levels = _GREY_DB + 1.0 + 5.0 * random.normal(0.0, 1.0, (x.size, 1))
        tissue.lines(xs, zs, levels, region=region, wander=0.5, shine=0.0)
        _threads(tissue, region, per_mm2=0.02, length_mm=7.0, level_db=_GREY_DB + 16.0)
    elif stage is Stage.ANECHOIC:
        tissue.fill(region, FLUID_DB, loss_db_per_mm=_FLUID_LOSS_DB_PER_MM)
        _threads(tissue, region, per_mm2=0.02, length_mm=16.0, level_db=-31.0)
    else:
        tissue.fill(region, lambda x, z: np.asarray(_GREY_DB + 9.0 + 3.5 * clots(x, z) + 2.5 * wide(x, z)))
        _threads(tissue, region, per_mm2=0.1, length_mm=3.0, level_db=_GREY_DB + 20.0)


def vessel(
    tissue: Tissue,
    lumen: Region,
    walls: list[Floats],
    *,
    wall_mm: float = 0.5,
    wall_db: float = -18.0,
) -> None:
    """Add a vessel: black blood between bright walls, brightest where they face the transducer.

    Parameters
    ----------
    lumen : Region
    walls : list of arrays, shape (n, 2)
        The border of the lumen: one closed line across the vessel, two lines along it.
    """
    tissue.fill(lumen, FLUID_DB + 3.0, loss_db_per_mm=_FLUID_LOSS_DB_PER_MM)
    for wall in walls:
        sheet(tissue, wall, level_db=wall_db, thickness_mm=wall_mm, shine=0.85)


def _threads(tissue: Tissue, region: Region, *, per_mm2: float, length_mm: float, level_db: float) -> None:
    """Add thin curved strands of fibrin or septa."""
    x, z = tissue.scatter(region, per_mm2)
    bend = tissue.noise(14.0, 7.0)
    length = tissue.random.uniform(0.4, 1.0, x.size) * length_mm
    xs, zs, _ = tissue.along(x, z, lambda x, z: np.asarray(0.7 * bend(x, z)), length)
    levels = level_db + 3.0 * tissue.random.normal(0.0, 1.0, (x.size, 1)) + 4.0 * tissue.noise(1.5, 0.8)(xs, zs)
    tissue.lines(xs, zs, levels, region=region, wander=0.3, shine=0.8)
