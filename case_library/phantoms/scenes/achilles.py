"""A heel in long axis: an Achilles tendon torn through, moved by the ankle or a squeeze of the calf; and a whole one.

Proximal is to the left. From the skin: dermis, thin subcutis, the tendon in its paratenon, Kager's fat, flexor hallucis
longus, cortex of the tibia. Shifts count towards the knee. Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import gap_content
from case_library.phantoms.appearance.layers import sheet, skin, subcutis
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.appearance.tendon import tendon_long
from case_library.phantoms.scenes.motion import Floats, Wavy, smooth
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.tissues import frayed
from case_library.phantoms.shapes import layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, line, point, polygon

TENDON_MM, PARATENON_MM = (3.6, 9.2), 0.3
FAT_BOTTOM_MM, BONE_MM = 21.0, 40.0
MIDDLE_MM = (TENDON_MM[0] + TENDON_MM[1]) / 2.0
_MARKS_MM = (20.0, 40.0)


@dataclass(frozen=True)
class AchillesMotion:
    """How far the parts go towards the knee at full activation, in millimetres.

    Attributes
    ----------
    gap_at_rest_mm : float
        0 for a whole tendon.
    """

    gap_at_rest_mm: float
    proximal_mm: float = 0.0
    distal_mm: float = 0.0


class Achilles(Scene):
    firm_mm = 3.0
    tilt_deg = 0.8
    EDGE_MM = 27.0

    def __init__(self, transducer: Transducer, seed: int, motion: AchillesMotion) -> None:
        super().__init__(transducer, seed)
        self.motion = motion
        self._ragged = Wavy(np.random.default_rng([seed, 1]), 0.6)
        names = ("prox_stump_shift_mm", "dist_stump_shift_mm") if self.torn else ("prox_shift_mm", "dist_shift_mm")
        self.measures = {
            names[0]: Measure("proximal_shift", Rule.LENGTH),
            names[1]: Measure("distal_shift", Rule.LENGTH),
        }
        self._shift_names = names
        if self.torn:
            self.measures["gap_mm"] = Measure("gap", Rule.LENGTH)

    @property
    def torn(self) -> bool:
        return self.motion.gap_at_rest_mm > 0.0

    def proximal_edge(self, z: Floats) -> Floats:
        """Return where the proximal end is torn, at each depth; the distal one is torn alike, so that they can meet."""
        off = np.clip(np.abs(z - MIDDLE_MM) / 1.2, 0.0, 1.0)
        return np.asarray(self.EDGE_MM - 0.45 * (z - MIDDLE_MM) + 0.8 * off * self._ragged(z))

    def distal_edge(self, z: Floats) -> Floats:
        return self.proximal_edge(z) + self.motion.gap_at_rest_mm

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where the tissue about the tendon is: it is drawn along, less the farther away it lies."""
        x, z = np.asarray(x, float), np.asarray(z, float)
        proximal, distal = self._shifts(moment)
        here = np.interp(x, [self.EDGE_MM, self.EDGE_MM + max(self.motion.gap_at_rest_mm, 0.1)], [proximal, distal])
        below = np.exp(-np.maximum(z - TENDON_MM[1], 0.0) / 4.0) * 0.55
        above = np.interp(z, [1.2, TENDON_MM[0]], [0.0, 0.35])
        drawn = np.where(z < MIDDLE_MM, above, below)
        return np.asarray(x - here * drawn), self.sunk(x - here * drawn, z, moment)

    def place_tendon(self, x: Floats, z: Floats, moment: Moment, side: int) -> tuple[Floats, Floats]:
        """Return where the proximal (0) or the distal (1) part of the tendon is: it glides as one."""
        x = np.asarray(x, float) - self._shifts(moment)[side]
        return x, self.sunk(x, np.asarray(z, float), moment)

    def place_gap(self, across: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where the contents of the gap are; `across` is 0 at the proximal end and 1 at the distal one."""
        proximal, distal = self._shifts(moment)
        left, right = self.proximal_edge(z) - proximal, self.distal_edge(z) - distal
        x = left + across * (right - left)
        return np.asarray(x), self.sunk(x, z, moment)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        around, tendon = self.tissue(random, 16.0), self.tissue(random, 22.0)
        top, bottom = TENDON_MM
        skin(around, around.level_line(1.3, 0.06))
        subcutis(around, layer(1.3, top), septa=0.8)
        for depth in (top - 0.15, bottom + 0.15):
            sheet(around, around.level_line(depth, 0.04), level_db=-15.0, thickness_mm=PARATENON_MM)
        subcutis(around, layer(bottom, FAT_BOTTOM_MM), septa=1.3)
        sheet(around, around.level_line(FAT_BOTTOM_MM, 0.3), level_db=-17.0, thickness_mm=0.5)
        muscle_long(around, layer(FAT_BOTTOM_MM, BONE_MM), 0.09)
        bone(around, around.level_line(BONE_MM, 0.3))
        tendon_long(tendon, layer(top, bottom), 0.0)
        whole = tendon.echoes()
        bodies = [Body(around.echoes(), self.place)]
        if not self.torn:
            return [*bodies, Body(whole, lambda x, z, m: self.place_tendon(x, z, m, 0))]
        behind = (self.proximal_edge(whole.z_mm) - whole.x_mm, whole.x_mm - self.distal_edge(whole.z_mm))
        frayed(whole, np.maximum(*behind), 1.5)
        bodies += [
            Body(whole.part(behind[0] >= 0.0), lambda x, z, m: self.place_tendon(x, z, m, 0)),
            Body(whole.part(behind[1] >= 0.0), lambda x, z, m: self.place_tendon(x, z, m, 1)),
        ]
        filling = self.tissue(random)
        gap_content(filling, layer(top, bottom), 0.55)
        blood = filling.echoes()
        width = 14.0
        blood = blood.part((blood.x_mm >= 20.0) & (blood.x_mm < 20.0 + width))
        across = (blood.x_mm - 20.0) / width

        def filled(moment: Moment) -> float:
            return 10.0 * float(np.log10(np.maximum(self.gap_mm(moment) / width, 1e-3)))

        return [*bodies, Body(blood, lambda x, z, m: self.place_gap(across, z, m), filled)]

    def sunk(self, x: Floats, z: Floats, moment: Moment) -> Floats:
        """Return the depth of points now: over a wide gap the skin side sinks in and Kager's fat rises."""
        proximal, distal = self._shifts(moment)
        left, gap = self.EDGE_MM - proximal, self.gap_mm(moment)
        middle, reach = left + gap / 2.0, gap / 2.0 + 2.0
        over = smooth((reach - np.abs(x - middle)) / 3.0) * (0.07 * gap)
        in_tendon = np.interp(
            z, [1.0, TENDON_MM[0], MIDDLE_MM, TENDON_MM[1], FAT_BOTTOM_MM], [0.0, 1.0, 0.0, -1.0, 0.0]
        )
        return np.asarray(z + over * in_tendon)

    def gap_mm(self, moment: Moment) -> float:
        proximal, distal = self._shifts(moment)
        return self.motion.gap_at_rest_mm + proximal - distal

    def _shifts(self, moment: Moment) -> tuple[float, float]:
        return self.motion.proximal_mm * moment.activation, self.motion.distal_mm * moment.activation

    def told(self, moment: Moment) -> FrameTruth:
        shifts, gap = self._shifts(moment), self.gap_mm(moment)
        marks = (self.EDGE_MM, self.EDGE_MM + self.motion.gap_at_rest_mm) if self.torn else _MARKS_MM
        ends = np.array([(mark - shift, MIDDLE_MM) for mark, shift in zip(marks, shifts, strict=True)])
        z = np.linspace(*TENDON_MM, 12)
        sides = [self._part(z, side, moment) for side in (0, 1)]
        # How far, whichever way; the lines from rest to now say which.
        values = dict(zip(self._shift_names, map(abs, shifts), strict=True)) | {"gap_mm": gap}
        names = ("proximal_stump", "distal_stump") if self.torn else ("proximal_mark", "distal_mark")
        shapes = {
            "proximal_shift": line(ends[0] + [shifts[0], 0.0], ends[0]),
            "distal_shift": line(ends[1] + [shifts[1], 0.0], ends[1]),
            names[0]: point(*ends[0]),
            names[1]: point(*ends[1]),
        }
        if not self.torn:
            outline = [(0.0, TENDON_MM[0]), (self.width_mm, TENDON_MM[0])]
            outline += [(x, TENDON_MM[1]) for x, _ in reversed(outline)]
            return FrameTruth(values, {"tendon": polygon(outline)} | shapes)
        shapes = {
            "proximal_tendon": polygon(sides[0]),
            "distal_tendon": polygon(sides[1]),
            "gap": line(*ends),
        } | shapes
        return FrameTruth(values, shapes)

    def _part(self, z: Floats, side: int, moment: Moment) -> Floats:
        """Return the outline of one part of the tendon, from its torn edge to the border of the picture."""
        edge = (self.proximal_edge, self.distal_edge)[side](z)
        out = np.full(2, (-10.0, self.width_mm + 10.0)[side])
        x, depth = np.concatenate([edge, out]), np.concatenate([z, z[[-1, 0]]])
        return np.stack(self.place_tendon(x, depth, moment, side), axis=1)
