"""A draft as the add-case page edits it: read, save, take a clip out, discard, publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anyio import to_thread
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from case_library.adding.batches import Adding
from case_library.adding.task import Task
from case_library.deidentify.free_text import scan
from case_library.errors import CaseNotFoundError
from case_library.model.case import Case, Status
from case_library.model.mask import PixelMask
from case_library.routes.editor import answering, json_of, told
from case_library.routes.serving import Serving
from case_library.store.library import Library
from case_library.store.masking import remove_text, set_mask, set_viewed
from case_library.store.mending import state_clock, state_scale
from case_library.store.removing import discard_draft, remove_clip
from case_library.viewer.draft_messages import DraftMessage, draft_message
from case_library.viewer.messages import ClipLink
from case_library.vocabulary.tables import structures


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
        route("/drafts/{slug}/clips/{clip}/clock", "PUT", "state_clock"),
        route("/drafts/{slug}/clips/{clip}/scale", "PUT", "state_scale"),
        route("/drafts/{slug}/clips/{clip}/mask", "PUT", "set_mask"),
        route("/drafts/{slug}/clips/{clip}/viewed", "PUT", "set_viewed"),
        route("/drafts/{slug}/clips/{clip}/suggestion", "POST", "suggest"),
        route("/drafts/{slug}/text-removal", "POST", "remove_text"),
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
        slug = request.path_params["slug"]
        await to_thread.run_sync(discard_draft, self._serving.library, slug)
        self._adding.forget_held(slug)
        return told({})

    async def remove_clip(self, request: Request) -> Response:
        return await self._clip_edit(request, _removed)

    async def remove_text(self, request: Request) -> Response:
        message = await json_of(request)
        asked = message.get("matches")
        if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
            raise HTTPException(400, "What is to be taken out is missing")
        wanted = [tuple(one.get(name) for name in ("field", "start", "end")) for one in asked]

        def remove() -> DraftMessage:
            slug = request.path_params["slug"]
            found = scan(self._draft(slug), self._adding.held(slug))
            matches = [match for match in found if (match.field, match.start, match.end) in wanted]
            remove_text(self._serving.library, slug, matches, _revision(message))
            return self._message(slug)

        return told(await to_thread.run_sync(remove))

    async def state_clock(self, request: Request) -> Response:
        return await self._clip_edit(request, _stated_clock)

    async def state_scale(self, request: Request) -> Response:
        return await self._clip_edit(request, _stated_scale)

    async def set_mask(self, request: Request) -> Response:
        return await self._clip_edit(request, _masked)

    async def set_viewed(self, request: Request) -> Response:
        return await self._clip_edit(request, _viewed)

    async def suggest(self, request: Request) -> Response:
        slug, clip_id = request.path_params["slug"], request.path_params["clip"]

        def start() -> Task:
            if self._draft(slug).clip(clip_id) is None:
                raise HTTPException(404, "This clip is no longer in the draft")
            return self._adding.start_suggestion(slug, clip_id)

        task = await to_thread.run_sync(start)
        return told({"task": task.task_id}, 202)

    async def _clip_edit(self, request: Request, edit: ClipEdit) -> Response:
        message = await json_of(request)

        def change() -> DraftMessage:
            slug = request.path_params["slug"]
            edit(self._serving.library, slug, request.path_params["clip"], message, _revision(message))
            return self._message(slug)

        return told(await to_thread.run_sync(change))

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
        return draft_message(slug, case, links, scan(case, self._adding.held(slug)))


_EDITABLE = ("title", "summary", "region", "laterality")


ClipEdit = Callable[[Library, str, str, dict[str, Any], int], object]


def _removed(library: Library, slug: str, clip_id: str, message: dict[str, Any], based_on: int) -> None:
    remove_clip(library, slug, clip_id, based_on)


def _stated_clock(library: Library, slug: str, clip_id: str, message: dict[str, Any], based_on: int) -> None:
    fps = message.get("fps")
    state_clock(library, slug, clip_id, None if fps is None else _numbers(fps, ()), based_on)


def _stated_scale(library: Library, slug: str, clip_id: str, message: dict[str, Any], based_on: int) -> None:
    points = message.get("points")
    if points is None:
        state_scale(library, slug, clip_id, None, 0.0, based_on)
        return
    (a, b), (c, d) = _numbers(points, (2, 2))
    state_scale(library, slug, clip_id, ((a, b), (c, d)), _numbers(message.get("length_mm"), ()), based_on)


def _masked(library: Library, slug: str, clip_id: str, message: dict[str, Any], based_on: int) -> None:
    rectangles = message.get("rectangles")
    if not isinstance(rectangles, list):
        raise HTTPException(400, "The rectangles are missing")
    try:
        mask = PixelMask.model_validate({"rectangles": rectangles, "note": message.get("note", "")})
    except ValidationError as error:
        raise HTTPException(422, f"A rectangle cannot be used: {error.errors()[0]['msg']}") from None
    set_mask(library, slug, clip_id, mask.rectangles, based_on, note=mask.note)


def _viewed(library: Library, slug: str, clip_id: str, message: dict[str, Any], based_on: int) -> None:
    set_viewed(library, slug, clip_id, based_on)


def _numbers(value: Any, shape: tuple[int, ...]) -> Any:
    """Return a number, or nested lists of them, as sent."""
    if shape and isinstance(value, list) and len(value) == shape[0]:
        return [_numbers(item, shape[1:]) for item in value]
    if not shape and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise HTTPException(400, "A number is missing")


def _revision(message: dict[str, Any]) -> int:
    revision = message.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise HTTPException(400, "The revision that was edited is missing")
    return revision


def _edited(case: Case, change: Any) -> Case:
    """Return the case with the changed fields, checked as a case is when it is read."""
    if not isinstance(change, dict) or not set(change) <= set(_EDITABLE):
        raise HTTPException(400, f"A change names some of: {', '.join(_EDITABLE)}")
    fields: dict[str, Any] = dict(change)
    if "region" in fields:
        key = fields.pop("region")
        entry = structures().get(key) if isinstance(key, str) else None
        if key != "" and (entry is None or entry.kind != "region"):
            raise HTTPException(422, "There is no such region of the body in the vocabulary")
        fields["site"] = case.site.model_copy(update={"region": entry.term if entry else None}).model_dump()
    if "laterality" in fields:
        fields["laterality"] = fields["laterality"] or None
    try:
        return Case.model_validate(case.model_dump() | fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise HTTPException(422, f"{first['loc'][0]}: {first['msg']}") from None
