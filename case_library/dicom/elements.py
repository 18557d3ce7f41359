"""Read single values of a header that may be anything: a value that cannot be understood counts as absent."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

WHOLE_NUMBER_VRS = frozenset(("IS", "US", "SS", "UL", "SL"))
NUMBER_VRS = WHOLE_NUMBER_VRS | frozenset(("DS", "FD", "FL", "UV", "SV"))
# What pydicom calls an element whose kind depends on another one.
_UNDECIDED_VRS = frozenset(("US or SS", "US or OW", "US or SS or OW"))


def values(header: Dataset, keyword: str) -> list[Any]:
    """Return the values of an element as a list; empty where it is absent, empty or unreadable."""
    return _values(header, keyword, None)


def _values(header: Dataset, keyword: str, vrs: frozenset[str] | None) -> list[Any]:
    try:
        element = header[keyword] if keyword in header else None
        if element is None or (vrs is not None and element.VR not in vrs):
            return []
        value = element.value
    except Exception:  # pydicom converts on access, and any converter may raise on a hostile value
        return []
    if value is None or value == "" or (isinstance(value, bytes) and not value):
        return []
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    return [value]


def numbers(header: Dataset, keyword: str) -> list[float] | None:
    """Return the values as finite floats, or None where one is no number or there is none.

    Digits in an element of text are no number: cleaning would not keep them, and the copy would be read otherwise.
    """
    found: list[float] = []
    for value in _values(header, keyword, NUMBER_VRS | _UNDECIDED_VRS):
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            return None
        if not math.isfinite(number):
            return None
        found.append(number)
    return found or None


def number(header: Dataset, keyword: str) -> float | None:
    """Return the first value as a finite float, or None."""
    found = numbers(header, keyword)
    return found[0] if found else None


def integer(header: Dataset, keyword: str) -> int | None:
    """Return the first value as an int, or None where it is not whole."""
    found = number(header, keyword)
    return int(found) if found is not None and found == int(found) else None


def text(header: Dataset, keyword: str) -> str:
    """Return the first value as text, without padding; empty where there is none."""
    found = values(header, keyword)
    return str(found[0]).strip(" \0") if found else ""


def items(header: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; empty where it is absent or is none."""
    return [item for item in values(header, keyword) if isinstance(item, Dataset)]


def is_big_endian(header: Dataset) -> bool:
    """Whether a header was read from a Big Endian file."""
    _, little = header.original_encoding
    return little is False


def table_bytes(element: DataElement, big_endian: bool) -> bytes:
    """Return the value of a look-up table as Little Endian words.

    Raises
    ------
    ValueError
        If it is no table.
    """
    value = element.value
    if isinstance(value, bytes):
        if not big_endian or element.VR == "OB":
            return value
        # pydicom leaves words in the order of the file.
        count = len(value) // 2
        return struct.pack(f"<{count}H", *struct.unpack(f">{count}H", value[: 2 * count]))
    words = [value] if isinstance(value, int) else value
    if not isinstance(words, Sequence) or isinstance(words, str):
        raise ValueError("not a table")
    return struct.pack(f"<{len(words)}H", *(int(word) & 0xFFFF for word in words))


def table_cells(data: bytes, entries: int, bits: int) -> NDArray[np.uint16]:
    """Return the entries of a plain look-up table, whose cells are words, or bytes for 8 bits.

    Some writers put 8-bit entries into words, others write bytes where they announce words.

    Raises
    ------
    ValueError
        If the table is shorter than its descriptor says.
    """
    if len(data) >= 2 * entries:
        return np.frombuffer(data, "<u2", entries).astype(np.uint16)
    if bits > 8 and len(data) > entries + 1:
        raise ValueError("a table that is cut short")
    return np.frombuffer(data, np.uint8, entries).astype(np.uint16)
