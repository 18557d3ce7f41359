"""What an import is asked to do, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from case_library.deidentify.free_text import HeldIdentity, TextMatch
from case_library.deidentify.remembered import RememberedMasks
from case_library.deidentify.report import CleaningReport
from case_library.model.case import Case, Clip
from case_library.model.mask import MaskRectangle
from case_library.sources.converted import Statements
from case_library.sources.stored_size import StoredSize

Progress = Callable[[int, int], None]
Begin = Callable[[str], None]


@dataclass(frozen=True)
class Announcement:
    """A conversion of more than one frame that is about to begin, while it can still be stopped."""

    source: str
    frame_count: int
    duration_s: float | None
    predicted: StoredSize
    compact: bool


Announce = Callable[[Announcement], None]


@dataclass(frozen=True)
class ImportedClip:
    """A clip that came in, with the path it was given by (for the terminal; never logged or stored).

    Attributes
    ----------
    files : tuple of str
        Each file of it, in the same way: of a sequence all pictures.
    cleaning : CleaningReport
        What became of the elements of its header.
    notes : tuple of str
        What a person should know about how it came in.
    predicted : StoredSize or None
        Of a conversion of more than one frame, as it was predicted.
    """

    source: str
    files: tuple[str, ...]
    clip: Clip
    cleaning: CleaningReport
    notes: tuple[str, ...] = ()
    predicted: StoredSize | None = None


@dataclass(frozen=True)
class ImportedCase:
    """A case that was made or added to.

    Attributes
    ----------
    texts : tuple of TextMatch
        Where texts of the case say what the headers of these clips held.
    """

    slug: str
    case: Case
    clips: tuple[ImportedClip, ...]
    texts: tuple[TextMatch, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """An input that did not come in."""

    source: str
    reason: str


@dataclass
class ImportReport:
    """What an import did.

    Attributes
    ----------
    import_id : str
        By which all of it can be undone.
    held : HeldIdentity
        What the headers held: in memory, for texts that are written while the import is fresh.
    """

    import_id: str = ""
    imported: list[ImportedCase] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    held: HeldIdentity = field(default=HeldIdentity(), repr=False)


@dataclass(frozen=True)
class ImportOptions:
    """How to import.

    Attributes
    ----------
    add_to : str or None
        Slug of a draft that takes all clips; else one new case for each study.
    loose_together : bool
        What comes from no study makes one case together; where there is one study only, it joins that.
    title : str
    force : bool
        Take pictures of other modalities too.
    dry_run : bool
        Keep nothing; a conversion is looked at and its size predicted, but it is not carried out.
    max_source_bytes : int
        Larger files are refused.
    statements : Statements
        What a person says about clock, scale and part.
    compact : bool
        Compress conversions with a loss.
    scratch : Path or None
        Where a folder for unpacked files is made; None for the system's temporary folder.
    mask : tuple of MaskRectangle
        Burned into every clip at once, and never in the library without.
    remembered : RememberedMasks or None
        What was confirmed for the same machines before.
    """

    add_to: str | None = None
    loose_together: bool = False
    title: str = ""
    force: bool = False
    dry_run: bool = False
    max_source_bytes: int = 4 * 1024**3
    statements: Statements = Statements()
    compact: bool = False
    scratch: Path | None = None
    mask: tuple[MaskRectangle, ...] = ()
    remembered: RememberedMasks | None = None
