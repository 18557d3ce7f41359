"""Publish a draft: burn its masks into every frame, and record who has looked at the pixels.

A draft is published whole or stays as it is. What its frames were is nowhere afterwards: not in the folder, not in its
packs, and `history/` never holds media.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from case_library.deidentify.burning import Burning, burn
from case_library.deidentify.header import confirm_header
from case_library.deidentify.remembered import RememberedMasks
from case_library.deidentify.unchanged import require_same_measures
from case_library.dicom.write import write_dicom
from case_library.errors import CaseLibraryError, StaleEditError
from case_library.model.case import Case, Clip, Confirmation, Status
from case_library.model.case_frames import frames_of, with_frames
from case_library.model.frame import FrameIdentity
from case_library.model.item import ClipId
from case_library.model.mask import MaskOrigin, PixelMask, PixelsViewed, ViewedHow, require_inside, without_repeats
from case_library.sources.dicom import open_dicom
from case_library.store.files import durable_sha256_of, remove_tree, sha256_of, write_whole
from case_library.store.library import CASE_FILE, HISTORY, REPORTS, CaseChange, Library
from case_library.store.upgrade import dump_case

FrameProgress = Callable[[int, int], None]


class ObstacleKind(StrEnum):
    """Why a draft cannot be published yet."""

    NO_CLIPS = "no_clips"
    NOT_VIEWED = "not_viewed"


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands between a draft and its publication.

    Attributes
    ----------
    clip_id : str
        Empty for the case as a whole.
    sentence : str
        For the person who can mend it.
    """

    clip_id: str
    kind: ObstacleKind
    sentence: str


class ConfirmRefusedError(CaseLibraryError):
    """A draft that cannot be published yet; nothing was changed."""

    def __init__(self, slug: str, obstacles: tuple[Obstacle, ...]) -> None:
        super().__init__(f"Case '{slug}' was not published. " + " ".join(obstacle.sentence for obstacle in obstacles))
        self.obstacles = obstacles


def obstacles(case: Case) -> tuple[Obstacle, ...]:
    """Return what stands between a draft and its publication; nothing where it may be confirmed."""
    if not case.clips:
        return (Obstacle("", ObstacleKind.NO_CLIPS, "It has no clips; there is nothing to confirm."),)
    return tuple(
        Obstacle(
            clip.clip_id,
            ObstacleKind.NOT_VIEWED,
            f"{clip.clip_id}: nothing of it goes black, so every pixel must have been looked at: view it whole at "
            "100 % first.",
        )
        for clip in case.clips
        if clip.viewed is None and not _any_rectangle(clip)
    )


def confirm_draft(
    library: Library,
    slug: str,
    by: str,
    *,
    based_on: int | None = None,
    stated_viewed: bool = False,
    remembered: RememberedMasks | None = None,
    progress: FrameProgress = lambda done, total: None,
) -> Case:
    """Publish a draft: a person has looked at the pixels of every clip and seen no identity.

    The masks are burned in, the headers say so, what hangs on a frame follows it to its new identity, and the folder
    moves out of `drafts/`.

    Parameters
    ----------
    by : str
        Who says so; any name or nickname.
    based_on : int or None
        The revision that was looked at.
    stated_viewed : bool
        The person says that they have seen whole what the page has not shown them whole; this is recorded.
    remembered : RememberedMasks or None
        Where the masks are kept for the next clip of the same machine.
    progress : callable
        Called with the frames done and their number; what it raises ends the work, and nothing is changed.

    Raises
    ------
    ConfirmRefusedError
        Has the `obstacles`.
    StaleEditError
        The draft was changed meanwhile: nobody has looked at what it is now.
    CaseLibraryError
        The case is published already, a file is not what was imported, or a measure would change.
    """
    now = datetime.now(UTC)
    confirmation = Confirmation(by=by, at=now)
    with library.changing(slug) as (folder, draft):
        if draft.status is not Status.DRAFT:
            raise CaseLibraryError(f"Case '{slug}' is published already")
        if based_on is not None and based_on != draft.revision:
            raise StaleEditError(slug, draft, draft, based_on)
        found = obstacles(draft)
        if any(not stated_viewed or obstacle.kind is not ObstacleKind.NOT_VIEWED for obstacle in found):
            raise ConfirmRefusedError(slug, found)
        with library.staging() as stage:
            case = _Publication(folder, stage, confirmation, progress).of(draft)
            for name in (HISTORY, REPORTS):
                if (folder / name).is_dir():
                    shutil.copytree(folder / name, stage / name)
            (stage / HISTORY).mkdir(exist_ok=True)
            write_whole(stage / HISTORY / f"{draft.revision:06d}.json", dump_case(draft))
            write_whole(stage / CASE_FILE, dump_case(case))
            library.publish(stage, slug)
        remove_tree(folder)
    library.tell(CaseChange(library.root, slug, draft, case))
    if remembered is not None:
        _remember(case, remembered)
    return case


