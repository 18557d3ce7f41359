"""An upper arm in short axis: muscle comes through a defect of its fascia in contraction, and the probe pushes it back.

From the skin: dermis, subcutis, fascia with its defect, biceps, brachialis, cortex of the humerus. Every number is
illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.layers import aponeurosis, sheet, skin, subcutis
from case_library.phantoms.appearance.muscle import muscle_short
from case_library.phantoms.scenes.motion import Floats, mixed, through_layers
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.shapes import layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, line, polygon, polyline

FASCIA_MM, SEPTUM_MM, BONE_MM = 12.0, 29.0, 42.0
MIDDLE_MM = 30.0
DEFECT_MM, BULGE_MM, PUSHED_BACK_MM = (6.0, 8.0), 7.0, 0.5
_LIFT_MM = 0.5


class MuscleHernia(Scene):
    """Activation is effort; in the clip of `compression` the effort is held and activation is pressure."""

    measures = {"fascial_defect_mm": Measure("fascial_defect", Rule.LENGTH), "bulge_mm": Measure("bulge", Rule.LENGTH)}
    firm_mm = 4.0  # above the top of the hernia

    def __init__(self, transducer: Transducer, seed: int, *, compression: bool) -> None:
        super().__init__(transducer, seed)
        self.compression = compression

    def _effort(self, moment: Moment) -> float:
        return 1.0 if self.compression else moment.activation

    def _pressure(self, moment: Moment) -> float:
        return moment.activation if self.compression else 0.0

    def defect_mm(self, moment: Moment) -> float:
        return float(mixed(*DEFECT_MM, self._effort(moment))) - 1.0 * self._pressure(moment)

    def bulge_mm(self, moment: Moment) -> float:
        return float(mixed(BULGE_MM * self._effort(moment), PUSHED_BACK_MM, self._pressure(moment)))

    def _borders(self, moment: Moment) -> tuple[float, float, float]:
        """Return the depth of the fascia, of the septum under the biceps and of the bone."""
        fascia, septum, bone = mixed((FASCIA_MM, SEPTUM_MM, BONE_MM), (8.4, 23.0, 35.0), self._pressure(moment))
        # In contraction the belly is thicker, at the cost of what lies under it.
        return float(fascia), float(septum + 1.5 * self._effort(moment)), float(bone)

    def _lift(self, moment: Moment) -> float:
        return _LIFT_MM * self.bulge_mm(moment) / BULGE_MM

    def _risen(self, x: Floats, moment: Moment) -> Floats:
        """Return how far the muscle has come up, at places now."""
        part = np.clip(np.abs(x - MIDDLE_MM) / (self.defect_mm(moment) / 2.0), 0.0, 1.0)
        return np.asarray(self.bulge_mm(moment) * (1.0 - part**2.6) ** 0.55)

    def _lifted(self, x: Floats, moment: Moment) -> Floats:
        beside = np.maximum(np.abs(x - MIDDLE_MM) - self.defect_mm(moment) / 2.0, 0.0)
        return np.asarray(self._lift(moment) * np.exp(-((beside / 3.0) ** 2)))

    def place_fascia(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where the fascia is: its edges draw apart and lift a little."""
        x = np.asarray(x, float)
        apart = (self.defect_mm(moment) - DEFECT_MM[0]) / 2.0
        beside = np.maximum(np.abs(x - MIDDLE_MM) - DEFECT_MM[0] / 2.0, 0.0)
        moved = x + np.sign(x - MIDDLE_MM) * apart * np.exp(-beside / 8.0)
        fascia = self._borders(moment)[0]
        return np.asarray(moved), np.asarray(z - FASCIA_MM + fascia - self._lifted(moved, moment))

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where muscle and subcutis are; their border follows the hernia."""
        x, z = np.asarray(x, float), np.asarray(z, float)
        # What comes up flows in from the sides and from below.
        off = x - MIDDLE_MM
        deep = np.clip((z - FASCIA_MM + 2.0) / 2.0, 0.0, 1.0) * np.exp(-np.maximum(z - FASCIA_MM, 0.0) / 6.0)
        inwards = 0.12 * self.bulge_mm(moment) * np.sin(np.clip(off / 12.0, -1.0, 1.0) * np.pi) * deep
        moved = x - inwards * (np.abs(off) > DEFECT_MM[0] / 2.0)
        widened = (self.defect_mm(moment) / DEFECT_MM[0] - 1.0) * np.exp(-np.maximum(np.abs(off) - 3.0, 0.0) / 5.0)
        moved = moved + np.clip(off, -3.0, 3.0) * widened * np.interp(z, [6.0, FASCIA_MM, 20.0], [0.0, 1.0, 0.0])
        fascia, septum, bone = self._borders(moment)
        surface = fascia - self._lifted(moved, moment) - self._risen(moved, moment)
        rest = (0.0, 1.6, FASCIA_MM, SEPTUM_MM, BONE_MM)
        return moved, through_layers(z, rest, (0.0, 1.6, np.maximum(surface, 2.2), septum, bone))

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue, cover = self.tissue(random, 12.0), self.tissue(random, 12.0)
        skin(tissue, tissue.level_line(1.6, 0.08))
        subcutis(tissue, layer(1.6, FASCIA_MM))
        muscle_short(tissue, layer(FASCIA_MM, SEPTUM_MM))
        aponeurosis(tissue, tissue.level_line(SEPTUM_MM, 0.5), thickness_mm=0.6, level_db=-16.0)
        muscle_short(tissue, layer(SEPTUM_MM, self.bone_mm))
        bone(tissue, self.bone_mm)
        brim = np.linspace(MIDDLE_MM - 3.2, MIDDLE_MM + 3.2, 60)
        sheet(tissue, np.stack([brim, np.full_like(brim, FASCIA_MM)], axis=1), level_db=-24.0, thickness_mm=0.3)
        across = np.arange(-12.0, self.width_mm + 12.0, 0.25)
        line_of = cover.level_line(FASCIA_MM, 0.05)
        for side in (across[across < MIDDLE_MM - 3.0], across[across > MIDDLE_MM + 3.0]):
            sheet(cover, np.stack([side, line_of(side)], axis=1), level_db=-10.0, thickness_mm=0.8, variation_db=3.0)
        return [Body(tissue.echoes(), self.place), Body(cover.echoes(), self.place_fascia)]

    @staticmethod
    def bone_mm(x: Floats) -> Floats:
        """Return the depth of the front of the humerus, which is round."""
        return np.asarray(BONE_MM + (x - 33.0) ** 2 / 26.0)

    def told(self, moment: Moment) -> FrameTruth:
        half, bulge, fascia = self.defect_mm(moment) / 2.0, self.bulge_mm(moment), self._borders(moment)[0]
        level = fascia - self._lift(moment)
        edges = [(MIDDLE_MM - half, level), (MIDDLE_MM + half, level)]
        x = np.linspace(MIDDLE_MM - half, MIDDLE_MM + half, 25)
        dome = np.stack([x, level - self._risen(x, moment)], axis=1)
        fascias = {}
        for name, start, end in (("left", 0.0, MIDDLE_MM - 3.0), ("right", MIDDLE_MM + 3.0, self.width_mm)):
            along = np.linspace(start, end, 21)
            placed = np.stack(self.place_fascia(along, np.full_like(along, FASCIA_MM), moment), axis=1)
            fascias[f"fascia_{name}"] = polyline(placed)
        shapes = {
            "herniated": polygon(dome),
            "fascial_defect": line(*edges),
            "bulge": line((MIDDLE_MM, level), (MIDDLE_MM, level - bulge)),
        } | fascias
        return FrameTruth({"fascial_defect_mm": 2.0 * half, "bulge_mm": bulge}, shapes)
