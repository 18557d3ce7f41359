"""What is kept, held against PS3.15 Table E.1-1 and against what that table leaves out."""

from collections.abc import Iterator

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword

from case_library.deidentify.profile import Rule, basic_profile, basic_profile_action, kept_elements, word_lists

# Which treatments do what an action code asks for; a date that is moved back is "clean" under option 113107.
SATISFIES = {
    "Z": {"empty"},
    "Z/D": {"empty"},
    "X/Z": {"empty"},
    "X/D": {"empty"},
    "X/Z/D": {"empty"},
    "U": {"uid"},
    "D": set[str](),
    "X": set[str](),
    "X/Z/U*": set[str](),
}
MOVED = {"date", "time", "datetime"}
# Free text of the ultrasound modules and of the frame pointers that the table does not list.
LEFT_OUT = {
    "StageName": "word",
    "ViewName": "word",
    "TransducerType": "word",
    "FrameOfInterestDescription": None,
    "FrameOfInterestType": None,
    "EventTimerNames": None,
    "TransducerData": None,
    "ProcessingFunction": None,
    "OutputPower": None,
    "ManufacturerModelName": None,
    "SoftwareVersions": None,
    "PositionReferenceIndicator": "empty",
    "WindowCenterWidthExplanation": None,
    "LUTExplanation": None,
    "ICCProfile": None,
    "StageCodeSequence": None,
    "ViewCodeSequence": None,
}
TEXT_VRS = {"AE", "AS", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}
TEXT_TREATMENTS = {"word", "image_type", "empty", "set"}


def all_rules(rules: tuple[Rule, ...] = kept_elements()) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        yield from all_rules(rule.items)


@pytest.mark.parametrize("rule", list(all_rules()), ids=lambda rule: rule.keyword)
def test_a_kept_element_is_treated_as_the_basic_profile_asks(rule: Rule) -> None:
    action = basic_profile_action(rule.tag)
    if action is None:
        return
    _, modified_dates = basic_profile()
    if rule.treatment in MOVED:
        assert f"{rule.tag:08X}" in modified_dates
    else:
        assert rule.treatment in SATISFIES[action]


@pytest.mark.parametrize("rule", list(all_rules()), ids=lambda rule: rule.keyword)
def test_no_text_is_kept_but_words_of_our_own(rule: Rule) -> None:
    vr = dictionary_VR(rule.tag)
    if vr in TEXT_VRS:
        assert rule.treatment in TEXT_TREATMENTS
    if rule.treatment == "word":
        assert rule.words in word_lists()


@pytest.mark.parametrize("rule", [r for r in all_rules() if r.treatment == "number"], ids=lambda rule: rule.keyword)
def test_every_number_has_bounds(rule: Rule) -> None:
    assert dictionary_VR(rule.tag) in {"DS", "IS", "FD", "FL", "US", "SS", "UL", "SL", "US or SS"}
    assert rule.most == "frames" or rule.least < rule.most
    assert rule.values == "frames" or rule.values <= 1024


@pytest.mark.parametrize(("keyword", "treatment"), LEFT_OUT.items())
def test_ultrasound_text_that_the_table_leaves_out_is_handled(keyword: str, treatment: str | None) -> None:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    assert basic_profile_action(tag) is None
    kept = {rule.tag: rule.treatment for rule in all_rules()}
    assert kept.get(tag) == treatment


@pytest.mark.parametrize(
    ("tag", "action"),
    [
        (0x00100010, "Z"),
        (0x00100020, "Z/D"),
        (0x0020000D, "U"),
        (0x00081030, "X"),
        (0x60003000, "X"),
        (0x60224000, "X"),
        (0x60220010, None),
        (0x50020005, "X"),
        (0x00091001, "X"),
        (0x00280010, None),
    ],
)
def test_the_table_answers_for_elements_patterns_and_private_groups(tag: int, action: str | None) -> None:
    assert basic_profile_action(tag) == action


@pytest.mark.parametrize(
    ("words", "text", "ours"),
    [
        ("stage", "rest", "REST"),
        ("stage", " Isom_Contraction ", "ISOM CONTRACTION"),
        ("stage", "Rest (relaxed)", "REST"),
        ("stage", "REST DOE", None),
        ("stage", "", None),
        ("view", "long-axis", "LONG AXIS"),
        ("transducer_type", "curved_linear", "CURVED LINEAR"),
        ("body_part", "knee", "KNEE"),
        ("yes_no", "MAYBE", None),
    ],
)
def test_a_text_becomes_our_word_or_nothing(words: str, text: str, ours: str | None) -> None:
    assert word_lists()[words].match(text) == ours


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("G.E. Medical Systems", "GE"),
        ("GE Healthcare Austria GmbH & Co OG", "GE"),
        ("Philips Medical Systems", "Philips"),
        ("SAMSUNG MEDISON CO., LTD.", "Samsung"),
        ("TOSHIBA_MEC_US", "Canon"),
        ("SonoSite, Inc. John Doe", "Fujifilm"),
        ("B-K Medical", "BK"),
        ("case-library phantom", "case-library"),
        ("General Hospital", None),
        ("Gentle", None),
        ("", None),
    ],
)
def test_a_maker_is_known_by_the_beginning_of_its_name(text: str, ours: str | None) -> None:
    assert word_lists()["manufacturer"].match_beginning(text) == ours


def test_our_words_fit_the_elements_that_hold_them() -> None:
    longest = {"stage": 16, "view": 16, "manufacturer": 64}
    for name, words in word_lists().items():
        assert all(word.isascii() and len(word) <= longest.get(name, 16) for word in words.by_spelling.values())
