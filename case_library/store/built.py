"""Clips that a generator makes after their case was written: which are there, and their digests.

The `case.json` of an example case is complete but for the digest and the size of clips whose files are made later, on
the reader's own computer; there both are null. What was made lies beside it in `built.json`::

    {"clip-1": {"file_sha256": "5c1f…", "file_bytes": 4812345}, ...}

It is written last and whole, and counts before what `case.json` says: a clip that is made anew elsewhere may differ in
its bytes, for the encoder's version does.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from case_library.errors import CaseNotBuiltError
from case_library.store.files import sha256_of, sync_file, sync_folder, write_whole

BUILT_FILE = "built.json"
TRUTH = "truth"
_DIGEST = ("file_sha256", "file_bytes")


def with_built(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the document of a case with the digests of the clips that were made later.

    Raises
    ------
    CaseNotBuiltError
        If the file of such a clip is not there.
    """
    clips = document.get("clips")
    if not isinstance(clips, list) or not any(_is_made(clip) for clip in clips):
        return document
    built = _built(folder)
    filled, missing = [], False
    for clip in clips:
        if _is_made(clip):
            record = built.get(str(clip.get("clip_id")), {name: clip.get(name) for name in _DIGEST})
            if record["file_sha256"] is None or not (folder / str(clip.get("file"))).is_file():
                missing = True
            clip = clip | record
        filled.append(clip)
    if missing:
        title, summary = (str(document.get(name, "")) for name in ("title", "summary"))
        raise CaseNotBuiltError(folder.name, title, summary, len(clips))
    return document | {"clips": filled}


def put_built(folder: Path, clips: Mapping[str, str], files: Mapping[str, Path]) -> None:
    """Put files that were made into the folder of a case; nothing counts before the record is written, at the end.

    Parameters
    ----------
    clips : mapping
        Clip id -> path of its media file inside the folder, which is one of `files`.
    files : mapping
        Path inside the folder (`media/clip-1.dcm`, `truth/clip-1.json`) -> file to copy.
    """
    (folder / BUILT_FILE).unlink(missing_ok=True)
    (folder / TRUTH).mkdir(exist_ok=True)
    for inside, source in files.items():
        target = folder / inside
        target.parent.mkdir(exist_ok=True)
        # Beside the truth, for a clip's folder holds clips alone.
        temporary = folder / TRUTH / f".{secrets.token_hex(4)}.tmp"
        try:
            shutil.copyfile(source, temporary)
            sync_file(temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)
    record = {
        clip_id: {"file_sha256": sha256_of(folder / file), "file_bytes": (folder / file).stat().st_size}
        for clip_id, file in clips.items()
    }
    write_whole(folder / BUILT_FILE, (json.dumps(record, indent=2) + "\n").encode())


def _is_made(clip: Any) -> bool:
    return isinstance(clip, dict) and clip.get("phantom") is not None


def _built(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the record; one that cannot be understood counts as none, so that the clips are made again."""
    try:
        record = json.loads((folder / BUILT_FILE).read_bytes())
        return {clip_id: {name: made[name] for name in _DIGEST} for clip_id, made in record.items()}
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return {}
