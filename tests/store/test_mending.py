from pathlib import Path

import pytest

from case_library.errors import CaseLibraryError, StaleEditError
from case_library.model.calibration import CalibrationError, ScaleOrigin
from case_library.model.timing import ClockOrigin
from case_library.store.check import check_library
from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.mending import MendingError, state_clock, state_scale
from tests.dicom_files import native_file, ramp_frames
from tests.store.conftest import SECRET

POINTS = ((10.0, 20.0), (10.0, 60.0))


@pytest.fixture
def bare(library: Library, tmp_path: Path) -> str:
    """Return a draft whose clip has no clock and no scale that can be trusted."""
    path = native_file(
        tmp_path / "a.dcm", ramp_frames(5, 80, 100), FrameTime=None, FrameIncrementPointer=None, CineRate="20",
        SequenceOfUltrasoundRegions=None,
    )  # fmt: skip
    return import_files(library, [path], SECRET).imported[0].slug


@pytest.fixture
def trusted(library: Library, tmp_path: Path) -> str:
    return import_files(library, [native_file(tmp_path / "b.dcm", ramp_frames(5))], SECRET).imported[0].slug


def test_a_stated_rate_is_the_clock_and_says_who_stated_it(library: Library, bare: str) -> None:
    clock = state_clock(library, bare, "clip-1", 25.0, 1).clips[0].clock
    assert (clock.origin, clock.trusted, clock.frame_time_s) == (ClockOrigin.STATED, True, 0.04)
    assert clock.why == "Stated by a person: 25 frames per second"


def test_two_points_on_the_depth_scale_are_the_scale(library: Library, bare: str) -> None:
    scale = state_scale(library, bare, "clip-1", POINTS, 20.0, 1).clips[0].scale
    assert (scale.origin, scale.trusted) == (ScaleOrigin.STATED, True)
    assert scale.mm_per_px == pytest.approx((0.5, 0.5))


def test_what_was_stated_can_be_taken_back_and_check_has_nothing_against_either(library: Library, bare: str) -> None:
    before = library.read(bare).clips[0]
    state_clock(library, bare, "clip-1", 25.0, 1)
    state_scale(library, bare, "clip-1", POINTS, 20.0, 2)
    assert check_library(library) == []
    state_clock(library, bare, "clip-1", None, 3)
    after = state_scale(library, bare, "clip-1", None, 0.0, 4).clips[0]
    assert after == before
    assert check_library(library) == []


def test_a_clock_or_scale_of_the_file_that_can_be_trusted_is_kept(library: Library, trusted: str) -> None:
    with pytest.raises(MendingError, match="its own clock can be trusted"):
        state_clock(library, trusted, "clip-1", 25.0, 1)
    with pytest.raises(MendingError, match="its own scale can be trusted"):
        state_scale(library, trusted, "clip-1", ((1.0, 1.0), (1.0, 22.0)), 20.0, 1)
    assert library.read(trusted).revision == 1


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf"), 1e6])
def test_what_is_no_rate_changes_nothing(library: Library, bare: str, fps: float) -> None:
    with pytest.raises(MendingError):
        state_clock(library, bare, "clip-1", fps, 1)
    assert library.read(bare).revision == 1


@pytest.mark.parametrize(
    ("points", "length_mm"),
    [
        (((10.0, 20.0), (10.0, 25.0)), 20.0),
        (((10.0, 20.0), (10.0, 500.0)), 20.0),
        (((-1.0, 20.0), (10.0, 60.0)), 20.0),
        (((float("nan"), 20.0), (10.0, 60.0)), 20.0),
        (POINTS, 0.0),
        (POINTS, float("nan")),
    ],
)
def test_what_is_no_scale_changes_nothing(library: Library, bare: str, points: object, length_mm: float) -> None:
    with pytest.raises((MendingError, CalibrationError)):
        state_scale(library, bare, "clip-1", points, length_mm, 1)  # type: ignore[arg-type]
    assert library.read(bare).revision == 1


def test_a_statement_about_an_older_revision_is_refused(library: Library, bare: str) -> None:
    state_clock(library, bare, "clip-1", 25.0, 1)
    with pytest.raises(StaleEditError):
        state_clock(library, bare, "clip-1", 30.0, 1)
    with pytest.raises(CaseLibraryError, match="no clip"):
        state_clock(library, bare, "clip-7", 30.0, 2)


def test_a_published_clip_may_be_given_a_scale_and_no_clock(library: Library, bare: str) -> None:
    case = confirm_draft(library, bare, "A test", stated_viewed=True)
    scale = state_scale(library, bare, "clip-1", POINTS, 20.0, case.revision).clips[0].scale
    assert scale.origin is ScaleOrigin.STATED
    with pytest.raises(MendingError, match="published"):
        state_clock(library, bare, "clip-1", 25.0, case.revision + 1)
