"""Measuring and drawing with real pointers and keys, on the true points of the phantoms.

The frames have a phantom's size and scale; what is measured is where its truth says, so its picture does not matter.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from case_library.model.finding import Finding
from case_library.model.term import Term
from case_library.phantoms.clip_truth import truth_of
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from case_library.store.mending import state_scale
from tests.browser.conftest import Served, serving
from tests.dicom_files import native_file, ramp_frames, region

pytestmark = pytest.mark.browser

SIZE = (480, 400)
WITHIN_PX = 0.5


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("tools")
    library = Library(folder / "library")
    columns, rows = SIZE
    whole = {"RegionLocationMinX0": 0, "RegionLocationMinY0": 0, "RegionLocationMaxX1": 479, "RegionLocationMaxY1": 399}
    eighth = [region(**whole, PhysicalDeltaX=0.0125, PhysicalDeltaY=0.0125)]
    left = region(RegionLocationMinX0=0, RegionLocationMinY0=0, RegionLocationMaxX1=239, RegionLocationMaxY1=399)
    right = region(RegionLocationMinX0=240, RegionLocationMinY0=0, RegionLocationMaxX1=479, RegionLocationMaxY1=399,
                   PhysicalDeltaX=0.02, PhysicalDeltaY=0.02)  # fmt: skip
    frames = ramp_frames(12, rows, columns)
    for title, regions in (
        ("Phantom", eighth),
        ("No scale", None),
        ("Two scales", [left, right]),
        ("Unequal", [region(**whole, PhysicalDeltaX=0.01, PhysicalDeltaY=0.02)]),
    ):
        path = native_file(folder / f"{title}.dcm", frames, SequenceOfUltrasoundRegions=regions)
        slug = import_files(library, [path], b"k" * 32, ImportOptions(title=title)).imported[0].slug
        case = confirm_draft(library, slug, "A test", stated_viewed=True)
        tear = Finding(item_id="tear", term=Term(code="F001", meaning="Tear"))
        library.save(slug, case.model_copy(update={"findings": (tear,)}), based_on=case.revision)
    with serving(library.root, folder) as server:
        yield server


class Hand:
    """A page of a case, and a pointer that goes to places of the frame."""

    def __init__(self, page: Any, served: Served, slug: str) -> None:
        self.page, self.served, self.slug = page, served, slug

    def place(self, x: float, y: float) -> tuple[float, float]:
        box = self.page.evaluate(
            """() => { const r = document.querySelector("canvas.canvas").getBoundingClientRect();
                       return [r.left, r.top, r.width, r.height]; }"""
        )
        return box[0] + x * box[2] / SIZE[0], box[1] + y * box[3] / SIZE[1]

    def drag(self, start: Any, end: Any, *, up: bool = True) -> None:
        (ax, ay), (bx, by) = self.place(*start), self.place(*end)
        self.page.mouse.move(ax, ay)
        self.page.mouse.down()
        self.page.mouse.move((ax + bx) / 2, (ay + by) / 2)
        self.page.mouse.move(bx, by)
        if up:
            self.page.mouse.up()

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.place(x, y))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def hint(self) -> str:
        return str(self.page.inner_text(".tool-hint"))

    def kept(self, name: str = "measurements", count: int = 1) -> list[dict[str, Any]]:
        """Return what is in case.json, once there are so many."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            document = json.loads((self.served.library / self.slug / "case.json").read_text(encoding="utf-8"))
            if len(document.get(name, [])) == count and self.page.locator("text=saved ✓").count():
                return list(document[name])
            time.sleep(0.1)
        raise AssertionError(f"{len(document.get(name, []))} {name} were saved, not {count}")

    def seek(self, number: int) -> None:
        self.press("Home", *["ArrowRight"] * (number - 1))
        self.page.wait_for_selector(f"canvas[data-frame-number='{number}']", state="attached")

    def clear(self) -> None:
        """Take everything back that was measured here before."""
        library = Library(self.served.library)
        case = library.read(self.slug)
        findings = tuple(finding.model_copy(update={"shapes": ()}) for finding in case.findings)
        library.save(self.slug, case.model_copy(update={"measurements": (), "findings": findings}), case.revision)


