"""What pages and routes of one server process share.

Settings reach the pages through this module: the server and its pages are one process, in which Streamlit runs the
page scripts again and again but imports this module once. `serve` and `uvicorn` fill it from their flags and the
environment before the first page runs; a page that finds it empty fills it from the environment.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from case_library.adding.batches import Adding
from case_library.model.case import Clip, Status
from case_library.packs.cache import PackCache
from case_library.packs.format import PackIndex, pack_key
from case_library.packs.worker import BuildJob, PackWorker, poster_frame_of, request_pack
from case_library.phantoms.building import ExampleBuilds
from case_library.routes.access import ClipRegistry, ServedClip, TokenSigner
from case_library.settings import Settings, load_settings
from case_library.store.library import Library


@dataclass
class Serving:
    """One library as one server process serves it.

    Attributes
    ----------
    base_path : str
        Before every path of this app: empty or `/prefix`.
    """

    settings: Settings
    base_path: str = ""
    signer: TokenSigner = field(default_factory=TokenSigner)
    worker: PackWorker = field(default_factory=PackWorker)

    def __post_init__(self) -> None:
        self.cache = PackCache(self.settings)
        self.library = Library(
            self.settings.library, read_only=self.settings.read_only, listeners=(self.cache.on_case_change,)
        )
        self.clips = ClipRegistry(self._find)
        self.examples = ExampleBuilds(self.library)
        self.adding = None if self.settings.read_only else Adding(self.settings)

    def serve(self, clip: Clip, folder: Path, draft: bool) -> ServedClip:
        """Let the routes serve a clip of the case in `folder`, and return it."""
        served = served_clip(clip, folder, draft)
        self.clips.register(served)
        return served

    def url(self, key: str) -> str:
        """Return the address of a clip, with a slash at its end."""
        return f"{self.base_path}/api/clips/{key}/"

    def pack(self, clip: ServedClip) -> PackIndex | BuildJob:
        """Return the index of a clip's pack; where there is none, the job that makes it."""
        index = self.cache.use(clip.key, clip.draft)
        if index is not None:
            return index
        return request_pack(
            self.worker,
            self.cache,
            clip.key,
            clip.media,
            poster_frame=clip.poster_frame,
            pixel_aspect=clip.pixel_aspect,
            draft=clip.draft,
        )

    def forget_lost_drafts(self) -> None:
        """Remove the packs of drafts that are gone."""
        if self.library.read_only:
            return
        entries = self.library.entries()
        drafts = [entry.case for entry in entries if entry.case is not None and entry.case.status is Status.DRAFT]
        self.cache.drop_drafts_except({pack_key(clip.file_sha256) for case in drafts for clip in case.clips})

    def tidy(self) -> None:
        """Remove what earlier processes left: packs of drafts that are gone, packs beyond the limit, uploads."""
        self.forget_lost_drafts()
        self.cache.trim()
        if self.adding is not None:
            self.adding.spool.sweep()

    def close(self) -> None:
        """End the processes and delete the uploads."""
        self.worker.close()
        self.examples.close()
        if self.adding is not None:
            self.adding.close()

    def _find(self, key: str, draft: bool) -> ServedClip | None:
        for entry in self.library.entries():
            if entry.case is not None and (entry.case.status is Status.DRAFT) == draft:
                for clip in entry.case.clips:
                    if pack_key(clip.file_sha256) == key:
                        return served_clip(clip, entry.folder, draft)
        return None


def served_clip(clip: Clip, folder: Path, draft: bool) -> ServedClip:
    """Return a clip of the case in `folder` as the routes know it."""
    return ServedClip(
        key=pack_key(clip.file_sha256),
        media=folder / clip.file,
        frame_count=clip.frame_count,
        poster_frame=poster_frame_of(clip),
        pixel_aspect=clip.pixel_aspect,
        draft=draft,
    )


_lock = threading.Lock()
_current: Serving | None = None


def start_serving(settings: Settings, base_path: str = "") -> Serving:
    """Make this process serve the library of these settings; what it served before is put away."""
    global _current
    prefix = base_path.strip("/")
    with _lock:
        if _current is not None:
            _current.close()
        _current = Serving(settings, f"/{prefix}" if prefix else "")
        return _current


def serving() -> Serving:
    """Return what this process serves; without a server (a page under test), the library of the environment."""
    return _current or start_serving(load_settings())
