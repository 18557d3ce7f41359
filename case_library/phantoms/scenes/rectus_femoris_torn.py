"""A thigh in long axis with a complete tear of the rectus femoris, whose gap opens when the muscle contracts.

Proximal is to the left. From the skin: dermis, subcutis with septa, fascia lata, rectus femoris with its central
tendon, vastus intermedius, cortex of the femur with its shadow. The fascia lata bridges the tear; both stumps draw
back, most at the middle, so that their ends become round, and bunch up. Every number is illustrative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from case_library.phantoms.scenes.motion import Floats, Wavy, through_layers
from case_library.phantoms.scenes.scene import Moment, Scene
from case_library.phantoms.scenes.thigh import APONEUROSIS_MM, BOTTOM_MM, FASCIA_MM, FEMUR_MM
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Rule, Shape, line, point, polygon, polyline

MIDDLE_MM = (FASCIA_MM + APONEUROSIS_MM) / 2.0
_THICKNESS_AT_MM = 10.0  # along the transducer


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
        rounding = 0.55 * self.tear.proximal_shift_mm * _off_middle(z) ** 2.4 * np.exp(-((behind / 6.0) ** 2))
        return np.asarray(-shift - rounding)

    def distal_travel(self, x: Floats, z: Floats) -> Floats:
        behind = np.maximum(x - self.distal(z), 0.0)
        shift = self.tear.distal_shift_mm * (0.7 + 0.3 * np.exp(-behind / 12.0))
        rounding = 1.15 * self.tear.distal_shift_mm * _off_middle(z) ** 2.4 * np.exp(-((behind / 5.0) ** 2))
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

    def _seen(self, x: Floats, z: Floats, moment: Moment) -> Floats:
        """Return points at `x` now and at depth `z` at rest, as seen: shape (n, 2)."""
        x, z = np.asarray(x, float), np.asarray(z, float)
        return np.stack(self.swayed(x, self.depth(x, z, moment.activation), moment), axis=1)

    def truth(self, moment: Moment) -> FrameTruth:
        activation = moment.activation
        middle = np.array([MIDDLE_MM])
        rest = [float(edge(middle)[0]) for edge in (self.edges.proximal, self.edges.distal)]
        now = [float(edge[0]) for edge in self.edges.now(middle, activation)]
        # Both ends at one depth: the gap is measured along the muscle, which lies along the transducer.
        seen = self._seen(np.array(now), np.array([MIDDLE_MM, MIDDLE_MM]), moment)
        depth = float(seen[:, 1].mean())
        gap = line((seen[0, 0], depth), (seen[1, 0], depth))
        shifts = [line((seen[i, 0] - (now[i] - rest[i]), depth), (seen[i, 0], depth)) for i in (0, 1)]
        at = np.full(2, _THICKNESS_AT_MM)
        thickness = self._seen(at, np.array([FASCIA_MM, APONEUROSIS_MM]), moment)
        z = np.linspace(FASCIA_MM, APONEUROSIS_MM, 24)
        left, right = (self._seen(edge, z, moment) for edge in self.edges.now(z, activation))
        across = np.linspace(0.0, self.width_mm, 25)
        borders = {d: self._seen(across, np.full_like(across, d), moment) for d in (FASCIA_MM, APONEUROSIS_MM)}
        top, bottom = borders[FASCIA_MM], borders[APONEUROSIS_MM]
        shapes: dict[str, Shape] = {
            "proximal_muscle": belly(top, bottom, left, -1),
            "distal_muscle": belly(top, bottom, right, 1),
            "gap_content": polygon(np.concatenate([left, right[::-1]])),
            "gap": gap,
            "thickness": line(*thickness),
            "proximal_stump": point(seen[0, 0], depth),
            "distal_stump": point(seen[1, 0], depth),
            "proximal_shift": shifts[0],
            "distal_shift": shifts[1],
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


def belly(top: Floats, bottom: Floats, edge: Floats, side: int) -> Shape:
    """Return the outline of one part of the muscle: the borders on one side of the tear, and its edge."""
    out = 0 if side < 0 else -1

    def border(points: Floats, end: Floats) -> Floats:
        x = np.linspace(points[out, 0], end[0], 9)[:-1]
        return np.stack([x, np.interp(x, points[:, 0], points[:, 1])], axis=1)

    return polygon(np.concatenate([border(top, edge[0]), edge, border(bottom, edge[-1])[::-1]]))
