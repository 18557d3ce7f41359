import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from case_library.phantoms.build import PhantomFiles, PhantomRenderer, build_phantom, write_blank
from case_library.phantoms.clip_truth import truth_of
from case_library.phantoms.registry import PHANTOMS
from case_library.sources.dicom import open_dicom

STILL, MOVING, FRAMES = "C10-4s", "C08-1", 6


@pytest.fixture(scope="module", autouse=True)
def short() -> Iterator[None]:
    """Let the moving clip be short: the whole way to a file in a second or two."""
    phantom = PHANTOMS[MOVING]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(dict_of(PHANTOMS), MOVING, replace(phantom, profile=replace(phantom.profile, frame_count=FRAMES)))
        yield


def dict_of(mapping: Any) -> dict[str, Any]:
    assert isinstance(mapping, dict)
    return mapping


@pytest.fixture(scope="module")
def progress() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def built(short: None, tmp_path_factory: pytest.TempPathFactory, progress: list[tuple[int, int]]) -> PhantomFiles:
    folder = tmp_path_factory.mktemp("phantom")
    return build_phantom(MOVING, folder, lambda done, total: progress.append((done, total)))


@pytest.fixture(scope="module")
def header(built: PhantomFiles) -> Iterator[pydicom.Dataset]:
    yield pydicom.dcmread(built.dicom)


def test_progress_counts_every_frame(built: PhantomFiles, progress: list[tuple[int, int]]) -> None:
    assert progress == [(done, FRAMES) for done in range(1, FRAMES + 1)]


def test_the_header_says_what_the_registry_says(header: pydicom.Dataset) -> None:
    assert (header.Columns, header.Rows, header.NumberOfFrames) == (480, 400, FRAMES)
    assert float(header.FrameTime) == 33.333
    assert (header.StageName, header.ViewName, header.Laterality) == ("REST", "SHORT AXIS", "L")
    assert header.PatientName == "PHANTOM^C08" and header.PatientIdentityRemoved == "YES"


def test_a_still_has_no_clock(tmp_path: Path) -> None:
    with open_dicom(build_phantom(STILL, tmp_path).dicom) as source:
        assert source.frame_count == 1 and source.scale.mm_per_px == pytest.approx((0.15, 0.15))


def test_clock_and_scale_are_trusted(built: PhantomFiles) -> None:
    with open_dicom(built.dicom) as source:
        assert source.clock.trusted and source.clock.frame_time_s == pytest.approx(0.033333)
        assert source.scale.trusted and source.scale.mm_per_px == pytest.approx((0.125, 0.125))


@pytest.mark.parametrize("frame_number", [1, 3, FRAMES])
def test_what_is_decoded_is_what_was_rendered(built: PhantomFiles, frame_number: int) -> None:
    rendered = PhantomRenderer(PHANTOMS[MOVING]).frame(frame_number - 1)
    with open_dicom(built.dicom) as source:
        decoded = source.read_frame(frame_number - 1)
    assert decoded.shape == rendered.shape
    # The encoder's own error; another frame differs by over 10 on average.
    assert np.abs(decoded.astype(float) - rendered).mean() < 3.5


def test_a_clip_built_again_from_its_seed_is_the_same(built: PhantomFiles, tmp_path: Path) -> None:
    again = build_phantom(MOVING, tmp_path)
    assert again.truth.read_bytes() == built.truth.read_bytes()
    with open_dicom(again.dicom) as one, open_dicom(built.dicom) as other:
        for frame_index in (0, 2, FRAMES - 1):
            difference = one.read_frame(frame_index).astype(int) - other.read_frame(frame_index)
            assert np.abs(difference).max() <= 1


def test_a_frame_is_the_same_whenever_it_is_made_and_differs_from_its_neighbour() -> None:
    first, second = (PhantomRenderer(PHANTOMS[MOVING]) for _ in range(2))
    assert np.array_equal(first.frame(4), second.frame(4))
    assert not np.array_equal(first.frame(2), first.frame(3))


def test_the_file_is_small_enough_to_be_shipped(built: PhantomFiles) -> None:
    assert built.dicom.stat().st_size / FRAMES < 45_000


def test_the_truth_beside_it_is_that_of_the_scene(built: PhantomFiles) -> None:
    truth: Any = json.loads(built.truth.read_text(encoding="utf-8"))
    assert truth == truth_of(MOVING)
    assert [frame["frame_number"] for frame in truth["frames"]] == list(range(1, FRAMES + 1))


def test_a_blank_clip_says_all_that_the_real_one_says(built: PhantomFiles, tmp_path: Path) -> None:
    write_blank(MOVING, tmp_path / "blank.dcm")
    blank, real = pydicom.dcmread(tmp_path / "blank.dcm"), pydicom.dcmread(built.dicom)
    for dataset in (blank, real):
        del dataset.PixelData, dataset.LossyImageCompressionRatio
    assert blank == real


def test_a_built_clip_is_never_overwritten(built: PhantomFiles) -> None:
    before = built.dicom.stat().st_mtime_ns
    with pytest.raises(FileExistsError):
        build_phantom(MOVING, built.dicom.parent)
    assert built.dicom.stat().st_mtime_ns == before


def test_the_clip_conforms_to_its_iod(built: PhantomFiles) -> None:
    tool = shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    run = subprocess.run([tool, str(built.dicom)], capture_output=True, text=True, check=False)
    assert not [line for line in (run.stdout + run.stderr).splitlines() if line.startswith("Error")]


def test_an_unknown_phantom_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        build_phantom("C99-1", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_clock_that_jitters_is_read_back_at_the_times_of_the_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phantom = PHANTOMS[MOVING]
    jittered = replace(phantom, profile=replace(phantom.profile, jitter_ms=6))
    monkeypatch.setitem(dict_of(PHANTOMS), MOVING, jittered)
    write_blank(MOVING, tmp_path / "clip.dcm")
    header = pydicom.dcmread(tmp_path / "clip.dcm")
    assert header.FrameIncrementPointer == 0x00181065 and "FrameTime" not in header
    with open_dicom(tmp_path / "clip.dcm") as source:
        assert source.clock.trusted
        assert source.clock.frame_times_s == pytest.approx([jittered.profile.time_s(n) for n in range(FRAMES)])
