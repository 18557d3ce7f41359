"""A draft as the add-case page edits it: read, save, take a clip out, discard, publish."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from case_library.adding.batches import Adding
from case_library.adding.task import Task
from case_library.errors import CaseNotFoundError
from case_library.model.case import Case, Status
from case_library.routes.editor import answering, json_of, told
from case_library.routes.serving import Serving
from case_library.store.removing import discard_draft, remove_clip
from case_library.viewer.draft_messages import DraftMessage, draft_message
from case_library.viewer.messages import ClipLink


def draft_routes(serving: Serving, adding: Adding) -> list[BaseRoute]:
    """Return the routes of drafts, relative to where they are mounted."""
    drafts = _Drafts(serving, adding)

    def route(path: str, method: str, endpoint: str) -> Route:
        return Route(path, answering(serving.signer, getattr(drafts, endpoint)), methods=[method])

    return [
        route("/drafts/{slug}", "GET", "show"),
        route("/drafts/{slug}", "PATCH", "save"),
        route("/drafts/{slug}", "DELETE", "discard"),
        route("/drafts/{slug}/clips/{clip}", "DELETE", "remove_clip"),
        route("/drafts/{slug}/confirmation", "POST", "confirm"),
    ]


class _Drafts:
    def __init__(self, serving: Serving, adding: Adding) -> None:
        self._serving = serving
        self._adding = adding

    async def show(self, request: Request) -> Response:
        return told(await to_thread.run_sync(self._message, request.path_params["slug"]))

    async def save(self, request: Request) -> Response:
        message = await json_of(request)

        def save() -> DraftMessage:
            slug = request.path_params["slug"]
            case = self._draft(slug)
            self._serving.library.save(slug, _edited(case, message.get("change")), _revision(message))
            return self._message(slug)

        return told(await to_thread.run_sync(save))

    async def discard(self, request: Request) -> Response:
        await to_thread.run_sync(discard_draft, self._serving.library, request.path_params["slug"])
        return told({})

    async def remove_clip(self, request: Request) -> Response:
        message = await json_of(request)

        def remove() -> DraftMessage:
            slug = request.path_params["slug"]
            remove_clip(self._serving.library, slug, request.path_params["clip"], _revision(message))
            return self._message(slug)

        return told(await to_thread.run_sync(remove))

    async def confirm(self, request: Request) -> Response:
        message = await json_of(request)
        by, revision = message.get("by"), _revision(message)
        if message.get("seen") is not True or not isinstance(by, str) or not by.strip():
            raise HTTPException(422, "Publishing needs the tick and the name of whoever has looked at every clip")

        def start() -> Task:
            slug = request.path_params["slug"]
            self._draft(slug)
            return self._adding.start_confirmation(slug, by.strip(), revision)

        task = await to_thread.run_sync(start)
        return told({"task": task.task_id}, 202)

    def _draft(self, slug: str) -> Case:
        case = self._serving.library.read(slug)
        if case.status is not Status.DRAFT:
            raise CaseNotFoundError(slug)
        return case

    def _message(self, slug: str) -> DraftMessage:
        case, folder = self._draft(slug), self._serving.library.folder(slug)
        links = {}
        for clip in case.clips:
            served = self._serving.serve(clip, folder, draft=True)
            token = self._serving.signer.mint(served.key, draft=True)
            links[clip.clip_id] = ClipLink(self._serving.url(served.key), token.text)
        return draft_message(slug, case, links)


_EDITABLE = ("title", "summary")


def _revision(message: dict[str, Any]) -> int:
    revision = message.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise HTTPException(400, "The revision that was edited is missing")
    return revision


def _edited(case: Case, change: Any) -> Case:
    """Return the case with the changed fields, checked as a case is when it is read."""
    if not isinstance(change, dict) or not set(change) <= set(_EDITABLE):
        raise HTTPException(400, f"A change names some of: {', '.join(_EDITABLE)}")
    try:
        return Case.model_validate(case.model_dump() | change)
    except ValidationError as error:
        first = error.errors()[0]
        raise HTTPException(422, f"{first['loc'][0]}: {first['msg']}") from None