@pytest.fixture
def hand(served: Served, open_page: Callable[..., Any]) -> Callable[..., Hand]:
    def opened(title: str = "Phantom", frame: int = 1, **options: Any) -> Hand:
        slug = next(e.slug for e in Library(served.library).entries() if e.case is not None and e.case.title == title)
        Hand(None, served, slug).clear()
        page = open_page(f"{served.url}/case?case={slug}&clip=clip-1&frame={frame}", **options)
        page.wait_for_selector(f"canvas[data-frame-number='{frame}']", state="attached", timeout=30_000)
        page.wait_for_selector(".toolbar")
        return Hand(page, served, slug)

    return opened


def near(found: Any, true: Any) -> None:
    assert np.abs(np.asarray(found) - np.asarray(true)).max() <= WITHIN_PX


def across(ends: Any, reach: float = 60.0) -> list[list[float]]:
    """Return two lines at right angles to a thickness, through its ends."""
    a, b = (np.asarray(end, float) for end in ends)
    along = np.array([b[1] - a[1], a[0] - b[0]]) / np.hypot(*(b - a)) * reach
    return [(a - along).tolist(), (a + along).tolist(), (b - along).tolist(), (b + along).tolist()]


def test_length_angle_and_thickness_are_those_of_the_truth(hand: Callable[..., Hand]) -> None:
    tear, normal = truth_of("C01-2")["frames"][60], truth_of("C02-1")["frames"][30]
    arm, vertex, other = normal["shapes_px"]["pennation"]
    lines = across(normal["shapes_px"]["thickness"])
    at = hand()
    at.press("l")
    at.drag(*tear["shapes_px"]["gap"])
    assert "16.0 mm" in at.hint()
    assert "A pixel is 0.125 mm, from the file" in at.hint()
    at.seek(2)
    at.press("g")
    at.drag(vertex, arm)
    at.page.keyboard.down("Control")  # the second line begins where the first does, and shall not snap
    at.drag(vertex, other)
    at.page.keyboard.up("Control")
    at.seek(3)
    at.press("t")
    at.drag(*lines[:2])
    at.drag(*lines[2:])
    gap, angle, thickness = at.kept(count=3)
    near(gap["marks"][0]["points"], tear["shapes_px"]["gap"])
    assert gap["recorded"]["value"] == pytest.approx(tear["values"]["gap_mm"], abs=2 * WITHIN_PX * 0.125)
    near(angle["marks"][0]["points"], [vertex, arm, vertex, other])
    assert angle["recorded"]["unit"] == "deg"
    assert angle["recorded"]["value"] == pytest.approx(normal["values"]["pennation_deg"], abs=0.5)
    near(thickness["marks"][0]["points"], lines)
    assert thickness["recorded"]["value"] == pytest.approx(normal["values"]["thickness_mm"], abs=2 * WITHIN_PX * 0.125)
    assert [item["marks"][0]["frame"]["frame_number"] for item in (gap, angle, thickness)] == [1, 2, 3]
    assert all(item["marks"][0]["frame"]["stored_sha256"] for item in (gap, angle, thickness))


def test_an_ellipse_in_its_box_and_a_bent_line_up_to_a_double_click(hand: Callable[..., Hand]) -> None:
    at = hand()
    at.press("Shift+A")
    at.drag((100, 100), (260, 200))
    at.seek(2)
    at.press("Shift+L")
    at.click(100, 100)
    at.click(160, 100)
    at.page.mouse.dblclick(*at.place(160, 180))
    ellipse, bent = at.kept(count=2)
    near(ellipse["marks"][0]["points"], [[180, 150], [260, 150], [180, 200]])
    assert ellipse["recorded"]["value"] == pytest.approx(np.pi * 10 * 6.25, rel=0.01)
    near(bent["marks"][0]["points"], [[100, 100], [160, 100], [160, 180]])
    assert bent["recorded"]["value"] == pytest.approx(17.5, abs=0.2)


def test_a_volume_and_an_excursion_lie_on_two_frames(hand: Callable[..., Hand]) -> None:
    at = hand()
    at.press("v")
    at.drag((100, 150), (340, 150))
    at.drag((220, 100), (220, 200))
    at.seek(2)
    assert "3 of 3" in at.hint()
    at.drag((140, 120), (300, 120))
    at.seek(3)
    at.press("Shift+V")
    at.click(100, 100)
    at.seek(4)
    at.click(180, 160)
    volume, excursion = at.kept(count=2)
    assert [mark["frame"]["frame_number"] for mark in volume["marks"]] == [1, 1, 2]
    assert volume["recorded"]["unit"] == "cm3"
    assert volume["recorded"]["value"] == pytest.approx(np.pi / 6 * 3.0 * 1.25 * 2.0, rel=0.02)
    assert excursion["recorded"]["value"] == pytest.approx(12.5, abs=0.15)


