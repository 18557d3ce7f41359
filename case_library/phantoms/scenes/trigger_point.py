"""A trapezius in long axis with a trigger point: felt with the probe, needled, twitching, and afterwards.

From the skin: dermis, subcutis, trapezius with a taut band and a dark nodule in it, levator scapulae, ribs. The needle
comes from the left at 30 degrees. Every number is illustrative, and the entity itself is debated.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np

from case_library.phantoms.appearance import bone as bones
from case_library.phantoms.appearance.fluid import gap_content
from case_library.phantoms.appearance.layers import aponeurosis
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.echoes import Echoes
from case_library.phantoms.profiles import TWITCH_WIDTH_S
from case_library.phantoms.scenes.motion import Floats, band, mixed, through_layers
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.tissues import superficial
from case_library.phantoms.shapes import ellipse as ellipse_region
from case_library.phantoms.shapes import layer
from case_library.phantoms.shapes import polygon as polygon_region
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import (
    FrameTruth,
    Measure,
    Rule,
    angle,
    ellipse,
    line,
    outline,
    point,
    polygon,
)

FASCIA_MM, UNDER_MM, BONE_MM = 6.0, 18.0, 37.0
NODULE_MM = (33.0, 12.0)
BEFORE_MM, AFTER_MM = (6.0, 3.4), (5.6, 3.0)
BAND_HALF_MM = 2.3
NEEDLE_DEG = 30.0
TRACK_MM = (5.0, 0.9)
_REST_MM = (0.0, FASCIA_MM, 10.3, 13.7, UNDER_MM, 34.0, 50.0)
_PALPATED_MM = (0.0, 4.2, 7.45, 10.55, 14.2, 27.6, 43.6)
_TWITCH_MM = 2.0
_SLOPE = 0.035  # of the fascicles
_TAN, _SIN = np.tan(np.radians(NEEDLE_DEG)), np.sin(np.radians(NEEDLE_DEG))


class Act(Enum):
    """What is done: activation is the pressure of the probe, the way of the needle, or the strength of the twitch."""

    BEFORE = "before"
    PALPATION = "palpation"
    INSERTION = "insertion"
    TWITCH = "twitch"
    AFTER = "after"


class TriggerPoint(Scene):
    firm_mm = 1e6  # depths are told from the skin, so the hand only slides

    def __init__(self, transducer: Transducer, seed: int, act: Act) -> None:
        super().__init__(transducer, seed)
        self.act = act
        self.measures = {
            "long_axis_mm": Measure("long_axis", Rule.LENGTH),
            "short_axis_mm": Measure("short_axis", Rule.LENGTH),
            "hypo_area_cm2": Measure("nodule", Rule.AREA),
            "depth_mm": Measure("depth", Rule.LENGTH),
        }
        if self.needle:
            self.measures = {
                "tip_depth_mm": Measure("tip_depth", Rule.LENGTH),
                "shaft_length_mm": Measure("needle_shaft", Rule.LENGTH),
                "needle_angle_deg": Measure("needle_angle", Rule.ANGLE),
            }
        if act is Act.TWITCH:
            self.measures["displacement_mm"] = Measure("twitch", Rule.LENGTH)
        if act is Act.AFTER:
            self.measures["track_length_mm"] = Measure("track_length", Rule.LENGTH)

    @property
    def needle(self) -> bool:
        return self.act in (Act.INSERTION, Act.TWITCH)

    @property
    def size_mm(self) -> tuple[float, float]:
        return AFTER_MM if self.act is Act.AFTER else BEFORE_MM

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        x, z, activation = np.asarray(x, float), np.asarray(z, float), moment.activation
        if self.act is Act.PALPATION:
            depth = through_layers(z, _REST_MM, list(mixed(_REST_MM, _PALPATED_MM, activation)))
            # The nodule is firm and gives way sideways: its area in the picture is kept.
            wider = 3.4 / float(mixed(3.4, 3.1, activation)) - 1.0
            near = band(z, 10.3, 13.7, 6.0, 18.0) * np.exp(-np.maximum(np.abs(x - NODULE_MM[0]) - 3.0, 0.0) / 6.0)
            return np.asarray(x + wider * near * np.clip(x - NODULE_MM[0], -6.0, 6.0)), depth
        if self.act is Act.TWITCH:
            off_x, off_z = x - NODULE_MM[0], z - NODULE_MM[1]
            jerk = np.exp(-((off_x / 11.0) ** 2) - np.maximum(np.abs(off_z) - 1.7, 0.0) ** 2 / 2.2**2)
            return np.asarray(x - _TWITCH_MM * activation * jerk), z
        if self.act is Act.INSERTION:
            # What lies before the tip is pushed, and comes back once the needle rests.
            tip = self.needle_line(moment)[1]
            pushed = 0.7 * self._pushing(moment) * np.exp(-((x - tip[0]) ** 2 + (z - tip[1]) ** 2) / 2.6**2)
            pushed = pushed * np.clip(z / 2.0, 0.0, 1.0)
            return np.asarray(x + pushed * np.cos(np.radians(NEEDLE_DEG))), np.asarray(z + pushed * _SIN)
        return x, z

    @staticmethod
    def _pushing(moment: Moment) -> float:
        """Return the speed of the needle over its greatest; `smoothstep` has the speed 6 p (1 - p)."""
        part = float(np.clip((moment.time_s - 0.5) / 2.0, 0.0, 1.0))
        return 4.0 * part * (1.0 - part)

    def needle_line(self, moment: Moment) -> Floats:
        """Return where the needle enters the skin and where its tip is, shape (2, 2), without sway."""
        depth = NODULE_MM[1] * (moment.activation if self.act is Act.INSERTION else 1.0)
        entry_x = NODULE_MM[0] - NODULE_MM[1] / _TAN
        return np.array([(entry_x, 0.0), (entry_x + depth / _TAN, depth)])

    def nodule_points(self) -> Floats:
        """Return centre, right end and lower end of the nodule at rest."""
        (x, z), (long, short) = NODULE_MM, self.size_mm
        return np.array([(x, z), (x + long / 2.0, z), (x, z + short / 2.0)])

    def track_outline(self) -> Floats:
        """Return the outline of the thin track of blood that the needle leaves, shape (n, 2)."""
        turn = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
        start, end = self.track_ends()
        along = (end - start) / 2.0
        across = np.array([-along[1], along[0]]) / np.hypot(*along) * TRACK_MM[1] / 2.0
        return np.asarray((start + end) / 2.0 + np.cos(turn)[:, None] * along + np.sin(turn)[:, None] * across)

    @staticmethod
    def track_ends() -> tuple[Floats, Floats]:
        end = np.array(NODULE_MM) - [2.6, 2.6 * _TAN]
        way = np.array([np.cos(np.radians(NEEDLE_DEG)), _SIN])
        return end - TRACK_MM[0] * way, end

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue, (long, short) = self.tissue(random), self.size_mm
        superficial(tissue, FASCIA_MM)
        knot = ellipse_region(*NODULE_MM, long / 2.0, short / 2.0)
        taut = layer(NODULE_MM[1] - BAND_HALF_MM, NODULE_MM[1] + BAND_HALF_MM)
        muscle = layer(FASCIA_MM, UNDER_MM) - taut
        if self.act is Act.AFTER:
            track = polygon_region(self.track_outline())
            muscle, taut = muscle - track, taut - track
            gap_content(tissue, track, 0.15)
        muscle_long(tissue, muscle, _SLOPE)
        # The band's fascicles are straight and close, a little brighter.
        muscle_long(tissue, taut - knot, 0.0, clarity=1.1, level_db=3.0)
        muscle_long(tissue, knot, 0.0, clarity=0.3, level_db=-9.0)
        aponeurosis(tissue, tissue.level_line(UNDER_MM, 0.1), thickness_mm=0.7, level_db=-14.0)
        muscle_long(tissue, layer(UNDER_MM + 0.3, BONE_MM), -0.1)
        ribs = tissue.level_line(BONE_MM, 0.9, 14.0)
        bones.bone(tissue, ribs)
        return [Body(tissue.echoes(), self.place)]

    def echoes(self, moment: Moment) -> Echoes:
        tissue = super().echoes(moment)
        ends = self.needle_line(moment)
        entry, tip = np.stack(self.swayed(ends[:, 0], ends[:, 1], moment), axis=1)
        if not self.needle or tip[1] < 0.3:
            return tissue
        # The same needle at each moment.
        random = np.random.default_rng([self.seed, 2])
        shaft = (entry[0], entry[1]), (tip[0], tip[1])
        # Thin as it is, it echoes little of itself.
        return Echoes.together([tissue, bones.needle(random, self.transducer, *shaft, reverberation=2)])

    def told(self, moment: Moment) -> FrameTruth:
        centre, right, bottom = self.nodule_points()
        placed = self.placed([centre, right, bottom, 2.0 * centre - right, 2.0 * centre - bottom], moment)
        if self.needle:
            # Pushed or jerked, it is no ellipse any more: it is shown by its outline.
            nodule = polygon(self.placed(outline(ellipse(centre, right, bottom)), moment))
        else:
            middle = (placed[2] + placed[4]) / 2.0
            nodule = ellipse(middle, placed[1], placed[2])
        edge = np.linspace(0.0, self.width_mm, 31)
        upper = np.stack([edge, np.full_like(edge, NODULE_MM[1] - BAND_HALF_MM)], axis=1)
        lower = upper[::-1] + [0.0, 2.0 * BAND_HALF_MM]
        shapes = {"taut_band": polygon(self.placed(np.concatenate([upper, lower]), moment)), "nodule": nodule}
        values: dict[str, float] = {}
        if not self.needle:
            shapes |= {
                "long_axis": line(placed[3], placed[1]),
                "short_axis": line(placed[4], placed[2]),
                "depth": line((placed[0, 0], placed[0, 1] - self._depth(moment)), placed[0]),
            }
            long, short = placed[1, 0] - placed[3, 0], placed[2, 1] - placed[4, 1]
            values = {
                "long_axis_mm": float(long),
                "short_axis_mm": float(short),
                "hypo_area_cm2": float(np.pi / 4.0 * long * short / 100.0),
                "depth_mm": self._depth(moment),
            }
        if self.act is Act.AFTER:
            ends = self.track_ends()
            shapes |= {
                "track": polygon(self.track_outline()),
                "track_length": line(*ends),
            }
            values["track_length_mm"] = TRACK_MM[0]
        if self.needle:
            entry, tip = self.needle_line(moment)
            level = entry + [20.0, 0.0]
            along = entry + 20.0 * np.array([1.0, _TAN])
            shapes |= {
                "needle_shaft": line(entry, tip),
                "needle_entry": point(*entry),
                "needle_tip": point(*tip),
                "tip_depth": line((tip[0], 0.0), tip),
                "needle_angle": angle(level, entry, along),
            }
            values = {
                "tip_depth_mm": float(tip[1]),
                "shaft_length_mm": float(tip[1] / _SIN),
                "needle_angle_deg": NEEDLE_DEG,
            }
        if self.act is Act.TWITCH:
            shapes |= {"twitch": line(centre, placed[0]), "twitch_point": point(*placed[0])}
            values["displacement_mm"] = _TWITCH_MM * moment.activation
        return FrameTruth(values, shapes)

    def _depth(self, moment: Moment) -> float:
        """Return how deep the middle of the nodule lies under the skin, without sway."""
        return float(self.place(np.array([NODULE_MM[0]]), np.array([NODULE_MM[1]]), moment)[1][0])


def twitch_visible_s(least_mm: float) -> float:
    """Return for how long before and after its peak the twitch is at least this large."""
    return float(TWITCH_WIDTH_S * np.sqrt(np.log(_TWITCH_MM / least_mm)))
