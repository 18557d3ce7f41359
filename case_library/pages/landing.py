"""Where a link into a case lands."""

from __future__ import annotations

from typing import NamedTuple

from case_library.model.case import Case, Clip


class Landing(NamedTuple):
    """A clip, a frame number from 1, and what to tell a reader whose link meant something else."""

    clip: Clip
    frame_number: int
    note: str | None = None


def landing(case: Case, clip_text: str | None, frame_text: str | None) -> Landing:
    """Return where `?clip=…&frame=…` lands; what cannot be meant is replaced by what is near, and said.

    Parameters
    ----------
    case : Case
        With at least one clip.
    clip_text, frame_text : str or None
        As they stand in the address. Without a frame, a clip starts where the file asks to, else at frame 1.
    """
    clip = case.clip(clip_text) if clip_text else case.clips[0]
    if clip is None:
        first = case.clips[0]
        return Landing(
            first, _start(first), "The link names a clip that this case does not have; this is its first one."
        )
    if not frame_text:
        return Landing(clip, _start(clip))
    # Longer ones are no frame number, and turning them into a number takes time.
    if not (frame_text.isascii() and frame_text.isdigit() and len(frame_text) <= 9):
        return Landing(clip, _start(clip), "The link names no frame number; the clip starts at its beginning.")
    wanted = int(frame_text)
    frame_number = min(max(wanted, 1), clip.frame_count)
    if frame_number == wanted:
        return Landing(clip, frame_number)
    return Landing(
        clip, frame_number, f"The link asks for frame {wanted}; this clip has frames 1 to {clip.frame_count}."
    )


def _start(clip: Clip) -> int:
    start = clip.playback.start_frame
    return start if start is not None and start <= clip.frame_count else 1
