"""Phases and patient's marks as a person sets them, and what becomes of them in the library."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import generate_uid

from case_library.model.case import Clip
from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.browser.conftest import Served, serving
from tests.browser.test_case_page import PAINTED, add, open_case, slug_of, wait_for_frame
from tests.dicom_files import native_file, ramp_frames

pytestmark = pytest.mark.browser

FRAMES = 100


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("time")
    library = Library(folder / "library")
    for title in ("Drawn", "Said", "Two windows", "Restarted", "Keys"):
        add(
            library,
            native_file(folder / "clip.dcm", ramp_frames(FRAMES, 120, 160), FrameTime="40"),
            title,
            publish=True,
        )
    with serving(library.root, folder) as server:
        yield server


def clip_of(served: Served, title: str) -> Clip:
    return Library(served.library).read(slug_of(served, title)).clips[0]


def wait_until_saved(page: Any) -> None:
    page.locator(".save-state[data-state=unsaved], .save-state[data-state=saving]").wait_for(state="detached")
    page.locator(".save-state[data-state=saved]").wait_for()


def at(page: Any, share: float, where: str = ".ribbon") -> tuple[float, float]:
    box = page.locator(where).bounding_box()
    return box["x"] + box["width"] * share, box["y"] + box["height"] / 2


def drag(page: Any, start: float, end: float) -> None:
    page.mouse.move(*at(page, start))
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(*at(page, start + (end - start) * step / 8))
    page.mouse.up()


def test_a_phase_is_drawn_named_adjusted_looped_and_saved(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Drawn")
    drag(page, 0.205, 0.495)
    page.get_by_role("form", name="Phase").wait_for()
    page.get_by_label("contraction").check()
    page.get_by_label("Effort").fill("as hard as possible")
    page.get_by_role("button", name="Done").click()
    wait_until_saved(page)
    (phase,) = clip_of(served, "Drawn").phases
    assert (phase.kind, phase.first.frame_number, phase.last.frame_number) == ("contraction", 21, 50)
    assert phase.effort == "as hard as possible"
    assert phase.first.stored_sha256 and phase.first.sop_instance_uid

    drag(page, 0.4985, 0.605)  # its right edge
    wait_until_saved(page)
    (phase,) = clip_of(served, "Drawn").phases
    assert (phase.first.frame_number, phase.last.frame_number) == (21, 61)

    page.mouse.click(*at(page, 0.4))
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_timeout(600)
    page.keyboard.press("Space")
    shown = int(page.locator("canvas[data-frame-number]").first.get_attribute("data-frame-number"))
    assert 21 <= shown <= 61

    page.keyboard.press("Control+z")
    wait_until_saved(page)
    assert clip_of(served, "Drawn").phases[0].last.frame_number == 50
    page.keyboard.press("Control+Shift+z")
    wait_until_saved(page)
    page.reload()
    page.get_by_role("button", name=re.compile("Phase 1: contraction, frames 21–61")).wait_for()


def test_the_digits_go_to_the_phases(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Keys")
    for start, end in ((0.005, 0.195), (0.305, 0.595)):
        drag(page, start, end)
        page.get_by_role("button", name="Done").click()
    page.keyboard.press("2")
    wait_for_frame(page, 31)
    page.keyboard.press("1")
    wait_for_frame(page, 1)
    page.keyboard.press("9")
    assert page.locator(PAINTED.format(1)).count() == 1


def test_the_patient_says_there_while_it_plays(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Said")
    page.keyboard.press("Space")
    page.wait_for_function("() => Number(document.querySelector('canvas[data-frame-number]').dataset.frameNumber) > 20")
    page.keyboard.press("p")
    page.get_by_text("The patient, at frame").wait_for()
    assert page.get_by_role("button", name="Pause").count() == 1
    page.get_by_label("Words").fill("there, that hurts")
    page.locator("input[name=score][value='7']").check()
    page.get_by_role("button", name="Done").click()
    page.locator(".mark").get_by_text("7", exact=True).wait_for()
    page.locator(".panel").get_by_text("“there, that hurts”, 7 of 10").wait_for()
    wait_until_saved(page)
    (mark,) = clip_of(served, "Said").patient_marks
    assert (mark.score, mark.words) == (7, "there, that hurts")
    assert 20 < mark.frame.frame_number < 90
    assert mark.frame.stored_sha256


def test_the_next_clip_follows_by_itself_where_that_is_wished(open_page: Callable[..., Any], tmp_path: Path) -> None:
    library, study = Library(tmp_path / "library"), {"StudyInstanceUID": generate_uid()}
    files = [native_file(tmp_path / f"{n}.dcm", ramp_frames(10 + n, 120, 160), **study) for n in range(2)]
    slug = import_files(library, files, b"k" * 32).imported[0].slug
    confirm_draft(library, slug, "A test", stated_viewed=True)
    with serving(library.root, tmp_path) as server:
        page = open_page(f"{server.url}/case?case={slug}&clip=clip-1&frame=1")
        page.wait_for_selector(PAINTED.format(1), state="attached", timeout=30_000)
        page.keyboard.press("?")
        page.get_by_label("Go on to the next clip when one has been played").check()
        page.keyboard.press("Escape")
        page.keyboard.press("Space")
        page.wait_for_selector("canvas[data-clip-id=clip-2]", state="attached", timeout=10_000)
        page.get_by_role("button", name="Pause").wait_for()
        page.close()


def test_two_windows_merge_what_they_changed(served: Served, open_page: Callable[..., Any]) -> None:
    one, two = (open_case(open_page, served, "Two windows") for _ in range(2))
    drag(one, 0.105, 0.295)
    one.get_by_role("button", name="Done").click()
    wait_until_saved(one)
    drag(two, 0.505, 0.695)
    two.get_by_role("button", name="Done").click()
    two.get_by_text("changed elsewhere").wait_for()
    assert len(clip_of(served, "Two windows").phases) == 1
    two.get_by_role("button", name="Merge…").click()
    two.get_by_role("button", name="Merge and save").click()
    wait_until_saved(two)
    firsts = sorted(phase.first.frame_number for phase in clip_of(served, "Two windows").phases)
    assert firsts == [11, 51]
    # The refusal is an answer of the server's that the browser logs.
    open_page.complaints[:] = [words for words in open_page.complaints if "409" not in words]


def test_an_edit_survives_that_the_server_is_restarted(open_page: Callable[..., Any], tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    slug = add(library, native_file(tmp_path / "clip.dcm", ramp_frames(FRAMES, 120, 160)), "Restarted", publish=True)
    with serving(library.root, tmp_path) as first:
        port = int(first.url.rpartition(":")[2])
        page = open_page(f"{first.url}/case?case={slug}&clip=clip-1&frame=1")
        page.wait_for_selector(PAINTED.format(1), state="attached", timeout=30_000)
    drag(page, 0.105, 0.295)
    page.get_by_role("button", name="Done").click()
    page.get_by_text(re.compile("not saved: The case library does not answer")).wait_for()
    with serving(library.root, tmp_path, port=port):
        page.locator(".save-state[data-state=saved]").wait_for(timeout=60_000)
        deadline = time.monotonic() + 10
        while not library.read(slug).clips[0].phases and time.monotonic() < deadline:
            time.sleep(0.1)
        assert library.read(slug).clips[0].phases[0].first.frame_number == 11
    open_page.complaints.clear()  # a server that is gone answers nothing, and the browser says so
