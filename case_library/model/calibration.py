"""The scale of a clip: when millimetres may be trusted, and why not."""

from __future__ import annotations

import math
from enum import IntEnum, StrEnum

from pydantic import BaseModel, ConfigDict, Field

from case_library.errors import CaseLibraryError


class SpatialFormat(IntEnum):
    """(0018,6012) *Region Spatial Format*, PS3.3 C.8.5.5.1.1."""

    NONE = 0
    TWO_D = 1
    M_MODE = 2
    SPECTRAL = 3
    WAVEFORM = 4
    GRAPHICS = 5


class PhysicalUnit(IntEnum):
    """(0018,6024) and (0018,6026) *Physical Units X/Y Direction*, PS3.3 C.8.5.5.1.15."""

    NONE = 0
    PERCENT = 1
    DECIBEL = 2
    CM = 3
    SECOND = 4
    HERTZ = 5
    DECIBEL_PER_SECOND = 6
    CM_PER_SECOND = 7
    CM2 = 8
    CM2_PER_SECOND = 9
    CM3 = 10
    CM3_PER_SECOND = 11
    DEGREE = 12


class RegionCalibration(BaseModel):
    """One item of (0018,6011) *Sequence of Ultrasound Regions*, as the file has it.

    Attributes
    ----------
    number : int
        From 1, in file order.
    min_x, min_y, max_x, max_y : int
        Inclusive pixel bounds in the frame, as stored (they may leave the image).
    spatial_format, data_type, unit_x, unit_y, flags : int
        Codes of the standard; unknown ones are kept as they are.
    delta_x, delta_y : float
        Physical units per pixel, as stored.

    References
    ----------
    DICOM PS3.3, C.8.5.5 US Region Calibration Module
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    min_x: int
    min_y: int
    max_x: int
    max_y: int
    spatial_format: int
    data_type: int
    unit_x: int
    unit_y: int
    delta_x: float = Field(allow_inf_nan=False)
    delta_y: float = Field(allow_inf_nan=False)
    flags: int = 0

    @property
    def scaling_protected(self) -> bool:
        """Whether bit 1 of (0018,6016) *Region Flags* forbids the user to rescale."""
        return bool(self.flags & 0b10)

    @property
    def measures_length(self) -> bool:
        """Whether this is a two-dimensional image region in centimetres on both axes."""
        return (
            self.spatial_format == SpatialFormat.TWO_D
            and self.unit_x == PhysicalUnit.CM
            and self.unit_y == PhysicalUnit.CM
        )


class ScaleOrigin(StrEnum):
    """Where millimetres come from."""

    REGION = "us_region"
    PIXEL_SPACING = "pixel_spacing"
    STATED = "stated_by_user"
    NONE = "none"


# Two points closer than this say nothing: placing each to a pixel is an error of 10 %.
LEAST_DEPTH_SCALE_PX = 20.0


class Scale(BaseModel):
    """What is concluded about lengths in one clip.

    Attributes
    ----------
    origin : ScaleOrigin
    trusted : bool
        Whether a length may be shown in millimetres.
    why : str
        One sentence for the user; for a refused scale, the reason.
    region : int or None
        Number (from 1) of the region it comes from.
    mm_per_px : (float, float) or None
        Along x and y, both > 0; None where there is none or where it is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: ScaleOrigin
    trusted: bool
    why: str
    region: int | None = None
    mm_per_px: tuple[float, float] | None = None


def region_refusal(region: RegionCalibration, columns: int, rows: int) -> str | None:
    """Return why lengths in this region cannot be trusted, or None where they can.

    One pixel beyond the last column or row is forgiven: real files store the count where the index is meant.
    """
    if not region.measures_length:
        return f"region {region.number} is not a two-dimensional image in centimetres"
    if region.delta_x <= 0 or region.delta_y <= 0:
        return (
            f"region {region.number} has a scale of {region.delta_x:g} x {region.delta_y:g} cm per pixel, "
            "which is not positive"
        )
    if region.min_x < 0 or region.min_y < 0 or region.max_x > columns or region.max_y > rows:
        return (
            f"region {region.number} spans columns {region.min_x}-{region.max_x} and rows "
            f"{region.min_y}-{region.max_y}, outside the {columns}x{rows} frame; the clip was probably resized "
            "after calibration"
        )
    if region.max_x <= region.min_x or region.max_y <= region.min_y:
        return f"region {region.number} is empty"
    return None


