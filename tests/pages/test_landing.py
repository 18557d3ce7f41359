import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.model.timing import Playback
from case_library.pages.landing import landing
from tests.packs.a_library import case_of, grey_cine


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    case = case_of(grey_cine(folder / "a.dcm", 20), grey_cine(folder / "b.dcm", 5))
    trimmed = case.clips[1].model_copy(update={"playback": Playback(start_frame=3, stop_frame=4)})
    return case.model_copy(update={"clips": (case.clips[0], trimmed)})


@pytest.mark.parametrize(
    ("clip", "frame", "clip_id", "frame_number", "noted"),
    [
        (None, None, "clip-1", 1, False),
        ("", "", "clip-1", 1, False),
        (None, "7", "clip-1", 7, False),
        ("clip-2", None, "clip-2", 3, False),
        ("clip-2", "1", "clip-2", 1, False),
        ("clip-1", "20", "clip-1", 20, False),
        ("clip-1", "21", "clip-1", 20, True),
        ("clip-1", "0", "clip-1", 1, True),
        ("clip-1", "-3", "clip-1", 1, True),
        ("clip-1", "third", "clip-1", 1, True),
        ("clip-1", "1.5", "clip-1", 1, True),
        ("clip-1", "٣", "clip-1", 1, True),
        ("clip-1", "9" * 5000, "clip-1", 1, True),
        ("clip-9", "7", "clip-1", 1, True),
        ("../clip-1", None, "clip-1", 1, True),
    ],
)
def test_where_a_link_lands(case, clip, frame, clip_id, frame_number, noted):
    place = landing(case, clip, frame)
    assert (place.clip.clip_id, place.frame_number, place.note is not None) == (clip_id, frame_number, noted)


@given(clip=st.none() | st.text(), frame=st.none() | st.text() | st.integers().map(str))
def test_every_link_lands_inside_a_clip(case, clip, frame):
    place = landing(case, clip, frame)
    assert 1 <= place.frame_number <= place.clip.frame_count


def test_what_a_note_says_is_never_what_the_link_said(case):
    assert "MARKER" not in landing(case, "MARKER", "MARKER").note
