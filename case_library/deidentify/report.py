"""What became of the elements of a header that was cleaned."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from case_library.deidentify.header import read_element


@dataclass(frozen=True)
class CleaningReport:
    """What became of a header's elements, by keyword of the standard's dictionary; no value is in it.

    Attributes
    ----------
    kept, changed, removed, added : tuple of str
        In the order of their tags; of the top level.
    private, unknown : int
        How many private elements, and elements without a keyword (group lengths, overlays), were removed.
    """

    kept: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    private: int
    unknown: int


def cleaning_report(header: Dataset, cleaned: Dataset) -> CleaningReport:
    """Return what became of the elements of `header` in `cleaned`, its cleaned form."""
    tags = sorted(map(Tag, header.keys()))
    private = [tag for tag in tags if tag.is_private]
    named = [(tag, keyword_for_tag(tag)) for tag in tags if not tag.is_private]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same = {tag for tag, _ in named if tag in cleaned and _same(read_element(header, tag), cleaned[tag])}
    return CleaningReport(
        kept=tuple(keyword for tag, keyword in named if keyword and tag in same),
        changed=tuple(keyword for tag, keyword in named if keyword and tag in cleaned and tag not in same),
        removed=tuple(keyword for tag, keyword in named if keyword and tag not in cleaned),
        added=tuple(keyword_for_tag(tag) for tag in sorted(cleaned.keys()) if tag not in header),
        private=len(private),
        unknown=sum(1 for _, keyword in named if not keyword),
    )


def _same(before: DataElement | None, after: DataElement) -> bool:
    try:
        return before is not None and bool(before.value == after.value)
    except Exception:  # comparing hostile values may raise anything
        return False
