"""Tissue under the pressure of the probe: layers get thinner, a hematoma flatter and wider.

What is pressed is volume-preserving where it says so: a hematoma that loses depth gains length and width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from case_library.phantoms.scenes.motion import Floats, band, mixed, through_layers
from case_library.phantoms.truth import Shape, ellipse, line


@dataclass(frozen=True)
class Pocket:
    """An ellipsoid of fluid whose half-axes lie along, across and down; it stays one when it is pressed.

    Attributes
    ----------
    x_mm, z_mm : float
        Its centre at rest.
    length_mm, depth_mm : (at rest, at full pressure)
        In the picture.
    across_mm : float
        At rest, at a right angle to the picture; under pressure it follows from the volume.
    """

    x_mm: float
    z_mm: float
    length_mm: tuple[float, float]
    depth_mm: tuple[float, float]
    across_mm: float

    @property
    def top_mm(self) -> float:
        return self.z_mm - self.depth_mm[0] / 2.0

    @property
    def bottom_mm(self) -> float:
        return self.z_mm + self.depth_mm[0] / 2.0

    def length_now(self, pressure: float) -> float:
        return float(mixed(*self.length_mm, pressure))

    def depth_now(self, pressure: float) -> float:
        return float(mixed(*self.depth_mm, pressure))

    def across_now(self, pressure: float) -> float:
        """Return the diameter through the plane of the picture that keeps the volume."""
        kept = self.length_mm[0] * self.depth_mm[0] * self.across_mm
        return kept / self.length_now(pressure) / self.depth_now(pressure)

    @property
    def volume_cm3(self) -> float:
        return float(np.pi / 6.0 * self.length_mm[0] * self.depth_mm[0] * self.across_mm / 1000.0)


@dataclass(frozen=True)
class Pressed:
    """Layers with a pocket in one of them, at rest and pressed.

    Attributes
    ----------
    rest_mm, full_mm : sequences of float
        Borders of the layers at rest and at full pressure, from above. Two of them touch the pocket.
    reach_mm : (above, below)
        Depths at which tissue no longer gives way sideways.
    """

    pocket: Pocket
    rest_mm: Sequence[float]
    full_mm: Sequence[float]
    reach_mm: tuple[float, float]

    def place(self, x: Floats, z: Floats, pressure: float) -> tuple[Floats, Floats]:
        pocket = self.pocket
        depth = through_layers(z, self.rest_mm, list(mixed(self.rest_mm, self.full_mm, pressure)))
        wider = pocket.length_now(pressure) / pocket.length_mm[0] - 1.0
        gives = band(np.asarray(z, float), pocket.top_mm, pocket.bottom_mm, *self.reach_mm)
        return np.asarray(x + wider * gives * (np.asarray(x, float) - pocket.x_mm)), depth

    def pocket_shape(self, pressure: float) -> tuple[Shape, Shape, Shape]:
        """Return the pocket as an ellipse, and its two diameters in the picture."""
        pocket = self.pocket
        half = pocket.length_now(pressure) / 2.0
        x = np.full(2, pocket.x_mm)
        _, (top, bottom) = self.place(x, np.array([pocket.top_mm, pocket.bottom_mm]), pressure)
        middle = (top + bottom) / 2.0
        left, right = (pocket.x_mm - half, middle), (pocket.x_mm + half, middle)
        return (
            ellipse((pocket.x_mm, middle), right, (pocket.x_mm, bottom)),
            line(left, right),
            line((pocket.x_mm, top), (pocket.x_mm, bottom)),
        )


def layers_with(pocket: Pocket, above: Sequence[tuple[float, float]], below: Sequence[tuple[float, float]]) -> Pressed:
    """Return layers whose borders are given as (depth at rest, depth at full pressure), and the pocket among them.

    The pocket's own borders follow from the last one above: the tissue between gets thinner like the pocket.
    """
    thinner = pocket.depth_mm[1] / pocket.depth_mm[0]
    top = above[-1][1] + (pocket.top_mm - above[-1][0]) * thinner
    mine = [(pocket.top_mm, top), (pocket.bottom_mm, top + pocket.depth_mm[1])]
    borders = [*above, *mine, *below]
    return Pressed(
        pocket,
        [rest for rest, _ in borders],
        [full for _, full in borders],
        (above[-1][0] - 0.5 * (above[-1][0] - above[-2][0]), below[0][0]),
    )
