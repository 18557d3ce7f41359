"""What does not fit together inside one case: said by name, and no reason to refuse the rest of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from case_library.model.case import Case
from case_library.model.case_frames import frames_of
from case_library.model.item import Item
from case_library.model.question import FindFrame, MarkIt, MeasureIt


class Incoherence(NamedTuple):
    """One thing that does not fit: the item it is in, what is wrong, what to do."""

    item_id: str
    problem: str
    remedy: str


def incoherences(case: Case) -> list[Incoherence]:
    """Return what does not fit together: twice used identities, references to nothing, frames outside their clip."""
    return [*_twice(case), *_references(case), *_frames(case)]


def _items(part: Any) -> Iterator[Item]:
    if isinstance(part, tuple):
        for member in part:
            yield from _items(member)
    elif isinstance(part, BaseModel):
        if isinstance(part, Item):
            yield part
        for name in type(part).model_fields:
            yield from _items(getattr(part, name))


def _twice(case: Case) -> Iterator[Incoherence]:
    seen: set[str] = set()
    for item in _items(case):
        if item.item_id in seen:
            yield Incoherence(item.item_id, "two items have this item_id", "Give one of them another")
        seen.add(item.item_id)


def _references(case: Case) -> Iterator[Incoherence]:
    clips = {clip.clip_id for clip in case.clips}
    findings = {finding.item_id for finding in case.findings}
    measurements = {measurement.item_id for measurement in case.measurements}
    references = {reference.item_id for reference in case.references}

    def missing(item_id: str, kind: str, names: Any, known: set[str]) -> Iterator[Incoherence]:
        for name in names:
            if name is not None and name not in known:
                yield Incoherence(item_id, f"names the {kind} '{name}', which is not there", "Name one of this case")

    for finding in case.findings:
        yield from missing(finding.item_id, "measurement", finding.measurements, measurements)
        if finding.dynamic_sign is not None:
            sign = finding.dynamic_sign
            yield from missing(finding.item_id, "measurement", (sign.before, sign.after), measurements)
    for measurement in case.measurements:
        yield from missing(measurement.item_id, "measurement", measurement.of, measurements - {measurement.item_id})
    for question in case.questions:
        yield from missing(question.item_id, "finding", question.findings, findings)
        yield from missing(question.item_id, "measurement", question.measurements, measurements)
        yield from missing(question.item_id, "clip", (question.clip_id,), clips)
        if isinstance(question, MeasureIt):
            yield from missing(question.item_id, "measurement", (question.reference,), measurements)
        if isinstance(question, FindFrame):
            yield from missing(question.item_id, "clip", (question.target.clip_id,), clips)
        if isinstance(question, MarkIt):
            yield from missing(question.item_id, "clip", (question.answer.clip_id,), clips)
    for event in case.timeline:
        yield from missing(event.item_id, "clip", event.clip_ids, clips)
    for link in case.links:
        yield from missing(link.item_id, "clip", (link.clip_id,), clips)
        if link.to_case is None or link.to_case == case.case_id:
            yield from missing(link.item_id, "clip", (link.to_clip,), clips)
    for part in (*case.teaching_points, *case.pitfalls, *case.outcome, *case.questions):
        yield from missing(part.item_id, "reference", part.sources, references)
    if case.proof is not None:
        yield from missing("proof", "reference", case.proof.sources, references)


def _frames(case: Case) -> Iterator[Incoherence]:
    counts = {clip.clip_id: clip.frame_count for clip in case.clips}
    uids = {clip.clip_id: clip.sop_instance_uid for clip in case.clips}
    told: set[tuple[str, str]] = set()
    for clip_id, frame in frames_of(case):
        if clip_id not in counts:
            problem, remedy = f"hangs on {clip_id}, which is not there", "Remove it, or name a clip of this case"
        elif frame.frame_number > counts[clip_id]:
            problem = f"hangs on frame {frame.frame_number} of {clip_id}, which has {counts[clip_id]}"
            remedy = "Move it to a frame of the clip"
        elif frame.sop_instance_uid not in (None, uids[clip_id]):
            problem = f"frame {frame.frame_number} was of another object than {clip_id} is now"
            remedy = "Look whether it still fits, and save it anew"
        else:
            continue
        if (clip_id, problem) not in told:
            told.add((clip_id, problem))
            yield Incoherence(clip_id, problem, remedy)
