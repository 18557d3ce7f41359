"""A right thigh in long axis with a complete tear of the rectus femoris, whose gap opens when the muscle contracts.

Proximal is to the left. From the skin: dermis, subcutis with septa, fascia lata, rectus femoris with its central
tendon, vastus intermedius, cortex of the femur with its shadow. The fascia lata bridges the tear; both stumps draw
back, most at the middle, so that their ends become round, and bunch up. Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.speckle import Scatterers, Transducer
from case_library.phantoms.tissue import Tissue, smooth_noise

Floats = NDArray[np.floating[Any]]

_DERMIS_MM = 2.0
_FASCIA_MM = 9.0
_APONEUROSIS_MM = 24.0
_FEMUR_MM = 46.0
_BOTTOM_MM = 52.0
_CENTRAL_TENDON = 0.45  # of the thickness of the muscle, from above

_MUSCLE_DB = -41.0
# What fills the gap, against muscle: clot at rest, mostly fluid at full effort.
_CLOT_DB, _FLUID_DB = -5.0, -13.0
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
        self._transducer = transducer
        random = np.random.default_rng(seed)
        self._ragged = tuple(smooth_noise(random, 1.0, height_mm) for height_mm in (0.7, 0.7, 1.1))
        self._uneven_gain_db = 1.5 * smooth_noise(random, 14.0, 7.0)(
            transducer.lateral_mm[None, :], transducer.depth_mm[:, None]
        )
        muscle = _rectus_femoris(random, transducer)
        behind_proximal = self._proximal_edge(muscle.z_mm) - muscle.x_mm
        behind_distal = muscle.x_mm - self._distal_edge(muscle.z_mm)
        # Torn ends are frayed: they no longer reflect as one surface.
        frayed = np.exp(-((np.maximum(behind_proximal, behind_distal) / _FRAYED_MM) ** 2))
        muscle.amplitude[:] *= 1.0 - 0.85 * frayed * (1.0 - muscle.coherence)
        proximal, distal = _part(muscle, behind_proximal >= 0), _part(muscle, behind_distal >= 0)
        blood, across = self._make_blood(random, transducer)
        above, below = _superficial(random, transducer), _deep(random, transducer)
        bodies = [blood, proximal, distal, above, below]
        travel_mm = [
            (1.0 - across) * self._proximal_travel(self._proximal_edge(blood.z_mm), blood.z_mm)
            + across * self._distal_travel(self._distal_edge(blood.z_mm), blood.z_mm),
            self._proximal_travel(proximal.x_mm, proximal.z_mm),
            self._distal_travel(distal.x_mm, distal.z_mm),
            np.zeros_like(above.x_mm),
            _deep_travel(below.z_mm),
        ]
        self._at_rest = Scatterers(
            np.concatenate([body.x_mm for body in bodies]),
            np.concatenate([body.z_mm for body in bodies]),
            np.concatenate([body.amplitude for body in bodies]),
            np.concatenate([body.coherence for body in bodies]),
        )
        self._travel_mm = np.concatenate(travel_mm).astype(np.float32)
        self._sink_with = _sink_with(self._at_rest.z_mm)
        self._blood_z_mm = blood.z_mm

    def stump_edges(self, activation: float, sway_mm: float = 0.0) -> StumpEdges:
        """Return where the two edges of the gap are."""
        z = np.array([self.middle_mm])
        left, right = self._edges(z, activation)
        found = [(float(x[0]), float(self._depth(x, z, _sink_with(z), activation, sway_mm)[0])) for x in (left, right)]
        return StumpEdges(*found)

    def scatterers(self, activation: float, sway_mm: float = 0.0) -> Scatterers:
        """Return all scatterers where they are at this moment."""
        x = self._at_rest.x_mm + np.float32(activation) * self._travel_mm
        z = self._depth(x, self._at_rest.z_mm, self._sink_with, activation, sway_mm)
        # The same scatterers fill a wider gap, each for more of it; and clot at rest, which is nearly as bright as
        # muscle, is thinned by the fluid that flows in.
        left, right = self._edges(self._blood_z_mm, activation)
        level_db = _CLOT_DB + (_FLUID_DB - _CLOT_DB) * activation
        amplitude = self._at_rest.amplitude.copy()
        amplitude[: left.size] *= np.sqrt(np.maximum(right - left, 0.0)) * 10.0 ** (level_db / 20.0)
        return Scatterers(x, z.astype(np.float32), amplitude, self._at_rest.coherence)

    def gain_db(self, activation: float) -> Floats:
        """Return what the path adds or takes at each pixel: enhancement behind blood, shadow at the round edges."""
        edges = self.stump_edges(activation)
        left, right = edges.proximal_mm[0], edges.distal_mm[0]
        x, z = self._transducer.lateral_mm[None, :], self._transducer.depth_mm[:, None]
        inside = 1.0 / (1.0 + np.exp(-(x - left - 1.0) / 0.8)) / (1.0 + np.exp((x - right + 1.0) / 0.8))
        edge_shadow = np.exp(-(((x - left) / 0.9) ** 2)) + np.exp(-(((x - right) / 0.9) ** 2))
        behind = np.clip((z - _FASCIA_MM - 2.0) / (_APONEUROSIS_MM - _FASCIA_MM), 0.0, 1.0)
        return np.asarray(self._uneven_gain_db + activation * behind * (4.5 * inside - 4.0 * edge_shadow))

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

    def _make_blood(self, random: np.random.Generator, transducer: Transducer) -> tuple[Scatterers, Floats]:
        """Return the contents of the gap, for a gap of 1 mm, and how far each lies across it, from 0 to 1."""
        clots = smooth_noise(random, 1.0, 1.2)
        tissue = Tissue(random, transducer)
        tissue.fill(_FASCIA_MM + 0.5, _APONEUROSIS_MM, lambda x, z: _MUSCLE_DB + 4.5 * clots(x, z))
        whole = tissue.scatterers()
        # A strip as wide as the gap becomes at the borders of the muscle, then squeezed.
        start, width = self.tear.proximal_edge_mm - 11.0, np.float32(24.0)
        strip = _part(whole, (whole.x_mm >= start) & (whole.x_mm < start + width))
        across = (strip.x_mm - np.float32(start)) / width
        left, right = self._edges(strip.z_mm, 0.0)
        x = left + across * (right - left)
        return Scatterers(x, strip.z_mm, strip.amplitude / np.sqrt(width), strip.coherence), across


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


def _superficial(random: np.random.Generator, transducer: Transducer) -> Scatterers:
    tissue, uneven = Tissue(random, transducer), smooth_noise(random, 3.0, 0.7)
    tissue.fill(-1.5, _DERMIS_MM, lambda x, z: -20.0 - 4.0 * z + 2.0 * uneven(x, z))
    tissue.sheet(_level(0.15, random, 0.03), -6.0, thickness_mm=0.5)
    tissue.sheet(_level(_DERMIS_MM, random, 0.1), -20.0, thickness_mm=0.3)
    lobules = smooth_noise(random, 3.5, 0.8)
    tissue.fill(_DERMIS_MM, _FASCIA_MM + 0.4, lambda x, z: -39.0 + 2.5 * lobules(x, z))
    for depth_mm, level_db in ((3.6, -22.0), (5.1, -19.0), (6.7, -20.0)):
        tissue.sheet(_level(depth_mm, random, 0.35), level_db, thickness_mm=0.2, variation_db=7.0)
    tissue.sheet(_level(_FASCIA_MM, random, 0.08), -9.0, thickness_mm=0.55)
    return tissue.scatterers()


def _rectus_femoris(random: np.random.Generator, transducer: Transducer) -> Scatterers:
    """Return the muscle before it tore: bipennate, the fascicles of both halves running down to the central tendon."""
    tendon_mm = _FASCIA_MM + _CENTRAL_TENDON * (_APONEUROSIS_MM - _FASCIA_MM)
    tissue, slope = Tissue(random, transducer), np.tan(np.radians(10.0))
    bundles = smooth_noise(random, 7.0, 0.55)

    def level_db(x: Floats, z: Floats) -> Floats:
        towards_tendon = np.sign(tendon_mm - z)
        return np.asarray(_MUSCLE_DB + 3.0 * bundles(x, z - slope * towards_tendon * x), np.float32)

    top_mm = _FASCIA_MM + 0.4
    tissue.fill(top_mm, _APONEUROSIS_MM, level_db)
    tissue.sheet(_level(top_mm + 0.3, random, 0.05), -17.0, thickness_mm=0.2)
    for upper_mm, lower_mm, towards_tendon in ((top_mm, tendon_mm, 1.0), (tendon_mm, _APONEUROSIS_MM, -1.0)):
        tissue.fascicles(
            upper_mm, lower_mm, slope * towards_tendon, per_mm2=0.16, length_mm=(3.0, 16.0), level_db=(-32.0, -8.0)
        )  # fmt: skip
    tissue.sheet(_level(tendon_mm, random, 0.12), -11.0, thickness_mm=0.5, variation_db=2.5)
    tissue.sheet(_level(_APONEUROSIS_MM - 0.2, random, 0.1), -12.0, thickness_mm=0.4)
    return tissue.scatterers()


def _deep(random: np.random.Generator, transducer: Transducer) -> Scatterers:
    tissue, bundles = Tissue(random, transducer), smooth_noise(random, 7.0, 0.6)
    slope = np.tan(np.radians(-7.0))
    tissue.fill(
        _APONEUROSIS_MM,
        _FEMUR_MM,
        lambda x, z: _MUSCLE_DB - 1.0 + 3.0 * bundles(x, z - slope * x),
    )
    tissue.sheet(_level(_APONEUROSIS_MM + 0.5, random, 0.1), -15.0, thickness_mm=0.3)
    tissue.fascicles(
        _APONEUROSIS_MM + 1.0, _FEMUR_MM - 0.8, slope, per_mm2=0.12, length_mm=(3.0, 16.0), level_db=(-33.0, -10.0)
    )
    femur = _level(_FEMUR_MM, random, 0.2)
    tissue.sheet(femur, 2.0, thickness_mm=0.7, variation_db=1.5)
    # The shadow is not quite black: what is seen in it is scattered, not from there.
    tissue.fill(_FEMUR_MM + 0.6, _BOTTOM_MM, lambda x, z: -42.0 - 4.0 * (z - _FEMUR_MM))
    return tissue.scatterers()


def _level(depth_mm: float, random: np.random.Generator, height_mm: float) -> Callable[[Floats], Floats]:
    """Return a nearly level surface: its depth at each place along the transducer."""
    wave = smooth_noise(random, 9.0, 1.0)
    return lambda x: np.asarray(depth_mm + height_mm * wave(x, np.zeros_like(x)))


def _part(whole: Scatterers, chosen: NDArray[np.bool_]) -> Scatterers:
    return Scatterers(whole.x_mm[chosen], whole.z_mm[chosen], whole.amplitude[chosen], whole.coherence[chosen])
