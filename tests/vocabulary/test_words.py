import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.vocabulary.relations import finding_groups, structure_groups
from case_library.vocabulary.tables import findings, manoeuvres, read_data, structures
from case_library.vocabulary.words import EntryKind, Meant, evened, meanings, names_of

KNOWN = {
    "findings": {*findings(), *finding_groups()},
    "structures": {*structures(), *structure_groups()},
    "manoeuvres": set(manoeuvres()),
}


@pytest.mark.parametrize(
    ("words", "kind", "key"),
    [
        ("haematoma", "findings", "hematoma"),
        ("Hematoma", "findings", "hematoma"),
        ("thigh bleed", "findings", "hematoma_intramuscular"),
        ("wasting", "findings", "muscle_atrophy"),
        ("tennis leg", "findings", "muscle_tear_mtj"),
        ("Full thickness tear", "findings", "muscle_tear_complete"),
        ("FULL-THICKNESS TEAR", "findings", "muscle_tear_complete"),
        ("Baker's cyst", "findings", "popliteal_cyst"),
        ("morel lavallee", "findings", "morel_lavallee"),
        ("subcutaneous edema", "findings", "soft_tissue_edema"),
        ("quad", "structures", "quadriceps"),
        ("Rectus femoris", "structures", "rectus_femoris"),
        ("contraction", "manoeuvres", "isometric_contraction"),
        ("color doppler", "manoeuvres", "color_doppler"),
        ("Long axis (of the structure)", "views", "long_axis"),
    ],
)
def test_what_people_write_is_understood(words: str, kind: str, key: str) -> None:
    assert Meant(EntryKind(kind), key) in meanings(words)


def test_words_that_mean_nothing_here_have_no_meaning() -> None:
    assert meanings("carburettor") == ()
    assert meanings("") == ()


@pytest.mark.parametrize("kind", KNOWN)
def test_every_word_belongs_to_a_term(kind: str) -> None:
    assert set(read_data("words.en.json")[kind]) <= KNOWN[kind]


def test_every_finding_has_a_word_that_a_student_would_write() -> None:
    assert set(findings()) <= set(read_data("words.en.json")["findings"])


def test_the_display_is_the_first_name() -> None:
    assert names_of(Meant(EntryKind.FINDING, "doms"))[:2] == ("Delayed-onset muscle soreness pattern", "DOMS")


@given(st.text(max_size=40))
def test_evening_out_twice_changes_nothing_more(words: str) -> None:
    assert evened(evened(words)) == evened(words)