def test_a_length_is_set_by_keys_alone_copied_and_hidden(hand: Callable[..., Hand]) -> None:
    ink = """() => { const c = document.querySelector("canvas.overlay");
      return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v) => v > 0); }"""
    at = hand()
    at.press("l", "Alt+ArrowLeft", "Enter", *["Alt+Shift+ArrowRight"] * 8, "Enter")
    at.seek(3)
    at.press("k")
    first, second = at.kept(count=2)
    assert first["recorded"]["value"] == pytest.approx(5.0, abs=0.07)
    assert second["marks"][0]["frame"]["frame_number"] == 3
    assert second["marks"][0]["points"] == first["marks"][0]["points"]
    assert at.page.evaluate(ink)
    at.press("h")
    assert not at.page.evaluate(ink)
    at.press("h")
    assert at.page.evaluate(ink)


def test_a_fine_place_is_magnified_and_a_drag_beside_everything_still_scrubs(hand: Callable[..., Hand]) -> None:
    at = hand()
    at.press("l")
    at.drag((100, 100), (200, 100), up=False)
    assert at.page.locator(".magnifier").is_visible()
    at.page.mouse.up()
    assert at.page.locator(".magnifier").is_hidden()
    at.drag((100, 300), (300, 300))
    assert int(at.page.get_attribute("canvas[data-frame-number]", "data-frame-number")) > 1
    assert len(at.kept()) == 1


@pytest.mark.parametrize("window", [{"width": 1280, "height": 720}, {"width": 1920, "height": 1080}])
def test_an_area_is_that_of_the_true_section(hand: Callable[..., Hand], window: dict[str, int]) -> None:
    truth = truth_of("C02-3")["frames"][30]
    outline = truth["shapes_px"]["muscle"][::4]
    at = hand(**window)
    at.press("a")
    for corner in outline:
        at.click(*corner)
    at.press("Enter")
    (area,) = at.kept()
    near(area["marks"][0]["points"], outline)
    x, y = np.asarray(outline).T
    by_hand = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 * 0.125**2
    assert area["recorded"]["value"] == pytest.approx(by_hand, rel=0.01)
    assert area["recorded"]["value"] / 100 == pytest.approx(truth["values"]["csa_cm2"], rel=0.03)


def test_echo_intensity_is_that_of_the_stored_values_whatever_the_brightness(hand: Callable[..., Hand]) -> None:
    at = hand(frame=3)
    at.page.get_by_role("button", name="Brightness and contrast").click()
    at.page.locator(".popover input[type=range]").first.fill("150")
    at.page.keyboard.press("Escape")
    at.press("q")
    for corner in ((100, 100), (200, 100), (200, 180), (100, 180)):
        at.click(*corner)
    at.press("Enter")
    (echo,) = at.kept()
    inside = ramp_frames(3, SIZE[1], SIZE[0])[2, 100:180, 100:200].astype(float)
    assert echo["recorded"]["value"] == pytest.approx(inside.mean(), abs=0.5)
    assert "n 8" in at.hint() or "n 7" in at.hint()
    assert "comparable within one exam" in at.hint()


def test_without_a_trusted_scale_lengths_are_pixels_and_nothing_says_mm(hand: Callable[..., Hand]) -> None:
    at = hand("No scale")
    at.press("l")
    at.drag((100, 100), (200, 100))
    (length,) = at.kept()
    assert length["recorded"]["unit"] == "px"
    assert "100." in at.hint() or "99." in at.hint()
    assert " mm" not in at.hint()
    assert "no ultrasound region" in at.hint()


def test_ends_in_regions_of_different_scale_are_refused_with_the_reason(hand: Callable[..., Hand]) -> None:
    at = hand("Two scales")
    at.press("l")
    at.drag((100, 100), (400, 100), up=False)
    assert "regions of different scale" in at.hint()
    at.page.mouse.up()
    (length,) = at.kept()
    assert length["recorded"] is None


