"""Skin, fat and sheets of connective tissue."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.shapes import Depth, Region, layer
from case_library.phantoms.tissue import LINE_STEP_MM, Tissue

Floats = NDArray[np.floating[Any]]

FAT_DB = -35.3


def skin(tissue: Tissue, bottom: Depth = 1.6) -> None:
    """Add the line where the gel meets the skin, and the bright dermis."""
    uneven = tissue.noise(2.5, 0.35)
    tissue.fill(layer(-2.0, bottom), lambda x, z: np.asarray(-25.0 - 3.0 * z + 3.0 * uneven(x, z)))
    sheet(tissue, tissue.level_line(0.25, 0.03), level_db=-12.0, thickness_mm=0.4)
    sheet(tissue, bottom, level_db=-24.0, thickness_mm=0.35, variation_db=5.0)


def subcutis(tissue: Tissue, region: Region, *, septa: float = 1.0) -> None:
    """Add fat: grey lobules between thin bright septa, which run mostly along the skin and curve into each other."""
    lobules, random = tissue.noise(3.0, 0.45), tissue.random
    tissue.fill(region, lambda x, z: np.asarray(FAT_DB - 2.0 + 4.2 * lobules(x, z)))
    weave = tissue.noise(14.0, 1.2)
    for per_mm2, length_mm, level, spread in ((0.04, 22.0, 19.0, 4.0), (0.2, 6.0, 10.0, 4.5), (1.5, 2.0, -1.0, 3.0)):
        x, z = tissue.scatter(region, per_mm2 * (septa if level > 0 else 1.0))
        xs, zs = tissue.contours(x, z, weave, length_mm)
        taper = 20.0 * np.log10(np.maximum(1.0 - np.abs(np.linspace(-1.0, 1.0, xs.shape[1])) ** 3, 1e-3))
        levels = FAT_DB + level + spread * random.normal(0.0, 1.0, (x.size, 1)) + 3.0 * tissue.noise(2.5, 0.6)(xs, zs)
        tissue.lines(xs, zs, levels + taper, region=region, wander=0.35, shine=0.97)


def fascia(tissue: Tissue, line: Depth | Floats, *, thickness_mm: float = 0.5, level_db: float = -14.0) -> None:
    """Add a thin bright sheet, such as a fascia or an epimysium."""
    sheet(tissue, line, level_db=level_db, thickness_mm=thickness_mm)


def aponeurosis(tissue: Tissue, line: Depth | Floats, *, thickness_mm: float = 1.2, level_db: float = -11.0) -> None:
    """Add a bright sheet of nearly parallel fibres: an aponeurosis, or a tendon within a muscle."""
    sheet(tissue, line, level_db=level_db, thickness_mm=thickness_mm, variation_db=4.0)


def sheet(
    tissue: Tissue,
    line: Depth | Floats,
    *,
    level_db: float,
    thickness_mm: float,
    variation_db: float = 3.0,
    shine: float = 0.95,
    opacity_db: float = 0.0,
) -> None:
    """Add parallel bright fibres of uneven strength along a line, brightest in its middle.

    Parameters
    ----------
    line : number, callable or array of shape (n, 2)
        A depth, the depth at each x, or points of any curve.
    """
    random = tissue.random
    xs, zs = curve(tissue, line)
    slope = np.arctan2(np.gradient(zs, axis=1), np.gradient(xs, axis=1))
    count = max(1, round(thickness_mm / 0.16))
    swelling = 1.0 + 0.25 * tissue.noise(7.0, 7.0)(xs, zs)
    common = variation_db * tissue.noise(5.0, 5.0)(xs, zs)
    phase = random.uniform(0.0, 2.0 * np.pi)
    ripple = 0.07 * tissue.noise(4.0, 4.0)(xs, zs) + 0.04 * tissue.noise(1.2, 1.2)(xs, zs)
    for place in np.linspace(-0.5, 0.5, count) if count > 1 else (0.0,):
        offset = 0.85 * (place + random.normal(0.0, 0.04)) * thickness_mm * swelling + ripple
        offset = offset + 0.05 * tissue.noise(2.5, 2.5)(xs, zs)
        fade = -10.0 * (2.0 * place) ** 2
        levels = (
            level_db
            + fade
            + common
            + variation_db * (tissue.noise(3.0, 3.0)(xs, zs) + 0.6 * tissue.noise(0.9, 0.9)(xs, zs))
        )
        # Fibres of a sheet send back nearly in step; where they fall out of it the sheet shows its layers.
        out_of_step = 1.3 * tissue.noise(2.5, 2.5)(xs, zs)
        tissue.lines(
            xs - np.sin(slope) * offset, zs + np.cos(slope) * offset, levels,
            phase=phase + out_of_step, wander=0.25, shine=shine, opacity_db=opacity_db / count,
        )  # fmt: skip


def curve(tissue: Tissue, line: Depth | Floats) -> tuple[Floats, Floats]:
    """Return the points of a line `LINE_STEP_MM` apart, shape (1, points)."""
    if not isinstance(line, np.ndarray):
        return tissue.across_picture(line)
    run = np.append(0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
    places = np.arange(0.0, run[-1], LINE_STEP_MM)
    return np.interp(places, run, line[:, 0])[None, :], np.interp(places, run, line[:, 1])[None, :]
