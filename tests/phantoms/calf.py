"""A calf at rest in long axis, as in the two real clips that were measured: fat, gastrocnemius, soleus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.appearance.layers import aponeurosis, skin, subcutis
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.echoes import Echoes
from case_library.phantoms.shapes import layer
from case_library.phantoms.speckle import SpeckleRenderer, Transducer, averaged
from case_library.phantoms.tissue import Tissue

MM_PER_PX = Transducer().mm_per_px


def calf(seed: int) -> Echoes:
    tissue = Tissue(np.random.default_rng(seed), Transducer())
    superficial, deep = tissue.level_line(8.0, 0.15), tissue.level_line(26.0, 0.2)
    skin(tissue, 1.5)
    subcutis(tissue, layer(1.5, superficial))
    aponeurosis(tissue, superficial, thickness_mm=1.3)
    muscle_long(tissue, layer(superficial, deep), -0.2)
    aponeurosis(tissue, deep, thickness_mm=1.0)
    muscle_long(tissue, layer(deep, 60.0), 0.1)
    return tissue.echoes()


def snapshot(echoes: Echoes, transducer: Transducer | None = None) -> NDArray[np.uint8]:
    """Return one frame that is not averaged with others."""
    renderer = SpeckleRenderer(transducer or Transducer())
    return renderer.picture(renderer.level_db(echoes, np.random.default_rng(0)))


def picture(echoes: Echoes, seed: int = 0) -> NDArray[np.uint8]:
    """Return one frame as a scanner shows it, averaged with its neighbours, of tissue that hardly moves."""
    renderer = SpeckleRenderer(Transducer())
    frames = [
        renderer.level_db(
            echoes.moved(echoes.x_mm, echoes.z_mm, slice_mm=0.03 * number), np.random.default_rng([seed, number])
        )
        for number in range(3)
    ]
    return renderer.picture(averaged(*frames))


def part(whole: NDArray[Any], top_mm: float, bottom_mm: float) -> NDArray[Any]:
    return whole[round(top_mm / MM_PER_PX) : round(bottom_mm / MM_PER_PX)]
