"""Names that are burned into real files are gone from every frame once the suggestion is confirmed.

Sheets with the first, the middle and the last frame before and after, and the composites, lie in the output folder:
a person looks at them.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from case_library.deidentify.text_reading import has_ocr
from case_library.model.mask import Box
from case_library.sources.dicom import open_dicom
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.masking import set_suggestions, suggest_mask
from tests.output_folder import output_folder
from tests.shared_data import shared_data

SECRET = b"s" * 32
# Where a person reads a name, a number, a date or a place: x, y, width, height.
NAMES: dict[str, list[Box]] = {
    "dicom-us/GREYSCALE_CINE.zip": [(0, 0, 800, 17)],
    "dicom-us/RGB_CINE.zip": [(0, 0, 1016, 56), (170, 620, 366, 26)],
    "dicom-us/YBR_FULL-RLE.dcm": [(0, 0, 640, 30)],
    "dicom-us/examples_ybr_color.dcm": [(0, 0, 39, 14)],
}
STILL_BY_READING = {"dicom-other/2_ORIGINAL.dcm": [(0, 0, 230, 30)]}


def confirmed(name: str, tmp_path: Path) -> tuple[list[np.ndarray], list[np.ndarray], list[Box]]:
    """Import a real file, confirm what is suggested; return its frames before and after, and write a sheet."""
    path = shared_data(name)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            (member,) = [n for n in archive.namelist() if n.lower().endswith(".dcm")]
            path = Path(archive.extract(member, tmp_path))
    library = Library(tmp_path / "library")
    report = import_files(library, [path], SECRET, ImportOptions(force=True))
    slug = report.imported[0].slug
    found = suggest_mask(library, slug, "clip-1")
    set_suggestions(library, slug, {"clip-1": found.mask}, 1)
    with open_dicom(path) as source:
        picked = sorted({0, source.frame_count // 2, source.frame_count - 1})
        before = [source.read_frame(i).copy() for i in range(source.frame_count)]
    confirm_draft(library, slug, "A test")
    clip = library.read(slug).clips[0]
    with open_dicom(library.folder(slug) / clip.file) as source:
        after = [source.read_frame(i).copy() for i in range(source.frame_count)]
    rows = [[Image.fromarray(frames[i]).convert("RGB") for i in picked] for frames in (before, after)]
    rows.append([Image.open(io.BytesIO(found.composites[kind])).convert("RGB") for kind in ("min", "max", "changing")])
    _sheet(rows).save(output_folder(tmp_path) / f"{Path(name).stem}.png")
    assert clip.burned is not None
    return before, after, [rectangle.box for rectangle in clip.burned.rectangles]


def _sheet(rows: list[list[Image.Image]]) -> Image.Image:
    width, height = rows[0][0].size
    sheet = Image.new("RGB", (width * max(map(len, rows)), height * len(rows)))
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            sheet.paste(picture, (x * width, y * height))
    return sheet


def require_gone(before: list[np.ndarray], after: list[np.ndarray], masks: list[Box], names: list[Box]) -> None:
    """Check every frame: no bright pixel is left where the names were, and all outside the mask is as it was."""
    for frame_before, frame_after in zip(before, after, strict=True):
        expected = frame_before.copy()
        for x, y, width, height in masks:
            expected[y : y + height, x : x + width] = 0
        assert np.array_equal(frame_after, expected)
        for x, y, width, height in names:
            was, left = (frame[y : y + height, x : x + width].astype(int) for frame in (frame_before, frame_after))
            assert was.max() > 90, "the name is where it is looked for"
            assert left.max() <= 90


@pytest.mark.parametrize("name", NAMES)
def test_a_burned_in_name_is_gone_from_every_frame(tmp_path: Path, name: str) -> None:
    require_gone(*confirmed(name, tmp_path), NAMES[name])


@pytest.mark.skipif(not has_ocr(), reason="the extra 'ocr' is not installed: a still without a region needs it")
@pytest.mark.parametrize("name", STILL_BY_READING)
def test_of_a_still_without_a_region_the_name_is_found_by_reading(tmp_path: Path, name: str) -> None:
    require_gone(*confirmed(name, tmp_path), STILL_BY_READING[name])
