"""One server for pages and frames: the arguments of its ASGI app, and how the command line runs it."""

from __future__ import annotations

import importlib
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware

from case_library.errors import SettingsError
from case_library.routes.add_case import add_case_routes
from case_library.routes.cases import case_routes
from case_library.routes.clips import clip_routes
from case_library.routes.modules import LinkedModulesMiddleware
from case_library.routes.no_delay import NoDelayMiddleware
from case_library.routes.preload import PreloadMiddleware, component_address, preload_link
from case_library.routes.security import SecurityMiddleware, is_loopback
from case_library.routes.serving import Serving, start_serving
from case_library.routes.tables import table_routes
from case_library.settings import Settings, load_settings
from case_library.viewer.component import FRONTEND

_PAGES = Path(__file__).with_name("pages") / "main.py"
_READY_WITHIN_S = 60.0
# How long one thread may keep the others from the interpreter. At Python's 5 ms every step of an answer waits behind
# each busy page; at this, 42 MB of frames beside three busy sessions took 0.2 s instead of 1.6 s.
_SWITCH_INTERVAL_S = 0.0005
_USED_BY_EVERY_PAGE = ("pandas", "pyarrow", *(f"case_library.pages.{n}" for n in ("furniture", "landing", "links")))


def app_arguments() -> dict[str, Any]:
    """Return the arguments of `st.App` where `streamlit run app.py` or another ASGI server starts it.

    The library comes from the environment (`load_settings`), address and base path from Streamlit's configuration.

    Raises
    ------
    SettingsError
        If it would listen to other computers and the library is not read-only.
    """
    settings = load_settings()
    address = st.get_option("server.address")
    require_allowed_address(address, settings)
    shared = start_serving(settings, st.get_option("server.baseUrlPath") or "")
    return _arguments(shared, loopback=is_loopback(address))


def run(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    base_path: str = "",
    open_browser: bool = True,
) -> None:
    """Serve a library until interrupted.

    Parameters
    ----------
    host : str
        A loopback address, or any where the library is read-only.
    port : int or None
        By default 8501, or the next one that is free.
    base_path : str
        Before every path, for a reverse proxy: `/cases`.
    open_browser : bool
        Whether to open the library once it answers.

    Raises
    ------
    SettingsError
        If the address is not allowed or the port is taken.
    """
    require_allowed_address(host, settings)
    if port is not None:
        _require_free_port(host, port)
    shared = start_serving(settings, base_path)
    app = st.App(**_arguments(shared, loopback=is_loopback(host), on_start=_open_when_ready if open_browser else None))
    app.run(config=streamlit_options(host, port, base_path, settings))


def streamlit_options(host: str, port: int | None, base_path: str, settings: Settings) -> dict[str, Any]:
    """Return Streamlit's options for `App.run`, which reads no `STREAMLIT_*` variable.

    All that matters is said here, for `App.run` would otherwise take it from whatever `config.toml` lies about.
    """
    options: dict[str, Any] = {
        "server.address": host,
        "server.headless": True,  # else it opens a browser and asks for an e-mail address
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.baseUrlPath": base_path.strip("/"),
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "browser.gatherUsageStats": False,
        # Without it a host on the internet is asked for this computer's address.
        "browser.serverAddress": _browser_host(host),
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none" if settings.read_only else "full",
        "client.showSidebarNavigation": False,
        "theme.base": "dark",
        "theme.primaryColor": "#56b4e9",
        "theme.backgroundColor": "#0f1114",
    }
    return options if port is None else options | {"server.port": port}


def require_allowed_address(host: str | None, settings: Settings) -> None:
    """Refuse to let other computers reach what only the editor may see and change.

    Raises
    ------
    SettingsError
    """
    if settings.read_only or is_loopback(host):
        return
    where = f"on {host}" if host else "on every network of this computer"
    raise SettingsError(
        f"The library would be open to other computers ({where}), drafts and editing included. Add --read-only "
        "(or CASE_LIBRARY_READ_ONLY=1) to show published cases alone, or listen on 127.0.0.1"
    )


def _arguments(shared: Serving, *, loopback: bool, on_start: Callable[[str], None] | None = None) -> dict[str, Any]:
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        # Warm before the first page asks; what earlier processes left behind goes meanwhile.
        await to_thread.run_sync(shared.worker.start)
        threading.Thread(target=shared.tidy, daemon=True).start()
        threading.Thread(target=shared.examples.start, daemon=True).start()
        threading.Thread(target=_warm, daemon=True).start()
        if on_start is not None:
            host = _url_host(st.get_option("browser.serverAddress"))
            on_start(f"http://{host}:{st.get_option('server.port')}{shared.base_path}/")
        try:
            yield
        finally:
            await to_thread.run_sync(shared.close)

    context: Callable[[Any], AbstractAsyncContextManager[None]] = lifespan
    return {
        "script_path": _PAGES,
        "routes": [*add_case_routes(shared), *case_routes(shared), *table_routes(shared), *clip_routes(shared)],
        "middleware": [
            Middleware(NoDelayMiddleware),
            Middleware(SecurityMiddleware, loopback=loopback),
            Middleware(PreloadMiddleware, links=_preload_links(shared.base_path)),
            Middleware(LinkedModulesMiddleware, modules=_linked_modules(shared.base_path)),
        ],
        "lifespan": context,
    }


_COMPONENTS = {"": "gallery", "case": "viewer", "add": "add-case"}  # address of a page -> what it shows


def _preload_links(base_path: str) -> dict[str, str]:
    return {
        f"{base_path}/{page}": preload_link(base_path, f"case-library.{name}", f"{name}-component.js")
        for page, name in _COMPONENTS.items()
    }


def _linked_modules(base_path: str) -> dict[str, Path]:
    entries = [(name, f"{name}-component.js") for name in _COMPONENTS.values()]
    return {component_address(base_path, f"case-library.{name}", file): FRONTEND / file for name, file in entries}


def _warm() -> None:
    """Import what the first page would wait for: Streamlit brings much of itself only when it is used."""
    for name in _USED_BY_EVERY_PAGE:
        with suppress(ImportError):
            importlib.import_module(name)


def _require_free_port(host: str, port: int) -> None:
    # Bound as the server will: on Windows the option would let two servers share a port.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if hasattr(socket, "SO_REUSEPORT"):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SettingsError(f"Port {port} of {host} cannot be used ({reason}); name another with --port") from None


def _browser_host(host: str) -> str:
    return "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104  (what was asked for, not a default)


def _url_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _open_when_ready(url: str) -> None:
    threading.Thread(target=_wait_and_open, args=(url,), daemon=True).start()


def _wait_and_open(url: str) -> None:
    give_up_at = time.monotonic() + _READY_WITHIN_S
    # Our own server is asked, not a proxy that the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < give_up_at:
        with suppress(urllib.error.URLError, OSError), opener.open(f"{url}_stcore/health", timeout=2):
            webbrowser.open(url)
            return
        time.sleep(0.1)
