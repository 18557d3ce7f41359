"""What every answer carries, and who is not answered at all.

The editor is whoever sits at this computer. Two things would let others in: a request from another machine, and a page
of another site whose host name is made to point here (DNS rebinding), which the Host header gives away. A page of
another site that opens our websocket is refused before Streamlit looks at it, whose own check would ask a server on
the internet for this computer's address.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # Streamlit needs inline styles, blob modules and WebAssembly; what this forbids is any word to another host.
    "Content-Security-Policy": (
        "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; connect-src 'self' data: blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
}


class SecurityMiddleware:
    """Adds the headers above; on loopback also refuses whoever is not at this computer.

    Pure ASGI: Starlette's base class would wrap every body.

    Parameters
    ----------
    loopback : bool
        Whether the server listens on a loopback address.
    """

    def __init__(self, app: ASGIApp, *, loopback: bool) -> None:
        self._app = app
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._loopback and not _is_from_here(scope)
        if scope["type"] == "websocket" and (refused or not is_same_origin(Headers(scope=scope))):
            await send({"type": "websocket.close", "code": 1008})
            return
        if refused:
            refusal = PlainTextResponse(
                "This case library answers only at the computer it runs on: open it as http://127.0.0.1 or "
                "http://localhost. To show published cases to others, start it with --read-only and --host.\n",
                421,
            )
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address, with or without brackets, means this computer and nobody else."""
    if host is None:
        return False
    name = host.strip().strip("[]").lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """Return the host of a Host header without its port."""
    host, colon, port = header.strip().rpartition(":")
    return host if colon and port.isdigit() else header.strip()


def _is_from_here(scope: Scope) -> bool:
    client = scope.get("client")
    # Without a peer address (a UNIX socket) the file system has decided.
    if client is not None and client[0] and not is_loopback(client[0]):
        return False
    return is_loopback(host_of(Headers(scope=scope).get("host", "")))


def is_same_origin(headers: Headers) -> bool:
    """Whether a request comes from a page of this app, or from no page at all."""
    origin = headers.get("origin")
    # A program that is no browser sends none, and no other site can make it connect.
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
