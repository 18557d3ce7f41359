"""A healthy thigh in long axis: the rectus femoris contracts, and its fascicles turn against the central tendon.

Proximal is to the left. The fascicles below the central tendon rise to the right from the deep aponeurosis to the
tendon; those above fall to it. In contraction the muscle shortens by as much as it thickens, so its area in the picture
is kept, and the central tendon glides proximally, which turns the fascicles. Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from case_library.phantoms.appearance.layers import aponeurosis, fascia
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.scenes.motion import Floats, mixed, through_layers
from case_library.phantoms.scenes.rectus_femoris_torn import deep_thigh
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.thigh import BOTTOM_MM, FASCIA_MM, FEMUR_MM, HEALTHY_APONEUROSIS_MM
from case_library.phantoms.scenes.tissues import superficial
from case_library.phantoms.shapes import layer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, angle, line, polygon, polyline

THICKNESS_MM = (21.0, 24.2)
# From the superficial face of the central tendon to the deep aponeurosis.
APONEUROSES_APART_MM = (12.0, 14.4)
PENNATION_DEG = (10.0, 16.0)
TENDON_FACE_MM = HEALTHY_APONEUROSIS_MM - APONEUROSES_APART_MM[0]
_VERTEX_MM, _ARM_MM = 14.0, 22.0


class RectusFemoris(Scene):
    measures = {
        "thickness_mm": Measure("thickness", Rule.LENGTH),
        "apo_distance_mm": Measure("apo_distance", Rule.LENGTH),
        "fascicle_length_mm": Measure("fascicle", Rule.LENGTH),
        "pennation_deg": Measure("pennation", Rule.ANGLE),
    }
    firm_mm = FASCIA_MM
    tilt_deg = -1.3

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        thickness, apart, pennation = self._now(moment.activation)
        deep = FASCIA_MM + thickness
        rest = (0.0, FASCIA_MM, TENDON_FACE_MM, HEALTHY_APONEUROSIS_MM, FEMUR_MM, BOTTOM_MM)
        depth = through_layers(z, rest, (0.0, FASCIA_MM, deep - apart, deep, FEMUR_MM, BOTTOM_MM))
        shortened = THICKNESS_MM[0] / thickness
        # A line of slope s at rest has the slope s * higher / (shortened + shear * s).
        higher, slope = apart / APONEUROSES_APART_MM[0], -np.tan(np.radians(PENNATION_DEG[0]))
        shear = (-slope * higher / np.tan(np.radians(pennation)) - shortened) / slope
        glide = np.interp(
            z, [FASCIA_MM, TENDON_FACE_MM, HEALTHY_APONEUROSIS_MM], [0.0, -shear * APONEUROSES_APART_MM[0], 0.0]
        )
        within = np.interp(z, [2.0, FASCIA_MM, HEALTHY_APONEUROSIS_MM, FEMUR_MM], [0.0, 1.0, 1.0, 0.0])
        middle = self.width_mm / 2.0
        return np.asarray(x + (shortened - 1.0) * within * (x - middle) + glide), depth

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue, slope = self.tissue(random, 20.0), float(np.tan(np.radians(PENNATION_DEG[0])))
        # The tendon is nearly a millimetre thick; its superficial face is where fascicles are measured to.
        tendon = TENDON_FACE_MM + 0.45
        superficial(tissue, FASCIA_MM)
        muscle_long(tissue, layer(FASCIA_MM, tendon), slope)
        muscle_long(tissue, layer(tendon, HEALTHY_APONEUROSIS_MM), -slope)
        fascia(tissue, tissue.level_line(FASCIA_MM + 0.7, 0.05), thickness_mm=0.2, level_db=-20.0)
        aponeurosis(tissue, tissue.level_line(tendon, 0.1), thickness_mm=0.9, level_db=-14.0)
        aponeurosis(tissue, tissue.level_line(HEALTHY_APONEUROSIS_MM - 0.1, 0.06), thickness_mm=0.6, level_db=-13.0)
        deep = deep_thigh(self.tissue(random, 20.0), top_mm=HEALTHY_APONEUROSIS_MM)
        return [Body(tissue.echoes(), self.place), Body(deep, self.place)]

    @staticmethod
    def _now(activation: float) -> tuple[float, float, float]:
        thickness, apart, pennation = (
            float(mixed(*both, activation)) for both in (THICKNESS_MM, APONEUROSES_APART_MM, PENNATION_DEG)
        )
        return thickness, apart, pennation

    def told(self, moment: Moment) -> FrameTruth:
        thickness, apart, pennation = self._now(moment.activation)
        deep, middle = FASCIA_MM + thickness, self.width_mm / 2.0
        face = deep - apart

        tangent = np.tan(np.radians(pennation))
        half = apart / tangent / 2.0

        def level(depth: float) -> Floats:
            return self.level(depth, 7)

        shapes = {
            "muscle": polygon(np.concatenate([level(FASCIA_MM), level(deep)[::-1]])),
            "thickness": line((middle, FASCIA_MM), (middle, deep)),
            "apo_distance": line((middle + 6.0, face), (middle + 6.0, deep)),
            "fascicle": line((middle - half, deep), (middle + half, face)),
            "pennation": angle(
                (_VERTEX_MM + _ARM_MM, deep), (_VERTEX_MM, deep), (_VERTEX_MM + _ARM_MM, deep - tangent * _ARM_MM)
            ),
            "superficial_aponeurosis": polyline(level(FASCIA_MM)),
            "central_tendon": polyline(level(face)),
            "deep_aponeurosis": polyline(level(deep)),
        }
        values = {
            "thickness_mm": thickness,
            "apo_distance_mm": apart,
            "pennation_deg": pennation,
            "fascicle_length_mm": apart / float(np.sin(np.radians(pennation))),
            "gap_mm": 0.0,
        }
        return FrameTruth(values, shapes)
