"""What the server does while it is busy, and what ten people who scrub at once cost it.

Run by hand: `uv run python -m tests.benchmarks.server`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

import case_library.server as case_server
from case_library.packs.worker import build_packs
from case_library.routes.access import TokenSigner
from case_library.settings import Settings, load_settings
from case_library.store.confirming import confirm_draft
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.benchmarks.bar_code import BOTTOM_PX, READER, cine_frames
from tests.benchmarks.machine import cpu_s, free_port, median, memory_mb, running
from tests.benchmarks.viewer import FLAGS
from tests.browsers import browser_executable
from tests.dicom_files import jpeg, jpeg_file

_BUSY = """
import sys, threading
def spin():
    total = 0
    while True:
        total = (total + 1) % 1000003
import case_library.server
if int(sys.argv[2]):
    for _ in range(int(sys.argv[2])):
        threading.Thread(target=spin, daemon=True).start()
case_library.server.run(case_library.server.load_settings(), port=int(sys.argv[1]), open_browser=False)
"""
VIEWERS = 10
SCRUB_S = 10
# A hand that goes to and fro for 0.85 s of each second and then rests until the exact frame is there.
SCRUB = """async (seconds) => {
  const viewer = window.__viewer, begin = performance.now();
  let shown = 0, wrong = 0, at = 0, step = 1;
  for (let now = begin; now - begin < 1000 * seconds; now = performance.now()) {
    if ((now - begin) % 1000 > 850) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      continue;
    }
    if (at + step < 0 || at + step >= viewer.frameCount) step = -step;
    at += step;
    await viewer.show(at);
    if (window.__read() !== at) wrong += 1;
    shown += 1;
    await window.__painted();
  }
  return { shown, wrong };
}"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames = cine_frames(120)
        random = np.random.default_rng(3)
        noise = random.normal(0, 22, frames.shape)
        noise[:, -2 * BOTTOM_PX :] = 0  # the bar code stays legible
        noisy = np.clip(frames.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        jpeg_file(folder / "cine.dcm", [jpeg(frame, quality=85) for frame in noisy], noisy)
        settings = load_settings(
            library=folder / "library", cache_folder=folder / "cache", config_folder=folder / "config"
        )
        library = Library(settings.library)
        slug = import_files(library, [folder / "cine.dcm"], b"k" * 32).imported[0].slug
        confirm_draft(library, slug, "A benchmark", stated_viewed=True)
        assert build_packs(library, slug, settings) == {}
        for busy in (0, 3):
            _measure(folder, settings, library, slug, busy)


def _measure(folder: Path, settings: Settings, library: Library, slug: str, busy: int) -> None:
    port = free_port()
    served = case_server.start_serving(settings)
    clip = served.serve(library.read(slug).clips[0], library.folder(slug), False)
    environment = {
        "CASE_LIBRARY": str(settings.library),
        "CASE_LIBRARY_CACHE": str(settings.cache_folder),
        "CASE_LIBRARY_CONFIG": str(folder / "config"),
        "CASE_LIBRARY_TOKEN_SECRET": "a benchmark",
    }
    token = TokenSigner(b"a benchmark").mint(clip.key, False).text
    base = f"http://127.0.0.1:{port}/api/clips/{clip.key}/"
    command = [sys.executable, "-c", _BUSY, str(port), str(busy)]
    with running(command, f"http://127.0.0.1:{port}/_stcore/health", environment, folder / f"{busy}.log") as server:
        index = json.loads(_get(f"{base}index", token))
        took, size = [], 0
        for _ in range(5):
            begin = time.perf_counter()
            size = sum(len(_get(f"{base}segments/{k}", token)) for k in range(len(index["segments"])))
            took.append(time.perf_counter() - begin)
        print(f"{busy} sessions busy in Python: a clip of {size / 1e6:.0f} MB arrives in {median(took):.2f} s")
        if busy == 0:
            _many(server, base, token, len(index["segments"]))
            _browsers(server, f"http://127.0.0.1:{port}/case?case={slug}")


def _many(server: int, base: str, token: str, segments: int) -> None:
    memory, cpu, begin = memory_mb(server), cpu_s(server), time.monotonic()

    def view(number: int) -> None:
        for k in range(segments):
            _get(f"{base}segments/{k}", token)
        # Scrubbing asks for nothing; where the hand rests, one exact frame is asked for.
        for k in range(5):
            _get(f"{base}frames/{1 + (number * 11 + k * 7) % 120}", token)
            time.sleep(1)

    threads = [threading.Thread(target=view, args=(number,)) for number in range(VIEWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.monotonic() - begin
    used, more = cpu_s(server) - cpu, memory_mb(server) - memory
    print(
        f"{VIEWERS} viewers that load a clip and rest at 5 frames each, {wall:.1f} s: {used / VIEWERS:.2f} s of "
        f"processor and {more / VIEWERS:.1f} MB of memory for each"
    )


def _browsers(server: int, address: str) -> None:
    """Open the case in ten windows of one browser and scrub in all of them at once, with a rest each second."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_executable(), args=FLAGS)
        memory, cpu, begin = memory_mb(server), cpu_s(server), time.monotonic()
        pages = [browser.new_context(viewport={"width": 1024, "height": 700}).new_page() for _ in range(VIEWERS)]
        for page in pages:
            page.add_init_script(READER)
            page.goto(address, wait_until="commit")
        for page in pages:
            page.wait_for_function("() => window.__viewer", timeout=120_000)
            page.evaluate("() => window.__viewer.allReady")
        opened, memory_open = cpu_s(server) - cpu, memory_mb(server) - memory
        loaded = time.monotonic() - begin
        cpu = cpu_s(server)
        for page in pages:
            page.evaluate(f"() => {{ window.__scrubbed = ({SCRUB})({SCRUB_S}); }}")
        scrubbed = [page.evaluate("() => window.__scrubbed") for page in pages]
        used, more = cpu_s(server) - cpu, memory_mb(server) - memory
        browser.close()
    shown, wrong = (sum(one[key] for one in scrubbed) for key in ("shown", "wrong"))
    print(
        f"{VIEWERS} browsers open the case within {loaded:.1f} s: {opened / VIEWERS:.2f} s of processor and "
        f"{memory_open / VIEWERS:.1f} MB of memory of the server for each\n"
        f"all scrub at once for {SCRUB_S} s, one rest a second: {used / VIEWERS:.2f} s of processor and "
        f"{more / VIEWERS:.1f} MB of memory of the server for each; "
        f"{shown / SCRUB_S / VIEWERS:.0f} frames/s painted in each, {wrong} wrong of {shown}"
    )


def _get(url: str, token: str) -> bytes:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  (our own server)
    with urllib.request.urlopen(request, timeout=60) as answer:
        body: bytes = answer.read()
    return body


if __name__ == "__main__":
    main()
