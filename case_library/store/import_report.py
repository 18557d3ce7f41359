"""What an import is asked to do, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from case_library.deidentify.report import CleaningReport
from case_library.model.case import Case, Clip

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportedClip:
    """A clip that came in, with the path it was given by (for the terminal; never logged or stored).

    Attributes
    ----------
    cleaning : CleaningReport
        What became of the elements of its header.
    """

    source: str
    clip: Clip
    cleaning: CleaningReport


@dataclass(frozen=True)
class ImportedCase:
    """A case that was made or added to."""

    slug: str
    case: Case
    clips: tuple[ImportedClip, ...]


@dataclass(frozen=True)
class Refusal:
    """An input that did not come in."""

    source: str
    reason: str


@dataclass
class ImportReport:
    """What an import did."""

    imported: list[ImportedCase] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True)
class ImportOptions:
    """How to import.

    Attributes
    ----------
    add_to : str or None
        Slug of a draft that takes all clips; else one new case for each study.
    title : str
    force : bool
        Take pictures of other modalities too.
    dry_run : bool
        Do everything but keep nothing.
    max_source_bytes : int
        Larger files are refused.
    """

    add_to: str | None = None
    title: str = ""
    force: bool = False
    dry_run: bool = False
    max_source_bytes: int = 4 * 1024**3
