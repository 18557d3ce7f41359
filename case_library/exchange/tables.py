"""Measurements and findings of a case as tables; `docs/tables.md` describes every column.

Nothing is computed here: numbers come from the points by `model.measured_case`, so that a table has millimetres only
where the scale is trusted, and seconds only where the clock is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping

from case_library.model.case import Case
from case_library.model.finding import DynamicSign, Finding
from case_library.model.item import ItemId
from case_library.model.measured_case import ReadFrame, measured
from case_library.model.measurement import Measured, Unit
from case_library.model.measurement_record import Measurement
from case_library.model.ruler import MeasurementRefusedError
from case_library.model.term import Term

Cell = str | float | int | None
Row = dict[str, Cell]

MEASUREMENT_COLUMNS = (
    "case", "source", "measurement_id", "title", "term_code", "term", "kind",
    "value", "unit", "at_least", "circumference", "circumference_unit", "sd", "pixel_count",
    "scale_origin", "scale", "mm_per_px_x", "mm_per_px_y", "no_value_because",
    "clips", "frames", "times_s", "structure", "laterality", "plane", "manoeuvre", "effort",
    "of", "findings", "rule", "note",
)  # fmt: skip
FINDING_COLUMNS = (
    "case", "source", "finding_id", "term_scheme", "term_code", "term", "presence", "certainty",
    "structure", "region", "level", "part", "level_text", "laterality",
    "thickness", "width", "cross_section_percent", "acuity", "dynamic", "echo", "grades",
    "frames", "shapes", "measurements",
    "sign_before", "sign_after", "sign_unit", "sign_difference", "sign_seconds", "sign_effort", "text",
)  # fmt: skip

# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def measurements_csv(slug: str, case: Case, read_frame: ReadFrame | None = None) -> bytes:
    """Return the measurements of a case as CSV.

    Parameters
    ----------
    read_frame : callable or None
        Needed for echo intensity; without it such a row has no value and says so.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark (spreadsheets need it), comma, CRLF (RFC 4180).
    """
    return _csv(MEASUREMENT_COLUMNS, (_measurement(slug, case, item, read_frame) for item in case.measurements))


def findings_csv(slug: str, case: Case) -> bytes:
    """Return the findings of a case as CSV, in the form of `measurements_csv`."""
    return _csv(FINDING_COLUMNS, (_finding(slug, case, item) for item in case.findings))


def _csv(columns: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row[name]) for name in columns})
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value)


def _measurement(slug: str, case: Case, item: Measurement, read_frame: ReadFrame | None) -> Row:
    number, refusal = _number(case, item.item_id, read_frame)
    mm_per_px = number.mm_per_px if number else None
    has_round = number is not None and number.circumference is not None
    return {
        "case": slug,
        "source": case.source.value,
        "measurement_id": item.item_id,
        "title": item.title,
        "term_code": item.term.code if item.term else None,
        "term": _meaning(item.term),
        "kind": item.kind.value,
        "value": number.value if number else None,
        "unit": number.unit.value if number else None,
        "at_least": _yes(item.at_least),
        "circumference": number.circumference if number else None,
        "circumference_unit": ("mm" if number.unit is Unit.MM2 else "px") if number and has_round else None,
        "sd": number.sd if number else None,
        "pixel_count": number.count if number else None,
        "scale_origin": number.scale_origin.value if number else None,
        "scale": number.why if number else None,
        "mm_per_px_x": mm_per_px[0] if mm_per_px else None,
        "mm_per_px_y": mm_per_px[1] if mm_per_px else None,
        "no_value_because": refusal,
        "clips": _list(mark.clip_id for mark in item.marks),
        "frames": _list(mark.frame.frame_number for mark in item.marks),
        "times_s": _list(_time_text(case, mark.clip_id, mark.frame.frame_index) for mark in item.marks),
        "structure": _meaning(item.structure),
        "laterality": item.laterality.value if item.laterality else None,
        "plane": _meaning(item.plane),
        "manoeuvre": _meaning(item.manoeuvre),
        "effort": item.effort,
        "of": _list(item.of),
        "findings": _list(finding.item_id for finding in case.findings if item.item_id in finding.measurements),
        "rule": item.rule,
        "note": item.note,
    }


def _finding(slug: str, case: Case, item: Finding) -> Row:
    site, extent = item.site, item.extent
    return {
        "case": slug,
        "source": case.source.value,
        "finding_id": item.item_id,
        "term_scheme": item.term.scheme,
        "term_code": item.term.code,
        "term": item.term.meaning,
        "presence": item.presence.value,
        "certainty": item.certainty.value,
        "structure": _meaning(site.structure),
        "region": _meaning(site.region),
        "level": site.level.value if site.level else None,
        "part": site.part.value if site.part else None,
        "level_text": site.level_text,
        "laterality": item.laterality.value if item.laterality else None,
        "thickness": extent.thickness.value if extent.thickness else None,
        "width": extent.width.value if extent.width else None,
        "cross_section_percent": extent.cross_section_percent,
        "acuity": extent.acuity.value if extent.acuity else None,
        "dynamic": extent.dynamic.value if extent.dynamic else None,
        "echo": extent.echo.value if extent.echo else None,
        "grades": _list(f"{grade.scale.meaning}: {grade.level} ({grade.rule})" for grade in item.grades),
        "frames": _list(f"{at.clip_id} {at.first.frame_number}-{at.last.frame_number}" for at in item.frames),
        "shapes": len(item.shapes),
        "measurements": _list(item.measurements),
        **_sign(case, item.dynamic_sign),
        "text": item.text,
    }


def _sign(case: Case, sign: DynamicSign | None) -> Row:
    before = _number(case, sign.before, None)[0] if sign else None
    after = _number(case, sign.after, None)[0] if sign else None
    alike = before is not None and after is not None and before.unit is after.unit
    return {
        "sign_before": before.value if before else None,
        "sign_after": after.value if after else None,
        "sign_unit": after.unit.value if after and alike else None,
        "sign_difference": after.value - before.value if before and after and alike else None,
        "sign_seconds": _seconds_between(case, sign) if sign else None,
        "sign_effort": sign.effort if sign else None,
    }


def _number(case: Case, item_id: ItemId, read_frame: ReadFrame | None) -> tuple[Measured | None, str | None]:
    try:
        return measured(case, item_id, read_frame), None
    except MeasurementRefusedError as refusal:
        return None, refusal.reason
    except KeyError:
        return None, "The measurement is gone"


def _seconds_between(case: Case, sign: DynamicSign) -> float | None:
    records = [case.measurement(item_id) for item_id in (sign.before, sign.after)]
    marks = [record.marks[0] for record in records if record is not None and record.marks]
    if len(marks) < 2 or marks[0].clip_id != marks[1].clip_id:
        return None
    first, second = (_time_s(case, mark.clip_id, mark.frame.frame_index) for mark in marks)
    return None if first is None or second is None else second - first


def _time_s(case: Case, clip_id: str, frame_index: int) -> float | None:
    clip = case.clip(clip_id)
    if clip is None or not clip.clock.trusted or frame_index >= clip.frame_count:
        return None
    return clip.clock.time_s(frame_index)


def _time_text(case: Case, clip_id: str, frame_index: int) -> str:
    time_s = _time_s(case, clip_id, frame_index)
    return "" if time_s is None else f"{time_s:.3f}"


def _meaning(term: Term | None) -> str | None:
    return None if term is None else term.meaning


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _list(values: Iterable[object]) -> str:
    texts = [str(value) for value in values]
    return "; ".join(texts) if any(texts) else ""


# Name of the table -> what makes it.
TABLES: Mapping[str, Callable[[str, Case, ReadFrame | None], bytes]] = {
    "measurements": measurements_csv,
    "findings": lambda slug, case, read_frame: findings_csv(slug, case),
}
