"""Frames over HTTP, beside the pages and on the same server.

Each answer is read in one piece and sent in one piece: with Python busy in other sessions, every further chunk would
wait for the interpreter again.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from anyio import to_thread
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from case_library.dynamics.clip_dynamics import FILE_NAME as DYNAMICS_NAME
from case_library.dynamics.clip_dynamics import FUNCTION as DYNAMICS_FUNCTION
from case_library.errors import CaseLibraryError
from case_library.packs.format import INDEX_NAME, POSTER_NAME, PackIndex, exact_path, is_pack_key, segment_path
from case_library.packs.worker import STUCK_AFTER_S, BuildJob, WorkerDiedError
from case_library.routes.access import ServedClip
from case_library.routes.serving import Serving

# `video/*` and `image/*` are what the server's gzip leaves alone; compressing JPEG again takes a second per clip.
PACK_MEDIA_TYPE = "video/vnd.case-library.pack"
# The key in the address is a hash of the content, and the token is in a header: the same address, the same bytes.
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}
_NOT_KEPT = {"Cache-Control": "no-store"}
# A pack that could not be made is tried again after this long, for the disk may have been full.
_RETRY_AFTER_S = 30.0

Endpoint = Callable[[Request], Coroutine[None, None, Response]]


def clip_routes(serving: Serving) -> list[BaseRoute]:
    """Return the routes under `{base}/api`; whatever else lies there is a true 404 and not Streamlit's start page."""
    clips = _Clips(serving)
    return [
        Mount(
            f"{serving.base_path}/api",
            routes=[
                Route("/clips/{key}/index", _answering(clips.index)),
                Route("/clips/{key}/segments/{number:int}", _answering(clips.segment)),
                Route("/clips/{key}/frames/{frame_number:int}", _answering(clips.exact_frame)),
                Route("/clips/{key}/grey/{frame_number:int}", _answering(clips.grey)),
                Route("/clips/{key}/poster", _answering(clips.poster)),
                Route("/clips/{key}/dynamics", _answering(clips.dynamics)),
                Route("/{rest:path}", _answering(_nothing_here)),
            ],
        )
    ]


