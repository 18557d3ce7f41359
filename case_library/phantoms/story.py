"""What is told about an example case, bound to the truth of its clips.

A story (`stories/<slug>.json`) holds the words, and names what is drawn and measured by the keys of the generator's
truth; no coordinate is typed by hand. When a case is made, the names become points on frames, terms become codes of the
vocabulary, a grade gets its rule from its scale, and each measurement the number that follows from its points.

In a story clips go by the names of their phantoms (`C01-2`), a frame is a number from 1, and a stretch is
`[clip, first, last]`. A shape is `[clip, truth key, label]` or `[clip, truth key, label, first, last]`, a mark
`[clip, frame, truth key]`. What has no `id` is numbered after its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from case_library.model.case import Case, Clip
from case_library.model.measured_case import with_recorded
from case_library.phantoms.keyframes import corners_of, keyframes_of
from case_library.vocabulary.tables import (
    findings,
    grading_scales,
    manoeuvres,
    measurement_definitions,
    structures,
    views,
)

Json = dict[str, Any]

_OUTLINES = {"polygon", "polyline"}
# An outline is drawn by eye; a line is measured.
_OUTLINE_TOLERANCE_PX = 1.0
_LINE_TOLERANCE_PX = 0.4


def story_slugs() -> tuple[str, ...]:
    """Return the slugs of all stories, sorted."""
    folder = files("case_library.phantoms") / "stories"
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name[0] != "_"))


@cache
def story(slug: str) -> Json:
    """Return a story as it is written.

    Raises
    ------
    FileNotFoundError
        If there is no such one.
    """
    return _read(f"{slug}.json")


def clip_ids(slug: str) -> dict[str, str]:
    """Return the `clip_id` of each phantom of a story, in order."""
    return {phantom: f"clip-{number}" for number, phantom in enumerate(story(slug)["clips"], start=1)}


def told(case: Case, truths: Mapping[str, Json], frame_hashes: Mapping[str, Sequence[str]] | None = None) -> Case:
    """Return the case with all that its story tells.

    Parameters
    ----------
    case : Case
        Its `case_id` is the slug of the story; its clips have `phantom` set, in the order of the story.
    truths : mapping
        The truth of each phantom, as `truth_of` gives it.
    frame_hashes : mapping of clip_id to sequence of str, optional
        The SHA-256 of each stored frame, of the clips that are built.
    """
    teller = _Teller(case, truths, frame_hashes or {})
    return with_recorded(Case.model_validate(case.model_dump() | teller.case_fields()))


@cache
def _read(name: str) -> Json:
    text = (files("case_library.phantoms") / "stories" / name).read_text(encoding="utf-8")
    loaded: Json = json.loads(text)
    return loaded


class _Teller:
    """Turns one story into fields of a case."""

    def __init__(self, case: Case, truths: Mapping[str, Json], frame_hashes: Mapping[str, Sequence[str]]) -> None:
        self.case = case
        self.slug = case.case_id
        self.story = story(self.slug)
        self.truths = truths
        self.frame_hashes = frame_hashes
        self.clips = {clip.phantom: clip for clip in case.clips if clip.phantom is not None}
        self.cited: dict[str, None] = {}

    def case_fields(self) -> Json:
        fields: Json = {
            name: self.story[name]
            for name in ("title", "laterality", "history", "diagnosis", "difficulty")
            if name in self.story
        }
        common = _read("_common.json")
        fields["summary"] = f"{self.story['summary']}\n\n{common['synthetic']}"
        fields["site"] = self._site(self.story["site"])
        fields["clips"] = [self._clip(clip).model_dump() for clip in self.case.clips]
        fields["timeline"] = self._numbered("event", self.story["timeline"], self._event)
        fields["findings"] = [self._finding(entry) for entry in self.story["findings"]]
        fields["measurements"] = [self._measurement(entry) for entry in self.story["measurements"]]
        for name in ("differential", "mimics"):
            fields[name] = self._numbered(name.rstrip("s"), self.story[name], self._alternative)
        for name, prefix in (("pitfalls", "pitfall"), ("teaching_points", "teaching"), ("outcome", "outcome")):
            fields[name] = self._numbered(prefix, self.story[name], self._statement)
        fields["questions"] = self._numbered("question", self.story["questions"], self._question)
        fields["proof"] = {"kind": "synthetic", "text": common["proof"], "sources": self._sources(["SYNTH"])}
        fields["links"] = self._numbered("link", self.story["links"], self._link)
        for tag in self.story.get("sources", ()):
            self._sources([tag])
        fields["references"] = [
            {"item_id": f"source-{tag.lower()}", **_read("_references.json")[tag]} for tag in self.cited
        ]
        return fields

    # Clips and frames

    def _clip(self, clip: Clip) -> Clip:
        assert clip.phantom is not None
        entry = self.story["clips"][clip.phantom]
        phases = [
            {
                "item_id": f"{clip.clip_id}-phase-{number}",
                "kind": kind,
                "first": self._frame(clip.phantom, first),
                "last": self._frame(clip.phantom, last),
                **_with_terms(more[0] if more else {}),
            }
            for number, (kind, first, last, *more) in enumerate(entry.get("phases", ()), start=1)
        ]
        marks = [
            {
                "item_id": f"{clip.clip_id}-said-{number}",
                "frame": self._frame(clip.phantom, frame),
                "score": score,
                "words": words,
            }
            for number, (frame, score, words) in enumerate(entry.get("patient_marks", ()), start=1)
        ]
        fields = {name: entry[name] for name in ("title", "caption", "day", "representative_frame") if name in entry}
        site = self.story["site"]
        fields |= {
            "structure": _structure(entry.get("structure", site["structure"])),
            "laterality": entry.get("laterality", self.story.get("laterality")),
            "phases": phases,
            "patient_marks": marks,
        }
        return Clip.model_validate(clip.model_dump() | fields)

    def _clip_id(self, phantom: str) -> str:
        return self.clips[phantom].clip_id

    def _frame(self, phantom: str, number: int) -> Json:
        clip = self.clips[phantom]
        hashes = self.frame_hashes.get(clip.clip_id)
        return {
            "frame_number": number,
            "sop_instance_uid": clip.sop_instance_uid,
            "stored_sha256": hashes[number - 1] if hashes else None,
        }

    def _stretch(self, entry: Sequence[Any]) -> Json:
        phantom, first, last = entry
        return {
            "clip_id": self._clip_id(phantom),
            "first": self._frame(phantom, first),
            "last": self._frame(phantom, last),
        }

    # What is drawn and measured

    def _points(self, phantom: str, key: str, number: int) -> Any:
        return self.truths[phantom]["frames"][number - 1]["shapes_px"][key]

    def _shape(self, item_id: str, entry: Sequence[Any]) -> Json:
        phantom, key, label, *stretch = entry
        truth = self.truths[phantom]
        first, last = stretch or (1, truth["frame_count"])
        numbers = [n for n in range(first, last + 1) if key in truth["frames"][n - 1]["shapes_px"]]
        path = np.array([self._points(phantom, key, number) for number in numbers], dtype=np.float64)
        kind = str(truth["shapes"][key])
        if kind == "angle":
            kind = "polyline"
        outline = kind in _OUTLINES
        tolerance = _OUTLINE_TOLERANCE_PX if outline else _LINE_TOLERANCE_PX
        if outline:
            path = path[:, corners_of(path, tolerance / 2.0, closed=kind == "polygon")]
        keyframes = [
            {"frame": self._frame(phantom, numbers[index]), "points": np.round(path[index], 2).tolist()}
            for index in keyframes_of(path, tolerance)
        ]
        return {
            "item_id": item_id,
            "clip_id": self._clip_id(phantom),
            "kind": kind,
            "label": label,
            "keyframes": keyframes,
            "first": self._frame(phantom, numbers[0]),
            "last": self._frame(phantom, numbers[-1]),
        }

    def _measurement(self, entry: Json) -> Json:
        marks = [
            {
                "clip_id": self._clip_id(phantom),
                "frame": self._frame(phantom, number),
                "points": _as_points(self._points(phantom, key, number)),
            }
            for phantom, number, key in entry.get("marks", ())
        ]
        fields = {name: value for name, value in entry.items() if name not in {"id", "marks", "truth"}}
        return {
            "item_id": entry["id"],
            "laterality": self.story.get("laterality"),
            "structure": self.story["site"]["structure"],
            **fields,
            "marks": marks,
        } | _with_terms({"structure": self.story["site"]["structure"]} | fields)

    def _finding(self, entry: Json) -> Json:
        item_id = entry["id"]
        fields: Json = {
            name: entry[name]
            for name in ("presence", "certainty", "laterality", "extent", "text", "measurements")
            if name in entry
        }
        fields.setdefault("laterality", self.story.get("laterality"))
        sign = entry.get("sign")
        return fields | {
            "item_id": item_id,
            "term": _dump(findings()[entry["term"]].term),
            "site": self._site(self.story["site"] | entry.get("site", {})),
            "grades": [self._grade(*grade) for grade in entry.get("grades", ())],
            "frames": [self._stretch(stretch) for stretch in entry["frames"]],
            "shapes": [
                self._shape(f"{item_id}-shape-{number}", shape)
                for number, shape in enumerate(entry.get("shapes", ()), start=1)
            ],
            "dynamic_sign": {"before": sign[0], "after": sign[1], "effort": sign[2]} if sign else None,
        }

    def _grade(self, scale: str, level: str, note: str) -> Json:
        entry = grading_scales()[scale]
        chosen = entry.level(level)
        assert chosen is not None, f"{scale} has no level {level}"
        return {
            "scale": _dump(entry.term),
            "level": level,
            "rule": chosen.definition,
            "modality": entry.modality,
            "source": entry.source,
            "note": note,
        }

    def _site(self, entry: Json) -> Json:
        return entry | {
            "structure": _structure(entry["structure"]),
            "region": _structure(entry["region"]),
        }

    # What is said

    def _numbered(self, prefix: str, entries: Sequence[Json], made: Any) -> list[Json]:
        return [
            made(f"{prefix}-{number}", entry) for number, entry in enumerate(entries, start=1)
        ]  # fmt: skip

    def _sources(self, tags: Sequence[str]) -> list[str]:
        self.cited |= dict.fromkeys(tags)
        return [f"source-{tag.lower()}" for tag in tags]

    def _event(self, item_id: str, entry: Json) -> Json:
        clips = [self._clip_id(phantom) for phantom in entry.get("clips", ())]
        return {"item_id": item_id, "clip_ids": clips} | {k: v for k, v in entry.items() if k != "clips"}

    def _alternative(self, item_id: str, entry: Json) -> Json:
        term = entry.get("term")
        return {"item_id": item_id, **entry, "term": _dump(findings()[term].term) if term else None}

    def _statement(self, item_id: str, entry: Json) -> Json:
        return {"item_id": item_id, **entry, "sources": self._sources(entry.get("sources", ()))}

    def _link(self, item_id: str, entry: Json) -> Json:
        fields = {"item_id": item_id, **entry}
        if "clip" in fields:
            fields["clip_id"] = self._clip_id(fields.pop("clip"))
        if "to_clip" in fields:
            fields["to_clip"] = clip_ids(fields.get("to_case", self.slug))[fields["to_clip"]]
        return fields

    def _question(self, item_id: str, entry: Json) -> Json:
        fields = {"item_id": item_id, **entry, "sources": self._sources(entry.get("sources", ()))}
        if "clip" in fields:
            fields["clip_id"] = self._clip_id(fields.pop("clip"))
        if "sign" in fields:
            fields["sign"] = _dump(findings()[fields["sign"]].term)
        for name in ("watch_again", "target", "frames"):
            if name in fields:
                fields[name] = self._stretch(fields[name])
        for name in ("accepted", "half_right"):
            if name in fields:
                fields[name] = [_dump(findings()[term].term) for term in fields[name]]
        if "answer" in fields:
            fields["answer"] = self._shape(f"{item_id}-answer", fields["answer"])
        if "options" in fields:
            fields["options"] = [
                {"item_id": f"{item_id}-option-{number}", "text": text, "right": right, "why": why}
                for number, (right, text, why) in enumerate(fields["options"], start=1)
            ]
        if "steps" in fields:
            fields["steps"] = [
                self._step(f"{item_id}-step-{number}", step) for number, step in enumerate(fields["steps"], start=1)
            ]
        for side in ("left", "right"):
            if side in fields:
                fields[side] = self._compared(f"{item_id}-{side}", *fields[side])
        return fields

    def _step(self, item_id: str, step: Sequence[Any]) -> Json:
        phantom, number, text = step
        return {
            "item_id": item_id,
            "text": text,
            "clip_id": self._clip_id(phantom),
            "frame": self._frame(phantom, number),
        }

    def _compared(self, item_id: str, slug: str | None, phantom: str, number: int, label: str) -> Json:
        if slug is None:
            clip_id, frame = self._clip_id(phantom), self._frame(phantom, number)
        else:
            clip_id, frame = clip_ids(slug)[phantom], {"frame_number": number}
        return {"item_id": item_id, "case_id": slug, "clip_id": clip_id, "frame": frame, "label": label}


def _as_points(points: Any) -> Any:
    return points if isinstance(points[0], list) else [points]


def _dump(term: Any) -> Json:
    dumped: Json = term.model_dump()
    return dumped


def _structure(key: str) -> Json:
    return _dump(structures()[key].term)


def _with_terms(fields: Json) -> Json:
    """Return the fields with each key of the vocabulary exchanged for its term."""
    tables: dict[str, Mapping[str, Any]] = {
        "structure": structures(),
        "manoeuvre": manoeuvres(),
        "plane": views(),
        "term": measurement_definitions(),
    }
    return {name: _dump(tables[name][value].term) if name in tables else value for name, value in fields.items()}
