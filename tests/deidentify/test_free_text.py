import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from case_library.deidentify.free_text import HeldIdentity, HeldKind, free_texts, scan, without
from tests.dicom_files import header_of, ramp_frames
from tests.model.told_case import told_case


def held() -> HeldIdentity:
    header = header_of(
        ramp_frames(1),
        PatientName="Müller-Ødegård^Ana María",
        PatientID="HP-00 471.1",
        PatientBirthDate="19700302",
        InstitutionName="St. Elsewhere Hospital",
        StudyDescription="knee",
    )
    request = Dataset()
    request.RequestingPhysician = "Watson^John"
    header.RequestAttributesSequence = Sequence([request])
    return HeldIdentity.of(header)


@pytest.mark.parametrize(
    ("text", "said", "kind", "element"),
    [
        ("Seen with MULLER today", "MULLER", "name", "PatientName"),
        ("Frau Müller", "Müller", "name", "PatientName"),
        ("ana limps", "ana", "name", "PatientName"),
        ("sent by Dr Watson", "Watson", "name", "RequestingPhysician"),
        ("ID hp004711 on file", "hp004711", "identifier", "PatientID"),
        ("ID HP-00-4711", "HP-00-4711", "identifier", "PatientID"),
        ("born 2.3.1970", "2.3.1970", "date", "PatientBirthDate"),
        ("born 03/02/70.", "03/02/70", "date", "PatientBirthDate"),
        ("born 1970-03-02", "1970-03-02", "date", "PatientBirthDate"),
        ("born 2 March 1970", "2 March 1970", "date", "PatientBirthDate"),
        ("born March 2nd, 1970", "March 2nd, 1970", "date", "PatientBirthDate"),
        ("at St Elsewhere hospital", "St Elsewhere hospital", "place", "InstitutionName"),
    ],
)
def test_what_the_header_held_is_found_however_it_is_written(text: str, said: str, kind: str, element: str) -> None:
    (match,) = held().find(text)
    assert (text[match.start : match.end], match.kind, match.element) == (said, kind, element)


@pytest.mark.parametrize(
    "text",
    ["Anatomy of the knee", "banana", "3.2.1971", "HP-0047112", "", "Patient reports pain", "470 N, 1970 fibres"],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert held().find(text) == []


def test_a_name_of_nobody_is_no_name() -> None:
    header = header_of(ramp_frames(1), PatientName="ANONYMOUS^PATIENT", ReferringPhysicianName="")
    assert not [term for term in HeldIdentity.of(header).terms if term[0] is HeldKind.NAME]


def test_neither_its_picture_nor_its_matches_hold_a_value() -> None:
    assert "muller" not in repr(held()).lower()
    assert "muller" not in repr(held().find("Müller")).lower()


def test_it_reaches_another_process_whole() -> None:
    assert HeldIdentity.from_list(held().to_list()) == held()
    assert (HeldIdentity() | held()) == held()


def test_every_text_of_a_case_is_looked_at_and_can_be_cleaned() -> None:
    case = told_case()
    questions = [field for field, _ in free_texts(case) if field.startswith("questions.")]
    assert questions
    case = case.model_copy(update={"title": "Knee of Ana Müller, 2.3.1970", "summary": "nothing"})
    matches = scan(case, held())
    assert {match.field for match in matches} == {"title"}
    cleaned = without(case, matches)
    assert cleaned.title == "Knee of"
    assert cleaned.model_copy(update={"title": case.title}) == case


def test_a_name_in_a_question_or_a_caption_is_found_where_it_stands() -> None:
    case = told_case()
    for field, text in free_texts(case):
        if field.endswith((".caption", ".prompt", ".text", ".words")):
            assert held().find(text) == [], field


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(text: str) -> None:
    for match in held().find(text):
        assert 0 <= match.start < match.end <= len(text)