class _Clips:
    """The endpoints. Each goes to another thread once: with Python busy, every change of thread waits its turn."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def index(self, request: Request) -> Response:
        ticket = self._ticket(request)
        clip, pack = await to_thread.run_sync(self._find_pack, ticket)
        if isinstance(pack, PackIndex):
            return Response(pack.to_json(), media_type="application/json", headers=_cache(clip))
        if _has_failed(pack):
            error = {"state": "failed", "error": str(pack.result.exception())}
            return JSONResponse(error, 422, headers=_NOT_KEPT)
        state = {"state": "building", "done": pack.done, "total": pack.total or clip.frame_count}
        return JSONResponse(state, 202, headers=_NOT_KEPT)

    async def segment(self, request: Request) -> Response:
        ticket, number = self._ticket(request), request.path_params["number"]

        def read() -> tuple[ServedClip, bytes]:
            clip = self._find(ticket)
            body = _read(segment_path(ticket.folder, number)) if number < clip.frame_count else None
            if body is None and number < clip.frame_count and isinstance(self._pack(clip), BuildJob):
                # Dropped from the cache since the index was sent: made again, it has the same bytes.
                raise HTTPException(503, "The frames of this clip are being made again; try once more")
            if body is None:
                raise HTTPException(404, "No such segment")
            return clip, body

        clip, body = await to_thread.run_sync(read)
        return Response(body, media_type=PACK_MEDIA_TYPE, headers=_cache(clip))

    async def exact_frame(self, request: Request) -> Response:
        ticket, frame_number = self._ticket(request), request.path_params["frame_number"]
        path = exact_path(ticket.folder, frame_number)

        def ask(clip: ServedClip) -> Future[bytes]:
            if not 1 <= frame_number <= clip.frame_count:
                raise HTTPException(404, f"This clip has frames 1 to {clip.frame_count}")
            return self._serving.worker.exact(clip.media, frame_number)

        return await self._still(ticket, path, "image/png", ask)

    async def grey(self, request: Request) -> Response:
        ticket, frame_number = self._ticket(request), request.path_params["frame_number"]
        clip = await to_thread.run_sync(self._find, ticket)
        if not 1 <= frame_number <= clip.frame_count:
            raise HTTPException(404, f"This clip has frames 1 to {clip.frame_count}")
        body = await self._waited(self._serving.worker.grey(clip.media, frame_number))
        return Response(body, media_type=PACK_MEDIA_TYPE, headers=_cache(clip))

    async def poster(self, request: Request) -> Response:
        ticket = self._ticket(request)
        if ticket.draft:
            raise HTTPException(404, "A draft has no poster")

        def ask(clip: ServedClip) -> Future[bytes]:
            return self._serving.worker.poster(clip.media, clip.poster_frame, clip.pixel_aspect)

        return await self._still(ticket, ticket.folder / POSTER_NAME, "image/jpeg", ask)

    async def dynamics(self, request: Request) -> Response:
        ticket = self._ticket(request)

        def read_or_ask() -> tuple[ServedClip, bytes | BuildJob | None]:
            clip = self._find(ticket)
            if isinstance(self._pack(clip), BuildJob):
                return clip, None
            path = ticket.folder / DYNAMICS_NAME
            job = self._serving.worker.job(path)
            if job is not None and _has_failed(job):
                return clip, job
            return clip, _read(path) or self._serving.worker.derive(DYNAMICS_FUNCTION, clip.media, path)

        clip, found = await to_thread.run_sync(read_or_ask)
        if isinstance(found, bytes):
            # The address names the frames, not how they were looked at: no browser keeps it.
            return Response(found, media_type="application/json", headers=_NOT_KEPT)
        if found is not None and _has_failed(found):
            return JSONResponse({"error": str(found.result.exception())}, 422, headers=_NOT_KEPT)
        done, total = (found.done, found.total) if found is not None else (0, 0)
        return JSONResponse(
            {"state": "building", "done": done, "total": total or clip.frame_count}, 202, headers=_NOT_KEPT
        )

    async def _still(
        self, ticket: _Ticket, path: Path, media_type: str, ask: Callable[[ServedClip], Future[bytes]]
    ) -> Response:
        """Answer with a file of the pack, or with what the worker makes, which then becomes one."""

        def read_or_ask() -> tuple[ServedClip, bytes | Future[bytes]]:
            clip = self._find(ticket)
            return clip, _read(path) or ask(clip)

        clip, body = await to_thread.run_sync(read_or_ask)
        if isinstance(body, bytes):
            return Response(body, media_type=media_type, headers=_cache(clip))
        try:
            made = await self._waited(body)
        except WorkerDiedError:
            # It may have died over somebody else's frame.
            made = await self._waited(await to_thread.run_sync(ask, clip))
        keep = BackgroundTask(_keep, path, made)
        return Response(made, media_type=media_type, headers=_cache(clip), background=keep)

    async def _waited(self, future: Future[bytes]) -> bytes:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), STUCK_AFTER_S + 5)
        except TimeoutError:
            await to_thread.run_sync(self._serving.worker.end_if_stuck)
            raise WorkerDiedError from None

    def _ticket(self, request: Request) -> _Ticket:
        key = request.path_params["key"]
        if not is_pack_key(key):
            raise HTTPException(404, "No such clip")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        draft = self._serving.signer.check(token.strip(), key) if scheme.lower() == "bearer" else None
        if draft is None:
            raise HTTPException(403, "This clip needs the token that its page was given; load the page again")
        return _Ticket(key, draft, self._serving.cache.folder(key, draft))

    def _find(self, ticket: _Ticket) -> ServedClip:
        clip = self._serving.clips.get(ticket.key, ticket.draft)
        if clip is None:
            raise HTTPException(404, "No such clip; it was changed or removed")
        return clip

    def _find_pack(self, ticket: _Ticket) -> tuple[ServedClip, PackIndex | BuildJob]:
        clip = self._find(ticket)
        return clip, self._pack(clip)

    def _pack(self, clip: ServedClip) -> PackIndex | BuildJob:
        job = self._serving.worker.job(self._serving.cache.folder(clip.key, clip.draft))
        if job is not None and _has_failed(job) and job.ended_at is not None:
            if time.monotonic() - job.ended_at < _RETRY_AFTER_S:
                return job
        return self._serving.pack(clip)


class _Ticket(NamedTuple):
    """What a good token lets in to, and where its pack lies."""

    key: str
    draft: bool
    folder: Path


def _has_failed(job: BuildJob) -> bool:
    return job.result.done() and job.result.exception() is not None


def _answering(endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint so that what goes wrong is said in JSON and kept by no cache."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HTTPException as error:
            return JSONResponse({"error": error.detail}, error.status_code, headers=_NOT_KEPT)
        except WorkerDiedError as error:
            return JSONResponse({"error": str(error)}, 503, headers=_NOT_KEPT)
        except CaseLibraryError as error:
            return JSONResponse({"error": str(error)}, 422, headers=_NOT_KEPT)

    return answer


async def _nothing_here(request: Request) -> Response:
    raise HTTPException(404, "Nothing here")


def _cache(clip: ServedClip) -> dict[str, str]:
    return _NOT_KEPT if clip.draft else _KEPT


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _keep(path: Path, body: bytes) -> None:
    """Add a file to a pack that is there; one that is still being made is renamed into place and takes none."""
    pack = path.parent if path.name == POSTER_NAME else path.parent.parent
    if not (pack / INDEX_NAME).is_file():
        return
    making = path.with_name(f".{uuid.uuid4().hex}")
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        making.write_bytes(body)
        making.replace(path)
