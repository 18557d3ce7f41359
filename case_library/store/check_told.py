"""What is told about a case, held against its points and its frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from case_library.errors import CaseLibraryError
from case_library.model.case import Case, Clip
from case_library.model.case_frames import frames_of
from case_library.model.coherence import incoherences
from case_library.model.measured_case import misrecorded
from case_library.sources.identity import stored_hashes


def told_problems(folder: Path, case: Case) -> Iterator[tuple[str, str]]:
    """Give each problem of what is told, with its remedy: what does not fit together, numbers, frames."""
    for found in incoherences(case):
        yield f"{found.item_id}: {found.problem}", found.remedy
    for record, number in misrecorded(case):
        assert record.recorded is not None
        told = f"{record.recorded.value:g} {record.recorded.unit}"
        gives = "no number" if number is None else f"{number.value:g} {number.unit}"
        yield (
            f"{record.item_id}: recorded as {told}, but its points give {gives}",
            "The points count; look at them in the viewer and save the measurement anew",
        )
    for clip in case.clips:
        yield from _altered_frames(folder, case, clip)


def _altered_frames(folder: Path, case: Case, clip: Clip) -> Iterator[tuple[str, str]]:
    """Name the frames that something hangs on and whose stored bytes are no longer those it was put on."""
    known = {
        (frame.frame_number, frame.stored_sha256)
        for clip_id, frame in frames_of(case)
        if clip_id == clip.clip_id and frame.stored_sha256 is not None and frame.frame_number <= clip.frame_count
    }
    if not known:
        return
    numbers = sorted({number for number, _ in known})
    try:
        found = dict(zip(numbers, stored_hashes(folder / clip.file, numbers), strict=True))
    except (OSError, CaseLibraryError):
        return  # a file that cannot be read is a problem of its own
    altered = sorted({number for number, before in known if found[number] != before})
    if altered:
        told = ", ".join(str(number) for number in altered[:5]) + (", …" if len(altered) > 5 else "")
        yield (
            f"{clip.clip_id}: something hangs on frames whose bytes are others now: {told}",
            "The clip was encoded or cut anew: look in the viewer whether it still fits, and save it again",
        )
