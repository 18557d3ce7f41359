"""A thigh in long axis with a complete tear of the rectus femoris, whose gap opens when the muscle contracts.

Proximal is to the left. From the skin: dermis, subcutis with septa, fascia lata, rectus femoris with its central
tendon, vastus intermedius, cortex of the femur with its shadow. The fascia lata bridges the tear; both stumps draw
back, most at the middle, so that their ends become round, and bunch up. Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import gap_content
from case_library.phantoms.appearance.layers import aponeurosis, fascia
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.echoes import Echoes
from case_library.phantoms.scenes.motion import Floats, Wavy, through_layers
from case_library.phantoms.scenes.scene import Body, Level, Moment, Scene
from case_library.phantoms.scenes.thigh import APONEUROSIS_MM, BOTTOM_MM, FASCIA_MM, FEMUR_MM
from case_library.phantoms.scenes.tissues import frayed, superficial
from case_library.phantoms.shapes import layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import Tissue
from case_library.phantoms.truth import FrameTruth, Measure, Rule, Shape, line, point, polygon, polyline

MIDDLE_MM = (FASCIA_MM + APONEUROSIS_MM) / 2.0
_THICKNESS_AT_MM = 10.0  # along the transducer
_BESIDE_MM = 3.0  # of the lines of the shifts from that of the gap, so that none hides another
_THINNED_DB = -6.0
_WASTED_FAT = 0.12
_DEEP_MM = FEMUR_MM - APONEUROSIS_MM


@dataclass(frozen=True)
class Tear:
    """The tear and how far each stump moves at full activation, in millimetres.

    Attributes
    ----------
    proximal_edge_mm : float
        Where the proximal stump ends at rest, along the transducer, at half the thickness of the muscle.
    gap_at_rest_mm : float
        Along the muscle, at the same depth.
    proximal_shift_mm, distal_shift_mm : float
        Away from each other; the gap grows by their sum.
    thickening_mm : float
        Of the proximal belly.
    """

    proximal_edge_mm: float = 33.0
    gap_at_rest_mm: float = 2.0
    proximal_shift_mm: float = 11.0
    distal_shift_mm: float = 3.0
    thickening_mm: float = 1.2


class TearEdges:
    """The two edges of a tear at each depth, at rest and drawn apart: oblique, ragged, and round when apart.

    At half the thickness of the muscle they are exactly as far apart as the tear says.
    """

    def __init__(self, tear: Tear, random: np.random.Generator) -> None:
        self.tear = tear
        self._ragged = tuple(Wavy(random, length_mm) for length_mm in (0.7, 0.7, 1.1))

    def proximal(self, z: Floats) -> Floats:
        return self.tear.proximal_edge_mm + 0.22 * (z - MIDDLE_MM) + self._rag(0, z)

    def distal(self, z: Floats) -> Floats:
        gap_mm = self.tear.gap_at_rest_mm - 0.5 * _off_middle(z) ** 2
        return self.tear.proximal_edge_mm + gap_mm + 0.22 * (z - MIDDLE_MM) + self._rag(1, z)

    def proximal_travel(self, x: Floats, z: Floats) -> Floats:
        """Return how far points of the proximal stump go at full activation: less far from the tear."""
        behind = np.maximum(self.proximal(z) - x, 0.0)
        shift = self.tear.proximal_shift_mm * (0.65 + 0.35 * np.exp(-behind / 15.0))
        rounding = 0.28 * self.tear.proximal_shift_mm * _off_middle(z) ** 2.4 * np.exp(-((behind / 6.0) ** 2))
        return np.asarray(-shift - rounding)

    def distal_travel(self, x: Floats, z: Floats) -> Floats:
        behind = np.maximum(x - self.distal(z), 0.0)
        shift = self.tear.distal_shift_mm * (0.7 + 0.3 * np.exp(-behind / 12.0))
        rounding = 0.7 * self.tear.distal_shift_mm * _off_middle(z) ** 2.4 * np.exp(-((behind / 5.0) ** 2))
        return np.asarray(shift + rounding)

    def now(self, z: Floats, activation: float) -> tuple[Floats, Floats]:
        """Return both edges at a moment, for depths at rest."""
        left, right = self.proximal(z), self.distal(z)
        return (
            left + activation * self.proximal_travel(left, z),
            right + activation * self.distal_travel(right, z),
        )

    def _rag(self, side: int, z: Floats) -> Floats:
        away = np.clip(np.abs(z - MIDDLE_MM) / 2.0, 0.0, 1.0)
        return np.asarray(away * (0.3 * self._ragged[side](z) + 0.7 * self._ragged[2](z)))


def _off_middle(z: Floats) -> Floats:
    """Return the distance from the middle of the muscle: 0 there, 1 at its borders."""
    return np.asarray(np.clip(np.abs(z - MIDDLE_MM) / (APONEUROSIS_MM - MIDDLE_MM), 0.0, 1.0))


class TornRectusFemoris(Scene):
    measures = {
        "gap_mm": Measure("gap", Rule.LENGTH),
        "thickness_mm": Measure("thickness", Rule.LENGTH),
        "prox_stump_shift_mm": Measure("proximal_shift", Rule.LENGTH),
        "dist_stump_shift_mm": Measure("distal_shift", Rule.LENGTH),
    }
    firm_mm = FASCIA_MM
    tilt_deg = 1.6

    def __init__(self, transducer: Transducer, seed: int, tear: Tear) -> None:
        super().__init__(transducer, seed)
        self.tear = tear
        self.edges = TearEdges(tear, np.random.default_rng([seed, 1]))

    # Where things are: depths follow fascia and aponeurosis at the place where a point is now.

    def _borders(self, x: Floats, activation: float) -> tuple[Floats, Floats]:
        """Return the depth of the fascia and of the deep aponeurosis along the transducer."""
        left = self.tear.proximal_edge_mm - self.tear.proximal_shift_mm * activation
        right = self.tear.proximal_edge_mm + self.tear.gap_at_rest_mm + self.tear.distal_shift_mm * activation

        def in_gap(x: Floats) -> Floats:
            return np.asarray(np.exp(-(((x - (left + right) / 2.0) / 6.0) ** 2)))

        def swollen(x: Floats) -> Floats:
            mounds = np.exp(-(((x - left + 6.0) / 6.0) ** 2)) + 0.5 * np.exp(-(((x - right - 6.0) / 7.0) ** 2))
            return np.asarray(mounds - 2.4 * in_gap(x))

        fascia = FASCIA_MM + activation * 0.8 * in_gap(x)
        # Just the thickening where the thickness is measured.
        more = self.tear.thickening_mm + swollen(x) - swollen(np.array(_THICKNESS_AT_MM))
        return fascia, fascia + (APONEUROSIS_MM - FASCIA_MM) + activation * more

    def depth(self, x: Floats, z: Floats, activation: float) -> Floats:
        """Return the depth of points that are at `x` now and were at depth `z` at rest."""
        fascia, aponeurosis = self._borders(np.asarray(x, float), activation)
        rest = (0.0, FASCIA_MM, APONEUROSIS_MM, FEMUR_MM, BOTTOM_MM)
        return through_layers(z, rest, (0.0, fascia, aponeurosis, FEMUR_MM, BOTTOM_MM))

    def _now(self, x: Floats, z: Floats, moment: Moment) -> Floats:
        """Return where points are now that are at `x` now and were at depth `z` at rest, shape (n, 2)."""
        x, z = np.asarray(x, float), np.asarray(z, float)
        return np.stack([x, self.depth(x, z, moment.activation)], axis=1)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        muscle, edges = torn_muscle(self.tissue(random, 14.0)), self.edges
        proximal, distal = stumps(muscle, edges)
        blood, across = gap_strip(self.tissue(random), edges)
        above = self.tissue(random)
        superficial(above, FASCIA_MM)
        # The vastus intermedius is whole and glides a little.
        deep = deep_thigh(self.tissue(random))
        # What each echo does at full effort is the same in every frame.
        edge = self.edges.now(blood.z_mm, 0.0), self.edges.now(blood.z_mm, 1.0)
        blood_travel = (1.0 - across) * (edge[1][0] - edge[0][0]) + across * (edge[1][1] - edge[0][1])
        width = edge[0][1] - edge[0][0], edge[1][1] - edge[1][0]

        def filled(moment: Moment) -> Floats:
            """Return by how much brighter the blood is: the same echoes fill a wider gap, and fluid thins the clot."""
            wide = width[0] + moment.activation * (width[1] - width[0])
            return np.asarray(10.0 * np.log10(np.maximum(wide, 1e-6)) + _THINNED_DB * moment.activation)

        return [
            self._body(blood, blood_travel, filled),
            self._body(proximal, edges.proximal_travel(proximal.x_mm, proximal.z_mm)),
            self._body(distal, edges.distal_travel(distal.x_mm, distal.z_mm)),
            self._body(above.echoes(), np.zeros(1)),
            self._body(deep, -1.3 * np.sin(np.pi * np.clip((deep.z_mm - APONEUROSIS_MM) / _DEEP_MM, 0.0, 1.0))),
        ]

    def _body(self, echoes: Echoes, travel_mm: Floats, level_db: Level = lambda moment: 0.0) -> Body:
        """Return echoes of which each goes this far along the probe at full effort."""

        def place(x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
            now = x + moment.activation * travel_mm
            return now, self.depth(now, z, moment.activation)

        return Body(echoes, place, level_db)

    def told(self, moment: Moment) -> FrameTruth:
        activation = moment.activation
        middle = np.array([MIDDLE_MM])
        rest = [float(edge(middle)[0]) for edge in (self.edges.proximal, self.edges.distal)]
        now = [float(edge[0]) for edge in self.edges.now(middle, activation)]
        # Both ends at one depth: the gap is measured along the muscle, which lies along the transducer.
        depth = float(self.depth(np.array(now), np.full(2, MIDDLE_MM), activation).mean())
        at = np.full(2, _THICKNESS_AT_MM)
        thickness = self._now(at, np.array([FASCIA_MM, APONEUROSIS_MM]), moment)
        z = np.linspace(FASCIA_MM, APONEUROSIS_MM, 24)
        left, right = (self._now(edge, z, moment) for edge in self.edges.now(z, activation))
        across = np.linspace(0.0, self.width_mm, 25)
        borders = {d: self._now(across, np.full_like(across, d), moment) for d in (FASCIA_MM, APONEUROSIS_MM)}
        top, bottom = borders[FASCIA_MM], borders[APONEUROSIS_MM]
        shapes: dict[str, Shape] = {
            "proximal_muscle": belly(top, bottom, left, -1),
            "distal_muscle": belly(top, bottom, right, 1),
            "gap_content": polygon(np.concatenate([left, right[::-1]])),
            "gap": line((now[0], depth), (now[1], depth)),
            "thickness": line(*thickness),
            "proximal_stump": point(now[0], depth),
            "distal_stump": point(now[1], depth),
            "proximal_shift": line((rest[0], depth - _BESIDE_MM), (now[0], depth - _BESIDE_MM)),
            "distal_shift": line((rest[1], depth + _BESIDE_MM), (now[1], depth + _BESIDE_MM)),
            "superficial_aponeurosis": polyline(top),
            "deep_aponeurosis": polyline(bottom),
        }
        values = {
            "gap_mm": now[1] - now[0],
            "thickness_mm": float(thickness[1, 1] - thickness[0, 1]),
            "prox_stump_shift_mm": rest[0] - now[0],
            "dist_stump_shift_mm": now[1] - rest[1],
        }
        return FrameTruth(values, shapes)


def torn_muscle(tissue: Tissue) -> Echoes:
    """Return the wasted muscle before it tore: the fascicles of both halves run to the central tendon."""
    tendon = FASCIA_MM + 0.45 * (APONEUROSIS_MM - FASCIA_MM)
    slope = float(np.tan(np.radians(10.0)))
    muscle_long(tissue, layer(FASCIA_MM, tendon), slope, fat=_WASTED_FAT)
    muscle_long(tissue, layer(tendon, APONEUROSIS_MM), -slope, fat=_WASTED_FAT)
    fascia(tissue, tissue.level_line(FASCIA_MM + 0.7, 0.05), thickness_mm=0.2, level_db=-20.0)
    aponeurosis(tissue, tissue.level_line(tendon, 0.12), thickness_mm=0.7, level_db=-14.0)
    aponeurosis(tissue, tissue.level_line(APONEUROSIS_MM - 0.2, 0.1), thickness_mm=0.5, level_db=-14.0)
    return tissue.echoes()


def stumps(muscle: Echoes, edges: TearEdges) -> tuple[Echoes, Echoes]:
    """Return both parts of a muscle that is torn at these edges, with frayed ends."""
    behind_proximal = edges.proximal(muscle.z_mm) - muscle.x_mm
    behind_distal = muscle.x_mm - edges.distal(muscle.z_mm)
    frayed(muscle, np.maximum(behind_proximal, behind_distal))
    return muscle.part(behind_proximal >= 0.0), muscle.part(behind_distal >= 0.0)


def gap_strip(tissue: Tissue, edges: TearEdges) -> tuple[Echoes, Floats]:
    """Return the contents of the gap as bright as in a gap of 1 mm, and how far each lies across it, from 0 to 1."""
    gap_content(tissue, layer(FASCIA_MM + 0.5, APONEUROSIS_MM), 0.6)
    whole = tissue.echoes()
    # A strip as wide as the gap becomes at the borders of the muscle, then squeezed.
    start, width = edges.tear.proximal_edge_mm - 11.0, 24.0
    strip = whole.part((whole.x_mm >= start) & (whole.x_mm < start + width))
    across = (strip.x_mm - start) / width
    left, right = edges.now(strip.z_mm, 0.0)
    return strip.moved(left + across * (right - left), strip.z_mm, level_db=-10.0 * np.log10(width)), across


def deep_thigh(tissue: Tissue, *, top_mm: float = APONEUROSIS_MM) -> Echoes:
    """Return the vastus intermedius and the femur."""
    femur = tissue.level_line(FEMUR_MM, 0.2)
    muscle_long(tissue, layer(top_mm, femur), float(np.tan(np.radians(-7.0))))
    fascia(tissue, tissue.level_line(top_mm + 0.5, 0.1), thickness_mm=0.3, level_db=-17.0)
    bone(tissue, femur)
    return tissue.echoes()


def belly(top: Floats, bottom: Floats, edge: Floats, side: int) -> Shape:
    """Return the outline of one part of the muscle: the borders on one side of the tear, and its edge."""
    out = 0 if side < 0 else -1

    def border(points: Floats, end: Floats) -> Floats:
        x = np.linspace(points[out, 0], end[0], 9)[:-1]
        return np.stack([x, np.interp(x, points[:, 0], points[:, 1])], axis=1)

    return polygon(np.concatenate([border(top, edge[0]), edge, border(bottom, edge[-1])[::-1]]))
