"""Tables of a published case, for whoever may see it: the numbers beside its frames."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from case_library.errors import CaseLibraryError, CaseNotFoundError
from case_library.exchange.export import require_published
from case_library.exchange.tables import TABLES
from case_library.model.case import Case
from case_library.model.measured_case import ReadFrame
from case_library.model.ruler import MeasurementRefusedError
from case_library.packs.exact import unpacked_grey
from case_library.routes.serving import Serving

TABLES_PATH = "/api/tables"
_NOT_KEPT = {"Cache-Control": "no-store"}
_DECODED_WITHIN_S = 30.0


def table_key(slug: str) -> str:
    """Return what a token for the tables of a case is minted for."""
    return f"tables of {slug}"


def table_routes(serving: Serving) -> list[BaseRoute]:
    """Return the routes under `{base}/api/tables`."""

    async def table(request: Request) -> Response:
        slug, name = request.path_params["slug"], request.path_params["name"]
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or serving.signer.check(token.strip(), table_key(slug)) is None:
            return _said(403, "This needs the token that the page was given; load the page again")
        if name not in TABLES:
            return _said(404, f"There is no table '{name}'; there are: {', '.join(TABLES)}")
        try:
            body = await to_thread.run_sync(_table, serving, slug, name)
        except CaseNotFoundError:
            return _said(404, "This case is no longer in the library")
        except CaseLibraryError as error:
            return _said(422, str(error))
        return Response(body, media_type="text/csv; charset=utf-8", headers=_NOT_KEPT)

    return [Mount(f"{serving.base_path}{TABLES_PATH}", routes=[Route("/{slug}/{name}.csv", table)])]


def _table(serving: Serving, slug: str, name: str) -> bytes:
    case = serving.library.read(slug)
    require_published(slug, case)
    return TABLES[name](slug, case, _reader(serving, slug, case))


def _reader(serving: Serving, slug: str, case: Case) -> ReadFrame:
    def read(clip_id: str, frame_index: int) -> Any:
        clip = case.clip(clip_id)
        if clip is None or frame_index >= clip.frame_count:
            raise MeasurementRefusedError("no_clip", f"The case has no such frame in {clip_id}")
        media = serving.library.folder(slug) / clip.file
        try:
            # In the worker: decoding here would keep every page waiting.
            packed = serving.worker.grey(media, frame_index + 1).result(_DECODED_WITHIN_S)
        except (CaseLibraryError, TimeoutError) as error:
            raise MeasurementRefusedError("no_frame", str(error) or "The frame could not be decoded in time") from None
        return unpacked_grey(packed, clip.rows, clip.columns)

    return read


def _said(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status, headers=_NOT_KEPT)
