import numpy as np
import pytest

from case_library.model.calibration import RegionCalibration, scale_of
from case_library.model.case import Case
from case_library.model.frame import FrameIdentity
from case_library.model.measured_case import measured, misrecorded, with_recorded
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind, Recorded
from case_library.model.ruler import MeasurementRefusedError
from tests.model.test_case import case, clip

REGION = RegionCalibration(
    number=1, min_x=0, min_y=0, max_x=199, max_y=199, spatial_format=1, data_type=1, unit_x=3, unit_y=3,
    delta_x=0.0125, delta_y=0.0125,
)  # fmt: skip


def mark(*points: tuple[float, float], clip_id: str = "clip-1", frame: int = 1) -> Mark:
    return Mark(clip_id=clip_id, frame=FrameIdentity(frame_number=frame), points=points)


def told(kind: str, item_id: str, *marks: Mark, of: tuple[str, ...] = ()) -> Measurement:
    return Measurement(item_id=item_id, kind=MeasurementKind(kind), title=item_id, marks=marks, of=of)


def with_measurements(*measurements: Measurement) -> Case:
    clips = tuple(
        clip(clip_id=f"clip-{n}", columns=200, rows=200, frame_count=9, regions=(REGION,),
             scale=scale_of((REGION,), 200, 200), clock=clip().clock.model_copy(update={"frame_count": 9}))
        for n in (1, 2)
    )  # fmt: skip
    return case(clips=clips, measurements=measurements)


def test_the_sides_are_compared_by_their_own_clips() -> None:
    found = with_measurements(
        told("length", "injured", mark((0, 0), (0, 120))),
        told("length", "sound", mark((0, 0), (0, 168), clip_id="clip-2")),
        told("difference", "deficit", of=("injured", "sound")),
    )
    assert measured(found, "deficit").value == pytest.approx(100 * 6 / 21)


def test_a_volume_is_taken_over_two_planes() -> None:
    found = with_measurements(
        told(
            "ellipsoid_volume",
            "v",
            mark((0, 0), (80, 0)),
            mark((0, 0), (0, 80)),
            mark((0, 0), (80, 0), clip_id="clip-2"),
        )
    )
    assert measured(found, "v").value == pytest.approx(np.pi / 6)


def test_an_excursion_joins_two_frames() -> None:
    found = with_measurements(told("excursion", "e", mark((10, 10)), mark((34, 42), frame=5)))
    assert measured(found, "e").value == pytest.approx(5.0)


def test_grey_values_come_from_the_frame_that_was_marked() -> None:
    found = with_measurements(told("echo_intensity", "grey", mark((0, 0), (2, 0), (2, 2), (0, 2), frame=3)))
    value = measured(found, "grey", lambda clip_id, frame_index: np.full((4, 4), frame_index, np.uint8)).value
    assert value == 2.0


def test_what_was_recorded_is_never_believed() -> None:
    record = told("length", "gap", mark((0, 0), (16, 0))).model_copy(
        update={"recorded": Recorded(value=99.0, unit="mm", scale_origin="us_region")}
    )
    assert measured(with_measurements(record), "gap").value == 2.0


@pytest.mark.parametrize(
    ("measurements", "code"),
    [
        ((told("ratio", "a", of=("a", "a")),), "circle"),
        ((told("ratio", "a", of=("b", "b")), told("ratio", "b", of=("a", "a"))), "circle"),
        ((told("length", "a", mark((0, 0), (1, 1), clip_id="clip-7")),), "no_clip"),
        ((told("echo_intensity", "a", mark((0, 0), (2, 0), (2, 2))),), "no_frame"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(measurements: tuple[Measurement, ...], code: str) -> None:
    with pytest.raises(MeasurementRefusedError) as caught:
        measured(with_measurements(*measurements), "a")
    assert caught.value.code == code


def test_the_number_is_written_beside_the_points_and_told_when_it_is_another() -> None:
    case = with_recorded(
        with_measurements(told("length", "gap", mark((0, 0), (16, 0))), told("ratio", "same", of=("gap", "gap")))
    )
    assert [record.recorded and record.recorded.value for record in case.measurements] == [2.0, 100.0]
    assert misrecorded(case) == []
    wrong = case.measurements[0].model_copy(update={"recorded": Recorded(value=9.0, unit="mm")})
    (found,) = misrecorded(case.model_copy(update={"measurements": (wrong, case.measurements[1])}))
    assert found[0].item_id == "gap" and found[1] is not None and found[1].value == 2.0


def test_millimetres_recorded_without_a_scale_are_told() -> None:
    case = with_recorded(with_measurements(told("length", "gap", mark((0, 0), (16, 0)))))
    clips = tuple(clip.model_copy(update={"scale": scale_of((), 200, 200)}) for clip in case.clips)
    (found,) = misrecorded(case.model_copy(update={"clips": clips}))
    assert found[1] is not None and (found[1].value, found[1].unit) == (16.0, "px")


def test_only_the_named_measurements_and_what_is_compared_with_them_are_written_anew() -> None:
    gap, other = told("length", "gap", mark((0, 0), (16, 0))), told("length", "other", mark((0, 0), (8, 0)))
    case = with_recorded(with_measurements(gap, other, told("ratio", "share", of=("gap", "other"))), {"gap"})
    assert [record.recorded is not None for record in case.measurements] == [True, False, True]


def test_grey_values_are_recorded_from_the_frames_alone() -> None:
    grey = told("echo_intensity", "grey", mark((0, 0), (2, 0), (2, 2), (0, 2)))
    kept = grey.model_copy(update={"recorded": Recorded(value=30.0, unit="grey")})
    assert with_recorded(with_measurements(kept)).measurements == (kept,)
    seen = with_recorded(with_measurements(kept), read_frame=lambda clip_id, frame_index: np.full((4, 4), 7, np.uint8))
    assert seen.measurements[0].recorded == Recorded(value=7.0, unit="grey", scale_origin="none")
