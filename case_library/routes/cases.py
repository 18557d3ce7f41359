"""Cases as the viewer edits them: one route, by which everything changed on the page is saved item by item."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import TimeoutError as LateError
from typing import Any

from anyio import to_thread
from pydantic import Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from case_library.errors import CaseLibraryError, StaleEditError
from case_library.model.case import Clip
from case_library.model.editing import Edit, EditRefusedError, changed_items
from case_library.model.geometry import Point
from case_library.model.item import ClipId, Model
from case_library.routes.editor import answering, json_of, said, told
from case_library.routes.serving import Serving
from case_library.store.editing import save_edit
from case_library.store.mending import state_scale
from case_library.viewer.edit_messages import list_messages
from case_library.viewer.messages import scale_messages
from case_library.viewer.vocabulary_message import vocabulary_json

CASES_PATH = "/api/cases"
_HASHED_WITHIN_S = 20.0


def case_routes(serving: Serving) -> list[BaseRoute]:
    """Return the routes under `{base}/api/cases`; a library that is open for reading only has none."""
    if serving.library.read_only:
        return []
    cases = _Cases(serving)
    routes = [
        # A slug has no dots, so no case can be called like it.
        Route("/words.json", answering(serving.signer, cases.vocabulary), methods=["GET"]),
        Route("/{slug}", answering(serving.signer, cases.save), methods=["PATCH"]),
        Route("/{slug}/scale", answering(serving.signer, cases.state_scale), methods=["POST"]),
    ]
    return [Mount(f"{serving.base_path}{CASES_PATH}", routes=routes)]


class _StatedScale(Model):
    """Two points of a frame, in image coordinates, and how far apart they really are."""

    clip_id: ClipId
    points_px: tuple[Point, Point]
    length_mm: float = Field(gt=0, allow_inf_nan=False)
    based_on: int


class _Cases:
    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def save(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        message = await json_of(request)
        try:
            edit = Edit.model_validate(message)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise HTTPException(400, f"The message is no edit of a case: {where}: {first['msg']}") from None
        return await to_thread.run_sync(self._save, slug, edit)

    async def state_scale(self, request: Request) -> Response:
        message = await json_of(request)
        try:
            stated = _StatedScale.model_validate(message)
        except ValidationError:
            raise HTTPException(400, "The message states no scale: two points, their distance and a revision") from None
        return await to_thread.run_sync(self._state_scale, request.path_params["slug"], stated)

    def _state_scale(self, slug: str, stated: _StatedScale) -> Response:
        case = state_scale(
            self._serving.library, slug, stated.clip_id, stated.points_px, stated.length_mm, stated.based_on
        )
        clip = case.clip(stated.clip_id)
        assert clip is not None
        return told({"revision": case.revision, "clip": scale_messages(clip)})

    async def vocabulary(self, request: Request) -> Response:
        body = await to_thread.run_sync(vocabulary_json)
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})

    def _save(self, slug: str, edit: Edit) -> Response:
        try:
            before, after = save_edit(self._serving.library, slug, edit, lambda *frames: self._identify(slug, *frames))
        except StaleEditError as error:
            return said(409, str(error), revision=error.current.revision, lists=list_messages(error.current))
        except EditRefusedError as error:
            return said(422, error.reason, list=error.list_name, item_id=error.item_id)
        items: dict[str, dict[str, Any]] = {}
        for name, item in changed_items(before, after):
            items.setdefault(name, {})[item.item_id] = item.model_dump(mode="json")
        return told({"revision": after.revision, "items": items})

    def _identify(self, slug: str, clip: Clip, frame_numbers: Sequence[int]) -> Sequence[str | None]:
        """Hash frames in the worker; what a person drew is saved without a hash rather than not at all."""
        media = self._serving.library.folder(slug) / clip.file
        try:
            answer = self._serving.worker.hashes(media, frame_numbers).result(_HASHED_WITHIN_S)
        except (CaseLibraryError, LateError):
            return [None] * len(frame_numbers)
        return list(json.loads(answer))
