"""Shapes on keyframes, and where they are in between.

A shape is drawn on some frames of one clip, its keyframes. Every keyframe has the same number of points, and point i of
one is point i of the next: between two keyframes each point goes straight, at even speed from frame to frame. Before
the first and after the last keyframe the shape stands still, and outside its range it is not there.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import model_validator

from case_library.model.frame import FrameIdentity
from case_library.model.geometry import Point
from case_library.model.item import ClipId, Item, Line, Model


class ShapeKind(StrEnum):
    """What is drawn, and what its points are, in image coordinates.

    `point`, `label`: the place. `line`: both ends. `polyline`: two or more. `polygon`: three or more corners, closed by
    itself. `ellipse`: the centre, then the end of one half-diameter and of the one conjugate to it: for an upright one,
    the middle of a side and the middle of the bottom; so it remains an ellipse on axes of different scale. `box`: two
    opposite corners. `arrow`: its tail, then its tip.
    """

    POINT = "point"
    LINE = "line"
    POLYLINE = "polyline"
    POLYGON = "polygon"
    ELLIPSE = "ellipse"
    BOX = "box"
    ARROW = "arrow"
    LABEL = "label"


_EXACTLY = {
    ShapeKind.POINT: 1,
    ShapeKind.LABEL: 1,
    ShapeKind.LINE: 2,
    ShapeKind.BOX: 2,
    ShapeKind.ARROW: 2,
    ShapeKind.ELLIPSE: 3,
}
_AT_LEAST = {ShapeKind.POLYLINE: 2, ShapeKind.POLYGON: 3}


class Keyframe(Model):
    """The points of a shape on one frame.

    Attributes
    ----------
    occluded : bool
        From this keyframe until the next one the structure cannot be seen; where it must be is still known.
    """

    frame: FrameIdentity
    points: tuple[Point, ...]
    occluded: bool = False


class Shape(Item):
    """A drawn shape of one clip.

    Attributes
    ----------
    label : str
        Short words beside it.
    keyframes : tuple of Keyframe
        By frame number, each frame once; at least one.
    first, last : FrameIdentity or None
        Where it comes and goes, both included; None: at the first and at the last keyframe.
    """

    clip_id: ClipId
    kind: ShapeKind
    label: Line = ""
    keyframes: tuple[Keyframe, ...]
    first: FrameIdentity | None = None
    last: FrameIdentity | None = None

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        numbers = [keyframe.frame.frame_number for keyframe in self.keyframes]
        if not numbers:
            raise ValueError("a shape has at least one keyframe")
        if any(b <= a for a, b in zip(numbers, numbers[1:], strict=False)):
            raise ValueError(f"keyframes stand in order, each frame once, but are {numbers}")
        counts = {len(keyframe.points) for keyframe in self.keyframes}
        if len(counts) > 1:
            raise ValueError(f"every keyframe has as many points as the others, but they have {sorted(counts)}")
        count, exactly = counts.pop(), _EXACTLY.get(self.kind)
        if exactly is not None and count != exactly:
            raise ValueError(f"a {self.kind} has {exactly} points, not {count}")
        if count < _AT_LEAST.get(self.kind, 1):
            raise ValueError(f"a {self.kind} has at least {_AT_LEAST[self.kind]} points, not {count}")
        if self.first_frame > self.last_frame:
            raise ValueError(f"it goes at frame {self.last_frame}, before it comes at {self.first_frame}")
        return self

    @property
    def first_frame(self) -> int:
        """Number of the first frame it is on."""
        return (self.first or self.keyframes[0].frame).frame_number

    @property
    def last_frame(self) -> int:
        return (self.last or self.keyframes[-1].frame).frame_number


class ShapeNow(NamedTuple):
    """A shape on one frame.

    Attributes
    ----------
    is_keyframe : bool
        Whether it was drawn on this very frame.
    """

    points: tuple[Point, ...]
    occluded: bool
    is_keyframe: bool


def shape_at(shape: Shape, frame_number: int) -> ShapeNow | None:
    """Return where a shape is on a frame (from 1), or None outside its range."""
    if not shape.first_frame <= frame_number <= shape.last_frame:
        return None
    keyframes = shape.keyframes
    after = bisect_right([keyframe.frame.frame_number for keyframe in keyframes], frame_number)
    if after == 0:
        return ShapeNow(keyframes[0].points, keyframes[0].occluded, is_keyframe=False)
    before = keyframes[after - 1]
    is_keyframe = before.frame.frame_number == frame_number
    if is_keyframe or after == len(keyframes):
        return ShapeNow(before.points, before.occluded, is_keyframe)
    following = keyframes[after]
    span = following.frame.frame_number - before.frame.frame_number
    part = (frame_number - before.frame.frame_number) / span
    points = tuple(
        (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part)
        for (x0, y0), (x1, y1) in zip(before.points, following.points, strict=True)
    )
    return ShapeNow(points, before.occluded, is_keyframe=False)


def with_keyframe(shape: Shape, frame: FrameIdentity, points: tuple[Point, ...], occluded: bool | None = None) -> Shape:
    """Return the shape with a keyframe put in, or corrected, at a frame; its range grows to hold it.

    Parameters
    ----------
    occluded : bool or None
        None: as it is there now.

    Raises
    ------
    pydantic.ValidationError
        If the points are not as many as those of the other keyframes.
    """
    if occluded is None:
        now = shape_at(shape, frame.frame_number)
        occluded = now.occluded if now else False
    others = [keyframe for keyframe in shape.keyframes if keyframe.frame.frame_number != frame.frame_number]
    keyframes = [*others, Keyframe(frame=frame, points=points, occluded=occluded)]
    first, last = shape.first, shape.last
    return Shape(
        **shape.model_dump(exclude={"keyframes", "first", "last"}),
        keyframes=tuple(sorted(keyframes, key=lambda keyframe: keyframe.frame.frame_number)),
        first=frame if first and frame.frame_number < first.frame_number else first,
        last=frame if last and frame.frame_number > last.frame_number else last,
    )


def without_keyframe(shape: Shape, frame_number: int) -> Shape | None:
    """Return the shape without the keyframe at a frame, or None where it was the only one."""
    keyframes = tuple(keyframe for keyframe in shape.keyframes if keyframe.frame.frame_number != frame_number)
    return Shape(**shape.model_dump(exclude={"keyframes"}), keyframes=keyframes) if keyframes else None
