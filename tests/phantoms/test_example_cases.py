import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from case_library.errors import CaseLibraryError, CaseNotBuiltError
from case_library.model.case import Source, Status
from case_library.phantoms.build import PhantomRenderer
from case_library.phantoms.example_cases import make_example_case, unbuilt_case
from case_library.phantoms.registry import EXAMPLE_CASES, PHANTOMS
from case_library.phantoms.shipped import WITH_CLIPS, told_again, write_shipped
from case_library.sources.dicom import open_dicom
from case_library.store.built import BUILT_FILE
from case_library.store.check import check_library
from case_library.store.library import Library
from case_library.store.upgrade import parse_case

SHIPPED = Library(Path(__file__).parents[2] / "cases", read_only=True)
SLUG, OTHER = "hematoma-four-dates", "biceps-muscle-hernia"
STILLS = ("C10-4s",)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let an example case have a single still, and no story, so that it is made in a moment."""
    assert isinstance(EXAMPLE_CASES, dict)
    monkeypatch.setitem(EXAMPLE_CASES, SLUG, replace(EXAMPLE_CASES[SLUG], clip_ids=STILLS))
    monkeypatch.setattr("case_library.phantoms.example_cases.told", lambda case, truths, digests=None: case)
    yield


@pytest.mark.parametrize("slug", EXAMPLE_CASES)
def test_a_shipped_case_is_published_synthetic_and_as_the_generator_writes_it(slug: str) -> None:
    path = SHIPPED.folder(slug) / "case.json"
    if slug in WITH_CLIPS:
        case = SHIPPED.read(slug)
        assert {clip.clip_id: clip.phantom for clip in case.clips} == {
            f"clip-{n}": phantom for n, phantom in enumerate(EXAMPLE_CASES[slug].clip_ids, start=1)
        }
    else:
        assert path.read_bytes() == unbuilt_case(slug)
        case = parse_case(path.read_bytes(), slug, lambda document: document | {"clips": []})
    assert (case.status, case.source) == (Status.PUBLISHED, Source.SYNTHETIC)
    assert "ynthetic" in case.summary and "illustrative" in case.summary


def test_the_shipped_library_is_in_order_whether_its_clips_are_made_or_not() -> None:
    assert check_library(SHIPPED) == []
    assert sum(path.stat().st_size for slug in WITH_CLIPS for path in SHIPPED.folder(slug).rglob("*.dcm")) < 70e6


@pytest.mark.parametrize("slug", WITH_CLIPS)
def test_a_shipped_clip_is_what_the_generator_makes(slug: str) -> None:
    for inside, data in told_again(slug).items():
        assert (SHIPPED.folder(slug) / inside).read_bytes() == data, inside
    phantom_id = EXAMPLE_CASES[slug].clip_ids[0]
    with open_dicom(SHIPPED.folder(slug) / "media" / "clip-1.dcm") as source:
        difference = np.abs(source.read_frame(40).astype(int) - PhantomRenderer(PHANTOMS[phantom_id]).frame(40))
    # The JPEG's own error; another frame, or another seed, differs by over 10 on average.
    assert difference.mean() < 4


def test_a_case_is_made_whole_and_made_again_without_touching_what_was_written(small: None, tmp_path: Path) -> None:
    library, told = Library(tmp_path), list[tuple[int, int]]()
    made = make_example_case(library, SLUG, lambda done, total: told.append((done, total)))
    assert told == [(1, 1)] and check_library(library) == []
    edited = library.save(SLUG, made.model_copy(update={"title": "Mine"}), made.revision)
    (library.folder(SLUG) / "media" / "clip-1.dcm").write_bytes(b"damaged")
    assert check_library(library) != []
    again = make_example_case(library, SLUG, lambda done, total: None)
    assert (again.title, again.revision) == ("Mine", edited.revision)
    assert again.clips[0].file_sha256 == made.clips[0].file_sha256 and check_library(library) == []


def test_a_case_of_that_name_with_other_clips_is_left_alone(small: None, tmp_path: Path) -> None:
    library = Library(tmp_path)
    made = make_example_case(library, SLUG, lambda done, total: None)
    library.save(SLUG, made.model_copy(update={"clips": ()}), made.revision)
    before = (library.folder(SLUG) / "case.json").read_bytes()
    with pytest.raises(CaseLibraryError, match="with other clips"):
        make_example_case(library, SLUG, lambda done, total: None)
    assert (library.folder(SLUG) / "case.json").read_bytes() == before


def test_a_case_without_its_clips_says_so_and_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    write_shipped(OTHER, tmp_path)
    library = Library(tmp_path)
    with pytest.raises(CaseNotBuiltError, match=f"not made yet. Make them with: case-library phantoms {OTHER}") as told:
        library.read(OTHER)
    assert told.value.title and told.value.summary and told.value.clip_count == 3
    assert check_library(library) == []


def test_clips_count_only_once_they_are_recorded(small: None, tmp_path: Path) -> None:
    library = Library(tmp_path)
    (tmp_path / SLUG).mkdir()
    document = json.loads(_unbuilt())
    (tmp_path / SLUG / "case.json").write_text(json.dumps(document), encoding="utf-8")
    made = make_example_case(library, SLUG, lambda done, total: None)
    record = library.folder(SLUG) / BUILT_FILE
    assert json.loads(record.read_text())["clip-1"]["file_sha256"] == made.clips[0].file_sha256
    assert check_library(library) == []
    # Interrupted before the end: files lie there, but nothing says that they are whole.
    record.rename(tmp_path / SLUG / "truth" / "aside")
    with pytest.raises(CaseNotBuiltError):
        library.read(SLUG)
    record.write_text("not JSON")
    with pytest.raises(CaseNotBuiltError):
        library.read(SLUG)
    assert make_example_case(library, SLUG, lambda done, total: None) == made


def _unbuilt() -> bytes:
    return unbuilt_case(SLUG)
