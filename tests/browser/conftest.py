"""A real server and a real browser; every request to another host is an error."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import browser_executable

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Streamlit probes its base path once on a deep link; both answers are of no consequence.
HARMLESS = ("/_stcore/health", "/_stcore/host-config", "favicon")


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    library: Path
    process_id: int


@contextmanager
def serving(library: Path, folder: Path, *arguments: str, port: int | None = None) -> Iterator[Served]:
    """Run `case-library serve` on a port of 127.0.0.1, by default a free one, until the block ends."""
    port = port or _free_port()
    environment = os.environ | {
        "CASE_LIBRARY": str(library),
        "CASE_LIBRARY_CACHE": str(folder / "cache"),
        "CASE_LIBRARY_CONFIG": str(folder / "config"),
    }
    command = [str(Path(sys.executable).with_name("case-library")), "serve", "--no-browser", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *arguments], env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/_stcore/health", process, log)
            yield Served(url, library, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server does not answer:\n{log.read_text(errors='replace')}")


# Of the package, not the session: the driver holds an event loop, which later tests could not start.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    executable = browser_executable()
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a page of the app; the test fails when it logs an error or asks another host for anything."""
    contexts, complaints = [], []

    def opened(url: str, width: int = 1280, height: int = 720, **options: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()

        def asked(request: Any) -> None:
            if not request.url.startswith(("http://127.0.0.1:", "blob:", "data:")):
                complaints.append(f"asked for {request.url}")

        def logged(message: Any) -> None:
            where = (message.location or {}).get("url", "")
            if message.type == "error" and not any(word in where for word in HARMLESS):
                complaints.append(f"logged {message.text} ({where})")

        page.on("request", asked)
        page.on("console", logged)
        page.on("pageerror", lambda error: complaints.append(f"threw {error}"))
        page.goto(url)
        return page

    opened.complaints = complaints  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
