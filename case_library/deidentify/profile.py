"""What may stay in a header: the three tables beside this module, read once.

`kept_elements.json` names every element that may be written, `words.json` every text, `basic_profile.json` is the
standard's own table, against which the first is tested.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydicom.datadict import tag_for_keyword

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Rule:
    """What is done to one element.

    Attributes
    ----------
    keyword : str
    tag : int
    treatment : str
        One of the treatments that `kept_elements.json` explains.
    words : str
        Name of the list in `words.json`.
    least, most : float
        Of a number; a `most` of "frames" is the number of frames.
    values : int or "frames"
        How many values there may be.
    most_bytes : int
        Of a table.
    partner : str
        Keyword of the element that belongs to it: the time of a date.
    present : bool
        Whether the element is written without a value where none is kept (type 2).
    items : tuple of Rule
        What is kept of each item of a sequence.
    """

    keyword: str
    tag: int
    treatment: str
    words: str = ""
    least: float = 0
    most: float | Literal["frames"] = 0
    values: int | Literal["frames"] = 1
    most_bytes: int = 0
    partner: str = ""
    present: bool = False
    items: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Words:
    """A list of texts that may be kept.

    Attributes
    ----------
    by_spelling : mapping of str to str
        Normalised spelling -> our word.
    """

    by_spelling: Mapping[str, str] = field(repr=False)

    def match(self, text: str) -> str | None:
        """Return our word for a text, or None."""
        return self.by_spelling.get(_normal(text))

    def match_beginning(self, text: str) -> str | None:
        """Return our word for a text that begins with a spelling of it and goes on with other words."""
        words = _normal(text[:200]).split()
        spellings = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        return next((self.by_spelling[spelling] for spelling in spellings if spelling in self.by_spelling), None)


def _normal(text: str) -> str:
    return _NOT_A_WORD.sub(" ", text.casefold().replace(".", "")).strip()


@cache
def kept_elements() -> tuple[Rule, ...]:
    """Return the rules of the top level, in the order of their tags."""
    groups = _load("kept_elements.json")["groups"].values()
    return _rules({keyword: rule for group in groups for keyword, rule in group["elements"].items()})


@cache
def word_lists() -> dict[str, Words]:
    """Return the lists of words by name."""
    return {
        name: Words({_normal(s): word for word, others in entry["words"].items() for s in (word, *others)})
        for name, entry in _load("words.json")["lists"].items()
    }


@cache
def basic_profile() -> tuple[dict[str, str], frozenset[str]]:
    """Return PS3.15 Table E.1-1: action by tag or tag pattern, and the tags whose dates may stay, modified."""
    table = _load("basic_profile.json")
    return table["basic_profile"], frozenset(table["retain_longitudinal_modified_dates"]["tags"])


def basic_profile_action(tag: int) -> str | None:
    """Return the action code of the Basic Profile for an element, or None where the table does not list it."""
    actions, _ = basic_profile()
    group, name = f"{tag:08X}"[:4], f"{tag:08X}"
    if (tag >> 16) % 2:
        return "X"
    return actions.get(name) or actions.get(f"{group[:2]}xx{name[4:]}") or actions.get(f"{group[:2]}xxxxxx")


def _rules(elements: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    found = []
    for keyword, given in elements.items():
        tag = tag_for_keyword(keyword)
        if tag is None:
            raise ValueError(f"kept_elements.json names {keyword}, which is no DICOM keyword")
        rule = dict(given)
        rule["words"] = rule.pop("list", "")
        rule["partner"] = rule.pop("with", "")
        rule["items"] = _rules(rule.get("items", {}))
        found.append(Rule(keyword=keyword, tag=tag, **rule))
    return tuple(sorted(found, key=lambda rule: rule.tag))


def _load(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return table
