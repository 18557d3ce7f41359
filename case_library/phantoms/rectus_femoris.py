"""A right thigh in long axis with a complete tear of the rectus femoris, whose gap opens when the muscle contracts.

Proximal is to the left. From the skin: dermis, subcutis with septa, fascia lata, rectus femoris with its central
tendon, vastus intermedius, cortex of the femur with its shadow. The fascia lata bridges the tear; both stumps draw
back, most at the middle, so that their ends become round, and bunch up. Every number is illustrative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import gap_content
from case_library.phantoms.appearance.layers import aponeurosis, fascia, skin, subcutis
from case_library.phantoms.appearance.muscle import muscle_long
from case_library.phantoms.echoes import Echoes
from case_library.phantoms.noise import SmoothNoise
from case_library.phantoms.shapes import layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import Tissue

Floats = NDArray[np.floating[Any]]

_DERMIS_MM = 2.0
_FASCIA_MM = 9.0
_APONEUROSIS_MM = 24.0
_FEMUR_MM = 46.0
_CENTRAL_TENDON = 0.45  # of the thickness of the muscle, from above

# What fills the gap, against what it is drawn with: some clot at rest, clearer fluid at full effort.
_THINNED_DB = -6.0
_FRAYED_MM = 0.8


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
    """

    proximal_edge_mm: float = 33.0
    gap_at_rest_mm: float = 2.0
    proximal_shift_mm: float = 11.0
    distal_shift_mm: float = 3.0


@dataclass(frozen=True)
class StumpEdges:
    """The two edges of the gap at half the thickness of the muscle, in millimetres from the corner of the picture."""

    proximal_mm: tuple[float, float]
    distal_mm: tuple[float, float]

    @property
    def gap_mm(self) -> float:
        """Along the muscle, which here lies along the transducer."""
        return self.distal_mm[0] - self.proximal_mm[0]


