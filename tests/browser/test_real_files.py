"""Real ultrasound files, from import to the pixels on the canvas of a real browser."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from case_library.settings import load_settings
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.browser.conftest import Served, serving
from tests.oracles import dcmtk_frame
from tests.shared_data import shared_data

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class RealFile:
    """A file, and how far a browser may be off an independent decoder, in grey levels."""

    name: str
    frame_count: int
    exact: int
    light: int


FILES = [
    RealFile("examples_ybr_color.dcm", 30, exact=2, light=8),
    RealFile("Issue16.dcm", 34, exact=2, light=8),
    RealFile("GREYSCALE_CINE.dcm", 27, exact=0, light=40),
    RealFile("OBXXXX1A_rle_2frame.dcm", 2, exact=0, light=60),
    RealFile("US-YBR_FULL_422-EVRLE.dcm", 1, exact=2, light=40),
]


def real_path(name: str, folder: Path) -> Path:
    if name != "GREYSCALE_CINE.dcm":
        return shared_data(f"dicom-us/{name}")
    if not (folder / name).exists():
        with zipfile.ZipFile(shared_data("dicom-us/GREYSCALE_CINE.zip")) as archive:
            archive.extract(name, folder)
    return folder / name


@dataclass(frozen=True)
class RealLibrary:
    served: Served
    slugs: dict[str, str]
    folder: Path


@pytest.fixture(scope="module")
def real_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealLibrary]:
    folder = tmp_path_factory.mktemp("real")
    library = Library(load_settings(library=folder / "library", config_folder=folder / "config").library)
    slugs = {}
    for file in FILES:
        path = real_path(file.name, folder)
        report = import_files(library, [path], b"k" * 32, ImportOptions(title=Path(file.name).stem))
        slugs[file.name] = report.imported[0].slug
        if file.name != "Issue16.dcm":  # one stays a draft
            confirm_draft(library, slugs[file.name], "A test", stated_viewed=True)
    with serving(library.root, folder) as served:
        yield RealLibrary(served, slugs, folder)


def painted(page: Any, frame_number: int, rendition: str) -> NDArray[np.uint8]:
    """Wait until this frame is on the canvas in this rendition, and return its pixels as RGB."""
    page.wait_for_selector(
        f'canvas[data-frame-number="{frame_number}"][data-rendition="{rendition}"]', timeout=30_000, state="attached"
    )
    found = page.evaluate(
        """() => {
          const image = window.__viewer.readPixels();
          let text = "";
          for (let i = 0; i < image.data.length; i += 32768) {
            text += String.fromCharCode(...image.data.subarray(i, i + 32768));
          }
          return { width: image.width, height: image.height, data: btoa(text) };
        }"""
    )
    values = np.frombuffer(base64.b64decode(found["data"]), np.uint8)
    return values.reshape(found["height"], found["width"], 4)[..., :3]


def truth_of(file_name: str, frame_number: int, real: RealLibrary) -> NDArray[np.int64]:
    """Return what dcmtk makes of a frame of the original, black where the published clip was masked."""
    frame = as_rgb(dcmtk_frame(real_path(file_name, real.folder), frame_number))
    clip = Library(real.served.library).read(real.slugs[file_name]).clips[0]
    for box in clip.burned.rectangles if clip.burned is not None else ():
        frame[box.y : box.y + box.height, box.x : box.x + box.width] = 0
    return frame


def as_rgb(frame: NDArray[np.uint8]) -> NDArray[np.int64]:
    return (frame if frame.ndim == 3 else np.stack([frame] * 3, axis=-1)).astype(np.int64)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_frame_that_is_scrubbed_to_is_the_frame_of_an_independent_decoder(
    file: RealFile, real_library: RealLibrary, open_page: Callable[..., Any]
) -> None:
    middle = max(1, file.frame_count // 2)
    page = open_page(f"{real_library.served.url}/case?case={real_library.slugs[file.name]}&clip=clip-1&frame={middle}")
    for frame_number in dict.fromkeys((middle, 1, file.frame_count)):
        if frame_number != middle:
            page.keyboard.press("Home" if frame_number == 1 else "End")
        truth = truth_of(file.name, frame_number, real_library)
        exact = painted(page, frame_number, "exact").astype(np.int64)
        assert exact.shape == truth.shape
        assert np.abs(exact - truth).max() <= file.exact


@pytest.mark.parametrize("file", [f for f in FILES if f.frame_count > 2], ids=lambda file: file.name)
def test_a_frame_in_motion_is_the_same_frame_in_light_form(
    file: RealFile, real_library: RealLibrary, open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{real_library.served.url}/case?case={real_library.slugs[file.name]}&clip=clip-1&frame=1")
    painted(page, 1, "exact")
    page.evaluate("() => window.__viewer.allReady")
    page.keyboard.press("e")  # the exact frame off: what stays is the light one
    for frame_number in (2, 3, 4):
        page.keyboard.press("ArrowRight")
        truth = truth_of(file.name, frame_number, real_library)
        light = painted(page, frame_number, "light").astype(np.int64)
        difference = np.abs(light - truth)
        assert difference.max() <= file.light
        assert difference.mean() <= 2


def test_dragging_on_the_strip_scrubs_and_the_address_follows(
    real_library: RealLibrary, open_page: Callable[..., Any]
) -> None:
    page = open_page(
        f"{real_library.served.url}/case?case={real_library.slugs['GREYSCALE_CINE.dcm']}&clip=clip-1&frame=1"
    )
    painted(page, 1, "exact")
    strip = page.get_by_role("slider", name="Frame").bounding_box()
    page.mouse.move(strip["x"] + 2, strip["y"] + strip["height"] / 2)
    page.mouse.down()
    page.mouse.move(strip["x"] + strip["width"] / 2, strip["y"] + strip["height"] / 2, steps=8)
    page.mouse.move(strip["x"] + strip["width"] - 1, strip["y"] + strip["height"] / 2, steps=8)
    page.mouse.up()
    pixels = painted(page, 27, "exact").astype(np.int64)
    truth = truth_of("GREYSCALE_CINE.dcm", 27, real_library)
    assert np.array_equal(pixels, truth)
    page.wait_for_url("**frame=27**", timeout=5000)


def test_a_draft_is_never_kept_by_the_browser(real_library: RealLibrary, open_page: Callable[..., Any]) -> None:
    answers: dict[str, str] = {}
    page = open_page("about:blank")
    page.on(
        "response",
        lambda r: answers.__setitem__(r.url, r.headers.get("cache-control", "")) if "/api/clips/" in r.url else None,
    )
    page.goto(f"{real_library.served.url}/case?case={real_library.slugs['Issue16.dcm']}&clip=clip-1&frame=1")
    painted(page, 1, "exact")
    assert answers
    assert set(answers.values()) == {"no-store"}


def test_the_library_page_shows_a_poster_for_published_cases_alone(
    real_library: RealLibrary, open_page: Callable[..., Any]
) -> None:
    page = open_page(real_library.served.url)
    page.get_by_text("GREYSCALE_CINE").first.wait_for()
    page.wait_for_function(
        """() => {
          const roots = [...document.querySelectorAll("*")].flatMap((e) => (e.shadowRoot ? [e.shadowRoot] : []));
          const images = roots.flatMap((r) => [...r.querySelectorAll("img")]);
          return images.filter((i) => i.complete && i.naturalWidth > 0).length === 4;
        }""",
        timeout=15_000,
    )
