"""Read single values of a header that may be anything: a value that cannot be understood counts as absent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset


def values(header: Dataset, keyword: str) -> list[Any]:
    """Return the values of an element as a list; empty where it is absent, empty or unreadable."""
    try:
        value = header.get(keyword)
    except Exception:  # pydicom converts on access, and any converter may raise on a hostile value
        return []
    if value is None or value == "" or (isinstance(value, bytes) and not value):
        return []
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    return [value]


def numbers(header: Dataset, keyword: str) -> list[float] | None:
    """Return the values as finite floats, or None where one is no number or there is none."""
    found: list[float] = []
    for value in values(header, keyword):
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
