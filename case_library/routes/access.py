"""Who may fetch a clip: signed tokens, and the clips that the pages have handed out.

A page decides whether its reader may see a case. It then registers the case's clips and gives the browser a token for
each; the routes serve a registered clip to whoever brings its token and know nothing of cases or people.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TOKEN_LIFETIME_S = 12 * 3600
SECRET_VARIABLE = "CASE_LIBRARY_TOKEN_SECRET"

_BODY = struct.Struct(">Q?")  # when it ends, in seconds since 1970; whether it is for a draft
_MAC_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True)
class Token:
    """What a browser shows to be let in.

    Attributes
    ----------
    text : str
        Opaque; names neither case nor person.
    ends_at : float
        `time.time` after which it is worth nothing.
    """

    text: str
    ends_at: float


class TokenSigner:
    """Makes and checks tokens.

    Parameters
    ----------
    secret : bytes, optional
        By default a random one for this process; several processes behind one address share that of the variable
        `CASE_LIBRARY_TOKEN_SECRET`.
    """

    def __init__(self, secret: bytes | None = None, *, now: Callable[[], float] = time.time) -> None:
        shared = os.environ.get(SECRET_VARIABLE, "").encode()
        self._secret = secret or shared or secrets.token_bytes(32)
        self._now = now

    def mint(self, key: str, draft: bool, lifetime_s: float = TOKEN_LIFETIME_S) -> Token:
        """Return a token for the clip of this key."""
        ends_at = int(self._now() + lifetime_s)
        body = _BODY.pack(ends_at, draft)
        return Token(base64.urlsafe_b64encode(body + self._mac(key, body)).decode().rstrip("="), ends_at)

    def check(self, text: str, key: str) -> bool | None:
        """Return whether the token lets in to the draft (True) or the published clip (False) of `key`.

        None where it is forged, for another clip, or over.
        """
        try:
            data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body, mac = data[: _BODY.size], data[_BODY.size :]
        if len(mac) != _MAC_BYTES or not hmac.compare_digest(mac, self._mac(key, body)):
            return None
        ends_at, draft = _BODY.unpack(body)
        return bool(draft) if self._now() < ends_at else None

    def _mac(self, key: str, body: bytes) -> bytes:
        return hmac.digest(self._secret, key.encode() + b"\n" + body, "sha256")


@dataclass(frozen=True)
class ServedClip:
    """A clip that the routes may serve.

    Attributes
    ----------
    key : str
        Name of its pack.
    media : Path
        The DICOM file.
    frame_count : int
    poster_frame : int
        Frame number from 1.
    pixel_aspect : float
        Height of a pixel over its width.
    draft : bool
        Nobody has confirmed the pixels: no poster, and nothing stays in the browser's cache.
    """

    key: str
    media: Path
    frame_count: int
    poster_frame: int
    pixel_aspect: float
    draft: bool


class ClipRegistry:
    """The clips that pages of this process have handed out; thread-safe.

    Parameters
    ----------
    find : callable
        Asked for a clip that no page of this process has registered (another process did, whose token is good here);
        returns None where there is none.
    """

    def __init__(self, find: Callable[[str, bool], ServedClip | None] = lambda key, draft: None) -> None:
        self._lock = threading.Lock()
        self._clips: dict[tuple[str, bool], ServedClip] = {}
        self._find = find

    def register(self, clip: ServedClip) -> None:
        """Let the routes serve a clip to those who have a token for it."""
        with self._lock:
            self._clips[clip.key, clip.draft] = clip

    def get(self, key: str, draft: bool) -> ServedClip | None:
        """Return a registered clip whose file is still there, or the one that `find` knows."""
        with self._lock:
            clip = self._clips.get((key, draft))
        if clip is not None and clip.media.is_file():
            return clip
        clip = self._find(key, draft)
        if clip is not None:
            self.register(clip)
        return clip