class _Publication:
    def __init__(self, folder: Path, stage: Path, confirmation: Confirmation, progress: FrameProgress) -> None:
        self._folder, self._stage, self._confirmation, self._progress = folder, stage, confirmation, progress
        self._done = self._total = 0
        self._burnings: dict[ClipId, Burning] = {}
        self._hung_on: defaultdict[ClipId, set[int]] = defaultdict(set)

    def of(self, draft: Case) -> Case:
        """Write every clip into the stage; return the case that is published."""
        self._total = sum(clip.frame_count for clip in draft.clips)
        for clip_id, frame in frames_of(draft):
            self._hung_on[clip_id].add(frame.frame_number)
        clips = tuple(self._clip(clip) for clip in draft.clips)
        case = draft.model_copy(
            update={
                "status": Status.PUBLISHED,
                "confirmation": self._confirmation,
                "revision": draft.revision + 1,
                "changed_at": self._confirmation.at,
                "clips": clips,
            }
        )
        return with_frames(case, self._followed)

    def _clip(self, clip: Clip) -> Clip:
        media, target = self._folder / clip.file, self._stage / clip.file
        if not media.is_file():
            raise self._not_what_was_imported(clip)
        # Beside the frames: nothing is published before it is known.
        with ThreadPoolExecutor(1) as beside:
            digest = beside.submit(sha256_of, media)
            try:
                update = self._written(clip, media, target)
            except CaseLibraryError:
                if digest.result() != clip.file_sha256:
                    raise self._not_what_was_imported(clip) from None
                raise
            if digest.result() != clip.file_sha256:
                raise self._not_what_was_imported(clip)
        self._done += clip.frame_count
        self._progress(self._done, self._total)
        update |= {"file_sha256": durable_sha256_of(target), "file_bytes": target.stat().st_size}
        return clip.model_copy(update=update)

    def _written(self, clip: Clip, media: Path, target: Path) -> dict[str, object]:
        mask = clip.mask or PixelMask()
        require_inside(mask, clip.columns, clip.rows)
        update: dict[str, object] = {"viewed": clip.viewed or self._stated(clip), "mask": None}
        with open_dicom(media) as source:
            header = confirm_header(source.header)
            if mask.is_empty:
                frames = (source.stored_frame(i) for i in range(source.frame_count))
                write_dicom(target, header, source.transfer_syntax_uid, frames, source.frame_count)
            else:
                burning = burn(source, target, mask.rectangles, header, self._of_clip, self._hung_on[clip.clip_id])
                self._burnings[clip.clip_id] = burning
                update["burned"] = burned_mask(clip, mask, burning, self._confirmation)
            with open_dicom(target) as written:
                require_same_measures(source, written)
                return update | {
                    "sop_instance_uid": str(written.header.SOPInstanceUID),
                    "transfer_syntax_uid": written.transfer_syntax_uid,
                    "photometric_interpretation": written.photometric_interpretation,
                }

    def _not_what_was_imported(self, clip: Clip) -> CaseLibraryError:
        return CaseLibraryError(
            f"Case '{self._folder.name}': {clip.file} is missing or is not what was imported; nothing was published. "
            f"`case-library check {self._folder.name}` says more"
        )

    def _of_clip(self, done: int, total: int) -> None:
        self._progress(self._done + done, self._total)

    def _stated(self, clip: Clip) -> PixelsViewed | None:
        return None if _any_rectangle(clip) else PixelsViewed(at=self._confirmation.at, how=ViewedHow.STATED)

    def _followed(self, clip_id: ClipId, frame: FrameIdentity) -> FrameIdentity:
        burning = self._burnings.get(clip_id)
        return frame if burning is None else new_identity(burning, frame)


def new_identity(burning: Burning, frame: FrameIdentity) -> FrameIdentity:
    """Return what a frame is called after a mask was burned in; one that was another frame before stays what it is."""
    replaced = burning.frames.get(frame.frame_number)
    if replaced is None:
        return frame
    was = FrameIdentity(
        frame_number=frame.frame_number, sop_instance_uid=burning.uid_before, stored_sha256=replaced.before
    )
    if not frame.is_same_as(was):
        return frame
    return FrameIdentity(
        frame_number=frame.frame_number,
        sop_instance_uid=frame.sop_instance_uid and burning.uid_after,
        stored_sha256=frame.stored_sha256 and replaced.after,
    )


def burned_mask(clip: Clip, mask: PixelMask, burning: Burning, confirmation: Confirmation) -> PixelMask:
    """Return what is black in a clip after another mask was burned in."""
    before = clip.burned or PixelMask()
    return PixelMask(
        rectangles=without_repeats((*before.rectangles, *mask.rectangles)),
        decided_by=confirmation.by,
        decided_at=confirmation.at,
        black_frames=tuple(sorted({*before.black_frames, *burning.black_frames})),
    )


def _any_rectangle(clip: Clip) -> bool:
    return any(mask is not None and not mask.is_empty for mask in (clip.mask, clip.burned))


def _remember(case: Case, remembered: RememberedMasks) -> None:
    by_screen: dict[str, list[tuple[int, int, int, int]]] = {}
    for clip in case.clips:
        if clip.screen_hmac is not None and clip.burned is not None:
            boxes = by_screen.setdefault(clip.screen_hmac, [])
            # What lies outside the regions is known from every file that has them.
            kept = [r.box for r in clip.burned.rectangles if r.origin is not MaskOrigin.OUTSIDE_REGIONS]
            boxes += [box for box in kept if box not in boxes]
    for screen, boxes in by_screen.items():
        if boxes:
            remembered.remember(screen, boxes)