def test_unequal_axes_are_measured_by_their_own_scales(hand: Callable[..., Hand]) -> None:
    at = hand("Unequal")
    at.press("l")
    at.drag((100, 50), (160, 90))
    (length,) = at.kept()
    assert length["recorded"]["value"] == pytest.approx(10.0, abs=0.2)


def test_an_end_snaps_and_with_shift_a_line_is_level(hand: Callable[..., Hand]) -> None:
    at = hand()
    at.press("l")
    at.drag((100, 100), (200, 100))
    at.press("l")
    at.drag((202, 98), (300, 200))
    first, second = at.kept(count=2)
    assert second["marks"][0]["points"][0] == pytest.approx(first["marks"][0]["points"][1], abs=1e-6)
    at.press("Escape", "l")
    at.page.keyboard.down("Shift")
    at.drag((100, 300), (300, 310))
    at.page.keyboard.up("Shift")
    points = at.kept(count=3)[2]["marks"][0]["points"]
    assert points[0][1] == pytest.approx(points[1][1], abs=1e-9)


def test_a_handle_is_dragged_nudged_undone_and_redone(hand: Callable[..., Hand]) -> None:
    at = hand()
    at.press("l")
    at.drag((100, 100), (200, 100))
    at.kept()
    at.page.wait_for_timeout(200)
    at.drag((200, 100), (240, 100))
    assert at.page.locator(".magnifier").is_hidden()
    assert "17.5 mm" in at.hint()
    at.press("Alt+ArrowLeft")
    assert "17.6 mm" in at.hint()
    at.press("Control+z", "Control+z")
    assert "12.5 mm" in at.hint()
    at.press("Control+Shift+Z")
    assert "17.5 mm" in at.hint()
    (length,) = at.kept()
    near(length["marks"][0]["points"], [[100, 100], [240, 100]])


def test_the_other_side_is_compared_in_per_cent(hand: Callable[..., Hand]) -> None:
    at = hand()
    for row, end in ((100, 340), (200, 292)):
        at.press("l")
        at.drag((100, row), (end, row))
    at.press("%")
    at.page.get_by_role("button", name="Add", exact=True).click()
    share = at.kept(count=3)[2]
    assert share["kind"] == "difference"
    assert share["recorded"]["value"] == pytest.approx(20.0, abs=0.5)


def test_a_shape_moves_between_its_keyframes_and_is_corrected_on_any_frame(hand: Callable[..., Hand]) -> None:
    at = hand()
    at.page.locator(".panel").get_by_text("Tear").first.click()
    at.press("s")
    at.page.get_by_role("menuitem", name="Line", exact=True).click()
    at.drag((100, 100), (200, 100))
    at.page.wait_for_timeout(300)
    at.seek(9)
    at.press("k")
    at.page.wait_for_timeout(200)
    at.drag((200, 100), (200, 180))
    at.seek(5)
    assert "between keyframes" in at.hint()
    (finding,) = at.kept("findings")
    (shape,) = finding["shapes"]
    assert [keyframe["frame"]["frame_number"] for keyframe in shape["keyframes"]] == [1, 9]
    at.drag((200, 140), (220, 140))
    at.page.wait_for_timeout(1200)
    (finding,) = at.kept("findings")
    keyframes = finding["shapes"][0]["keyframes"]
    assert [keyframe["frame"]["frame_number"] for keyframe in keyframes] == [1, 5, 9]
    near(keyframes[1]["points"], [[100, 100], [220, 140]])
    at.seek(10)
    assert "not on this frame" in at.hint()


