"""Read a `case.json` of any age: small ordered steps bring an older one up, a newer one is refused untouched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from case_library.errors import CaseFormatError
from case_library.model.case import SCHEMA_VERSION, Case

_PAIR = re.compile(r"\[\n +(-?[0-9][0-9.eE+-]*),\n +(-?[0-9][0-9.eE+-]*)\n +\]")

Step = Callable[[dict[str, Any]], dict[str, Any]]

# From the version in the key to the next one. A step gets the whole document and returns the whole document.
UPGRADES: Mapping[int, Step] = {
    # 2 has room for all that is told about a case; what 1 has stays where it is.
    1: lambda document: document,
}


def upgraded(
    document: dict[str, Any], slug: str, upgrades: Mapping[int, Step] = UPGRADES, newest: int = SCHEMA_VERSION
) -> dict[str, Any]:
    """Return the document in the newest schema.

    Raises
    ------
    CaseFormatError
        If it is newer than this software, or its version is no version.
    """
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise CaseFormatError(slug, "case.json has no usable schema_version", "Restore it from history/ or a backup")
    if version > newest:
        raise CaseFormatError(
            slug,
            f"case.json has schema version {version}, this software reads up to {newest}",
            "Update case-library; the file was left untouched",
        )
    while version < newest:
        document = {**upgrades[version](document), "schema_version": version + 1}
        version += 1
    return document


def parse_case(data: bytes, slug: str, complete: Step = lambda document: document) -> Case:
    """Return the case that a `case.json` holds.

    Parameters
    ----------
    complete : callable
        Adds to the document, once it is in the newest schema, what lies beside it.

    Raises
    ------
    CaseFormatError
        If it is no JSON, or not a case; names the first field that is wrong, never its value.
    """
    remedy = "Mend it, or copy the newest good one from history/ over it"
    try:
        document = json.loads(data)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise CaseFormatError(slug, "case.json is not valid JSON", remedy) from None
    if not isinstance(document, dict):
        raise CaseFormatError(slug, "case.json is not a JSON object", remedy)
    document = complete(upgraded(document, slug))
    try:
        return Case.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise CaseFormatError(slug, f"case.json: {where}: {first['msg']}", remedy) from None


def dump_case(case: Case) -> bytes:
    """Return the bytes of `case.json`; see `document_bytes`."""
    return document_bytes(case.model_dump(mode="json"))


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document as it is written: UTF-8, two spaces, a place on one line, one final newline."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # No string of JSON holds a line break, so nothing but a pair of numbers is met.
    return (_PAIR.sub(r"[\1, \2]", text) + "\n").encode()
