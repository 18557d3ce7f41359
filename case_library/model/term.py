"""Words from a vocabulary, as a case keeps them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from case_library.model.item import Line, Model

PRIVATE_SCHEME = "99MSUS"


class Term(Model):
    """A coded concept.

    The words stand beside the code, so that a case is readable without the vocabulary, and a code that this software
    does not know is kept and shown by its words.

    Attributes
    ----------
    scheme : str
        Coding Scheme Designator; `99MSUS` is this project's own.
    code : str
        `F001` a finding, `G001` a grading scale; structures, manoeuvres, views and measurements go by their key.
    meaning : str
        The words at the time of writing.

    References
    ----------
    DICOM PS3.3, 8.1 and 8.2 (Code Sequence; designators that begin with 99 are private)
    """

    scheme: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=16)] = PRIVATE_SCHEME
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.'\[\]/%-]+$", max_length=64)]
    meaning: Line


class Laterality(StrEnum):
    """Side of the body: SCT 24028007, 7771000, 51440002 and 66459002 of CID 244."""

    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"
    UNILATERAL = "unilateral"
