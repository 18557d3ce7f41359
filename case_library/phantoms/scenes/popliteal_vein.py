"""The hollow of the knee in short axis: popliteal artery, vein and tibial nerve; the probe presses the vein flat.

The artery keeps its round form and beats. Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import vessel
from case_library.phantoms.appearance.layers import sheet, subcutis
from case_library.phantoms.appearance.muscle import muscle_short
from case_library.phantoms.appearance.tendon import nerve_short
from case_library.phantoms.scenes.motion import Floats, mixed, through_layers
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.tissues import superficial
from case_library.phantoms.shapes import ellipse as ellipse_region
from case_library.phantoms.shapes import ellipse_outline, layer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, ellipse, line

FASCIA_MM, BONE_MM = 6.0, 42.0
VEIN_MM, VEIN_RADIUS_MM = (29.0, 17.5), 3.5
ARTERY_MM, ARTERY_RADIUS_MM = (33.0, 27.5), 3.0
NERVE_MM = (25.0, 10.5)
_UNDER_VEIN_MM = 22.5
_RATE_PER_S, _BEAT = 1.1, 0.03
# The vein's rim stays as long: half of it is the width of the closed vein.
_CLOSED_WIDTH_MM = np.pi * VEIN_RADIUS_MM


class PoplitealVein(Scene):
    measures = {
        "popliteal_vein_diam_mm": Measure("vein_diameter", Rule.LENGTH),
        "popliteal_artery_diam_mm": Measure("artery_diameter", Rule.LENGTH),
    }
    firm_mm = FASCIA_MM

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        pressure = moment.activation
        x, z = self._beaten(np.asarray(x, float), np.asarray(z, float), moment)
        off = x - VEIN_MM[0]
        wider = self._vein_width(pressure) / (2.0 * VEIN_RADIUS_MM) - 1.0
        beside = np.maximum(np.abs(off) - VEIN_RADIUS_MM, 0.0)
        level = np.maximum(np.abs(z - VEIN_MM[1]) - VEIN_RADIUS_MM, 0.0)
        spread = wider * np.clip(off, -VEIN_RADIUS_MM, VEIN_RADIUS_MM)
        moved_x = x + spread * np.exp(-beside / 5.0) * np.exp(-((level / 3.0) ** 2))
        # Half the height of the vein above each point.
        chord = np.sqrt(np.maximum(1.0 - (off / VEIN_RADIUS_MM) ** 2, 0.0))
        half, half_now = VEIN_RADIUS_MM * chord, VEIN_RADIUS_MM * (1.0 - pressure) * chord
        middle = self._vein_middle(pressure)
        fascia, under, bone = mixed((FASCIA_MM, _UNDER_VEIN_MM, BONE_MM), (5.0, 15.2, 34.2), pressure)
        rest = (0.0, FASCIA_MM, VEIN_MM[1] - half, VEIN_MM[1] + half, _UNDER_VEIN_MM, BONE_MM)
        return moved_x, through_layers(z, rest, (0.0, fascia, middle - half_now, middle + half_now, under, bone))

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue = self.tissue(random)
        superficial(tissue, FASCIA_MM)
        bed = layer(FASCIA_MM, self.bone_mm)
        round_ones = [(VEIN_MM, VEIN_RADIUS_MM, 0.35, -25.0), (ARTERY_MM, ARTERY_RADIUS_MM, 0.7, -17.0)]
        for (x, z), radius, _, _ in round_ones:
            bed = bed - ellipse_region(x, z, radius, radius)
        nerve = ellipse_region(*NERVE_MM, 3.4, 2.2, 12.0)
        bed = bed - nerve
        nerve_short(tissue, nerve)
        sheet(tissue, ellipse_outline(*NERVE_MM, 3.4, 2.2, 12.0), level_db=-14.0, thickness_mm=0.5)
        # The heads of the gastrocnemius to either side, fat about the vessels.
        left, right = ellipse_region(5.0, 19.0, 14.0, 11.0), ellipse_region(56.0, 21.0, 15.0, 12.5)
        muscle_short(tissue, bed & left)
        muscle_short(tissue, bed & right)
        for x, z, half_x, half_z in ((5.0, 19.0, 14.0, 11.0), (56.0, 21.0, 15.0, 12.5)):
            sheet(tissue, ellipse_outline(x, z, half_x, half_z), level_db=-19.0, thickness_mm=0.4)
        subcutis(tissue, bed - left - right, septa=1.4)
        bone(tissue, self.bone_mm)
        vein, artery = self.tissue(random), self.tissue(random)
        for body, ((x, z), radius, wall_mm, wall_db) in zip((vein, artery), round_ones, strict=True):
            rim = ellipse_outline(x, z, radius, radius)
            vessel(body, ellipse_region(x, z, radius, radius), [rim], wall_mm=wall_mm, wall_db=wall_db)

        def squeezed(moment: Moment) -> float:
            """Return by how much fainter blood and wall are drawn: the same echoes are in ever less of an area."""
            return 10.0 * float(np.log10(np.maximum(1.0 - moment.activation, 0.15)))

        return [
            Body(tissue.echoes(), self.place), Body(vein.echoes(), self.place, squeezed),
            Body(artery.echoes(), self.place),
        ]  # fmt: skip

    @staticmethod
    def bone_mm(x: Floats) -> Floats:
        """Return the depth of the back of the femur, hollow between its condyles."""
        return np.asarray(BONE_MM - 1.2 * ((x - 30.0) / 30.0) ** 2)

    @staticmethod
    def _vein_width(pressure: float) -> float:
        return float(mixed(2.0 * VEIN_RADIUS_MM, _CLOSED_WIDTH_MM, pressure))

    @staticmethod
    def _vein_middle(pressure: float) -> float:
        return float(mixed(VEIN_MM[1], 12.0, pressure))

    @staticmethod
    def _swelling(moment: Moment) -> float:
        """Return how much wider the artery is than between two beats: a quick rise, a slow fall."""
        phase = (moment.time_s * _RATE_PER_S + 0.35) % 1.0
        return _BEAT * float(np.exp(-phase / 0.3) * np.minimum(phase / 0.08, 1.0))

    def _beaten(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        dx, dz = x - ARTERY_MM[0], z - ARTERY_MM[1]
        outside = np.maximum(np.hypot(dx, dz) - ARTERY_RADIUS_MM, 0.0)
        grow = self._swelling(moment) * np.exp(-outside / 1.5)
        return x + dx * grow, z + dz * grow

    def told(self, moment: Moment) -> FrameTruth:
        pressure = moment.activation
        x, z = VEIN_MM[0], self._vein_middle(pressure)
        half, width = VEIN_RADIUS_MM * (1.0 - pressure), self._vein_width(pressure)
        artery_x, artery_z = ARTERY_MM
        artery = self.placed(
            [
                (artery_x, artery_z),
                (artery_x + ARTERY_RADIUS_MM, artery_z),
                (artery_x, artery_z + ARTERY_RADIUS_MM),
                (artery_x, artery_z - ARTERY_RADIUS_MM),
            ],
            moment,
        )
        shapes = {
            "vein": ellipse((x, z), (x + width / 2.0, z), (x, z + half)),
            "vein_diameter": line((x, z - half), (x, z + half)),
            "artery": ellipse(*artery[:3]),
            "artery_diameter": line(artery[3], artery[2]),
        }
        values = {
            "popliteal_vein_diam_mm": 2.0 * half,
            "popliteal_artery_diam_mm": float(np.hypot(*(artery[2] - artery[3]))),
        }
        return FrameTruth(values, shapes)