class TornRectusFemoris:
    """The tissue, made once; asked for each moment.

    `activation` goes from 0 to 1; `sway_mm` is how far the femur is pushed away from the transducer, as by an
    unsteady hand.
    """

    middle_mm = (_FASCIA_MM + _APONEUROSIS_MM) / 2.0

    def __init__(self, tear: Tear, transducer: Transducer, seed: int) -> None:
        self.tear = tear
        random = np.random.default_rng(seed)
        self._ragged = tuple(SmoothNoise(random, 1.0, height_mm) for height_mm in (0.7, 0.7, 1.1))
        muscle = _rectus_femoris(random, transducer)
        behind_proximal = self._proximal_edge(muscle.z_mm) - muscle.x_mm
        behind_distal = muscle.x_mm - self._distal_edge(muscle.z_mm)
        # Torn ends are frayed: they no longer reflect as one surface.
        frayed = np.exp(-((np.maximum(behind_proximal, behind_distal) / _FRAYED_MM) ** 2))
        muscle.amplitude[:] *= 1.0 - 0.85 * frayed * (1.0 - muscle.coherence)
        proximal, distal = muscle.part(behind_proximal >= 0), muscle.part(behind_distal >= 0)
        blood, across = self._make_blood(random, transducer)
        above, below = _superficial(random, transducer), _deep(random, transducer)
        travel_mm = [
            (1.0 - across) * self._proximal_travel(self._proximal_edge(blood.z_mm), blood.z_mm)
            + across * self._distal_travel(self._distal_edge(blood.z_mm), blood.z_mm),
            self._proximal_travel(proximal.x_mm, proximal.z_mm),
            self._distal_travel(distal.x_mm, distal.z_mm),
            np.zeros_like(above.x_mm),
            _deep_travel(below.z_mm),
        ]
        self._at_rest = Echoes.together([blood, proximal, distal, above, below])
        self._travel_mm = np.concatenate(travel_mm).astype(np.float32)
        self._sink_with = _sink_with(self._at_rest.z_mm)
        self._blood_z_mm = blood.z_mm

    def stump_edges(self, activation: float, sway_mm: float = 0.0) -> StumpEdges:
        """Return where the two edges of the gap are."""
        z = np.array([self.middle_mm])
        left, right = self._edges(z, activation)
        found = [(float(x[0]), float(self._depth(x, z, _sink_with(z), activation, sway_mm)[0])) for x in (left, right)]
        return StumpEdges(*found)

    def echoes(self, activation: float, sway_mm: float = 0.0) -> Echoes:
        """Return all echoes where they are at this moment."""
        x = self._at_rest.x_mm + np.float32(activation) * self._travel_mm
        z = self._depth(x, self._at_rest.z_mm, self._sink_with, activation, sway_mm)
        # The same echoes fill a wider gap, each for more of it; and fluid that flows in thins the clot.
        left, right = self._edges(self._blood_z_mm, activation)
        level_db = np.zeros(x.size, np.float32)
        level_db[: left.size] = 10.0 * np.log10(np.maximum(right - left, 1e-6)) + _THINNED_DB * activation
        return self._at_rest.moved(x, z, slice_mm=0.8 * sway_mm, level_db=level_db)

    def _edges(self, z: Floats, activation: float) -> tuple[Floats, Floats]:
        left, right = self._proximal_edge(z), self._distal_edge(z)
        return (
            left + activation * self._proximal_travel(left, z),
            right + activation * self._distal_travel(right, z),
        )

    # The edges at rest: oblique, ragged, and exactly `gap_at_rest_mm` apart at half the thickness.

    def _proximal_edge(self, z: Floats) -> Floats:
        return self.tear.proximal_edge_mm + 0.22 * (z - self.middle_mm) + self._rag(0, z)

    def _distal_edge(self, z: Floats) -> Floats:
        gap_mm = self.tear.gap_at_rest_mm - 0.5 * _off_middle(z) ** 2
        return self.tear.proximal_edge_mm + gap_mm + 0.22 * (z - self.middle_mm) + self._rag(1, z)

    def _rag(self, side: int, z: Floats) -> Floats:
        away = np.clip(np.abs(z - self.middle_mm) / 2.0, 0.0, 1.0)
        nought = np.zeros_like(z)
        return np.asarray(away * (0.3 * self._ragged[side](nought, z) + 0.7 * self._ragged[2](nought, z)))

    # How far each point goes along the transducer at full activation: less far from the tear, more at the borders.

    def _proximal_travel(self, x: Floats, z: Floats) -> Floats:
        behind = np.maximum(self._proximal_edge(z) - x, 0.0)
        shift = self.tear.proximal_shift_mm * (0.65 + 0.35 * np.exp(-behind / 15.0))
        rounding = 6.0 * _off_middle(z) ** 2.4 * np.exp(-((behind / 6.0) ** 2))
        return np.asarray(-shift - rounding)

    def _distal_travel(self, x: Floats, z: Floats) -> Floats:
        behind = np.maximum(x - self._distal_edge(z), 0.0)
        shift = self.tear.distal_shift_mm * (0.7 + 0.3 * np.exp(-behind / 12.0))
        rounding = 3.5 * _off_middle(z) ** 2.4 * np.exp(-((behind / 5.0) ** 2))
        return np.asarray(shift + rounding)

    def _depth(
        self, x: Floats, z: Floats, sink_with: tuple[Floats, Floats], activation: float, sway_mm: float
    ) -> Floats:
        """Return the depth of points at `x` now that were at depth `z` at rest.

        The stumps bunch up and push the aponeurosis down; over the gap the fascia sinks in and the aponeurosis rises.
        """
        left = self.tear.proximal_edge_mm - self.tear.proximal_shift_mm * activation
        right = self.tear.proximal_edge_mm + self.tear.gap_at_rest_mm + self.tear.distal_shift_mm * activation
        in_gap = np.exp(-(((x - (left + right) / 2.0) / 6.0) ** 2))
        bunched = np.exp(-(((x - left + 7.0) / 8.0) ** 2)) + 0.5 * np.exp(-(((x - right - 6.0) / 7.0) ** 2))
        fascia, aponeurosis = 0.9 * in_gap - 0.15 * bunched, 1.2 * bunched - 0.9 * in_gap
        sunk = activation * (sink_with[0] * fascia + sink_with[1] * aponeurosis)
        return np.asarray(z + sunk + z * (sway_mm / _FEMUR_MM))

    def _make_blood(self, random: np.random.Generator, transducer: Transducer) -> tuple[Echoes, Floats]:
        """Return the contents of the gap, for a gap of 1 mm, and how far each lies across it, from 0 to 1."""
        tissue = Tissue(random, transducer)
        gap_content(tissue, layer(_FASCIA_MM + 0.5, _APONEUROSIS_MM), 0.45)
        whole = tissue.echoes()
        # A strip as wide as the gap becomes at the borders of the muscle, then squeezed.
        start, width = self.tear.proximal_edge_mm - 11.0, np.float32(24.0)
        strip = whole.part((whole.x_mm >= start) & (whole.x_mm < start + width))
        across = (strip.x_mm - np.float32(start)) / width
        left, right = self._edges(strip.z_mm, 0.0)
        return strip.moved(left + across * (right - left), strip.z_mm, level_db=-10.0 * np.log10(float(width))), across


