"""A stripped codestream: the same pixels, and no text."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import (
    JPEG2000,
    MPEG2MPML,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSLossless,
    RLELossless,
)

from case_library.deidentify.codestream import jpeg_summary, strip_codestream
from case_library.errors import RefusedInputError
from case_library.sources.dicom import open_dicom
from tests.shared_data import shared_data

MARKER = b"ZQMARKER"
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
COLUMNS, ROWS = 96, 64


def picture(mode: str = "RGB") -> Image.Image:
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    waves = np.stack([128 + 100 * np.sin(x / 7 + y / (5 + c)) for c in range(3)], axis=-1)
    rgb = Image.fromarray(waves.astype(np.uint8), "RGB")
    return rgb.convert(mode)


def saved(form: str, image: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (image or picture()).save(file, form, **options)
    return file.getvalue()


def pixels(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)))


def jpeg_ls() -> bytes:
    import jpeg_ls

    return bytes(jpeg_ls.encode_array(np.asarray(picture("L"))))


def jpeg_ls_pixels(data: bytes) -> NDArray[np.uint8]:
    decoded, _ = get_decoder(JPEGLSLossless).as_array(
        encapsulate([data], has_bot=False),
        index=0, rows=ROWS, columns=COLUMNS, samples_per_pixel=1, photometric_interpretation="MONOCHROME2",
        bits_allocated=8, bits_stored=8, pixel_representation=0, number_of_frames=1, pixel_keyword="PixelData",
    )  # fmt: skip
    return decoded


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">HH", marker, len(content) + 2) + content


TEXT_SEGMENTS = (
    segment(0xFFFE, MARKER)
    + b"".join(segment(0xFFE0 + n, MARKER) for n in range(16))
    + segment(0xFFE0, b"JFXX\0\x13" + MARKER)
    + segment(0xFFE8, b"SPIFF\0" + MARKER)
    + segment(0xFFE8, b"mrfx\0" + MARKER)
    + segment(0xFFF3, MARKER)
    + segment(0xFFFE, b"")
)


def planted_jpeg(data: bytes) -> bytes:
    """Put text into every place of a JPEG stream that a decoder skips: behind the start, before a scan, at the end."""
    scan = data.index(b"\xff\xda")
    return data[:2] + TEXT_SEGMENTS + data[2:scan] + MARKER + b"\xff\xff" + TEXT_SEGMENTS + data[scan:] + MARKER


BASELINE = {
    "grey": saved("JPEG", picture("L")),
    "colour 4:2:0": saved("JPEG", comment=MARKER, dpi=(300, 300)),
    "colour 4:4:4": saved("JPEG", subsampling=0),
    "CMYK with Adobe": saved("JPEG", picture("CMYK")),
    "progressive": saved("JPEG", progressive=True),
    "restarts": saved("JPEG", restart_marker_blocks=2),
    "exif and profile": saved("JPEG", exif=b"Exif\0\0" + MARKER, icc_profile=MARKER),
}


@pytest.mark.parametrize("name", BASELINE)
@pytest.mark.parametrize("plant", [False, True])
def test_a_jpeg_keeps_its_pixels_and_loses_its_text(name: str, plant: bool) -> None:
    data = planted_jpeg(BASELINE[name]) if plant else BASELINE[name]
    stripped = strip_codestream(data, JPEGBaseline8Bit)
    assert np.array_equal(pixels(stripped), pixels(BASELINE[name]))
    assert MARKER not in stripped
    assert stripped.endswith(b"\xff\xd9")
    assert strip_codestream(stripped, JPEGBaseline8Bit) == stripped
    if plant and "Adobe" not in name and "exif" not in name:
        assert stripped == strip_codestream(BASELINE[name], JPEGBaseline8Bit)


@pytest.mark.parametrize("syntax", ["4.50", "4.51", "4.57", "4.70", "4.80", "4.81"])
def test_every_jpeg_syntax_that_is_opened_is_cleaned(syntax: str) -> None:
    stripped = strip_codestream(planted_jpeg(BASELINE["grey"]), f"1.2.840.10008.1.2.{syntax}")
    assert MARKER not in stripped


def test_a_jpeg_that_holds_nothing_else_comes_back_as_it_is() -> None:
    once = strip_codestream(saved("JPEG", comment="x", dpi=(72, 72)))
    assert strip_codestream(once) == once
    assert strip_codestream(once + b"\0") == once


def test_a_jfif_header_has_fixed_content() -> None:
    data = saved("JPEG", dpi=(301, 299))
    assert b"JFIF\0\x01\x01\x01\x01\x2d" in data
    assert strip_codestream(data)[2:20] == bytes.fromhex("ffe000104a46494600010100000100010000")


def test_an_adobe_segment_keeps_its_transform_alone() -> None:
    data = BASELINE["CMYK with Adobe"]
    at = data.index(b"Adobe")
    assert data[at - 4 : at] == b"\xff\xee\x00\x0e"
    longer = data[: at - 4] + segment(0xFFEE, data[at : at + 5] + b"ZQMARK" + data[at + 11 : at + 12] + MARKER)
    stripped = strip_codestream(longer + data[at + 12 :])
    at = stripped.index(b"Adobe")
    assert (
        stripped[at - 4 : at + 12] == b"\xff\xee\x00\x0eAdobe\x00\x64\0\0\0\0" + data[data.index(b"Adobe") + 11 :][:1]
    )
    assert MARKER not in stripped


def test_a_jpeg_ls_keeps_its_pixels_and_its_colour_transform() -> None:
    data = jpeg_ls()
    planted = planted_jpeg(data[:2] + segment(0xFFE8, b"mrfx\x00") + data[2:])
    stripped = strip_codestream(planted, JPEGLSLossless)
    assert np.array_equal(jpeg_ls_pixels(stripped), np.asarray(picture("L")))
    assert MARKER not in stripped
    assert stripped.count(b"mrfx") == 1


def test_the_number_of_lines_may_follow_the_first_scan() -> None:
    data = bytearray(BASELINE["grey"])
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 7] = b"\0\0"
    with_lines = bytes(data[:-2]) + segment(0xFFDC, struct.pack(">H", ROWS)) + b"\xff\xd9" + MARKER
    stripped = strip_codestream(with_lines)
    assert segment(0xFFDC, struct.pack(">H", ROWS)) in stripped
    assert MARKER not in stripped
    assert jpeg_summary(with_lines).rows == 0


@pytest.mark.parametrize(
    ("name", "sof_marker", "ids", "has_jfif", "transform"),
    [
        ("grey", 0xC0, (1,), True, None),
        ("colour 4:2:0", 0xC0, (1, 2, 3), True, None),
        ("progressive", 0xC2, (1, 2, 3), True, None),
        ("CMYK with Adobe", 0xC0, (67, 77, 89, 75), False, 0),
    ],
)
def test_the_summary_says_what_the_header_says(
    name: str, sof_marker: int, ids: tuple[int, ...], has_jfif: bool, transform: int | None
) -> None:
    for data in (BASELINE[name], strip_codestream(BASELINE[name])):
        summary = jpeg_summary(data)
        assert (summary.sof_marker, summary.precision) == (sof_marker, 8)
        assert (summary.rows, summary.columns, summary.components) == (ROWS, COLUMNS, len(ids))
        assert (summary.component_ids, summary.has_jfif, summary.adobe_transform) == (ids, has_jfif, transform)
    assert jpeg_summary(jpeg_ls()).sof_marker == 0xF7


# --- JPEG 2000 ---


def j2k(**options: object) -> bytes:
    return saved("JPEG2000", no_jp2=True, **options)


def tile_parts(data: bytes) -> list[tuple[int, int]]:
    """Return start and end of each tile-part of a codestream without a comment in it."""
    found, at = [], data.index(b"\xff\x90\x00\x0a")
    while data[at : at + 2] == b"\xff\x90":
        end = at + int.from_bytes(data[at + 6 : at + 10])
        found.append((at, end))
        at = end
    return found


def planted_tile_parts(data: bytes, last_to_the_end: bool = False) -> bytes:
    comment = segment(0xFF64, b"\x00\x01" + MARKER)
    parts = tile_parts(data)
    made = data[: parts[0][0]]
    for start, end in parts:
        header = bytearray(data[start : start + 12])
        length = 0 if last_to_the_end and (start, end) == parts[-1] else end - start + 2 * len(comment)
        header[6:10] = struct.pack(">I", length)
        made += bytes(header) + comment * 2 + data[start + 12 : end]
    return made + b"\xff\xd9"


@pytest.mark.parametrize("irreversible", [False, True])
@pytest.mark.parametrize("last_to_the_end", [False, True])
def test_a_jpeg_2000_keeps_its_pixels_and_loses_its_comments(irreversible: bool, last_to_the_end: bool) -> None:
    plain = j2k(irreversible=irreversible, tile_size=(32, 32), comment=MARKER)
    assert len(tile_parts(plain)) == 6
    assert MARKER in plain
    planted = planted_tile_parts(plain, last_to_the_end)
    assert np.array_equal(pixels(planted), pixels(plain))
    stripped = strip_codestream(planted + MARKER, JPEG2000)
    assert np.array_equal(pixels(stripped), pixels(plain))
    assert MARKER not in stripped
    assert strip_codestream(stripped, JPEG2000) == stripped


def test_lengths_that_other_segments_count_do_not_change() -> None:
    plain = strip_codestream(planted_tile_parts(j2k(tile_size=(32, 32), plt=True)), JPEG2000)
    assert [b - a for a, b in tile_parts(plain)] == [
        b - a for a, b in tile_parts(planted_tile_parts(j2k(tile_size=(32, 32), plt=True)))
    ]


def test_a_jp2_file_is_reduced_to_its_codestream() -> None:
    wrapped = saved("JPEG2000", comment=MARKER)
    box = struct.pack(">I4s", 8 + len(MARKER), b"xml ") + MARKER
    wrapped = wrapped[:12] + box + wrapped[12:] + box
    stripped = strip_codestream(wrapped, JPEG2000Lossless)
    assert stripped.startswith(b"\xff\x4f")
    assert MARKER not in stripped
    assert np.array_equal(pixels(stripped), np.asarray(picture()))


# --- real frames ---


REAL = [
    "Issue16.dcm", "examples_ybr_color.dcm", "undefined-length-test.dcm", "US1_J2KI.dcm", "US1_J2KR.dcm", "GH364.dcm",
    "YBR_FULL-RLE.dcm", "ExplVR_BigEnd.dcm",
]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_a_real_frame_decodes_to_the_same_pixels(name: str) -> None:
    with open_dicom(shared_data(f"dicom-us/{name}")) as source:
        frame = source.stored_frame(0)
        stripped = strip_codestream(frame, source.transfer_syntax_uid)
        before = source.read_frame(0)
        source.stored_frame = lambda frame_index: stripped  # type: ignore[method-assign]
        assert np.array_equal(source.read_frame(0), before)


def test_native_and_rle_frames_come_back_as_they_are() -> None:
    for uid in (ExplicitVRLittleEndian, RLELossless):
        assert strip_codestream(MARKER, uid) == MARKER


# --- what is refused ---


@pytest.mark.parametrize(
    ("data", "uid"),
    [
        (b"", JPEGBaseline8Bit),
        (b"\xff", JPEGBaseline8Bit),
        (b"\xff\xd8", JPEGBaseline8Bit),
        (b"\xff\xd8\xff\xd9", JPEGBaseline8Bit),
        (MARKER, JPEGBaseline8Bit),
        (b"\xff\xd8\xff\xfe\x00\x01" + BASELINE["grey"][2:], JPEGBaseline8Bit),
        (b"\xff\xd8\xff\x70\x00\x04ab" + BASELINE["grey"][2:], JPEGBaseline8Bit),
        (BASELINE["grey"].replace(b"\xff\xc0\x00\x0b", b"\xff\xc0\x00\x0c"), JPEGExtended12Bit),
        (BASELINE["grey"][:200], JPEGBaseline8Bit),
        (b"", JPEG2000),
        (b"\xff\x4f", JPEG2000),
        (BASELINE["grey"], JPEG2000),
        (j2k()[:-200], JPEG2000),
        (j2k()[:60], HTJ2K_LOSSLESS),
        (j2k()[:-2] + MARKER, JPEG2000),
        (b"\xff\x4f\xff\x02\x00\x04ab" + j2k()[2:], JPEG2000),
        (saved("JPEG2000")[:60], JPEG2000),
        (MARKER, MPEG2MPML),
        (MARKER, "1.2.3"),
    ],
)
def test_what_cannot_be_understood_is_refused_without_its_content(data: bytes, uid: str) -> None:
    with pytest.raises(RefusedInputError) as refusal:
        strip_codestream(data, uid)
    assert MARKER.decode() not in str(refusal.value)


@given(st.integers(0, len(BASELINE["restarts"]) - 1), st.binary(min_size=1, max_size=4))
def test_damage_is_refused_or_stripped_and_then_stays(at: int, damage: bytes) -> None:
    data = bytearray(planted_jpeg(BASELINE["restarts"]))
    data[at : at + len(damage)] = damage
    try:
        stripped = strip_codestream(bytes(data))
    except RefusedInputError:
        return
    assert len(stripped) <= len(data)
    assert strip_codestream(stripped) == stripped


@given(st.data())
def test_a_damaged_jpeg_2000_is_refused_or_stripped_and_then_stays(draw: st.DataObject) -> None:
    data = bytearray(planted_tile_parts(j2k(tile_size=(32, 32))))
    at = draw.draw(st.integers(0, 400))
    damage = draw.draw(st.binary(min_size=1, max_size=4))
    data[at : at + len(damage)] = damage
    try:
        stripped = strip_codestream(bytes(data), JPEG2000)
    except RefusedInputError:
        return
    assert strip_codestream(stripped, JPEG2000) == stripped
