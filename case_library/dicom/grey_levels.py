"""From stored grey values to what is shown: 8 bits.

References
----------
DICOM PS3.3, C.11.1 Modality LUT Module; C.11.2 VOI LUT Module; A.6.3 and A.7.3, which have no Modality LUT
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from case_library.dicom.elements import is_big_endian, items, number, numbers, table_bytes, table_cells, text

Values = NDArray[np.float64]


def grey_levels_of(header: Dataset, bits_stored: int, signed: bool, inverted: bool) -> NDArray[np.uint8] | None:
    """Return the shown grey of each stored value from the lowest on, or None where 8-bit values are shown as they are.

    A VOI that cannot be understood shall not hide the picture: it counts as absent.

    Returns
    -------
    uint8 (2 ** bits_stored,) array or None
    """
    low = -(1 << (bits_stored - 1)) if signed else 0
    values: Values = np.arange(low, low + (1 << bits_stored), dtype=np.float64)
    if text(header, "Modality") != "US":
        values = _rescaled(values, header)
    shown = _through_table(values, header)
    if shown is None:
        shown = _through_window(values, header)
    if shown is None:
        bottom, top = float(np.min(values)), float(np.max(values))
        shown = (values - bottom) / max(top - bottom, 1.0)
    levels: NDArray[np.uint8] = np.clip(np.round(shown * 255.0), 0, 255).astype(np.uint8)
    if inverted:
        levels = np.subtract(255, levels, dtype=np.uint8)
    if bits_stored == 8 and not signed and bool(np.all(levels == np.arange(256))):
        return None
    return levels


def _rescaled(values: Values, header: Dataset) -> Values:
    table = _table_of(header, "ModalityLUTSequence")
    if table is not None:
        entries, first, _ = table
        return entries[np.clip(values - first, 0, len(entries) - 1).astype(np.intp)]
    slope, intercept = number(header, "RescaleSlope"), number(header, "RescaleIntercept")
    if not slope or intercept is None or abs(slope) > 1e6 or abs(intercept) > 1e12:
        return values
    return values * slope + intercept


def _through_window(values: Values, header: Dataset) -> Values | None:
    """Return 0-1 by C.11.2.1.2 and C.11.2.1.3, or None where there is no usable window."""
    center, width = number(header, "WindowCenter"), number(header, "WindowWidth")
    function = text(header, "VOILUTFunction").upper() or "LINEAR"
    if center is None or width is None or width < (1 if function == "LINEAR" else 1e-9) or abs(center) > 1e12:
        return None
    match function:
        case "LINEAR":
            if width == 1:
                return (values > center - 0.5).astype(np.float64)
            return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)
        case "LINEAR_EXACT":
            return np.clip((values - center) / width + 0.5, 0, 1)
        case "SIGMOID":
            exponent = np.clip(-4 * (values - center) / width, -700, 700)
            return np.asarray(1 / (1 + np.exp(exponent)))
        case _:
            return None


def _through_table(values: Values, header: Dataset) -> Values | None:
    table = _table_of(header, "VOILUTSequence")
    if table is None:
        return None
    entries, first, bits = table
    return entries[np.clip(values - first, 0, len(entries) - 1).astype(np.intp)] / ((1 << bits) - 1)


def _table_of(header: Dataset, keyword: str) -> tuple[Values, int, int] | None:
    """Return the entries, the first value mapped and the bits of an entry of the first table in a sequence."""
    try:
        item = items(header, keyword)[0]
        count, first, bits = map(int, numbers(item, "LUTDescriptor") or ())
        count = count & 0xFFFF or 1 << 16
        cells = table_cells(table_bytes(item["LUTData"], is_big_endian(header)), count, bits)
    except Exception:  # a damaged table counts as absent
        return None
    return (cells.astype(np.float64), first, bits) if 8 <= bits <= 16 else None
