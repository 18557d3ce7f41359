"""New identifiers and moved dates, from a secret that never leaves the user's config folder.

Everything is a keyed digest of the original value: the same original gives the same replacement on the same machine, so
that a second import of a study joins the first, and without the secret no replacement leads back.
"""

from __future__ import annotations

import hmac
import os
import secrets
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

from case_library.errors import SettingsError

SECRET_BYTES = 32
SECRET_NAME = "identity-secret"
_LOCK_TIMEOUT_S = 10.0
# Dates go back by one to ten years, and by part of a day.
_LEAST_DAYS, _MOST_DAYS = 365, 3652
_CHUNK_BYTES = 1 << 22  # large: after each, the thread that reads has to wait for the interpreter


def load_secret(config_folder: Path) -> bytes:
    """Return the secret of this user, made once with 32 random bytes and readable by the user alone.

    A process that comes second, even in the same moment, reads what the first one wrote, whole.

    Raises
    ------
    SettingsError
        If the file is there but is not a secret: it is never replaced, because its identifiers are in use.
    """
    path = config_folder / SECRET_NAME
    if not path.exists():
        config_folder.mkdir(parents=True, exist_ok=True)
        with FileLock(config_folder / f"{SECRET_NAME}.lock", timeout=_LOCK_TIMEOUT_S):
            if not path.exists():
                _write_whole(path, secrets.token_bytes(SECRET_BYTES))
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise SettingsError(
            f"{path} holds {len(secret)} bytes instead of {SECRET_BYTES}. Put it back from a backup; if there is none, "
            "remove it: later imports get new identifiers, and files imported before are no longer recognised"
        )
    return secret


def _write_whole(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        temporary.touch(mode=0o600, exist_ok=False)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def new_uid(secret: bytes, original_uid: str) -> str:
    """Return the UID that takes the place of another one: `2.25.` and a UUID as a decimal number, ≤ 44 characters.

    References
    ----------
    DICOM PS3.5, B.2 UUID Derived UID; RFC 9562, 5.8 UUID Version 8
    """
    number = int.from_bytes(_digest(secret, b"uid", original_uid.encode(errors="backslashreplace"))[:16])
    number = number & ~(0xF << 76) | 0x8 << 76  # version 8: made as its maker likes
    number = number & ~(0x3 << 62) | 0x2 << 62  # the variant of RFC 9562
    return f"2.25.{number}"


def date_offset(secret: bytes, patient_key: str) -> timedelta:
    """Return by how much the dates of one patient go back: whole days from one to ten years, and part of a day.

    References
    ----------
    DICOM PS3.15, E.3.6 Retain Longitudinal Temporal Information Options
    """
    digest = _digest(secret, b"dates", patient_key.encode(errors="backslashreplace"))
    days = _LEAST_DAYS + int.from_bytes(digest[:8]) % (_MOST_DAYS - _LEAST_DAYS + 1)
    return timedelta(days=days, seconds=int.from_bytes(digest[8:16]) % 86_400)


def source_digest(secret: bytes, *sources: Path, part: str = "") -> str:
    """Return the keyed digest of a file's bytes as 64 hex digits, by which the same file is recognised.

    Parameters
    ----------
    *sources : Path
        One file, or the pictures of a sequence in order.
    part : str
        Names the part that is taken; another part of the same file is another source.
    """
    digests = []
    for source in sources:
        digest = hmac.new(secret, b"source\0", "sha256")
        with source.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
        digests.append(digest.hexdigest())
    if len(digests) == 1 and not part:
        return digests[0]
    return _digest(secret, b"sources", "\n".join([*digests, part]).encode()).hex()


def _digest(secret: bytes, purpose: bytes, value: bytes) -> bytes:
    return hmac.digest(secret, purpose + b"\0" + value, "sha256")
