from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from case_library.dicom.elements import integer, items, number, numbers, text


def raw(keyword: str, vr: str, value: bytes) -> Dataset:
    ds = Dataset()
    tag = Tag(keyword)
    ds._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    return ds


def test_a_number_that_is_none_counts_as_absent() -> None:
    assert integer(raw("NumberOfFrames", "IS", b"1A"), "NumberOfFrames") is None


def test_numbers_are_finite_or_nothing() -> None:
    assert numbers(raw("FrameTimeVector", "DS", b"0\\40\\x"), "FrameTimeVector") is None
    assert number(raw("FrameTime", "DS", b"inf "), "FrameTime") is None
    assert number(raw("FrameTime", "DS", b" 40 "), "FrameTime") == 40


def test_digits_in_an_element_of_text_are_no_number() -> None:
    assert integer(raw("PixelRepresentation", "AE", b"1 "), "PixelRepresentation") is None
    assert integer(raw("PixelRepresentation", "US", b"\1\0"), "PixelRepresentation") == 1


def test_an_integer_is_whole() -> None:
    assert integer(raw("FrameTime", "DS", b"40.0"), "FrameTime") == 40
    assert integer(raw("FrameTime", "DS", b"40.5"), "FrameTime") is None


def test_text_is_without_padding() -> None:
    assert text(raw("Modality", "CS", b"US "), "Modality") == "US"
    assert text(Dataset(), "Modality") == ""


def test_a_sequence_that_is_none_has_no_items() -> None:
    ds = Dataset()
    ds.add(DataElement(Tag("SequenceOfUltrasoundRegions"), "LO", "text"))
    assert items(ds, "SequenceOfUltrasoundRegions") == []
