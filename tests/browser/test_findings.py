"""Findings as an editor describes them in the panel, and what stands in the library afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from case_library.model.case import Case
from case_library.model.editing import Edit, ItemChange
from case_library.store.editing import save_edit
from case_library.store.library import Library
from tests.browser.conftest import Served, serving
from tests.browser.test_case_page import add, open_case, slug_of, wait_for_frame
from tests.browser.test_time import wait_until_saved
from tests.dicom_files import native_file, ramp_frames

pytestmark = pytest.mark.browser

TITLES = ("Described", "Changing", "Read only")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("findings")
    library = Library(folder / "library")
    for title in TITLES:
        media = native_file(folder / "clip.dcm", ramp_frames(60, 120, 160), FrameTime="40")
        slug = add(library, media, title, publish=True)
        changes = [length("rest", "Gap at rest", 1, 10), length("peak", "Gap on contraction", 51, 90)]
        save_edit(library, slug, Edit(based_on=2, changes=tuple(changes)), lambda clip, numbers: ())
    with serving(library.root, folder) as server:
        yield server


def length(item_id: str, title: str, frame_number: int, end_x: int) -> ItemChange:
    mark = {"clip_id": "clip-1", "frame": {"frame_number": frame_number}, "points": [[0, 60], [end_x, 60]]}
    item = {"item_id": item_id, "kind": "length", "title": title, "marks": [mark]}
    return ItemChange(list="measurements", item_id=item_id, item=item)


def case_of(served: Served, title: str) -> Case:
    return Library(served.library).read(slug_of(served, title))


def add_finding(page: Any, words: str) -> None:
    page.keyboard.press("f")
    search = page.get_by_role("combobox", name="Search")
    search.fill(words)
    page.locator(".picker").get_by_role("option").first.wait_for()
    search.press("Enter")


def test_a_finding_is_found_by_a_lay_word_and_described(served: Served, open_page: Callable[..., Any]) -> None:
    page = open_case(open_page, served, "Described", frame=21)
    page.keyboard.press("[")
    page.keyboard.press("End")
    page.keyboard.press("]")
    add_finding(page, "haematoma")
    panel = page.locator(".panel")
    panel.get_by_label("Certainty", exact=True).select_option("probable")
    panel.get_by_label("Side", exact=True).select_option("left")
    panel.get_by_label("Place", exact=True).fill("at half of the thigh")
    panel.get_by_text("Extent").click()
    panel.get_by_label("Echo", exact=True).select_option("hypoechoic")
    panel.get_by_label("Share of the cross-section").fill("30")
    panel.get_by_placeholder("In your words").fill("Swirls under the probe. ")
    wait_until_saved(page)
    panel.get_by_placeholder("In your words").press_sequentially("No flow.")
    assert panel.get_by_placeholder("In your words").input_value() == "Swirls under the probe. No flow."
    panel.get_by_role("button", name="Choose…").click()
    page.get_by_role("combobox", name="Search").fill("rectus fem")
    page.get_by_role("option", name=re.compile("Rectus femoris")).first.click()
    panel.get_by_role("button", name="Done").click()
    wait_until_saved(page)
    (finding,) = case_of(served, "Described").findings
    assert finding.term.code == "F009"
    assert (finding.certainty, finding.laterality) == ("probable", "left")
    assert finding.site.structure is not None and finding.site.structure.code == "rectus_femoris"
    assert finding.site.level_text == "at half of the thigh"
    assert (finding.extent.echo, finding.extent.cross_section_percent) == ("hypoechoic", 30)
    assert finding.text == "Swirls under the probe. No flow."
    assert [(r.first.frame_number, r.last.frame_number) for r in finding.frames] == [(21, 60)]
    assert finding.grades == ()
    panel.get_by_text("left rectus femoris, at half of the thigh").wait_for()


def test_the_dynamic_sign_is_two_measurements_and_what_lies_between(
    served: Served, open_page: Callable[..., Any]
) -> None:
    page = open_case(open_page, served, "Changing")
    add_finding(page, "complete tear")
    panel = page.locator(".panel")
    panel.locator("[data-section=sign] summary").click()
    panel.get_by_label("After", exact=True).select_option(label="Gap on contraction, frame 51")
    panel.get_by_label("Effort", exact=True).fill("maximal")
    # The scale of this file is not trusted: pixels, and no millimetre anywhere.
    panel.get_by_text("+80.0 px · 2.00 s later · effort: maximal").wait_for()
    assert " mm" not in panel.inner_text()
    panel.locator("[data-section=grades] summary").click()
    panel.get_by_role("button", name="Grade it yourself…").click()
    panel.get_by_label("Scale", exact=True).select_option(label="Peetrons ultrasound grades (2002)")
    assert case_of(served, "Changing").findings == () or case_of(served, "Changing").findings[0].grades == ()
    panel.get_by_role("button", name=re.compile("^3")).click()
    panel.get_by_role("button", name="Done").click()
    wait_until_saved(page)
    (finding,) = case_of(served, "Changing").findings
    assert finding.dynamic_sign is not None
    assert (finding.dynamic_sign.before, finding.dynamic_sign.after) == ("rest", "peak")
    assert set(finding.measurements) == {"rest", "peak"}
    (grade,) = finding.grades
    assert (grade.scale.code, grade.level) == ("G001", "3")
    assert grade.rule and grade.source
    panel.get_by_role("button", name="after: frame 51").click()
    wait_for_frame(page, 51)
    page.keyboard.press("Control+z")
    wait_until_saved(page)
    assert case_of(served, "Changing").findings[0].grades == ()


def test_who_may_change_nothing_is_offered_nothing(
    served: Served, open_page: Callable[..., Any], tmp_path: Any
) -> None:
    with serving(served.library, tmp_path, "--read-only") as closed:
        page = open_page(f"{closed.url}/case?case={slug_of(served, 'Read only')}&clip=clip-1&frame=1")
        page.get_by_text("Gap at rest").first.wait_for(timeout=30_000)
        assert page.get_by_role("button", name=re.compile("Add a finding")).count() == 0
        page.keyboard.press("f")
        page.keyboard.press("p")
        assert page.get_by_role("dialog").count() == 0
        assert page.locator(".mark").count() == 0
        page.close()
