"""What every scene is: tissue that is made once, and at each moment is somewhere and has its truth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import pi, sin
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from case_library.phantoms.echoes import Echoes
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import Tissue
from case_library.phantoms.truth import FrameTruth, Measure, Shape

Floats = NDArray[np.floating[Any]]
# Tissue is made to this depth below the picture, whence pressure brings it up.
_BELOW_MM = 10.0


@dataclass(frozen=True)
class Moment:
    """One moment of a clip.

    Attributes
    ----------
    activation : float
        Of the clip's profile: 0 rest, 1 full effort, pressure or stretch.
    sway : bool
        Whether the hand with the probe is a little unsteady.
    """

    time_s: float
    activation: float
    sway: bool = True

    @property
    def along_mm(self) -> float:
        """How far the tissue has slid along the probe."""
        return 0.22 * (sin(2.0 * pi * 0.31 * self.time_s) + 0.4 * sin(2.0 * pi * 0.83 * self.time_s)) * self.sway

    @property
    def deep_mm(self) -> float:
        """How far it has gone away from the probe."""
        return 0.12 * sin(2.0 * pi * 0.43 * self.time_s) * self.sway

    @property
    def slice_mm(self) -> float:
        """How far it has gone through the plane of the picture."""
        return 0.16 * sin(2.0 * pi * 0.27 * self.time_s) * self.sway


# Where points are at a moment, that were at (x, z) at rest.
Place = Callable[[Floats, Floats, Moment], tuple[Floats, Floats]]
# By how much the echoes of a body are brighter at a moment.
Level = Callable[[Moment], Floats | float]


@dataclass(frozen=True)
class Body:
    """Tissue that moves by one law: its echoes at rest."""

    echoes: Echoes
    place: Place
    level_db: Level = lambda moment: 0.0


class Scene(ABC):
    """Tissue of one place in the body, and how it moves; sizes in millimetres of the picture.

    Attributes
    ----------
    measures : mapping
        Which value of the truth is measured from which shape.
    firm_mm : float
        The depth from which tissue follows the unsteady hand as one; above it only in part, the skin not at all.
    tilt_deg : float
        By how much all that is firm is turned, deeper to the right, for no limb lies level under a probe. A turn as a
        whole changes no length, angle or area.
    """

    measures: Mapping[str, Measure]
    firm_mm: ClassVar[float] = 8.0
    tilt_deg: ClassVar[float] = 0.0

    def __init__(self, transducer: Transducer, seed: int) -> None:
        self.transducer = transducer
        self.seed = seed
        self.width_mm = transducer.width_mm
        self._bodies: Sequence[Body] | None = None

    @abstractmethod
    def told(self, moment: Moment) -> FrameTruth:
        """Return what is true at a moment, with the shapes as they lie before the hand that holds the probe."""

    def truth(self, moment: Moment) -> FrameTruth:
        """Return what is true at a moment, with the shapes where they are seen."""
        told = self.told(moment)
        return replace(told, shapes={name: self._shown(shape, moment) for name, shape in told.shapes.items()})

    @abstractmethod
    def make(self, random: np.random.Generator) -> Sequence[Body]:
        """Return the tissue at rest, all of it."""

    def make_bodies(self) -> Sequence[Body]:
        """Return the tissue at rest; it is made at the first call."""
        if self._bodies is None:
            self._bodies = self.make(np.random.default_rng(self.seed))
        return self._bodies

    def echoes(self, moment: Moment) -> Echoes:
        """Return all echoes where they are at a moment."""
        slice_mm, now = self.slice_mm(moment), []
        for body in self.make_bodies():
            x, z = self.swayed(*body.place(body.echoes.x_mm, body.echoes.z_mm, moment), moment)
            now.append(body.echoes.moved(x, z, slice_mm=slice_mm, level_db=body.level_db(moment)))
        return Echoes.together(now)

    def slice_mm(self, moment: Moment) -> float:
        """Return how far the picture lies from the plane in which the tissue was made."""
        return moment.slice_mm

    def tissue(self, random: np.random.Generator, beyond_mm: float = 8.0) -> Tissue:
        """Return where to gather the echoes of a body; it reaches below the picture, whence pressure brings it up."""
        rows = self.transducer.rows + round(_BELOW_MM / self.transducer.mm_per_px)
        return Tissue(random, replace(self.transducer, rows=rows), beyond_mm=beyond_mm)

    def swayed(self, x_mm: Floats, z_mm: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where points are seen by an unsteady hand that holds the probe a little askew.

        From `firm_mm` down it is one shift and one turn; the skin stays along the probe.
        """
        part = np.clip(z_mm / self.firm_mm, 0.0, 1.0)
        x, z = x_mm + moment.along_mm, z_mm + part * moment.deep_mm
        if not self.tilt_deg:
            return x, z
        turn, middle = part * np.radians(self.tilt_deg), self.width_mm / 2.0
        cos, sin_ = np.cos(turn), np.sin(turn)
        off_x, off_z = x - middle, z - self.firm_mm
        return off_x * cos - off_z * sin_ + middle, off_x * sin_ + off_z * cos + self.firm_mm

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where points of the tissue are now, by its own motion, that were at (x, z) at rest."""
        return x, z

    def placed(self, points_mm: ArrayLike, moment: Moment) -> Floats:
        """Return where points at rest, shape (n, 2), are now, before the hand that holds the probe."""
        x, z = np.asarray(points_mm, float).T
        return np.stack(self.place(x, z, moment), axis=1)

    def _shown(self, shape: Shape, moment: Moment) -> Shape:
        x, z = shape.points_mm.T
        return shape._replace(points_mm=np.stack(self.swayed(x, z, moment), axis=1))

    def level(self, depth_mm: float, count: int = 25) -> Floats:
        """Return points at one depth over the width of the picture, shape (count, 2)."""
        x = np.linspace(0.0, self.width_mm, count)
        return np.stack([x, np.full_like(x, depth_mm)], axis=1)
