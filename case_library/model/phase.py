"""What happens in a clip: its phases, and what the patient said at which moment."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from case_library.model.frame import FrameIdentity
from case_library.model.item import Item, Line
from case_library.model.term import Term


class PhaseKind(StrEnum):
    """What is done to the tissue, or by it, in a stretch of a clip."""

    REST = "rest"
    CONTRACTION = "contraction"
    STRETCH = "stretch"
    RELEASE = "release"
    COMPRESSION = "compression"
    MOTION = "motion"
    SWEEP = "sweep"
    DOPPLER = "doppler"
    NEEDLE = "needle"
    TWITCH = "twitch"
    OTHER = "other"


class Phase(Item):
    """A named stretch of a clip; phases may overlap.

    Attributes
    ----------
    first, last : FrameIdentity
        Both included.
    name : str
        Where the kind does not say it all: "strong effort".
    manoeuvre : Term or None
        Of the dynamic vocabulary, for example `isometric_contraction`.
    effort : str
        As the examiner stated it; effort is not measured.
    """

    kind: PhaseKind
    first: FrameIdentity
    last: FrameIdentity
    name: Line = ""
    manoeuvre: Term | None = None
    effort: Line = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last.frame_number < self.first.frame_number:
            raise ValueError(f"ends at frame {self.last.frame_number}, before it begins at {self.first.frame_number}")
        return self


class PatientMark(Item):
    """What the patient said at a moment: "there, that hurts".

    Attributes
    ----------
    score : int or None
        0 (none) to 10 (worst), as the patient gave it.
    """

    frame: FrameIdentity
    score: int | None = Field(default=None, ge=0, le=10)
    words: Line = ""
