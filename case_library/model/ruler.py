"""Which scale holds where in the frames of one clip; a browser gets the same ruler as Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import Field

from case_library.errors import CaseLibraryError
from case_library.model.calibration import ScaleOrigin, region_refusal
from case_library.model.case import Clip
from case_library.model.item import Model


class MeasurementRefusedError(CaseLibraryError):
    """Points from which no number can be had that would mean something.

    Attributes
    ----------
    code : str
        The same in Python and JavaScript.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class RulerRegion(Model):
    """A calibrated rectangle: inclusive pixel bounds as stored, and millimetres per pixel along x and y."""

    number: int
    min_x: int
    min_y: int
    max_x: int
    max_y: int
    mm_per_px: tuple[float, float]

    def holds(self, x: float, y: float) -> bool:
        """Return whether a place in image coordinates lies in it; its edge belongs to it."""
        return self.min_x <= x <= self.max_x + 1 and self.min_y <= y <= self.max_y + 1


class ScaleHere(NamedTuple):
    """The scale at a place.

    Attributes
    ----------
    mm_per_px : (float, float) or None
        Along x and y; None: there is none, and lengths stay in pixels.
    """

    mm_per_px: tuple[float, float] | None
    origin: ScaleOrigin
    why: str


class Ruler(Model):
    """All that is needed to measure in the frames of one clip.

    Attributes
    ----------
    trusted : bool
        Whether there are millimetres at all.
    mm_per_px : (float, float) or None
        Where one scale holds for the whole frame.
    main_region : int or None
        Number of the region that counts where regions overlap.
    regions : tuple of RulerRegion
        Those that can be trusted; empty where one scale holds for the whole frame.
    pixel_aspect : float
        Height of a pixel over its width: the shape of things where there is no scale.
    """

    trusted: bool
    origin: ScaleOrigin
    why: str
    mm_per_px: tuple[float, float] | None = None
    main_region: int | None = None
    regions: tuple[RulerRegion, ...] = ()
    pixel_aspect: float = Field(default=1.0, gt=0)

    def at(self, points: Sequence[tuple[float, float]]) -> ScaleHere:
        """Return the scale that holds at all of these places, in image coordinates.

        One region that holds them all decides; else they lie in regions of one and the same scale; else, if one lies in
        no region, lengths stay in pixels.

        Raises
        ------
        MeasurementRefusedError
            `different_scales`, if each lies in a region and the scales differ.

        References
        ----------
        DICOM PS3.3, C.8.5.5.1.3 (the distance of two points is that of a region that holds both)
        """
        if not self.trusted:
            return ScaleHere(None, self.origin, self.why)
        if self.mm_per_px is not None:
            return ScaleHere(self.mm_per_px, self.origin, self.why)
        around = [region for region in self.regions if all(region.holds(*point) for point in points)]
        if around:
            region = min(around, key=lambda region: region.number != self.main_region)
            return ScaleHere(region.mm_per_px, self.origin, f"Ultrasound region {region.number}")
        scales = set()
        for point in points:
            region_here = next((region for region in self.regions if region.holds(*point)), None)
            if region_here is None:
                return ScaleHere(None, ScaleOrigin.NONE, "A point lies outside every calibrated region")
            scales.add(region_here.mm_per_px)
        if len(scales) > 1:
            raise MeasurementRefusedError(
                "different_scales",
                "The points lie in regions of different scale: no one length joins them. Measure within one region",
            )
        return ScaleHere(scales.pop(), self.origin, "Ultrasound regions of one scale")


def ruler_of(clip: Clip) -> Ruler:
    """Return the ruler of a clip, from what was concluded about its scale."""
    scale = clip.scale
    by_region = scale.trusted and scale.origin is ScaleOrigin.REGION
    regions = [
        RulerRegion(
            number=region.number,
            min_x=region.min_x,
            min_y=region.min_y,
            # One pixel over the edge is forgiven, and cut off.
            max_x=min(region.max_x, clip.columns - 1),
            max_y=min(region.max_y, clip.rows - 1),
            mm_per_px=(region.delta_x * 10.0, region.delta_y * 10.0),
        )
        for region in clip.regions
        if by_region and region_refusal(region, clip.columns, clip.rows) is None
    ]
    return Ruler(
        trusted=scale.trusted,
        origin=scale.origin,
        why=scale.why,
        mm_per_px=scale.mm_per_px if scale.trusted and not by_region else None,
        main_region=scale.region,
        regions=tuple(regions),
        pixel_aspect=clip.pixel_aspect,
    )
