"""Send a component's browser modules as one.

The modules are plain files, each one idea, and run as they are. A browser would fetch them in dozens of requests, at
the very time at which it fetches Streamlit's own; half a second went into that. So the module that Streamlit asks for
is answered with everything it imports in front of it, linked when the server starts.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_IMPORT = re.compile(
    r"""^import\s+(?:(?:\{(?P<names>[^}]*)\}|\*\s+as\s+(?P<whole>\w+))\s+from\s+)?["']\./(?P<file>[\w-]+\.js)["'];?$""",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(?P<default>default\s+)?(?P<kind>(?:async\s+)?function\*?|class|const)\s+(?P<name>\w+)", re.MULTILINE
)
# What neither of the two understands would be a mistake in the middle of the linked module.
_OTHER = re.compile(r"^(?:import|export)\b(?!\().*$", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)


class LinkError(ValueError):
    """A module imports or exports in a way that is not understood here, or in a circle."""


def link(entry: Path) -> str:
    """Return a module and all that it imports from its own folder as one module.

    Understood are `import { a, b as c } from "./x.js"`, `import * as x from "./x.js"`, `import "./x.js"`, and `export`
    before a function, a class or a `const`; each at the beginning of a line.

    Raises
    ------
    LinkError
    """
    linked: dict[str, str] = {}
    _add(entry, linked, ())
    return "\n".join([*linked.values(), f"export default {_variable(entry.name)}.default;", ""])


def _add(module: Path, linked: dict[str, str], inside: tuple[str, ...]) -> None:
    if module.name in linked:
        return
    if module.name in inside:
        raise LinkError(f"{module.name} imports itself by way of {', '.join(inside)}")
    text = _COMMENT.sub("", module.read_text(encoding="utf-8"))
    for found in _IMPORT.finditer(text):
        _add(module.with_name(found["file"]), linked, (*inside, module.name))
    body = _IMPORT.sub(_binding, text)
    exported: list[str] = []

    def without_export(found: re.Match[str]) -> str:
        exported.append(f"default: {found['name']}" if found["default"] else found["name"])
        return f"{found['kind']} {found['name']}"

    body = _EXPORT.sub(without_export, body)
    if other := _OTHER.search(body):
        raise LinkError(f"{module.name}: {other[0]}")
    linked[module.name] = (
        f"const {_variable(module.name)} = (() => {{\n{body.strip()}\nreturn {{ {', '.join(exported)} }};\n}})();"
    )


def _binding(found: re.Match[str]) -> str:
    module = _variable(found["file"])
    if found["whole"]:
        return f"const {found['whole']} = {module};"
    if found["names"]:
        names = re.sub(r"\s+as\s+", ": ", " ".join(found["names"].split()))
        return f"const {{ {names} }} = {module};"
    return ""


def _variable(file: str) -> str:
    return "$" + file.removesuffix(".js").replace("-", "_")


class LinkedModulesMiddleware:
    """Answers the addresses of entry modules with the linked ones.

    Parameters
    ----------
    modules : mapping of str to Path
        Address -> entry module.
    """

    def __init__(self, app: ASGIApp, *, modules: Mapping[str, Path]) -> None:
        self._app = app
        self._bodies = {address: gzip.compress(link(entry).encode(), mtime=0) for address, entry in modules.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        body = self._bodies.get(scope["path"]) if scope["type"] == "http" else None
        if body is None:
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        # Asked for again at every visit, so that nobody runs the modules of an earlier version; sent once.
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        kept = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if asked.get("if-none-match") == tag:
            answer = Response(status_code=304, headers=kept)
        elif "gzip" in asked.get("accept-encoding", ""):
            answer = Response(body, media_type="text/javascript", headers=kept | {"Content-Encoding": "gzip"})
        else:
            answer = Response(gzip.decompress(body), media_type="text/javascript", headers=kept)
        await answer(scope, receive, send)
