"""What is a kind of what, and a part of what: a search for the broader finds the narrower.

Keys are those of the findings and structures, and of groups (`muscle_tear`, `rotator_cuff`) that only gather them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from case_library.vocabulary.tables import findings, read_data, structures


@cache
def finding_groups() -> Mapping[str, str]:
    """Return the groups of findings: key to words."""
    groups: dict[str, str] = read_data("relations.json")["finding_groups"]
    return groups


@cache
def structure_groups() -> Mapping[str, str]:
    groups: dict[str, str] = read_data("relations.json")["structure_groups"]
    return groups


def broader_findings(key: str) -> tuple[str, ...]:
    """Return all that a finding is a kind of, the nearest first."""
    return _up(_finding_parents(), key)


def narrower_findings(key: str) -> tuple[str, ...]:
    """Return all findings and groups that are of this kind, itself left out."""
    return _down(_finding_parents(), key)


def broader_structures(key: str) -> tuple[str, ...]:
    """Return all that a structure is a part of, the nearest first; its region is the last."""
    return _up(_structure_parents(), key)


def narrower_structures(key: str) -> tuple[str, ...]:
    """Return all structures and groups that are part of this one, itself left out."""
    return _down(_structure_parents(), key)


@cache
def _finding_parents() -> Mapping[str, tuple[str, ...]]:
    told: dict[str, list[str]] = read_data("relations.json")["findings"]
    return {key: tuple(told.get(key, ())) for key in {*findings(), *finding_groups()}}


@cache
def _structure_parents() -> Mapping[str, tuple[str, ...]]:
    told: dict[str, list[str]] = read_data("relations.json")["structures"]
    parents = {key: tuple(told.get(key, ())) for key in structure_groups()}
    for key, structure in structures().items():
        region = () if structure.region == key else (structure.region,)
        parents[key] = (*told.get(key, ()), *region)
    return parents


def _up(parents: Mapping[str, tuple[str, ...]], key: str) -> tuple[str, ...]:
    found: list[str] = []
    near = list(parents.get(key, ()))
    while near:
        found += [parent for parent in dict.fromkeys(near) if parent not in found]
        near = [above for parent in near for above in parents.get(parent, ()) if above not in found]
    return tuple(found)


def _down(parents: Mapping[str, tuple[str, ...]], key: str) -> tuple[str, ...]:
    return tuple(sorted(entry for entry in parents if key in _up(parents, entry)))
