"""What every part of a case is made of: frozen models, items with an identity, lengths of text."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
ClipId = Annotated[str, StringConstraints(pattern=r"^clip-[1-9][0-9]*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9][0-9]*))+$", max_length=64)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class Model(BaseModel):
    """A part of a case: it cannot be changed in place, and a field that it does not know is refused, not lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(Model):
    """A part that stands in a list.

    Attributes
    ----------
    item_id : str
        Unique in the case and never used again, so that two edits of one list are merged item by item.
    """

    item_id: ItemId
