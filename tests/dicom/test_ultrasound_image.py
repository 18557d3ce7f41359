import io
import shutil
import subprocess
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from pydicom.encaps import generate_frames

from case_library.dicom.ultrasound_image import UltrasoundImageHeader, write_ultrasound_image
from case_library.dicom.write import WriteError

ROWS, COLUMNS = 24, 32


def header(**changes: Any) -> UltrasoundImageHeader:
    given: dict[str, Any] = {
        "study_instance_uid": "2.25.1001",
        "series_instance_uid": "2.25.1002",
        "sop_instance_uid": "2.25.1003",
        "patient_name": "PHANTOM^TEST",
        "deidentification_method": "synthetic",
        "manufacturer": "case-library phantom",
        "cm_per_px": (0.02, 0.01),
        "frame_time_ms": 33.333,
        "stage": "ISOM CONTRACTION",
        "view": "LONG AXIS",
        "transducer_type": "LINEAR",
        "transducer_frequency_khz": 9000.0,
        "depth_mm": 50.0,
        "body_part": "THIGH",
        "laterality": "R",
    }
    return UltrasoundImageHeader(**(given | changes))


def frames(count: int, rows: int = ROWS, columns: int = COLUMNS) -> list[NDArray[np.uint8]]:
    y, x = np.mgrid[0:rows, 0:columns]
    return [((x * 5 + y * 3 + 20 * i) % 256).astype(np.uint8) for i in range(count)]


def written(path: Path, count: int = 3, quality: int = 90, **changes: Any) -> pydicom.Dataset:
    write_ultrasound_image(path, header(**changes), frames(count), quality=quality)
    return pydicom.dcmread(path)


def test_several_frames_become_a_multi_frame_image(tmp_path: Path) -> None:
    dataset = written(tmp_path / "clip.dcm", representative_frame=2)
    assert dataset.SOPClassUID.name == "Ultrasound Multi-frame Image Storage"
    assert dataset.file_meta.TransferSyntaxUID.name == "JPEG Baseline (Process 1)"
    assert (dataset.NumberOfFrames, dataset.Rows, dataset.Columns) == (3, ROWS, COLUMNS)
    assert dataset.PhotometricInterpretation == "MONOCHROME2"
    assert dataset.FrameIncrementPointer == pydicom.tag.Tag("FrameTime")
    assert float(dataset.FrameTime) == 33.333
    assert dataset.RepresentativeFrameNumber == 2
    assert (dataset.StageName, dataset.StageNumber, dataset.NumberOfStages) == ("ISOM CONTRACTION", 1, 1)
    assert (dataset.ViewName, dataset.ViewNumber, dataset.NumberOfViewsInStage) == ("LONG AXIS", 1, 1)
    assert (dataset.TransducerType, dataset.DepthOfScanField, dataset.Laterality) == ("LINEAR", 50, "R")


def test_one_frame_becomes_an_image_without_a_clock(tmp_path: Path) -> None:
    dataset = written(tmp_path / "still.dcm", count=1, frame_time_ms=None)
    assert dataset.SOPClassUID.name == "Ultrasound Image Storage"
    for keyword in ("NumberOfFrames", "FrameTime", "FrameTimeVector", "FrameIncrementPointer"):
        assert keyword not in dataset


def test_an_irregular_clock_is_a_vector_that_the_pointer_names(tmp_path: Path) -> None:
    dataset = written(tmp_path / "clip.dcm", frame_time_ms=None, frame_time_vector_ms=(0.0, 20.0, 30.5))
    assert dataset.FrameIncrementPointer == pydicom.tag.Tag("FrameTimeVector")
    assert [float(step) for step in dataset.FrameTimeVector] == [0.0, 20.0, 30.5]
    assert "FrameTime" not in dataset


def test_nobody_is_in_it(tmp_path: Path) -> None:
    dataset = written(tmp_path / "clip.dcm")
    assert dataset.PatientIdentityRemoved == "YES"
    assert dataset.DeidentificationMethod == "synthetic"
    assert dataset.BurnedInAnnotation == "NO"
    for keyword in ("PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "AccessionNumber"):
        assert not dataset[keyword].value


@pytest.mark.parametrize(
    ("region_px", "bounds"),
    [
        pytest.param(None, (0, 0, COLUMNS - 1, ROWS - 1), id="whole-frame"),
        pytest.param((2, 4, 20, 18), (2, 4, 20, 18), id="box"),
    ],
)
def test_one_region_is_calibrated_in_centimetres(
    tmp_path: Path, region_px: tuple[int, int, int, int] | None, bounds: tuple[int, int, int, int]
) -> None:
    (region,) = written(tmp_path / "clip.dcm", region_px=region_px).SequenceOfUltrasoundRegions
    found = (
        region.RegionLocationMinX0,
        region.RegionLocationMinY0,
        region.RegionLocationMaxX1,
        region.RegionLocationMaxY1,
    )
    assert found == bounds
    assert (region.RegionSpatialFormat, region.RegionDataType) == (1, 1)
    assert (region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection) == (3, 3)
    assert (region.PhysicalDeltaX, region.PhysicalDeltaY) == (0.02, 0.01)
    assert region.TransducerFrequency == 9000


def test_the_lossy_history_is_that_of_the_stored_bytes(tmp_path: Path) -> None:
    dataset = written(tmp_path / "clip.dcm")
    stored = list(generate_frames(dataset.PixelData, number_of_frames=3))
    assert dataset.LossyImageCompression == "01"
    assert dataset.LossyImageCompressionMethod == "ISO_10918_1"
    ratio = 3 * ROWS * COLUMNS / sum(map(len, stored))
    assert float(dataset.LossyImageCompressionRatio) == pytest.approx(ratio, rel=0.01)


def test_each_frame_is_baseline_jpeg_and_close_to_what_was_given(tmp_path: Path) -> None:
    dataset = written(tmp_path / "clip.dcm", quality=95)
    for stored, original in zip(generate_frames(dataset.PixelData, number_of_frames=3), frames(3), strict=True):
        with Image.open(io.BytesIO(stored)) as image:
            assert (image.format, image.mode, image.info.get("progressive")) == ("JPEG", "L", None)
            assert np.abs(np.asarray(image).astype(float) - original).mean() < 3.0


def test_a_lower_quality_makes_a_smaller_file(tmp_path: Path) -> None:
    written(tmp_path / "fine.dcm", quality=95)
    written(tmp_path / "coarse.dcm", quality=40)
    assert (tmp_path / "coarse.dcm").stat().st_size < (tmp_path / "fine.dcm").stat().st_size


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path / "one.dcm")
    written(tmp_path / "two.dcm")
    assert (tmp_path / "one.dcm").read_bytes() == (tmp_path / "two.dcm").read_bytes()


