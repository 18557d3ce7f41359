"""How long a mask takes, at import and at confirmation, beside decode, mask, JPEG-LS, hash and sync of its frames.

Run by hand: `uv run python -m tests.benchmarks.masking [FILE.dcm] [RUNS]`; without a file a cine of our own is used.
The suggestion, which decodes every frame, stands beside the plain decode of the same frames.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from case_library.deidentify.composites import composites_of
from case_library.dicom.encode import jpeg_ls
from case_library.model.mask import MaskOrigin, MaskRectangle
from case_library.sources.dicom import open_dicom
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.masking import set_mask
from tests.benchmarks.machine import median
from tests.dicom_files import native_file

SECRET = b"k" * 32
_PEAK = """
import sys
from pathlib import Path
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.confirming import confirm_draft
from case_library.store.masking import suggest_mask, set_suggestions
def peak():
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
library = Library(Path(sys.argv[2]))
slug = import_files(library, [Path(sys.argv[1])], b"k" * 32, ImportOptions(force=True)).imported[0].slug
imported = peak()
set_suggestions(library, slug, {"clip-1": suggest_mask(library, slug, "clip-1", read_text=False).mask}, 1)
suggested = peak()
confirm_draft(library, slug, "A benchmark", stated_viewed=True)
print(before, imported, suggested, peak())
"""


def main() -> None:
    """Measure and print."""
    arguments = sys.argv[1:]
    runs = int(arguments.pop()) if arguments and arguments[-1].isdigit() else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = Path(arguments[0]) if arguments else _made(folder)
        with open_dicom(path) as source:
            box = (0, 0, source.columns, max(source.rows // 12, 1))
            frames, size = source.frame_count, path.stat().st_size
        rectangle = MaskRectangle(x=box[0], y=box[1], width=box[2], height=box[3], origin=MaskOrigin.GIVEN)
        print(f"{frames} frames, {size / 1e6:.1f} MB")
        reference = median([_timed(lambda i=i: _reference(path, box, folder / f"ref-{i}")) for i in range(runs)])
        plain = median([_timed(lambda: _decode(path)) for _ in range(runs)])
        given = median([_timed(lambda i=i: _import(path, folder / f"given-{i}", rectangle)) for i in range(runs)])
        confirmed = median([_confirm(path, folder / f"confirm-{i}", rectangle) for i in range(runs)])
        looked = median([_timed(lambda: _suggest(path)) for _ in range(runs)])
        print(f"decode + mask + JPEG-LS + hash + sync  {reference:6.2f} s  {frames / reference:6.0f} frames/s")
        print(f"import --mask                          {given:6.2f} s  {given / reference:5.2f} of it")
        print(f"confirm with a pending mask            {confirmed:6.2f} s  {confirmed / reference:5.2f} of it")
        print(f"composites for a suggestion            {looked:6.2f} s; plain decode {plain:.2f} s")
        peaks = subprocess.run(
            [sys.executable, "-c", _PEAK, str(path), str(folder / "peak")], capture_output=True, text=True, check=True
        ).stdout.split()
        before, *after = (int(kilobytes) / 1024 for kilobytes in peaks)
        shown = ", ".join(
            f"{what} +{peak - before:.0f}" for what, peak in zip(("import", "suggest", "confirm"), after, strict=True)
        )
        print(f"peak memory in MB over {before:.0f}: {shown}")


def _made(folder: Path) -> Path:
    random = np.random.default_rng(1)
    tissue = random.integers(0, 120, (480, 640, 3), dtype=np.uint8)
    frames = np.stack([np.roll(tissue, 3 * i, axis=1) for i in range(100)])
    return native_file(folder / "made.dcm", frames)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _reference(path: Path, box: tuple[int, int, int, int], target: Path) -> None:
    x, y, width, height = box
    with open_dicom(path) as source, target.open("wb") as file:
        digest = hashlib.sha256()
        for frame_index in range(source.frame_count):
            frame = source.read_frame(frame_index).copy()
            frame[y : y + height, x : x + width] = 0
            data = jpeg_ls(frame)
            digest.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _decode(path: Path) -> None:
    with open_dicom(path) as source:
        for frame_index in range(source.frame_count):
            source.read_frame(frame_index)


def _import(path: Path, root: Path, *mask: MaskRectangle) -> tuple[Library, str]:
    library = Library(root)
    report = import_files(library, [path], SECRET, ImportOptions(force=True, mask=mask))
    return library, report.imported[0].slug


def _confirm(path: Path, root: Path, rectangle: MaskRectangle) -> float:
    library, slug = _import(path, root)
    set_mask(library, slug, "clip-1", [rectangle], 1)
    return _timed(lambda: confirm_draft(library, slug, "A benchmark", stated_viewed=True))


def _suggest(path: Path) -> None:
    with open_dicom(path) as source:
        composites_of(source)


if __name__ == "__main__":
    main()
