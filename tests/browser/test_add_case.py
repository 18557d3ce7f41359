"""A case is added on its page: files dropped, boxes drawn, published; with a real pointer and real keys."""

from __future__ import annotations

import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from case_library.model.case import Status
from case_library.sources.dicom import open_dicom
from case_library.store.library import Library
from tests.browser.conftest import Served, serving
from tests.dicom_files import native_file, ramp_frames, region
from tests.media_files import video
from tests.output_folder import output_folder

pytestmark = pytest.mark.browser

WIDTH, HEIGHT, FRAMES = 400, 300, 12
NAME = (20, 8, 220, 36)  # left, top, right, bottom of the name in the picture
STUDY = "1.2.826.0.1.3680043.8.498.1"
# Drops files that the page can read as if a person had dragged them in.
DROP = """([target, files]) => {
  const transfer = new DataTransfer();
  for (const { name, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  for (const type of ["dragenter", "dragover", "drop"]) {
    const options = { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true };
    target.dispatchEvent(new DragEvent(type, options));
  }
}"""


def named_frames() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a cine of moving speckle with a name burned into each frame."""
    random = np.random.default_rng(5)
    tissue = random.integers(20, 120, (HEIGHT + FRAMES, WIDTH), np.uint8)
    frames = []
    for i in range(FRAMES):
        picture = Image.fromarray(tissue[i : i + HEIGHT])
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, WIDTH, 44), fill=0)
        draw.text((24, 10), "MARKER^PATIENT", fill=255, font=ImageFont.load_default(20))
        frames.append(np.asarray(picture))
    return np.stack(frames)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("MARKER files")
    frames = named_frames()
    whole = region(RegionLocationMinX0=0, RegionLocationMinY0=0, RegionLocationMaxX1=399, RegionLocationMaxY1=299)
    native_file(folder / "MARKER cine.dcm", frames, StudyInstanceUID=STUDY, SequenceOfUltrasoundRegions=[whole])
    native_file(
        folder / "MARKER rate.dcm", frames[:5], StudyInstanceUID=STUDY, SequenceOfUltrasoundRegions=None,
        FrameTime=None, FrameIncrementPointer=None, CineRate="20",
    )  # fmt: skip
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "notes.txt").write_text("MARKER^PATIENT was here")
    (folder / "row").mkdir()
    for number in (1, 2, 4):
        Image.fromarray(frames[number]).save(folder / "row" / f"MARKER_{number}.png")
    native_file(folder / "large.dcm", ramp_frames(500, 300, 400))
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    with serving(folder / "library", folder) as server:
        yield server


@pytest.fixture
def served(server: Served) -> Served:
    """Return the server, with an empty library."""
    shutil.rmtree(server.library, ignore_errors=True)
    return server


def open_adding(open_page: Callable[..., Any], served: Served, query: str = "", **options: Any) -> Any:
    page = open_page(f"{served.url}/add{query}", **options)
    page.locator(".add-case .drop").wait_for(state="attached", timeout=30_000)
    return page


def choose(page: Any, *paths: Path) -> None:
    page.locator("input[type=file]:not([webkitdirectory])").set_input_files([str(path) for path in paths])


def wait_for_clips(page: Any, count: int) -> None:
    page.locator(".file-row[data-clip-id]").nth(count - 1).wait_for(timeout=60_000)
    page.locator(".overall").first.wait_for(state="hidden", timeout=30_000)


def to_step(page: Any, number: int) -> None:
    page.locator(".step-tab").nth(number - 1).click()
    page.locator(f".step-tab[data-step='{number - 1}'][aria-current=step]").wait_for()


def saved(page: Any) -> None:
    page.locator(".saved[data-state=saved]").wait_for()


def no_boxes(page: Any) -> None:
    """Wait for what is suggested, and take it away."""
    page.locator(".searching").wait_for(state="hidden", timeout=60_000)
    while page.locator(".box-row").count():
        page.locator(".box-row .remove").first.click()
    saved(page)


def drag(page: Any, box: tuple[int, int, int, int]) -> None:
    """Draw from corner to corner, in pixels of the frame."""
    canvas = page.locator(".step-identity .canvas").bounding_box()
    scale = canvas["width"] / WIDTH
    left, top, right, bottom = (side * scale for side in box)
    page.mouse.move(canvas["x"] + left, canvas["y"] + top)
    page.mouse.down()
    page.mouse.move(canvas["x"] + (left + right) / 2, canvas["y"] + bottom, steps=3)
    page.mouse.move(canvas["x"] + right, canvas["y"] + bottom, steps=3)
    page.mouse.up()


def cases(served: Served) -> dict[str, Any]:
    return {entry.slug: entry.case for entry in Library(served.library).entries()}


def spooled(served: Served) -> list[Path]:
    spool = served.library.parent / "cache" / "spool"
    return [path for path in spool.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_from_files_to_a_published_case(served: Served, files: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(served.url)
    page.get_by_role("link", name="Add a case").first.click()
    page.locator(".add-case .drop").wait_for()
    choose(page, files / "MARKER cine.dcm", files / "MARKER rate.dcm", files / "notes.txt", files / "empty.dcm")
    wait_for_clips(page, 2)
    assert page.locator(".file-row.refused").count() == 2
    assert page.get_by_text("It is empty: 0 bytes.").count() == 1
    assert page.get_by_text("Only a Cine Rate is given").count() == 1
    assert "MARKER" not in page.url
    assert spooled(served) == []

    page.get_by_role("button", name="Continue").click()
    page.get_by_role("spinbutton", name="Frames per second").fill("25")
    page.get_by_role("spinbutton", name="Frames per second").press("Enter")
    page.get_by_text("25.0 fps").first.wait_for()
    page.locator(".step-clock canvas[data-clip-id='clip-2']").wait_for(state="attached")
    page.get_by_role("button", name="Draw on the depth scale").click()
    stage = page.locator(".step-clock .canvas").bounding_box()
    for y in (0.25, 0.75):
        page.mouse.click(stage["x"] + stage["width"] * 0.9, stage["y"] + stage["height"] * y)
    page.get_by_role("spinbutton", name="Millimetres").fill("15")
    page.get_by_role("spinbutton", name="Millimetres").press("Enter")
    page.get_by_text("mm/px ✓ stated by a person").wait_for()

    page.get_by_role("button", name="Continue").click()
    page.get_by_text(f"all {FRAMES} frames in one").wait_for()
    for number in (1, 2):
        page.locator(".step-identity .clip-tile").nth(number - 1).click()
        page.locator(f".step-identity canvas[data-clip-id='clip-{number}']").wait_for(state="attached")
        for _k in range(page.locator(".box-row").count()):
            page.locator(".box-row .remove").first.click()
        page.locator(".step-identity .stage").focus()
        drag(page, NAME)
        page.locator(".mask-box").wait_for()
        saved(page)
    page.get_by_text("I looked at every clip").click()
    page.get_by_placeholder("Your name").fill("A. Reader")

    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Title").fill("Rectus femoris tear")
    page.get_by_label("Region").select_option("thigh")
    page.get_by_label("Side").select_option("left")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Publish").dblclick()
    page.locator("canvas[data-clip-id='clip-1']").wait_for(state="attached", timeout=60_000)
    assert "/case?case=" in page.url

    ((slug, case),) = cases(served).items()
    assert (case.status, case.title, case.site.region.code) == (Status.PUBLISHED, "Rectus femoris tear", "thigh")
    assert case.confirmation.by == "A. Reader"
    assert case.clip("clip-2").clock.frame_time_s == pytest.approx(1 / 25)
    assert case.clip("clip-2").scale.mm_per_px[1] == pytest.approx(0.1, rel=0.03)
    original = named_frames()
    left, top, right, bottom = NAME
    for clip in case.clips:
        with open_dicom(Library(served.library).folder(slug) / clip.file) as source:
            for index in range(source.frame_count):
                frame = source.read_frame(index)
                assert not frame[top + 1 : bottom - 1, left + 1 : right - 1].any()
                assert (frame[bottom + 2 :] == original[index][bottom + 2 :]).all()
    everything = b"".join(path.read_bytes() for path in served.library.parent.rglob("*") if path.is_file())
    assert b"MARKER" not in everything


def test_a_folder_of_pictures_is_one_clip_and_says_what_is_missing(
    served: Served, files: Path, open_page: Callable[..., Any]
) -> None:
    page = open_adding(open_page, served)
    page.locator("input[webkitdirectory]").set_input_files(str(files / "row"))
    wait_for_clips(page, 1)
    assert page.get_by_text("3 frames").count() >= 1
    assert page.get_by_text("1 number is missing").count() == 1
    (case,) = cases(served).values()
    assert case.clips[0].frame_count == 3


def test_files_can_be_dropped(served: Served, files: Path, open_page: Callable[..., Any]) -> None:
    import base64

    page = open_adding(open_page, served)
    content = base64.b64encode((files / "MARKER cine.dcm").read_bytes()).decode()
    target = page.locator(".drop").element_handle()
    page.evaluate(DROP, [target, [{"name": "MARKER cine.dcm", "base64": content}]])
    wait_for_clips(page, 1)
    assert len(cases(served)) == 1


def test_a_video_is_cut_and_comes_in_after_its_size_was_said(
    served: Served, files: Path, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    frames = np.repeat(named_frames()[..., np.newaxis], 3, axis=3)
    film, other = (
        video(tmp_path / f"MARKER {name}.mp4", np.tile(frames, (times, 1, 1, 1)), fps=10)
        for name, times in (("a", 4), ("b", 2))
    )
    page = open_adding(open_page, served)
    choose(page, film, other, files / "MARKER cine.dcm")
    wait_for_clips(page, 1)
    rows = page.locator(".file-row.asked")
    rows.nth(1).wait_for()
    row = rows.filter(has_text="MARKER a.mp4")
    assert row.get_by_text("48 frames · 4.80 s").count() == 1
    assert row.get_by_text(re.compile(r"^about [\d.]+ (kB|MB)$")).count() == 2
    assert page.get_by_role("button", name="Continue").is_disabled()
    assert [case.clips[0].frame_count for case in cases(served).values()] == [FRAMES]

    start, stop = row.get_by_role("spinbutton").all()
    start.fill("3")
    stop.fill("2")
    row.get_by_text("The part ends before it begins.").wait_for()
    assert row.get_by_role("button", name="Bring it in").is_disabled()
    start.fill("1")
    row.get_by_role("radio", name="Compact").check()
    page.screenshot(path=output_folder(tmp_path) / "adding-a-video-1280.png")
    page.set_viewport_size({"width": 390, "height": 844})
    row.scroll_into_view_if_needed()
    page.screenshot(path=output_folder(tmp_path) / "adding-a-video-390.png")
    assert page.locator(".step-body").evaluate("(e) => e.scrollWidth <= e.clientWidth + 1")
    page.set_viewport_size({"width": 1280, "height": 720})
    row.get_by_role("button", name="Bring it in").click()
    wait_for_clips(page, 2)
    rows.filter(has_text="MARKER b.mp4").get_by_role("button", name="Remove").click()
    rows.first.wait_for(state="hidden")

    (case,) = cases(served).values()
    assert [clip.frame_count for clip in case.clips] == [FRAMES, 11]  # 1.0 s to 2.0 s, both included
    assert case.clips[1].conversion.compact
    assert page.get_by_text("MARKER a.mp4").count() == 1
    page.get_by_role("button", name="Continue").click()
    deadline = time.monotonic() + 10
    while spooled(served) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert spooled(served) == []
    kept = b"".join(path.read_bytes() for path in served.library.parent.rglob("*") if path.is_file())
    assert b"MARKER" not in kept
    # What is suggested for the first clip may meet the second one coming in; it is saved on top of it.
    complaints = open_page.complaints  # type: ignore[attr-defined]
    complaints[:] = [complaint for complaint in complaints if not re.search(r"409 .*/clips/clip-1/mask", complaint)]
    assert page.locator(".saved[data-state=stale]").count() == 0


def test_boxes_are_drawn_moved_and_removed_with_the_keys(
    served: Served, files: Path, open_page: Callable[..., Any]
) -> None:
    page = open_adding(open_page, served)
    choose(page, files / "MARKER cine.dcm")
    wait_for_clips(page, 1)
    to_step(page, 3)
    page.get_by_text(f"all {FRAMES} frames in one").wait_for()
    page.locator(".step-identity .stage").focus()
    no_boxes(page)

    def mask() -> list[tuple[int, int, int, int]]:
        saved(page)
        (case,) = cases(served).values()
        return [rectangle.box for rectangle in case.clips[0].mask.rectangles]

    page.locator(".step-identity .stage").focus()
    page.keyboard.press("n")
    page.locator(".mask-box:focus").wait_for()
    ((x, y, width, height),) = mask()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")
    assert mask() == [(x + 1, y + 10, width + 1, height)]
    page.keyboard.press("Control+z")
    assert mask() == [(x + 1, y + 10, width, height)]
    page.locator(".mask-box").focus()
    page.keyboard.press("Delete")
    assert mask() == []


def test_leaving_and_coming_back_goes_on_where_one_was(
    served: Served, files: Path, open_page: Callable[..., Any]
) -> None:
    page = open_adding(open_page, served)
    choose(page, files / "MARKER cine.dcm")
    wait_for_clips(page, 1)
    to_step(page, 4)
    page.get_by_label("Title").fill("Kept")
    saved(page)
    page.reload()
    page.get_by_label("Title").wait_for(timeout=30_000)
    assert page.get_by_label("Title").input_value() == "Kept"
    page.get_by_role("link", name="Library").click()
    page.locator(".card", has_text="Kept").click()
    page.locator(".file-row[data-clip-id]").wait_for(timeout=30_000)
    assert len(cases(served)) == 1


def test_two_windows_keep_both_versions(served: Served, files: Path, open_page: Callable[..., Any]) -> None:
    first = open_adding(open_page, served)
    choose(first, files / "MARKER cine.dcm")
    wait_for_clips(first, 1)
    (slug,) = cases(served)
    second = open_adding(open_page, served, f"?case={slug}&step=4")
    second.get_by_label("Title").wait_for(timeout=30_000)
    to_step(first, 4)
    first.get_by_label("Title").fill("From the first")
    saved(first)
    second.get_by_label("Title").fill("From the second")
    second.get_by_text("Changed in another window").wait_for()
    assert cases(served)[slug].title == "From the first"
    second.get_by_role("button", name="Keep mine").click()
    saved(second)
    assert cases(served)[slug].title == "From the second"
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the browser logs the refusal that is meant


def test_cancelling_leaves_nothing(served: Served, files: Path, open_page: Callable[..., Any]) -> None:
    page = open_adding(open_page, served)
    choose(page, files / "large.dcm")
    page.get_by_role("button", name="Cancel").click()
    page.locator(".step-files.empty").wait_for(timeout=30_000)
    deadline = time.monotonic() + 30
    while (spooled(served) or any(served.library.rglob("*.dcm"))) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert spooled(served) == []
    assert cases(served) == {}
    assert list(served.library.rglob("*.dcm")) == []
    choose(page, files / "MARKER cine.dcm")
    wait_for_clips(page, 1)


def test_an_upload_that_breaks_off_leaves_nothing(served: Served, files: Path, open_page: Callable[..., Any]) -> None:
    page = open_adding(open_page, served)
    with page.expect_request(re.compile("/files/0")) as asked:
        choose(page, files / "MARKER cine.dcm")
    wait_for_clips(page, 1)
    token, host = asked.value.headers["authorization"], served.url.removeprefix("http://")
    address = ("127.0.0.1", int(host.rpartition(":")[2]))
    head = f"HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n"
    with socket.create_connection(address) as line:
        line.sendall(f"POST /api/add/batches {head}Content-Length: 0\r\n\r\n".encode())
        answer, batch = b"", None
        while batch is None:
            piece = line.recv(65536)
            assert piece, answer
            answer += piece
            batch = re.search(rb'"batch":"(\w+)"', answer)
    with socket.create_connection(address) as line:
        path = f"/api/add/batches/{batch[1].decode()}/files/0"
        line.sendall(f"PUT {path} {head}Content-Length: 10000000\r\n\r\n".encode() + b"x" * 3_000_000)
        deadline = time.monotonic() + 20
        while not spooled(served) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert spooled(served)
    while spooled(served) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert spooled(served) == []


def test_others_have_no_way_to_add(served: Served, tmp_path: Path, open_page: Callable[..., Any]) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    served.library.mkdir(exist_ok=True)
    with serving(served.library, folder, "--read-only") as closed:
        page = open_page(closed.url)
        page.get_by_text("This library has no cases yet").wait_for(timeout=30_000)
        assert page.get_by_role("link", name="Add a case").count() == 0
        assert page.request.post(f"{closed.url}/api/add/batches").status in (404, 405)
        page.goto(f"{closed.url}/add")
        page.wait_for_timeout(1500)
        assert page.locator(".add-case").count() == 0
    open_page.complaints.clear()  # type: ignore[attr-defined]  # Streamlit logs that there is no such page


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_every_step_fits_its_window(
    served: Served, files: Path, open_page: Callable[..., Any], width: int, height: int
) -> None:
    page = open_adding(open_page, served, width=width, height=height, has_touch=width < 500)
    choose(page, files / "MARKER cine.dcm", files / "MARKER rate.dcm")
    wait_for_clips(page, 2)
    for step in range(1, 6):
        to_step(page, step)
        for selector in (".add-case", ".step-body"):
            box = page.locator(selector)
            assert box.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1"), (step, selector)
        foot = page.locator(".add-foot").bounding_box()
        assert foot["y"] + foot["height"] <= height + 1
