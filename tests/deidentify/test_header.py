"""A cleaned header: what is in it, what is not, and that no header can break the cleaning."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import DicomDictionary, dictionary_VR, keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UltrasoundMultiFrameImageStorage

from case_library.deidentify.header import clean_header, confirm_header
from case_library.deidentify.identifiers import date_offset, new_uid
from case_library.deidentify.profile import Rule, kept_elements
from case_library.deidentify.report import cleaning_report
from case_library.dicom.cine import clock_of, playback_of
from case_library.dicom.decode import FrameDecoder, pixel_format_of
from case_library.dicom.regions import regions_of, scale_in
from case_library.sources.dicom import open_dicom
from tests.shared_data import shared_data

SECRET = b"s" * 32
MARKER = b"ZQMARKER"
BINARY_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "OB or OW", "US or OW", "US or SS or OW", "SQ", "NONE"}
PRIVATE_LETTER = 0x0009


def example(**values: Any) -> Dataset:
    """Return the header of a small cine, with further elements."""
    header = Dataset()
    header.SOPClassUID = UltrasoundMultiFrameImageStorage
    header.SOPInstanceUID, header.StudyInstanceUID, header.SeriesInstanceUID = "1.2.3.1", "1.2.3.2", "1.2.3.3"
    header.PatientID, header.PatientName = "MRN-4711", "Doe^Jane"
    header.StudyDate, header.StudyTime = "20200315", "101500"
    header.Rows, header.Columns, header.NumberOfFrames = 4, 5, 3
    header.FrameTime, header.FrameIncrementPointer = "33.333", Tag("FrameTime")
    for keyword, value in values.items():
        setattr(header, keyword, value)
    return header


def clean(header: Dataset, confirmed: bool = False, frame_count: int = 3) -> Dataset:
    return clean_header(header, SECRET, confirmed=confirmed, frame_count=frame_count)


def written(header: Dataset) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pydicom.dcmwrite(file, header, implicit_vr=False, little_endian=True)
    return file.getvalue()


def elements(header: Dataset) -> Iterator[DataElement]:
    for element in header:
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from elements(item)


def raw(tag: BaseTag, vr: str, value: bytes) -> RawDataElement:
    return RawDataElement(tag, vr, len(value), value, 0, False, True)


def real_header(name: str, tmp_path: Path) -> tuple[Dataset, int]:
    """Return the header and the number of frames of a real file, unzipped where it comes so."""
    path = shared_data(f"dicom-us/{name}")
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            path = Path(archive.extract(archive.namelist()[0], tmp_path))
    with open_dicom(path) as source:
        return source.header, source.frame_count


REAL = ["Issue16.dcm", "examples_ybr_color.dcm", "GREYSCALE_CINE.zip", "RGB_CINE.zip", "gdcm-US-ALOKA-16.dcm"]


# --- nothing survives that is not named ---


def planted(header: Dataset) -> Dataset:
    """Put the marker into every public element that is no binary blob, and into private, overlay and nested ones."""
    for number, (vr, *_) in DicomDictionary.items():
        tag = Tag(number)
        if tag.group <= 2 or vr in BINARY_VRS:
            continue
        vr = vr.split(" ")[0]
        header[tag] = raw(tag, vr, MARKER * 2)
    for tag, vr in {
        Tag(PRIVATE_LETTER, 0x0010): "LO", Tag(PRIVATE_LETTER, 0x1001): "UT", Tag(PRIVATE_LETTER, 0x1002): "OB",
        Tag(0x6000, 0x0022): "LO", Tag(0x6000, 0x3000): "OW", Tag(0x6002, 0x4000): "LT", Tag(0x5000, 0x0030): "SH",
        Tag(0x0028, 0x0000): "UL", Tag(0x0028, 0x2000): "OB", Tag(0x0088, 0x0200): "OB", Tag(0xFFFC, 0xFFFC): "OB",
    }.items():  # fmt: skip
        header[tag] = raw(tag, vr, MARKER * 2)
    return header


def with_sequences(header: Dataset, item: Dataset, tags: list[int]) -> Dataset:
    """Put the item into the sequences of these tags, and into a private one."""
    for number in [*tags, 0x00091003]:
        header[number] = DataElement(number, "SQ", Sequence([item]))
    return header


SEQUENCES = [number for number, (vr, *_) in DicomDictionary.items() if vr == "SQ" and Tag(number).group > 2]
KEPT_SEQUENCES = [rule.tag for rule in kept_elements() if rule.items]


def test_no_planted_text_survives_in_any_element_at_any_depth() -> None:
    name = Dataset()
    name.PatientName = MARKER.decode()
    header = with_sequences(planted(example()), with_sequences(Dataset(), name, SEQUENCES[:50]), SEQUENCES)
    with_sequences(header, with_sequences(planted(Dataset()), planted(Dataset()), KEPT_SEQUENCES), KEPT_SEQUENCES)
    assert MARKER in written(header)
    cleaned = clean(header)
    assert MARKER[:4] not in written(cleaned)
    assert MARKER[:4] not in written(confirm_header(cleaned))


@pytest.mark.parametrize("name", REAL)
def test_no_planted_text_survives_in_a_real_file(name: str, tmp_path: Path) -> None:
    header, frame_count = real_header(name, tmp_path)
    item = planted(Dataset())
    for element in [header[tag] for tag in list(header.keys())]:
        if element.VR == "SQ":
            element.value = Sequence([*element.value, item])
        elif element.VR not in BINARY_VRS:
            header[element.tag] = raw(element.tag, element.VR, MARKER * 2)
    cleaned = clean(header, frame_count=frame_count)
    assert MARKER[:4] not in written(cleaned)


@pytest.mark.parametrize("name", REAL)
def test_no_identity_of_a_real_file_survives(name: str, tmp_path: Path) -> None:
    header, frame_count = real_header(name, tmp_path)
    keywords = (
        "PatientName PatientID AccessionNumber StudyID InstitutionName OperatorsName ReferringPhysicianName "
        "StudyInstanceUID SeriesInstanceUID SOPInstanceUID StudyDescription SeriesDescription ProtocolName StudyDate "
        "PatientBirthDate DeviceSerialNumber StationName PatientAddress RequestingPhysician SoftwareVersions"
    ).split()
    content = written(clean(header, frame_count=frame_count))
    texts = {str(header.get(keyword, "")).strip("^ ") for keyword in keywords}
    assert not [text for text in texts if len(text) > 3 and text.encode() in content]


def test_what_is_not_named_is_removed() -> None:
    header = example(InstitutionName="Somewhere", StudyDescription="Knee", HeartRate=70, PatientAge="042Y")
    header.add_new(0x00090010, "LO", "MAKER")
    header.add_new(0x60003000, "OW", b"\1\0")
    cleaned = clean(header)
    named = {rule.tag for rule in kept_elements()}
    assert set(cleaned.keys()) <= named


TEXTS = st.sampled_from(
    [b"SECRET", b"1", b"-0.5", b"1e400", b"NaN", b"1_0", b"REST", b"GE", b"YES\\NO", b"20200101", b""]
)
RAW_VRS = ["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OW", "PN", "SH", "SL", "SQ"]
RAW_VRS += ["SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV", "ZZ"]
KEPT_TAGS = [rule.tag for rule in kept_elements()]
NESTED_TAGS = [item.tag for rule in kept_elements() for item in rule.items]


@st.composite
def headers(draw: st.DrawFn, depth: int = 2) -> Dataset:
    header = Dataset()
    tags = st.sampled_from(KEPT_TAGS + NESTED_TAGS) | st.integers(0x00080000, 0x60FF4000)
    for number in draw(st.lists(tags, max_size=12)):
        tag = Tag(number)
        if depth and draw(st.booleans()) and keyword_for_tag(tag) and dictionary_VR(tag) == "SQ":
            header[tag] = DataElement(tag, "SQ", Sequence(draw(st.lists(headers(depth=depth - 1), max_size=2))))
        else:
            value = draw(TEXTS | st.binary(max_size=20))
            known = dictionary_VR(tag).split(" ")[0] if keyword_for_tag(tag) else "UN"
            header[tag] = raw(tag, draw(st.sampled_from([known, *RAW_VRS])), value)
    return header


def assert_only_kept(cleaned: Dataset, rules: tuple[Rule, ...]) -> None:
    named = {rule.tag: rule for rule in rules}
    for element in cleaned:
        assert element.tag in named
        rule = named[element.tag]
        for item in element.value if rule.items else ():
            assert_only_kept(item, rule.items)


UNSTABLE = {"uid", "date", "time", "datetime", "set"}


@settings(max_examples=300, deadline=None)
@given(headers(), st.booleans(), st.integers(1, 3))
def test_any_header_is_cleaned_to_kept_elements_and_cleaning_again_changes_nothing(
    header: Dataset, confirmed: bool, frame_count: int
) -> None:
    cleaned = clean(header, confirmed, frame_count)
    assert_only_kept(cleaned, kept_elements())
    content = written(cleaned)
    again = clean(pydicom.dcmread(io.BytesIO(content), force=True), confirmed, frame_count)
    for rule in kept_elements():
        if rule.treatment not in UNSTABLE:
            assert again.get(rule.tag) == cleaned.get(rule.tag)
    cleaning_report(header, cleaned)


# --- hostile headers ---


def test_a_sequence_a_hundred_deep_is_no_trouble() -> None:
    inner = Dataset()
    inner.PatientName = MARKER.decode()
    for _ in range(100):
        outer = Dataset()
        outer.SequenceOfUltrasoundRegions = [inner]
        inner = outer
    header = example(SequenceOfUltrasoundRegions=[inner], VOILUTSequence=[inner], RequestAttributesSequence=[inner])
    assert MARKER not in written(clean(header))


class Unreadable(Dataset):
    """A header of which one element cannot be read."""

    def __getitem__(self, key: Any) -> Any:
        if Tag(key) == Tag("WindowCenter"):
            raise NotImplementedError("what pydicom raises for a stray item tag")
        return super().__getitem__(key)


def test_an_element_that_cannot_be_read_is_dropped_and_the_others_stay() -> None:
    header = Unreadable()
    header.update(example(WindowCenter="128", WindowWidth="256"))
    cleaned = clean(header)
    assert "WindowCenter" not in cleaned
    assert cleaned.WindowWidth == 256


def test_a_file_with_a_stray_item_tag_is_cleaned() -> None:
    with open_dicom(shared_data("dicom-us/GH364.dcm")) as source:
        cleaned = clean(source.header, frame_count=source.frame_count)
    assert cleaned.Manufacturer == "Philips"


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("Rows", "LO", b"SECRET"),
        ("Rows", "OB", b"\4\0"),
        ("FrameTime", "LT", b"33"),
        ("FrameTime", "DS", b"SECRET"),
        ("FrameTime", "DS", b"nan"),
        ("FrameTime", "DS", b"1e300"),
        ("StartTrim", "IS", b"1.5"),
        ("StartTrim", "IS", b"5551234567"),
        ("PixelSpacing", "DS", b"0.1\\0.1\\0.1"),
        ("ReferencePixelX0", "UN", b"SECRET"),
        ("PhotometricInterpretation", "CS", b"SECRET"),
        ("LossyImageCompressionMethod", "CS", b"ISO_10918_1\\SECRET"),
        ("SOPClassUID", "UI", b"1.2.3.4"),
        ("SOPClassUID", "UI", b"1.2.840.10008.1.2.1"),
    ],
)
def test_a_value_that_is_not_what_it_should_be_is_dropped(keyword: str, vr: str, value: bytes) -> None:
    header = example()
    tag = Tag(keyword)
    header[tag] = raw(tag, vr, value)
    assert keyword not in clean(header)


def test_a_number_of_another_kind_is_written_in_the_kind_of_the_standard() -> None:
    header = example()
    header[Tag("Rows")] = raw(Tag("Rows"), "UL", b"\4\0\0\0")
    element = clean(header)["Rows"]
    assert (element.VR, element.value) == ("US", 4)


@pytest.mark.parametrize("text", ["33.333", " 33.3330 ", "+33.333", "3.3333E1"])
def test_a_decimal_string_is_written_anew_from_its_number(text: str) -> None:
    header = example()
    header[Tag("FrameTime")] = raw(Tag("FrameTime"), "DS", text.encode())
    assert str(clean(header).FrameTime) == "33.333"


@given(st.floats(-1e6, 1e6).filter(lambda x: len(repr(x)) <= 16))
def test_a_decimal_string_keeps_its_number(number: float) -> None:
    assert float(clean(example(FrameDelay=repr(number))).FrameDelay) == number


def test_a_frame_time_vector_is_no_longer_than_one_more_than_the_frames() -> None:
    header = example(FrameTimeVector=[0.0] + [10.0] * 500)
    assert len(clean(header).FrameTimeVector) == 4


# --- what must not change ---


@pytest.mark.parametrize("name", REAL)
def test_regions_and_times_of_a_real_file_keep_their_numbers(name: str, tmp_path: Path) -> None:
    header, frame_count = real_header(name, tmp_path)
    cleaned = pydicom.dcmread(io.BytesIO(written(clean(header, frame_count=frame_count))), force=True)
    regions, cleaned_regions = header.SequenceOfUltrasoundRegions, cleaned.SequenceOfUltrasoundRegions
    assert len(regions) == len(cleaned_regions)
    for before, after in zip(regions, cleaned_regions, strict=True):
        numbers = {e.keyword: e.value for e in before if not e.tag.is_private and e.tag.element}
        assert numbers == {e.keyword: e.value for e in after}
    times = "FrameTime FrameTimeVector CineRate RecommendedDisplayFrameRate StartTrim StopTrim PixelAspectRatio".split()
    times += ["NumberOfFrames", "WindowCenter", "WindowWidth", "Rows", "Columns", "DepthOfScanField", "FocusDepth"]
    for keyword in times:
        assert cleaned.get(keyword) == header.get(keyword), keyword


@pytest.mark.parametrize(
    "name", [*REAL, "OBXXXX1A_rle_2frame.dcm", "ExplVR_BigEnd.dcm", "US-YBR_FULL_422-EVRLE.dcm", "YBR_FULL-RLE.dcm"]
)
def test_clock_scale_and_display_follow_from_the_cleaned_header_as_from_the_real_one(name: str, tmp_path: Path) -> None:
    header, frame_count = real_header(name, tmp_path)
    cleaned = clean(header, frame_count=frame_count)
    for conclude in (clock_of, playback_of):
        assert conclude(cleaned, frame_count) == conclude(header, frame_count)
    assert regions_of(cleaned) == regions_of(header)
    assert scale_in(cleaned, 800, 600) == scale_in(header, 800, 600)
    assert pixel_format_of(cleaned) == pixel_format_of(header)
    if header.PhotometricInterpretation == "PALETTE COLOR":
        decoders = [FrameDecoder(h, pixel_format_of(h), "1.2.840.10008.1.2.1") for h in (header, cleaned)]
        pixel_format = pixel_format_of(header)
        frame = bytes(i * 7 % 256 for i in range(pixel_format.native_frame_bytes))
        assert (decoders[0].display(frame) == decoders[1].display(frame)).all()


def test_a_pointer_names_only_clocks_that_survive() -> None:
    header = example(FrameIncrementPointer=[Tag("FrameTime"), Tag(0xFB84, 0x3290), Tag("FrameTimeVector")])
    assert clean(header).FrameIncrementPointer == Tag("FrameTime")
    del header.FrameTime
    assert "FrameIncrementPointer" not in clean(header)


@pytest.mark.parametrize("big_endian", [False, True])
def test_palettes_keep_their_entries_and_nothing_behind_them(big_endian: bool) -> None:
    entries = [0x0102, 0x0304, 0xF0F1, 0xFFFF]
    order = "big" if big_endian else "little"
    header = example(RedPaletteColorLookupTableDescriptor=[4, 0, 16])
    header.RedPaletteColorLookupTableData = b"".join(e.to_bytes(2, order) for e in entries) + MARKER
    header.set_original_encoding(False, not big_endian)
    data = clean(header).RedPaletteColorLookupTableData
    assert [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)] == entries


def test_tables_of_bytes_and_of_segments_lose_what_lies_behind_them() -> None:
    header = example(RedPaletteColorLookupTableDescriptor=[5, 0, 8])
    header.RedPaletteColorLookupTableData = bytes(range(5)) + MARKER[:4]
    header.SegmentedGreenPaletteColorLookupTableData = bytes((0, 5, 1, 2, 3, 4, 5)) + MARKER
    cleaned = clean(header)
    assert cleaned.RedPaletteColorLookupTableData == bytes((0, 1, 2, 3, 4, 0))
    assert cleaned.SegmentedGreenPaletteColorLookupTableData == bytes((0, 5, 1, 2, 3, 4, 5, 0))


def test_a_voi_table_keeps_its_numbers_and_loses_its_explanation() -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4, 0, 8])
    table.add_new("LUTData", "US", [0, 10, 200, 255])
    table.LUTExplanation = "Doe, Jane"
    item = clean(example(VOILUTSequence=[table])).VOILUTSequence[0]
    assert list(item.LUTDescriptor) == [4, 0, 8]
    assert item.LUTData == b"\x00\x00\x0a\x00\xc8\x00\xff\x00"
    assert "LUTExplanation" not in item


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["ORIGINAL", "PRIMARY", "MUSCULOSKELETAL", "0011"], ["ORIGINAL", "PRIMARY", "MUSCULOSKELETAL", "0011"]),
        (["ORIGINAL", "PRIMARY", "DOE", "0001"], ["ORIGINAL", "PRIMARY"]),
        (["ORIGINAL", "PRIMARY", "VASCULAR", "BABE"], ["ORIGINAL", "PRIMARY", "VASCULAR"]),
        (["DERIVED"], "DERIVED"),
        (["DOE", "PRIMARY"], None),
    ],
)
def test_image_type_is_kept_as_far_as_it_is_known(values: list[str], kept: Any) -> None:
    assert clean(example(ImageType=values)).ImageType == kept


# --- identifiers and dates ---


def test_identifiers_are_new_and_the_same_for_the_same_original() -> None:
    cleaned = clean(example())
    assert cleaned.StudyInstanceUID == new_uid(SECRET, "1.2.3.2")
    assert cleaned.SOPClassUID == UltrasoundMultiFrameImageStorage
    assert clean(example()).SOPInstanceUID == cleaned.SOPInstanceUID
    other = clean_header(example(), b"o" * 32, confirmed=False, frame_count=3)
    assert other.SOPInstanceUID != cleaned.SOPInstanceUID


def test_identifiers_that_the_source_lacks_are_made_from_its_key() -> None:
    header = example()
    del header.StudyInstanceUID, header.SOPInstanceUID
    header.SeriesInstanceUID = ""
    assert "StudyInstanceUID" not in clean(header)
    cleaned = clean_header(header, SECRET, confirmed=False, frame_count=3, source_key=lambda: "digest")
    assert cleaned.StudyInstanceUID == new_uid(SECRET, "digest")
    assert len({cleaned.StudyInstanceUID, cleaned.SeriesInstanceUID, cleaned.SOPInstanceUID}) == 3


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(0, 3000))
def test_intervals_between_the_dates_of_a_patient_stay(first: date, days: int) -> None:
    second = first + timedelta(days=days)
    moved = [date.fromisoformat(clean(example(StudyDate=day.strftime("%Y%m%d"))).StudyDate) for day in (first, second)]
    assert moved[1] - moved[0] == timedelta(days=days)
    assert timedelta(days=365) <= first - moved[0] <= timedelta(days=3653)


def test_moments_move_by_the_span_of_the_patient_to_the_fraction_of_a_second() -> None:
    header = example(ContentDate="20200315", ContentTime="101500.25", AcquisitionDateTime="20200315101500.250000+0100")
    cleaned = clean(header)
    offset = date_offset(SECRET, "MRN-4711")
    moved = pydicom.valuerep.DT("20200315101500") - offset
    assert cleaned.ContentDate + cleaned.ContentTime == moved.strftime("%Y%m%d%H%M%S") + ".25"
    assert cleaned.AcquisitionDateTime == moved.strftime("%Y%m%d%H%M%S") + ".250000"
    assert cleaned.StudyDate + cleaned.StudyTime == moved.strftime("%Y%m%d%H%M%S")
    assert cleaned.LongitudinalTemporalInformationModified == "MODIFIED"


@pytest.mark.parametrize("patient", [None, "", "  "])
def test_dates_are_removed_where_the_patient_is_unknown(patient: str | None) -> None:
    cleaned = clean(example(PatientID=patient, SeriesDate="20200315"))
    assert cleaned["StudyDate"].is_empty
    assert cleaned["StudyTime"].is_empty
    assert "SeriesDate" not in cleaned
    assert cleaned.LongitudinalTemporalInformationModified == "REMOVED"


@pytest.mark.parametrize("day", ["2020", "00000000", "20201301", "SECRET", "00010101", "10010101", "20200315-20200401"])
def test_a_date_that_is_none_is_removed(day: str) -> None:
    header = example()
    header[Tag("StudyDate")] = raw(Tag("StudyDate"), "DA", day.encode())
    cleaned = clean(header)
    assert cleaned["StudyDate"].is_empty
    assert cleaned["StudyTime"].is_empty


# --- the record of what was done ---


def codes(header: Dataset) -> list[str]:
    return [item.CodeValue for item in header.DeidentificationMethodCodeSequence]


def test_a_draft_claims_no_clean_pixels() -> None:
    draft = clean(example())
    assert draft.PatientIdentityRemoved == "NO"
    assert "BurnedInAnnotation" not in draft
    assert codes(draft) == ["113100", "113107"]
    assert draft.ContributingEquipmentSequence[0].PurposeOfReferenceCodeSequence[0].CodeValue == "109104"


@pytest.mark.parametrize(("source", "draft"), [("YES", "YES"), ("NO", None), ("MAYBE", None)])
def test_a_draft_never_says_that_nothing_is_burned_in(source: str, draft: str | None) -> None:
    assert clean(example(BurnedInAnnotation=source)).get("BurnedInAnnotation") == draft


@pytest.mark.parametrize("patient", ["MRN-4711", ""])
@pytest.mark.parametrize("burned_in", ["YES", "NO"])
def test_confirming_a_draft_gives_what_cleaning_as_confirmed_gives(patient: str, burned_in: str) -> None:
    header = example(PatientID=patient, BurnedInAnnotation=burned_in)
    draft = clean(header)
    before = written(draft)
    confirmed = confirm_header(draft)
    assert written(confirmed) == written(clean(header, confirmed=True))
    assert (confirmed.PatientIdentityRemoved, confirmed.BurnedInAnnotation) == ("YES", "NO")
    assert "113101" in codes(confirmed)
    assert written(draft) == before
    assert written(confirm_header(confirmed)) == written(confirmed)


def test_an_earlier_claim_of_the_source_is_not_taken_over() -> None:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113101", "DCM", "Clean Pixel Data Option"
    header = example(PatientIdentityRemoved="YES", DeidentificationMethodCodeSequence=[code])
    assert clean(header).PatientIdentityRemoved == "NO"
    assert "113101" not in codes(clean(header))


def test_the_report_names_public_elements_and_counts_the_others() -> None:
    header = example(InstitutionName="Somewhere", Manufacturer="Nobody & Sons")
    header.add_new(0x00090010, "LO", "MAKER")
    header.add_new(0x00091001, "LO", "SECRET")
    header.add_new(0x60003000, "OW", b"\1\0")
    header.add_new(0x00280000, "UL", 12)
    report = cleaning_report(header, clean(header))
    assert "Rows" in report.kept
    assert {"StudyDate", "PatientName", "Manufacturer", "StudyInstanceUID"} <= set(report.changed)
    assert report.removed == ("InstitutionName", "OverlayData")
    assert (report.private, report.unknown) == (2, 1)
    assert "PatientIdentityRemoved" in report.added
    assert "SECRET" not in repr(report)


def test_cleaning_warns_of_nothing_because_pydicoms_warnings_quote_values(recwarn: pytest.WarningsRecorder) -> None:
    header = example()
    header[Tag("StudyInstanceUID")] = raw(Tag("StudyInstanceUID"), "UI", b"SECRET")
    header[Tag("SeriesNumber")] = raw(Tag("SeriesNumber"), "IS", b"SECRET")
    cleaning_report(header, clean(header))
    assert not [str(warning.message) for warning in recwarn]
