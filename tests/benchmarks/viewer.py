"""How soon the first frame is on screen, how soon the next: our viewer beside a bare canvas, plain and in Streamlit.

Run by hand on a quiet computer with Chromium: `uv run python -m tests.benchmarks.viewer [RUNS]`. The candidates take
turns; every number is a median of the runs, and every frame is recognised by the bar code in its pixels.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.benchmarks.bar_code import READER, write_cine
from tests.benchmarks.machine import cpu_s, free_port, median, memory_mb, running, share, slow_link
from tests.browsers import browser_executable

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# The moment script sees the event -> painted.
STEP = """async ([frameIndex, forward]) => {
  const seen = new Promise((resolve) => addEventListener("wheel", () => resolve(performance.now()),
    { capture: true, once: true }));
  window.__step = { seen, painted: window.__until(frameIndex) };
}"""
SEEKS = """async () => {
  const viewer = window.__viewer, count = viewer.frameCount;
  let seed = 1, wrong = 0;
  const next = () => (seed = (seed * 16807) % 2147483647) % count;
  const begin = performance.now();
  for (let k = 0; k < 1000; k += 1) {
    const frameIndex = next();
    await viewer.show(frameIndex);
    if (window.__read() !== frameIndex) wrong += 1;
    await window.__painted();
  }
  return { rate: 1000 / ((performance.now() - begin) / 1000), wrong, bytes: viewer.decodedBytes };
}"""
EXACT = """async (frameIndex) => {
  const canvas = document.querySelector("canvas[data-frame-number]");
  await window.__viewer.show(frameIndex);
  const begin = performance.now();
  while (canvas.dataset.rendition !== "exact" || canvas.dataset.frameNumber !== String(frameIndex + 1)) {
    if (performance.now() - begin > 10000) return null;
    await window.__painted();
  }
  return performance.now() - begin;
}"""
MOUNTED = """new MutationObserver(() => {
  if (!window.__mounted && document.querySelector(".case-library-viewer")) window.__mounted = performance.now();
}).observe(document, { childList: true, subtree: true });"""
Numbers = dict[str, float]


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        streams = write_cine(folder / "cine.dcm")
        print(f"120 frames of 1024 x 768, {sum(map(len, streams)) / 1e6:.1f} MB of baseline JPEG; medians of {runs}")
        (folder / "frames").mkdir()
        for i, stream in enumerate(streams):
            (folder / "frames" / f"{i}.jpg").write_bytes(stream)
        library = Library(folder / "library")
        slug = import_files(library, [folder / "cine.dcm"], b"k" * 32).imported[0].slug
        confirm_draft(library, slug, "A benchmark", stated_viewed=True)
        ours, reference = free_port(), free_port()
        environment = {
            "CASE_LIBRARY": str(folder / "library"),
            "CASE_LIBRARY_CACHE": str(folder / "cache"),
            "CASE_LIBRARY_CONFIG": str(folder / "config"),
        }
        serve = [str(Path(sys.executable).with_name("case-library")), "serve", "--no-browser", "--port", str(ours)]
        refer = [sys.executable, "-m", "tests.benchmarks.reference", str(reference), str(folder / "frames")]
        with (
            running(serve, f"http://127.0.0.1:{ours}/_stcore/health", environment, folder / "ours.log") as server,
            running(refer, f"http://127.0.0.1:{reference}/_stcore/health", {}, folder / "reference.log"),
            sync_playwright() as driver,
        ):
            address = f"/case?case={slug}&clip=clip-1&frame="
            found: dict[str, list[Numbers]] = defaultdict(list)
            found["no pack"] = []
            for run in range(runs):
                shutil.rmtree(folder / "cache", ignore_errors=True)
                found["no pack"].append(visit(driver, ours, f"{address}1", deep=False))
                if run == 0:
                    print("first visit after the start, no pack:", found["no pack"][0])
                for label, port, path in (
                    ("bare canvas", reference, "/reference/page"),
                    ("bare canvas in Streamlit", reference, "/"),
                    ("case library", ours, f"{address}1"),
                ):
                    found[label].append(visit(driver, port, path, server=server))
                    with slow_link(port) as slow:
                        found[f"{label}, slow link"].append(visit(driver, slow, path, deep=False))
                with slow_link(ours) as slow:
                    found["last frame, slow link"].append(visit(driver, slow, f"{address}120", deep=False))
        report(found)


def visit(driver: Any, port: int, path: str, *, deep: bool = True, server: int | None = None) -> Numbers:
    """Open a page in a new browser; `deep` also steps, seeks and weighs it."""
    browser = driver.chromium.launch(executable_path=browser_executable(), args=FLAGS)
    try:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.add_init_script(READER + MOUNTED)
        page.goto("about:blank")
        blank = memory_mb(os.getpid(), named="chrom")
        page.goto(f"http://127.0.0.1:{port}{path}", wait_until="commit")
        numbers: Numbers = {"first ms": page.evaluate("() => window.__first")}
        frame = next((f for f in page.frames if f.url.endswith("/reference/page")), page.main_frame)
        mounted = page.evaluate("() => window.__mounted ?? null")
        if mounted is not None:
            numbers["first after mounting ms"] = numbers["first ms"] - mounted
        frame.wait_for_function("() => window.__viewer")
        shift = frame.evaluate("() => performance.timeOrigin") - page.evaluate("() => performance.timeOrigin")
        if deep:
            numbers |= steps(page, "first pass")
        numbers["all ready ms"] = frame.evaluate("() => window.__viewer.allReady") + shift
        if deep:
            page.wait_for_timeout(1500)
            numbers |= steps(page, "cached", -1)
            if server is not None and mounted is not None:
                seeks = page.evaluate(SEEKS)
                numbers |= {"seeks per s": seeks["rate"], "wrong of 1000": seeks["wrong"]}
                numbers["decoded MiB"] = seeks["bytes"] / 2**20
                exact = [page.evaluate(EXACT, frame_index) for frame_index in (20, 63, 101)]
                numbers["exact after the last step ms"] = median(exact)
                numbers["server cpu s"] = cpu_s(server)
            page.evaluate("() => window.gc?.()")
            numbers["memory MB"] = memory_mb(os.getpid(), named="chrom") - blank
        return numbers
    finally:
        browser.close()


def steps(page: Any, kind: str, direction: int = 1, count: int = 59) -> Numbers:
    """Turn the wheel notch by notch, each when the frame before is painted."""
    page.mouse.move(560, 400)
    at, own = page.evaluate("() => window.__read()"), []
    for k in range(1, count + 1):
        wanted = at + direction * k
        # Inside an iframe the event is seen there; the same clock serves both, shifted by their origins.
        for frame in page.frames:
            frame.evaluate(
                """() => { window.__seen = new Promise((resolve) => addEventListener("wheel",
                  () => resolve(performance.timeOrigin + performance.now()), { capture: true, once: true })); }"""
            )
        page.evaluate("(i) => { window.__shown = window.__until(i).then((t) => performance.timeOrigin + t); }", wanted)
        page.mouse.wheel(0, 100 * direction)
        target = page.frames[-1]
        own.append(page.evaluate("() => window.__shown") - target.evaluate("() => window.__seen"))
    return {f"{kind} p50 ms": share(own, 0.5), f"{kind} p95 ms": share(own, 0.95)}


def report(found: dict[str, list[Numbers]]) -> None:
    """Print the medians, and each over that of the bare canvas in Streamlit."""
    for label, visits in found.items():
        base = "bare canvas in Streamlit" + (", slow link" if "slow link" in label else "")
        print(f"\n{label}")
        for key in visits[0]:
            value = median([v[key] for v in visits if v.get(key) is not None])
            against = median([v[key] for v in found.get(base, []) if v.get(key) is not None])
            print(f"  {key:32} {value:9.1f}" + (f"   x {value / against:.2f}" if against == against else ""))


if __name__ == "__main__":
    main()
