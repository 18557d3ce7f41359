"""A thigh from behind: a high-grade partial tear of the long head of the biceps femoris, with a hematoma.

In long axis (proximal to the left) both torn ends lie in the hematoma like clappers in a bell; the superficial part of
the muscle is whole, and thin strands bridge the gap. Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from case_library.phantoms.appearance import fluid
from case_library.phantoms.appearance.layers import aponeurosis, sheet
from case_library.phantoms.appearance.muscle import muscle_long, muscle_short
from case_library.phantoms.appearance.tendon import nerve_long, nerve_short
from case_library.phantoms.scenes.motion import Floats, band, smooth
from case_library.phantoms.scenes.pressed import Pocket, layers_with
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.thigh_short import muscle_outline
from case_library.phantoms.scenes.tissues import frayed, sheath, superficial
from case_library.phantoms.shapes import ellipse as ellipse_region
from case_library.phantoms.shapes import ellipse_outline, layer
from case_library.phantoms.shapes import polygon as polygon_region
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
    firm_mm = 6.0
    tilt_deg = -1.4

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
        off = np.array([(6.0, 2.6), (0.0, 5.5), (0.0, -5.5), (6.0, -2.6)])
        root = np.stack([rim + inwards * off[:, 0], HEMATOMA.z_mm + off[:, 1]], axis=1)
        return np.concatenate([cap, root])

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        around, inside = self.tissue(random), self.tissue(random)
        half = HEMATOMA.length_mm[0] / 2.0, HEMATOMA.depth_mm[0] / 2.0
        pocket = ellipse_region(HEMATOMA.x_mm, HEMATOMA.z_mm, *half)
        superficial(around, FASCIA_MM)
        muscle_long(around, layer(FASCIA_MM, APONEUROSIS_MM) - pocket, 0.1)
        aponeurosis(around, around.level_line(APONEUROSIS_MM, 0.08), thickness_mm=0.8, level_db=-14.0)
        nerve = layer(APONEUROSIS_MM + 2.0, APONEUROSIS_MM + 6.0)
        muscle_long(around, layer(APONEUROSIS_MM + 0.4, APONEUROSIS_MM + 2.0), -0.05)
        nerve_long(around, nerve, 0.0)
        for depth in (APONEUROSIS_MM + 2.0, APONEUROSIS_MM + 6.0):
            sheet(around, around.level_line(depth, 0.1), level_db=-20.0, thickness_mm=0.35)
        muscle_long(around, layer(APONEUROSIS_MM + 6.0, 100.0), -0.08)
        sheet(around, ellipse_outline(HEMATOMA.x_mm, HEMATOMA.z_mm, *half), level_db=-24.0, thickness_mm=0.3)
        ends = [polygon_region(self.stump_outline(side)) & pocket for side in (0, 1)]
        fluid.hematoma(inside, pocket - ends[0] - ends[1], fluid.Stage.DEBRIS)
        for end in ends:
            muscle_long(inside, end, 0.02, level_db=1.0)
        run = np.linspace(STUMPS_MM[0] - 4.0, STUMPS_MM[1] + 4.0, 60)
        for number, depth in enumerate(STRANDS_MM):
            strand = np.stack([run, depth + 0.25 * np.sin(run / 2.3 + number)], axis=1)
            sheet(inside, strand, level_db=-33.0, thickness_mm=0.2, variation_db=4.0, shine=0.4)
        echoes = inside.echoes()
        tips = np.maximum(STUMPS_MM[0] - echoes.x_mm, echoes.x_mm - STUMPS_MM[1])
        frayed(echoes, np.where(tips > 0.0, tips, 99.0))

        def spread(moment: Moment) -> Floats:
            """Return by how much fainter what lies in the gap is: the same echoes fill more of an area."""
            wider = (_TRAVEL_MM[1] - _TRAVEL_MM[0]) / (STUMPS_MM[1] - STUMPS_MM[0]) * self._effort(moment)
            between = (echoes.x_mm > STUMPS_MM[0]) & (echoes.x_mm < STUMPS_MM[1])
            return np.asarray(10.0 * np.log10(1.0 + wider * between * self.inside(echoes.z_mm)))

        return [Body(around.echoes(), self.place), Body(echoes, self.place, spread)]

    def told(self, moment: Moment) -> FrameTruth:
        pressure, middle = self._pressure(moment), HEMATOMA.z_mm
        gap = self.placed([(STUMPS_MM[0], middle), (STUMPS_MM[1], middle)], moment)
        hematoma, length, depth = (shape for shape in _PRESSED.pocket_shape(pressure))
        upper, lower = (self.placed(self.level(d), moment) for d in (FASCIA_MM, APONEUROSIS_MM))
        strand_x = np.linspace(STUMPS_MM[0] - 4.0, STUMPS_MM[1] + 4.0, 15)
        strand = self.placed(np.stack([strand_x, np.full_like(strand_x, STRANDS_MM[0])], axis=1), moment)
        shapes = {
            "muscle": polygon(np.concatenate([upper, lower[::-1]])),
            "hematoma": hematoma,
            "proximal_end": polygon(self.placed(self.stump_outline(0), moment)),
            "distal_end": polygon(self.placed(self.stump_outline(1), moment)),
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
    AREA_CM2, TEAR_CM2, THICKNESS_MM, ROUNDNESS = 7.5, 4.5, 21.0, (2.8, 2.3)
    CENTRE_MM, HALF_WIDTH_MM, HALF_DEPTH_MM = (30.0, 20.6), 11.0, 7.5

    def __init__(self, transducer: Transducer, seed: int) -> None:
        super().__init__(transducer, seed)
        self.muscle = muscle_outline(self.AREA_CM2, self.THICKNESS_MM, FASCIA_MM, self.width_mm / 2.0, self.ROUNDNESS)
        self.tear = _deep_part(self.muscle, self.TEAR_CM2 * 100.0)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue = self.tissue(random)
        pocket = ellipse_region(*self.CENTRE_MM, self.HALF_WIDTH_MM, self.HALF_DEPTH_MM)
        muscle, torn = polygon_region(self.muscle), polygon_region(self.tear)
        superficial(tissue, FASCIA_MM)
        muscle_short(tissue, (muscle - torn) - pocket)
        muscle_short(tissue, (muscle & torn) - pocket, clarity=0.3, level_db=7.0)
        fluid.hematoma(tissue, pocket, fluid.Stage.DEBRIS)
        sheet(tissue, ellipse_outline(*self.CENTRE_MM, self.HALF_WIDTH_MM, self.HALF_DEPTH_MM), level_db=-24.0,
              thickness_mm=0.3)  # fmt: skip
        sheath(tissue, self.muscle)
        nerve = ellipse_region(36.0, APONEUROSIS_MM + 4.0, 5.0, 2.3, 8.0)
        nerve_short(tissue, nerve)
        sheet(tissue, ellipse_outline(36.0, APONEUROSIS_MM + 4.0, 5.0, 2.3, 8.0), level_db=-19.0, thickness_mm=0.4)
        muscle_short(tissue, (layer(FASCIA_MM, 100.0) - muscle) - nerve)
        return [Body(tissue.echoes(), self.place)]

    def told(self, moment: Moment) -> FrameTruth:
        (x, z), wide, deep = self.CENTRE_MM, self.HALF_WIDTH_MM, self.HALF_DEPTH_MM
        shapes = {
            "muscle": polygon(self.muscle),
            "tear": polygon(self.tear),
            "hematoma": ellipse((x, z), (x + wide, z), (x, z + deep)),
            "hematoma_W": line((x - wide, z), (x + wide, z)),
            "hematoma_D": line((x, z - deep), (x, z + deep)),
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
