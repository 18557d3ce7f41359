import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.errors import RefusedInputError
from case_library.model.trim import Trim, TrimError, parse_trim

TIMES = [i / 10 for i in range(20)]


@pytest.mark.parametrize(
    ("text", "trim"),
    [
        ("2.5s-7s", Trim(from_s=2.5, to_s=7.0)),
        ("2.5s-", Trim(from_s=2.5)),
        ("-7s", Trim(to_s=7.0)),
        ("61-120", Trim(from_frame=61, to_frame=120)),
        ("61-", Trim(from_frame=61)),
        (" -120 ", Trim(to_frame=120)),
    ],
)
def test_a_part_is_named_in_seconds_or_frames(text: str, trim: Trim) -> None:
    assert parse_trim(text) == trim


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "names no part"),
        ("-", "names no part"),
        ("abc", "names no part"),
        ("1-2-3", "names no part"),
        ("2s-7", "mixes seconds and frame numbers"),
        ("2.5-7", "has a fraction but no unit"),
        ("0-7", "frame numbers begin at 1"),
        ("7-2", "ends before it begins"),
        ("7s-2s", "ends before it begins"),
    ],
)
def test_a_text_that_names_no_part_is_refused_with_the_form_to_write(text: str, reason: str) -> None:
    with pytest.raises(TrimError, match=reason):
        parse_trim(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("0.5s-1s", (5, 10)),
        ("0.45s-", (5, 19)),
        ("-0.55s", (0, 5)),
        ("3-5", (2, 4)),
        ("3-500", (2, 19)),
        ("-1", (0, 0)),
    ],
)
def test_both_ends_are_in_the_part(text: str, part: tuple[int, int]) -> None:
    assert parse_trim(text).frames(TIMES, 20) == part


def test_a_part_outside_the_clip_is_refused() -> None:
    with pytest.raises(RefusedInputError, match="none of its 20 frame"):
        parse_trim("5s-6s").frames(TIMES, 20)
    with pytest.raises(RefusedInputError, match="none of its 20 frame"):
        parse_trim("21-").frames(TIMES, 20)


def test_without_times_seconds_are_refused_and_frames_are_not() -> None:
    with pytest.raises(RefusedInputError, match="it has no times"):
        parse_trim("1s-").frames(None, 20)
    assert parse_trim("3-5").frames(None, 20) == (2, 4)


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_a_part_lies_in_the_clip(first: int, last: int, count: int) -> None:
    try:
        trim = parse_trim(f"{first}-{last}")
        start, stop = trim.frames(None, count)
    except (TrimError, RefusedInputError):
        assert last < first or first > count
        return
    assert 0 <= start <= stop < count
    assert (start, stop) == (first - 1, min(last, count) - 1)
