"""From what people write to the terms they mean: displays, synonyms and lay words, whatever the spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from case_library.vocabulary.relations import finding_groups, structure_groups
from case_library.vocabulary.tables import (
    data_names,
    findings,
    grading_scales,
    manoeuvres,
    measurement_definitions,
    read_data,
    structures,
    views,
)


class EntryKind(StrEnum):
    """The lists of the vocabulary; a key is unique within one."""

    FINDING = "findings"
    STRUCTURE = "structures"
    MANOEUVRE = "manoeuvres"
    VIEW = "views"
    GRADING_SCALE = "grading_scales"
    MEASUREMENT = "measurements"


class Meant(NamedTuple):
    """A term, or a group of terms, that words mean."""

    kind: EntryKind
    key: str


# Evened out letter by letter: British to American, as both are written.
SPELLINGS = (
    ("haem", "hem"), ("oedem", "edem"), ("oesoph", "esoph"), ("tumour", "tumor"), ("colour", "color"),
    ("artefact", "artifact"), ("manoeuvre", "maneuver"), ("centre", "center"), ("fibre", "fiber"), ("grey", "gray"),
    ("isation", "ization"), ("tendonitis", "tendinitis"), ("calibre", "caliber"),
)  # fmt: skip


def evened(words: str) -> str:
    """Return words as they are compared: small letters, no accents, one spelling, single spaces."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", words).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    plain = re.sub(r"['’`]s\b", "", plain)
    plain = " ".join(re.findall(r"\w+", plain))
    for british, american in SPELLINGS:
        plain = plain.replace(british, american)
    return plain


def meanings(words: str) -> tuple[Meant, ...]:
    """Return the terms that these very words name, in the order of the vocabulary; empty where there are none."""
    return _index().get(evened(words), ())


def names_of(meant: Meant) -> tuple[str, ...]:
    """Return every name of a term: its display first, then the other words for it."""
    return tuple(dict.fromkeys(name for entry, name in _named() if entry == meant))


@cache
def _index() -> Mapping[str, tuple[Meant, ...]]:
    index: dict[str, list[Meant]] = {}
    for meant, name in _named():
        entries = index.setdefault(evened(name), [])
        if meant not in entries:
            entries.append(meant)
    return {name: tuple(entries) for name, entries in index.items()}


@cache
def _named() -> tuple[tuple[Meant, str], ...]:
    return tuple(_all_names())


def _all_names() -> Iterator[tuple[Meant, str]]:
    tables = {
        EntryKind.FINDING: {key: entry.display for key, entry in findings().items()} | dict(finding_groups()),
        EntryKind.STRUCTURE: {key: entry.display for key, entry in structures().items()} | dict(structure_groups()),
        EntryKind.MANOEUVRE: {key: entry.display for key, entry in manoeuvres().items()},
        EntryKind.VIEW: {key: entry.display for key, entry in views().items()},
        EntryKind.GRADING_SCALE: {key: entry.display for key, entry in grading_scales().items()},
        EntryKind.MEASUREMENT: {key: entry.display for key, entry in measurement_definitions().items()},
    }
    languages = [read_data(name) for name in data_names() if re.fullmatch(r"words\.[a-z-]+\.json", name)]
    for kind, names in tables.items():
        for key, display in names.items():
            yield Meant(kind, key), display
            for language in languages:
                for word in language.get(kind, {}).get(key, ()):
                    yield Meant(kind, key), word
