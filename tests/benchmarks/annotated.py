"""Whether scrubbing stays as fast with thirty annotated keyframes shown.

Run by hand on a quiet computer with Chromium: `uv run python -m tests.benchmarks.annotated [RUNS]`. The same clip is
stepped through plain and annotated, in turns; every number is a median of the runs.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from case_library.model.annotation import Keyframe, Shape, ShapeKind
from case_library.model.finding import Finding
from case_library.model.frame import FrameIdentity
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind
from case_library.model.term import Term
from case_library.store.confirming import confirm_draft
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.benchmarks.bar_code import write_cine
from tests.benchmarks.machine import free_port, median, running
from tests.benchmarks.viewer import Numbers, visit

KEYFRAMES = (1, 25, 49, 73, 97, 120)


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_cine(folder / "cine.dcm")
        library = Library(folder / "library")
        slugs = {title: add(library, folder / "cine.dcm", title) for title in ("plain", "annotated")}
        annotate(library, slugs["annotated"])
        port = free_port()
        environment = {
            "CASE_LIBRARY": str(library.root),
            "CASE_LIBRARY_CACHE": str(folder / "cache"),
            "CASE_LIBRARY_CONFIG": str(folder / "config"),
        }
        serve = [str(Path(sys.executable).with_name("case-library")), "serve", "--no-browser", "--port", str(port)]
        found: dict[str, list[Numbers]] = defaultdict(list)
        with (
            running(serve, f"http://127.0.0.1:{port}/_stcore/health", environment, folder / "log") as server,
            sync_playwright() as driver,
        ):
            for _ in range(runs):
                for title, slug in slugs.items():
                    path = f"/case?case={slug}&clip=clip-1&frame=1"
                    found[title].append(visit(driver, port, path, server=server))
        print(f"{'':32} {'plain':>9} {'annotated':>9}   annotated / plain")
        for key in found["plain"][0]:
            plain, annotated = (median([v[key] for v in found[title]]) for title in ("plain", "annotated"))
            ratio = f"   x {annotated / plain:.2f}" if plain else ""
            print(f"{key:32} {plain:9.1f} {annotated:9.1f}{ratio}")


def add(library: Library, path: Path, title: str) -> str:
    """Import and publish the clip as a case of its own."""
    slug = import_files(library, [path], title.encode() * 8, ImportOptions(title=title)).imported[0].slug
    confirm_draft(library, slug, "A benchmark", stated_viewed=True)
    return slug


def annotate(library: Library, slug: str) -> None:
    """Draw five moving shapes with six keyframes each, seen on all frames, and a length on every fourth frame."""
    case = library.read(slug)
    shapes = tuple(
        Shape(
            item_id=f"shape-{i}",
            clip_id="clip-1",
            kind=kind,
            label=f"shape {i}",
            keyframes=tuple(
                Keyframe(frame=FrameIdentity(frame_number=n), points=moved(points, 1.5 * k))
                for k, n in enumerate(KEYFRAMES)
            ),
        )
        for i, (kind, points) in enumerate(SHAPES)
    )
    lengths = tuple(
        Measurement(
            item_id=f"length-{n}",
            kind=MeasurementKind.LENGTH,
            title="Length",
            marks=(
                Mark(
                    clip_id="clip-1",
                    frame=FrameIdentity(frame_number=n),
                    points=((200.0, 400.0), (200.0 + 3 * n, 420.0)),
                ),
            ),
        )
        for n in range(1, 121, 4)
    )
    finding = Finding(item_id="finding", term=Term(code="F001", meaning="Tear"), shapes=shapes)
    library.save(slug, case.model_copy(update={"findings": (finding,), "measurements": lengths}), case.revision)


def moved(points: tuple[tuple[float, float], ...], by: float) -> tuple[tuple[float, float], ...]:
    """Return the points, shifted."""
    return tuple((x + by, y + by) for x, y in points)


SHAPES = (
    (ShapeKind.POLYGON, tuple((300.0 + 40 * (i % 5) * (1 if i < 12 else -1), 200.0 + 12 * i) for i in range(24))),
    (ShapeKind.ELLIPSE, ((600.0, 300.0), (700.0, 320.0), (590.0, 350.0))),
    (ShapeKind.POLYLINE, tuple((100.0 + 35 * i, 600.0 + 20 * (i % 3)) for i in range(20))),
    (ShapeKind.ARROW, ((900.0, 500.0), (800.0, 420.0))),
    (ShapeKind.BOX, ((500.0, 480.0), (760.0, 620.0))),
)


if __name__ == "__main__":
    main()
