import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from case_library.phantoms.build import (
    EXAMPLE_CASES,
    PHANTOMS,
    PhantomFiles,
    PhantomRenderer,
    build_phantom,
)
from case_library.sources.dicom import open_dicom


@pytest.fixture(scope="module")
def progress() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, progress: list[tuple[int, int]]) -> PhantomFiles:
    folder = tmp_path_factory.mktemp("phantom")
    return build_phantom("C01-2", folder, lambda done, total: progress.append((done, total)))


@pytest.fixture(scope="module")
def truth(built: PhantomFiles) -> Any:
    return json.loads(built.truth.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def header(built: PhantomFiles) -> Iterator[pydicom.Dataset]:
    yield pydicom.dcmread(built.dicom)


def test_progress_counts_every_frame(built: PhantomFiles, progress: list[tuple[int, int]]) -> None:
    assert progress == [(done, 120) for done in range(1, 121)]


def test_the_clip_has_the_grid_of_the_reference(header: pydicom.Dataset) -> None:
    assert (header.Columns, header.Rows, header.NumberOfFrames) == (480, 400, 120)
    assert float(header.FrameTime) == 33.333
    assert header.StageName == "ISOM CONTRACTION" and header.ViewName == "LONG AXIS"
    assert header.RepresentativeFrameNumber == 61
    assert header.PatientName == "PHANTOM^C01" and header.PatientIdentityRemoved == "YES"


def test_its_clock_and_scale_are_trusted(built: PhantomFiles) -> None:
    with open_dicom(built.dicom) as source:
        assert source.clock.trusted and source.clock.frame_time_s == pytest.approx(0.033333)
        assert source.scale.trusted and source.scale.mm_per_px == pytest.approx((0.125, 0.125))


@pytest.mark.parametrize("frame_number", [1, 46, 120])
def test_what_is_decoded_is_what_was_rendered(built: PhantomFiles, frame_number: int) -> None:
    rendered = PhantomRenderer(PHANTOMS["C01-2"]).frame(frame_number - 1)
    with open_dicom(built.dicom) as source:
        decoded = source.read_frame(frame_number - 1)
    assert decoded.shape == rendered.shape
    assert np.abs(decoded.astype(float) - rendered).mean() < 3.5


def test_a_frame_is_the_same_whenever_it_is_made_and_differs_from_its_neighbour() -> None:
    first, second = (PhantomRenderer(PHANTOMS["C01-2"]) for _ in range(2))
    assert np.array_equal(first.frame(40), second.frame(40))
    assert not np.array_equal(first.frame(3), first.frame(4))


def test_the_file_is_small_enough_to_be_shipped(built: PhantomFiles) -> None:
    assert 1_500_000 < built.dicom.stat().st_size < 5_200_000


def test_the_truth_describes_the_file(truth: Any, header: pydicom.Dataset) -> None:
    assert truth["schema_version"] == 1 and truth["clip_id"] == "C01-2" and truth["synthetic"] is True
    assert (truth["columns"], truth["rows"], truth["frame_count"]) == (480, 400, header.NumberOfFrames)
    assert truth["frame_time_s"] == pytest.approx(float(header.FrameTime) / 1000.0)
    assert [frame["frame_number"] for frame in truth["frames"]] == list(range(1, 121))


@pytest.mark.parametrize(
    ("frame_number", "gap_mm"),
    # As the clinical reference has them for this clip.
    [(1, 2.0), (34, 3.46), (39, 9.7), (46, 16.0), (61, 16.0)],
)
def test_the_truth_is_that_of_the_reference(truth: Any, frame_number: int, gap_mm: float) -> None:
    frame = truth["frames"][frame_number - 1]
    assert frame["gap_mm"] == pytest.approx(gap_mm, abs=0.02)


def test_millimetres_and_pixels_of_the_truth_agree(truth: Any) -> None:
    for frame in truth["frames"]:
        proximal, distal = np.array(frame["proximal_edge_mm"]), np.array(frame["distal_edge_mm"])
        assert distal[0] - proximal[0] == pytest.approx(frame["gap_mm"], abs=1e-3)
        assert np.array(frame["proximal_edge_px"]) * 0.125 == pytest.approx(proximal, abs=1e-3)
        assert np.array(frame["distal_edge_px"]) * 0.125 == pytest.approx(distal, abs=1e-3)


def test_a_built_clip_is_never_overwritten(built: PhantomFiles) -> None:
    before = built.dicom.stat().st_mtime_ns
    with pytest.raises(FileExistsError):
        build_phantom("C01-2", built.dicom.parent)
    assert built.dicom.stat().st_mtime_ns == before


def test_the_clip_conforms_to_its_iod(built: PhantomFiles) -> None:
    tool = shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    run = subprocess.run([tool, str(built.dicom)], capture_output=True, text=True, check=False)
    assert not [line for line in (run.stdout + run.stderr).splitlines() if line.startswith("Error")]


@pytest.mark.parametrize("slug", EXAMPLE_CASES)
def test_an_example_case_names_its_clips_and_says_that_it_is_synthetic(slug: str) -> None:
    case = EXAMPLE_CASES[slug]
    assert case.slug == slug and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(case.title) <= 200 and len(case.summary) <= 2000
    assert "Synthetic" in case.summary and "illustrative" in case.summary
    assert case.created_at.tzinfo is not None
    assert case.clip_ids and all(PHANTOMS[clip_id].case_slug == slug for clip_id in case.clip_ids)


def test_an_unknown_phantom_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        build_phantom("C99-1", tmp_path)
    assert not list(tmp_path.iterdir())
