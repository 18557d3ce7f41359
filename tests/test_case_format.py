"""docs/case-format.md and the JSON Schema beside it say what the models say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from case_library.model.case import SCHEMA_VERSION, Case, Clip

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "case-format.md").read_text(encoding="utf-8")


def test_the_json_schema_is_the_model() -> None:
    stored = json.loads((DOCS / "case.schema.json").read_text(encoding="utf-8"))
    assert stored == Case.model_json_schema()


SCHEMA = Case.model_json_schema()


@pytest.mark.parametrize("model", ["Case", *SCHEMA["$defs"]])
def test_every_field_and_every_choice_is_documented(model: str) -> None:
    documented = set(re.findall(r"`(?:\w+\.)?(\w+)`", PAGE))
    definition = SCHEMA if model == "Case" else SCHEMA["$defs"][model]
    undocumented = {*definition.get("properties", ()), *_words(definition)} - documented
    assert not undocumented


def _words(definition: dict[str, Any]) -> set[str]:
    return {word for word in definition.get("enum", ()) if definition["title"] not in _SELF_EVIDENT}


# Named by the elements they come from, or explained in prose.
_SELF_EVIDENT = {"ClockOrigin", "ScaleOrigin", "PlaybackSequencing", "EchoPattern"}


def test_every_documented_field_of_a_clip_exists() -> None:
    table = PAGE.split("### Clip")[1].split("### Conversion")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)}
    assert named == set(Clip.model_fields)


def test_the_page_names_the_schema_version() -> None:
    assert f"version of this format: {SCHEMA_VERSION} " in PAGE
