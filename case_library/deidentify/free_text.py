"""Look for the patient in what people write: names, numbers and dates that the headers of an import held.

What the headers held is in memory for one import and goes with it. It is compared without regard to case and accents,
name by name; a date in the forms in which people write dates. No message and no record holds what matched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from case_library.deidentify.header import read_element

_Document = TypeVar("_Document", bound=BaseModel)

# Numbers and codes that name a patient, a visit or a machine, beside every element that holds a person's name.
_IDENTIFIERS = frozenset(
    (
        "PatientID", "OtherPatientIDs", "AccessionNumber", "AdmissionID", "IssuerOfPatientID", "StudyID",
        "PatientTelephoneNumbers", "MilitaryRank", "MedicalRecordLocator", "DeviceSerialNumber", "StationName",
        "RequestedProcedureID", "ScheduledProcedureStepID", "PlacerOrderNumberImagingServiceRequest",
        "FillerOrderNumberImagingServiceRequest", "ServiceEpisodeID",
    )
)  # fmt: skip
_PLACES = frozenset(
    ("InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName", "PatientAddress", "RequestingService")
)
_WORDS_OF_NOBODY = frozenset(
    ("anonymous", "anonymized", "anonymised", "anonym", "unknown", "none", "null", "test", "patient", "mr", "mrs", "ms",
     "dr", "prof", "md", "phd", "von", "van", "der", "den", "del", "the", "and")
)  # fmt: skip
# What the software writes, what comes from lists of ours, and who has looked.
_NOT_WRITTEN = frozenset(
    ("case_id", "item_id", "clip_id", "import_id", "file", "file_sha256", "stored_sha256", "source_hmac", "screen_hmac",
     "study_instance_uid", "sop_instance_uid", "sop_class_uid", "transfer_syntax_uid", "photometric_interpretation",
     "machine", "clock", "scale", "playback", "phantom", "mask", "burned", "viewed", "confirmation", "scheme", "code")
)  # fmt: skip
_SHORTEST_IDENTIFIER = 3
_SHORTEST_NAME = 2
_MOST_ELEMENTS = 5000
_DEEPEST = 6
_MONTHS = (
    ("january", "jan", "januar"), ("february", "feb", "februar"), ("march", "mar", "marz", "maerz"), ("april", "apr"),
    ("may", "mai"), ("june", "jun", "juni"), ("july", "jul", "juli"), ("august", "aug"),
    ("september", "sep", "sept"), ("october", "oct", "oktober", "okt"), ("november", "nov"),
    ("december", "dec", "dezember", "dez"),
)  # fmt: skip


class HeldKind(StrEnum):
    """What a header held."""

    NAME = "name"
    IDENTIFIER = "identifier"
    DATE = "date"
    PLACE = "place"


@dataclass(frozen=True)
class Match:
    """A stretch of a text that says what an element held.

    Attributes
    ----------
    start, end : int
        Characters, the end not included.
    element : str
        Keyword of the standard's dictionary.
    """

    start: int
    end: int
    kind: HeldKind
    element: str


@dataclass(frozen=True)
class TextMatch:
    """A match in a document.

    Attributes
    ----------
    field : str
        Where: names and positions from 0, joined by dots, as `clips.0.title`.
    """

    field: str
    start: int
    end: int
    kind: HeldKind
    element: str


@dataclass(frozen=True)
class HeldIdentity:
    """What the headers of one import held; in memory alone, and never shown.

    Attributes
    ----------
    terms : frozenset of (kind, element, words)
        Words folded: small letters without accents, joined by single spaces. A date is its eight digits.
    """

    terms: frozenset[tuple[HeldKind, str, str]] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, header: Dataset) -> HeldIdentity:
        """Return what a header holds, at any depth; what cannot be read holds nothing that anybody could write."""
        found: set[tuple[HeldKind, str, str]] = set()
        for keyword, vr, texts in _elements(header):
            for text in texts:
                found.update((kind, keyword, words) for kind, words in _terms(keyword, vr, text))
        return cls(frozenset(found))

    def __or__(self, other: HeldIdentity) -> HeldIdentity:
        return HeldIdentity(self.terms | other.terms)

    def to_list(self) -> list[list[str]]:
        """Return it for another process of the same import; never to be stored."""
        return [list(term) for term in sorted(self.terms)]

    @classmethod
    def from_list(cls, terms: Iterable[Sequence[str]]) -> HeldIdentity:
        """Return what `to_list` gave."""
        return cls(frozenset((HeldKind(kind), element, words) for kind, element, words in terms))

    def find(self, text: str) -> list[Match]:
        """Return every stretch of a text that says what an element held, in order, none twice."""
        folded, places = _folded(text)
        found: dict[tuple[int, int], Match] = {}
        for kind, element, words in sorted(self.terms):
            for start, end in _stretches(folded, kind, words):
                stretch = places[start], places[end - 1] + 1
                found.setdefault(stretch, Match(*stretch, kind, element))
        # A name part inside a longer match says nothing new.
        matches = sorted(found.values(), key=lambda match: (match.start, -match.end))
        kept: list[Match] = []
        for match in matches:
            if not kept or match.end > kept[-1].end:
                kept.append(match)
        return kept


def scan(document: BaseModel, held: HeldIdentity) -> list[TextMatch]:
    """Return where a document says what the headers held, in every text that a person may have written."""
    return [
        TextMatch(field, match.start, match.end, match.kind, match.element)
        for field, text in free_texts(document)
        for match in held.find(text)
    ]


def free_texts(document: BaseModel) -> list[tuple[str, str]]:
    """Return every text of a document that a person may have written, with its place."""
    return sorted(_texts(document, ""))


def without(document: _Document, matches: Iterable[TextMatch]) -> _Document:
    """Return the document with the matched stretches taken out, and the gaps closed.

    Raises
    ------
    ValueError
        If a text is too short without them for the place where it stands.
    """
    by_field: dict[str, list[TextMatch]] = {}
    for match in matches:
        by_field.setdefault(match.field, []).append(match)
    plain = document.model_dump()
    for place, found in by_field.items():
        parts = place.split(".")
        holder = plain
        for part in parts[:-1]:
            holder = holder[int(part)] if isinstance(holder, list | tuple) else holder[part]
        last: Any = int(parts[-1]) if isinstance(holder, list | tuple) else parts[-1]
        if isinstance(holder, tuple):
            raise ValueError(f"{place} cannot be changed")
        text = holder[last]
        for match in sorted(found, key=lambda m: -m.start):
            text = text[: match.start] + text[match.end :]
        holder[last] = re.sub(r"\s+([,.;:!?)])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip(" ,;")
    return type(document).model_validate(plain)


def _texts(part: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, StrEnum):
        return
    if isinstance(part, str):
        if part:
            yield place, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields.keys() - _NOT_WRITTEN:
            yield from _texts(getattr(part, name), f"{place}.{name}" if place else name)
    elif isinstance(part, tuple | list):
        for position, member in enumerate(part):
            yield from _texts(member, f"{place}.{position}")
    elif isinstance(part, dict):
        for key, member in part.items():
            yield from _texts(member, f"{place}.{key}")


def _elements(header: Dataset, depth: int = 0) -> Iterator[tuple[str, str, list[str]]]:
    for tag in list(header.keys())[:_MOST_ELEMENTS]:
        element = read_element(header, tag)
        if element is None:
            continue
        try:
            if element.VR == "SQ":
                if depth < _DEEPEST:
                    for item in element.value[:64]:
                        yield from _elements(item, depth + 1)
                continue
            if element.VR not in ("PN", "DA", "DT", "LO", "SH", "ST", "LT", "UT", "UC", "CS", "IS", "UN"):
                continue
            value = element.value
            values = [value] if isinstance(value, str | bytes) or not hasattr(value, "__iter__") else list(value)
            if element.VR == "PN":
                values = [getattr(person, "components", None) or [str(person)] for person in _people(value)]
                values = [component for components in values for component in components]
            yield keyword_for_tag(element.tag), element.VR, [str(text)[:256] for text in values if text]
        except Exception:  # a hostile value may raise anything in any converter: nobody can have copied it
            continue


def _people(value: Any) -> list[Any]:
    return [value] if hasattr(value, "components") else list(value or [])


def _terms(keyword: str, vr: str, text: str) -> Iterator[tuple[HeldKind, str]]:
    if vr in ("DA", "DT"):
        digits = re.sub(r"\D", "", text)[:8]
        if _as_date(digits) is not None:
            yield HeldKind.DATE, digits
        return
    words = re.sub(r"[\W_]+", " ", _folded(text)[0]).split()
    if vr == "PN":
        for word in words:
            if len(word) >= _SHORTEST_NAME and word not in _WORDS_OF_NOBODY and not word.isdigit():
                yield HeldKind.NAME, word
    elif keyword in _IDENTIFIERS:
        joined = "".join(words)
        if len(joined) >= _SHORTEST_IDENTIFIER and joined not in _WORDS_OF_NOBODY:
            yield HeldKind.IDENTIFIER, joined
    elif keyword in _PLACES:
        joined = " ".join(words)
        if len(joined) > _SHORTEST_IDENTIFIER and not set(words) <= _WORDS_OF_NOBODY:
            yield HeldKind.PLACE, joined


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text in small letters without accents, and for each character its place in the original."""
    folded, places = [], []
    for place, character in enumerate(text):
        for plain in unicodedata.normalize("NFKD", character.casefold()):
            if not unicodedata.combining(plain):
                folded.append(plain)
                places.append(place)
    return "".join(folded), places


