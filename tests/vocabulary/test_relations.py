from case_library.vocabulary.relations import (
    broader_findings,
    broader_structures,
    finding_groups,
    narrower_findings,
    narrower_structures,
    structure_groups,
)
from case_library.vocabulary.tables import findings, read_data, structures


def test_every_key_of_a_relation_exists() -> None:
    told = read_data("relations.json")
    for kind, known in (
        ("findings", {*findings(), *finding_groups()}),
        ("structures", {*structures(), *structure_groups()}),
    ):
        named = {key for child, parents in told[kind].items() for key in (child, *parents)}
        assert named <= known


def test_groups_do_not_hide_entries() -> None:
    assert not set(finding_groups()) & set(findings())
    assert not set(structure_groups()) & set(structures())


def test_nothing_is_broader_than_itself() -> None:
    assert all(key not in broader_findings(key) for key in findings())
    assert all(key not in broader_structures(key) for key in structures())


def test_the_quadriceps_has_its_four_muscles() -> None:
    assert set(narrower_structures("quadriceps")) == {
        "rectus_femoris", "vastus_lateralis", "vastus_medialis", "vastus_intermedius"
    }  # fmt: skip


def test_a_muscle_belongs_to_its_group_and_its_region() -> None:
    assert broader_structures("biceps_femoris_lh") == ("biceps_femoris", "thigh", "hamstrings")
    assert "rectus_femoris" in narrower_structures("thigh")
    assert "gastrocnemius_medial" in narrower_structures("lower_leg")


def test_every_muscle_tear_is_a_tear() -> None:
    assert broader_findings("muscle_tear_complete") == ("muscle_tear", "tear")
    assert {"muscle_tear_partial", "tendon_tear_full", "ligament_tear"} <= set(narrower_findings("tear"))
    assert narrower_findings("muscle_hernia") == ()
