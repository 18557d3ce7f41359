import json
import re
from importlib.resources import files

import pytest
from pydicom.sr.codedict import codes

from case_library.model.term import Term
from case_library.vocabulary.entries import Code
from case_library.vocabulary.tables import (
    data_names,
    finding,
    finding_of,
    findings,
    grading_scale,
    grading_scales,
    manoeuvre_of_stage,
    manoeuvres,
    measurement_definitions,
    read_data,
    structures,
    view_of_name,
    views,
)

README = (files("case_library.vocabulary") / "README.md").read_text(encoding="utf-8")


def every_code() -> list[Code]:
    found = [code for entry in findings().values() for code in entry.codes]
    found += [code for entry in structures().values() for code in (entry.sct, entry.radlex) if code]
    found += [code for entry in (*manoeuvres().values(), *views().values()) for code in entry.codes]
    found += [code for entry in measurement_definitions().values() for code in (entry.unit, entry.concept)]
    return found


IN_PYDICOM = sorted({(c.scheme, c.code, c.meaning, c.keyword or "") for c in every_code() if c.scheme != "RADLEX"})


@pytest.mark.parametrize("scheme", ["SCT", "DCM", "LN", "UCUM"])
def test_every_code_is_in_pydicom_with_its_meaning(scheme: str) -> None:
    mine = [code for code in IN_PYDICOM if code[0] == scheme]
    assert mine
    for _, value, meaning, keyword in mine:
        known = getattr(getattr(codes, scheme), keyword)
        assert (known.value, known.meaning) == (value, meaning)


def test_there_is_no_code_of_another_scheme() -> None:
    assert {code.scheme for code in every_code()} == {"SCT", "DCM", "LN", "UCUM", "RADLEX"}
    assert all(re.fullmatch(r"RID\d+", code.code) for code in every_code() if code.scheme == "RADLEX")


def test_private_codes_are_ours_and_unique() -> None:
    private = [entry.private_code for entry in (*findings().values(), *grading_scales().values())]
    assert {code.scheme for code in private} == {"99MSUS"}
    assert len({code.code for code in private}) == len(private) == 60 + 21


def test_names_of_stages_and_views_fit_their_elements() -> None:
    names = [entry.stage_name for entry in manoeuvres().values()] + [entry.view_name for entry in views().values()]
    assert all(0 < len(name) <= 16 for name in names)
    assert len(set(names)) == len(names)


def test_names_of_stages_and_views_survive_de_identification() -> None:
    kept = json.loads((files("case_library.deidentify") / "words.json").read_text(encoding="utf-8"))
    listed = json.dumps(kept)
    for name in (*(m.stage_name for m in manoeuvres().values()), *(v.view_name for v in views().values())):
        assert json.dumps(name) in listed, name


def test_a_term_is_found_by_code_and_by_key() -> None:
    assert finding("F001") is finding("muscle_tear_complete") is not None
    assert grading_scale("G001") is grading_scale("peetrons") is not None
    assert finding("F999") is None


def test_an_unknown_term_is_no_error() -> None:
    assert finding_of(Term(code="F999", meaning="Something new")) is None
    assert finding_of(Term(scheme="99OTHER", code="F001", meaning="Another library's")) is None


def test_a_foreign_code_is_taken_where_it_means_one_finding() -> None:
    found = finding_of(Term(scheme="RADLEX", code="RID4732", meaning="strain"))
    assert found is not None and found.key == "muscle_strain"
    assert finding_of(Term(scheme="RADLEX", code="RID4714", meaning="tear")) is None, "several findings are tears"


def test_manoeuvres_and_views_are_found_by_their_dicom_names() -> None:
    assert manoeuvre_of_stage("ISOM CONTRACTION") is manoeuvres()["isometric_contraction"]
    assert view_of_name("LONG AXIS") is views()["long_axis"]
    assert manoeuvre_of_stage("SMITH") is None


def test_every_scale_that_a_finding_names_exists() -> None:
    named = {scale for entry in findings().values() for scale in entry.grading}
    assert named <= set(grading_scales())


def test_scales_made_for_mri_or_the_examining_hand_are_not_for_ultrasound() -> None:
    assert {key for key, scale in grading_scales().items() if not scale.for_ultrasound} == {
        "modified_peetrons", "bamic", "goutallier", "ryan"
    }  # fmt: skip


def test_every_source_tag_is_explained() -> None:
    explained = set(re.findall(r"^\| (\w+) \|", README, re.M))
    text = "".join(json.dumps(read_data(name)) for name in data_names())
    used = set(re.findall(r"seen: ([A-Z0-9]+)\b", text))
    assert used
    assert used <= explained


def test_every_finding_scale_and_measurement_says_where_it_comes_from() -> None:
    for entry in (*findings().values(), *grading_scales().values(), *measurement_definitions().values()):
        assert re.search(r"seen|from memory|own", entry.source), entry.key


def test_the_readme_names_every_file() -> None:
    assert all(f"`{name}`" in README for name in data_names())
