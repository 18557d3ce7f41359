"""Fuzz the reader and the importer: any bytes end in clips or in a refusal, soon, small, and without a stray file.

Run it by hand, with the optional group `fuzz` (atheris):

    python tests/fuzz/fuzz_import.py CORPUS [-max_total_time=300] [-rss_limit_mb=1024] [-timeout=10]

CORPUS is a folder; an empty one is filled with small made files first. What atheris keeps there makes the next run
better; a crash is written beside it and is a test case.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["case_library", "pydicom", "zipfile"]):
    from case_library.deidentify.codestream import strip_codestream
    from case_library.deidentify.header import clean_header
    from case_library.errors import CaseLibraryError
    from case_library.sources.clips import ClipInput, clips_of, open_clip
    from case_library.sources.dicom import DicomSource, open_dicom
    from case_library.sources.expand import Expansion
    from case_library.sources.scratch import scratch_folder
    from case_library.sources.zip_archive import UnpackLimits
    from case_library.store.import_report import ImportOptions
    from case_library.store.importing import import_files
    from case_library.store.library import Library

from tests.fuzz.seeds import write_media_seeds, write_seeds

SECRET = b"s" * 32
# One in so many inputs goes the whole way, which waits for the disk.
IMPORT_EVERY = 16
MARKER = b"ZQMARKER"
LIMITS = UnpackLimits(member_bytes=1 << 22, total_bytes=1 << 24, members=64)


def _told(shown: str, reason: str) -> None:
    """Hold a reason against what may be said."""
    assert "\n" not in reason
    assert MARKER.decode() not in reason


class Fuzz:
    """One folder in memory for all inputs."""

    def __init__(self) -> None:
        shared_memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=shared_memory if shared_memory.is_dir() else None))
        tempfile.tempdir = str(self.folder / "temporary")
        Path(tempfile.tempdir).mkdir()
        self.path = self.folder / "input.dcm"
        self.count = 0

    def one_input(self, data: bytes) -> None:
        """Find what it is, read its first, middle and last frame, clean all there is, and now and then import."""
        self.path.write_bytes(data)
        with scratch_folder(self.folder / "temporary") as scratch:
            files = Expansion(scratch, LIMITS, _told).files([self.path])
            for clip in clips_of(files, _told):
                try:
                    self.one_clip(clip)
                except CaseLibraryError as error:
                    _told("", str(error))
        self.count += 1
        if self.count % IMPORT_EVERY == 0:
            self.one_import()
        left = {path.name for path in self.folder.iterdir()} | {path.name for path in Path(tempfile.tempdir).iterdir()}
        assert left == {"input.dcm", "temporary"}, left

    def one_clip(self, clip: ClipInput) -> None:
        """Read one clip."""
        with open_clip(clip) as source:
            _ = source.clock, source.playback, source.regions, source.scale, source.pixel_aspect
            cleaned = clean_header(source.header, SECRET, confirmed=False, frame_count=source.frame_count)
            for element in cleaned.iterall():
                assert MARKER not in str(element.value).encode(errors="replace"), element.tag
            for index in sorted({0, source.frame_count // 2, source.frame_count - 1}):
                frame = source.read_frame(index)
                assert frame.shape[:2] == (source.rows, source.columns), frame.shape
                if isinstance(source, DicomSource):
                    strip_codestream(source.stored_frame(index), source.transfer_syntax_uid)

    def one_import(self) -> None:
        """Import the input: one clip or one refusal, and nothing else in the library."""
        library = Library(self.folder / "library")
        try:
            report = import_files(library, [self.path], SECRET, ImportOptions(force=True))
            assert report.imported or report.refused
            staging = library.root / "drafts" / ".staging"
            assert not staging.exists() or not list(staging.iterdir())
            for case in report.imported:
                for clip in case.clips:
                    with open_dicom(library.folder(case.slug) / clip.clip.file) as source:
                        # Of a DICOM image the other frames may be damaged; what was converted is whole.
                        source.read_frame(0 if clip.clip.conversion is None else source.frame_count - 1)
        finally:
            shutil.rmtree(library.root, ignore_errors=True)


def main() -> None:
    """Run until stopped."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    corpus = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if corpus and not corpus[0].is_file() and not any(corpus[0].glob("*")):
        corpus[0].mkdir(parents=True, exist_ok=True)
        write_seeds(corpus[0])
        write_media_seeds(corpus[0])
    fuzz = Fuzz()
    atheris.Setup(sys.argv, fuzz.one_input)
    try:
        atheris.Fuzz()
    finally:
        shutil.rmtree(fuzz.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
