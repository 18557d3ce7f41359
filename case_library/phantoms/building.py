"""The making of missing example clips, as the server sees it: started beside the open library, with progress.

Only the folder of examples that comes with the software is completed, and only where it can be written; any other
library is left alone. What is made appears when a case is whole.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from case_library.errors import CaseNotBuiltError
from case_library.packs.child import end_child
from case_library.store.library import CaseChange, Library

# Beside the package in a checkout; an installed package has none.
SHIPPED = Path(__file__).resolve().parents[2] / "cases"
_ENDS_WITHIN_S = 5.0
_START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from case_library.phantoms.background import main
main(sys.argv[2])
"""


def unbuilt(library: Library) -> list[str]:
    """Return the example cases of a library whose clips are not made."""
    return [entry.slug for entry in library.entries() if isinstance(entry.problem, CaseNotBuiltError)]


def may_build(library: Library, shipped: Path = SHIPPED) -> bool:
    """Tell whether this is the shipped folder of examples, and may be written."""
    root = library.root
    is_shipped = root.is_dir() and shipped.is_dir() and root.samefile(shipped)
    return is_shipped and not library.read_only and os.access(root, os.W_OK)


@dataclass(frozen=True)
class BuildState:
    """How far the clips of one example case are, in frames; a total of 0 where it waits for its turn."""

    done: int = 0
    total: int = 0
    failed: str = ""


class ExampleBuilds:
    """The process that makes the missing clips, as the server sees it. Thread-safe."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._states: dict[str, BuildState] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process if there is anything to make here."""
        if not may_build(self._library) or not unbuilt(self._library):
            return
        with self._lock:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _START, json.dumps(sys.path), str(self._library.root)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
                threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    @property
    def running(self) -> bool:
        with self._lock:
            return self._process is not None and self._process.poll() is None

    def state(self, slug: str) -> BuildState | None:
        """Return how far a case is; None where nobody makes it."""
        running = self.running
        with self._lock:
            return self._states.get(slug, BuildState() if running else None)

    def close(self) -> None:
        """End the process; what it had not finished is made again at the next start."""
        with self._lock:
            process = self._process
        if process is None:
            return
        end_child(process, _ENDS_WITHIN_S)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                said = json.loads(line)
                slug = said["case"]
            except (ValueError, KeyError):
                continue
            with self._lock:
                self._states[slug] = BuildState(said["done"], said["total"], said["failed"])
            if said["made"]:
                self._library.tell(CaseChange(self._library.root, slug, None, self._library.read(slug)))
        process.wait()
        with self._lock:
            self._states = {slug: state for slug, state in self._states.items() if state.failed}
