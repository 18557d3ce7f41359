import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.errors import CaseFormatError
from case_library.model.case import SCHEMA_VERSION
from case_library.store.upgrade import document_bytes, dump_case, parse_case, upgraded
from tests.model.test_case import case


def test_a_case_survives_the_disk() -> None:
    assert parse_case(dump_case(case(title="Riß – 裂")), "a") == case(title="Riß – 裂")


@given(title=st.text(max_size=100), summary=st.text(max_size=200))
def test_any_text_survives_the_disk(title: str, summary: str) -> None:
    original = case(title=title.encode("utf-8", "ignore").decode(), summary=summary.encode("utf-8", "ignore").decode())
    assert parse_case(dump_case(original), "a") == original


def test_older_documents_are_brought_up_in_order() -> None:
    def first(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "steps": ["1-2"]}

    def second(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "steps": [*document["steps"], "2-3"]}

    found = upgraded({"schema_version": 1}, "a", {1: first, 2: second}, newest=3)
    assert found == {"schema_version": 3, "steps": ["1-2", "2-3"]}


def test_a_newer_document_is_refused_with_the_remedy() -> None:
    document = json.loads(dump_case(case())) | {"schema_version": SCHEMA_VERSION + 1}
    with pytest.raises(CaseFormatError, match="Update case-library; the file was left untouched"):
        parse_case(json.dumps(document).encode(), "a")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "not valid JSON", id="empty"),
        pytest.param(b"{", "not valid JSON", id="cut"),
        pytest.param(b"\xff\xfe", "not valid JSON", id="not-text"),
        pytest.param(b"[" * 100_000, "not valid JSON", id="deep"),
        pytest.param(b"[]", "not a JSON object", id="list"),
        pytest.param(b"{}", "no usable schema_version", id="no-version"),
        pytest.param(b'{"schema_version": true}', "no usable schema_version", id="bool-version"),
        pytest.param(b'{"schema_version": 1}', "case_id: Field required", id="fields-missing"),
    ],
)
def test_a_damaged_document_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(CaseFormatError, match=reason):
        parse_case(data, "a")


def test_a_refusal_does_not_quote_the_value() -> None:
    document = json.loads(dump_case(case())) | {"status": "MARKER^NAME"}
    with pytest.raises(CaseFormatError) as caught:
        parse_case(json.dumps(document).encode(), "a")
    assert "MARKER" not in str(caught.value)


def test_a_case_of_version_1_is_brought_up_and_loses_nothing() -> None:
    # As the first version wrote it: no field of the second is there.
    old = {
        "schema_version": 1,
        "case_id": "case-1",
        "revision": 3,
        "title": "Tear",
        "summary": "Seen on contraction",
        "source": "patient",
        "status": "draft",
        "confirmation": None,
        "created_at": "2026-01-02T00:00:00Z",
        "changed_at": "2026-01-02T00:00:00Z",
        "study_instance_uid": "2.25.2",
        "clips": [],
    }
    found = parse_case(json.dumps(old).encode(), "a")
    assert found == case(revision=3, title="Tear", summary="Seen on contraction", clips=())
    assert found.schema_version == SCHEMA_VERSION


def test_a_place_stands_on_one_line_and_a_word_that_looks_like_one_is_left_alone() -> None:
    written = document_bytes({"points": [[1.5, -2], [3e-7, 4]], "title": "[\n  1,\n  2\n]", "ids": [1, 2, 3]}).decode()
    assert "[1.5, -2],\n" in written and "[3e-07, 4]\n" in written
    assert json.loads(written) == {"points": [[1.5, -2], [3e-7, 4]], "title": "[\n  1,\n  2\n]", "ids": [1, 2, 3]}
