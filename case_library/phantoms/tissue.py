"""Tissue at rest as echoes: speckle that fills a region, and lines of all kinds laid through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.echoes import Echoes
from case_library.phantoms.noise import SmoothNoise
from case_library.phantoms.shapes import Depth, Region, depth_at
from case_library.phantoms.speckle import Transducer

Floats = NDArray[np.floating[Any]]
# A value at each point (x_mm, z_mm).
PointFunction = Callable[[Floats, Floats], Floats]
# Depth gained per mm to the right, of the fibres at each point: a number, or a function of x and z.
Slope = float | PointFunction

# About 10 in the point-spread function at its narrowest: the mean over the deviation of one look is then 1.88 on a
# homogeneous block, that of infinitely many 1.91.
ECHOES_PER_MM2 = 50.0
LINE_STEP_MM = 0.2
# Standard deviation of an echo's turn per mm through the plane: likeness falls to a tenth after about 1.2 mm.
_DRIFT_PER_MM = 1.8


def slope_at(slope: Slope, x: Floats, z: Floats) -> Floats:
    return np.asarray(slope(x, z) if callable(slope) else np.full(np.shape(x), slope))


def across_fibres(slope: Slope, x: Floats, z: Floats, from_x_mm: float) -> Floats:
    """Return the depth at which the fibre through each point crosses `from_x_mm`: one number for each fibre."""
    if not callable(slope):
        return np.asarray(z - slope * (x - from_x_mm))
    steps = 12
    place, depth, step = x, z, (from_x_mm - x) / steps
    for _ in range(steps):
        depth = depth + step * slope(place, depth)
        place = place + step
    return np.asarray(depth)


class Tissue:
    """Echoes of one body, gathered piece by piece.

    Parameters
    ----------
    beyond_mm : float
        How far tissue reaches to either side of the picture, so that it may move in from outside.
    """

    def __init__(self, random: np.random.Generator, transducer: Transducer, *, beyond_mm: float = 8.0) -> None:
        self.random = random
        self.transducer = transducer
        margin_mm = transducer.margin_mm
        self.box = (-beyond_mm, transducer.width_mm + beyond_mm, -margin_mm, transducer.height_mm + margin_mm)
        self._pieces: list[Echoes] = []

    def noise(self, x_mm: float, z_mm: float) -> SmoothNoise:
        return SmoothNoise(self.random, x_mm, z_mm)

    def echoes(self) -> Echoes:
        return Echoes.together(self._pieces)

    def scatter(self, region: Region, per_mm2: float) -> tuple[Floats, Floats]:
        """Return points spread evenly over a region, from the top down."""
        left, right, top, bottom = self._clipped(region)
        count = round(per_mm2 * max(right - left, 0.0) * max(bottom - top, 0.0))
        x = self.random.uniform(left, right, count).astype(np.float32)
        z = np.sort(self.random.uniform(top, bottom, count)).astype(np.float32)
        inside = region.contains(x, z)
        return x[inside], z[inside]

    def fill(
        self,
        region: Region,
        level_db: PointFunction | float,
        *,
        loss_db_per_mm: float = 0.0,
        per_mm2: float = ECHOES_PER_MM2,
    ) -> None:
        """Add what gives speckle of a level (0 dB: white is about there), and the loss of sound that passes it.

        All echoes are of one strength where the level is: their random depths give random phases, and unequal ones
        would need to be denser for fully developed speckle.
        """
        x, z = self.scatter(region, per_mm2)
        level = level_db(x, z) if callable(level_db) else np.full(x.shape, level_db)
        amplitude = 10.0 ** (level / 20.0) / (np.sqrt(per_mm2) * self.transducer.mm_per_px)
        phase = self.random.uniform(0.0, 2.0 * np.pi, x.size)
        self._add(x, z, amplitude, phase, coherence=1.0, loss_db_per_mm=loss_db_per_mm)

    def lines(
        self,
        x_mm: Floats,
        z_mm: Floats,
        level_db: Floats | float,
        *,
        region: Region | None = None,
        phase: Floats | float | None = None,
        wander: float = 0.2,
        shine: float = 0.8,
        opacity_db: float = 0.0,
    ) -> None:
        """Add lines of points whose echoes are nearly in step along each of them.

        Parameters
        ----------
        x_mm, z_mm : arrays, shape (lines, points)
            Neighbours about `LINE_STEP_MM` apart.
        level_db : array that broadcasts to them
            Of the picture of the line where it is level and alone.
        region : Region, optional
            Lines are cut off at its border.
        phase : array that broadcasts to them, optional
            Of each line's echo; random where not given.
        wander : float
            By how much the phase strays from point to point: 0 is a mirror, 0.5 breaks the line into speckle.
        opacity_db : float
            What it takes of the sound that passes.
        """
        random = self.random
        x, z = np.atleast_2d(x_mm), np.atleast_2d(z_mm)
        step_mm = np.hypot(np.gradient(x, axis=1), np.gradient(z, axis=1))
        if phase is None:
            phase = random.uniform(0.0, 2.0 * np.pi, (x.shape[0], 1))
        strays = np.cumsum(random.normal(0.0, wander, x.shape), axis=1) + phase
        # What points of unit amplitude along a level line come to, after a point-spread function of unit energy.
        amplitude = 10.0 ** (np.asarray(level_db) / 20.0) * step_mm / (2.2 * self.transducer.mm_per_px)
        joined = np.ones(x.shape, bool)
        joined[:, -1] = False
        whole = self._body(
            x.ravel(), z.ravel(), np.broadcast_to(amplitude, x.shape).ravel(), strays.ravel(),
            coherence=0.0, shine=shine, opacity=(opacity_db * step_mm).ravel(), joined=joined.ravel(),
        )  # fmt: skip
        if region is not None:
            whole = whole.part(region.contains(whole.x_mm, whole.z_mm))
        left, right, top, bottom = self.box
        seen = (whole.x_mm > left) & (whole.x_mm < right) & (whole.z_mm > top) & (whole.z_mm < bottom)
        self._pieces.append(whole.part(seen))

    def along(self, x_mm: Floats, z_mm: Floats, slope: Slope, length_mm: Floats) -> tuple[Floats, Floats, Floats]:
        """Return lines that follow the fibres, half to either side of their middles.

        Returns
        -------
        x_mm, z_mm : arrays, shape (lines, points)
        part : array, shape (lines, points)
            -1 at the beginning of each line, 1 at its end.
        """
        half = max(2, int(np.ceil(float(np.max(length_mm, initial=1.0)) / 2.0 / LINE_STEP_MM)))
        xs, zs = [x_mm], [z_mm]
        step = length_mm / 2.0 / half
        for direction in (-1.0, 1.0):
            x, z = x_mm, z_mm
            for _ in range(half):
                rise = slope_at(slope, x, z)
                across = direction * step / np.sqrt(1.0 + rise**2)
                x, z = x + across, z + across * rise
                if direction < 0:
                    xs.insert(0, x)
                    zs.insert(0, z)
                else:
                    xs.append(x)
                    zs.append(z)
        part = np.broadcast_to(np.linspace(-1.0, 1.0, 2 * half + 1), (x_mm.size, 2 * half + 1))
        return np.stack(xs, axis=1), np.stack(zs, axis=1), part

    def contours(self, x_mm: Floats, z_mm: Floats, noise: SmoothNoise, length_mm: float) -> tuple[Floats, Floats]:
        """Return lines through points along the contours of a smooth field: curved, and never crossing."""
        xs, zs = [x_mm], [z_mm]
        for _ in range(int(length_mm / LINE_STEP_MM)):
            along_x, along_z = noise.gradient(xs[-1], zs[-1])
            size = np.hypot(along_x, along_z) + 1e-9
            xs.append(xs[-1] + LINE_STEP_MM * along_z / size)
            zs.append(zs[-1] - LINE_STEP_MM * along_x / size)
        return np.stack(xs, axis=1), np.stack(zs, axis=1)

    def across_picture(self, depth: Depth) -> tuple[Floats, Floats]:
        """Return the points of a line over the whole width, shape (1, points)."""
        x = np.arange(self.box[0], self.box[1], LINE_STEP_MM)
        return x[None, :], depth_at(depth, x)[None, :]

    def level_line(self, depth_mm: float, height_mm: float, length_mm: float = 9.0) -> Callable[[Floats], Floats]:
        """Return a nearly level line: its depth at each place along the transducer."""
        wave = self.noise(length_mm, 1.0)
        return lambda x: np.asarray(depth_mm + height_mm * wave(x, np.zeros_like(x)))

    def _clipped(self, region: Region) -> tuple[float, float, float, float]:
        ours, theirs = self.box, region.box
        return max(ours[0], theirs[0]), min(ours[1], theirs[1]), max(ours[2], theirs[2]), min(ours[3], theirs[3])

    def _add(self, x: Floats, z: Floats, amplitude: Floats, phase: Floats, **rest: Any) -> None:
        self._pieces.append(self._body(x, z, amplitude, phase, **rest))

    def _body(
        self,
        x: Floats,
        z: Floats,
        amplitude: Floats,
        phase: Floats,
        *,
        coherence: float,
        loss_db_per_mm: float = 0.0,
        opacity: Floats | float = 0.0,
        shine: float = 0.0,
        joined: NDArray[np.bool_] | None = None,
    ) -> Echoes:
        def each(value: Floats | float) -> Floats:
            return np.ascontiguousarray(np.broadcast_to(value, x.shape), np.float32)

        drift = self.random.normal(0.0, _DRIFT_PER_MM, x.size)
        if joined is not None:
            # Lines run on through the plane.
            drift *= 0.3
        return Echoes(
            each(x), each(z), each(amplitude), each(phase), each(coherence), each(drift), each(loss_db_per_mm),
            each(opacity), each(shine), np.zeros(x.size, bool) if joined is None else joined,
        )  # fmt: skip
