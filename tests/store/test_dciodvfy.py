"""What is written is valid DICOM by David Clunie's validator: one object of each kind, in a draft and published."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from case_library.sources.converted import Statements
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import header_of, jpeg, jpeg_file, native_file, ramp_frames, write
from tests.media_files import animation, colour_frames, picture, sequence, video
from tests.store.conftest import SECRET

# The least that an ultrasound object of a scanner has.
SCANNER = {"ImageType": ["ORIGINAL", "PRIMARY"], "Manufacturer": "GE", "StudyDate": "20240301", "StudyTime": "101500"}


def dciodvfy(path: Path) -> list[str]:
    """Return the errors that the validator finds; skip where it is not installed."""
    found = shutil.which("dciodvfy")
    if found is None:
        reason = "dciodvfy (dicom3tools) is not installed"
        if os.environ.get("CASE_LIBRARY_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run([found, path], capture_output=True, text=True, errors="replace", timeout=60)
    said = done.stdout + done.stderr
    assert "Image" in said, said  # it names the kind of object that it has recognised
    return [line for line in said.splitlines() if line.startswith("Error")]


def jpeg_cine(folder: Path) -> Path:
    frames = colour_frames(3)
    return jpeg_file(folder / "a.dcm", [jpeg(frame) for frame in frames], frames, **SCANNER, LossyImageCompression="01",
                     LossyImageCompressionRatio="10", LossyImageCompressionMethod="ISO_10918_1")  # fmt: skip


def native_cine(folder: Path) -> Path:
    return native_file(folder / "a.dcm", ramp_frames(3), **SCANNER)


def grey_sequence(folder: Path) -> Path:
    sequence(folder / "in", ramp_frames(3))
    return folder / "in"


def colour_sequence(folder: Path) -> Path:
    sequence(folder / "in", colour_frames(3))
    return folder / "in"


def wide_sequence(folder: Path) -> Path:
    sequence(folder / "in", [frame.astype(np.uint16) * 200 for frame in ramp_frames(3)])
    return folder / "in"


def wide_still(folder: Path) -> Path:
    return picture(folder / "a.tif", ramp_frames(1)[0].astype(np.uint16) * 200)


def gif(folder: Path) -> Path:
    return animation(folder / "a.gif", ramp_frames(4), [40, 40, 200, 40])


def mp4(folder: Path) -> Path:
    return video(folder / "a.mp4", colour_frames(3, 32, 32), codec="libx264")


def dicom_video(folder: Path) -> Path:
    frames = colour_frames(3, 32, 32)
    stream = video(folder / "a.mp4", frames, codec="libx264").read_bytes()
    header = header_of(frames, **SCANNER, PhotometricInterpretation="YBR_PARTIAL_420")
    value = pydicom.encaps.encapsulate([stream], has_bot=False)
    return write(folder / "a.dcm", header, value, "1.2.840.10008.1.2.4.102")


def still(folder: Path) -> Path:
    return picture(folder / "a.png", colour_frames(1)[0])


KINDS = [
    jpeg_cine, native_cine, grey_sequence, colour_sequence, wide_sequence, wide_still, gif, mp4, dicom_video, still,
]  # fmt: skip


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("stated", [False, True], ids=["as-found", "stated-and-compact"])
def test_the_validator_finds_no_error(
    library: Library, tmp_path: Path, make: Callable[[Path], Path], stated: bool
) -> None:
    statements = Statements(fps=25, px_per_cm=100) if stated else Statements()
    report = import_files(library, [make(tmp_path)], SECRET, ImportOptions(statements=statements, compact=stated))
    (case,) = report.imported
    (clip,) = case.clips
    assert dciodvfy(library.folder(case.slug) / clip.clip.file) == []
    published = confirm_draft(library, case.slug, "A", stated_viewed=True)
    assert dciodvfy(library.folder(case.slug) / published.clips[0].file) == []


def test_the_validator_would_find_an_error(library: Library, tmp_path: Path) -> None:
    case = import_files(library, [grey_sequence(tmp_path)], SECRET).imported[0]
    ds = pydicom.dcmread(library.folder(case.slug) / case.clips[0].clip.file)
    del ds.FrameTime
    ds.save_as(tmp_path / "broken.dcm")
    assert dciodvfy(tmp_path / "broken.dcm") != []
