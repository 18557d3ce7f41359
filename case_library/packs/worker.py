"""The worker as the server and the command line see it: one warm process that takes the heavy work off their hands.

Frames are sent by the process that runs the pages; decoding there would hold the interpreter and keep them waiting.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from case_library.errors import CaseLibraryError, FrameError, RefusedInputError
from case_library.model.case import Clip, Status
from case_library.packs.build import BuildCancelledError
from case_library.packs.cache import PackCache
from case_library.packs.child import end_child, start_child
from case_library.packs.format import pack_key
from case_library.settings import Settings
from case_library.store.library import Library

STUCK_AFTER_S = 60.0
_ENDS_WITHIN_S = 3.0
_ASKED_EVERY_S = 0.05


class WorkerDiedError(CaseLibraryError):
    """The worker process ended in the middle of a request; the next request starts a new one."""

    def __init__(self) -> None:
        super().__init__("The process that decodes frames ended unexpectedly; try again")


@dataclass
class BuildJob:
    """A pack being made, or waiting for its turn.

    Attributes
    ----------
    result : Future of bytes
        Done (with nothing in it) when the pack lies at `destination`; else `RefusedInputError`,
        `BuildCancelledError` or `WorkerDiedError`.
    done, total : int
        Frames made, and their number (0 until the first is made).
    ended_at : float or None
        `time.monotonic` at which the job ended.
    gives_way : bool
        Whether it stops for a pack that somebody waits for, and begins again after it.
    """

    destination: Path
    request: dict[str, Any]
    result: Future[bytes] = field(default_factory=lambda: _promise())
    done: int = 0
    total: int = 0
    ended_at: float | None = None
    gives_way: bool = False


class PackWorker:
    """A warm process for packs and exact frames. Thread-safe; started by the first request or by `start`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._last_id = 0
        self._asked: dict[int, Future[bytes]] = {}
        self._jobs: dict[Path, BuildJob] = {}
        self._waiting: deque[BuildJob] = deque()
        self._running: BuildJob | None = None
        self._heard_at = 0.0
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process, so that the first request need not wait for it."""
        with self._lock:
            self._ensure_process()

    @property
    def process_id(self) -> int | None:
        """Of the running process."""
        with self._lock:
            return self._process.pid if self._process is not None else None

    def exact(self, media: Path, frame_number: int) -> Future[bytes]:
        """Ask for one frame as PNG; the number counts from 1. `FrameError` where it cannot be decoded."""
        return self._ask({"do": "exact", "media": str(media), "frame_number": frame_number})

    def grey(self, media: Path, frame_number: int) -> Future[bytes]:
        """Ask for the stored grey values of one frame, as `stored_grey` packs them; the number counts from 1."""
        return self._ask({"do": "grey", "media": str(media), "frame_number": frame_number})

    def poster(self, media: Path, frame_number: int, pixel_aspect: float = 1.0) -> Future[bytes]:
        """Ask for the poster of a clip, as JPEG."""
        request = {"do": "poster", "media": str(media), "frame_number": frame_number, "pixel_aspect": pixel_aspect}
        return self._ask(request)

    def hashes(self, media: Path, frame_numbers: Sequence[int]) -> Future[bytes]:
        """Ask for the SHA-256 of the stored bytes of these frames (from 1), as a JSON list."""
        return self._ask({"do": "hashes", "media": str(media), "frame_numbers": list(frame_numbers)})

    def build(
        self,
        media: Path,
        destination: Path,
        *,
        poster_frame: int | None = None,
        pixel_aspect: float = 1.0,
        limit_bytes: int | None = None,
    ) -> BuildJob:
        """Ask for a pack; asked again while it is waiting or running, the same job comes next.

        Parameters
        ----------
        limit_bytes : int or None
            What the folder of `destination` is trimmed to afterwards.
        """
        with self._lock:
            self.end_if_stuck()
            job = self._jobs.get(destination)
            if job is not None and not job.result.done():
                if job in self._waiting:
                    self._waiting.remove(job)
                    self._waiting.appendleft(job)
                return job
            request = {
                "do": "build",
                "media": str(media),
                "destination": str(destination),
                "poster_frame": poster_frame,
                "pixel_aspect": pixel_aspect,
                "limit_bytes": limit_bytes,
            }
            job = BuildJob(destination, request)
            self._jobs[destination] = job
            self._waiting.appendleft(job)
            if self._running is not None and self._running.gives_way:
                self._send({"do": "cancel", "id": self._running.request["id"]})
            self._send_next_build()
            return job

    def derive(self, function: str, media: Path, destination: Path) -> BuildJob:
        """Ask for a file that a function makes of a clip; packs come first. Asked again, it is the same job.

        Parameters
        ----------
        function : str
            `module:name`; called in the process with the media file, a progress function and one that says whether
            it is cancelled, it returns the bytes of the file.
        """
        with self._lock:
            self.end_if_stuck()
            job = self._jobs.get(destination)
            if job is None or job.result.done():
                request = {
                    "do": "derive",
                    "function": function,
                    "media": str(media),
                    "destination": str(destination),
                }
                job = self._jobs[destination] = BuildJob(destination, request, gives_way=True)
                self._waiting.append(job)
                self._send_next_build()
            return job

    def job(self, destination: Path) -> BuildJob | None:
        """Return the last job for this pack, also when it has ended."""
        with self._lock:
            return self._jobs.get(destination)

    def cancel(self, destination: Path) -> None:
        """Stop making a pack; nothing is left of it."""
        with self._lock:
            job = self._jobs.get(destination)
            if job is None or job.result.done():
                return
            if job in self._waiting:
                self._waiting.remove(job)
                self._end(job, BuildCancelledError())
            else:
                self._send({"do": "cancel", "id": job.request["id"]})

    def end_if_stuck(self) -> None:
        """End a process that has been silent over one request for longer than any frame can take."""
        with self._lock:
            busy = bool(self._asked)
            if busy and self._process is not None and time.monotonic() - self._heard_at > STUCK_AFTER_S:
                self._process.kill()

    def close(self) -> None:
        """End the process; what it was making is removed."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
            while self._waiting:
                self._end(self._waiting.popleft(), BuildCancelledError())
        if process is None:
            return
        end_child(process, _ENDS_WITHIN_S)

    def _ask(self, request: dict[str, Any]) -> Future[bytes]:
        with self._lock:
            self.end_if_stuck()
            result = _promise()
            self._send_for(request, result)
            return result

    def _send_next_build(self) -> None:
        while self._running is None and self._waiting:
            job = self._running = self._waiting.popleft()
            self._send_for(job.request, job.result)
            if job.result.done():
                self._end(job, None)

    def _send_for(self, request: dict[str, Any], result: Future[bytes]) -> None:
        self._last_id += 1
        request["id"] = self._last_id
        if not self._asked:
            self._heard_at = time.monotonic()
        try:
            self._ensure_process()
            self._asked[self._last_id] = result
            self._send(request)
        except OSError:
            self._asked.pop(self._last_id, None)
            result.set_exception(WorkerDiedError())

    def _send(self, request: dict[str, Any]) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def _ensure_process(self) -> None:
        if self._closed:
            raise BrokenPipeError
        if self._process is None:
            self._process = start_child("case_library.packs.worker_process")
            threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        replies: BinaryIO = process.stdout  # type: ignore[assignment]
        try:
            while head := replies.readline():
                reply = json.loads(head)
                self._take(reply, replies.read(reply["bytes"]))
        except (OSError, ValueError):
            process.kill()
        with self._lock:
            if self._process is process:
                self._process = None
            lost, self._asked = self._asked, {}
            for result in lost.values():
                result.set_exception(BuildCancelledError() if self._closed else WorkerDiedError())
            job, self._running = self._running, None
            if job is not None:
                job.ended_at = time.monotonic()
            self._send_next_build()
        process.wait()

    def _take(self, reply: dict[str, Any], body: bytes) -> None:
        with self._lock:
            self._heard_at = time.monotonic()
            job = self._running
            ours = job is not None and job.request["id"] == reply["id"]
            if job is not None and ours and "done" in reply:
                job.done, job.total = reply["done"], reply["total"]
                return
            result = self._asked.pop(reply["id"], None)
            if result is None:
                return
            if job is not None and ours and job.gives_way and reply.get("error") == "cancelled":
                self._running = None
                self._waiting.append(job)
                self._send_next_build()
                return
            if reply.get("ok"):
                result.set_result(body)
            else:
                result.set_exception(_error_of(reply))
            if job is not None and ours:
                self._end(job, None)
                self._send_next_build()

    def _end(self, job: BuildJob, error: BaseException | None) -> None:
        job.ended_at = time.monotonic()
        if error is not None:
            job.result.set_exception(error)
        if self._running is job:
            self._running = None


