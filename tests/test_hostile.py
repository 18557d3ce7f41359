"""Files that were made to break readers: each ends soon and small, in a refusal or a correct import."""

from __future__ import annotations

import multiprocessing
import resource
import struct
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from case_library.store.check import check_library
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import native_file, ramp_frames
from tests.shared_data import FOLDER, shared_data

SECRET = b"s" * 32
LONGEST_S = 10
LARGEST_KIB = 1024 * 1024
BROKEN = sorted((FOLDER / "broken").iterdir()) if (FOLDER / "broken").is_dir() else []

# What must come in when other modalities are allowed: the pixels are good, whatever else is wrong.
GOOD_PIXELS = {
    "SCSH31",
    "TC0023_patientid_over_64KB.dcm",
    "TC0265_depth_100.dcm",
    "TC0277_missing_delim.dcm",
    "TC0367_inject_shell_dollar.dcm",
    "TC0415_utf8_null_mid.dcm",
    "TC0439_sop_modality_ct_sop_us_mod.dcm",
    "TC0733_window_wc_0_ww_neg1.dcm",
    "TC0885_pathtraversal_unix_etc.dcm",
}


def _import_alone(path: Path, root: Path, answer: Connection) -> None:
    report = import_files(Library(root), [path], SECRET, ImportOptions(force=True))
    answer.send(([r.reason for r in report.refused], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


@pytest.mark.skipif(sys.platform != "linux", reason="needs fork and the size of a process")
@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_a_broken_file_ends_soon_and_small(path: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_import_alone, args=(path, tmp_path / "library", theirs))
    start = time.monotonic()
    process.start()
    theirs.close()
    try:
        assert ours.poll(LONGEST_S), "no end within 10 s"
        refused, largest_kib = ours.recv()
    finally:
        process.kill()
        process.join()
    assert time.monotonic() - start < LONGEST_S
    assert largest_kib < LARGEST_KIB
    assert (not refused) == (path.name in GOOD_PIXELS)
    for reason in refused:
        assert "\n" not in reason
        assert len(reason) < 300
        assert path.name not in reason
    library = Library(tmp_path / "library")
    assert check_library(library) == []


def test_a_batch_of_broken_files_does_not_take_the_good_one_with_it(tmp_path: Path) -> None:
    folder = shared_data("broken")
    good = native_file(tmp_path / "good.dcm", ramp_frames(3))
    library = Library(tmp_path / "library")
    report = import_files(library, [folder, good], SECRET, ImportOptions(force=True))
    assert str(good) in [clip.source for case in report.imported for clip in case.clips]
    assert len(report.refused) >= len(BROKEN) - len(GOOD_PIXELS)
    assert check_library(library) == []


def test_no_path_of_a_hostile_header_is_followed(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    import_files(library, [shared_data("broken/TC0885_pathtraversal_unix_etc.dcm")], SECRET, ImportOptions(force=True))
    assert {path.name for path in tmp_path.iterdir()} == {"library"}


def test_an_object_of_no_known_class_is_refused_and_the_others_come_in(tmp_path: Path) -> None:
    native_file(tmp_path / "a.dcm", ramp_frames(1), SOPClassUID="1.2.3.4")
    good = native_file(tmp_path / "b.dcm", ramp_frames(2))
    report = import_files(Library(tmp_path / "library"), [tmp_path], SECRET, ImportOptions(force=True))
    assert [clip.source for case in report.imported for clip in case.clips] == [str(good)]
    assert "without a SOPClassUID" in report.refused[0].reason


def test_segments_that_go_round_in_circles_end_soon(tmp_path: Path) -> None:
    palette: dict[str, object] = {"PhotometricInterpretation": "PALETTE COLOR"}
    # Each indirect segment copies all before it: without a limit the table doubles each time.
    bomb = struct.pack("<3H", 0, 1, 1) + b"".join(struct.pack("<4H", 2, n + 1, 0, 0) for n in range(200))
    for colour in ("Red", "Green", "Blue"):
        palette[f"{colour}PaletteColorLookupTableDescriptor"] = [0, 0, 16]
        palette[f"Segmented{colour}PaletteColorLookupTableData"] = bomb
    path = native_file(tmp_path / "a.dcm", ramp_frames(1), **palette)
    (refusal,) = import_files(Library(tmp_path / "library"), [path], SECRET).refused
    assert "Palette Color Lookup Tables cannot be used" in refusal.reason
