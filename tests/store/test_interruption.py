"""A process that is killed at any moment leaves the old case or the new one, never something between."""

import multiprocessing
import os
import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from case_library.store.check import Problem, check_library
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import jpeg, jpeg_file, ramp_frames
from tests.model.test_case import case
from tests.store.conftest import SECRET

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs fork and SIGKILL")
KILLS = 200


def killed_at_random(work: Callable[[], object], dice: random.Random, longest_s: float) -> None:
    """Run `work` in a forked process and kill it after a random time."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    time.sleep(dice.uniform(0, longest_s))
    assert process.pid is not None
    os.kill(process.pid, 9)
    process.join()


def time_of(work: Callable[[], object]) -> float:
    """Return how long `work` takes at best in a forked process here and now, in seconds."""
    took = []
    for _ in range(3):
        begin = time.monotonic()
        process = multiprocessing.get_context("fork").Process(target=work)
        process.start()
        process.join()
        took.append(time.monotonic() - begin)
    return min(took)


def apply_remedies(library: Library, problems: list[Problem]) -> None:
    """Do what `check` says: each of these ends in deleting one thing."""
    for problem in problems:
        assert "elete it" in problem.remedy, problem
        path = library.root / problem.path
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_a_save_is_whole_or_not_at_all(library: Library) -> None:
    library.create("a", case(title="0", clips=()), {})
    dice, winners = random.Random(1), {"old": 0, "new": 0}
    longest_s = 2 * time_of(lambda: library.save("a", case(title="0", clips=()), based_on=library.read("a").revision))
    for number in range(1, KILLS + 1):
        before = library.read("a")

        def save(before: object = before, number: int = number) -> None:
            library.save("a", case(title=str(number), clips=()), based_on=library.read("a").revision)

        killed_at_random(save, dice, longest_s)
        after = library.read("a")
        if after != before:
            assert (after.title, after.revision) == (str(number), before.revision + 1)
        winners["new" if after != before else "old"] += 1
        kept = sorted((library.folder("a") / "history").glob("*.json"))
        assert len(kept) >= after.revision - 1
    apply_remedies(library, check_library(library))
    assert check_library(library) == []
    assert min(winners.values()) > 0, "every kill came too early or too late to mean anything"


def test_an_import_is_whole_or_not_at_all(library: Library, tmp_path: Path) -> None:
    frames = ramp_frames(40, 200, 300)
    path = jpeg_file(tmp_path / "a.dcm", [jpeg(f) for f in frames], frames)
    dice, whole, cut = random.Random(2), 0, 0
    other = Library(tmp_path / "other")
    longest_s = 2 * time_of(lambda: import_files(other, [path], SECRET))
    for _ in range(KILLS):
        killed_at_random(lambda: import_files(library, [path], SECRET), dice, longest_s)
        entries = library.entries()
        for entry in entries:
            assert entry.case is not None
            assert entry.case.clips[0].frame_count == 40
        whole += len(entries)
        cut += not entries
        apply_remedies(library, check_library(library))
        assert check_library(library) == []
        for entry in entries:
            shutil.rmtree(entry.folder)
    assert min(whole, cut) > 0, "every kill came too early or too late to mean anything"
