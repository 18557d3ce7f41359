from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from case_library.dicom.grey_levels import grey_levels_of


def levels(bits_stored: int = 8, signed: bool = False, inverted: bool = False, **elements: Any) -> list[int]:
    header = Dataset()
    for keyword, value in elements.items():
        setattr(header, keyword, value)
    found = grey_levels_of(header, bits_stored, signed, inverted)
    return list(range(256)) if found is None else found.tolist()


def table(first: int, bits: int, *entries: int) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return item


def test_a_linear_window_follows_the_standards_formula() -> None:
    # PS3.3 C.11.2.1.2.1, note 2: center 2048 and width 4096 map 0-4095 onto the whole range.
    assert np.array_equal(levels(12, WindowCenter=2048, WindowWidth=4096), np.round(np.arange(4096) / 4095 * 255))
    # Note 4: a width of 1 is a threshold.
    assert levels(WindowCenter=100, WindowWidth=1) == [0] * 100 + [255] * 156


def test_linear_exact_differs_by_half_a_value() -> None:
    shown = levels(WindowCenter=100, WindowWidth=100, VOILUTFunction="LINEAR_EXACT")
    assert (shown[50], shown[100], shown[150]) == (0, 128, 255)


def test_a_sigmoid_is_half_at_its_center() -> None:
    shown = levels(WindowCenter=128, WindowWidth=64, VOILUTFunction="SIGMOID")
    assert shown[128] == 128
    assert shown[0] < 1
    assert shown == sorted(shown)


@pytest.mark.parametrize(
    "window",
    [
        {"WindowCenter": 100},
        {"WindowCenter": 100, "WindowWidth": 0},
        {"WindowCenter": 100, "WindowWidth": "0.5"},
        {"WindowCenter": "1e300", "WindowWidth": 10},
        {"WindowCenter": 100, "WindowWidth": 10, "VOILUTFunction": "ANOTHER"},
        {"VOILUTSequence": []},
        {"VOILUTSequence": [Dataset()]},
        {"VOILUTSequence": [table(0, 8)]},
    ],
)
def test_a_voi_that_cannot_be_understood_counts_as_absent(window: dict[str, Any]) -> None:
    assert levels(**window) == list(range(256))


def test_a_voi_table_counts_more_than_a_window_and_is_held_at_its_ends() -> None:
    shown = levels(VOILUTSequence=[table(100, 8, 10, 20, 255)], WindowCenter=1, WindowWidth=1)
    assert (shown[0], shown[100], shown[101], shown[102], shown[255]) == (10, 10, 20, 255, 255)


def test_rescaled_values_go_through_the_window_of_other_modalities() -> None:
    rescale = {"RescaleSlope": 2, "RescaleIntercept": -100, "WindowCenter": "100.5", "WindowWidth": 101}
    shown = levels(Modality="CT", **rescale)
    assert (shown[75], shown[100], shown[125]) == (0, 128, 255)
    # The ultrasound objects have no Modality LUT: a rescale there is nothing to us.
    assert levels(Modality="US", RescaleSlope=-1, RescaleIntercept=255) == list(range(256))


def test_a_negative_slope_inverts() -> None:
    assert levels(Modality="OT", RescaleSlope=-1, RescaleIntercept=0) == list(range(255, -1, -1))


def test_a_modality_table_goes_before_the_window() -> None:
    shown = levels(Modality="OT", ModalityLUTSequence=[table(0, 16, *range(0, 25600, 100))], WindowCenter="10000.5",
                   WindowWidth=10001)  # fmt: skip
    assert (shown[50], shown[100], shown[150]) == (0, 128, 255)


@given(st.floats(-1e9, 1e9), st.floats(1, 1e9), st.booleans(), st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]))
def test_a_window_never_turns_the_order_of_greys(center: float, width: float, signed: bool, function: str) -> None:
    shown = levels(10, signed, WindowCenter=f"{center:.8g}", WindowWidth=f"{width:.8g}", VOILUTFunction=function)
    assert shown == sorted(shown)
