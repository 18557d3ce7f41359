"""A measurement as a case keeps it: the points and the rule. The number follows from them, each time anew.

What was shown when it was saved stands beside the points (`recorded`), for a reader without this software. It is never
believed over the points: where the two differ, the points count and `case-library check` says so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from case_library.model.frame import FrameIdentity
from case_library.model.geometry import Point
from case_library.model.item import ClipId, Item, ItemId, Line, Model, Text
from case_library.model.term import Laterality, Term


class MeasurementKind(StrEnum):
    """What is computed, and from which marks.

    `length`: two points. `polyline_length`: two or more. `angle`: three points with the apex in the middle, or four:
    two lines. `thickness`: four points: two lines. `polygon_area`: three or more. `ellipse_area`: centre and the ends
    of two conjugate half-diameters. `excursion`: two marks of one point each, on two frames of one clip.
    `ellipsoid_volume`: three marks of two points each: length, width, depth. `echo_intensity`: three or more, around
    the pixels. `ratio`, `difference` and `asymmetry`: no marks; two other measurements, of which the second is the
    reference.
    """

    LENGTH = "length"
    POLYLINE_LENGTH = "polyline_length"
    ANGLE = "angle"
    THICKNESS = "thickness"
    POLYGON_AREA = "polygon_area"
    ELLIPSE_AREA = "ellipse_area"
    EXCURSION = "excursion"
    ELLIPSOID_VOLUME = "ellipsoid_volume"
    ECHO_INTENSITY = "echo_intensity"
    RATIO = "ratio"
    DIFFERENCE = "difference"
    ASYMMETRY = "asymmetry"


# How many marks, and the least and the most points of each; None: no limit.
MARKS: dict[MeasurementKind, tuple[int, int, int | None]] = {
    MeasurementKind.LENGTH: (1, 2, 2),
    MeasurementKind.POLYLINE_LENGTH: (1, 2, None),
    MeasurementKind.ANGLE: (1, 3, 4),
    MeasurementKind.THICKNESS: (1, 4, 4),
    MeasurementKind.POLYGON_AREA: (1, 3, None),
    MeasurementKind.ELLIPSE_AREA: (1, 3, 3),
    MeasurementKind.EXCURSION: (2, 1, 1),
    MeasurementKind.ELLIPSOID_VOLUME: (3, 2, 2),
    MeasurementKind.ECHO_INTENSITY: (1, 3, None),
    MeasurementKind.RATIO: (0, 0, 0),
    MeasurementKind.DIFFERENCE: (0, 0, 0),
    MeasurementKind.ASYMMETRY: (0, 0, 0),
}


class Mark(Model):
    """Points set on one frame of one clip, in image coordinates."""

    clip_id: ClipId
    frame: FrameIdentity
    points: tuple[Point, ...]


class Recorded(Model):
    """What was shown when the measurement was saved.

    Attributes
    ----------
    unit : str
        As computed: `mm`, `px`, `mm2`, `px2`, `cm3`, `deg`, `%` or `grey`.
    scale_origin : str
        Where the scale came from.
    """

    value: float = Field(allow_inf_nan=False)
    unit: Line
    scale_origin: Line = ""


class Measurement(Item):
    """One measurement.

    Attributes
    ----------
    term : Term or None
        What is measured, by a definition of the vocabulary, for example `gap_rest`.
    of : tuple of str
        The two measurements that a ratio, difference or asymmetry compares; the second is the reference.
    at_least : bool
        Only a part was in view: shown as "at least".
    rule : str
        How the points were set.
    plane, manoeuvre : Term or None
        View and manoeuvre of the dynamic vocabulary.
    effort : str
        As stated.
    """

    kind: MeasurementKind
    title: Line
    term: Term | None = None
    marks: tuple[Mark, ...] = ()
    of: tuple[ItemId, ...] = ()
    at_least: bool = False
    rule: Text = ""
    plane: Term | None = None
    manoeuvre: Term | None = None
    effort: Line = ""
    structure: Term | None = None
    laterality: Laterality | None = None
    recorded: Recorded | None = None
    note: Text = ""

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        count, least, most = MARKS[self.kind]
        if len(self.marks) != count:
            raise ValueError(f"a {self.kind} has {count} marks, not {len(self.marks)}")
        for mark in self.marks:
            if len(mark.points) < least or (most is not None and len(mark.points) > most):
                wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
                raise ValueError(f"a mark of a {self.kind} has {wanted} points, not {len(mark.points)}")
        if self.kind is MeasurementKind.EXCURSION and self.marks[0].clip_id != self.marks[1].clip_id:
            raise ValueError("an excursion is measured within one clip")
        if len(self.of) != (0 if count else 2):
            raise ValueError(f"a {self.kind} names {0 if count else 2} other measurements, not {len(self.of)}")
        return self
