"""From files to clips: which of them are one, and how each is opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from case_library.dicom.conversion_mark import ConvertedFrom
from case_library.errors import RefusedInputError
from case_library.sources.animation import AnimationReader
from case_library.sources.converted import ConvertedSource, Statements
from case_library.sources.dicom import DicomSource, open_dicom, transfer_syntax_of
from case_library.sources.dicom_video import is_dicom_video, open_dicom_video
from case_library.sources.expand import FoundFile, Refuse
from case_library.sources.kinds import PICTURES, VIDEOS, Kind
from case_library.sources.pictures import PictureReader, facts_of
from case_library.sources.reader import FrameProgress
from case_library.sources.sequences import Numbering, natural_key, numbering_of, pattern_of
from case_library.sources.video import open_video

_REFUSED = {
    Kind.UNKNOWN: (
        "not a DICOM file: the mark 'DICM' is missing at byte 128; and no picture, animation, video or zip that is "
        "opened here"
    ),
    Kind.HEIF: "a HEIC or AVIF picture is not opened here; save it as PNG or JPEG on the phone or computer it is from",
}


@dataclass(frozen=True)
class ClipInput:
    """What becomes one clip.

    Attributes
    ----------
    paths : tuple of Path
        One file, or the pictures of a sequence in order.
    kind : Kind
    shown : str
        For the terminal; never stored.
    files_shown : tuple of str
        The same for each file.
    given_as : int or None
        See `FoundFile`.
    is_animated : bool
        Of a GIF, WebP or PNG.
    numbering : Numbering or None
        Of a sequence whose names are numbered.
    notes : tuple of str
        What a person should know about how it was put together.
    """

    paths: tuple[Path, ...]
    kind: Kind
    shown: str
    files_shown: tuple[str, ...]
    given_as: int | None
    is_animated: bool = False
    numbering: Numbering | None = None
    notes: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(path.stat().st_size for path in self.paths)

    def without(self, index: int) -> ClipInput:
        """Return the same sequence without one of its pictures."""
        return replace(
            self,
            paths=self.paths[:index] + self.paths[index + 1 :],
            files_shown=self.files_shown[:index] + self.files_shown[index + 1 :],
            numbering=None if self.numbering is None else self.numbering.without(index),
        )


def clips_of(files: Sequence[FoundFile], refuse: Refuse) -> list[ClipInput]:
    """Return the clips that files are, in the order of the files; what is none is refused."""
    found: list[tuple[int, ClipInput]] = []
    pictures: list[tuple[int, FoundFile]] = []
    for position, file in enumerate(files):
        if file.kind in PICTURES:
            pictures.append((position, file))
        elif file.kind in _REFUSED:
            refuse(file.shown, _REFUSED[file.kind])
        else:
            found.append((position, _single(file)))
    found += _clips_of_pictures(pictures, refuse)
    return [clip for _, clip in sorted(found, key=lambda pair: pair[0])]


def _single(file: FoundFile, is_animated: bool = False) -> ClipInput:
    return ClipInput((file.path,), file.kind, file.shown, (file.shown,), file.given_as, is_animated)


def _clips_of_pictures(pictures: Iterable[tuple[int, FoundFile]], refuse: Refuse) -> Iterator[tuple[int, ClipInput]]:
    """Put pictures together: those of a folder that have one size, or loose ones that have a numbered name too."""
    folders: dict[tuple[int | None, PurePath], list[tuple[int, FoundFile, tuple[int, int, bool]]]] = defaultdict(list)
    for position, file in pictures:
        try:
            facts = facts_of(file.path)
        except RefusedInputError as refusal:
            refuse(file.shown, refusal.reason)
            continue
        if facts.frame_count > 1:
            yield position, _single(file, facts.is_animated)
        else:
            looks = (facts.columns, facts.rows, facts.is_wide_grey)
            folders[file.given_as, file.name.parent].append((position, file, looks))
    for (given_as, _), inside in folders.items():
        is_one = given_as is not None and len({looks for _, _, looks in inside}) == 1
        groups: dict[object, list[tuple[int, FoundFile]]] = defaultdict(list)
        for position, file, looks in inside:
            groups[None if is_one else (looks, pattern_of(file.name))].append((position, file))
        for group in groups.values():
            ordered = [file for _, file in sorted(group, key=lambda pair: natural_key(pair[1].name))]
            numbering = numbering_of([file.name for file in ordered])
            if len(ordered) > 1 and (is_one or numbering is not None):
                yield min(position for position, _ in group), _sequence(ordered, numbering, is_one)
            else:
                yield from ((position, _single(file)) for position, file in group)


def _sequence(files: list[FoundFile], numbering: Numbering | None, is_folder: bool) -> ClipInput:
    notes = [f"{len(files)} pictures became one clip, in the order of their names"]
    if numbering is None:
        notes.append("their names do not differ in one number alone; look whether the order is right")
    first = files[0]
    shown = str(PurePath(first.shown).parent) if is_folder else first.shown
    return ClipInput(
        tuple(file.path for file in files), first.kind, shown, tuple(file.shown for file in files), first.given_as,
        numbering=numbering, notes=tuple(notes),
    )  # fmt: skip


def open_clip(
    clip: ClipInput, statements: Statements | None = None, progress: FrameProgress | None = None
) -> DicomSource | ConvertedSource:
    """Open what becomes a clip.

    Parameters
    ----------
    statements : Statements or None
        What a person says about clock, scale and part; for a DICOM image they change nothing here.
    progress : callable or None
        While a conversion looks at all frames for the first time.

    Raises
    ------
    RefusedInputError, FrameError
        If it cannot be read; the reason quotes no value of the file.
    """
    statements = statements or Statements()
    path = clip.paths[0]
    if clip.kind is Kind.DICOM:
        if not is_dicom_video(transfer_syntax_of(path)):
            return open_dicom(path)
        return ConvertedSource(open_dicom_video(path, progress), ConvertedFrom.VIDEO, statements)
    if clip.kind in VIDEOS:
        return ConvertedSource(open_video(path, progress), ConvertedFrom.VIDEO, statements)
    if clip.is_animated:
        return ConvertedSource(AnimationReader(path), ConvertedFrom.ANIMATION, statements, progress=progress)
    reader = PictureReader(clip.paths)
    return ConvertedSource(reader, ConvertedFrom.PICTURES, statements, clip.numbering, progress)
