"""Let the browser fetch a component's modules while Streamlit still starts.

They are asked for only when Streamlit has started and has been told of the component, about a second after the page
was opened. A `Link` header on the page itself names them at once; a browser that does not know it loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What Streamlit loads for a component, each only when the one before has been run.
_STREAMLIT_CHUNKS = ("BidiComponent", "serialization", "recordbatch", "_arrayReduce")


def component_address(base_path: str, component: str, module: str) -> str:
    """Return where Streamlit serves a module of a component."""
    return f"{base_path}/_stcore/bidi-components/{component}/{module}"


def preload_link(base_path: str, component: str, module: str) -> str:
    """Return the `Link` header that names what Streamlit and a component will ask for."""
    chunks = Path(streamlit.__file__).parent / "static" / "static" / "js"
    found = [path.name for name in _STREAMLIT_CHUNKS for path in sorted(chunks.glob(f"{name}.*.js"))]
    addresses = [
        component_address(base_path, component, module),
        *(f"{base_path}/static/js/{name}" for name in found),
    ]
    # Behind Streamlit's own start, which has to be over before any of these is run.
    return ", ".join(f"<{address}>; rel=modulepreload; fetchpriority=low" for address in addresses)


class PreloadMiddleware:
    """Adds a `Link` header to HTML pages.

    Parameters
    ----------
    links : mapping of str to str
        Path of a page -> its header.
    """

    def __init__(self, app: ASGIApp, *, links: Mapping[str, str]) -> None:
        self._app = app
        self._links = links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, adding the header where there is one."""
        link = self._links.get(scope["path"]) if scope["type"] == "http" else None
        if link is None:
            await self._app(scope, receive, send)
            return

        async def send_with_link(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", link)
            await send(message)

        await self._app(scope, receive, send_with_link)
