"""A calf in long axis: the medial gastrocnemius over the soleus, contracting; or torn from its aponeurosis, stretched.

Proximal is to the left. The fascicles fall to the right from the superficial to the deep aponeurosis. Every number is
illustrative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from case_library.phantoms.scenes.motion import Floats, mixed, through_layers
from case_library.phantoms.scenes.scene import Moment, Scene
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, angle, line, point, polygon, polyline

_ARM_MM = 18.0


@dataclass(frozen=True)
class Gastrocnemius:
    """The muscle at rest and at full effort: (rest, full).

    Attributes
    ----------
    fat : float
        0 healthy to 1 replaced by fat.
    """

    top_mm: float
    thickness_mm: tuple[float, float]
    pennation_deg: tuple[float, float]
    fat: float = 0.0

    @property
    def bottom_mm(self) -> float:
        return self.top_mm + self.thickness_mm[0]


class ContractingCalf(Scene):
    """In contraction the muscle shortens by as much as it thickens; the deep aponeurosis glides proximally."""

    measures = {
        "thickness_mm": Measure("thickness", Rule.LENGTH),
        "pennation_deg": Measure("pennation", Rule.ANGLE),
        "fascicle_length_mm": Measure("fascicle", Rule.LENGTH),
    }
    firm_mm = 6.0
    BONE_MM = 44.0

    def __init__(self, transducer: Transducer, seed: int, muscle: Gastrocnemius) -> None:
        super().__init__(transducer, seed)
        self.muscle = muscle

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        muscle, middle = self.muscle, self.width_mm / 2.0
        thickness, pennation = self._now(moment)
        rest = (0.0, muscle.top_mm, muscle.bottom_mm, self.BONE_MM)
        depth = through_layers(z, rest, (0.0, muscle.top_mm, muscle.top_mm + thickness, self.BONE_MM))
        shortened = muscle.thickness_mm[0] / thickness
        # A line of slope s at rest has the slope s / shortened / (shortened + shear * s).
        slope = np.tan(np.radians(muscle.pennation_deg[0]))
        shear = (slope / shortened / np.tan(np.radians(pennation)) - shortened) / slope
        glide = np.interp(
            z, [muscle.top_mm, muscle.bottom_mm, self.BONE_MM], [0.0, shear * muscle.thickness_mm[0], 0.0]
        )
        within = np.interp(z, [1.0, muscle.top_mm, muscle.bottom_mm, self.BONE_MM], [0.0, 1.0, 1.0, 0.0])
        return np.asarray(x + (shortened - 1.0) * within * (x - middle) + glide), depth

    def _now(self, moment: Moment) -> tuple[float, float]:
        muscle, activation = self.muscle, moment.activation
        return float(mixed(*muscle.thickness_mm, activation)), float(mixed(*muscle.pennation_deg, activation))

    def truth(self, moment: Moment) -> FrameTruth:
        thickness, pennation = self._now(moment)
        top, middle = self.muscle.top_mm, self.width_mm / 2.0
        deep, tangent = top + thickness, np.tan(np.radians(pennation))
        half, vertex = thickness / tangent / 2.0, middle + 12.0

        def shown(*points: tuple[float, float]) -> Floats:
            return self.shown(points, moment)

        upper, lower = (self.shown(self.level(depth, 7), moment) for depth in (top, deep))
        shapes = {
            "muscle": polygon(np.concatenate([upper, lower[::-1]])),
            "thickness": line(*shown((middle, top), (middle, deep))),
            "fascicle": line(*shown((middle - half, top), (middle + half, deep))),
            "pennation": angle(
                *shown((vertex - _ARM_MM, deep), (vertex, deep), (vertex - _ARM_MM, deep - tangent * _ARM_MM))
            ),
            "superficial_aponeurosis": polyline(upper),
            "deep_aponeurosis": polyline(lower),
        }
        values = {
            "thickness_mm": thickness,
            "pennation_deg": pennation,
            "fascicle_length_mm": thickness / float(np.sin(np.radians(pennation))),
        }
        return FrameTruth(values, shapes)


TOP_MM, BOTTOM_MM = 6.0, 19.0
PENNATION_DEG = 19.0
# Where the fascicles have come off the deep aponeurosis.
DEFECT_MM = (20.0, 42.0)
FLUID_MM = 6.8
_FLUID_HALF_MM, _FLUID_MIDDLE_MM = 21.0, 31.0
_DEFECT_GROWS_MM, _APONEUROSIS_SHIFT_MM = 3.0, 8.0
_LANDMARK_MM = 14.0
_THICKNESS_AT_MM = 10.0


def soleus_mm(x: Floats) -> Floats:
    """Return the depth of the soleus at rest: under the muscle, and under the fluid between them."""
    part = np.clip(1.0 - ((x - _FLUID_MIDDLE_MM) / _FLUID_HALF_MM) ** 2, 0.0, 1.0)
    return np.asarray(BOTTOM_MM + FLUID_MM * part**1.2)


class TornCalf(Scene):
    """The distal fascicles have come off the deep aponeurosis; fluid lies between gastrocnemius and soleus.

    Stretch draws the deep aponeurosis distally, the far edge of the defect more than the near one.
    """

    measures = {
        "defect_length_mm": Measure("defect_length", Rule.LENGTH),
        "fluid_thickness_mm": Measure("fluid_thickness", Rule.LENGTH),
        "thickness_mm": Measure("thickness", Rule.LENGTH),
        "aponeurosis_shift_mm": Measure("aponeurosis_shift", Rule.LENGTH),
    }
    firm_mm = TOP_MM

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        stretch = moment.activation
        at_aponeurosis = _APONEUROSIS_SHIFT_MM + _DEFECT_GROWS_MM * np.interp(x, DEFECT_MM, [0.0, 1.0])
        along = np.interp(z, [1.0, TOP_MM, BOTTOM_MM, 50.0], [0.0, 0.3, 1.0, 0.75])
        thinner = (BOTTOM_MM - TOP_MM) * 0.05 * stretch
        flatter = 1.0 - 0.1 * stretch
        soleus = soleus_mm(np.asarray(x, float))
        now = (0.0, TOP_MM, BOTTOM_MM - thinner, BOTTOM_MM - thinner + (soleus - BOTTOM_MM) * flatter, 50.0)
        depth = through_layers(z, (0.0, TOP_MM, BOTTOM_MM, soleus, 50.0), now)
        return np.asarray(x + stretch * at_aponeurosis * along), depth

    def truth(self, moment: Moment) -> FrameTruth:
        def seen(*points: tuple[float, float]) -> Floats:
            return self.seen(points, moment)

        middle = _FLUID_MIDDLE_MM
        defect = seen(*((x, BOTTOM_MM) for x in DEFECT_MM))
        # Above and below each other now: the soleus glides a little less than the aponeurosis.
        fluid_thickness = seen((middle, BOTTOM_MM), (middle, BOTTOM_MM + FLUID_MM))
        fluid_thickness[1, 0] = fluid_thickness[0, 0]
        thickness = seen((_THICKNESS_AT_MM, TOP_MM), (_THICKNESS_AT_MM, BOTTOM_MM))
        thickness[0, 0] = thickness[1, 0]
        landmark = seen((_LANDMARK_MM, BOTTOM_MM))
        shift = float(self.place(np.array([_LANDMARK_MM]), np.array([BOTTOM_MM]), moment)[0][0]) - _LANDMARK_MM
        upper, lower = (self.seen(self.level(depth) - [12.0, 0.0], moment) for depth in (TOP_MM, BOTTOM_MM))
        under = np.linspace(middle - _FLUID_HALF_MM, middle + _FLUID_HALF_MM, 41)
        roof = self.seen(np.stack([under, np.full_like(under, BOTTOM_MM)], axis=1), moment)
        floor = self.seen(np.stack([under, soleus_mm(under)], axis=1), moment)
        everywhere = np.linspace(-12.0, self.width_mm, 37)
        shapes = {
            "muscle": polygon(np.concatenate([upper, lower[::-1]])),
            "fluid": polygon(np.concatenate([roof, floor[::-1]])),
            "defect_length": line(*defect),
            "fluid_thickness": line(*fluid_thickness),
            "thickness": line(*thickness),
            "aponeurosis_landmark": point(*landmark[0]),
            "aponeurosis_shift": line(landmark[0] - [shift, 0.0], landmark[0]),
            "superficial_aponeurosis": polyline(upper),
            "deep_aponeurosis": polyline(lower),
            "soleus_aponeurosis": polyline(self.seen(np.stack([everywhere, soleus_mm(everywhere)], axis=1), moment)),
        }
        values = {
            "defect_length_mm": float(defect[1, 0] - defect[0, 0]),
            "fluid_thickness_mm": float(fluid_thickness[1, 1] - fluid_thickness[0, 1]),
            "thickness_mm": float(thickness[1, 1] - thickness[0, 1]),
            "aponeurosis_shift_mm": shift,
        }
        return FrameTruth(values, shapes)
