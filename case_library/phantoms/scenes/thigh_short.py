"""A thigh in short axis: the rectus femoris in its sheath over the vastus intermedius; a sweep, or a hematoma under it.

Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from case_library.phantoms.appearance import fluid
from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.layers import aponeurosis, sheet
from case_library.phantoms.appearance.muscle import muscle_short
from case_library.phantoms.scenes.motion import Floats, superellipse
from case_library.phantoms.scenes.pressed import Pocket
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.thigh import FASCIA_MM, FEMUR_MM
from case_library.phantoms.scenes.tissues import sheath, superficial
from case_library.phantoms.shapes import ellipse as ellipse_region
from case_library.phantoms.shapes import ellipse_outline, layer
from case_library.phantoms.shapes import polygon as polygon_region
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, area_mm2, ellipse, line, polygon

ROUNDNESS = (3.2, 2.3)  # powers of the superellipse above and below
SWEEP_MM = 40.0
_MIDDLE_OF_SWEEP_MM = 20.0
HEMATOMA = Pocket(x_mm=30.0, z_mm=31.0, length_mm=(26.0, 26.0), depth_mm=(13.0, 13.0), across_mm=48.0)


def muscle_outline(
    area_cm2: float, thickness_mm: float, top_mm: float, middle_mm: float, powers: tuple[float, float]
) -> Floats:
    """Return the outline of a muscle's cross-section of exactly this area and thickness, shape (n, 2)."""
    shape = superellipse(1.0, thickness_mm / 2.0, powers)
    half_width = area_cm2 * 100.0 / area_mm2(shape)
    return np.asarray(shape * [half_width, 1.0] + [middle_mm, top_mm + thickness_mm / 2.0])


class ThighShortAxis(Scene):
    """The middle of a sweep, or without a sweep all of it, is the tissue as it was made.

    Parameters
    ----------
    area_cm2, thickness_mm : float
        Of the rectus femoris.
    hematoma : bool
        Whether there is one under it.
    sweep : bool
        Whether the probe slides along the thigh; the muscle is largest in the middle.
    """

    firm_mm = FASCIA_MM
    tilt_deg = 1.0

    def __init__(
        self, transducer: Transducer, seed: int, area_cm2: float, thickness_mm: float, *, hematoma: bool, sweep: bool
    ) -> None:
        super().__init__(transducer, seed)
        self.area_cm2, self.thickness_mm, self.hematoma, self.sweep = area_cm2, thickness_mm, hematoma, sweep
        self.middle_mm = self.width_mm / 2.0
        self.muscle = muscle_outline(area_cm2, thickness_mm, FASCIA_MM, self.middle_mm, ROUNDNESS)
        self.measures = {"csa_cm2": Measure("muscle", Rule.AREA), "thickness_mm": Measure("thickness", Rule.LENGTH)}
        if hematoma:
            self.measures |= {
                "hematoma_W_mm": Measure("hematoma_W", Rule.LENGTH),
                "hematoma_D_mm": Measure("hematoma_D", Rule.LENGTH),
            }

    def along_sweep_mm(self, moment: Moment) -> float:
        return SWEEP_MM * moment.activation if self.sweep else _MIDDLE_OF_SWEEP_MM

    def slice_mm(self, moment: Moment) -> float:
        """Return how far the picture lies from where the tissue was made."""
        return self.along_sweep_mm(moment) - _MIDDLE_OF_SWEEP_MM + moment.slice_mm

    def _size(self, moment: Moment) -> float:
        """Return the area now over the largest."""
        return 1.0 - 0.0004 * (self.along_sweep_mm(moment) - _MIDDLE_OF_SWEEP_MM) ** 2

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Scale the muscle about the middle of its fascia, and let what lies around follow, less and less."""
        scale = np.sqrt(self._size(moment))
        bottom = FASCIA_MM + self.thickness_mm
        muscle = FASCIA_MM + self.thickness_mm * scale
        depth = np.interp(z, [0.0, FASCIA_MM, bottom, 46.0, 60.0], [0.0, FASCIA_MM, muscle, 46.0, 60.0])
        within = np.interp(z, [0.0, FASCIA_MM, bottom, 46.0], [0.0, 1.0, 1.0, 0.0])
        return np.asarray(x + (scale - 1.0) * within * (x - self.middle_mm)), depth

    def femur_mm(self, x: Floats) -> Floats:
        """Return the depth of the front of the femur, which is round."""
        return np.asarray(FEMUR_MM + (x - self.middle_mm) ** 2 / 34.0)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue = self.tissue(random, 14.0)
        superficial(tissue, FASCIA_MM)
        muscle, fat = polygon_region(self.muscle), 0.12 if self.hematoma else 0.0
        around = layer(FASCIA_MM, self.femur_mm) - muscle
        muscle_short(tissue, muscle, fat=fat)
        if self.hematoma:
            half = HEMATOMA.length_mm[0] / 2.0, HEMATOMA.depth_mm[0] / 2.0
            pocket = ellipse_region(HEMATOMA.x_mm, HEMATOMA.z_mm, *half)
            around = around - pocket
            fluid.hematoma(tissue, pocket, fluid.Stage.DEBRIS)
            sheet(tissue, ellipse_outline(HEMATOMA.x_mm, HEMATOMA.z_mm, *half), level_db=-24.0, thickness_mm=0.3)
        muscle_short(tissue, around)
        sheath(tissue, self.muscle)
        # The central tendon is a bright comma in the middle of the muscle.
        turn = np.linspace(-1.0, 1.0, 60)
        middle = FASCIA_MM + 0.45 * self.thickness_mm
        comma = np.stack([self.middle_mm + 8.0 * turn, middle + 1.6 * turn**2 + 0.9 * turn], axis=1)
        aponeurosis(tissue, comma, thickness_mm=0.8, level_db=-16.0)
        for side in (-1.0, 1.0):
            # Between the vasti, towards the femur.
            down = np.linspace(0.0, 1.0, 60)
            border = np.stack(
                [self.middle_mm + side * (23.0 - 10.0 * down), FASCIA_MM + 12.0 + 24.0 * down**0.8], axis=1
            )
            sheet(tissue, border, level_db=-22.0, thickness_mm=0.3)
        bone(tissue, self.femur_mm)
        return [Body(tissue.echoes(), self.place)]

    def told(self, moment: Moment) -> FrameTruth:
        size = self._size(moment)
        muscle = self.placed(self.muscle, moment)
        thickness = self.placed([(self.middle_mm, FASCIA_MM), (self.middle_mm, FASCIA_MM + self.thickness_mm)], moment)
        shapes = {"muscle": polygon(muscle), "thickness": line(*thickness)}
        values = {"csa_cm2": self.area_cm2 * size, "thickness_mm": self.thickness_mm * float(np.sqrt(size))}
        if self.sweep:
            values["z_mm"] = self.along_sweep_mm(moment)
        if self.hematoma:
            x, z, wide, deep = HEMATOMA.x_mm, HEMATOMA.z_mm, HEMATOMA.length_mm[0], HEMATOMA.depth_mm[0]
            right, bottom = (x + wide / 2.0, z), (x, z + deep / 2.0)
            shapes |= {
                "hematoma": ellipse((x, z), right, bottom),
                "hematoma_W": line((x - wide / 2.0, z), right),
                "hematoma_D": line((x, z - deep / 2.0), bottom),
            }
            values |= {"hematoma_W_mm": wide, "hematoma_D_mm": deep}
        return FrameTruth(values, shapes)
