"""A thigh from behind: a high-grade partial tear of the long head of the biceps femoris, with a hematoma.

In long axis (proximal to the left) both torn ends lie in the hematoma like clappers in a bell; the superficial part of
the muscle is whole, and thin strands bridge the gap. Every number is illustrative.
"""

from __future__ import annotations

import numpy as np

from case_library.phantoms.scenes.motion import Floats, band, smooth
from case_library.phantoms.scenes.pressed import Pocket, layers_with
from case_library.phantoms.scenes.scene import Moment, Scene
from case_library.phantoms.scenes.thigh_short import muscle_outline
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, area_mm2, ellipse, line, point, polygon, polyline

FASCIA_MM, APONEUROSIS_MM, BOTTOM_MM = 8.0, 29.0, 50.0
HEMATOMA = Pocket(x_mm=30.0, z_mm=20.5, length_mm=(42.0, 43.6), depth_mm=(15.0, 11.0), across_mm=22.0)
_PRESSED = layers_with(
    HEMATOMA,
    above=[(0.0, 0.0), (3.0, 2.4), (FASCIA_MM, 6.8)],
    below=[(APONEUROSIS_MM, 22.8), (BOTTOM_MM, 42.0)],
)
# The torn ends at rest, and how far each goes in contraction.
STUMPS_MM, STUMP_HALF_MM = (25.5, 34.5), 2.4
_TRAVEL_MM = (-4.5, 1.5)
STRANDS_MM = (18.6, 21.7)  # their depths


class HamstringTear(Scene):
    """In long axis; `compressed` says whether activation is pressure of the probe or effort of the muscle."""

    measures = {
        "gap_mm": Measure("gap", Rule.LENGTH),
        "hematoma_L_mm": Measure("hematoma_L", Rule.LENGTH),
        "hematoma_D_mm": Measure("hematoma_D", Rule.LENGTH),
    }
    firm_mm = FASCIA_MM

    def __init__(self, transducer: Transducer, seed: int, *, compressed: bool) -> None:
        super().__init__(transducer, seed)
        self.compressed = compressed

    def _pressure(self, moment: Moment) -> float:
        return moment.activation if self.compressed else 0.0

    def _effort(self, moment: Moment) -> float:
        return 0.0 if self.compressed else moment.activation

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        x, z = np.asarray(x, float), np.asarray(z, float)
        moved = x + self._effort(moment) * self.travel_mm(x) * self.inside(z)
        return _PRESSED.place(moved, z, self._pressure(moment))

    @staticmethod
    def travel_mm(x: Floats) -> Floats:
        """Return how far each place in the hematoma goes at full effort; nothing at its ends, most at the stumps."""
        reach = HEMATOMA.length_mm[0] / 2.0
        left, right = HEMATOMA.x_mm - reach, HEMATOMA.x_mm + reach
        between = np.interp(x, STUMPS_MM, _TRAVEL_MM)
        held = smooth((x - left) / (STUMPS_MM[0] - left)) * smooth((right - x) / (right - STUMPS_MM[1]))
        return np.asarray(between * held)

    @staticmethod
    def inside(z: Floats) -> Floats:
        reach = HEMATOMA.depth_mm[0] / 2.0
        return band(z, HEMATOMA.z_mm - 3.0, HEMATOMA.z_mm + 3.0, HEMATOMA.z_mm - reach, HEMATOMA.z_mm + reach)

    def stump_outline(self, side: int) -> Floats:
        """Return the outline of a torn end at rest, from the rim of the hematoma to its round tip, shape (n, 2)."""
        tip = STUMPS_MM[side]
        rim = HEMATOMA.x_mm + (-1, 1)[side] * (HEMATOMA.length_mm[0] / 2.0 - 0.5)
        turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, 21)
        inwards = 1 if side == 0 else -1
        half = STUMP_HALF_MM * (1.0 + 0.08 * np.sin(np.arange(21) * 2.1 + side))
        cap = np.stack([tip + inwards * 1.8 * (np.cos(turn) - 1.0), HEMATOMA.z_mm + half * np.sin(turn)], axis=1)
        root = np.array([(rim, HEMATOMA.z_mm + 1.7), (rim, HEMATOMA.z_mm - 1.7)])
        return np.concatenate([cap, root])

    def truth(self, moment: Moment) -> FrameTruth:
        pressure, middle = self._pressure(moment), HEMATOMA.z_mm
        gap = self.seen([(STUMPS_MM[0], middle), (STUMPS_MM[1], middle)], moment)
        hematoma, length, depth = (self.shown_shape(shape, moment) for shape in _PRESSED.pocket_shape(pressure))
        upper, lower = (self.seen(self.level(d), moment) for d in (FASCIA_MM, APONEUROSIS_MM))
        strand_x = np.linspace(STUMPS_MM[0] - 4.0, STUMPS_MM[1] + 4.0, 15)
        strand = self.seen(np.stack([strand_x, np.full_like(strand_x, STRANDS_MM[0])], axis=1), moment)
        shapes = {
            "muscle": polygon(np.concatenate([upper, lower[::-1]])),
            "hematoma": hematoma,
            "proximal_end": polygon(self.seen(self.stump_outline(0), moment)),
            "distal_end": polygon(self.seen(self.stump_outline(1), moment)),
            "hematoma_L": length,
            "hematoma_D": depth,
            "gap": line(*gap),
            "proximal_stump": point(*gap[0]),
            "distal_stump": point(*gap[1]),
            "strand": polyline(strand),
        }
        values = {
            "gap_mm": float(gap[1, 0] - gap[0, 0]),
            "hematoma_L_mm": HEMATOMA.length_now(pressure),
            "hematoma_D_mm": HEMATOMA.depth_now(pressure),
            "hematoma_W_mm": HEMATOMA.across_now(pressure),
            "hematoma_volume_cm3": HEMATOMA.volume_cm3,
        }
        return FrameTruth(values, shapes)


