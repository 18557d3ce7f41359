"""What every scene is: tissue that is made once, and at each moment is somewhere and has its truth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import pi, sin
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from case_library.phantoms.speckle import Transducer
from case_library.phantoms.truth import FrameTruth, Measure, Shape

Floats = NDArray[np.floating[Any]]


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


class Scene(ABC):
    """Tissue of one place in the body, and how it moves; sizes in millimetres of the picture.

    Attributes
    ----------
    measures : mapping
        Which value of the truth is measured from which shape.
    firm_mm : float
        The depth from which tissue follows the unsteady hand as one; above it only in part, the skin not at all.
    """

    measures: Mapping[str, Measure]
    firm_mm: ClassVar[float] = 8.0

    def __init__(self, transducer: Transducer, seed: int) -> None:
        self.transducer = transducer
        self.seed = seed
        self.width_mm = transducer.columns * transducer.mm_per_px
        self.height_mm = transducer.rows * transducer.mm_per_px

    @abstractmethod
    def truth(self, moment: Moment) -> FrameTruth:
        """Return what is true at a moment."""

    def swayed(self, x_mm: Floats, z_mm: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where points are seen when the hand is unsteady; a shift as one from `firm_mm` down."""
        part = np.clip(z_mm / self.firm_mm, 0.0, 1.0)
        return x_mm + moment.along_mm, z_mm + part * moment.deep_mm

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where points of the tissue are now, by its own motion, that were at (x, z) at rest."""
        return x, z

    def shown(self, points_mm: ArrayLike, moment: Moment) -> Floats:
        """Return placed points, shape (n, 2), where the unsteady hand shows them."""
        x, z = np.asarray(points_mm, float).T
        return np.stack(self.swayed(x, z, moment), axis=1)

    def seen(self, points_mm: ArrayLike, moment: Moment) -> Floats:
        """Return points at rest, shape (n, 2), where they are shown now."""
        x, z = np.asarray(points_mm, float).T
        return self.shown(np.stack(self.place(x, z, moment), axis=1), moment)

    def shown_shape(self, shape: Shape, moment: Moment) -> Shape:
        return Shape(shape.kind, self.shown(shape.points_mm, moment))

    def level(self, depth_mm: float, count: int = 25) -> Floats:
        """Return points at one depth over the width of the picture, shape (count, 2)."""
        x = np.linspace(0.0, self.width_mm, count)
        return np.stack([x, np.full_like(x, depth_mm)], axis=1)
