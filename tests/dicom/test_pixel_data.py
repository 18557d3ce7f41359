import io
import struct

import pytest

from case_library.dicom.pixel_data import (
    UNDEFINED_LENGTH,
    PixelDataElement,
    encapsulated_frames,
    native_frames,
)
from case_library.errors import RefusedInputError

END = b"\xfe\xff\xdd\xe0\0\0\0\0"


def item(data: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(data)) + data


def frames_of(*items: bytes, count: int, end: bytes = END) -> list[bytes]:
    value = b"HEAD" + b"".join(items) + end
    element = PixelDataElement(4, UNDEFINED_LENGTH, "OB")
    found = encapsulated_frames(io.BytesIO(value), element, len(value), count)
    return [b"".join(value[f.offset : f.offset + f.length] for f in fragments) for fragments in found]


JPEG_1, JPEG_2 = b"\xff\xd8one-one!", b"\xff\xd8two-two!"


def test_one_fragment_for_each_frame() -> None:
    assert frames_of(item(b""), item(JPEG_1), item(JPEG_2), count=2) == [JPEG_1, JPEG_2]


def test_fragments_are_grouped_by_the_basic_offset_table() -> None:
    first = item(JPEG_1[:4]) + item(JPEG_1[4:])
    table = item(struct.pack("<II", 0, len(first)))
    assert frames_of(table, first, item(JPEG_2), count=2) == [JPEG_1, JPEG_2]


@pytest.mark.parametrize(
    "table", [b"", struct.pack("<II", 0, 7), struct.pack("<II", 9, 0)], ids=["empty", "off", "odd"]
)
def test_fragments_are_grouped_by_their_start_where_the_table_is_of_no_use(table: bytes) -> None:
    first = item(JPEG_1[:4]) + item(JPEG_1[4:])
    assert frames_of(item(table), first, item(JPEG_2), count=2) == [JPEG_1, JPEG_2]


def test_all_fragments_of_a_single_frame_belong_to_it() -> None:
    assert frames_of(item(b""), item(b"ab"), item(b"cd"), item(b"ef"), count=1) == [b"abcdef"]


def test_empty_fragments_after_the_last_frame_are_passed_over() -> None:
    assert frames_of(item(b""), item(JPEG_1), item(JPEG_2), item(b""), count=2) == [JPEG_1, JPEG_2]


def test_a_missing_end_harms_no_frame() -> None:
    assert frames_of(item(b""), item(JPEG_1), count=1, end=b"") == [JPEG_1]


@pytest.mark.parametrize(
    ("items", "count", "reason"),
    [
        pytest.param([item(b"")], 1, "holds no fragment", id="nothing"),
        pytest.param([item(b""), item(JPEG_1)], 2, r"1 fragment\(s\).*Number of Frames is 2", id="one-too-few"),
        pytest.param([item(b""), item(JPEG_1), b"junkjunkjunk"], 1, "item tag is missing", id="junk"),
        pytest.param([item(b""), item(JPEG_1)[:-3]], 1, "ends beyond the end of the file", id="cut"),
    ],
)
def test_damaged_items_are_refused(items: list[bytes], count: int, reason: str) -> None:
    with pytest.raises(RefusedInputError, match=reason):
        frames_of(*items, count=count, end=b"" if "cut" in reason or "beyond" in reason else END)


def test_native_frames_follow_one_another() -> None:
    found = native_frames(PixelDataElement(100, 61, "OB"), 200, 3, 20)
    assert [(f.offset, f.length) for f in found] == [(100, 20), (120, 20), (140, 20)]


@pytest.mark.parametrize(("length", "file_bytes"), [(59, 500), (60, 150)], ids=["short-value", "short-file"])
def test_native_pixels_that_are_cut_short_are_refused_with_the_count(length: int, file_bytes: int) -> None:
    with pytest.raises(RefusedInputError, match=r"3 frame\(s\) need 60; 2 of them are whole"):
        native_frames(PixelDataElement(100, length, "OB"), file_bytes, 3, 20)
