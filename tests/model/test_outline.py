from case_library.model.finding import Presence
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind, Recorded
from case_library.model.narrative import Statement
from case_library.model.outline import outline
from tests.model.test_case import case
from tests.model.told_case import frame, told_case


def test_nothing_told_is_no_line() -> None:
    assert outline(case()) == []


def test_findings_and_numbers_are_told_with_their_frames() -> None:
    lines = outline(told_case())
    assert "Finding: Full-thickness (complete) muscle tear" in lines
    assert "Measured: Gap: 8 px (clip-1 frame 1)" in lines
    assert lines[-1] == "5 questions"


def test_what_is_absent_and_what_is_disputed_is_said_so() -> None:
    told = told_case()
    finding = told.findings[0].model_copy(update={"presence": Presence.ABSENT})
    claim = Statement(item_id="claim", text="Operate", said_by="A page", dispute="No consensus")
    lines = outline(told.model_copy(update={"findings": (finding,), "outcome": (claim,)}))
    assert any("muscle tear: absent" in line for line in lines)
    assert "- A page: Operate [Disputed: No consensus]" in lines


def test_grey_values_are_told_as_recorded_for_they_need_the_frames() -> None:
    mark = Mark(clip_id="clip-1", frame=frame(1), points=((0, 0), (2, 0), (2, 2)))
    grey = Measurement(
        item_id="grey", kind=MeasurementKind.ECHO_INTENSITY, title="Grey", marks=(mark,),
        recorded=Recorded(value=31.25, unit="grey"),
    )  # fmt: skip
    lines = outline(told_case().model_copy(update={"measurements": (grey,)}))
    assert "Measured: Grey: 31.25 grey, as recorded (clip-1 frame 1)" in lines
