"""The calibrated regions of an ultrasound object, and the shape of its pixels.

References
----------
DICOM PS3.3, C.8.5.5 US Region Calibration Module; C.7.6.3.1.7 Pixel Aspect Ratio
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from case_library.dicom.conversion_mark import mark_of
from case_library.dicom.elements import integer, items, number, numbers
from case_library.model.calibration import RegionCalibration, Scale, scale_of

MAX_REGIONS = 64


def regions_of(header: Dataset) -> tuple[RegionCalibration, ...]:
    """Return the regions in file order; an item without bounds or scale is left out, its number with it."""
    found = []
    for position, item in enumerate(items(header, "SequenceOfUltrasoundRegions")[:MAX_REGIONS], start=1):
        bounds = [
            integer(item, f"RegionLocation{corner}") for corner in ("MinX0", "MinY0", "MaxX1", "MaxY1")
        ]  # fmt: skip
        delta_x, delta_y = number(item, "PhysicalDeltaX"), number(item, "PhysicalDeltaY")
        if any(bound is None for bound in bounds) or delta_x is None or delta_y is None:
            continue
        min_x, min_y, max_x, max_y = (bound or 0 for bound in bounds)
        found.append(
            RegionCalibration(
                number=position,
                min_x=min_x,
                min_y=min_y,
                max_x=max_x,
                max_y=max_y,
                spatial_format=integer(item, "RegionSpatialFormat") or 0,
                data_type=integer(item, "RegionDataType") or 0,
                unit_x=integer(item, "PhysicalUnitsXDirection") or 0,
                unit_y=integer(item, "PhysicalUnitsYDirection") or 0,
                delta_x=delta_x,
                delta_y=delta_y,
                flags=integer(item, "RegionFlags") or 0,
            )
        )
    return tuple(found)


def scale_in(header: Dataset, columns: int, rows: int) -> Scale:
    """Return what the header says about lengths; see `scale_of`."""
    spacing = numbers(header, "PixelSpacing")
    valid = spacing is not None and len(spacing) == 2 and min(spacing) > 0
    scale = scale_of(regions_of(header), columns, rows, (spacing[0], spacing[1]) if spacing and valid else None)
    mark = mark_of(header)
    return scale if mark is None else mark.judged_scale(scale)


def pixel_aspect_of(header: Dataset, scale: Scale) -> float:
    """Return the height of a pixel over its width, for display: from the scale, else Pixel Aspect Ratio, else 1."""
    if scale.mm_per_px is not None:
        return scale.mm_per_px[1] / scale.mm_per_px[0]
    ratio = numbers(header, "PixelAspectRatio")
    if ratio is not None and len(ratio) == 2 and min(ratio) > 0:
        return ratio[0] / ratio[1]
    return 1.0
