"""A frame has an identity, so that a clip that was encoded or cut anew is noticed and nothing slides along it."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from case_library.model.item import ClipId, Model, Sha256, Uid


class FrameIdentity(Model):
    """One frame, and by what it is recognised again.

    Attributes
    ----------
    frame_number : int
        From 1.
    sop_instance_uid : str or None
        Of the object that the frame was in.
    stored_sha256 : str or None
        Of the stored bytes of this frame, as they stand in the file.
    """

    frame_number: int = Field(ge=1)
    sop_instance_uid: Uid | None = None
    stored_sha256: Sha256 | None = None

    @property
    def frame_index(self) -> int:
        """From 0."""
        return self.frame_number - 1

    def is_same_as(self, other: FrameIdentity) -> bool:
        """Return whether both may be the same frame; what one of them does not know is not held against it."""
        return (
            self.frame_number == other.frame_number
            and _agree(self.sop_instance_uid, other.sop_instance_uid)
            and _agree(self.stored_sha256, other.stored_sha256)
        )


def _agree(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


class FrameRange(Model):
    """A stretch of one clip, both ends included."""

    clip_id: ClipId
    first: FrameIdentity
    last: FrameIdentity

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last.frame_number < self.first.frame_number:
            raise ValueError(f"ends at frame {self.last.frame_number}, before it begins at {self.first.frame_number}")
        return self

    def __contains__(self, frame_number: int) -> bool:
        return self.first.frame_number <= frame_number <= self.last.frame_number
