import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from case_library.errors import CaseLibraryError
from case_library.model.case import Case
from case_library.phantoms import background
from case_library.phantoms.background import build_missing
from case_library.phantoms.building import _START, ExampleBuilds, may_build, unbuilt
from case_library.phantoms.example_cases import unbuilt_case
from case_library.phantoms.profiles import STILL
from case_library.phantoms.registry import EXAMPLE_CASES, PHANTOMS
from case_library.store.check import check_library
from case_library.store.library import Library

SLUGS = ("hematoma-four-dates", "biceps-muscle-hernia")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Give a library with two unbuilt example cases of one still each."""
    assert isinstance(EXAMPLE_CASES, dict) and isinstance(PHANTOMS, dict)
    monkeypatch.setattr("case_library.phantoms.example_cases.told", lambda case, truths, digests=None: case)
    monkeypatch.setitem(PHANTOMS, "C08-1", replace(PHANTOMS["C08-1"], profile=STILL))
    for slug, phantom in zip(SLUGS, ("C10-4s", "C08-1"), strict=True):
        monkeypatch.setitem(EXAMPLE_CASES, slug, replace(EXAMPLE_CASES[slug], clip_ids=(phantom,)))
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "case.json").write_bytes(unbuilt_case(slug))
    yield Library(tmp_path)


def test_every_missing_case_is_made_with_progress_and_check_is_clean_all_along(library: Library) -> None:
    said: list[tuple[str, int, int]] = []

    def say(slug: str, done: int, total: int) -> None:
        said.append((slug, done, total))
        assert check_library(library) == []

    assert set(unbuilt(library)) == set(SLUGS)
    assert build_missing(library, say) == {}
    assert sorted(said) == [(slug, 1, 1) for slug in sorted(SLUGS)]
    assert unbuilt(library) == [] and check_library(library) == []


def test_a_case_that_another_process_makes_is_left_to_it(library: Library) -> None:
    truth = library.folder(SLUGS[0]) / "truth"
    truth.mkdir()
    with FileLock(truth / ".building.lock"):
        assert build_missing(library, lambda slug, done, total: None) == {}
        assert unbuilt(library) == [SLUGS[0]]
    assert build_missing(library, lambda slug, done, total: None) == {}
    assert unbuilt(library) == []


def test_a_case_that_cannot_be_made_is_named_and_the_others_are_made(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = background.make_example_case

    def fails_once(library: Library, slug: str, progress: object) -> Case:
        if slug == SLUGS[1]:
            raise CaseLibraryError("The disk is full")
        return really(library, slug, lambda done, total: None)

    monkeypatch.setattr(background, "make_example_case", fails_once)
    assert build_missing(library, lambda slug, done, total: None) == {SLUGS[1]: "The disk is full"}
    assert unbuilt(library) == [SLUGS[1]]


def test_what_is_interrupted_leaves_nothing_and_is_made_the_next_time(library: Library) -> None:
    def stop(slug: str, done: int, total: int) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        build_missing(library, stop)
    assert set(unbuilt(library)) == set(SLUGS) and check_library(library) == []
    assert not list(library.root.rglob("*.dcm"))
    assert build_missing(library, lambda slug, done, total: None) == {}


def test_only_the_shipped_folder_is_completed_and_only_where_it_can_be_written(library: Library) -> None:
    assert may_build(library, shipped=library.root)
    assert not may_build(library)
    assert not may_build(library, shipped=library.root / "elsewhere")
    assert not may_build(Library(library.root, read_only=True), shipped=library.root)
    builds = ExampleBuilds(library)
    builds.start()
    assert not builds.running and builds.state(SLUGS[0]) is None
    builds.close()


def test_the_process_says_how_far_it_is_and_ends_with_its_input(tmp_path: Path) -> None:
    slug = "biceps-muscle-hernia"
    (tmp_path / slug).mkdir()
    (tmp_path / slug / "case.json").write_bytes(unbuilt_case(slug))
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _START, json.dumps(sys.path), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert first == {"case": slug, "done": 1, "total": 300, "made": False, "failed": ""}
    process.communicate(timeout=60)
    library = Library(tmp_path)
    assert unbuilt(library) == [slug] and check_library(library) == []
    assert not list(tmp_path.rglob("*.dcm"))
