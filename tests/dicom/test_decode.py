from typing import Any

import numpy as np
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from case_library.dicom.decode import FrameDecoder, pixel_format_of
from case_library.errors import RefusedInputError
from tests.dicom_files import header_of, ramp_frames

GREY = ramp_frames(1)
COLOUR = ramp_frames(1, samples=3)


def shown(data: bytes, header: Any) -> Any:
    return FrameDecoder(header, pixel_format_of(header), ExplicitVRLittleEndian).display(data)


def test_monochrome2_is_shown_as_stored() -> None:
    assert np.array_equal(shown(GREY[0].tobytes(), header_of(GREY)), GREY[0])


def test_monochrome1_is_inverted() -> None:
    header = header_of(GREY, PhotometricInterpretation="MONOCHROME1")
    assert np.array_equal(shown(GREY[0].tobytes(), header), 255 - GREY[0])


def test_rgb_is_shown_as_stored_whatever_its_planes() -> None:
    assert np.array_equal(shown(COLOUR[0].tobytes(), header_of(COLOUR)), COLOUR[0])
    planes = np.moveaxis(COLOUR[0], -1, 0).tobytes()
    assert np.array_equal(shown(planes, header_of(COLOUR, PlanarConfiguration=1)), COLOUR[0])


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [((0, 128, 128), (0, 0, 0)), ((255, 128, 128), (255, 255, 255)), ((76, 85, 255), (254, 0, 0)),
     ((150, 44, 21), (0, 255, 1))],
)  # fmt: skip
def test_ybr_full_becomes_rgb(ybr: tuple[int, ...], rgb: tuple[int, ...]) -> None:
    frame = np.full((4, 4, 3), ybr, np.uint8)
    header = header_of(frame[None], PhotometricInterpretation="YBR_FULL")
    assert np.abs(shown(frame.tobytes(), header).astype(int) - rgb).max() <= 1


def test_ybr_full_422_takes_its_colour_from_pairs() -> None:
    # PS3.3 C.7.6.3.1.2: Y1 Y2 CB CR for two pixels.
    header = header_of(np.zeros((1, 1, 2, 3), np.uint8), PhotometricInterpretation="YBR_FULL_422")
    pair = shown(bytes((76, 150, 128, 128)), header)
    assert np.array_equal(pair, [[[76, 76, 76], [150, 150, 150]]])


def palette(entry_bits: int, factor: int, first: int = 0, entries: int = 256) -> dict[str, Any]:
    ramp = np.arange(entries, dtype=np.uint16)
    tables = {"Red": ramp, "Green": entries - 1 - ramp, "Blue": ramp // 2}
    dtype = np.uint16 if entry_bits == 16 else np.uint8
    found: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, table in tables.items():
        found[f"{name}PaletteColorLookupTableDescriptor"] = [entries, first, entry_bits]
        found[f"{name}PaletteColorLookupTableData"] = (table * factor).astype(dtype).tobytes()
    return found


@pytest.mark.parametrize(
    ("entry_bits", "factor"), [(16, 256), (16, 257), (16, 1), (8, 1)],
    ids=["16-bit", "16-bit-full", "8-bit-values-in-16", "8-bit"],
)  # fmt: skip
def test_palette_colours_come_from_the_tables(entry_bits: int, factor: int) -> None:
    header = header_of(GREY, **palette(entry_bits, factor))
    g = GREY[0].astype(int)
    assert np.array_equal(shown(GREY[0].tobytes(), header), np.stack([g, 255 - g, g // 2], axis=-1))


def test_an_index_beyond_the_table_takes_its_last_entry() -> None:
    header = header_of(GREY, **palette(16, 256, entries=16))
    assert np.array_equal(shown(np.full((24, 32), 200, np.uint8).tobytes(), header)[0, 0], [15, 0, 7])


def test_a_damaged_palette_is_refused() -> None:
    with pytest.raises(RefusedInputError, match="Palette Color Lookup Tables cannot be used"):
        shown(GREY[0].tobytes(), header_of(GREY, PhotometricInterpretation="PALETTE COLOR"))


def test_a_window_changes_what_is_shown() -> None:
    header = header_of(GREY, WindowCenter="64", WindowWidth="128")
    decoder = FrameDecoder(header, pixel_format_of(header), ExplicitVRLittleEndian)
    assert decoder.has_voi
    picture = decoder.display(GREY[0].tobytes())
    assert picture[GREY[0] >= 128].min() == 255
    assert picture[GREY[0] == 0].max() == 0


def test_a_window_that_changes_nothing_is_none() -> None:
    header = header_of(GREY, WindowCenter="128", WindowWidth="256")
    assert not FrameDecoder(header, pixel_format_of(header), ExplicitVRLittleEndian).has_voi


def test_a_window_of_impossible_width_shows_the_stored_values() -> None:
    header = header_of(GREY, WindowCenter="0", WindowWidth="-1")
    assert np.array_equal(shown(GREY[0].tobytes(), header), GREY[0])


def test_sixteen_bit_grey_is_spread_over_eight() -> None:
    frame = np.array([[0, 1 << 11, (1 << 12) - 1]], np.uint16)
    header = header_of(np.zeros((1, 1, 3), np.uint8), BitsAllocated=16, BitsStored=12, HighBit=11)
    assert shown(frame.tobytes(), header).tolist() == [[0, 128, 255]]


def test_signed_grey_is_spread_from_its_lowest_value() -> None:
    frame = np.array([[-32768, 0, 32767]], np.int16)
    header = header_of(np.zeros((1, 1, 3), np.uint8), BitsAllocated=16, BitsStored=16, PixelRepresentation=1)
    assert shown(frame.tobytes(), header).tolist() == [[0, 128, 255]]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"Rows": 0}, "32 x 0 pixels", id="no-rows"),
        pytest.param({"Rows": 65535, "Columns": 65535}, "65535 x 65535 pixels", id="huge"),
        pytest.param({"Rows": None}, "no usable Rows", id="rows-missing"),
        pytest.param({"SamplesPerPixel": 3}, "Samples per Pixel is 3, but MONOCHROME2 has 1", id="samples"),
        pytest.param({"BitsAllocated": 32}, "Bits Allocated 32", id="bits"),
        pytest.param({"BitsStored": 9}, "Bits Stored 9 do not fit", id="stored-beyond-allocated"),
        pytest.param({"PhotometricInterpretation": "CMYK"}, "none of MONOCHROME1", id="photometric"),
        pytest.param({"NumberOfFrames": 1_000_000}, "Number of Frames is not", id="a-million-frames"),
        pytest.param({"NumberOfFrames": 0}, "Number of Frames is not", id="no-frames"),
    ],
)
def test_an_impossible_pixel_format_is_refused_before_anything_is_allocated(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RefusedInputError, match=reason):
        pixel_format_of(header_of(GREY, **changes))


def test_samples_that_do_not_begin_at_the_lowest_bit_are_refused() -> None:
    header = header_of(GREY, BitsAllocated=16, BitsStored=12, HighBit=15)
    with pytest.raises(RefusedInputError, match="High Bit is 15 for 12 Bits Stored"):
        shown(b"", header)