def scale_of(
    regions: tuple[RegionCalibration, ...],
    columns: int,
    rows: int,
    pixel_spacing_mm: tuple[float, float] | None = None,
) -> Scale:
    """Return the scale of a clip: its largest trusted two-dimensional region, else pixels with the reason.

    Parameters
    ----------
    regions : tuple of RegionCalibration
    columns, rows : int
        Size of the frame in pixels.
    pixel_spacing_mm : (row spacing, column spacing) or None
        (0028,0030) *Pixel Spacing*: shown, never trusted in an ultrasound file.

    References
    ----------
    DICOM PS3.3, C.8.5.5; PS3.3 10.7.1.3
    """
    two_d = [region for region in regions if region.measures_length]
    good = [region for region in two_d if region_refusal(region, columns, rows) is None]
    if good:
        best = max(good, key=lambda r: (r.max_x - r.min_x) * (r.max_y - r.min_y))
        over = best.max_x == columns or best.max_y == rows
        others = {(r.delta_x, r.delta_y) for r in good} - {(best.delta_x, best.delta_y)}
        why = f"Ultrasound region {best.number} of the file, in centimetres, inside the frame"
        if over:
            why += "; its box reaches one pixel over the edge, which is cut off"
        if others:
            why += "; other regions of this clip have scales of their own"
        return Scale(
            origin=ScaleOrigin.REGION,
            trusted=True,
            why=why,
            region=best.number,
            mm_per_px=(best.delta_x * 10.0, best.delta_y * 10.0),
        )
    if two_d:
        reason = region_refusal(two_d[0], columns, rows)
        return Scale(
            origin=ScaleOrigin.REGION,
            trusted=False,
            why=f"The scale cannot be trusted: {reason}. Lengths stay in pixels",
            region=two_d[0].number,
        )
    if pixel_spacing_mm is not None:
        row_mm, column_mm = pixel_spacing_mm
        return Scale(
            origin=ScaleOrigin.PIXEL_SPACING,
            trusted=False,
            why="Pixel Spacing in an ultrasound file is outside its standard and unverified; lengths stay in pixels",
            mm_per_px=(column_mm, row_mm),
        )
    what = "no region in centimetres" if regions else "no ultrasound region"
    return Scale(origin=ScaleOrigin.NONE, trusted=False, why=f"The file has {what}; lengths stay in pixels")


class CalibrationError(CaseLibraryError):
    """Two points from which no scale can be taken."""


def px_per_cm_between(
    start_px: tuple[float, float], end_px: tuple[float, float], length_cm: float, pixel_aspect: float = 1.0
) -> float:
    """Return pixels per centimetre along the depth, from two points on the depth scale and its length between them.

    Parameters
    ----------
    start_px, end_px : (x, y)
        In stored pixels; the depth scale may lie at any angle.
    length_cm : float
        What the scale says between them, > 0.
    pixel_aspect : float
        Height of a pixel over its width.

    Raises
    ------
    CalibrationError
        If the points are too close together, or the length is none.
    """
    if not (math.isfinite(length_cm) and length_cm > 0):
        raise CalibrationError(f"the length between the two points is {length_cm:g} cm; it must be above 0")
    # In pixel heights, so that a scale that does not lie along the depth is measured right too.
    span = math.hypot((end_px[0] - start_px[0]) / pixel_aspect, end_px[1] - start_px[1])
    if not (math.isfinite(span) and span >= LEAST_DEPTH_SCALE_PX):
        raise CalibrationError(
            f"the two points are {span:.0f} pixels apart; take two marks at least {LEAST_DEPTH_SCALE_PX:.0f} apart, "
            "the further the better"
        )
    return span / length_cm


def stated_scale(px_per_cm: float, pixel_aspect: float = 1.0) -> Scale:
    """Return the scale of a clip that a person has stated.

    Parameters
    ----------
    px_per_cm : float
        Pixels per centimetre along the depth, > 0.
    pixel_aspect : float
        Height of a pixel over its width.
    """
    height_mm = 10.0 / px_per_cm
    return Scale(
        origin=ScaleOrigin.STATED,
        trusted=True,
        why=f"Stated at import: {px_per_cm:g} pixels per cm",
        mm_per_px=(height_mm / pixel_aspect, height_mm),
    )
