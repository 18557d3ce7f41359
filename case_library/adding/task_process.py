"""What runs in the process of a task: one request as a line of JSON, then lines that say how far it is.

The end of the input is the order to stop. It comes as an interrupt, as Ctrl C does at the command line: what was being
written is removed on the way out.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Any, BinaryIO

from case_library.adding.confirming import confirm, suggest
from case_library.adding.importing import import_batch
from case_library.errors import CaseLibraryError
from case_library.settings import Settings

_SAID_EVERY_S = 0.05


class Teller:
    """Tells the server what happens."""

    def __init__(self, replies: BinaryIO) -> None:
        self._replies = replies
        self._said_at = 0.0

    def progress(self, done: int, total: int) -> None:
        """Say how far the work is; not more often than anybody can see."""
        now = time.monotonic()
        if now - self._said_at >= _SAID_EVERY_S or done == total:
            self._said_at = now
            self.say(event="progress", done=done, total=total)

    def part(self, name: str, what: Any) -> None:
        """Say what is known of one part."""
        self.say(event="part", name=name, what=what)

    def say(self, **message: Any) -> None:
        """Write one line."""
        self._replies.write(json.dumps(message).encode() + b"\n")
        self._replies.flush()


def run(request: dict[str, Any], tell: Teller) -> None:
    """Do what is asked, and say how it ended."""
    try:
        settings = Settings.model_validate(request["settings"])
        match request["do"]:
            case "import":
                result = import_batch(settings, request, tell)
            case "confirm":
                result = confirm(settings, request, tell)
            case "suggest":
                result = suggest(settings, request, tell)
            case other:
                raise ValueError(other)
        tell.say(event="done", result=result)
    except KeyboardInterrupt:
        tell.say(event="cancelled")
    except CaseLibraryError as error:
        tell.say(event="refused", reason=str(error))
    except MemoryError:
        tell.say(event="refused", reason="There is not enough memory")
    except OSError as error:
        # The text of an operating system's error quotes the path; its number does not.
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        tell.say(event="refused", reason=f"{why}; nothing was kept")
    except Exception as error:  # its text may quote the file
        tell.say(event="refused", reason=f"This cannot be done ({type(error).__name__}); nothing was kept")


def main() -> None:
    """Run on standard input and output; nothing else may write there."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    request = json.loads(sys.stdin.buffer.readline())
    signal.signal(signal.SIGINT, _InterruptOnce())
    threading.Thread(target=_interrupt_at_end, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        run(request, Teller(replies))
    except BrokenPipeError:
        os._exit(0)  # the server is gone
    except KeyboardInterrupt:
        pass  # the order came when all was said


class _InterruptOnce:
    """A second order must not interrupt the cleaning up after the first."""

    def __init__(self) -> None:
        self._came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self._came:
            self._came = True
            raise KeyboardInterrupt


def _interrupt_at_end(requests: BinaryIO) -> None:
    requests.read()
    _thread.interrupt_main()
