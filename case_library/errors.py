"""What can go wrong, each with its parts; a page catches `CaseLibraryError` and nothing wider.

No message holds a value that de-identification removes: elements are named, their text is not.
"""

from __future__ import annotations

from typing import Any


class CaseLibraryError(Exception):
    """Base of every refusal. The message names what was found, what was expected, and the consequence."""


class CaseLibraryWarning(UserWarning):
    """Base of what is worth saying and stops nothing."""


class RefusedInputError(CaseLibraryError):
    """A file that cannot become a clip.

    Attributes
    ----------
    reason : str
        One line for the person who gave the file; holds no header value and no path.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FrameError(CaseLibraryError):
    """One frame cannot be read; the others may still be good.

    Attributes
    ----------
    frame_index : int
        From 0.
    """

    def __init__(self, frame_index: int, reason: str) -> None:
        super().__init__(f"Frame {frame_index + 1}: {reason}")
        self.frame_index = frame_index
        self.reason = reason


class CaseNotFoundError(CaseLibraryError):
    """No case folder of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No case '{name}' in this library; `case-library list` shows those there are")
        self.name = name


class CaseFormatError(CaseLibraryError):
    """A `case.json` that cannot be understood; it is left untouched.

    Attributes
    ----------
    slug : str
    reason, remedy : str
    """

    def __init__(self, slug: str, reason: str, remedy: str) -> None:
        super().__init__(f"Case '{slug}': {reason}. {remedy}")
        self.slug = slug
        self.reason = reason
        self.remedy = remedy


class CaseNotBuiltError(CaseFormatError):
    """An example case whose clips are not made yet; it is whole, but cannot be shown.

    Attributes
    ----------
    title, summary : str
        Of the case.
    clip_count : int
    """

    def __init__(self, slug: str, title: str, summary: str, clip_count: int) -> None:
        super().__init__(slug, "its clips are not made yet", f"Make them with: case-library phantoms {slug}")
        self.title = title
        self.summary = summary
        self.clip_count = clip_count


class StaleEditError(CaseLibraryError):
    """An edit was based on a revision that is no longer the current one; nothing was written.

    Attributes
    ----------
    current : Case
        What the library holds.
    yours : Case
        What was to be saved.
    """

    def __init__(self, slug: str, current: Any, yours: Any, based_on: int) -> None:
        super().__init__(
            f"Case '{slug}' was changed by someone else: your edit is based on revision {based_on}, "
            f"the library holds revision {current.revision}. Nothing was overwritten; both versions are at hand"
        )
        self.slug = slug
        self.current = current
        self.yours = yours
        self.based_on = based_on


class LibraryBusyError(CaseLibraryError):
    """Another process holds the lock for longer than we wait."""

    def __init__(self, what: str, waited_s: float) -> None:
        super().__init__(f"{what} is being written by another process; waited {waited_s:g} s. Try again")
        self.what = what
        self.waited_s = waited_s


class SettingsError(CaseLibraryError):
    """A setting that cannot be used."""
