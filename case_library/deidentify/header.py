"""Make a header that holds no identity: what `kept_elements.json` does not name is not there.

A new dataset is built; the given one is only read, one named element at a time, so that a hostile element elsewhere in
it is never touched.

References
----------
DICOM PS3.15, Annex E Attribute Confidentiality Profiles
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import UID
from pydicom.valuerep import format_number_as_ds

from case_library.deidentify.dates import DATE_TIME, moved_back
from case_library.deidentify.identifiers import date_offset, new_uid
from case_library.deidentify.profile import Rule, kept_elements, word_lists
from case_library.dicom.conversion_mark import ConversionMark, mark_of
from case_library.dicom.elements import NUMBER_VRS, WHOLE_NUMBER_VRS, is_big_endian, table_bytes
from case_library.dicom.palette import expand_segments, palette_descriptor

METHOD = "case-library: allow-list upon PS3.15 E.1-1, edition 2026c"
_BASIC_PROFILE = ("113100", "Basic Application Confidentiality Profile")
_CLEAN_PIXELS = ("113101", "Clean Pixel Data Option")
_MODIFIED_DATES = ("113107", "Retain Longitudinal Temporal Information Modified Dates Option")
_PURPOSE = ("109104", "De-identifying Equipment")
_RECORDED = (
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
    "BurnedInAnnotation",
    "ContributingEquipmentSequence",
)

_LEVELS = {"StudyInstanceUID": "", "SeriesInstanceUID": "/series", "SOPInstanceUID": "/instance"}

MAX_ITEMS = 64
_TEXT_VRS = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UT"))
_TABLE_VRS = frozenset(("OB", "OW", "UN", "US", "SS"))
_CLOCKS = (Tag("FrameTime"), Tag("FrameTimeVector"))
# Bits of (0008,0008) Image Type value 4 that have a meaning, PS3.3 C.8.5.6.1.1.
_IMAGE_TYPE_BITS = 0x077F


def clean_header(
    header: Dataset,
    secret: bytes,
    *,
    confirmed: bool,
    frame_count: int,
    source_key: Callable[[], str] | None = None,
) -> Dataset:
    """Return a new header with what may be kept of `header`; it never raises for what an element holds.

    Parameters
    ----------
    header : Dataset
        Of a file, without its pixel data. It is not changed.
    secret : bytes
        See `load_secret`.
    confirmed : bool
        Whether a person has said that no identity is visible in the pixels.
    frame_count : int
        ≥ 1; written as (0028,0008) *Number of Frames* where the object is multi-frame.
    source_key : callable or None
        Gives the source's digest, from which a Study, Series or SOP Instance UID is made that the source lacks. The
        Study Instance UID is then `new_uid(secret, source_key())`. Without a key they are not invented.

    Returns
    -------
    Dataset
        Without file meta information, in Little Endian.
    """
    with warnings.catch_warnings():
        # pydicom's warnings quote values.
        warnings.simplefilter("ignore")
        patient = _text(read_element(header, Tag("PatientID")))
        offset = date_offset(secret, patient) if patient else None
        cleaning = _Cleaning(secret, frame_count, offset, is_big_endian(header))
        cleaned = cleaning.dataset(header, kept_elements())
        for keyword, level in _LEVELS.items():
            if source_key is not None and keyword not in cleaned:
                setattr(cleaned, keyword, new_uid(secret, source_key() + level))
        if frame_count > 1 or "NumberOfFrames" in header:
            cleaned.NumberOfFrames = frame_count
        if _text(read_element(header, Tag("BurnedInAnnotation"))) == "YES":
            cleaned.BurnedInAnnotation = "YES"
        cleaned.LongitudinalTemporalInformationModified = "MODIFIED" if cleaning.dates_moved else "REMOVED"
        _record(cleaned, confirmed, mark_of(header))
        cleaned.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    return cleaned


def confirm_header(header: Dataset) -> Dataset:
    """Return the confirmed form of a cleaned header: no identity in it, none visible in its pixels."""
    confirmed, mark = Dataset(), mark_of(header)
    confirmed.update(header)
    for keyword in _RECORDED:
        # Setting an element that is there would change the one that both headers share.
        confirmed.pop(keyword, None)
    confirmed.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    _record(confirmed, confirmed=True, mark=mark)
    return confirmed


def _record(header: Dataset, confirmed: bool, mark: ConversionMark | None) -> None:
    """Write what was done to the object.

    References
    ----------
    DICOM PS3.15, E.3.1 and E.3.6; PS3.3, C.7.1.1, C.12.1; PS3.16, CID 7050 and CID 7005
    """
    codes = [_BASIC_PROFILE]
    if header.LongitudinalTemporalInformationModified == "MODIFIED":
        codes.append(_MODIFIED_DATES)
    if confirmed:
        codes.append(_CLEAN_PIXELS)
        header.BurnedInAnnotation = "NO"
    header.PatientIdentityRemoved = "YES" if confirmed else "NO"
    header.DeidentificationMethod = METHOD
    header.DeidentificationMethodCodeSequence = [_code(*code) for code in codes]
    equipment = Dataset()
    equipment.Manufacturer = "case-library"
    equipment.PurposeOfReferenceCodeSequence = [_code(*_PURPOSE)]
    if mark is not None:
        equipment.ContributionDescription = str(mark)
    header.ContributingEquipmentSequence = [equipment]


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


@dataclass
class _Cleaning:
    secret: bytes
    frame_count: int
    offset: timedelta | None
    big_endian: bool
    dates_moved: bool = False

    def dataset(self, source: Dataset, rules: Iterable[Rule]) -> Dataset:
        cleaned = Dataset()
        for rule in rules:
            element = self._element(source, cleaned, rule)
            if element is not None:
                cleaned.add(element)
            elif rule.present:
                cleaned.add(DataElement(rule.tag, dictionary_VR(rule.tag), None))
        return cleaned

    def _element(self, source: Dataset, cleaned: Dataset, rule: Rule) -> DataElement | None:
        if rule.treatment == "set":
            return None
        vr = dictionary_VR(rule.tag)
        if rule.treatment == "empty":
            beside = not rule.partner or rule.partner in cleaned
            return DataElement(rule.tag, vr, None) if beside else None
        found = read_element(source, rule.tag)
        if found is None:
            return None
        try:
            match rule.treatment:
                case "number":
                    return self._number(found, rule, vr)
                case "word":
                    return _made(rule, vr, _our_words(found, rule))
                case "image_type":
                    return _made(rule, vr, _image_type(found))
                case "uid":
                    original = _text(found)
                    return _made(rule, vr, [new_uid(self.secret, original)] if original else [])
                case "class":
                    uid = _text(found)
                    return _made(rule, vr, [uid] if UID(uid).type == "SOP Class" else [])
                case "date" | "time" | "datetime":
                    return _made(rule, vr, self._moved(source, found, rule))
                case "table":
                    return self._table(source, found, rule)
                case "pointer":
                    return _made(rule, vr, [t for t in _CLOCKS if t in cleaned and t in map(Tag, _values(found))])
                case "items":
                    items = [item for item in _values(found)[:MAX_ITEMS] if isinstance(item, Dataset)]
                    return _made(rule, vr, [self.dataset(item, rule.items) for item in items], sequence=True)
                case _:
                    raise AssertionError(rule.treatment)
        except AssertionError:
            raise
        except Exception:  # a hostile value may raise anything in any converter: it is dropped
            return None

    def _number(self, found: DataElement, rule: Rule, vr: str) -> DataElement | None:
        if found.VR not in NUMBER_VRS:
            return None
        numbers = [float(value) for value in _values(found)]
        if rule.values == "frames":
            # One more than there are frames, so that a reader still sees that the vector does not fit.
            numbers = numbers[: self.frame_count + 1]
        elif len(numbers) > rule.values:
            return None
        most = self.frame_count if rule.most == "frames" else rule.most
        if not all(rule.least <= number <= most for number in numbers):
            return None
        if vr == "US or SS":
            vr = "SS" if min(numbers, default=0) < 0 else "US"
        if vr in WHOLE_NUMBER_VRS:
            whole = [int(number) for number in numbers]
            return _made(rule, vr, whole) if whole == numbers else None
        if vr == "DS":
            return _made(rule, vr, [_decimal(number) for number in numbers])
        return _made(rule, vr, numbers)

    def _moved(self, source: Dataset, found: DataElement, rule: Rule) -> list[str]:
        if self.offset is None:
            return []
        if rule.treatment == "datetime":
            match = DATE_TIME.fullmatch(_text(found))
            date, time = match.groups("") if match else ("", "")
        else:
            partner = _text(read_element(source, Tag(rule.partner)))
            date, time = (_text(found), partner) if rule.treatment == "date" else (partner, _text(found))
        moved_date, moved_time = moved_back(date, time, self.offset)
        moved = {"date": moved_date, "time": moved_time, "datetime": moved_date + moved_time}[rule.treatment]
        self.dates_moved |= bool(moved)
        return [moved] if moved else []

    def _table(self, source: Dataset, found: DataElement, rule: Rule) -> DataElement | None:
        if found.VR not in _TABLE_VRS:
            return None
        data = table_bytes(found, self.big_endian)
        if rule.keyword.startswith("Segmented"):
            entries, _, bits = palette_descriptor(source)
            used = expand_segments(data, entries, 1 if bits == 8 else 2)[1]
        else:
            name = "LUTDescriptor" if rule.keyword == "LUTData" else rule.keyword.replace("Data", "Descriptor")
            entries = int(_values(read_element(source, Tag(name)))[0]) & 0xFFFF or 0x10000
            used = 2 * entries if len(data) >= 2 * entries else entries
        # What lies behind the last entry is no colour and may be anything.
        data = data[:used] + b"\0" * (used % 2)
        return DataElement(rule.tag, "OW", data) if 0 < len(data) <= rule.most_bytes else None


def read_element(source: Dataset, tag: int) -> DataElement | None:
    """Return an element, or None where it is absent or cannot be read."""
    try:
        return source[tag] if tag in source else None
    except Exception:  # pydicom converts on access, and any converter may raise on a hostile value
        return None


def _values(element: DataElement | None) -> list[Any]:
    value = None if element is None else element.value
    if value is None or value == "" or value == b"":
        return []
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    return [value]


def _text(element: DataElement | None) -> str:
    """Return the first value of a text element without padding; empty where there is none."""
    try:
        values = _values(element)
        if element is None or element.VR not in _TEXT_VRS or not values:
            return ""
        return str(values[0]).strip(" \0")
    except Exception:  # the text of a hostile value may raise anything
        return ""


def _made(rule: Rule, vr: str, values: Sequence[Any], sequence: bool = False) -> DataElement | None:
    if not values:
        return None
    return DataElement(rule.tag, vr, values if sequence or len(values) > 1 else values[0])


def _our_words(found: DataElement, rule: Rule) -> list[str]:
    values = _values(found)
    if found.VR not in _TEXT_VRS or not isinstance(rule.values, int) or len(values) > rule.values:
        return []
    words = word_lists()[rule.words]
    match = words.match_beginning if rule.keyword == "Manufacturer" else words.match
    ours = [match(str(value)) for value in values]
    return [word for word in ours if word is not None] if None not in ours else []


def _image_type(found: DataElement) -> list[str]:
    if found.VR not in _TEXT_VRS:
        return []
    kept: list[str] = []
    for position, value in enumerate(map(str, _values(found)[:4]), start=1):
        if position < 4:
            word = word_lists()[f"image_type_{position}"].match(value)
        else:
            is_bit_map = re.fullmatch(r"[0-9A-F]{4}", value) and not int(value, 16) & ~_IMAGE_TYPE_BITS
            word = value if is_bit_map else None
        if word is None:
            break
        kept.append(word)
    return kept


def _decimal(number: float) -> str:
    shortest = repr(int(number)) if number == int(number) else repr(number)
    return shortest if len(shortest) <= 16 else str(format_number_as_ds(number))
