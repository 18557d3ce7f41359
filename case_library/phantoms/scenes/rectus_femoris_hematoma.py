"""A thigh in long axis with a torn rectus femoris and a large hematoma under it, pressed by the probe.

Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import Stage, hematoma
from case_library.phantoms.appearance.layers import fascia, sheet
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.scenes.motion import Floats
from case_library.phantoms.scenes.pressed import Pocket, layers_with
from case_library.phantoms.scenes.rectus_femoris_torn import (
    MIDDLE_MM,
    Tear,
    TearEdges,
    belly,
    gap_strip,
    stumps,
    torn_muscle,
)
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.thigh import APONEUROSIS_MM, BOTTOM_MM, FASCIA_MM, FEMUR_MM
from case_library.phantoms.scenes.tissues import superficial
from case_library.phantoms.shapes import ellipse as ellipse_region
from case_library.phantoms.shapes import ellipse_outline, layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, line, polygon, polyline

HEMATOMA = Pocket(x_mm=32.0, z_mm=31.0, length_mm=(48.0, 51.0), depth_mm=(13.0, 10.0), across_mm=26.0)
_PRESSED = layers_with(
    HEMATOMA,
    above=[(0.0, 0.0), (FASCIA_MM, 7.8), (APONEUROSIS_MM, 22.0)],
    below=[(FEMUR_MM, 40.2), (BOTTOM_MM, 46.2)],
)
_THICKNESS_AT_MM = 12.0


class RectusFemorisHematoma(Scene):
    measures = {
        "gap_mm": Measure("gap", Rule.LENGTH),
        "hematoma_L_mm": Measure("hematoma_L", Rule.LENGTH),
        "hematoma_D_mm": Measure("hematoma_D", Rule.LENGTH),
        "thickness_mm": Measure("thickness", Rule.LENGTH),
    }
    firm_mm = 7.0
    tilt_deg = 1.3

    def __init__(self, transducer: Transducer, seed: int) -> None:
        super().__init__(transducer, seed)
        self.edges = TearEdges(Tear(), np.random.default_rng([seed, 1]))

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        return _PRESSED.place(x, z, moment.activation)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        above, muscle, deep = (self.tissue(random) for _ in range(3))
        superficial(above, FASCIA_MM)
        parts = stumps(torn_muscle(muscle), self.edges)
        blood, _ = gap_strip(self.tissue(random), self.edges)
        half = HEMATOMA.length_mm[0] / 2.0, HEMATOMA.depth_mm[0] / 2.0
        pocket = ellipse_region(HEMATOMA.x_mm, HEMATOMA.z_mm, *half)
        femur = deep.level_line(FEMUR_MM, 0.2)
        muscle_long(deep, layer(APONEUROSIS_MM, femur) - pocket, float(np.tan(np.radians(-7.0))))
        hematoma(deep, pocket, Stage.DEBRIS)
        sheet(deep, ellipse_outline(HEMATOMA.x_mm, HEMATOMA.z_mm, *half), level_db=-24.0, thickness_mm=0.3)
        fascia(deep, deep.level_line(APONEUROSIS_MM + 0.2, 0.06), thickness_mm=0.3, level_db=-17.0)
        bone(deep, femur)

        def filled(moment: Moment) -> Floats:
            left, right = self.edges.now(blood.z_mm, 0.0)
            return np.asarray(10.0 * np.log10(np.maximum(right - left, 1e-6)))

        whole = [Body(echoes, self.place) for echoes in (above.echoes(), *parts, deep.echoes())]
        return [*whole, Body(blood, self.place, filled)]

    def told(self, moment: Moment) -> FrameTruth:
        pressure = moment.activation

        def edge(points: Callable[[Floats], Floats], z: Floats) -> Floats:
            return self.placed(np.stack([points(z), z], axis=1), moment)

        middle, z = np.array([MIDDLE_MM]), np.linspace(FASCIA_MM, APONEUROSIS_MM, 24)
        gap = np.concatenate([edge(self.edges.proximal, middle), edge(self.edges.distal, middle)])
        left, right = edge(self.edges.proximal, z), edge(self.edges.distal, z)
        top, bottom = (self.placed(self.level(depth), moment) for depth in (FASCIA_MM, APONEUROSIS_MM))
        thickness = self.placed([(_THICKNESS_AT_MM, FASCIA_MM), (_THICKNESS_AT_MM, APONEUROSIS_MM)], moment)
        thickness[1, 0] = thickness[0, 0]  # the deep border gives way sideways
        hematoma, length, depth = (shape for shape in _PRESSED.pocket_shape(pressure))
        shapes = {
            "proximal_muscle": belly(top, bottom, left, -1),
            "distal_muscle": belly(top, bottom, right, 1),
            "gap_content": polygon(np.concatenate([left, right[::-1]])),
            "hematoma": hematoma,
            "hematoma_L": length,
            "hematoma_D": depth,
            "gap": line(*gap),
            "thickness": line(*thickness),
            "superficial_aponeurosis": polyline(top),
            "deep_aponeurosis": polyline(bottom),
        }
        values = {
            "gap_mm": float(gap[1, 0] - gap[0, 0]),
            "hematoma_L_mm": HEMATOMA.length_now(pressure),
            "hematoma_D_mm": HEMATOMA.depth_now(pressure),
            "hematoma_W_mm": HEMATOMA.across_now(pressure),
            "hematoma_volume_cm3": HEMATOMA.volume_cm3,
            "thickness_mm": float(thickness[1, 1] - thickness[0, 1]),
        }
        return FrameTruth(values, shapes)
