"""Let the browser fetch a page's own modules while Streamlit still starts.

The component's modules are asked for only when Streamlit has started and has been told of the component, about a second
after the page was opened, and then one level of imports after the other. A `Link` header on the page itself names them
all at once; a browser that does not know it loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*?["']\./([\w-]+\.js)["']""", re.MULTILINE)


def modules_of(entry: Path) -> list[str]:
    """Return the names of a module and of all that it imports from its own folder, nearest first."""
    found, waiting = [], [entry.name]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += _IMPORT.findall((entry.parent / name).read_text(encoding="utf-8"))
    return found


def preload_link(base_path: str, component: str, entry: Path) -> str:
    """Return the `Link` header that names the modules of a component, as Streamlit serves them."""
    folder = f"{base_path}/_stcore/bidi-components/{component}"
    return ", ".join(f"<{folder}/{name}>; rel=modulepreload" for name in modules_of(entry))


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
