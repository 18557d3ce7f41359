"""What stops sound: the cortex of bone, cartilage over it, and a needle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.appearance.layers import curve, sheet
from case_library.phantoms.echoes import Echoes
from case_library.phantoms.shapes import Depth, depth_at, layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import LINE_STEP_MM, Tissue

Floats = NDArray[np.floating[Any]]

_SHADOW_DB = 26.0


def bone(tissue: Tissue, line: Depth | Floats, *, level_db: float = -1.0, shadow_db: float = _SHADOW_DB) -> None:
    """Add the cortex: a very bright line, a fainter echo of it below, and a shadow that haze makes not quite black.

    Fill nothing below it but by this.
    """
    xs, zs = curve(tissue, line)
    sheet(tissue, line, level_db=level_db, thickness_mm=0.8, variation_db=2.0, shine=0.93, opacity_db=shadow_db)
    for above_mm in (-0.25, 0.2, 0.45):
        # The rough surface scatters too, so the line is neither smooth nor lost where it turns away.
        wavy = zs + above_mm + 0.12 * tissue.noise(0.8, 0.8)(xs, zs)
        tissue.lines(xs, wavy, level_db - 13.0 + 4.0 * tissue.noise(0.7, 0.7)(xs, zs), wander=0.6, shine=0.75)
    if not isinstance(line, np.ndarray):
        # What is seen in the shadow was scattered on the way; it fades with depth, and the loss above it is undone.
        haze, cortex = tissue.noise(6.0, 1.2), line

        def level(x: Floats, z: Floats) -> Floats:
            below = z - depth_at(cortex, x)
            return np.asarray(shadow_db - 60.0 - 1.2 * below + 3.0 * haze(x, z))

        tissue.fill(layer(lambda x: depth_at(cortex, x) + 1.2, tissue.box[3]), level)
    for echo, fainter_db in ((1, 37.0), (2, 45.0)):
        uneven = 5.0 * tissue.noise(3.0, 3.0)(xs, zs)
        tissue.lines(xs, zs + 2.6 * echo, level_db + shadow_db - fainter_db + uneven, wander=0.4)


def cartilage(tissue: Tissue, surface: Depth, cortex: Depth) -> None:
    """Add hyaline cartilage: black, with a thin bright surface."""
    tissue.fill(layer(surface, cortex), -62.0)
    sheet(tissue, surface, level_db=-22.0, thickness_mm=0.15, shine=0.9)


def needle(
    random: np.random.Generator,
    transducer: Transducer,
    entry_mm: tuple[float, float],
    tip_mm: tuple[float, float],
    *,
    level_db: float = -7.0,
    reverberation: int = 4,
) -> Echoes:
    """Return a thin needle from where it enters the picture to its tip, and its echoes of itself below it.

    Give the same random state at each frame, so that the same needle moves.
    """
    tissue = Tissue(random, transducer)
    length_mm = float(np.hypot(tip_mm[0] - entry_mm[0], tip_mm[1] - entry_mm[1]))
    full = np.arange(0.0, 80.0, LINE_STEP_MM)
    # Drawn from the tip backwards, so that what is random about it goes with the needle.
    part = full[full <= length_mm] / max(length_mm, 1e-6)
    xs = tip_mm[0] + part * (entry_mm[0] - tip_mm[0])
    zs = tip_mm[1] + part * (entry_mm[1] - tip_mm[1])
    uneven = 2.0 * tissue.noise(2.5, 2.5)(full, np.zeros_like(full))[: part.size]
    for copy in range(reverberation + 1):
        # Each echo of itself is fainter, the more so the farther from the tip.
        fainter_db = (10.0 + 4.5 * copy + 0.25 * full[: part.size]) if copy else 0.0
        tissue.lines(
            xs[None, :], (zs + 0.8 * copy)[None, :], (level_db + uneven - fainter_db)[None, :],
            wander=0.05, shine=0.0, opacity_db=0.0 if copy else 3.0,
        )  # fmt: skip
    tip = np.arange(0.0, 0.5, LINE_STEP_MM)
    tissue.lines(
        (tip_mm[0] - 0.25 + tip)[None, :], np.full((1, tip.size), tip_mm[1]), level_db + 5.0, wander=0.0, shine=0.0
    )
    return tissue.echoes()
