"""The pending mask of a draft's clip: suggested, set by a person, shown on a frame; free text taken out."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PIL import Image

from case_library.deidentify.burning import black_out
from case_library.deidentify.composites import composites_of
from case_library.deidentify.default_mask import default_rectangles, strip_boxes
from case_library.deidentify.drawn_text import find_drawn_text
from case_library.deidentify.free_text import TextMatch, without
from case_library.deidentify.remembered import RememberedMasks
from case_library.deidentify.text_reading import has_ocr, read_text_boxes
from case_library.errors import CaseLibraryError, FrameError
from case_library.model.case import Case, Clip, Status
from case_library.model.item import ClipId
from case_library.model.mask import (
    MAX_RECTANGLES,
    MaskError,
    MaskRectangle,
    PixelMask,
    PixelsViewed,
    ViewedHow,
    require_inside,
    without_repeats,
)
from case_library.sources.dicom import open_dicom
from case_library.store.files import sync_folder
from case_library.store.library import HISTORY, CaseChange, Library

FrameProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Suggestion:
    """A mask for a person to decide on, and the pictures that show why.

    Attributes
    ----------
    mask : PixelMask
    composites : dict of str to bytes
        `min`, `median`, `max` and `changing`, as PNG of the frame's size: pixels of a draft.
    """

    mask: PixelMask
    composites: dict[str, bytes]


def default_mask(clip: Clip, remembered: RememberedMasks | None = None) -> PixelMask | None:
    """Return what a clip's regions, and the last clip of its machine, suggest; None where neither says anything."""
    default = default_rectangles(clip.regions, clip.columns, clip.rows)
    again = remembered.offer(clip.screen_hmac, clip.columns, clip.rows) if remembered is not None else ()
    if default is None and not again:
        return None
    return PixelMask(rectangles=without_repeats((*(default or ()), *again))[:MAX_RECTANGLES])


