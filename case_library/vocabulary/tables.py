"""The entries, by their codes and keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from case_library.model.term import PRIVATE_SCHEME, Term
from case_library.vocabulary.entries import (
    Entry,
    FindingEntry,
    GradingScale,
    Manoeuvre,
    MeasurementDefinition,
    Structure,
    View,
)

_Entry = TypeVar("_Entry", bound=Entry)


def read_data(name: str) -> Any:
    """Return what a file of `data/` holds."""
    return json.loads((files("case_library.vocabulary") / "data" / name).read_text(encoding="utf-8"))


def data_names() -> list[str]:
    """Return the names of the files of `data/`, sorted."""
    return sorted(entry.name for entry in (files("case_library.vocabulary") / "data").iterdir())


def _by_key(kind: type[_Entry], rows: list[dict[str, Any]]) -> Mapping[str, _Entry]:
    entries = [kind.model_validate(row) for row in rows]
    return MappingProxyType({entry.key: entry for entry in entries})


@cache
def findings() -> Mapping[str, FindingEntry]:
    """Return the findings by key."""
    return _by_key(FindingEntry, read_data("findings.json"))


@cache
def structures() -> Mapping[str, Structure]:
    return _by_key(Structure, read_data("anatomy.json"))


@cache
def manoeuvres() -> Mapping[str, Manoeuvre]:
    return _by_key(Manoeuvre, read_data("dynamic.json")["manoeuvres"])


@cache
def views() -> Mapping[str, View]:
    return _by_key(View, read_data("dynamic.json")["views"])


@cache
def grading_scales() -> Mapping[str, GradingScale]:
    return _by_key(GradingScale, read_data("grading.json"))


@cache
def measurement_definitions() -> Mapping[str, MeasurementDefinition]:
    return _by_key(MeasurementDefinition, read_data("measurements.json"))


def finding(name: str) -> FindingEntry | None:
    """Return a finding by its code (`F001`) or key."""
    return findings().get(name) or _by_code(findings()).get(name)


def grading_scale(name: str) -> GradingScale | None:
    """Return a scale by its code (`G001`) or key."""
    return grading_scales().get(name) or _by_code(grading_scales()).get(name)


def manoeuvre_of_stage(stage_name: str) -> Manoeuvre | None:
    """Return the manoeuvre of a (0008,2120) *Stage Name*."""
    return next((entry for entry in manoeuvres().values() if entry.stage_name == stage_name), None)


def view_of_name(view_name: str) -> View | None:
    """Return the view of a (0008,2127) *View Name*."""
    return next((entry for entry in views().values() if entry.view_name == view_name), None)


def finding_of(term: Term) -> FindingEntry | None:
    """Return the finding that a term of a case names; None for one that is unknown here, which is shown by its words.

    An equivalent code of another scheme is taken where it belongs to one finding alone.
    """
    if term.scheme == PRIVATE_SCHEME:
        return finding(term.code)
    same = [
        entry
        for entry in findings().values()
        if any((code.scheme, code.code) == (term.scheme, term.code) for code in entry.codes)
    ]
    return same[0] if len(same) == 1 else None


def _by_code(entries: Mapping[str, _Entry]) -> Mapping[str, _Entry]:
    return {entry.term.code: entry for entry in entries.values()}  # type: ignore[attr-defined]