def test_every_kind_of_shape_is_drawn_named_and_kept(hand: Callable[..., Hand]) -> None:
    drawn = {
        "Point": [(40, 40)],
        "Line": [(60, 40), (120, 60)],
        "Bent line": [(160, 40), (200, 60), (240, 40)],
        "Outline": [(300, 40), (360, 40), (340, 90)],
        "Ellipse": [(60, 140), (140, 200)],
        "Box": [(180, 140), (260, 200)],
        "Arrow": [(300, 200), (360, 150)],
        "Words": [(60, 300)],
    }
    at = hand()
    at.page.locator(".panel").get_by_text("Tear").first.click()
    for name, points in drawn.items():
        at.press("s")
        at.page.get_by_role("menuitem", name=name, exact=True).click()
        if name in ("Line", "Ellipse", "Box", "Arrow"):
            at.drag(*points)
        else:
            for point in points:
                at.click(*point)
            at.press("Enter")
        at.page.wait_for_timeout(120)
    at.page.get_by_label("Name", exact=True).fill("the stump")
    at.page.keyboard.press("Enter")
    at.page.wait_for_timeout(1200)
    (finding,) = at.kept("findings")
    kinds = {shape["kind"]: shape for shape in finding["shapes"]}
    assert list(kinds) == ["point", "line", "polyline", "polygon", "ellipse", "box", "arrow", "label"]
    assert kinds["label"]["label"] == "the stump"
    near(kinds["arrow"]["keyframes"][0]["points"], drawn["Arrow"])
    near(kinds["ellipse"]["keyframes"][0]["points"], [[100, 170], [140, 170], [100, 200]])


def test_a_fascicle_is_prolonged_to_both_layers(hand: Callable[..., Hand]) -> None:
    at = hand()
    at.press("t")
    at.drag((60, 80), (400, 80))
    at.drag((60, 280), (400, 280))
    at.press("l")
    at.drag((200, 180), (240, 160))
    at.page.get_by_role("button", name="Prolong to both layers").click()
    _, fascicle = at.kept(count=2)
    near(fascicle["marks"][0]["points"], [[400, 80], [0, 280]])
    assert "prolonged in a straight line" in fascicle["rule"]


def test_fingers_measure_too(hand: Callable[..., Hand]) -> None:
    at = hand(width=390, height=844, has_touch=True, is_mobile=True, device_scale_factor=2)
    at.page.get_by_role("button", name="Length (L)", exact=True).tap()
    for x, y in ((100, 100), (300, 100)):
        at.page.touchscreen.tap(*at.place(x, y))
    (length,) = at.kept()
    near(length["marks"][0]["points"], [[100, 100], [300, 100]])


def test_a_known_distance_gives_a_clip_its_scale_marked_as_stated(hand: Callable[..., Hand]) -> None:
    at = hand("No scale")
    library = Library(at.served.library)
    at.press("l")
    at.drag((100, 100), (200, 100))
    assert at.kept()[0]["recorded"]["unit"] == "px"
    at.page.get_by_role("button", name="Pictures, table").click()
    at.page.get_by_role("menuitem", name="Calibrate").click()
    at.drag((300, 50), (300, 250))
    at.page.get_by_label("Its length in millimetres").fill("20")
    at.page.get_by_text("One pixel is 0.1 mm").wait_for()
    at.page.get_by_role("button", name="Use this scale").click()
    at.page.get_by_text("stated by a person").first.wait_for()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and at.kept()[0]["recorded"]["unit"] != "mm":
        time.sleep(0.2)
    recorded = at.kept()[0]["recorded"]
    assert recorded["value"] == pytest.approx(10.0, abs=0.1)
    assert recorded["scale_origin"] == "stated_by_user"
    case = library.read(at.slug)
    assert case.clips[0].scale.origin == "stated_by_user"
    state_scale(library, at.slug, "clip-1", None, 0.0, case.revision)


def test_two_fingers_zoom_while_a_tool_is_in_hand(hand: Callable[..., Hand]) -> None:
    at = hand(width=390, height=844, has_touch=True, is_mobile=True, device_scale_factor=2)
    at.page.get_by_role("button", name="Length (L)", exact=True).tap()
    touch = at.page.context.new_cdp_session(at.page)
    (ax, ay), (bx, by) = at.place(200, 200), at.place(280, 200)
    wide = at.page.evaluate("() => document.querySelector('canvas.canvas').getBoundingClientRect().width")

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        listed = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})

    fingers("touchStart", (ax, ay))
    fingers("touchStart", (ax, ay), (bx, by))
    for step in range(1, 6):
        fingers("touchMove", (ax - 8 * step, ay), (bx + 8 * step, by))
    fingers("touchEnd")
    at.page.wait_for_timeout(300)
    zoomed = at.page.evaluate("() => document.querySelector('canvas.canvas').getBoundingClientRect().width")
    assert zoomed > 1.3 * wide
    for x, y in ((220, 200), (260, 200)):
        at.page.touchscreen.tap(*at.place(x, y))
    (length,) = at.kept()
    near(length["marks"][0]["points"], [[220, 200], [260, 200]])
