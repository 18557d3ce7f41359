"""The vocabulary as the browser searches it; `frontend/vocabulary.js` describes the same to the other side."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from case_library.vocabulary.entries import FindingEntry, GradingScale, Structure
from case_library.vocabulary.tables import findings, grading_scales, structures
from case_library.vocabulary.words import SPELLINGS, EntryKind, Meant, evened, names_of


@cache
def vocabulary_json() -> bytes:
    """Return the terms a finding is made of, every name of each evened out, and the grading scales with their rules."""
    message = {
        "findings": [_finding(entry) for entry in findings().values()],
        "structures": [_structure(entry) for entry in structures().values()],
        "scales": [_scale(entry) for entry in grading_scales().values()],
        "spellings": SPELLINGS,
    }
    return json.dumps(message, ensure_ascii=False).encode()


def _finding(entry: FindingEntry) -> dict[str, Any]:
    return {
        "term": entry.term.model_dump(),
        "key": entry.key,
        "names": _names(EntryKind.FINDING, entry.key),
        "about": entry.definition,
        "group": ", ".join(entry.tissues),
        "scales": entry.grading,
        "signs_rest": entry.signs_rest,
        "signs_dynamic": entry.signs_dynamic,
        "mimics": entry.mimics,
        "source": entry.source,
    }


def _structure(entry: Structure) -> dict[str, Any]:
    return {
        "term": entry.term.model_dump(),
        "key": entry.key,
        "names": _names(EntryKind.STRUCTURE, entry.key),
        "about": f"{entry.kind}, {entry.region}".replace("_", " "),
        "group": entry.region.replace("_", " "),
    }


def _scale(entry: GradingScale) -> dict[str, Any]:
    return {
        "term": entry.term.model_dump(),
        "key": entry.key,
        "modality": entry.modality,
        "levels": [level.model_dump() for level in entry.levels],
        "notes": entry.notes,
        "source": entry.source,
        "for_ultrasound": entry.for_ultrasound,
    }


def _names(kind: EntryKind, key: str) -> list[str]:
    return list(dict.fromkeys(evened(name) for name in names_of(Meant(kind, key))))
