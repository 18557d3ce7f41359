from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.sources.sequences import Numbering, natural_key, numbering_of


def numbered(*names: str) -> Numbering | None:
    return numbering_of([PurePath(name) for name in names])


def test_names_that_differ_in_one_number_are_numbered() -> None:
    assert numbered("scan_8.png", "scan_9.png", "scan_10.png") == Numbering((0, 1, 2))


def test_numbers_in_steps_are_a_numbering_without_gaps() -> None:
    found = numbered("S1_L20_025.png", "S1_L20_075.png", "S1_L20_125.png")
    assert found == Numbering((0, 1, 2))
    assert found.note() is None


def test_a_missing_number_leaves_its_place_free_and_is_said() -> None:
    found = numbered("a048.png", "a050.png", "a052.png", "a058.png", "a060.png")
    assert found == Numbering((0, 1, 2, 5, 6))
    assert found.gaps == ((3, 2),)
    assert found.note() == "in the names of the pictures 2 numbers are missing: 2 after frame 3"


def test_what_is_missing_is_said_without_a_number_of_a_name() -> None:
    # The number may be a date.
    found = numbered("a20240301.png", "a20240302.png", "a20240304.png", "a20240305.png")
    assert found is not None
    assert "2024" not in (found.note() or "")


@pytest.mark.parametrize(
    "names",
    [("knee.png", "hip.png"), ("a1.png",), ("a1b2.png", "a2b3.png"), ("x/a1.png", "y/a2.png"), ("a1.png", "a01.png")],
)
def test_other_names_are_no_numbering(names: tuple[str, ...]) -> None:
    assert numbered(*names) is None


def test_numbers_far_apart_give_an_order_and_no_gaps() -> None:
    assert numbered("a1.png", "a71.png", "a104.png") == Numbering((0, 1, 2))


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=30, unique=True), st.integers(1, 5))
def test_any_rising_numbers_give_rising_places_from_zero(numbers: list[int], width: int) -> None:
    names = sorted((PurePath(f"s{n:0{width}d}.png") for n in numbers), key=natural_key)
    found = numbering_of(names)
    assert found is not None
    assert found.places[0] == 0
    assert all(a < b for a, b in zip(found.places, found.places[1:], strict=False))
    assert found.places[-1] >= len(numbers) - 1


@given(st.text(max_size=30), st.text(max_size=30))
def test_natural_order_is_an_order(a: str, b: str) -> None:
    assert (natural_key(a) < natural_key(b)) + (natural_key(b) < natural_key(a)) <= 1
