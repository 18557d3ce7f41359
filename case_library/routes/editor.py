"""Routes that change the library: for the editor at this computer alone, and answered in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from case_library.adding.spool import UploadRefusedError
from case_library.errors import CaseFormatError, CaseLibraryError, CaseNotFoundError, StaleEditError
from case_library.routes.access import TokenSigner
from case_library.routes.security import is_same_origin

EDITOR_KEY = "the editor of this library"
MOST_JSON_BYTES = 1 << 20
_NOT_KEPT = {"Cache-Control": "no-store"}

Endpoint = Callable[[Request], Coroutine[None, None, Response]]


def answering(signer: TokenSigner, endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint: whoever brings no token or comes from another site is refused, and errors are said in JSON."""

    async def answer(request: Request) -> Response:
        try:
            _require_editor(signer, request)
            return await endpoint(request)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it
        except UploadRefusedError as error:
            return said(error.status, str(error))
        except HTTPException as error:
            return said(error.status_code, error.detail)
        except StaleEditError as error:
            return said(409, str(error), current_revision=error.current.revision)
        except CaseNotFoundError:
            return said(404, "This draft is no longer in the library; it was published, renamed or removed")
        except CaseFormatError as error:
            return said(422, f"{error.reason}. {error.remedy}")
        except CaseLibraryError as error:
            return said(422, str(error))
        except OSError as error:
            return said(507, f"The library cannot be written ({error.strerror or type(error).__name__})")

    return answer


def said(status: int, reason: str, **more: Any) -> JSONResponse:
    """Return a refusal with its reason."""
    return JSONResponse({"error": reason} | more, status, headers=_NOT_KEPT)


def told(message: Any, status: int = 200) -> JSONResponse:
    """Return an answer that no cache keeps."""
    return JSONResponse(message, status, headers=_NOT_KEPT)


async def json_of(request: Request) -> dict[str, Any]:
    """Return the object in the body of a request.

    Raises
    ------
    HTTPException
        If there is none, or it is longer than anything that the page sends.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_JSON_BYTES:
            raise HTTPException(413, "The message is longer than anything this page sends")
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise HTTPException(400, "The message is not a JSON object")
    return message


def _require_editor(signer: TokenSigner, request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or signer.check(token.strip(), EDITOR_KEY) is None:
        raise HTTPException(403, "This needs the token that the page was given; load the page again")
    if not is_same_origin(request.headers):
        raise HTTPException(403, "This can only be asked by a page of this case library")
