"""Two clips side by side, and what may leave the viewer."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from case_library.model.finding import DynamicSign, Finding
from case_library.model.frame import FrameIdentity
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind
from case_library.model.narrative import Link, LinkKind
from case_library.model.phase import Phase, PhaseKind
from case_library.model.term import Term
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.browser.conftest import Served, serving
from tests.dicom_files import native_file, ramp_frames, region

pytestmark = pytest.mark.browser

STATE = """() => {
  const [a, b] = ["canvas.canvas:not(.compared)", "canvas.compared"].map((s) => document.querySelector(s));
  const width = (c) => c.getBoundingClientRect().width / c.width;
  return { a: Number(a.dataset.frameNumber), b: Number(b.dataset.frameNumber), scale: [width(a), width(b)] };
}"""


def frame(number: int) -> FrameIdentity:
    return FrameIdentity(frame_number=number)


def phases(*ends: int) -> tuple[Phase, ...]:
    kinds = (PhaseKind.REST, PhaseKind.CONTRACTION, PhaseKind.RELEASE)
    starts = (1, *(end + 1 for end in ends[:-1]))
    return tuple(
        Phase(item_id=f"{kind}-{ends[-1]}", kind=kind, first=frame(first), last=frame(last))
        for kind, first, last in zip(kinds, starts, ends, strict=True)
    )


def gap(item_id: str, number: int, width: float) -> Measurement:
    mark = Mark(clip_id="clip-1", frame=frame(number), points=((100, 100), (100 + width, 100)))
    return Measurement(item_id=item_id, kind=MeasurementKind.LENGTH, title="Gap", marks=(mark,))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("compare")
    library = Library(folder / "library")
    paths = [
        clip_file(folder / "rest.dcm", 40, 1, "REST", 0.0125),
        clip_file(folder / "short.dcm", 4, 1, "REST", 0.0125, view="SHORT AXIS"),
        clip_file(folder / "contraction.dcm", 60, 2, "ISOM CONTRACTION", 0.025),
    ]
    made = import_files(library, paths, b"k" * 32, ImportOptions(title="Torn"))
    slug = made.imported[0].slug
    confirm_draft(library, slug, "A test", stated_viewed=True)
    normal = import_files(library, [clip_file(folder / "normal.dcm", 9, 1, "REST", 0.0125, study="2.25.7")], b"k" * 32,
                          ImportOptions(title="Normal")).imported[0].slug  # fmt: skip
    healthy = confirm_draft(library, normal, "A test", stated_viewed=True)
    case = library.read(slug)
    by_stage = {(clip.stage, clip.view): clip for clip in case.clips}
    clips = tuple(
        clip.model_copy(update={"phases": phases(10, 30, 40)}) if clip.frame_count == 40
        else clip.model_copy(update={"phases": phases(5, 50, 60)}) if clip.frame_count == 60 else clip
        for clip in case.clips
    )  # fmt: skip
    assert len(by_stage) == 3
    sign = Finding(item_id="tear", term=Term(code="F001", meaning="Tear"), measurements=("g0", "g1"),
                   dynamic_sign=DynamicSign(before="g0", after="g1"))  # fmt: skip
    told = {"clips": clips, "findings": (sign,), "measurements": (gap("g0", 1, 16), gap("g1", 20, 128)),
            "links": (Link(item_id="normal", kind=LinkKind.NORMAL, to_case=healthy.case_id),)}  # fmt: skip
    library.save(slug, case.model_copy(update=told), based_on=case.revision)
    import_files(library, [clip_file(folder / "draft.dcm", 3, 1, "REST", 0.0125, study="2.25.8")], b"k" * 32,
                 ImportOptions(title="Draft"))  # fmt: skip
    with serving(library.root, folder) as server:
        yield server


def clip_file(
    path: Path, count: int, shrunk: int, stage: str, delta_cm: float, view: str = "LONG AXIS", study: str = "2.25.6"
) -> Path:
    rows, columns = 400 // shrunk, 480 // shrunk
    box = region(RegionLocationMinX0=0, RegionLocationMinY0=0, RegionLocationMaxX1=columns - 1,
                 RegionLocationMaxY1=rows - 1, PhysicalDeltaX=delta_cm, PhysicalDeltaY=delta_cm)  # fmt: skip
    return native_file(path, ramp_frames(count, rows, columns), StageName=stage, ViewName=view, StudyInstanceUID=study,
                       SequenceOfUltrasoundRegions=[box])  # fmt: skip


@pytest.fixture
def opened(served: Served, open_page: Callable[..., Any]) -> Callable[..., Any]:
    def opened(title: str = "Torn", number: int = 1, **options: Any) -> Any:
        slug = next(e.slug for e in Library(served.library).entries() if e.case is not None and e.case.title == title)
        page = open_page(f"{served.url}/case?case={slug}&clip=clip-1&frame={number}", **options)
        page.wait_for_selector(f"canvas[data-frame-number='{number}']", state="attached", timeout=30_000)
        return page

    return opened


def seek(page: Any, number: int) -> None:
    page.keyboard.press("Home")
    for _ in range((number - 1) // 10):
        page.keyboard.press("Shift+ArrowRight")
    for _ in range((number - 1) % 10):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(f"canvas.canvas[data-frame-number='{number}']:not(.compared)", state="attached")


def beside(page: Any, number: int) -> None:
    page.wait_for_selector(f"canvas.compared[data-frame-number='{number}']", state="attached", timeout=10_000)


def test_the_same_view_in_the_next_stage_is_offered_first_and_moves_by_phase(opened: Callable[..., Any]) -> None:
    page = opened()
    page.keyboard.press("c")
    beside(page, 1)
    choice = page.get_by_label("Compare with", exact=True)
    options = choice.locator("option").all_inner_texts()
    assert "next stage: ISOM CONTRACTION" in options[0]
    assert any("normal: Normal" in option for option in options)
    assert page.get_by_label("Aligned").input_value() == "phase"
    for first, second in ((11, 6), (30, 50), (31, 51), (40, 60)):
        seek(page, first)
        beside(page, second)
    one, other = page.evaluate(STATE)["scale"]
    assert other / one == pytest.approx(2.0, rel=0.01)
    page.get_by_text("both at one scale").wait_for()
    page.keyboard.press("+")
    page.wait_for_timeout(300)
    one, other = page.evaluate(STATE)["scale"]
    assert other / one == pytest.approx(2.0, rel=0.01)


def test_unlocked_the_second_moves_alone_and_is_locked_where_it_stands(opened: Callable[..., Any]) -> None:
    page = opened()
    page.keyboard.press("c")
    beside(page, 1)
    page.get_by_label("Aligned").select_option("frame")
    page.locator(".compare-head").get_by_text("locked").click()
    box = page.locator("canvas.compared").bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    for _ in range(3):
        page.mouse.wheel(0, 100)
        page.wait_for_timeout(60)
    beside(page, 4)
    assert page.evaluate(STATE)["a"] == 1
    page.locator(".compare-head").get_by_text("unlocked").click()
    page.keyboard.press("ArrowRight")
    beside(page, 5)
    assert page.evaluate(STATE)["a"] == 2


def test_a_flipped_picture_says_so_and_sides_are_swapped(opened: Callable[..., Any]) -> None:
    page = opened()
    page.keyboard.press("c")
    beside(page, 1)
    page.get_by_role("button", name="flip").click()
    assert page.get_by_text("flipped left–right").is_visible()
    left = page.locator("canvas.compared").bounding_box()["x"]
    page.get_by_role("button", name="swap").click()
    assert page.locator("canvas.compared").bounding_box()["x"] < left - 200
    page.keyboard.press("c")
    assert page.locator(".compare-pane").count() == 0


def test_a_clip_of_the_linked_case_can_be_seen_beside(opened: Callable[..., Any]) -> None:
    page = opened(width=390, height=844)
    page.keyboard.press("c")
    beside(page, 1)
    choice = page.get_by_label("Compare with", exact=True)
    at = [i for i, option in enumerate(choice.locator("option").all_inner_texts()) if "normal" in option]
    choice.select_option(index=at[0])
    page.get_by_text("1 / 9").wait_for()
    page.keyboard.press("End")
    beside(page, 9)


def saved(page: Any, name: str) -> tuple[str, bytes]:
    page.get_by_role("button", name="Pictures, table").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=name).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_pictures_and_tables_are_saved(opened: Callable[..., Any]) -> None:
    page = opened(number=20)
    sizes = {}
    for name in ("This frame", "Rest | peak", "Sheet of key frames"):
        file_name, body = saved(page, name)
        assert file_name.endswith(".png")
        picture = np.asarray(Image.open(io.BytesIO(body)).convert("RGB")).astype(int)
        sizes[name] = picture.shape
        # The yellow of what is measured, and the white of the scale bar, are on a grey frame.
        assert ((picture[..., 0] > 200) & (picture[..., 1] > 190) & (picture[..., 2] < 110)).any(), name
    assert sizes["Rest | peak"][1] > 1.9 * sizes["This frame"][1]
    _, table = saved(page, "Measurements")
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [(row["value"], row["unit"]) for row in rows] == [("2", "mm"), ("16", "mm")]


def test_nothing_of_a_draft_can_be_saved(opened: Callable[..., Any]) -> None:
    page = opened("Draft")
    page.get_by_role("button", name="Pictures, table").click()
    for name in ("This frame", "Rest | peak", "Measurements", "Findings"):
        assert page.get_by_role("menuitem", name=name).is_disabled()
