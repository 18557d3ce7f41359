"""What a person states about the clock of a draft's clip or the scale of any clip, and taking it back."""

from __future__ import annotations

import math
from collections.abc import Callable

from case_library.errors import CaseLibraryError
from case_library.model.calibration import ScaleOrigin, px_per_cm_between, stated_scale
from case_library.model.case import Case, Clip, Status
from case_library.model.timing import ClockOrigin, stated_clock
from case_library.sources.dicom import open_dicom
from case_library.store.library import CaseChange, Library

MOST_FPS = 10_000.0
_STATED = "Stated by a person"


class MendingError(CaseLibraryError):
    """A statement that cannot be used; nothing was changed."""


def state_clock(library: Library, slug: str, clip_id: str, fps: float | None, based_on: int) -> Case:
    """Give a clip the frame rate that a person states, or with None what its file says.

    Raises
    ------
    MendingError
        If the file's own clock can be trusted, or the rate is none.
    StaleEditError, CaseNotFoundError
    """

    def change(clip: Clip, own: Clip) -> Clip:
        if fps is None:
            return clip.model_copy(update={"clock": own.clock})
        if not (math.isfinite(fps) and 0 < fps <= MOST_FPS):
            raise MendingError(f"{fps:g} frames per second is no rate; it lies above 0 and up to {MOST_FPS:g}")
        if clip.frame_count == 1:
            raise MendingError("a still has no frame rate")
        if own.clock.trusted and own.clock.origin is not ClockOrigin.STATED:
            raise MendingError("its own clock can be trusted and is kept")
        clock = stated_clock(fps, clip.frame_count)
        return clip.model_copy(
            update={"clock": clock.model_copy(update={"why": f"{_STATED}: {fps:g} frames per second"})}
        )

    return _mended(library, slug, clip_id, based_on, change)


def state_scale(
    library: Library,
    slug: str,
    clip_id: str,
    points_px: tuple[tuple[float, float], tuple[float, float]] | None,
    length_mm: float,
    based_on: int,
) -> Case:
    """Give a clip the scale that two points of a known distance state, or with None what its file says.

    A depth scale at the edge of the picture is such a distance. A published case may be given a scale too: what was
    measured in pixels then has millimetres, marked as stated.

    Parameters
    ----------
    points_px : two (x, y), or None
        In stored pixels, inside the frame.
    length_mm : float
        Between the two points.

    Raises
    ------
    MendingError
        If the file's own scale can be trusted, or a point lies outside the frame.
    CalibrationError
        If the points are too close together, or the length is none.
    StaleEditError, CaseNotFoundError
    """

    def change(clip: Clip, own: Clip) -> Clip:
        if points_px is None:
            return clip.model_copy(update={"scale": own.scale})
        if own.scale.trusted and own.scale.origin is not ScaleOrigin.STATED:
            raise MendingError("its own scale can be trusted and is kept")
        if not all(0 <= x <= clip.columns and 0 <= y <= clip.rows for x, y in points_px):
            raise MendingError(f"a point lies outside the {clip.columns} x {clip.rows} frame")
        px_per_cm = px_per_cm_between(*points_px, length_mm / 10.0, clip.pixel_aspect)
        why = f"{_STATED}: two points of the picture are {length_mm:g} mm apart"
        scale = stated_scale(px_per_cm, clip.pixel_aspect).model_copy(update={"why": why})
        return clip.model_copy(update={"scale": scale})

    return _mended(library, slug, clip_id, based_on, change, published=True)


def _mended(
    library: Library,
    slug: str,
    clip_id: str,
    based_on: int,
    change: Callable[[Clip, Clip], Clip],
    *,
    published: bool = False,
) -> Case:
    with library.changing(slug) as (folder, current):
        if current.status is not Status.DRAFT and not published:
            raise MendingError(f"Case '{slug}' is published; its clocks are not stated again")
        clip = current.clip(clip_id)
        if clip is None:
            raise MendingError(f"Case '{slug}' has no clip '{clip_id}'; it may have been removed")
        with open_dicom(folder / clip.file) as source:
            own = clip.model_copy(update={"clock": source.clock, "scale": source.scale})
        try:
            mended = change(clip, own)
        except MendingError as error:
            raise MendingError(f"{clip_id}: {error}; nothing was changed") from None
        clips = tuple(mended if other.clip_id == clip_id else other for other in current.clips)
        saved = library.save_locked(folder, current, current.model_copy(update={"clips": clips}), based_on)
    library.tell(CaseChange(library.root, slug, current, saved))
    return saved
