"""A case with something of everything."""

from case_library.model.annotation import Keyframe, Shape, ShapeKind
from case_library.model.case import Case
from case_library.model.finding import DynamicSign, Finding
from case_library.model.frame import FrameIdentity, FrameRange
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind
from case_library.model.narrative import (
    EventKind,
    Link,
    LinkKind,
    Proof,
    ProofKind,
    Reference,
    Review,
    Statement,
    TimelineEvent,
)
from case_library.model.phase import PatientMark, Phase, PhaseKind
from case_library.model.question import Compare, ComparedFrame, FindFrame, MarkIt, MeasureIt, Option, SingleChoice
from case_library.model.term import Term
from case_library.model.timing import Clock, ClockOrigin
from tests.model.test_case import case, clip

TEAR = Term(code="F001", meaning="Full-thickness (complete) muscle tear")


def frame(number: int) -> FrameIdentity:
    return FrameIdentity(frame_number=number, sop_instance_uid="2.25.1", stored_sha256="0" * 64)


def stretch(first: int, last: int) -> FrameRange:
    return FrameRange(clip_id="clip-1", first=frame(first), last=frame(last))


def length(item_id: str, number: int) -> Measurement:
    mark = Mark(clip_id="clip-1", frame=frame(number), points=((0, 0), (8, 0)))
    return Measurement(item_id=item_id, kind=MeasurementKind.LENGTH, title="Gap", marks=(mark,))


def outline(item_id: str) -> Shape:
    return Shape(
        item_id=item_id,
        clip_id="clip-1",
        kind=ShapeKind.POINT,
        keyframes=(Keyframe(frame=frame(2), points=((1, 2),)), Keyframe(frame=frame(9), points=((3, 4),))),
    )


def told_case() -> Case:
    told_clip = clip(
        frame_count=10,
        clock=Clock(origin=ClockOrigin.FRAME_TIME, trusted=True, why=".", frame_count=10, frame_time_s=0.04),
        phases=(Phase(item_id="phase-1", kind=PhaseKind.REST, first=frame(1), last=frame(3)),),
        patient_marks=(PatientMark(item_id="mark-1", frame=frame(4), score=7, words="there"),),
    )
    here, there = (
        ComparedFrame(item_id="left", clip_id="clip-1", frame=frame(5)),
        ComparedFrame(item_id="right", case_id="other", clip_id="clip-1", frame=frame(6)),
    )
    yes, no = Option(item_id="yes", text="Yes", right=True), Option(item_id="no", text="No")
    return case(
        clips=(told_clip,),
        findings=(
            Finding(
                item_id="tear",
                term=TEAR,
                frames=(stretch(1, 10),),
                shapes=(outline("outline"),),
                measurements=("gap-rest", "gap-peak"),
                dynamic_sign=DynamicSign(before="gap-rest", after="gap-peak"),
            ),
        ),
        measurements=(length("gap-rest", 1), length("gap-peak", 7)),
        timeline=(TimelineEvent(item_id="exam", kind=EventKind.EXAM, day=28, clip_ids=("clip-1",)),),
        teaching_points=(Statement(item_id="point", text="Contract it", sources=("paper",)),),
        references=(Reference(item_id="paper", citation="A paper", review=Review.SEEN),),
        links=(Link(item_id="link", kind=LinkKind.NORMAL, to_case="other"),),
        proof=Proof(kind=ProofKind.SYNTHETIC, sources=("paper",)),
        questions=(
            SingleChoice(item_id="q1", prompt="?", clip_id="clip-1", options=(yes, no), findings=("tear",)),
            FindFrame(item_id="q2", prompt="?", target=stretch(7, 8), tolerance_ms=200),
            MarkIt(item_id="q3", prompt="?", answer=outline("answer"), tolerance_mm=2),
            MeasureIt(item_id="q4", prompt="?", reference="gap-peak", tolerance=1),
            Compare(
                item_id="q5",
                prompt="?",
                left=here,
                right=there,
                options=(yes.model_copy(update={"item_id": "a"}), no.model_copy(update={"item_id": "b"})),
            ),
        ),
    )
