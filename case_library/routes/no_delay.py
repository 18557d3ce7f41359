"""Send each answer at once.

The head and the body of an answer are two writes. Where the operating system waits with the second for the browser to
acknowledge the first (Nagle's algorithm), and the browser's system waits with that for more to come, each answer takes
40 ms. asyncio turns the waiting off, but only on sockets that name their protocol; the one that Streamlit listens on
does not, nor do those accepted from it.
"""

from __future__ import annotations

import socket
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send


class NoDelayMiddleware:
    """Turns the waiting off on each connection, where the server lets its socket be reached."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, after preparing the connection."""
        # uvicorn's `receive` is a method of the object that holds the connection; ASGI itself has no way to it.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        connection = transport.get_extra_info("socket") if transport is not None else None
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self._app(scope, receive, send)
