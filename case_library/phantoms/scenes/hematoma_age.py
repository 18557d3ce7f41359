"""A thigh after a blow: a hematoma in the vastus intermedius on four dates, in long and short axis, still and pressed.

Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from case_library.phantoms.appearance import fluid
from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.layers import aponeurosis, sheet
from case_library.phantoms.appearance.muscle import muscle_long, muscle_short
from case_library.phantoms.scenes.motion import Floats
from case_library.phantoms.scenes.pressed import Pocket, Pressed, layers_with
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.thigh_short import ROUNDNESS, muscle_outline
from case_library.phantoms.scenes.tissues import sheath, superficial
from case_library.phantoms.shapes import ellipse as ellipse_region
from case_library.phantoms.shapes import ellipse_outline, layer
from case_library.phantoms.shapes import polygon as polygon_region
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import Tissue
from case_library.phantoms.truth import FrameTruth, Measure, Rule, ellipse, line, polygon

FASCIA_MM, APONEUROSIS_MM, FEMUR_MM, BOTTOM_MM = 9.0, 22.0, 54.0, 60.0
_MIDDLE_MM = (36.0, 37.5)


@dataclass(frozen=True)
class Age:
    """The hematoma on one date: length x width x depth, and how deep it is under full pressure.

    Attributes
    ----------
    stage : str
        How it looks: `fresh`, `debris`, `anechoic` or `organised`.
    """

    day: int
    length_mm: float
    width_mm: float
    depth_mm: float
    pressed_depth_mm: float
    stage: str

    @property
    def pocket(self) -> Pocket:
        # A third of what the depth loses goes into the length, the rest into the width.
        longer = (self.depth_mm / self.pressed_depth_mm) ** (1.0 / 3.0)
        longer = min(longer, 1.04)
        return Pocket(
            *_MIDDLE_MM,
            length_mm=(self.length_mm, self.length_mm * longer),
            depth_mm=(self.depth_mm, self.pressed_depth_mm),
            across_mm=self.width_mm,
        )


AGES = (
    Age(1, 60.0, 30.0, 24.0, 21.0, "fresh"),
    Age(7, 58.0, 29.0, 22.0, 17.0, "debris"),
    Age(21, 44.0, 22.0, 16.0, 11.5, "anechoic"),
    Age(42, 24.0, 11.0, 8.0, 7.5, "organised"),
)

_WALLS = {"fresh": (-34.0, 0.3), "debris": (-25.0, 0.3), "anechoic": (-19.0, 0.4), "organised": (-17.0, 0.8)}


def _layers(pocket: Pocket) -> Pressed:
    squeezed = pocket.depth_mm[0] - pocket.depth_mm[1]
    aponeurosis = APONEUROSIS_MM - 1.8
    femur = FEMUR_MM - 1.8 - squeezed - 1.2
    return layers_with(
        pocket,
        above=[(0.0, 0.0), (FASCIA_MM, FASCIA_MM - 1.0), (APONEUROSIS_MM, aponeurosis)],
        below=[(FEMUR_MM, femur), (BOTTOM_MM, femur + BOTTOM_MM - FEMUR_MM)],
    )


def blood(tissue: Tissue, age: Age, half_mm: tuple[float, float]) -> None:
    """Add the hematoma of an age, with the wall it has then."""
    fluid.hematoma(tissue, ellipse_region(*_MIDDLE_MM, *half_mm), age.stage)
    wall_db, wall_mm = _WALLS[age.stage]
    sheet(tissue, ellipse_outline(*_MIDDLE_MM, *half_mm), level_db=wall_db, thickness_mm=wall_mm, variation_db=5.0)


class AgingHematoma(Scene):
    """In long axis; activation is the pressure of the probe."""

    measures = {"L_mm": Measure("length", Rule.LENGTH), "D_mm": Measure("depth", Rule.LENGTH)}
    firm_mm = 7.5
    tilt_deg = 1.1

    def __init__(self, transducer: Transducer, seed: int, age: Age) -> None:
        super().__init__(transducer, seed)
        self.age, self.pocket = age, age.pocket
        self._layers = _layers(self.pocket)

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        return self._layers.place(x, z, moment.activation)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue = self.tissue(random)
        half = self.age.length_mm / 2.0, self.age.depth_mm / 2.0
        pocket = ellipse_region(*_MIDDLE_MM, *half)
        superficial(tissue, FASCIA_MM)
        tendon = FASCIA_MM + 0.45 * (APONEUROSIS_MM - FASCIA_MM)
        muscle_long(tissue, layer(FASCIA_MM, tendon), 0.17)
        muscle_long(tissue, layer(tendon, APONEUROSIS_MM), -0.17)
        aponeurosis(tissue, tissue.level_line(tendon, 0.12), thickness_mm=0.8, level_db=-15.0)
        aponeurosis(tissue, tissue.level_line(APONEUROSIS_MM, 0.1), thickness_mm=0.8, level_db=-14.0)
        femur = tissue.level_line(FEMUR_MM, 0.2)
        muscle_long(tissue, layer(APONEUROSIS_MM, femur) - pocket, -0.12)
        blood(tissue, self.age, half)
        bone(tissue, femur)
        return [Body(tissue.echoes(), self.place)]

    def told(self, moment: Moment) -> FrameTruth:
        pressure = moment.activation
        hematoma, length, depth = (shape for shape in self._layers.pocket_shape(pressure))
        under, femur = (self.placed(self.level(z), moment) for z in (APONEUROSIS_MM, FEMUR_MM))
        shapes = {
            "vastus_intermedius": polygon(np.concatenate([under, femur[::-1]])),
            "hematoma": hematoma,
            "length": length,
            "depth": depth,
        }
        values = {
            "L_mm": self.pocket.length_now(pressure),
            "D_mm": self.pocket.depth_now(pressure),
            "W_mm": self.pocket.across_now(pressure),
            "volume_cm3": self.pocket.volume_cm3,
        }
        return FrameTruth(values, shapes)


class AgingHematomaShortAxis(Scene):
    measures = {"W_mm": Measure("width", Rule.LENGTH), "D_mm": Measure("depth", Rule.LENGTH)}
    firm_mm = FASCIA_MM

    def __init__(self, transducer: Transducer, seed: int, age: Age) -> None:
        super().__init__(transducer, seed)
        self.age = age

    def femur_mm(self, x: Floats) -> Floats:
        """Return the depth of the front of the femur, which is round."""
        return np.asarray(FEMUR_MM + (x - _MIDDLE_MM[0]) ** 2 / 30.0)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue, half = self.tissue(random), (self.age.width_mm / 2.0, self.age.depth_mm / 2.0)
        outline = muscle_outline(6.5, APONEUROSIS_MM - FASCIA_MM, FASCIA_MM, _MIDDLE_MM[0], ROUNDNESS)
        rectus = polygon_region(outline)
        superficial(tissue, FASCIA_MM)
        muscle_short(tissue, rectus)
        sheath(tissue, outline)
        muscle_short(tissue, layer(FASCIA_MM, self.femur_mm) - rectus - ellipse_region(*_MIDDLE_MM, *half))
        blood(tissue, self.age, half)
        bone(tissue, self.femur_mm)
        return [Body(tissue.echoes(), self.place)]

    def told(self, moment: Moment) -> FrameTruth:
        (x, z), wide, deep = _MIDDLE_MM, self.age.width_mm / 2.0, self.age.depth_mm / 2.0
        shapes = {
            "hematoma": ellipse((x, z), (x + wide, z), (x, z + deep)),
            "width": line((x - wide, z), (x + wide, z)),
            "depth": line((x, z - deep), (x, z + deep)),
        }
        return FrameTruth({"W_mm": self.age.width_mm, "D_mm": self.age.depth_mm}, shapes)
