"""Adding cases at this computer: uploads that wait, and the heavy work on them and on drafts."""

from __future__ import annotations

import threading

from case_library.adding.spool import Batch, Spool, UploadRefusedError
from case_library.adding.task import Task, Tasks
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

    def start_import(self, batch: Batch, add_to: str | None) -> Task:
        """Begin to import a batch; its files are deleted when that ends, however it ends. Asked twice, it begins once.

        Raises
        ------
        UploadRefusedError
            If there is nothing in it.
        """
        with self._lock:
            begun = self.tasks.get(batch.task_id) if batch.task_id else None
            if begun is None:
                begun = self._start_import(batch, add_to)
                batch.task_id = begun.task_id
            return begun

    def cancel(self, batch: Batch) -> None:
        """Stop the import of a batch, if it runs, and delete its files."""
        task = self.tasks.get(batch.task_id) if batch.task_id else None
        if task is not None:
            self.tasks.cancel(task)
        self.spool.drop(batch.batch_id)

    def _start_import(self, batch: Batch, add_to: str | None) -> Task:
        paths = batch.paths()
        if not paths:
            raise UploadRefusedError("No file has arrived; there is nothing to import", 409)
        request = {
            "do": "import",
            "settings": self.settings.model_dump(mode="json"),
            "paths": [str(path) for path in paths],
            "positions": {str(path): position for path, position in batch.positions().items()},
            "add_to": add_to,
            "scratch": str(batch.folder),
        }

        def ended(task: Task) -> None:
            self.spool.drop(batch.batch_id)
            self._keep_held(task)

        return self.tasks.start(request, ended)

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
