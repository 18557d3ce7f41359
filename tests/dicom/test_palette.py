from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from case_library.dicom.palette import expand_segments, palette_of
from case_library.errors import RefusedInputError

DISCRETE, LINEAR, INDIRECT = 0, 1, 2


def words(*cells: int) -> bytes:
    return np.array(cells, "<u2").tobytes()


def header(entries: int, first: int, bits: int, data: bytes, segmented: bool = False) -> Dataset:
    ds = Dataset()
    for colour in ("Red", "Green", "Blue"):
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [entries, first, bits])
        setattr(ds, f"{'Segmented' if segmented else ''}{colour}PaletteColorLookupTableData", data)
    return ds


@pytest.mark.parametrize(
    ("segments", "table"),
    [
        pytest.param((DISCRETE, 3, 7, 8, 9), [7, 8, 9], id="discrete"),
        pytest.param((DISCRETE, 1, 100, LINEAR, 4, 200), [100, 125, 150, 175, 200], id="linear"),
        pytest.param((DISCRETE, 1, 100, LINEAR, 2, 0), [100, 50, 0], id="linear-down"),
        pytest.param((DISCRETE, 1, 7, LINEAR, 3, 7), [7, 7, 7, 7], id="linear-level"),
        # Two segments from byte 0, the discrete and the linear one.
        pytest.param(
            (DISCRETE, 2, 0, 10, LINEAR, 2, 30, INDIRECT, 2, 0, 0), [0, 10, 20, 30, 0, 10, 20, 30], id="indirect",
        ),
        # The linear segment begins at cell 4, byte 8; it goes on from the last entry.
        pytest.param(
            (DISCRETE, 2, 0, 10, LINEAR, 2, 30, INDIRECT, 1, 8, 0), [0, 10, 20, 30, 30, 30], id="indirect-by-byte",
        ),
        pytest.param((DISCRETE, 0, DISCRETE, 1, 5), [5], id="empty-segment"),
    ],
)  # fmt: skip
def test_segments_are_expanded(segments: tuple[int, ...], table: list[int]) -> None:
    found, used = expand_segments(words(*segments), len(table), 2)
    assert found.tolist() == table
    assert used == 2 * len(segments)


def test_segments_of_bytes_give_their_offset_in_four_of_them() -> None:
    data = bytes((DISCRETE, 2, 0, 10, LINEAR, 2, 30, INDIRECT, 1, 4, 0, 0, 0))
    assert expand_segments(data, 6, 1)[0].tolist() == [0, 10, 20, 30, 30, 30]


def test_what_lies_behind_the_last_entry_is_not_used() -> None:
    found, used = expand_segments(words(DISCRETE, 2, 1, 2) + b"Doe, Jane", 2, 2)
    assert (found.tolist(), used) == ([1, 2], 8)


@pytest.mark.parametrize(
    "segments",
    [
        pytest.param((), id="none"),
        pytest.param((DISCRETE, 9, 1, 2), id="cut-short"),
        pytest.param((DISCRETE, 1, 1), id="too-few-entries"),
        pytest.param((LINEAR, 4, 9), id="linear-without-a-start"),
        pytest.param((INDIRECT, 1, 0, 0), id="indirect-to-itself"),
        pytest.param((DISCRETE, 1, 1, INDIRECT, 65535, 0, 0), id="indirect-to-indirect"),
        pytest.param((DISCRETE, 1, 1, INDIRECT, 1, 9999, 9999), id="indirect-to-nowhere"),
        pytest.param((DISCRETE, 0, *(INDIRECT, 65535, 0, 0) * 20), id="empty-segments-without-end"),
        pytest.param((DISCRETE, 1, 1, *(INDIRECT, 0, 0, 0) * 4), id="indirect-to-nothing"),
        pytest.param((3, 1, 1), id="reserved"),
    ],
)
def test_segments_that_do_not_fill_the_table_are_refused(segments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="segment"):
        expand_segments(words(*segments), 4, 2)


@pytest.mark.parametrize(
    ("entries", "first", "bits", "signed", "shown"),
    [
        pytest.param(256, 0, 8, False, {0: 0, 255: 255}, id="8-bit"),
        pytest.param(100, 50, 8, False, {0: 0, 50: 0, 51: 1, 149: 99, 255: 99}, id="first-value-mapped"),
        pytest.param(256, -128, 8, True, {0x80: 0, 0: 128, 0x7F: 255}, id="signed"),
        pytest.param(256, 0xFF80, 8, True, {0x80: 0, 0: 128}, id="signed-first-value-as-us"),
    ],
)
def test_a_stored_value_takes_its_entry_or_the_nearest(
    entries: int, first: int, bits: int, signed: bool, shown: dict[int, int]
) -> None:
    palette = palette_of(header(entries, first, bits, bytes(range(entries))), 8, signed)
    assert palette.shape == (256, 3)
    assert {value: int(palette[value, 0]) for value in shown} == shown


def test_entries_of_a_big_endian_file_are_turned() -> None:
    ramp = np.arange(256, dtype=">u2") * 256
    ds = header(256, 0, 16, ramp.tobytes())
    ds.set_original_encoding(False, False)
    assert palette_of(ds, 8, False)[:, 1].tolist() == list(range(256))


@pytest.mark.parametrize(
    "ds",
    [
        pytest.param(Dataset(), id="nothing"),
        pytest.param(header(256, 0, 16, bytes(300)), id="cut-short"),
        pytest.param(header(256, 0, 8, bytes(100)), id="8-bit-cut-short"),
        pytest.param(header(256, 0, 32, bytes(1024)), id="32-bit"),
        pytest.param(header(4, 0, 16, words(INDIRECT, 1, 0, 0), segmented=True), id="segments-that-go-round"),
    ],
)
def test_a_palette_that_cannot_be_used_is_refused(ds: Any) -> None:
    with pytest.raises(RefusedInputError, match="Palette Color Lookup Tables cannot be used"):
        palette_of(ds, 8, False)
