"""Questions of a case. What is right stands here, on the server; no question goes to a student's browser whole.

Each kind carries what is asked, what is right, and how far off still counts. They are asked in the order of the case.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from case_library.model.annotation import Shape, ShapeKind
from case_library.model.frame import FrameIdentity, FrameRange
from case_library.model.item import ClipId, Item, ItemId, Line, Slug, Text
from case_library.model.narrative import Difficulty
from case_library.model.term import Term


class _Question(Item):
    """What every question has.

    Attributes
    ----------
    clip_id : str or None
        Shown with it.
    start_frame : int or None
        Frame number at which the clip is opened.
    hint : str
        Given when asked for.
    explanation : str
        Why it is right; shown with the answer.
    at_rest, on_contraction : str
        What the sign looks like then and then; shown with the answer.
    mimic : str
        What looks alike.
    sign : Term or None
        The finding it trains; what was missed comes again on the same sign.
    findings, measurements : tuple of str
        Of the case, shown with the answer.
    watch_again : FrameRange or None
        The stretch that is looped afterwards.
    sources : tuple of str
        References of the case.
    """

    prompt: Text
    clip_id: ClipId | None = None
    start_frame: int | None = Field(default=None, ge=1)
    hint: Text = ""
    explanation: Text = ""
    at_rest: Text = ""
    on_contraction: Text = ""
    mimic: Text = ""
    sign: Term | None = None
    difficulty: Difficulty | None = None
    findings: tuple[ItemId, ...] = ()
    measurements: tuple[ItemId, ...] = ()
    watch_again: FrameRange | None = None
    sources: tuple[ItemId, ...] = ()


class Option(Item):
    """One answer to choose; `why` is shown afterwards."""

    text: Line
    right: bool = False
    why: Text = ""


class SingleChoice(_Question):
    kind: Literal["single_choice"] = "single_choice"
    options: tuple[Option, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        right = sum(option.right for option in self.options)
        if right != 1:
            raise ValueError(f"one option of a single choice is right, not {right}")
        return self


class MultipleChoice(_Question):
    kind: Literal["multiple_choice"] = "multiple_choice"
    options: tuple[Option, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _some_right(self) -> Self:
        if not any(option.right for option in self.options):
            raise ValueError("no option of the multiple choice is right")
        return self


class NameFinding(_Question):
    """Free words, resolved through the vocabulary.

    Attributes
    ----------
    accepted, half_right : tuple of Term
        Full and half credit.
    """

    kind: Literal["name_finding"] = "name_finding"
    accepted: tuple[Term, ...] = Field(min_length=1)
    half_right: tuple[Term, ...] = ()


class FindFrame(_Question):
    """Scrub and stop.

    Attributes
    ----------
    target : FrameRange
        Every frame of it is right.
    tolerance_ms : float
        Beside the target the credit falls to nothing over this time; by the clock of the clip.
    """

    kind: Literal["find_frame"] = "find_frame"
    target: FrameRange
    tolerance_ms: float = Field(gt=0, allow_inf_nan=False)


class MarkIt(_Question):
    """Show the place.

    Attributes
    ----------
    answer : Shape
        A point, line, polyline, polygon or ellipse on keyframes; so it is right on every frame of its range.
    tolerance_mm : float or None
        Distance to a point or line over which the credit falls to nothing.
    least_iou : float or None
        Overlap, intersection over union, with an area from which full credit is given.
    """

    kind: Literal["mark_it"] = "mark_it"
    answer: Shape
    tolerance_mm: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    least_iou: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _scored(self) -> Self:
        area = self.answer.kind in {ShapeKind.POLYGON, ShapeKind.ELLIPSE, ShapeKind.BOX}
        if area and self.least_iou is None:
            raise ValueError("an area is scored by least_iou")
        if not area and self.tolerance_mm is None:
            raise ValueError("a point or line is scored by tolerance_mm")
        return self


class MeasureIt(_Question):
    """Measure what the reference measurement measured.

    Attributes
    ----------
    reference : str
        A measurement of the case.
    tolerance : float
        In its unit: within it full credit, beyond twice of it none.
    frames : FrameRange or None
        Where it is to be measured; None: on the frames of the reference.
    """

    kind: Literal["measure_it"] = "measure_it"
    reference: ItemId
    tolerance: float = Field(gt=0, allow_inf_nan=False)
    frames: FrameRange | None = None


class OrderedStep(Item):
    """One of the things to put in order: a clip, a frame of a clip, or words."""

    text: Line = ""
    clip_id: ClipId | None = None
    frame: FrameIdentity | None = None


class PutInOrder(_Question):
    """Put clips, frames or words in order; `steps` stand in the right one."""

    kind: Literal["order"] = "order"
    steps: tuple[OrderedStep, ...] = Field(min_length=2)


class ComparedFrame(Item):
    """One side of a comparison; `case_id` None: this case."""

    case_id: Slug | None = None
    clip_id: ClipId
    frame: FrameIdentity | None = None
    label: Line = ""


class Compare(_Question):
    """Two clips or frames side by side: the other side, before and after, or two that look alike."""

    kind: Literal["compare"] = "compare"
    left: ComparedFrame
    right: ComparedFrame
    options: tuple[Option, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        right = sum(option.right for option in self.options)
        if right != 1:
            raise ValueError(f"one option of a comparison is right, not {right}")
        return self


Question = Annotated[
    SingleChoice | MultipleChoice | NameFinding | FindFrame | MarkIt | MeasureIt | PutInOrder | Compare,
    Field(discriminator="kind"),
]
