"""All frames that anything in a case hangs on, and how they are exchanged together when a clip is encoded anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from case_library.model.case import Case
from case_library.model.frame import FrameIdentity
from case_library.model.item import ClipId
from case_library.model.question import ComparedFrame

Part = TypeVar("Part", bound=BaseModel)
# From the clip that a frame belongs to, and the identity it had, to the one it has now.
FrameChange = Callable[[ClipId, FrameIdentity], FrameIdentity]


def frames_of(case: Case) -> list[tuple[ClipId, FrameIdentity]]:
    """Return every frame of this case's clips that something hangs on, in the order of the document."""
    return list(_frames(case, None))


def with_frames(case: Case, change: FrameChange) -> Case:
    """Return the case with every frame exchanged; frames of other cases are left as they are."""
    return part_with_frames(case, change, None)


def part_with_frames(part: Part, change: FrameChange, clip_id: ClipId | None) -> Part:
    """Return a part of a case with every frame exchanged.

    Parameters
    ----------
    clip_id : str or None
        The clip that the part stands in, where it does not name one itself.
    """
    if _elsewhere(part):
        return part
    here = getattr(part, "clip_id", None) or clip_id
    update = {}
    for name in type(part).model_fields:
        before = getattr(part, name)
        after = _changed_value(before, change, here)
        if after is not before:
            update[name] = after
    return part.model_copy(update=update) if update else part


def _frames(part: Any, clip_id: ClipId | None) -> Iterator[tuple[ClipId, FrameIdentity]]:
    if isinstance(part, tuple):
        for member in part:
            yield from _frames(member, clip_id)
    elif isinstance(part, FrameIdentity):
        if clip_id is not None:
            yield clip_id, part
    elif isinstance(part, BaseModel) and not _elsewhere(part):
        here = getattr(part, "clip_id", None) or clip_id
        for name in type(part).model_fields:
            yield from _frames(getattr(part, name), here)


def _changed_value(value: Any, change: FrameChange, clip_id: ClipId | None) -> Any:
    if isinstance(value, FrameIdentity):
        return value if clip_id is None else change(clip_id, value)
    if isinstance(value, BaseModel):
        return part_with_frames(value, change, clip_id)
    if isinstance(value, tuple):
        members = tuple(_changed_value(member, change, clip_id) for member in value)
        return members if any(a is not b for a, b in zip(members, value, strict=True)) else value
    return value


def _elsewhere(part: BaseModel) -> bool:
    return isinstance(part, ComparedFrame) and part.case_id is not None