def test_decoded_frames_are_let_go_one_by_one(tmp_path: Path) -> None:
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    most = 0

    def given() -> Iterator[NDArray[np.uint8]]:
        nonlocal most
        for value in range(12):
            frame = np.full((ROWS, COLUMNS), value, np.uint8)
            alive.add(_Watched(frame))
            yield frame
            del frame
            most = max(most, len(alive))

    class _Watched:
        def __init__(self, frame: NDArray[np.uint8]) -> None:
            weakref.finalize(frame, alive.discard, self)

    write_ultrasound_image(tmp_path / "clip.dcm", header(), given())
    assert most <= 2


@given(st.integers(1, 4), st.integers(1, 40), st.integers(1, 40))
def test_any_size_is_read_back(tmp_path_factory: pytest.TempPathFactory, count: int, rows: int, columns: int) -> None:
    if min(rows, columns) == 1:
        rows, columns = rows + 1, columns + 1
    path = tmp_path_factory.mktemp("sizes") / "clip.dcm"
    write_ultrasound_image(path, header(), frames(count, rows, columns))
    pixels = pydicom.dcmread(path).pixel_array
    assert pixels.shape == ((rows, columns) if count == 1 else (count, rows, columns))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"frame_time_ms": None}, "either .* Frame Time or", id="no-clock"),
        pytest.param({"frame_time_vector_ms": (0, 1, 1)}, "not both", id="two-clocks"),
        pytest.param({"frame_time_ms": 0.0}, "must be above 0", id="frame-time-nought"),
        pytest.param({"frame_time_ms": None, "frame_time_vector_ms": (0, 9)}, "2 values for 3", id="short-vector"),
        pytest.param({"frame_time_ms": None, "frame_time_vector_ms": (1, 9, 9)}, "first 0", id="vector-start"),
        pytest.param({"representative_frame": 4}, "not within 1-3", id="representative-frame"),
        pytest.param({"stage": "ISOMETRIC CONTRACTION"}, "21 characters", id="long-stage"),
        pytest.param({"view": "X" * 17}, "17 characters", id="long-view"),
        pytest.param({"region_px": (0, 0, COLUMNS, 5)}, "not within the 32x24 frame", id="region-outside"),
        pytest.param({"region_px": (5, 5, 5, 9)}, "not within", id="region-empty"),
        pytest.param({"cm_per_px": (0.01, 0.0)}, "not positive", id="scale"),
    ],
)
def test_a_header_that_would_not_be_valid_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(WriteError, match=message):
        written(tmp_path / "clip.dcm", **changes)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param([], "no frame", id="none"),
        pytest.param([*frames(2), frames(1, 9, 9)[0]], "Frame 3 is uint8 .9, 9.", id="other-shape"),
        pytest.param([frames(1)[0].astype(np.uint16)], "uint16", id="words"),
        pytest.param([np.zeros((4, 4, 3), np.uint8)], "rows, columns", id="colour"),
    ],
)
def test_frames_that_do_not_fit_are_refused(tmp_path: Path, given: list[Any], message: str) -> None:
    with pytest.raises(WriteError, match=message):
        write_ultrasound_image(tmp_path / "clip.dcm", header(), given)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("count", "changes"),
    [
        pytest.param(3, {"representative_frame": 2}, id="frame-time"),
        pytest.param(3, {"frame_time_ms": None, "frame_time_vector_ms": (0, 20, 30.5)}, id="frame-time-vector"),
        pytest.param(1, {"frame_time_ms": None}, id="still"),
        pytest.param(3, {"stage": None, "view": None, "body_part": None, "transducer_type": None}, id="bare"),
    ],
)
def test_it_conforms_to_its_iod(tmp_path: Path, count: int, changes: dict[str, Any]) -> None:
    tool = shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    written(tmp_path / "object.dcm", count=count, **changes)
    run = subprocess.run([tool, str(tmp_path / "object.dcm")], capture_output=True, text=True, check=False)
    assert not [line for line in (run.stdout + run.stderr).splitlines() if line.startswith("Error")]
