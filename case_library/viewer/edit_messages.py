"""What the browser edits of a case; `frontend/edits.js` keeps it there."""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict

from case_library.model.case import Case
from case_library.model.editing import editable_lists


class EditorLink(NamedTuple):
    """Where the changes of a case are sent, and the token that lets in."""

    url: str
    token: str


class EditMessage(TypedDict):
    """The editable lists of a case at one revision, and where changes of them are sent.

    `save_url` and `token` are None where this reader may change nothing.
    """

    revision: int
    lists: dict[str, list[dict[str, Any]]]
    save_url: str | None
    token: str | None


def list_messages(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Return every editable list as the browser has it."""
    return {name: [item.model_dump(mode="json") for item in items] for name, items in editable_lists(case).items()}


def edit_message(case: Case, editor: EditorLink | None) -> EditMessage:
    """Return what the browser edits of a case; without an editor it only shows it."""
    return {
        "revision": case.revision,
        "lists": list_messages(case),
        "save_url": editor.url if editor else None,
        "token": editor.token if editor else None,
    }