def _off_middle(z: Floats) -> Floats:
    """Return the distance from the middle of the muscle: 0 there, 1 at its borders."""
    middle_mm = TornRectusFemoris.middle_mm
    return np.asarray(np.clip(np.abs(z - middle_mm) / (_APONEUROSIS_MM - middle_mm), 0.0, 1.0))


def _deep_travel(z: Floats) -> Floats:
    """Return how far the vastus intermedius, which is whole, glides."""
    part = np.clip((z - _APONEUROSIS_MM) / (_FEMUR_MM - _APONEUROSIS_MM), 0.0, 1.0)
    return np.asarray(-1.3 * np.sin(np.pi * part))


def _sink_with(z: Floats) -> tuple[Floats, Floats]:
    """Return how much a depth follows the fascia lata and the deep aponeurosis, each from 0 to 1."""
    fascia = np.interp(z, [0.0, _FASCIA_MM, _APONEUROSIS_MM], [0.0, 1.0, 0.0])
    aponeurosis = np.interp(z, [_FASCIA_MM, _APONEUROSIS_MM, _FEMUR_MM], [0.0, 1.0, 0.0])
    return fascia.astype(np.float32), aponeurosis.astype(np.float32)


def _superficial(random: np.random.Generator, transducer: Transducer) -> Echoes:
    tissue = Tissue(random, transducer)
    skin(tissue, tissue.level_line(_DERMIS_MM, 0.1))
    subcutis(tissue, layer(_DERMIS_MM, _FASCIA_MM + 0.4))
    aponeurosis(tissue, tissue.level_line(_FASCIA_MM, 0.08), thickness_mm=0.9)
    return tissue.echoes()


def _rectus_femoris(random: np.random.Generator, transducer: Transducer) -> Echoes:
    """Return the muscle before it tore: bipennate, the fascicles of both halves running down to the central tendon."""
    tendon_mm = _FASCIA_MM + _CENTRAL_TENDON * (_APONEUROSIS_MM - _FASCIA_MM)
    tissue, slope = Tissue(random, transducer), float(np.tan(np.radians(10.0)))
    muscle_long(tissue, layer(_FASCIA_MM + 0.4, tendon_mm), slope)
    muscle_long(tissue, layer(tendon_mm, _APONEUROSIS_MM), -slope)
    fascia(tissue, tissue.level_line(_FASCIA_MM + 0.7, 0.05), thickness_mm=0.2, level_db=-20.0)
    aponeurosis(tissue, tissue.level_line(tendon_mm, 0.12), thickness_mm=0.7, level_db=-14.0)
    aponeurosis(tissue, tissue.level_line(_APONEUROSIS_MM - 0.2, 0.1), thickness_mm=0.5, level_db=-14.0)
    return tissue.echoes()


def _deep(random: np.random.Generator, transducer: Transducer) -> Echoes:
    tissue = Tissue(random, transducer)
    femur = tissue.level_line(_FEMUR_MM, 0.2)
    muscle_long(tissue, layer(_APONEUROSIS_MM, femur), float(np.tan(np.radians(-7.0))))
    fascia(tissue, tissue.level_line(_APONEUROSIS_MM + 0.5, 0.1), thickness_mm=0.3, level_db=-17.0)
    bone(tissue, femur)
    return tissue.echoes()