def _stretches(folded: str, kind: HeldKind, words: str) -> Iterator[tuple[int, int]]:
    if kind is HeldKind.DATE:
        patterns = _date_patterns(words)
    elif kind is HeldKind.IDENTIFIER:
        # With or without the hyphens and spaces that people put into numbers.
        patterns = [r"[\W_]*".join(map(re.escape, words))]
    else:
        patterns = [r"[\W_]+".join(map(re.escape, words.split()))]
    for pattern in patterns:
        for match in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", folded):
            yield match.span()


def _date_patterns(digits: str) -> list[str]:
    day = _as_date(digits)
    if day is None:
        return []
    d, m = rf"0?{day.day}", rf"0?{day.month}"
    full, short = f"{day.year:04d}", f"{day.year % 100:02d}"
    between = r"\s*[-/.]\s*"
    month = "(?:" + "|".join(_MONTHS[day.month - 1]) + r")\.?"
    return [
        f"{full}{day.month:02d}{day.day:02d}",
        f"{full}{between}{m}{between}{d}",
        *(f"{a}{between}{b}{between}(?:{full}|{short})" for a, b in ((d, m), (m, d))),
        rf"{d}(?:st|nd|rd|th|\.)?[\s-]*(?:of\s+)?{month}[\s,-]*{full}",
        rf"{month}\s*{d}(?:st|nd|rd|th)?[\s,]+{full}",
    ]


def _as_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError:
        return None
