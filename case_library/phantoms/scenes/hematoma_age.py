"""A thigh after a blow: a hematoma in the vastus intermedius on four dates, in long and short axis, still and pressed.

Every number is illustrative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from case_library.phantoms.scenes.motion import Floats
from case_library.phantoms.scenes.pressed import Pocket, Pressed, layers_with
from case_library.phantoms.scenes.scene import Moment, Scene
from case_library.phantoms.speckle import Transducer
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


def _layers(pocket: Pocket) -> Pressed:
    squeezed = pocket.depth_mm[0] - pocket.depth_mm[1]
    aponeurosis = APONEUROSIS_MM - 1.8
    femur = FEMUR_MM - 1.8 - squeezed - 1.2
    return layers_with(
        pocket,
        above=[(0.0, 0.0), (FASCIA_MM, FASCIA_MM - 1.0), (APONEUROSIS_MM, aponeurosis)],
        below=[(FEMUR_MM, femur), (BOTTOM_MM, femur + BOTTOM_MM - FEMUR_MM)],
    )


class AgingHematoma(Scene):
    """In long axis; activation is the pressure of the probe."""

    measures = {"L_mm": Measure("length", Rule.LENGTH), "D_mm": Measure("depth", Rule.LENGTH)}
    firm_mm = FASCIA_MM

    def __init__(self, transducer: Transducer, seed: int, age: Age) -> None:
        super().__init__(transducer, seed)
        self.age, self.pocket = age, age.pocket
        self._layers = _layers(self.pocket)

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        return self._layers.place(x, z, moment.activation)

    def truth(self, moment: Moment) -> FrameTruth:
        pressure = moment.activation
        hematoma, length, depth = (self.shown_shape(shape, moment) for shape in self._layers.pocket_shape(pressure))
        under, femur = (self.seen(self.level(z), moment) for z in (APONEUROSIS_MM, FEMUR_MM))
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

    def truth(self, moment: Moment) -> FrameTruth:
        (x, z), wide, deep = _MIDDLE_MM, self.age.width_mm / 2.0, self.age.depth_mm / 2.0
        shapes = {
            "hematoma": ellipse(*self.shown([(x, z), (x + wide, z), (x, z + deep)], moment)),
            "width": line(*self.shown([(x - wide, z), (x + wide, z)], moment)),
            "depth": line(*self.shown([(x, z - deep), (x, z + deep)], moment)),
        }
        return FrameTruth({"W_mm": self.age.width_mm, "D_mm": self.age.depth_mm}, shapes)