def suggest_mask(
    library: Library,
    slug: str,
    clip_id: str,
    *,
    remembered: RememberedMasks | None = None,
    read_text: bool | None = None,
    progress: FrameProgress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Suggestion:
    """Look at every frame of a draft's clip for what is drawn over it; nothing is written.

    Every frame is decoded: this belongs into a process of its own.

    Parameters
    ----------
    read_text : bool or None
        Whether to read text, too; None where the extra is installed.
    progress : callable
        Called with the frames done and their number.
    cancelled : callable
        Asked before each frame.

    Raises
    ------
    SuggestionCancelledError, RefusedInputError, CaseNotFoundError
    TextReadingError
        If text is to be read and the extra is not installed.
    """
    clip = _clip_of(library.read(slug), slug, clip_id)
    start = default_mask(clip, remembered) or PixelMask()
    black = [rectangle.box for rectangle in (*start.rectangles, *(clip.burned or PixelMask()).rectangles)]
    with open_dicom(library.folder(slug) / clip.file) as source:
        composites = composites_of(source, progress, cancelled)
        left_out = [*black, *strip_boxes(clip.regions, clip.columns, clip.rows)]
        drawn = find_drawn_text(composites, left_out)
        read: tuple[MaskRectangle, ...] = ()
        if read_text or (read_text is None and has_ocr()):
            read = read_text_boxes([composites.median, composites.brightest], black)
    found = without_repeats((*start.rectangles, *drawn.rectangles, *read))
    return Suggestion(PixelMask(rectangles=found[:MAX_RECTANGLES], note=drawn.note), composites.pngs())


def set_mask(
    library: Library,
    slug: str,
    clip_id: str,
    rectangles: Sequence[MaskRectangle],
    based_on: int,
    *,
    by: str | None = None,
    note: str = "",
) -> Case:
    """Replace the pending mask of a draft's clip; it is burned in when the draft is confirmed.

    Parameters
    ----------
    by : str or None
        Who decided; None for a suggestion.

    Raises
    ------
    MaskError
        If a rectangle leaves the frame, or there are too many.
    StaleEditError, CaseLibraryError
    """
    if len(rectangles) > MAX_RECTANGLES:
        raise MaskError(f"{len(rectangles)} rectangles are more than the {MAX_RECTANGLES} that a mask may have")
    decided = {"decided_by": by, "decided_at": datetime.now(UTC)} if by else {}
    mask = PixelMask.model_validate({"rectangles": without_repeats(rectangles), "note": note, **decided})
    return _saved(library, slug, {clip_id: {"mask": mask}}, based_on)


def set_suggestions(library: Library, slug: str, masks: Mapping[ClipId, PixelMask], based_on: int) -> Case:
    """Make suggestions the pending masks of a draft's clips, in one save; nothing is saved where nothing changes.

    Raises
    ------
    MaskError, StaleEditError, CaseLibraryError
    """
    return _saved(library, slug, {clip_id: {"mask": mask} for clip_id, mask in masks.items()}, based_on)


def set_viewed(library: Library, slug: str, clip_id: str, based_on: int) -> Case:
    """Record that a person has seen a draft's clip whole at 100 %."""
    viewed = PixelsViewed(at=datetime.now(UTC), how=ViewedHow.PAGE)
    return _saved(library, slug, {clip_id: {"viewed": viewed}}, based_on)


def masked_png(
    library: Library, slug: str, clip_id: str, frame_number: int, rectangles: Sequence[MaskRectangle] | None = None
) -> bytes:
    """Return a frame as it will be after confirming, as PNG: with the given rectangles, else with the pending mask.

    Parameters
    ----------
    frame_number : int
        From 1.

    Raises
    ------
    FrameError, CaseNotFoundError, CaseLibraryError
    """
    clip = _clip_of(library.read(slug), slug, clip_id)
    if rectangles is None:
        rectangles = clip.mask.rectangles if clip.mask is not None else ()
    require_inside(PixelMask(rectangles=tuple(rectangles)), clip.columns, clip.rows)
    with open_dicom(library.folder(slug) / clip.file) as source:
        if not 1 <= frame_number <= source.frame_count:
            raise FrameError(frame_number - 1, f"this clip has {source.frame_count} frames")
        frame = source.read_frame(frame_number - 1).copy()
    black_out(frame, [rectangle.box for rectangle in rectangles])
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _saved(library: Library, slug: str, updates: Mapping[ClipId, Mapping[str, object]], based_on: int) -> Case:
    with library.changing(slug) as (folder, current):
        if current.status is not Status.DRAFT:
            raise CaseLibraryError(f"Case '{slug}' is published; the pixels of a published clip are not masked again")
        for clip_id, update in updates.items():
            clip, mask = _clip_of(current, slug, clip_id), update.get("mask")
            if isinstance(mask, PixelMask):
                require_inside(mask, clip.columns, clip.rows)
        clips = tuple(clip.model_copy(update=updates.get(clip.clip_id, {})) for clip in current.clips)
        if clips == current.clips and based_on == current.revision:
            return current
        saved = library.save_locked(folder, current, current.model_copy(update={"clips": clips}), based_on)
    library.tell(CaseChange(library.root, slug, current, saved))
    return saved


def _clip_of(case: Case, slug: str, clip_id: str) -> Clip:
    clip = case.clip(clip_id)
    if clip is None:
        raise CaseLibraryError(f"Case '{slug}' has no clip '{clip_id}'; it may have been removed")
    return clip


def remove_text(library: Library, slug: str, matches: Sequence[TextMatch], based_on: int) -> Case:
    """Save a case without stretches of its texts, and purge what `history/` has of them.

    Every replaced version is dropped: what was removed may stand in any of them.

    Raises
    ------
    StaleEditError, CaseLibraryError
    """
    with library.changing(slug) as (folder, current):
        saved = library.save_locked(folder, current, without(current, matches), based_on)
        for version in (folder / HISTORY).glob("*.json"):
            version.unlink()
        sync_folder(folder / HISTORY)
    library.tell(CaseChange(library.root, slug, current, saved))
    return saved
