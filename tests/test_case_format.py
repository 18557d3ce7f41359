"""docs/case-format.md and the JSON Schema beside it say what the models say."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from case_library.model.calibration import RegionCalibration, Scale
from case_library.model.case import SCHEMA_VERSION, Case, Clip, Confirmation, Machine
from case_library.model.timing import Clock, Playback

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "case-format.md").read_text(encoding="utf-8")


def test_the_json_schema_is_the_model() -> None:
    stored = json.loads((DOCS / "case.schema.json").read_text(encoding="utf-8"))
    assert stored == Case.model_json_schema()


@pytest.mark.parametrize("model", [Case, Clip, Confirmation, Machine, Clock, Playback, Scale, RegionCalibration])
def test_every_field_is_documented(model: type[BaseModel]) -> None:
    documented = set(re.findall(r"`(?:\w+\.)?(\w+)`", PAGE))
    assert set(model.model_fields) <= documented


def test_every_documented_field_of_a_clip_exists() -> None:
    table = PAGE.split("### Clip")[1].split("### Clock")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)}
    assert named == set(Clip.model_fields)


def test_the_page_names_the_schema_version() -> None:
    assert f"version of this format: {SCHEMA_VERSION} " in PAGE
