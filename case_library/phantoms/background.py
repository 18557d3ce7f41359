"""The process of low priority that makes the missing clips of the example cases, one case after the other.

A lock that the operating system gives back keeps two servers from making the same case; the one that finds it taken
goes on with the next, and looks again at the end.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from case_library.errors import CaseLibraryError
from case_library.phantoms.building import unbuilt
from case_library.phantoms.example_cases import make_example_case
from case_library.phantoms.registry import EXAMPLE_CASES
from case_library.store.built import TRUTH
from case_library.store.library import Library

_LOOKS_AGAIN_AFTER_S = 5.0
# Called with a case, the frames done and their total.
Say = Callable[[str, int, int], None]


def build_missing(library: Library, say: Say, wait: Callable[[float], bool] = lambda seconds: True) -> dict[str, str]:
    """Make the clips of each example case that has none, one case after the other.

    Parameters
    ----------
    wait : callable
        Waits for another process that makes a case; True means not to look again.

    Returns
    -------
    dict of str to str
        Case -> why its clips could not be made.
    """
    failed: dict[str, str] = {}
    while todo := [slug for slug in unbuilt(library) if slug in EXAMPLE_CASES and slug not in failed]:
        taken = 0
        for slug in todo:
            truth = library.folder(slug) / TRUTH
            truth.mkdir(exist_ok=True)
            try:
                with FileLock(truth / ".building.lock", timeout=0):
                    if slug in unbuilt(library):
                        make_example_case(library, slug, partial(say, slug))
            except Timeout:
                taken += 1
            except (CaseLibraryError, OSError) as error:
                failed[slug] = str(error)
        if taken == len(todo) and wait(_LOOKS_AGAIN_AFTER_S):
            break
    return failed


def main(root: str) -> None:
    """Run in the process: say on standard output how far it is; the end of standard input ends it."""
    if hasattr(os, "nice"):
        os.nice(15)
    ended = threading.Event()
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    threading.Thread(target=_end_with, args=(sys.stdin.buffer, ended), daemon=True).start()

    def write(slug: str, done: int, total: int, *, made: bool = False, failed: str = "") -> None:
        reply = {"case": slug, "done": done, "total": total, "made": made, "failed": failed}
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()

    def say(slug: str, done: int, total: int) -> None:
        if ended.is_set():
            raise SystemExit
        write(slug, done, total)

    library = Library(Path(root), listeners=(lambda change: write(change.slug, 1, 1, made=True),))
    try:
        for slug, reason in build_missing(library, say, ended.wait).items():
            write(slug, 0, 0, failed=reason)
    except BrokenPipeError:
        os._exit(0)  # the parent is gone


def _end_with(requests: BinaryIO, ended: threading.Event) -> None:
    while requests.read(1024):
        pass
    ended.set()
