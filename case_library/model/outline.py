"""What is told about a case, in plain lines for a terminal: story, findings, numbers and their frames."""

from __future__ import annotations

from collections.abc import Iterator

from case_library.model.case import Case
from case_library.model.finding import Finding, Presence
from case_library.model.measured_case import measured
from case_library.model.measurement_record import Measurement
from case_library.model.ruler import MeasurementRefusedError


def outline(case: Case) -> list[str]:
    """Return the lines; none for a case of which nothing is told yet."""
    return [*_story(case), *_findings(case), *_measurements(case), *_rest(case)]


def _story(case: Case) -> Iterator[str]:
    history = case.history
    for name, text in (
        ("Complaint", history.complaint),
        ("First thought", history.thought),
        ("Done", history.done),
        ("Missed", history.missed),
        ("Diagnosis", case.diagnosis),
        ("Proof", "" if case.proof is None else f"{case.proof.kind}. {case.proof.text}"),
    ):
        if text:
            yield f"{name}: {text}"


def _findings(case: Case) -> Iterator[str]:
    for finding in case.findings:
        structure = finding.site.structure
        where = [str(part) for part in (finding.laterality, structure and structure.meaning) if part]
        yield f"Finding: {_said(finding)}" + (f" ({', '.join(where)})" if where else "")
        for grade in finding.grades:
            yield f"  {grade.scale.meaning}: {grade.level}, by its rule: {grade.rule}"


def _said(finding: Finding) -> str:
    words = finding.term.meaning
    if finding.presence is not Presence.PRESENT:
        words += f": {finding.presence}"
    return words if finding.certainty == "definite" else f"{words}, {finding.certainty}"


def _measurements(case: Case) -> Iterator[str]:
    for record in case.measurements:
        frames = ", ".join(f"{mark.clip_id} frame {mark.frame.frame_number}" for mark in record.marks)
        yield f"Measured: {record.title}: {_number(case, record)}" + (f" ({frames})" if frames else "")


def _number(case: Case, record: Measurement) -> str:
    try:
        number = measured(case, record.item_id)
    except MeasurementRefusedError as refusal:
        kept = record.recorded
        return f"{kept.value:.4g} {kept.unit}, as recorded" if kept and refusal.code == "no_frame" else refusal.reason
    return f"{'at least ' if record.at_least else ''}{number.value:.4g} {number.unit}"


def _rest(case: Case) -> Iterator[str]:
    for statement in (*case.teaching_points, *case.outcome):
        said = f"{statement.said_by}: " if statement.said_by else ""
        yield f"- {said}{statement.text}" + (f" [Disputed: {statement.dispute}]" if statement.dispute else "")
    if case.questions:
        yield f"{len(case.questions)} questions"
