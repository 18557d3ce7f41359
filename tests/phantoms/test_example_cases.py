import json
from pathlib import Path

import numpy as np
import pytest

from case_library.errors import CaseLibraryError
from case_library.model.case import Source, Status
from case_library.phantoms import example_cases
from case_library.phantoms.build import EXAMPLE_CASES, PHANTOMS, PhantomFiles, PhantomRenderer
from case_library.phantoms.example_cases import make_example_case
from case_library.sources.dicom import open_dicom
from case_library.store.check import check_library
from case_library.store.library import Library

SHIPPED = Library(Path(__file__).parents[2] / "cases", read_only=True)


@pytest.mark.parametrize("slug", EXAMPLE_CASES)
def test_a_shipped_case_is_whole_published_and_synthetic(slug: str) -> None:
    assert check_library(SHIPPED, [slug]) == []
    case = SHIPPED.read(slug)
    assert (case.status, case.source) == (Status.PUBLISHED, Source.SYNTHETIC)
    assert "Synthetic" in case.summary
    assert "illustrative" in case.summary


@pytest.mark.parametrize("slug", EXAMPLE_CASES)
def test_a_shipped_clip_is_what_the_generator_makes(slug: str) -> None:
    for number, phantom_id in enumerate(EXAMPLE_CASES[slug].clip_ids, start=1):
        renderer = PhantomRenderer(PHANTOMS[phantom_id])
        truth = json.loads((SHIPPED.folder(slug) / "truth" / f"clip-{number}.json").read_text())
        assert truth == renderer.truth()
        with open_dicom(SHIPPED.folder(slug) / "media" / f"clip-{number}.dcm") as source:
            difference = np.abs(source.read_frame(60).astype(int) - renderer.frame(60))
        # The JPEG's own error; another frame, or another seed, differs by over 20 on average.
        assert difference.mean() < 4


def test_a_case_that_is_there_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copied(phantom_id: str, folder: Path, progress: object) -> PhantomFiles:
        shipped = SHIPPED.folder("missed-rectus-femoris-tear")
        return PhantomFiles(shipped / "media" / "clip-1.dcm", shipped / "truth" / "clip-1.json")

    monkeypatch.setattr(example_cases, "build_phantom", copied)
    library = Library(tmp_path)
    made = make_example_case(library, "missed-rectus-femoris-tear", lambda done, total: None)
    assert made == SHIPPED.read("missed-rectus-femoris-tear")
    with pytest.raises(CaseLibraryError, match="already; move its folder away"):
        make_example_case(library, "missed-rectus-femoris-tear", lambda done, total: None)
