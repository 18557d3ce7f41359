"""`docs/deidentification.md` says what the tables of the package say."""

from pathlib import Path

from case_library.deidentify.header import METHOD
from case_library.deidentify.profile import Rule, basic_profile_action, kept_elements

DOCUMENT = Path(__file__).parents[2] / "docs" / "deidentification.md"


def row(rule: Rule, outer: str = "") -> str:
    """Return the row of an element in the document's table."""
    treatment = rule.treatment
    if treatment == "word":
        treatment = f"word of `{rule.words}`"
    elif treatment == "number":
        most = "number of frames" if rule.most == "frames" else f"{rule.most:g}"
        count = {1: "", "frames": ", one per frame"}.get(rule.values, f", up to {rule.values}")
        treatment = f"number {rule.least:g} to {most}{count}"
    elif treatment in ("date", "time", "datetime"):
        treatment = "moved back (113107)"
    name = f"{outer}.{rule.keyword}" if outer else rule.keyword
    present = ", always present" if rule.present or (rule.treatment == "empty" and not rule.partner) else ""
    action = basic_profile_action(rule.tag) or "not listed"
    return f"| ({rule.tag >> 16:04X},{rule.tag & 0xFFFF:04X}) | {name} | {treatment}{present} | {action} |"


def rows() -> list[str]:
    """Return every row, in the order of the tags."""
    return [r for rule in kept_elements() for r in (row(rule), *(row(item, rule.keyword) for item in rule.items))]


def test_the_table_of_kept_elements_is_that_of_the_data() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| (")] == rows()


def test_the_method_named_is_the_one_that_is_written() -> None:
    assert METHOD in DOCUMENT.read_text(encoding="utf-8")
    assert len(METHOD) <= 64
