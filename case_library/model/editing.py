"""Edits of a case, item by item: which lists of it are edited, and what an edit makes of them.

A list goes by its place in the document: `findings`, `measurements`, `clips/clip-1/phases`,
`clips/clip-1/patient_marks`. Two people who change different items never disturb each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pydantic import Field, ValidationError

from case_library.errors import CaseLibraryError
from case_library.model.case import Case, Clip
from case_library.model.case_frames import FrameChange, part_with_frames
from case_library.model.coherence import incoherences
from case_library.model.finding import Finding
from case_library.model.frame import FrameIdentity
from case_library.model.item import ClipId, Item, ItemId, Model
from case_library.model.measured_case import with_recorded
from case_library.model.measurement_record import Measurement
from case_library.model.phase import PatientMark, Phase

CASE_LISTS: dict[str, type[Item]] = {"findings": Finding, "measurements": Measurement}
CLIP_LISTS: dict[str, type[Item]] = {"phases": Phase, "patient_marks": PatientMark}
MOST_CHANGES = 2000

Identify = Callable[[Clip, Sequence[int]], Sequence[str | None]]


class EditRefusedError(CaseLibraryError):
    """An edit that cannot become part of the case; nothing was written.

    Attributes
    ----------
    list_name, item_id : str
        Which item is wrong.
    reason : str
    """

    def __init__(self, list_name: str, item_id: str, reason: str) -> None:
        super().__init__(f"{list_name}, '{item_id}': {reason}. Nothing was written")
        self.list_name = list_name
        self.item_id = item_id
        self.reason = reason


class ItemChange(Model):
    """One item as it is to be.

    Attributes
    ----------
    list : str
        Where it stands.
    item : dict or None
        The whole item, as in `case.json`; None removes it.
    index : int or None
        Where a new item goes; by default at the end.
    """

    list: str = Field(max_length=80)
    item_id: ItemId
    item: dict[str, Any] | None = None
    index: int | None = Field(default=None, ge=0)


class Edit(Model):
    """What a person changed since revision `based_on`."""

    based_on: int = Field(ge=1)
    changes: tuple[ItemChange, ...] = Field(max_length=MOST_CHANGES)


def editable_lists(case: Case) -> dict[str, tuple[Item, ...]]:
    """Return every list that is edited item by item, by its name, empty ones too."""
    lists: dict[str, tuple[Item, ...]] = {name: getattr(case, name) for name in CASE_LISTS}
    for clip in case.clips:
        lists |= {_of_clip(clip.clip_id, name): getattr(clip, name) for name in CLIP_LISTS}
    return lists


def edited(case: Case, changes: Iterable[ItemChange], identify: Identify = lambda clip, numbers: ()) -> Case:
    """Return the case with these changes.

    Frames that come without an identity are given one: the object they are in, and what `identify` says. Beside the
    points of a measurement stands the number that follows from them, whatever came with it.

    Parameters
    ----------
    identify : callable
        (clip, frame numbers) -> SHA-256 of the stored bytes of each, None where it is not known.

    Raises
    ------
    EditRefusedError
        If an item is not what its list holds, or would leave the case with something that does not fit together and
        fitted before.
    """
    lists = editable_lists(case)
    parsed = [(change, _item(change, lists)) for change in changes]
    known = _identities(case, [(change, item) for change, item in parsed if item], identify)
    for change, item in parsed:
        if item is not None:
            item = part_with_frames(item, known, _clip_of(change.list))
        lists[change.list] = _placed(lists[change.list], change, item)
    after = _with_lists(case, lists)
    before = {(found.item_id, found.problem) for found in incoherences(case)}
    for found in incoherences(after):
        if (found.item_id, found.problem) not in before:
            raise EditRefusedError(_list_of(parsed, found.item_id), found.item_id, f"it {found.problem}")
    measurements = {change.item_id for change, _ in parsed if change.list == "measurements"}
    return with_recorded(after, measurements) if measurements else after


def changed_items(before: Case, after: Case) -> Iterator[tuple[str, Item]]:
    """Give every item of `after` that `before` has otherwise or not at all, with the name of its list."""
    old = {name: {item.item_id: item for item in items} for name, items in editable_lists(before).items()}
    for name, items in editable_lists(after).items():
        for item in items:
            if old.get(name, {}).get(item.item_id) != item:
                yield name, item


def _item(change: ItemChange, lists: dict[str, tuple[Item, ...]]) -> Item | None:
    if change.list not in lists:
        raise EditRefusedError(change.list, change.item_id, "there is no such list in this case")
    if change.item is None:
        return None
    kind = (CASE_LISTS | CLIP_LISTS)[change.list.rpartition("/")[2]]
    try:
        item = kind.model_validate(change.item)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else first["msg"]
        raise EditRefusedError(change.list, change.item_id, reason) from None
    if item.item_id != change.item_id:
        raise EditRefusedError(change.list, change.item_id, f"the item calls itself '{item.item_id}'")
    return item


def _placed(items: tuple[Item, ...], change: ItemChange, item: Item | None) -> tuple[Item, ...]:
    at = next((k for k, old in enumerate(items) if old.item_id == change.item_id), None)
    if at is not None:
        return (*items[:at], *((item,) if item else ()), *items[at + 1 :])
    if item is None:
        return items
    index = len(items) if change.index is None else change.index
    return (*items[:index], item, *items[index:])


def _with_lists(case: Case, lists: dict[str, tuple[Item, ...]]) -> Case:
    def clip_with(clip: Clip) -> Clip:
        return clip.model_copy(update={name: lists[_of_clip(clip.clip_id, name)] for name in CLIP_LISTS})

    update: dict[str, Any] = {name: lists[name] for name in CASE_LISTS}
    return case.model_copy(update=update | {"clips": tuple(clip_with(clip) for clip in case.clips)})


def _identities(case: Case, items: Sequence[tuple[ItemChange, Item]], identify: Identify) -> FrameChange:
    """Return what gives a frame without an identity its own; `identify` is asked once for each clip."""
    wanted: dict[ClipId, set[int]] = {}
    for change, item in items:

        def note(clip_id: ClipId, frame: FrameIdentity, change: ItemChange = change) -> FrameIdentity:
            clip = case.clip(clip_id)
            if clip is None or frame.frame_number > clip.frame_count:
                has = "which is not there" if clip is None else f"which has {clip.frame_count}"
                reason = f"it hangs on frame {frame.frame_number} of {clip_id}, {has}"
                raise EditRefusedError(change.list, change.item_id, reason)
            if frame.sop_instance_uid is None:
                wanted.setdefault(clip_id, set()).add(frame.frame_number)
            return frame

        part_with_frames(item, note, _clip_of(change.list))
    known: dict[tuple[ClipId, int], FrameIdentity] = {}
    for clip_id, numbers in wanted.items():
        clip = case.clip(clip_id)
        assert clip is not None
        inside = sorted(numbers)
        hashes = [*identify(clip, inside)]
        hashes += [None] * (len(inside) - len(hashes))
        for number, stored_sha256 in zip(inside, hashes, strict=True):
            identity = FrameIdentity(
                frame_number=number, sop_instance_uid=clip.sop_instance_uid, stored_sha256=stored_sha256
            )
            known[clip_id, number] = identity

    def given(clip_id: ClipId, frame: FrameIdentity) -> FrameIdentity:
        return frame if frame.sop_instance_uid else known.get((clip_id, frame.frame_number), frame)

    return given


def _list_of(parsed: Sequence[tuple[ItemChange, Item | None]], item_id: str) -> str:
    return next((change.list for change, _ in parsed if change.item_id == item_id), "the case")


def _of_clip(clip_id: ClipId, name: str) -> str:
    return f"clips/{clip_id}/{name}"


def _clip_of(list_name: str) -> ClipId | None:
    parts = list_name.split("/")
    return parts[1] if len(parts) == 3 else None
