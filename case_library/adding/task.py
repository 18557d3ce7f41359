"""A piece of heavy work as the server sees it: a process of its own, how far it is, and how it ended."""

from __future__ import annotations

import json
import secrets
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, BinaryIO

from case_library.packs.child import start_child

# A process that was told to stop removes what it made; one that does not come to that is ended.
_STOPS_WITHIN_S = 20.0
_KEPT_FOR_S = 3600.0


class TaskState(StrEnum):
    """How a task stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass
class Task:
    """Heavy work in a process of its own.

    Attributes
    ----------
    task_id : str
        Random.
    state : TaskState
    done, total : int
        In whatever the task counts; `total` is 0 until it is known.
    parts : dict
        What is known of each part of the work by its name, where the task has parts (the files of an import).
    result : dict
        When it is done.
    reason : str
        Why it was refused.
    """

    task_id: str = field(default_factory=lambda: secrets.token_hex(16))
    state: TaskState = TaskState.RUNNING
    done: int = 0
    total: int = 0
    parts: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    ended_at: float | None = None
    _process: subprocess.Popen[bytes] | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end; return whether it came."""
        return self._ended.wait(timeout_s)


class Tasks:
    """The tasks of one server process; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[str, Task] = {}

    def start(self, request: dict[str, Any], when_ended: Callable[[Task], None] = lambda task: None) -> Task:
        """Begin; `request` is what `task_process` understands.

        Parameters
        ----------
        when_ended : callable
            Called once, from another thread, however the task ends.
        """
        task = Task()
        process = task._process = start_child("case_library.adding.task_process")
        with self._lock:
            now = time.monotonic()
            self._tasks = {
                key: old for key, old in self._tasks.items() if old.ended_at is None or now - old.ended_at < _KEPT_FOR_S
            }
            self._tasks[task.task_id] = task
        threading.Thread(target=self._follow, args=(task, process, request, when_ended), daemon=True).start()
        return task

    def get(self, task_id: str) -> Task | None:
        """Return a task that runs, or has ended within the last hour."""
        with self._lock:
            return self._tasks.get(task_id)

    def cancel(self, task: Task) -> None:
        """Stop a task and wait until nothing of it is left."""
        _ask_to_stop(task)
        if not task.wait(_STOPS_WITHIN_S) and task._process is not None:
            task._process.kill()
            task.wait(_STOPS_WITHIN_S)

    def close(self) -> None:
        """Stop them all."""
        with self._lock:
            running = [task for task in self._tasks.values() if task.state is TaskState.RUNNING]
        for task in running:
            _ask_to_stop(task)
        for task in running:
            self.cancel(task)

    def _follow(
        self,
        task: Task,
        process: subprocess.Popen[bytes],
        request: dict[str, Any],
        when_ended: Callable[[Task], None],
    ) -> None:
        assert process.stdin is not None and process.stdout is not None
        ended = TaskState.REFUSED
        task.reason = "The process that does this work ended unexpectedly; nothing was kept. Try again"
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            ended = _listen(task, process.stdout)  # type: ignore[arg-type]
        except (OSError, ValueError):
            process.kill()
        process.wait()
        try:
            process.stdin.close()
        except OSError:
            pass  # it has ended by itself
        try:
            when_ended(task)
        finally:
            task.state, task.ended_at = ended, time.monotonic()
            task._ended.set()


def _listen(task: Task, replies: BinaryIO) -> TaskState:
    for line in replies:
        message = json.loads(line)
        match message["event"]:
            case "progress":
                task.done, task.total = message["done"], message["total"]
            case "part":
                task.parts[message["name"]] = message["what"]
            case "done":
                task.result, task.reason = message["result"], ""
                return TaskState.DONE
            case "cancelled":
                task.reason = ""
                return TaskState.CANCELLED
            case "refused":
                task.reason = message["reason"]
                return TaskState.REFUSED
    return TaskState.REFUSED


def _ask_to_stop(task: Task) -> None:
    process = task._process
    if process is not None and process.stdin is not None:
        try:
            process.stdin.close()
        except OSError:
            pass  # it has ended already
