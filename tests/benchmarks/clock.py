"""Does playing keep the clock of the recording? Ten seconds each, in a real browser, beside a player paced by a timer.

Run by hand on a quiet computer with Chromium: `uv run python -m tests.benchmarks.clock`. The frame on screen is read
from its pixels; the reference counts frames up in an interval of whole milliseconds, as several viewers do.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright
from pydicom.tag import Tag

from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.benchmarks.bar_code import READER, cine_frames, whole_region
from tests.benchmarks.machine import free_port, running
from tests.benchmarks.viewer import FLAGS
from tests.browsers import browser_executable
from tests.dicom_files import jpeg, jpeg_file

SECONDS = 10.0
SPARE_S = 2.0
# When each frame came on screen: [milliseconds, frame index], of every change, until the time is over.
WATCH = """async (for_ms) => {
  const seen = [];
  const begin = performance.now();
  for (;;) {
    const at = await window.__painted();
    const value = window.__read();
    if (value !== null && seen.at(-1)?.[1] !== value) seen.push([at, value]);
    if (at - begin > for_ms) return seen;
  }
}"""
TIMER = """async ([every_ms, for_ms]) => {
  const seen = [[performance.now(), 0]];
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      seen.push([performance.now(), seen.length]);
      if (seen.at(-1)[0] - seen[0][0] > for_ms) resolve(clearInterval(timer));
    }, every_ms);
  });
  return seen;
}"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = Library(folder / "library")
        clips = {label: (times, add(library, folder, label, times)) for label, times in clocks().items()}
        port = free_port()
        environment = {
            "CASE_LIBRARY": str(library.root),
            "CASE_LIBRARY_CACHE": str(folder / "cache"),
            "CASE_LIBRARY_CONFIG": str(folder / "config"),
        }
        serve = [str(Path(sys.executable).with_name("case-library")), "serve", "--no-browser", "--port", str(port)]
        print(f"{'clock':<28} {'error %':>8} {'late ms p95':>12} {'shown':>6} {'timer error %':>14} {'ratio':>6}")
        with running(serve, f"http://127.0.0.1:{port}/_stcore/health", environment, folder / "log"):
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=browser_executable(), args=FLAGS)
                for label, (times, slug) in clips.items():
                    report(label, times, *visit(browser, port, slug, times))
                browser.close()


def clocks() -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the times of the frames, in seconds, of each clip."""
    even = {f"{fps} fps": np.arange(round((SECONDS + SPARE_S) * fps)) / fps for fps in (15, 30, 60)}
    steps = np.random.default_rng(3).uniform(0.020, 0.060, round((SECONDS + SPARE_S) / 0.040))
    return even | {"Frame Time Vector, 20-60 ms": np.concatenate([[0.0], np.cumsum(steps)])}


def add(library: Library, folder: Path, label: str, times: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """Put a clip of these times into the library; return its case."""
    frames = cine_frames(len(times), 240, 320)
    steps_ms = np.diff(times, prepend=0.0) * 1000
    if "Vector" in label:
        vector = [f"{step:.3f}" for step in steps_ms]
        clock: dict[str, Any] = {"FrameTime": None, "FrameTimeVector": vector}
        clock["FrameIncrementPointer"] = Tag("FrameTimeVector")
    else:
        clock = {"FrameTime": f"{steps_ms[1]:.6f}"}
    clock["SequenceOfUltrasoundRegions"] = [whole_region(frames)]
    media = jpeg_file(folder / "cine.dcm", [jpeg(frame) for frame in frames], frames, **clock)
    slug = import_files(library, [media], b"k" * 32).imported[0].slug
    confirm_draft(library, slug, "A benchmark", stated_viewed=True)
    return slug


def visit(browser: Any, port: int, slug: str, times: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[Any, Any]:
    """Play a clip for ten seconds; return what was seen of it, and of a timer of the same mean rate."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.add_init_script(READER)
    page.goto(f"http://127.0.0.1:{port}/case?case={slug}&clip=clip-1&frame=1")
    page.wait_for_function("() => window.__viewer")
    page.evaluate("() => window.__viewer.allReady")
    page.wait_for_timeout(1500)
    page.keyboard.press("Space")
    seen = page.evaluate(WATCH, SECONDS * 1000)
    page.keyboard.press("Space")
    timer = page.evaluate(TIMER, [round(1000 * float(np.mean(np.diff(times)))), SECONDS * 1000])
    page.context.close()
    return seen, timer


def error_percent(seen: Any, times: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return by how much playing ran too fast (+) or too slow (-), from the first to the last change seen."""
    (from_ms, first), (to_ms, last) = seen[0], seen[-1]
    return 100 * float((times[min(last, len(times) - 1)] - times[first]) / ((to_ms - from_ms) / 1000) - 1)


def report(label: str, times: np.ndarray[Any, np.dtype[np.float64]], seen: Any, timer: Any) -> None:
    """Print one line."""
    own = error_percent(seen[1:], times)
    steady = np.arange(len(timer)) * float(np.mean(np.diff(times)))
    reference = error_percent(timer, steady)
    lag = np.array([at - 1000 * times[index] for at, index in seen[1:]])
    late_ms = np.percentile(lag - lag.min(), 95)
    ratio = abs(own) / max(abs(reference), 1e-6)
    shown = len(seen) / (np.searchsorted(times, times[seen[0][1]] + SECONDS) - seen[0][1])
    print(
        f"{label:<28} {own:>8.2f} {late_ms:>12.1f} {min(1.0, shown):>6.0%} {reference:>14.2f} {ratio:>6.2f}", flush=True
    )


if __name__ == "__main__":
    main()
