"""Tissue that many scenes share, and how torn ends fray."""

from __future__ import annotations

import numpy as np

from case_library.phantoms.appearance.layers import aponeurosis, sheet, skin, subcutis
from case_library.phantoms.echoes import Echoes
from case_library.phantoms.scenes.motion import Floats
from case_library.phantoms.shapes import Depth, Region, layer
from case_library.phantoms.tissue import Tissue


def superficial(tissue: Tissue, fascia_mm: float, *, skin_mm: float = 1.6, septa: float = 1.0) -> None:
    """Add skin, subcutis and the fascia under it."""
    skin(tissue, tissue.level_line(skin_mm, 0.08))
    subcutis(tissue, layer(skin_mm, fascia_mm), septa=septa)
    aponeurosis(tissue, tissue.level_line(fascia_mm, 0.06), thickness_mm=0.7)


def frayed(echoes: Echoes, behind_mm: Floats, over_mm: float = 0.8) -> None:
    """Let lines fade towards a torn edge, where they no longer reflect as one surface; changes the echoes.

    Parameters
    ----------
    behind_mm : array
        How far each echo lies from the edge.
    """
    torn = np.exp(-((behind_mm / over_mm) ** 2))
    echoes.amplitude[:] *= 1.0 - 0.85 * torn * (1.0 - echoes.coherence)


def sheath(tissue: Tissue, outline: Floats, *, brighter_db: float = 0.0) -> None:
    """Add the epimysium about a muscle cut across: bright where it lies level, hardly seen where it stands upright."""
    sheet(tissue, closed(outline), level_db=-17.0 + brighter_db, thickness_mm=0.4, variation_db=5.0, shine=0.75)


def closed(outline: Floats) -> Floats:
    """Return an outline with its first point again at the end, and points about 0.3 mm apart."""
    points = np.concatenate([outline, outline[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0.0, along[-1], max(8, int(along[-1] / 0.3)))
    return np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)


def under(line: Depth) -> Region:
    """Return all that lies below a line."""
    return layer(line, 200.0)
