"""A calf in short axis: the medial gastrocnemius over the soleus; torn in part, or wasted and fatty.

Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import gap_content
from case_library.phantoms.appearance.muscle import muscle_short
from case_library.phantoms.scenes.motion import superellipse
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.thigh_short import muscle_outline
from case_library.phantoms.scenes.tissues import sheath, superficial
from case_library.phantoms.shapes import layer
from case_library.phantoms.shapes import polygon as polygon_region
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, area_mm2, line, polygon, polyline

ROUNDNESS = (3.0, 2.3)  # powers of the superellipse above and below
BONE_MM = 43.0


@dataclass(frozen=True)
class CalfSection:
    """One gastrocnemius in short axis.

    Attributes
    ----------
    tear_area_cm2 : float
        0 for none.
    echo_mean_u8 : float or None
        The mean grey that the muscle shall have, where the case compares it.
    fat : float
        0 healthy to 1 replaced by fat.
    level_db : float
        By how much the gain is set higher, so that the mean grey is what it shall be.
    """

    top_mm: float
    thickness_mm: float
    area_cm2: float
    tear_area_cm2: float = 0.0
    echo_mean_u8: float | None = None
    fat: float = 0.0
    level_db: float = 0.0


class CalfShortAxis(Scene):
    firm_mm = 6.0
    tilt_deg = -1.2

    def __init__(self, transducer: Transducer, seed: int, section: CalfSection) -> None:
        super().__init__(transducer, seed)
        self.section = section
        self.middle_mm = self.width_mm / 2.0
        self.muscle = muscle_outline(section.area_cm2, section.thickness_mm, section.top_mm, self.middle_mm, ROUNDNESS)
        self.measures = {"csa_cm2": Measure("muscle", Rule.AREA), "thickness_mm": Measure("thickness", Rule.LENGTH)}
        if section.tear_area_cm2:
            self.tear = _tear_outline(section, self.middle_mm, np.random.default_rng([seed, 1]))
            self.measures["tear_area_cm2"] = Measure("tear", Rule.AREA)
        if section.echo_mean_u8 is not None:
            self.measures["echo_mean_u8"] = Measure("muscle", Rule.ECHO_MEAN)

    def bone_mm(self, x: np.ndarray) -> np.ndarray:
        """Return the depth of the bone's surface, which is round."""
        return np.asarray(BONE_MM + (x - self.middle_mm - 4.0) ** 2 / 70.0)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        section, tissue = self.section, self.tissue(random)
        superficial(tissue, section.top_mm)
        muscle = polygon_region(self.muscle)
        around = layer(section.top_mm, self.bone_mm) - muscle
        if section.tear_area_cm2:
            torn = polygon_region(self.tear)
            muscle = muscle - torn
            gap_content(tissue, torn, 0.5)
        muscle_short(tissue, muscle, fat=section.fat, level_db=section.level_db)
        muscle_short(tissue, around, fat=0.6 * section.fat, level_db=0.6 * section.level_db)
        sheath(tissue, self.muscle, brighter_db=0.6 * section.level_db)
        bone(tissue, self.bone_mm)
        return [Body(tissue.echoes(), self.place)]

    def told(self, moment: Moment) -> FrameTruth:
        section, middle = self.section, self.middle_mm
        ends = [(middle, section.top_mm), (middle, section.top_mm + section.thickness_mm)]
        across = np.linspace(middle - 12.0, middle + 20.0, 17)
        bone = np.stack([across, self.bone_mm(across)], axis=1)
        shapes = {
            "muscle": polygon(self.muscle),
            "thickness": line(*ends),
            "bone": polyline(bone),
        }
        values = {"csa_cm2": section.area_cm2, "thickness_mm": section.thickness_mm}
        if section.tear_area_cm2:
            shapes["tear"] = polygon(self.tear)
            values |= {
                "tear_area_cm2": section.tear_area_cm2,
                "tear_pct": 100.0 * section.tear_area_cm2 / section.area_cm2,
            }
        if section.echo_mean_u8 is not None:
            values["echo_mean_u8"] = section.echo_mean_u8
        return FrameTruth(values, shapes)


def _tear_outline(section: CalfSection, middle_mm: float, random: np.random.Generator) -> np.ndarray:
    """Return a ragged outline of exactly the tear's area in the deep part of the muscle, shape (n, 2)."""
    shape = superellipse(10.2, 3.6, (2.2, 2.2), 72)
    turn = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
    ragged = sum(0.05 / n**0.5 * np.cos(n * turn + random.uniform(0.0, 2.0 * np.pi)) for n in (2, 3, 5, 8, 13))
    shape *= 1.0 + np.asarray(ragged)[:, None]
    shape[:, 0] *= section.tear_area_cm2 * 100.0 / area_mm2(shape)
    return np.asarray(shape + [middle_mm - 3.0, section.top_mm + 0.62 * section.thickness_mm])
