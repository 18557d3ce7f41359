"""The numbers of a case: each measurement computed anew from its points, its clips' scales and its frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from case_library.model import measurement as compute
from case_library.model.case import Case
from case_library.model.item import ClipId, ItemId
from case_library.model.measurement import Measured
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind
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