def _promise() -> Future[bytes]:
    # A request that is under way cannot be called back: a browser that goes away must not cancel what others wait for.
    result: Future[bytes] = Future()
    result.set_running_or_notify_cancel()
    return result


def _error_of(reply: dict[str, Any]) -> CaseLibraryError:
    match reply["error"]:
        case "frame":
            return FrameError(reply["frame_index"], reply["reason"])
        case "cancelled":
            return BuildCancelledError()
    return RefusedInputError(reply["reason"])


def request_pack(
    worker: PackWorker,
    cache: PackCache,
    key: str,
    media: Path,
    *,
    poster_frame: int,
    pixel_aspect: float,
    draft: bool,
) -> BuildJob:
    """Ask for the pack of a clip where `cache` wants it, with a poster unless it is a draft's."""
    return worker.build(
        media,
        cache.folder(key, draft),
        poster_frame=None if draft else poster_frame,
        pixel_aspect=pixel_aspect,
        limit_bytes=None if draft else cache.limit_bytes,
    )


def poster_frame_of(clip: Clip) -> int:
    """Return the frame number of a clip's poster: its representative frame, else the middle one."""
    return clip.representative_frame or (clip.frame_count + 1) // 2


def build_packs(
    library: Library,
    slug: str,
    settings: Settings,
    progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    worker: PackWorker | None = None,
) -> dict[str, str]:
    """Make the packs of a case that are not there yet, in a worker process; an interrupt leaves none half made.

    Parameters
    ----------
    progress : callable
        Called several times a second with the frames done, of all the clips, and their total.
    worker : PackWorker, optional
        A warm one, where many cases follow each other.

    Returns
    -------
    dict of str to str
        clip id -> why its pack could not be made; empty when all went well. A pack is derived: the case is whole
        without it, and the server tries again.
    """
    case, cache, failed = library.read(slug), PackCache(settings), {}
    draft = case.status is Status.DRAFT
    done, total = 0, sum(clip.frame_count for clip in case.clips)
    own, job = worker or PackWorker(), None
    try:
        for clip in case.clips:
            key = pack_key(clip.file_sha256)
            if cache.use(key, draft) is None:
                job = request_pack(
                    own,
                    cache,
                    key,
                    library.folder(slug) / clip.file,
                    poster_frame=poster_frame_of(clip),
                    pixel_aspect=clip.pixel_aspect,
                    draft=draft,
                )
                while not job.result.done():
                    progress(done + job.done, total)
                    time.sleep(_ASKED_EVERY_S)
                error = job.result.exception()
                if error is not None:
                    failed[clip.clip_id] = getattr(error, "reason", str(error))
            done += clip.frame_count
            progress(done, total)
    except KeyboardInterrupt:
        if job is not None:
            own.cancel(job.destination)
        raise
    finally:
        if worker is None:
            own.close()
    return failed
