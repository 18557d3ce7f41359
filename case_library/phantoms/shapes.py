"""Where tissue lies at rest: regions and lines, in millimetres of the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.noise import SmoothNoise

Floats = NDArray[np.floating[Any]]
# The depth at each place along the transducer: a number, or a function of x.
Depth = float | Callable[[Floats], Floats]


@dataclass(frozen=True)
class Region:
    """A part of the picture.

    Attributes
    ----------
    contains : callable
        Of x and z, arrays of one shape; returns a bool array.
    box : (left, right, top, bottom)
        That it does not exceed; infinite where it is as wide as the picture.
    """

    contains: Callable[[Floats, Floats], NDArray[np.bool_]]
    box: tuple[float, float, float, float]

    def __and__(self, other: Region) -> Region:
        ours, theirs = self.box, other.box
        box = (max(ours[0], theirs[0]), min(ours[1], theirs[1]), max(ours[2], theirs[2]), min(ours[3], theirs[3]))
        return Region(lambda x, z: self.contains(x, z) & other.contains(x, z), box)

    def __sub__(self, other: Region) -> Region:
        return Region(lambda x, z: self.contains(x, z) & ~other.contains(x, z), self.box)

    def __or__(self, other: Region) -> Region:
        ours, theirs = self.box, other.box
        box = (min(ours[0], theirs[0]), max(ours[1], theirs[1]), min(ours[2], theirs[2]), max(ours[3], theirs[3]))
        return Region(lambda x, z: self.contains(x, z) | other.contains(x, z), box)


def depth_at(depth: Depth, x: Floats) -> Floats:
    return np.asarray(depth(x) if callable(depth) else np.full(np.shape(x), depth))


def layer(top: Depth, bottom: Depth) -> Region:
    """Return all that lies between two depths, over the full width."""
    x = np.linspace(-20.0, 100.0, 1201)
    highest, lowest = float(depth_at(top, x).min()), float(depth_at(bottom, x).max())
    return Region(
        lambda x, z: np.asarray((z >= depth_at(top, x)) & (z < depth_at(bottom, x))), (-inf, inf, highest, lowest)
    )


def ellipse(x_mm: float, z_mm: float, half_x_mm: float, half_z_mm: float, angle_deg: float = 0.0) -> Region:
    """Return an ellipse; a positive angle turns its first half axis deeper to the right."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))

    def contains(x: Floats, z: Floats) -> NDArray[np.bool_]:
        along, across = (x - x_mm) * cos + (z - z_mm) * sin, (z - z_mm) * cos - (x - x_mm) * sin
        return np.asarray((along / half_x_mm) ** 2 + (across / half_z_mm) ** 2 <= 1.0)

    reach_x, reach_z = np.hypot(half_x_mm * cos, half_z_mm * sin), np.hypot(half_x_mm * sin, half_z_mm * cos)
    return Region(contains, (x_mm - reach_x, x_mm + reach_x, z_mm - reach_z, z_mm + reach_z))


def ellipse_outline(x_mm: float, z_mm: float, half_x_mm: float, half_z_mm: float, angle_deg: float = 0.0) -> Floats:
    """Return the points of an ellipse's border about 0.1 mm apart, shape (n, 2), the first again at the end."""
    turn = np.linspace(0.0, 2.0 * np.pi, int(70 * max(half_x_mm, half_z_mm)) + 8)
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    along, across = half_x_mm * np.cos(turn), half_z_mm * np.sin(turn)
    return np.stack([x_mm + along * cos - across * sin, z_mm + along * sin + across * cos], axis=1)


def polygon(points_mm: Floats) -> Region:
    """Return the inside of a closed polygon, points of shape (n, 2); by the even-odd rule."""
    points = np.asarray(points_mm, np.float64)
    ends = np.roll(points, -1, axis=0)

    def contains(x: Floats, z: Floats) -> NDArray[np.bool_]:
        inside = np.zeros(np.shape(x), bool)
        for (x0, z0), (x1, z1) in zip(points, ends, strict=True):
            if z0 != z1:
                inside ^= ((z0 > z) != (z1 > z)) & (x < x0 + (z - z0) * (x1 - x0) / (z1 - z0))
        return inside

    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Region(contains, (float(left), float(right), float(top), float(bottom)))


def ragged(region: Region, random: np.random.Generator, height_mm: float = 0.3, length_mm: float = 0.8) -> Region:
    """Return the region with an uneven border, as tissue has it; it stays within `3 * height_mm` of the smooth one."""
    push_x, push_z = SmoothNoise(random, length_mm, length_mm), SmoothNoise(random, length_mm, length_mm)
    limit = 3.0 * height_mm
    left, right, top, bottom = region.box

    def contains(x: Floats, z: Floats) -> NDArray[np.bool_]:
        off_x, off_z = (np.clip(height_mm * push(x, z), -limit, limit) for push in (push_x, push_z))
        return region.contains(x + off_x, z + off_z)

    return Region(contains, (left - limit, right + limit, top - limit, bottom + limit))
