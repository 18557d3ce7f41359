"""The points of a body that send sound back, and how they follow its motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Echoes:
    """Points that send sound back; arrays of one length, float32 unless said otherwise.

    Attributes
    ----------
    x_mm, z_mm
        Along the transducer and in depth; (0, 0) is the corner of the first pixel.
    amplitude
        At least 0.
    phase
        In radians.
    coherence
        1 where the phase follows the depth (tissue, which gives speckle); 0 where it does not (a smooth surface,
        which a scanner's compounding of several beam angles keeps bright and continuous when it is tilted).
    drift_per_mm
        By how much the phase turns per mm of motion through the plane of the picture; it differs from echo to echo,
        so that speckle loses its likeness over about a slice's thickness while what is bright stays bright.
    loss_db_per_mm
        What tissue about the point takes from sound that passes, there and back, beyond ordinary soft tissue.
    opacity
        What a surface takes at once: dB times the millimetres of surface for which the point stands.
    shine
        0 sends sound in all directions; the more, the more strictly only along the normal of the line on which the
        point lies. 1 is a smooth surface.
    joined : bool array
        Whether the next point is the next one along the same line.
    """

    x_mm: Floats
    z_mm: Floats
    amplitude: Floats
    phase: Floats
    coherence: Floats
    drift_per_mm: Floats
    loss_db_per_mm: Floats
    opacity: Floats
    shine: Floats
    joined: NDArray[np.bool_]

    @staticmethod
    def together(bodies: Sequence[Echoes]) -> Echoes:
        """Return the echoes of several bodies as one."""
        return Echoes(*(np.concatenate([getattr(body, f.name) for body in bodies]) for f in fields(Echoes)))

    def moved(self, x_mm: Floats, z_mm: Floats, *, slice_mm: float = 0.0, level_db: Floats | float = 0.0) -> Echoes:
        """Return the same echoes at new places.

        Parameters
        ----------
        x_mm, z_mm : arrays of the same length
        slice_mm : float
            How far the body lies from where it was at rest, at a right angle to the picture.
        level_db : float or array
            By how much brighter; where the same echoes fill `k` times the area, give 10 log10(k).
        """
        return replace(
            self,
            x_mm=np.asarray(x_mm, np.float32),
            z_mm=np.asarray(z_mm, np.float32),
            amplitude=self.amplitude * np.asarray(10.0 ** (np.asarray(level_db) / 20.0), np.float32),
            phase=self.phase + self.drift_per_mm * np.float32(slice_mm),
        )

    def part(self, chosen: NDArray[np.bool_]) -> Echoes:
        """Return those chosen; lines are cut where a point is missing."""
        joined = self.joined & np.append(chosen[1:], False)
        arrays = {f.name: getattr(self, f.name)[chosen] for f in fields(Echoes)}
        return Echoes(**(arrays | {"joined": joined[chosen]}))

    def slope(self) -> NDArray[np.float32]:
        """Return the angle of the line at each point, in radians from -pi/2 to pi/2, positive where it goes deeper to
        the right; 0 for a point on no line."""
        across, down = np.diff(self.x_mm, append=np.float32(0.0)), np.diff(self.z_mm, append=np.float32(0.0))
        angle = np.arctan(down / np.where(np.abs(across) < 1e-6, np.float32(1e-6), across))
        angle = np.where(self.joined, angle, 0.0)
        ends = np.flatnonzero(~self.joined & np.append(False, self.joined[:-1]))
        angle[ends] = angle[ends - 1]
        return np.asarray(angle, np.float32)
