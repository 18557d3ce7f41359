"""The pages as a person uses them, on clips made for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.browser.conftest import Served, serving
from tests.dicom_files import jpeg, jpeg_file, native_file, ramp_frames, region

pytestmark = pytest.mark.browser

FRAMES = 120
PAINTED = "canvas[data-frame-number='{}']"
# Runs in the page: while somebody seeks, every animation frame compares what the canvas says with what it shows.
WATCH = """() => {
  const canvas = document.querySelector("canvas[data-frame-number]");
  window.__seen = { samples: 0, wrong: [] };
  const look = () => {
    const frame = Number(canvas.dataset.frameNumber);
    const image = window.__viewer.readPixels();
    if (image) {
      const grey = image.data[4 * (image.width * (image.height >> 1) + (image.width >> 1))];
      window.__seen.samples += 1;
      if (Math.abs(grey - 2 * frame) > 1) window.__seen.wrong.push([frame, grey]);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("made")
    library = Library(folder / "library")
    # Frame n is grey level 2n all over: what is on the canvas names itself.
    frames = np.stack([np.full((300, 400), 2 * n, np.uint8) for n in range(1, FRAMES + 1)])
    # What lies outside a region would be masked when the clip is published.
    whole = region(RegionLocationMinX0=0, RegionLocationMinY0=0, RegionLocationMaxX1=399, RegionLocationMaxY1=299)
    streams = [jpeg(f, quality=95) for f in frames]
    trim = {"StartTrim": 11, "StopTrim": 20, "SequenceOfUltrasoundRegions": [whole]}
    path = jpeg_file(folder / "grey.dcm", streams, frames, **trim)
    add(library, path, "Grey ramp", publish=True)
    add(library, native_file(folder / "still.dcm", ramp_frames(1, 240, 320)), "A still", publish=True)
    with serving(library.root, folder) as server:
        yield server


def add(library: Library, path: Path, title: str, publish: bool = False) -> str:
    slug = import_files(library, [path], b"k" * 32, ImportOptions(title=title)).imported[0].slug
    if publish:
        confirm_draft(library, slug, "A test", stated_viewed=True)
    return slug


def slug_of(served: Served, title: str) -> str:
    return next(e.slug for e in Library(served.library).entries() if e.case is not None and e.case.title == title)


def open_case(open_page: Callable[..., Any], served: Served, title: str, frame: int = 1, **options: Any) -> Any:
    page = open_page(f"{served.url}/case?case={slug_of(served, title)}&clip=clip-1&frame={frame}", **options)
    page.wait_for_selector(PAINTED.format(frame), state="attached", timeout=30_000)
    return page


def wait_for_frame(page: Any, frame: int) -> None:
    page.wait_for_selector(PAINTED.format(frame), state="attached", timeout=10_000)


def test_every_key_goes_to_its_frame(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Grey ramp", frame=50)
    for key, frame in (
        ("ArrowRight", 51),
        ("Shift+ArrowRight", 61),
        ("ArrowLeft", 60),
        ("Shift+ArrowLeft", 50),
        ("End", FRAMES),
        ("ArrowRight", FRAMES),
        ("Home", 1),
        ("ArrowLeft", 1),
    ):
        page.keyboard.press(key)
        wait_for_frame(page, frame)
        page.get_by_text(f"{frame} / {FRAMES}").first.wait_for()


def test_every_key_of_the_list_does_something(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Grey ramp")
    assert page.evaluate("() => window.__viewer.deadKeys") == []
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_text("take back the last change").wait_for()


def test_the_wheel_goes_one_frame_a_notch(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Grey ramp", frame=50)
    page.mouse.move(600, 300)
    page.mouse.wheel(0, 100)
    wait_for_frame(page, 51)
    page.mouse.wheel(0, -100)
    wait_for_frame(page, 50)


def test_what_the_canvas_shows_is_the_frame_it_names_at_every_moment(
    served: Served, open_page: Callable[..., Any]
) -> None:
    page = open_case(open_page, served, "Grey ramp")
    page.evaluate(WATCH)
    box = page.get_by_role("slider", name="Frame").bounding_box()
    dice = np.random.default_rng(1)
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    for x in dice.uniform(box["x"], box["x"] + box["width"], 150):
        page.mouse.move(float(x), box["y"] + box["height"] / 2)
    page.mouse.up()
    page.keyboard.press("Space")
    page.wait_for_timeout(1500)
    seen = page.evaluate("() => window.__seen")
    assert seen["samples"] > 30
    assert seen["wrong"] == []


def test_playing_stays_inside_the_trim_of_the_file(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Grey ramp", frame=11)
    page.evaluate(
        """() => {
          window.__frames = new Set();
          const canvas = document.querySelector("canvas[data-frame-number]");
          new MutationObserver(() => window.__frames.add(Number(canvas.dataset.frameNumber)))
            .observe(canvas, { attributes: true });
        }"""
    )
    page.keyboard.press("Space")
    page.wait_for_function("() => window.__frames.size >= 8")
    page.wait_for_timeout(600)
    page.keyboard.press("Space")
    frames = page.evaluate("() => [...window.__frames]")
    assert min(frames) >= 11
    assert max(frames) <= 20


def test_a_link_lands_on_its_frame_and_a_wrong_one_says_so(served: Served, open_page: Callable[..., Any]) -> None:
    slug = slug_of(served, "Grey ramp")
    page = open_page(f"{served.url}/case?case={slug}&clip=clip-1&frame=999")
    wait_for_frame(page, FRAMES)
    page.get_by_text("this clip has frames 1 to 120").wait_for()
    page.goto(f"{served.url}/case?case={slug}&clip=no-such-clip&frame=abc")
    page.wait_for_selector("canvas[data-frame-number]", state="attached")


def test_a_still_has_no_transport(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "A still")
    page.get_by_text("still image").wait_for()
    assert page.get_by_role("slider", name="Frame").count() == 0


def test_the_clock_and_the_scale_are_always_on_screen(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Grey ramp", frame=26)
    page.get_by_text("25.0 fps").first.wait_for()
    page.get_by_text(re.compile(r"0\.10* mm/px")).first.wait_for()
    page.get_by_text("1.000 s").first.wait_for()


def test_a_card_opens_its_case_and_back_returns(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_page(served.url)
    page.get_by_placeholder(re.compile("Search")).fill("grey")
    page.get_by_text("Grey ramp").first.wait_for()
    page.get_by_text("A still").wait_for(state="hidden")
    page.get_by_text("Grey ramp").first.click()
    page.wait_for_selector("canvas[data-frame-number]", state="attached", timeout=30_000)
    assert f"case={slug_of(served, 'Grey ramp')}" in page.url
    page.go_back()
    page.get_by_text("A still").first.wait_for()


def test_a_search_without_result_offers_the_way_out(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_page(served.url)
    box = page.get_by_placeholder(re.compile("Search"))
    box.fill("nothing is called so")
    page.get_by_role("button", name=re.compile("clear", re.I)).first.click()
    page.get_by_text("Grey ramp").first.wait_for()


def test_others_see_published_cases_alone(served: Served, open_page: Callable[..., Any], tmp_path: Path) -> None:
    library = Library(served.library)
    draft = add(library, native_file(tmp_path / "d.dcm", ramp_frames(2)), "Not for others")
    with serving(served.library, tmp_path, "--read-only") as closed:
        page = open_page(closed.url)
        page.get_by_text("Grey ramp").first.wait_for()
        assert page.get_by_text("Not for others").count() == 0
        page.goto(f"{closed.url}/case?case={draft}")
        page.get_by_text("There is no such case").wait_for()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_the_frame_takes_most_of_the_window(
    served: Served, open_page: Callable[..., Any], width: int, height: int
) -> None:
    page = open_case(open_page, served, "Grey ramp", width=width, height=height)
    # A frame of 6 : 5, such as the examples have, with the panel open beside it.
    stage = page.locator(".stage").bounding_box()
    high = min(stage["height"], stage["width"] * 5 / 6)
    assert high * high * 6 / 5 >= 0.6 * width * height
    assert page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")


def test_a_phone_has_targets_for_a_thumb(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Grey ramp", width=390, height=844, has_touch=True, is_mobile=True)
    for name in ("Play", "Next frame"):
        box = page.get_by_role("button", name=re.compile(name, re.I)).first.bounding_box()
        assert min(box["width"], box["height"]) >= 44 or box["width"] * box["height"] >= 44 * 44
    assert page.get_by_role("slider", name="Frame").bounding_box()["height"] >= 44
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
