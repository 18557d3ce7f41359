"""Files from the editor's browser into the spool, and from there into drafts.

A body is written as it arrives, a piece at a time, so that no size of file is held in memory. The names of the user's
files are not sent: the browser tells them by their place in its own list.
"""

from __future__ import annotations

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from case_library.adding.batches import Adding
from case_library.adding.offers import Choice
from case_library.adding.spool import Batch, require_size
from case_library.adding.task import Task, TaskState
from case_library.routes.editor import answering, json_of, told
from case_library.routes.serving import Serving

# One thread hop for each: with Python busy, each waits its turn.
_PIECE_BYTES = 1 << 20


def upload_routes(serving: Serving, adding: Adding) -> list[BaseRoute]:
    """Return the routes of batches and tasks, relative to where they are mounted."""
    uploads = _Uploads(adding)

    def route(path: str, method: str, endpoint: str) -> Route:
        return Route(path, answering(serving.signer, getattr(uploads, endpoint)), methods=[method])

    return [
        route("/batches", "POST", "open_batch"),
        route("/batches/{batch}", "DELETE", "cancel"),
        route("/batches/{batch}/files/{position:int}", "PUT", "receive"),
        route("/batches/{batch}/files/{position:int}", "DELETE", "remove"),
        route("/batches/{batch}/import", "POST", "start_import"),
        route("/tasks/{task}", "GET", "state"),
        route("/tasks/{task}", "DELETE", "stop"),
    ]


class _Uploads:
    def __init__(self, adding: Adding) -> None:
        self._adding = adding

    async def open_batch(self, request: Request) -> Response:
        batch = await to_thread.run_sync(self._adding.spool.new_batch)
        return told({"batch": batch.batch_id, "limit_bytes": self._adding.settings.max_source_bytes}, 201)

    async def receive(self, request: Request) -> Response:
        batch, limit = self._batch(request), self._adding.settings.max_source_bytes
        if batch.task_id is not None:
            raise HTTPException(409, "The import of these files has begun; add further ones afterwards")
        said = request.headers.get("content-length", "")
        if said.isascii() and said.isdigit():
            require_size(int(said), limit)
            await to_thread.run_sync(self._adding.spool.require_room, int(said))
        folder, place = _number(request, "folder"), _number(request, "place")
        with batch.receive(request.path_params["position"], limit, folder=folder, place=place) as incoming:
            piece = bytearray()
            async for chunk in request.stream():
                piece += chunk
                if len(piece) >= _PIECE_BYTES:
                    await to_thread.run_sync(incoming.write, bytes(piece))
                    piece.clear()
            await to_thread.run_sync(incoming.write, bytes(piece))
        return told({"bytes": incoming.size}, 201)

    async def remove(self, request: Request) -> Response:
        batch = self._batch(request)
        await to_thread.run_sync(self._adding.remove, batch, request.path_params["position"])
        return told({})

    async def start_import(self, request: Request) -> Response:
        batch, message = self._batch(request), await json_of(request)
        add_to = message.get("add_to")
        if add_to is not None and not isinstance(add_to, str):
            raise HTTPException(400, "The draft to add to is named by a text")
        choice = None if message.get("position") is None else Choice.of(message)
        task = await to_thread.run_sync(self._adding.start_import, batch, add_to, choice)
        return told({"task": task.task_id}, 202)

    async def cancel(self, request: Request) -> Response:
        await to_thread.run_sync(self._adding.cancel, self._batch(request))
        return told({})

    async def state(self, request: Request) -> Response:
        return told(task_message(self._task(request)))

    async def stop(self, request: Request) -> Response:
        task = self._task(request)
        await to_thread.run_sync(self._adding.tasks.cancel, task)
        return told(task_message(task))

    def _batch(self, request: Request) -> Batch:
        batch = self._adding.spool.batch(request.path_params["batch"])
        if batch is None:
            raise HTTPException(404, "These files are no longer here; choose them again")
        return batch

    def _task(self, request: Request) -> Task:
        task = self._adding.tasks.get(request.path_params["task"])
        if task is None:
            raise HTTPException(404, "This is over, or the case library was started again meanwhile")
        return task


def task_message(task: Task) -> dict[str, object]:
    """Return how a task stands."""
    return {
        "state": task.state.value,
        "done": task.done,
        "total": task.total,
        "parts": task.parts,
        # Before the end there is more in it than is for the browser.
        "result": {} if task.state is TaskState.RUNNING else task.result,
        "reason": task.reason,
    }


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(400, f"The {name} of a file is a number")
    return int(text)
