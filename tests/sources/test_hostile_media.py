"""Any bytes in place of a picture, an animation, a zip or a video end in frames or in a refusal, and leave nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_library.errors import CaseLibraryError
from case_library.sources.clips import clips_of, open_clip
from case_library.sources.expand import Expansion
from case_library.sources.scratch import scratch_folder
from case_library.sources.zip_archive import UnpackLimits
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import ramp_frames
from tests.fuzz.seeds import write_media_seeds
from tests.media_files import as_bytes

SEED_NAMES = [
    "a.png", "a.jpg", "a.bmp", "a.tif", "a.gif", "a.webp", "wide.png", "clear.png", "moving.gif", "moving.webp",
    "pages.tif", "a.zip", "a.mp4", "a.avi", "a.mkv",
]  # fmt: skip
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    write_media_seeds(folder)
    return folder


def damaged(data: bytes, changes: list[tuple[float, int]], keep: float) -> bytes:
    """Return the bytes with some of them changed, cut short."""
    found = bytearray(data)
    for place, value in changes:
        found[int(place * len(found))] = value
    return bytes(found[: max(1, round(keep * len(found)))])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, keep=st.one_of(st.just(1.0), st.floats(0.05, 1)))
@pytest.mark.parametrize("name", SEED_NAMES)
def test_damage_ends_in_frames_or_a_refusal(
    seeds: Path, tmp_path: Path, name: str, changes: list[tuple[float, int]], keep: float
) -> None:
    if not (seeds / name).exists():
        pytest.skip("the extra 'video' is not installed")
    path = tmp_path / "input"
    path.write_bytes(damaged((seeds / name).read_bytes(), changes, keep))
    reasons: list[str] = []
    with scratch_folder(tmp_path) as scratch:
        files = Expansion(scratch, UnpackLimits(), lambda shown, reason: reasons.append(reason)).files([path])
        for clip in clips_of(files, lambda shown, reason: reasons.append(reason)):
            try:
                with open_clip(clip) as source:
                    for i in (0, source.frame_count - 1):
                        assert source.read_frame(i).shape[:2] == (source.rows, source.columns)
                    assert source.clock.frame_count == source.frame_count
            except CaseLibraryError as error:
                reasons.append(str(error))
    assert all("\n" not in reason and str(tmp_path) not in reason for reason in reasons)
    assert {path.name for path in tmp_path.iterdir()} == {"input"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(SEED_NAMES), changes=CHANGES, keep=st.one_of(st.just(1.0), st.floats(0.2, 1)))
def test_an_import_of_damage_leaves_a_whole_library_or_none(
    seeds: Path, tmp_path: Path, name: str, changes: list[tuple[float, int]], keep: float
) -> None:
    if not (seeds / name).exists():
        return
    path = tmp_path / "input"
    path.write_bytes(damaged((seeds / name).read_bytes(), changes, keep))
    library = Library(tmp_path / "library")
    report = import_files(library, [path], b"s" * 32, ImportOptions(dry_run=True))
    assert report.imported or report.refused
    assert {path.name for path in tmp_path.iterdir()} <= {"input", "library"}
    assert library.entries() == []


@pytest.mark.parametrize("count", [500])
def test_a_small_file_of_monstrous_frames_is_refused(tmp_path: Path, count: int) -> None:
    # The logical screen of a GIF says 60000 x 1000; its frames are 1 x 1.
    tiny = as_bytes(ramp_frames(1, 1, 1)[0], "GIF")
    block = tiny[tiny.index(b",") : tiny.rindex(b";")]
    start = bytearray(tiny[: tiny.index(b",")])
    start[6:10] = (60_000).to_bytes(2, "little") + (1000).to_bytes(2, "little")
    (tmp_path / "a.gif").write_bytes(bytes(start) + block * count + b";")
    (refusal,) = import_files(Library(tmp_path / "library"), [tmp_path / "a.gif"], b"s" * 32).refused
    assert "more than any picture holds" in refusal.reason
