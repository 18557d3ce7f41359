"""What runs in the worker process: makes packs, and between their frames the single frames that somebody waits for.

Requests come as lines of JSON on standard input; replies go to standard output as a line of JSON, followed by as many
bytes as it says. The end of the input ends the process, whatever it is doing, and leaves no half-made pack.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from case_library.errors import CaseLibraryError, FrameError, RefusedInputError
from case_library.packs.build import MAKING_PREFIX, BuildCancelledError, build_pack
from case_library.packs.cache import trim
from case_library.packs.exact import exact_png, poster_jpeg, stored_grey
from case_library.sources.identity import stored_hashes

Request = dict[str, Any]


class WorkerProcess:
    """Answers requests one after the other; frames go before builds, also in the middle of one."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests, self._replies = requests, replies
        self._waiting: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._builds: list[Request] = []
        self._cancelled: set[int] = set()
        self._closing = False

    def run(self) -> None:
        """Answer until the input ends."""
        threading.Thread(target=self._listen, daemon=True).start()
        while not self._closing:
            if self._builds:
                self._answer(self._builds.pop(0))
            self._take_next(wait=not self._builds)

    def _listen(self) -> None:
        for line in self._requests:
            request = json.loads(line)
            if request["do"] == "cancel":
                self._cancelled.add(request["id"])
            else:
                self._waiting.put(request)
        self._closing = True
        self._waiting.put(None)

    def _take_next(self, wait: bool) -> None:
        try:
            request = self._waiting.get(block=wait)
        except queue.Empty:
            return
        if request is None:
            return
        if request["do"] in ("build", "derive"):
            self._builds.append(request)
        else:
            self._answer(request)

    def _between_frames(self, build_id: int) -> bool:
        while not self._waiting.empty() and not self._closing:
            self._take_next(wait=False)
        return self._closing or build_id in self._cancelled

    def _answer(self, request: Request) -> None:
        try:
            self._reply({"id": request["id"], "ok": True}, self._do(request))
        except FrameError as error:
            reply = {"error": "frame", "frame_index": error.frame_index, "reason": error.reason}
            self._reply({"id": request["id"], **reply})
        except BuildCancelledError:
            self._reply({"id": request["id"], "error": "cancelled"})
        except (CaseLibraryError, OSError, MemoryError) as error:
            self._reply({"id": request["id"], "error": "refused", "reason": _reason(error)})
        except Exception as error:  # its text may quote the file; the process goes on with the next request
            reason = f"the frames cannot be made ({type(error).__name__})"
            self._reply({"id": request["id"], "error": "refused", "reason": reason})

    def _do(self, request: Request) -> bytes:
        media = Path(request["media"])
        match request["do"]:
            case "exact":
                return exact_png(media, request["frame_number"])
            case "grey":
                return stored_grey(media, request["frame_number"])
            case "poster":
                return poster_jpeg(media, request["frame_number"], request["pixel_aspect"])
            case "hashes":
                return json.dumps(stored_hashes(media, request["frame_numbers"])).encode()
            case "build":
                build_id = request["id"]
                destination = Path(request["destination"])
                build_pack(
                    media,
                    destination,
                    poster_frame=request["poster_frame"],
                    pixel_aspect=request["pixel_aspect"],
                    progress=lambda done, total: self._reply({"id": build_id, "done": done, "total": total}),
                    cancelled=lambda: self._between_frames(build_id),
                )
                if request["limit_bytes"] is not None:
                    trim(destination.parent, request["limit_bytes"])
                return b""
            case "derive":
                self._derive(request, media, Path(request["destination"]))
                return b""
        raise ValueError(request["do"])

    def _derive(self, request: Request, media: Path, destination: Path) -> None:
        """Keep what a function makes of a clip; which one is said by the caller, for it may lie above this package."""
        module, _, name = request["function"].partition(":")
        made = getattr(importlib.import_module(module), name)(
            media,
            lambda done, total: self._reply({"id": request["id"], "done": done, "total": total}),
            lambda: self._between_frames(request["id"]),
        )
        making = destination.with_name(f"{MAKING_PREFIX}{request['id']}-{os.getpid()}")
        making.write_bytes(made)
        making.replace(destination)

    def _reply(self, reply: dict[str, Any], body: bytes = b"") -> None:
        head = json.dumps(reply | {"bytes": len(body)}).encode()
        self._replies.write(head + b"\n" + body)
        self._replies.flush()


def _reason(error: BaseException) -> str:
    if isinstance(error, RefusedInputError):
        return error.reason
    if isinstance(error, CaseLibraryError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    # The text of an operating system's error quotes the path; its number does not.
    why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
    return f"the frames cannot be read or written ({why})"


def main() -> None:
    """Run on standard input and output; nothing else may write there."""
    # An interrupt at the terminal reaches the whole group: the parent decides what becomes of the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        WorkerProcess(sys.stdin.buffer, replies).run()
    except BrokenPipeError:
        os._exit(0)  # the parent is gone
