"""The mask that a header suggests: everything outside the image regions, where maker and standard put text.

References
----------
DICOM PS3.3, C.8.5.5 US Region Calibration Module; PS3.15, E.3.1 Clean Pixel Data Option
"""

from __future__ import annotations

from collections.abc import Iterable

from case_library.model.calibration import RegionCalibration, SpatialFormat
from case_library.model.mask import Box, MaskOrigin, MaskRectangle, uncovered

_PICTURES = frozenset((SpatialFormat.TWO_D, SpatialFormat.M_MODE, SpatialFormat.SPECTRAL, SpatialFormat.WAVEFORM))
_WHOLE_SCREEN = 0.8
_WHY = "outside the image regions that the file names"


def image_boxes(regions: Iterable[RegionCalibration], columns: int, rows: int) -> list[Box]:
    """Return the regions that show a picture, whatever their units: Doppler, M-mode and ECG strips count.

    A region that leaves the frame says nothing about it (one pixel over the edge is forgiven and cut off), nor does one
    without a data type over most of the screen.
    """
    boxes = []
    for region in regions:
        if region.spatial_format not in _PICTURES:
            continue
        if region.min_x < 0 or region.min_y < 0 or region.max_x > columns or region.max_y > rows:
            continue
        width = min(region.max_x, columns - 1) + 1 - region.min_x
        height = min(region.max_y, rows - 1) + 1 - region.min_y
        if region.max_x <= region.min_x or region.max_y <= region.min_y:
            continue
        if region.data_type == 0 and width * height >= _WHOLE_SCREEN * columns * rows:
            continue
        boxes.append((region.min_x, region.min_y, width, height))
    return boxes


def default_rectangles(
    regions: Iterable[RegionCalibration], columns: int, rows: int
) -> tuple[MaskRectangle, ...] | None:
    """Return what lies outside the image regions; None where the file names none that can be used."""
    boxes = image_boxes(regions, columns, rows)
    if not boxes:
        return None
    return tuple(
        MaskRectangle(x=x, y=y, width=width, height=height, origin=MaskOrigin.OUTSIDE_REGIONS, why=_WHY)
        for x, y, width, height in uncovered(boxes, columns, rows)
    )


def strip_boxes(regions: Iterable[RegionCalibration], columns: int, rows: int) -> list[Box]:
    """Return the image regions whose curves and scales are drawn by the scanner: M-mode, Doppler, ECG."""
    return image_boxes([r for r in regions if r.spatial_format != SpatialFormat.TWO_D], columns, rows)
