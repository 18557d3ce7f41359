import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from case_library.deidentify.composites import SuggestionCancelledError
from case_library.deidentify.free_text import HeldIdentity, scan
from case_library.deidentify.remembered import RememberedMasks
from case_library.errors import CaseLibraryError, StaleEditError
from case_library.model.mask import MaskError, MaskOrigin, MaskRectangle
from case_library.store.confirming import confirm_draft
from case_library.store.library import HISTORY, Library
from case_library.store.masking import masked_png, remove_text, set_mask, set_viewed, suggest_mask
from tests.deidentify.marked_clips import marked_clip
from tests.dicom_files import header_of, native_file, ramp_frames
from tests.store.drafts import CORNER, import_draft, with_clip


@pytest.fixture
def slug(library: Library, tmp_path: Path) -> str:
    return import_draft(library, native_file(tmp_path / "a.dcm", ramp_frames(3)))


def test_a_suggestion_covers_what_is_drawn_and_shows_why(library: Library, tmp_path: Path) -> None:
    clip = marked_clip(tmp_path / "a.dcm", "grey", 30)
    slug = import_draft(library, clip.path)
    seen: list[int] = []
    found = suggest_mask(library, slug, "clip-1", read_text=False, progress=lambda done, total: seen.append(done))
    assert seen == list(range(1, 31))
    covered = np.zeros(clip.drawn.shape, bool)
    for r in found.mask.rectangles:
        covered[r.y : r.bottom, r.x : r.right] = True
    assert np.count_nonzero(clip.drawn & ~covered) == 0
    assert {r.origin for r in found.mask.rectangles} >= {"outside_regions", "static_text"}
    darkest = np.asarray(Image.open(io.BytesIO(found.composites["min"])))
    assert darkest.shape == clip.drawn.shape
    assert library.read(slug).revision == 1, "a suggestion writes nothing"


def test_nobody_waits_for_a_suggestion(library: Library, slug: str) -> None:
    with pytest.raises(SuggestionCancelledError):
        suggest_mask(library, slug, "clip-1", cancelled=lambda: True)


def test_what_was_remembered_is_offered_again(library: Library, slug: str, tmp_path: Path) -> None:
    with_clip(library, slug, screen_hmac="5" * 64)
    remembered = RememberedMasks(tmp_path / "config")
    remembered.remember("5" * 64, [(4, 4, 3, 3)])
    found = suggest_mask(library, slug, "clip-1", remembered=remembered, read_text=False)
    assert (4, 4, 3, 3) in [r.box for r in found.mask.rectangles if r.origin == "remembered"]


def test_a_mask_is_set_by_the_one_who_decided(library: Library, slug: str) -> None:
    mask = set_mask(library, slug, "clip-1", [CORNER], library.read(slug).revision, by="Editor").clips[0].mask
    assert mask is not None
    assert (mask.rectangles, mask.decided_by) == ((CORNER,), "Editor")
    assert mask.decided_at is not None


def test_a_mask_beyond_the_frame_is_refused(library: Library, slug: str) -> None:
    beyond = MaskRectangle(x=30, y=0, width=3, height=1, origin=MaskOrigin.DRAWN)
    with pytest.raises(MaskError, match="leaves the 32 x 24 frame"):
        set_mask(library, slug, "clip-1", [beyond], 1)
    with pytest.raises(MaskError, match="more than the 256"):
        set_mask(library, slug, "clip-1", [CORNER] * 257, 1)
    assert library.read(slug).revision == 1


def test_a_mask_of_a_stale_revision_a_published_case_or_no_clip_is_refused(library: Library, slug: str) -> None:
    saved = set_mask(library, slug, "clip-1", [CORNER], 1)
    with pytest.raises(StaleEditError):
        set_viewed(library, slug, "clip-1", 1)
    with pytest.raises(CaseLibraryError, match="has no clip 'clip-9'"):
        set_mask(library, slug, "clip-9", [CORNER], saved.revision)
    published = confirm_draft(library, slug, "A")
    with pytest.raises(CaseLibraryError, match="is published"):
        set_mask(library, slug, "clip-1", [], published.revision)


def test_the_after_picture_is_the_frame_with_the_mask(library: Library, slug: str) -> None:
    set_mask(library, slug, "clip-1", [CORNER], 1)
    pending = np.asarray(Image.open(io.BytesIO(masked_png(library, slug, "clip-1", 2))))
    plain = np.asarray(Image.open(io.BytesIO(masked_png(library, slug, "clip-1", 2, ()))))
    assert not pending[0:4, 0:9].any()
    assert plain[0:4, 0:9].any()
    assert np.array_equal(pending[4:], plain[4:])
    with pytest.raises(CaseLibraryError, match="3 frames"):
        masked_png(library, slug, "clip-1", 4)


def test_removed_text_is_nowhere_in_the_folder(library: Library, slug: str) -> None:
    held = HeldIdentity.of(header_of(ramp_frames(1), PatientName="Winterbottom^Ada"))
    case = library.read(slug)
    library.save(slug, case.model_copy(update={"title": "Knee of Ada Winterbottom"}), 1)
    library.save(slug, library.read(slug).model_copy(update={"summary": "also winterbottom"}), 2)
    matches = scan(library.read(slug), held)
    cleaned = remove_text(library, slug, matches, 3)
    assert (cleaned.title, cleaned.summary) == ("Knee of", "also")
    folder = library.folder(slug)
    assert list((folder / HISTORY).iterdir()) == []
    assert not [p for p in folder.rglob("*.json") if b"winterbottom" in p.read_bytes().lower()]