class HamstringShortAxis(Scene):
    """The same muscle across: the deep part is torn, and the hematoma lies in it."""

    measures = {
        "csa_cm2": Measure("muscle", Rule.AREA),
        "tear_area_cm2": Measure("tear", Rule.AREA),
        "hematoma_W_mm": Measure("hematoma_W", Rule.LENGTH),
        "hematoma_D_mm": Measure("hematoma_D", Rule.LENGTH),
    }
    firm_mm = FASCIA_MM
    AREA_CM2, TEAR_CM2, THICKNESS_MM, ROUNDNESS = 7.5, 4.5, 21.0, 2.5
    CENTRE_MM, HALF_WIDTH_MM, HALF_DEPTH_MM = (30.0, 20.6), 11.0, 7.5

    def __init__(self, transducer: Transducer, seed: int) -> None:
        super().__init__(transducer, seed)
        self.muscle = muscle_outline(self.AREA_CM2, self.THICKNESS_MM, FASCIA_MM, self.width_mm / 2.0, self.ROUNDNESS)
        self.tear = _deep_part(self.muscle, self.TEAR_CM2 * 100.0)

    def truth(self, moment: Moment) -> FrameTruth:
        (x, z), wide, deep = self.CENTRE_MM, self.HALF_WIDTH_MM, self.HALF_DEPTH_MM
        shapes = {
            "muscle": polygon(self.shown(self.muscle, moment)),
            "tear": polygon(self.shown(self.tear, moment)),
            "hematoma": ellipse(*self.shown([(x, z), (x + wide, z), (x, z + deep)], moment)),
            "hematoma_W": line(*self.shown([(x - wide, z), (x + wide, z)], moment)),
            "hematoma_D": line(*self.shown([(x, z - deep), (x, z + deep)], moment)),
        }
        values = {
            "csa_cm2": self.AREA_CM2,
            "tear_area_cm2": self.TEAR_CM2,
            "tear_pct": 100.0 * self.TEAR_CM2 / self.AREA_CM2,
            "hematoma_W_mm": 2.0 * wide,
            "hematoma_D_mm": 2.0 * deep,
        }
        return FrameTruth(values, shapes)


def _deep_part(outline: Floats, area: float) -> Floats:
    """Return the part of an outline below a level line that has this area in mm²."""

    def below(level: float) -> Floats:
        kept: list[Floats] = []
        for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            if (start[1] > level) != (end[1] > level):
                part = (level - start[1]) / (end[1] - start[1])
                kept.append(start + part * (end - start))
            if end[1] > level:
                kept.append(end)
        return np.array(kept)

    high, low = float(outline[:, 1].min()) + 0.1, float(outline[:, 1].max()) - 0.1
    for _ in range(60):
        level = (high + low) / 2.0
        if area_mm2(below(level)) > area:
            high = level
        else:
            low = level
    return below(level)
