"""Adding cases at this computer: uploads that wait, and the heavy work on them and on drafts."""

from __future__ import annotations

import threading

from case_library.adding.offers import Choice
from case_library.adding.spool import Batch, Spool, UploadRefusedError
from case_library.adding.task import Task, Tasks, TaskState
from case_library.deidentify.free_text import HeldIdentity
from case_library.settings import Settings


class Adding:
    """What the routes of the add-case page work on; one for each server process that may change the library."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.spool = Spool(settings.cache_folder / "spool")
        self.tasks = Tasks()
        self._lock = threading.Lock()
        # In memory alone: texts of a draft are compared with it.
        self._held: dict[str, HeldIdentity] = {}

    def start_import(self, batch: Batch, add_to: str | None, choice: Choice | None = None) -> Task:
        """Begin to import a batch, or of what is left of it the file that was chosen. Asked twice, it begins once.

        Files are deleted when their import ends, however it ends. Kept are those that a person is asked about, until
        they came in, are removed, or the batch is cancelled.

        Raises
        ------
        UploadRefusedError
            If there is nothing to import, or it is not the time.
        """
        with self._lock:
            begun = self.tasks.get(batch.task_id) if batch.task_id else None
            runs = begun is not None and begun.state is TaskState.RUNNING
            if begun is not None and (choice is None or (runs and batch.chosen == choice.position)):
                return begun
            if choice is not None and (batch.task_id is None or runs):
                raise UploadRefusedError("These files are not looked through yet; choose when they are", 409)
            if choice is not None and choice.position not in batch.positions().values():
                raise UploadRefusedError("This file is no longer here; choose it again", 409)
            task = self._start_import(batch, add_to, choice)
            batch.task_id, batch.chosen = task.task_id, None if choice is None else choice.position
            return task

    def remove(self, batch: Batch, position: int) -> None:
        """Delete a file, and the batch with the last one that was asked about."""
        batch.remove(position)
        with self._lock:
            task = self.tasks.get(batch.task_id) if batch.task_id else None
            is_over = batch.task_id is not None and (task is None or task.state is not TaskState.RUNNING)
        if is_over and not batch.paths():
            self.spool.drop(batch.batch_id)

    def cancel(self, batch: Batch) -> None:
        """Stop the import of a batch, if it runs, and delete its files."""
        task = self.tasks.get(batch.task_id) if batch.task_id else None
        if task is not None:
            self.tasks.cancel(task)
        self.spool.drop(batch.batch_id)

    def _start_import(self, batch: Batch, add_to: str | None, choice: Choice | None) -> Task:
        positions = batch.positions()
        paths = batch.paths() if choice is None else [p for p, k in positions.items() if k == choice.position]
        if not paths:
            raise UploadRefusedError("No file has arrived; there is nothing to import", 409)
        request = {
            "do": "import",
            "settings": self.settings.model_dump(mode="json"),
            "paths": [str(path) for path in paths],
            "positions": {str(path): position for path, position in positions.items()},
            "add_to": add_to,
            "made": batch.made,
            "choice": None if choice is None else choice.to_message(),
            "scratch": str(batch.folder),
        }

        if choice is None:
            batch.made = [] if add_to is None else None

        def ended(task: Task) -> None:
            self._clear(batch, task, choice)
            self._keep_held(task)

        return self.tasks.start(request, ended)

    def _clear(self, batch: Batch, task: Task, choice: Choice | None) -> None:
        """Delete what is imported; what is asked about stays, also where the choice could not be carried out."""
        if choice is None:
            done = {place for place in batch.positions().values() if not _is_offered(task, place)}
        else:
            done = {choice.position} if task.result.get("clips") else set()
        for position in done:
            batch.remove(position)
        if batch.made is not None:
            batch.made += [slug for slug in task.result.get("cases", []) if slug not in batch.made]
        if not batch.paths():
            self.spool.drop(batch.batch_id)

    def held(self, slug: str) -> HeldIdentity:
        """Return what the headers of a draft's files held, as far as this process imported them."""
        with self._lock:
            return self._held.get(slug, HeldIdentity())

    def forget_held(self, slug: str) -> None:
        """Forget it: the draft is published, or gone."""
        with self._lock:
            self._held.pop(slug, None)

    def _keep_held(self, task: Task) -> None:
        # Taken out of the result, which the browser is told.
        held = HeldIdentity.from_list(task.result.pop("held", []))
        with self._lock:
            for slug in task.result.get("cases", []):
                self._held[slug] = self._held.get(slug, HeldIdentity()) | held

    def start_suggestion(self, slug: str, clip_id: str) -> Task:
        """Begin to look for writing in every frame of a clip."""
        request = {"do": "suggest", "slug": slug, "clip_id": clip_id}
        return self.tasks.start(request | {"settings": self.settings.model_dump(mode="json")})

    def start_confirmation(self, slug: str, by: str, revision: int) -> Task:
        """Begin to publish a draft as somebody has seen it."""
        request = {"do": "confirm", "slug": slug, "by": by, "revision": revision}
        return self.tasks.start(request | {"settings": self.settings.model_dump(mode="json")})

    def close(self) -> None:
        """Stop what runs and delete what waits."""
        self.tasks.close()
        self.spool.close()


def _is_offered(task: Task, position: int) -> bool:
    return bool(task.result) and isinstance(task.parts.get(str(position)), dict)
