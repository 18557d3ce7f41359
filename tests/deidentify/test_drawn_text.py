"""What is drawn over a moving picture is found, whatever its pixels are; the picture itself is left alone."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from case_library.deidentify.burning import burn
from case_library.deidentify.composites import Composites, SuggestionCancelledError, composites_of
from case_library.deidentify.default_mask import default_rectangles
from case_library.deidentify.drawn_text import HARDLY_MOVES, TOO_FEW_FRAMES, find_drawn_text
from case_library.errors import FrameError, RefusedInputError
from case_library.model.mask import MaskRectangle
from case_library.sources.dicom import open_dicom
from tests.deidentify.marked_clips import KINDS, MarkedClip, marked_clip
from tests.output_folder import output_folder


def suggested(clip: MarkedClip, tmp_path: Path, name: str) -> np.ndarray:
    """Burn the default mask and the suggestion in; return which pixels are black in every frame, and report."""
    with open_dicom(clip.path) as source:
        default = default_rectangles(source.regions, source.columns, source.rows) or ()
        found = find_drawn_text(composites_of(source), [rectangle.box for rectangle in default])
        rectangles = [*default, *found.rectangles]
        burn(source, tmp_path / "masked.dcm", rectangles)
    covered = _covered(rectangles, clip.drawn.shape)
    with open_dicom(tmp_path / "masked.dcm") as masked:
        for frame_index in range(masked.frame_count):
            assert not masked.read_frame(frame_index)[covered].any()
    lost = int(np.count_nonzero(covered & clip.inside & ~clip.drawn))
    line = {"clip": name, "good_pixels_lost": lost, "picture_pixels": int(np.count_nonzero(clip.inside))}
    with (output_folder(tmp_path) / "masks.jsonl").open("a", encoding="utf-8") as report:
        report.write(json.dumps(line) + "\n")
    return covered


def _covered(rectangles: list[MaskRectangle], shape: tuple[int, ...]) -> np.ndarray:
    covered = np.zeros(shape, bool)
    for r in rectangles:
        covered[r.y : r.bottom, r.x : r.right] = True
    return covered


@pytest.mark.parametrize("kind", KINDS)
def test_no_written_pixel_is_left_by_default_mask_and_suggestion(tmp_path: Path, kind: str) -> None:
    clip = marked_clip(tmp_path / "a.dcm", kind, 300)
    covered = suggested(clip, tmp_path, f"{kind}, 300 frames, region")
    assert np.count_nonzero(clip.drawn & ~covered) == 0
    assert np.count_nonzero(covered & clip.inside & ~clip.drawn) < 0.12 * np.count_nonzero(clip.inside)


@pytest.mark.parametrize("kind", ["grey", "YBR_FULL_422 JPEG"])
def test_a_clip_without_a_region_loses_its_writing_too(tmp_path: Path, kind: str) -> None:
    clip = marked_clip(tmp_path / "a.dcm", kind, 60, regions=False)
    covered = suggested(clip, tmp_path, f"{kind}, 60 frames, no region")
    assert np.count_nonzero(clip.drawn & ~covered) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_still_the_default_mask_takes_what_is_outside_and_a_person_must_look_inside(
    tmp_path: Path, kind: str
) -> None:
    clip = marked_clip(tmp_path / "a.dcm", kind, 1)
    covered = suggested(clip, tmp_path, f"{kind}, still, region")
    assert np.count_nonzero(clip.drawn & ~clip.inside & ~covered) == 0
    with open_dicom(clip.path) as source:
        assert find_drawn_text(composites_of(source)).note == TOO_FEW_FRAMES


def test_moving_tissue_alone_is_left_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    layers = rng.rayleigh(60, (2, 120, 160))
    frames = [np.roll(layers[0], 3 * i, 1) * 0.6 + np.roll(layers[1], 2 * i, 0) * 0.6 for i in range(40)]
    found = find_drawn_text(_composites([np.clip(f, 0, 255).astype(np.uint8) for f in frames]))
    assert found.rectangles == ()
    assert found.note == ""


def test_a_picture_that_stands_still_says_that_a_person_must_look() -> None:
    still = np.random.default_rng(1).integers(0, 255, (120, 160), dtype=np.uint8)
    found = find_drawn_text(_composites([still] * 20))
    assert found.note == HARDLY_MOVES
    assert sum(r.width * r.height for r in found.rectangles) <= 0.25 * still.size


@dataclass
class Frames:
    frames: list[np.ndarray | None]

    @property
    def frame_count(self) -> int:
        return len(self.frames)

    def read_frame(self, frame_index: int) -> np.ndarray:
        frame = self.frames[frame_index]
        if frame is None:
            raise FrameError(frame_index, "broken")
        return frame


def _composites(frames: list[np.ndarray]) -> Composites:
    return composites_of(Frames(list(frames)))


def test_composites_are_those_of_all_frames() -> None:
    frames = np.random.default_rng(5).integers(0, 255, (9, 20, 30), dtype=np.uint8)
    found = _composites(list(frames))
    assert np.array_equal(found.darkest, frames.min(axis=0))
    assert np.array_equal(found.brightest, frames.max(axis=0))
    assert np.array_equal(found.median, np.median(frames, axis=0).astype(np.uint8))
    assert np.allclose(found.mean, frames.mean(axis=0), atol=1e-3)
    mean = frames.mean(axis=0)
    ratio = frames.var(axis=0) / ((frames.max(axis=0) - mean) * (mean - frames.min(axis=0)))
    assert np.allclose(found.two_valued, ratio, atol=1e-3)
    assert set(found.pngs()) == {"min", "median", "max", "changing"}


def test_a_pixel_of_two_values_is_told_from_one_of_many() -> None:
    levels = np.linspace(0, 200, 21).astype(np.uint8)
    switching = np.where(np.arange(21) % 3, 0, 200).astype(np.uint8)
    found = _composites([np.array([[a, b]], np.uint8) for a, b in zip(levels, switching, strict=True)])
    assert found.two_valued[0, 0] < 0.5
    assert found.two_valued[0, 1] == pytest.approx(1.0, abs=1e-3)


def test_broken_frames_are_left_out_and_a_clip_of_nothing_else_is_refused() -> None:
    good = np.full((4, 4), 7, np.uint8)
    assert composites_of(Frames([None, good, None])).frame_count == 1
    with pytest.raises(RefusedInputError, match="no frame"):
        composites_of(Frames([None]))


def test_nobody_waits_any_more() -> None:
    with pytest.raises(SuggestionCancelledError):
        composites_of(Frames([np.zeros((4, 4), np.uint8)]), cancelled=lambda: True)
