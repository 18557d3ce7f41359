"""Which pictures belong together as one clip, in which order, and whether one is missing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

_NUMBER = re.compile(r"(\d+)")
_SPARSE = 10


@dataclass(frozen=True)
class Numbering:
    """Where numbered pictures stand.

    Attributes
    ----------
    places : tuple of int
        Of each picture, from 0, rising; a missing one leaves its place free.
    """

    places: tuple[int, ...]

    def without(self, index: int) -> Numbering:
        """Return the numbering of the same pictures but one."""
        return Numbering(self.places[:index] + self.places[index + 1 :])

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """After which frame (number from 1) how many are missing."""
        pairs = enumerate(zip(self.places, self.places[1:], strict=False), start=1)
        return tuple((frame, b - a - 1) for frame, (a, b) in pairs if b - a > 1)

    def note(self) -> str | None:
        """Return what is missing, in a sentence without a name or number of the files, or None."""
        if not self.gaps:
            return None
        said = [f"{count} after frame {frame}" for frame, count in self.gaps[:5]]
        more = f" and {len(self.gaps) - 5} more gaps" if len(self.gaps) > 5 else ""
        missing = sum(count for _, count in self.gaps)
        what = "1 number is" if missing == 1 else f"{missing} numbers are"
        return f"in the names of the pictures {what} missing: {', '.join(said)}{more}"


def natural_key(name: PurePath | str) -> list[tuple[int, int | str]]:
    """Return a sort key by which `clip2` comes before `clip10`."""
    return [(0, int(part)) if part.isdecimal() else (1, part.lower()) for part in _NUMBER.split(str(name)) if part]


def pattern_of(name: PurePath) -> tuple[str, ...]:
    """Return what is left of a name and its folders without its numbers and its suffix."""
    return (str(name.parent), *_NUMBER.split(name.stem)[::2])


def numbering_of(names: Sequence[PurePath]) -> Numbering | None:
    """Return where pictures stand whose names differ in one number alone, or None where they do not.

    Parameters
    ----------
    names : sequence of PurePath
        In natural order.
    """
    if len(names) < 2 or len({pattern_of(name) for name in names}) != 1:
        return None
    columns = list(zip(*([int(n) for n in _NUMBER.split(name.stem)[1::2]] for name in names), strict=True))
    varying = [column for column in columns if len(set(column)) > 1]
    if len(varying) != 1 or len(set(varying[0])) != len(names):
        return None
    numbers = varying[0]
    steps = [b - a for a, b in zip(numbers, numbers[1:], strict=False)]
    if min(steps) <= 0:
        return None
    # Numbers in steps of two or fifty are a numbering too.
    step = math.gcd(*steps)
    places = tuple((n - numbers[0]) // step for n in numbers)
    if places[-1] >= _SPARSE * len(places):
        # Dates, or numbers drawn by lot: they give an order and tell nothing about time.
        return Numbering(tuple(range(len(names))))
    return Numbering(places)
