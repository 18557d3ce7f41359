import os
import time
import zipfile
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from case_library.sources.expand import Expansion, FoundFile
from case_library.sources.kinds import Kind
from case_library.sources.scratch import scratch_folder
from case_library.sources.zip_archive import UnpackLimits
from tests.dicom_files import native_file, ramp_frames


def expanded(tmp_path: Path, *paths: Path) -> tuple[list[FoundFile], dict[str, str]]:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    refused: dict[str, str] = {}
    found = Expansion(scratch, UnpackLimits(), lambda name, why: refused.update({name: why})).files(list(paths))
    return found, refused


def zipped(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path


def file_set(folder: Path, count: int = 3) -> Path:
    """Make a folder with a DICOMDIR and its files; return the DICOMDIR."""
    made = folder.with_name(f"{folder.name}-source")
    made.mkdir()
    files = FileSet()
    for i in range(count):
        files.add(native_file(made / f"{i}.dcm", ramp_frames(1, columns=32 + i), PatientID="1", StudyID="1"))
    files.write(folder)
    return folder / "DICOMDIR"


def test_a_folder_is_walked_in_natural_order_without_hidden_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    for name in ("clip10.dcm", "clip2.dcm", "b/clip1.dcm", ".hidden.dcm"):
        native_file(folder / name, ramp_frames(1))
    found, refused = expanded(tmp_path, folder)
    assert [file.path.relative_to(folder).as_posix() for file in found] == ["b/clip1.dcm", "clip2.dcm", "clip10.dcm"]
    assert {file.given_as for file in found} == {0}
    assert refused == {}


def test_a_dicomdir_is_followed(tmp_path: Path) -> None:
    dicomdir = file_set(tmp_path / "in")
    found, refused = expanded(tmp_path, dicomdir)
    assert len(found) == 3
    assert refused == {}
    assert all(file.kind is Kind.DICOM and file.path.is_relative_to(tmp_path / "in") for file in found)


def test_a_dicomdir_in_a_folder_adds_nothing_and_is_no_refusal(tmp_path: Path) -> None:
    file_set(tmp_path / "in")
    found, refused = expanded(tmp_path, tmp_path / "in")
    assert (len(found), refused) == (3, {})


def test_a_file_that_a_dicomdir_misses_is_named_and_the_others_come_in(tmp_path: Path) -> None:
    dicomdir = file_set(tmp_path / "in")
    expanded(tmp_path, dicomdir)[0][1].path.unlink()
    found, refused = expanded(tmp_path, dicomdir)
    assert len(found) == 2
    assert list(refused.values()) == ["the DICOMDIR names a file that is not beside it"]


def test_copied_media_with_small_letters_are_found(tmp_path: Path) -> None:
    dicomdir = file_set(tmp_path / "in")
    for path in sorted((tmp_path / "in").rglob("*"), reverse=True):
        if path != dicomdir:
            path.rename(path.with_name(path.name.lower()))
    found, refused = expanded(tmp_path, dicomdir)
    assert (len(found), refused) == (3, {})


@pytest.mark.parametrize("name", [["..", "SECRET"], ["/etc/passwd"], ["A", "..", "..", "SECRET"]])
def test_a_dicomdir_leads_nowhere_outside_its_folder(tmp_path: Path, name: list[str]) -> None:
    native_file(tmp_path / "SECRET", ramp_frames(1))
    (tmp_path / "in" / "A").mkdir(parents=True)
    record = Dataset()
    record.DirectoryRecordType, record.ReferencedFileID = "IMAGE", name
    ds = Dataset()
    ds.DirectoryRecordSequence = [record]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(tmp_path / "in" / "DICOMDIR", enforce_file_format=True)
    found, refused = expanded(tmp_path, tmp_path / "in" / "DICOMDIR")
    assert found == []
    assert list(refused.values()) == ["the DICOMDIR names a file that is not beside it"]


def test_a_zip_of_a_folder_with_a_dicomdir_gives_its_files(tmp_path: Path) -> None:
    file_set(tmp_path / "in")
    found, refused = expanded(tmp_path, zipped(tmp_path / "a.zip", tmp_path / "in"))
    assert (len(found), refused) == (3, {})
    assert all(file.path.is_relative_to(tmp_path / "scratch") for file in found)


def test_a_zip_in_a_folder_is_unpacked_and_a_zip_in_a_zip_is_not(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    native_file(inner / "a.dcm", ramp_frames(1))
    outer = tmp_path / "outer"
    outer.mkdir()
    zipped(outer / "a.zip", inner)
    found, refused = expanded(tmp_path, outer)
    assert (len(found), refused) == (1, {})
    zipped(tmp_path / "b.zip", outer)
    (tmp_path / "scratch" / "1" / "0").unlink()
    (tmp_path / "scratch" / "1").rmdir()
    found, refused = expanded(tmp_path, tmp_path / "b.zip")
    assert found == []
    assert "a zip within a zip is not opened" in next(iter(refused.values()))


def test_what_is_not_there_and_what_is_empty_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    _, refused = expanded(tmp_path, tmp_path / "empty", tmp_path / "none")
    assert list(refused.values()) == ["the folder holds no file", "there is no such file or folder"]


def test_the_scratch_folder_is_gone_after_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), scratch_folder(tmp_path) as folder:
        (folder / "patient").write_bytes(b"x")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_emptied_at_the_next_start_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    left = tmp_path / "case-library-unpacked-left"
    left.mkdir()
    (left / "patient").write_bytes(b"x")
    long_ago = time.time() - 1000
    os.utime(left, (long_ago, long_ago))
    with scratch_folder(tmp_path) as first:
        os.utime(first, (long_ago, long_ago))
        with scratch_folder(tmp_path):
            assert first.is_dir()
        assert not left.exists()
