"""How fast each kind of source comes in, beside decoding the same frames and nothing else; and what memory that needs.

Run by hand: `uv run python -m tests.benchmarks.sources [RUNS]`. Reads the real files beside the checkout where they
are, else files made for it. MB are those of the decoded frames.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.benchmarks.machine import median
from tests.dicom_files import ramp_frames
from tests.media_files import sequence
from tests.shared_data import FOLDER

Decode = Callable[[Path], Iterator[NDArray[Any]]]

# Not `ru_maxrss`: on Linux a child begins with that of its parent.
_PEAK = """
import sys
from pathlib import Path
from case_library.store.importing import import_files
from case_library.store.library import Library
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
import_files(Library(Path(sys.argv[2])), [Path(sys.argv[1])], b"k" * 32)
print(before, peak())
"""


def dicom(path: Path) -> Iterator[NDArray[Any]]:
    """Decode with pydicom, frame by frame."""
    yield from pydicom.pixels.iter_pixels(path)


def pictures(path: Path) -> Iterator[NDArray[Any]]:
    """Decode with Pillow."""
    for file in sorted(path.glob("*.png")):
        with Image.open(file) as image:
            yield np.asarray(image)


def animated(path: Path) -> Iterator[NDArray[Any]]:
    """Decode with Pillow, to RGB."""
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            yield np.asarray(frame.convert("RGB"))


def moving(path: Path) -> Iterator[NDArray[Any]]:
    """Decode with PyAV, to RGB."""
    import av

    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def sources(folder: Path) -> Iterator[tuple[str, Path, Decode, bool]]:
    """Give each kind: its name, its path, its plain decoder, and whether it is stored compact."""
    with zipfile.ZipFile(FOLDER / "dicom-us" / "RGB_CINE.zip") as archive:
        cine = Path(archive.extract(archive.namelist()[0], folder))
    noise = np.random.default_rng(1).integers(0, 4096, (20, 480, 640), np.uint16)
    sequence(folder / "wide", list(noise // 8 + ramp_frames(20, 480, 640).astype(np.uint16) * 8))
    yield "DICOM, native RGB", cine, dicom, False
    yield "DICOM, JPEG", FOLDER / "dicom-us" / "Issue16.dcm", dicom, False
    yield "PNG sequence, RGB", FOLDER / "sequences" / "LG_jumping", pictures, False
    yield "PNG sequence, grey", FOLDER / "sequences" / "VL_S1_L20", pictures, False
    yield "PNG sequence, 16 bit", folder / "wide", pictures, False
    yield "GIF", FOLDER / "video" / "contraction.gif", animated, False
    yield "MP4 (H.264)", FOLDER / "video" / "p6_isokinetic120_01_push_01.mp4", moving, False
    yield "MP4, compact", FOLDER / "video" / "p6_isokinetic120_01_push_01.mp4", moving, True
    yield "MOV (MPEG-4)", FOLDER / "video" / "DemoBMode.mov", moving, False
    yield "AVI (MJPEG)", FOLDER / "video" / "gastroc_jumping_timtrack.avi", moving, False


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if not FOLDER.is_dir():
        sys.exit(f"the real files are not at {FOLDER}")
    print("| source | frames | decode frames/s | MB/s | import frames/s | MB/s | import / decode | stored MB |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, (kind, path, decode, compact) in enumerate(sources(folder)):
            decoded, imported, count, size, stored = [], [], 0, 0, 0
            for run in range(runs + 1):
                begin = time.perf_counter()
                frames = [frame.nbytes for frame in decode(path)]
                decoded.append(time.perf_counter() - begin)
                count, size = len(frames), sum(frames)
                library = Library(folder / f"library-{number}-{run}")
                begin = time.perf_counter()
                report = import_files(library, [path], b"k" * 32, ImportOptions(compact=compact))
                imported.append(time.perf_counter() - begin)
                assert sum(clip.clip.frame_count for case in report.imported for clip in case.clips) == count, kind
                stored = sum(clip.clip.file_bytes for case in report.imported for clip in case.clips)
            plain, ours = median(decoded[1:]), median(imported[1:])
            print(
                f"| {kind} | {count} | {count / plain:.0f} | {size / plain / 1e6:.0f} | {count / ours:.0f} | "
                f"{size / ours / 1e6:.0f} | {ours / plain:.1f} | {stored / 1e6:.1f} |",
                flush=True,
            )
        for kind, path in (
            ("104 MB RGB cine", next(folder.glob("**/RGB_CINE*"))),
            ("394 frames of MP4", FOLDER / "video" / "p6_passive_ROM_01_push_01.mp4"),
        ):
            command = [sys.executable, "-c", _PEAK, path, folder / f"peak-{path.stem}"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            before, after = (int(kib) * 1024 / 1e6 for kib in done.stdout.split())
            print(f"{kind}: peak memory {after:.0f} MB, {after - before:.0f} MB above the start")


if __name__ == "__main__":
    main()
