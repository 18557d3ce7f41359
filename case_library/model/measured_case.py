"""The numbers of a case: each measurement computed anew from its points, its clips' scales and its frames."""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import isclose
from typing import Any

from numpy.typing import NDArray

from case_library.model import measurement as compute
from case_library.model.case import Case
from case_library.model.item import ClipId, ItemId
from case_library.model.measurement import Measured
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind, Recorded
from case_library.model.ruler import MeasurementRefusedError, Ruler, ruler_of

# From a clip and a frame index to the stored grey values of that frame.
ReadFrame = Callable[[ClipId, int], NDArray[Any]]

_FROM_ONE_MARK = {
    MeasurementKind.LENGTH: compute.length,
    MeasurementKind.POLYLINE_LENGTH: compute.length,
    MeasurementKind.ANGLE: compute.angle,
    MeasurementKind.THICKNESS: compute.thickness,
    MeasurementKind.POLYGON_AREA: compute.polygon_area,
    MeasurementKind.ELLIPSE_AREA: compute.ellipse_area,
}
_FROM_TWO_OTHERS = {
    MeasurementKind.RATIO: compute.ratio,
    MeasurementKind.DIFFERENCE: compute.difference,
    MeasurementKind.ASYMMETRY: compute.asymmetry,
}


def measured(case: Case, item_id: ItemId, read_frame: ReadFrame | None = None) -> Measured:
    """Return the number of a measurement.

    Parameters
    ----------
    read_frame : callable or None
        Needed for grey values alone.

    Raises
    ------
    KeyError
        If the case has no such measurement.
    MeasurementRefusedError
        If the points mean nothing; besides the codes of the computation `no_clip`, `no_frame`, `circle`.
    """
    return _measured(case, item_id, read_frame, ())


def recorded(case: Case, record: Measurement, read_frame: ReadFrame | None = None) -> Recorded | None:
    """Return what stands beside the points of a measurement: its number now, None where it has none.

    Without `read_frame` grey values stay as they were recorded.
    """
    if read_frame is None and _is_grey(case, record):
        return record.recorded
    try:
        number = measured(case, record.item_id, read_frame)
    except (MeasurementRefusedError, KeyError):
        return None
    return Recorded(value=round(number.value, 4), unit=number.unit, scale_origin=number.scale_origin)


def with_recorded(case: Case, item_ids: Collection[ItemId] | None = None, read_frame: ReadFrame | None = None) -> Case:
    """Return the case with the number of each measurement beside its points.

    Parameters
    ----------
    item_ids : collection of str or None
        Only these, and what is compared with them; None: all.
    """

    def now(record: Measurement) -> Measurement:
        if item_ids is not None and not {record.item_id, *record.of} & set(item_ids):
            return record
        number = recorded(case, record, read_frame)
        return record if number == record.recorded else record.model_copy(update={"recorded": number})

    return case.model_copy(update={"measurements": tuple(now(record) for record in case.measurements)})


def misrecorded(case: Case) -> list[tuple[Measurement, Recorded | None]]:
    """Return the measurements whose recorded number is not the one that follows from their points, with the latter.

    Grey values are not looked at: they need the frames.
    """
    found = []
    for record in case.measurements:
        if record.recorded is None or _is_grey(case, record):
            continue
        number = recorded(case, record)
        if number is None or number.unit != record.recorded.unit or not _alike(number.value, record.recorded.value):
            found.append((record, number))
    return found


def _alike(now: float, before: float) -> bool:
    # A number may have been written down to a tenth.
    return isclose(now, before, rel_tol=0.005, abs_tol=0.05)


def _is_grey(case: Case, record: Measurement) -> bool:
    kinds = {record.kind} | {other.kind for other in map(case.measurement, record.of) if other is not None}
    return MeasurementKind.ECHO_INTENSITY in kinds


def _measured(case: Case, item_id: ItemId, read_frame: ReadFrame | None, asked_by: tuple[ItemId, ...]) -> Measured:
    record = case.measurement(item_id)
    if record is None:
        raise KeyError(item_id)
    if item_id in asked_by:
        raise MeasurementRefusedError("circle", "The measurement is compared with itself")
    if record.kind in _FROM_TWO_OTHERS:
        first, second = (_measured(case, other, read_frame, (*asked_by, item_id)) for other in record.of)
        clips = {mark.clip_id for other in record.of for mark in _marks_of(case, other)}
        return _FROM_TWO_OTHERS[record.kind](first, second, one_clip=len(clips) == 1)
    return _from_marks(case, record, read_frame)


def _from_marks(case: Case, record: Measurement, read_frame: ReadFrame | None) -> Measured:
    marks = record.marks
    if record.kind is MeasurementKind.ECHO_INTENSITY:
        if read_frame is None:
            raise MeasurementRefusedError("no_frame", "Grey values need the stored frame")
        return compute.echo_intensity(marks[0].points, read_frame(marks[0].clip_id, marks[0].frame.frame_index))
    if record.kind is MeasurementKind.EXCURSION:
        return compute.excursion(marks[0].points[0], marks[1].points[0], _ruler(case, marks[0]))
    if record.kind is MeasurementKind.ELLIPSOID_VOLUME:
        return compute.ellipsoid_volume([compute.length(mark.points, _ruler(case, mark)) for mark in marks])
    return _FROM_ONE_MARK[record.kind](marks[0].points, _ruler(case, marks[0]))


def _ruler(case: Case, mark: Mark) -> Ruler:
    clip = case.clip(mark.clip_id)
    if clip is None:
        raise MeasurementRefusedError("no_clip", f"The case has no {mark.clip_id}")
    return ruler_of(clip)


def _marks_of(case: Case, item_id: ItemId) -> tuple[Mark, ...]:
    record = case.measurement(item_id)
    return () if record is None else record.marks
