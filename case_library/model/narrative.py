"""What is told about a case: its history in relative days, what it was, what it might have been, how it is known."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from case_library.model.item import ClipId, Item, ItemId, Line, Model, Slug, Text
from case_library.model.term import Term


class History(Model):
    """The story, in the editor's words.

    Attributes
    ----------
    age_decade : int or None
        20 for the twenties, 90 for ninety and more: no age identifies.
    thought, done, missed : str
        The first label, the treatment under it, and the sign that would have contradicted it.
    """

    age_decade: Annotated[int, Field(ge=0, le=90, multiple_of=10)] | None = None
    activity: Line = ""
    complaint: Text = ""
    mechanism: Text = ""
    thought: Text = ""
    done: Text = ""
    missed: Text = ""
    examination: Text = ""


class EventKind(StrEnum):
    INJURY = "injury"
    FIRST_DIAGNOSIS = "first_diagnosis"
    TREATMENT = "treatment"
    EXAM = "exam"
    PROCEDURE = "procedure"
    OUTCOME = "outcome"
    OTHER = "other"


class TimelineEvent(Item):
    """Something that happened, in days after the case began: never a date.

    Attributes
    ----------
    day, until_day : int or None
        Day 0 is the injury, or where there is none the first exam; None where it is not known.
    clip_ids : tuple of str
        Recorded then.
    """

    kind: EventKind
    day: int | None = Field(default=None, ge=-36500, le=36500)
    until_day: int | None = Field(default=None, ge=-36500, le=36500)
    text: Text = ""
    clip_ids: tuple[ClipId, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until_day is not None and (self.day is None or self.until_day < self.day):
            raise ValueError("until_day needs a day, and does not come before it")
        return self


class Statement(Item):
    """Something that is taught or claimed.

    Attributes
    ----------
    said_by : str
        Whose view it is, where it is not the editor's.
    dispute : str
        The editor's note where experts disagree; shown with the statement wherever it is shown.
    sources : tuple of str
        References of the case.
    """

    text: Text
    said_by: Line = ""
    dispute: Text = ""
    sources: tuple[ItemId, ...] = ()


class Alternative(Item):
    """Something else that it might be: a line of the differential, or a mimic.

    Attributes
    ----------
    speaks_for, speaks_against : str
        What is alike, and what tells them apart.
    """

    name: Line
    term: Term | None = None
    speaks_for: Text = ""
    speaks_against: Text = ""


class ProofKind(StrEnum):
    """How the diagnosis is known."""

    SYNTHETIC = "synthetic"
    SURGERY = "surgery"
    HISTOLOGY = "histology"
    MRI = "mri"
    OTHER_IMAGING = "other_imaging"
    FOLLOW_UP = "follow_up"
    CLINICAL = "clinical"
    CONSENSUS = "consensus"
    NONE = "none"


class Proof(Model):
    kind: ProofKind
    text: Text = ""
    sources: tuple[ItemId, ...] = ()


class Difficulty(StrEnum):
    """DCM 128725, 128726, 128727 of CID 7016."""

    PRIMARY = "primary"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Review(StrEnum):
    """What was done to check a reference."""

    SEEN = "seen"
    FROM_MEMORY = "from_memory"
    OWN = "own"
    ILLUSTRATIVE = "illustrative"


class Reference(Item):
    """Where something comes from."""

    citation: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)] | None = None
    review: Review
    note: Text = ""


class LinkKind(StrEnum):
    NORMAL = "normal"
    CONTRALATERAL = "contralateral"
    FOLLOW_UP = "follow_up"
    BEFORE_AFTER = "before_after"
    MIMIC = "mimic"
    RELATED = "related"


class Link(Item):
    """From the case, or one of its clips, to another case or clip.

    Attributes
    ----------
    clip_id : str or None
        The clip it goes out from; None: the case.
    to_case : str or None
        The `case_id` of the other case; None: this one.
    to_clip : str or None
        The clip it goes to; None: the case.
    """

    kind: LinkKind
    clip_id: ClipId | None = None
    to_case: Slug | None = None
    to_clip: ClipId | None = None
    text: Line = ""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.to_case is None and self.to_clip is None:
            raise ValueError("a link goes to a case, to a clip, or to both")
        return self
