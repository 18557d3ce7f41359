"""How long an import takes, beside reading, hashing, writing and syncing the same bytes, and what memory it needs.

Run by hand: `uv run python -m tests.benchmarks.importing [RUNS]`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.benchmarks.bar_code import write_cine
from tests.benchmarks.machine import median

# Not `ru_maxrss`: on Linux a child begins with that of its parent.
_PEAK = """
import sys
from pathlib import Path
from case_library.store.importing import import_files
from case_library.store.library import Library
def peak():
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
import_files(Library(Path(sys.argv[2])), [Path(sys.argv[1])], b"k" * 32)
print(before, peak())
"""


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for frame_count in (120, 480):
            source = folder / f"cine-{frame_count}.dcm"
            write_cine(source, frame_count)
            copied, imported = [], []
            for run in range(runs + 1):
                copied.append(_copy(source, folder / f"copy-{frame_count}-{run}"))
                library = Library(folder / f"library-{frame_count}-{run}")
                begin = time.perf_counter()
                assert import_files(library, [source], b"k" * 32).imported
                imported.append(time.perf_counter() - begin)
            base, ours = 1000 * median(copied[1:]), 1000 * median(imported[1:])
            peak = subprocess.run(
                [sys.executable, "-c", _PEAK, source, folder / f"peak-{frame_count}"],
                capture_output=True,
                text=True,
                check=True,
            )
            before, after = (int(kib) * 1024 / 1e6 for kib in peak.stdout.split())
            print(
                f"{frame_count} frames, {source.stat().st_size / 1e6:.1f} MB: copy {base:.0f} ms, "
                f"import {ours:.0f} ms, "
                f"x {ours / base:.2f}; peak memory {after:.0f} MB ({after - before:.0f} MB above the start)"
            )


def _copy(source: Path, target: Path) -> float:
    begin = time.perf_counter()
    data = source.read_bytes()
    hashlib.sha256(data).hexdigest()
    with target.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
