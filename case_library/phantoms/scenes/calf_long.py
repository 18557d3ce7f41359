"""A calf in long axis: the medial gastrocnemius over the soleus, contracting; or torn from its aponeurosis, stretched.

Proximal is to the left. The fascicles fall to the right from the superficial to the deep aponeurosis. Every number is
illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import gap_content
from case_library.phantoms.appearance.layers import aponeurosis, sheet
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.scenes.motion import Floats, mixed, smooth, through_layers
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.tissues import frayed, superficial
from case_library.phantoms.shapes import Depth, layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import Tissue
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
    tilt_deg = 1.8
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

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        muscle, tissue = self.muscle, self.tissue(random, 18.0)
        slope = float(np.tan(np.radians(muscle.pennation_deg[0])))
        level_db = -2.0 if muscle.fat else 0.0
        superficial(tissue, muscle.top_mm)
        muscle_long(tissue, layer(muscle.top_mm, muscle.bottom_mm), slope, fat=muscle.fat, level_db=level_db)
        aponeurosis(tissue, tissue.level_line(muscle.bottom_mm, 0.06), thickness_mm=0.9, level_db=-13.0)
        soleus(tissue, muscle.bottom_mm + 0.3, self.BONE_MM, fat=0.6 * muscle.fat)
        bone(tissue, tissue.level_line(self.BONE_MM, 0.4))
        return [Body(tissue.echoes(), self.place)]

    def _now(self, moment: Moment) -> tuple[float, float]:
        muscle, activation = self.muscle, moment.activation
        return float(mixed(*muscle.thickness_mm, activation)), float(mixed(*muscle.pennation_deg, activation))

    def told(self, moment: Moment) -> FrameTruth:
        thickness, pennation = self._now(moment)
        top, middle = self.muscle.top_mm, self.width_mm / 2.0
        deep, tangent = top + thickness, np.tan(np.radians(pennation))
        half, vertex = thickness / tangent / 2.0, middle + 12.0

        upper, lower = (self.level(depth, 7) for depth in (top, deep))
        shapes = {
            "muscle": polygon(np.concatenate([upper, lower[::-1]])),
            "thickness": line((middle, top), (middle, deep)),
            "fascicle": line((middle - half, top), (middle + half, deep)),
            "pennation": angle((vertex - _ARM_MM, deep), (vertex, deep), (vertex - _ARM_MM, deep - tangent * _ARM_MM)),
            "superficial_aponeurosis": polyline(upper),
            "deep_aponeurosis": polyline(lower),
        }
        values = {
            "thickness_mm": thickness,
            "pennation_deg": pennation,
            "fascicle_length_mm": thickness / float(np.sin(np.radians(pennation))),
        }
        return FrameTruth(values, shapes)


def soleus(tissue: Tissue, top: Depth, bottom: Depth, *, fat: float = 0.0) -> None:
    """Add the soleus, whose fascicles run the other way about."""
    muscle_long(tissue, layer(top, bottom), -0.27, fat=fat, clarity=0.9)


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
    tilt_deg = 1.4

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

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue = self.tissue(random, 14.0)
        superficial(tissue, TOP_MM)
        slope = float(np.tan(np.radians(PENNATION_DEG)))
        muscle_long(tissue, layer(TOP_MM, BOTTOM_MM), slope)
        echoes = tissue.echoes()
        # Where they have come off, the ends of the fascicles are frayed and retracted.
        x, z = echoes.x_mm, echoes.z_mm
        within = smooth((x - DEFECT_MM[0] + 2.0) / 3.0) * smooth((DEFECT_MM[1] + 2.0 - x) / 3.0)
        frayed(echoes, np.where(within > 0.5, BOTTOM_MM - z, 99.0), 1.6)
        below = self.tissue(random, 14.0)
        whole = below.level_line(BOTTOM_MM, 0.05)
        # Its torn ends get thinner and trail off into the defect.
        for start, end, thick_mm, level_db in (
            (40.0, 2.0, 0.9, -13.0),
            (2.0, 0.0, 0.6, -17.0),
            (0.0, -2.6, 0.35, -25.0),
        ):
            for edge, way in ((DEFECT_MM[0], -1.0), (DEFECT_MM[1], 1.0)):
                part = np.sort(np.arange(end, start, 0.25) * way + edge)
                sheet(below, np.stack([part, whole(part)], axis=1), level_db=level_db, thickness_mm=thick_mm)
        fluid = layer(BOTTOM_MM, soleus_mm)
        gap_content(below, fluid, 0.35)
        # What of the fascicles still holds: thin strands that cross to the soleus's aponeurosis.
        for start, reach in ((DEFECT_MM[0] + 4.0, 7.0), (DEFECT_MM[0] + 11.5, 5.0), (DEFECT_MM[0] + 15.0, 8.0)):
            run = np.linspace(0.0, 1.0, 40)
            strand_x = start + reach * run + 0.5 * np.sin(5.0 * run + start)
            strand = np.stack([strand_x, BOTTOM_MM + run * (soleus_mm(strand_x) - BOTTOM_MM)], axis=1)
            sheet(below, strand, level_db=-35.0, thickness_mm=0.25, variation_db=7.0, shine=0.3)
        sheet(below, soleus_mm, level_db=-14.0, thickness_mm=0.7)
        soleus(below, soleus_mm, 50.0 + BOTTOM_MM)
        return [Body(echoes, self.place), Body(below.echoes(), self.place)]

    def told(self, moment: Moment) -> FrameTruth:
        def seen(*points: tuple[float, float]) -> Floats:
            return self.placed(points, moment)

        middle = _FLUID_MIDDLE_MM
        defect = seen(*((x, BOTTOM_MM) for x in DEFECT_MM))
        # Above and below each other now: the soleus glides a little less than the aponeurosis.
        fluid_thickness = seen((middle, BOTTOM_MM), (middle, BOTTOM_MM + FLUID_MM))
        fluid_thickness[1, 0] = fluid_thickness[0, 0]
        thickness = seen((_THICKNESS_AT_MM, TOP_MM), (_THICKNESS_AT_MM, BOTTOM_MM))
        thickness[0, 0] = thickness[1, 0]
        landmark = seen((_LANDMARK_MM, BOTTOM_MM))
        shift = float(self.place(np.array([_LANDMARK_MM]), np.array([BOTTOM_MM]), moment)[0][0]) - _LANDMARK_MM
        upper, lower = (self.placed(self.level(depth) - [12.0, 0.0], moment) for depth in (TOP_MM, BOTTOM_MM))
        under = np.linspace(middle - _FLUID_HALF_MM, middle + _FLUID_HALF_MM, 41)
        roof = self.placed(np.stack([under, np.full_like(under, BOTTOM_MM)], axis=1), moment)
        floor = self.placed(np.stack([under, soleus_mm(under)], axis=1), moment)
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
            "soleus_aponeurosis": polyline(self.placed(np.stack([everywhere, soleus_mm(everywhere)], axis=1), moment)),
        }
        values = {
            "defect_length_mm": float(defect[1, 0] - defect[0, 0]),
            "fluid_thickness_mm": float(fluid_thickness[1, 1] - fluid_thickness[0, 1]),
            "thickness_mm": float(thickness[1, 1] - thickness[0, 1]),
            "aponeurosis_shift_mm": shift,
        }
        return FrameTruth(values, shapes)
