import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.phantoms.clip_truth import masks_of, moment_of, truth_of
from case_library.phantoms.registry import EXAMPLE_CASES, PHANTOMS
from case_library.phantoms.scenes.pressed import Pocket, layers_with
from case_library.phantoms.scenes.trigger_point import twitch_visible_s
from case_library.phantoms.truth import Kind, truth_text
from tests.shared_data import shared_data

# As the clinical reference has them: clip -> frame number -> value.
STATED: dict[str, dict[int, dict[str, float]]] = {
    "C01-1": {
        1: {"gap_mm": 2.0, "thickness_mm": 15.0, "prox_stump_shift_mm": 0.0, "dist_stump_shift_mm": 0.0},
        46: {"gap_mm": 16.0, "thickness_mm": 16.2, "prox_stump_shift_mm": 11.0, "dist_stump_shift_mm": 3.0},
    },
    "C01-2": {1: {"gap_mm": 2.0}, 34: {"gap_mm": 3.456}, 39: {"gap_mm": 9.699}, 61: {"gap_mm": 16.0}},
    "C01-3": {1: {"hematoma_D_mm": 13.0, "hematoma_L_mm": 48.0}, 31: {"hematoma_D_mm": 10.0, "hematoma_W_mm": 31.812}},
    "C01-4": {1: {"gap_mm": 2.0}, 38: {"gap_mm": 10.0}, 98: {"gap_mm": 18.0}},
    "C02-2": {1: {"fascicle_length_mm": 69.105}, 61: {"fascicle_length_mm": 52.242, "pennation_deg": 16.0}},
    "C02-3": {61: {"csa_cm2": 9.8, "z_mm": 20.0}, 1: {"csa_cm2": 8.232}},
    "C09-4": {49: {"displacement_mm": 2.0}},
}


@pytest.fixture(scope="module")
def truths() -> dict[str, Any]:
    return {clip_id: truth_of(clip_id) for clip_id in PHANTOMS}


def measured(points: Any, kind: str, rule: str, mm_per_px: float) -> float:
    p = np.array(points) * mm_per_px
    if rule == "length":
        return math.dist(*p)
    if rule == "angle":
        first, second = p[0] - p[1], p[2] - p[1]
        return math.degrees(math.acos(first @ second / np.hypot(*first) / np.hypot(*second)))
    if kind == "ellipse":
        a, b = p[1] - p[0], p[2] - p[0]
        return float(math.pi * abs(a[0] * b[1] - a[1] * b[0]) / 100.0)
    x, y = p.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 200.0)


@pytest.mark.parametrize("clip_id", PHANTOMS)
def test_every_number_of_the_truth_can_be_measured_from_its_points(truths: dict[str, Any], clip_id: str) -> None:
    truth = truths[clip_id]
    for value, measure in truth["measures"].items():
        if measure["rule"] == "echo_mean":
            continue
        for frame in truth["frames"][::5]:
            points = frame["shapes_px"][measure["shape"]]
            found = measured(points, truth["shapes"][measure["shape"]], measure["rule"], truth["mm_per_px"][0])
            assert found == pytest.approx(frame["values"][value], abs=2e-3), (value, frame["frame_number"])


@pytest.mark.parametrize("clip_id", STATED)
def test_the_truth_is_that_of_the_reference(truths: dict[str, Any], clip_id: str) -> None:
    for frame_number, values in STATED[clip_id].items():
        found = truths[clip_id]["frames"][frame_number - 1]["values"]
        for name, value in values.items():
            assert found[name] == pytest.approx(value, abs=1e-3), (frame_number, name)


def test_every_clip_of_the_clinical_tables_is_there_with_the_truth_they_state(truths: dict[str, Any]) -> None:
    cases = json.loads(shared_data("../clinical/cases.json").read_text(encoding="utf-8"))["cases"]
    for clip in (clip for case in cases for clip in case["clips"]):
        truth = truths[clip["id"]]
        assert truth["frame_count"] == clip["frames"]
        assert truth["frame_time_s"] == pytest.approx(1.0 / clip["fps"], abs=1e-6)
        assert truth["mm_per_px"] == [clip["delta_cm_per_px"] * 10.0] * 2
        for number, values in clip["truth"].items():
            if number.isdigit():
                found = truth["frames"][int(number) - 1]["values"]
                # The tables round to one or two decimals.
                assert {name: found[name] for name in values} == pytest.approx(values, abs=0.05), (clip["id"], number)


@pytest.mark.parametrize("clip_id", PHANTOMS)
def test_every_point_is_finite_and_moves_smoothly(truths: dict[str, Any], clip_id: str) -> None:
    truth = truths[clip_id]
    for name in truth["shapes"]:
        path = np.array([frame["shapes_px"][name] for frame in truth["frames"]])
        assert np.isfinite(path).all(), name
        if len(path) > 1 and clip_id not in ("C09-4", "C01-4"):
            # Nothing in a body jumps: the fastest torn end goes 17 mm in half a second.
            assert np.abs(np.diff(path, axis=0)).max() < 15.0, name


def test_the_twitch_is_over_in_eleven_frames(truths: dict[str, Any]) -> None:
    seen = [f["frame_number"] for f in truths["C09-4"]["frames"] if f["values"]["displacement_mm"] > 0.1]
    assert seen == list(range(44, 55))
    assert twitch_visible_s(0.1) == pytest.approx(5.2 / 60.0, abs=0.02)


def test_a_pressed_hematoma_keeps_its_volume(truths: dict[str, Any]) -> None:
    for clip_id in ("C01-3", "C04-4", "C10-1c", "C10-2c", "C10-3c", "C10-4c"):
        for frame in truths[clip_id]["frames"]:
            values = {name.removeprefix("hematoma_"): value for name, value in frame["values"].items()}
            volume_cm3 = math.pi / 6.0 * values["L_mm"] * values["W_mm"] * values["D_mm"] / 1000.0
            assert volume_cm3 == pytest.approx(values["volume_cm3"], rel=1e-4)


@given(pressure=st.floats(0.0, 1.0), turn=st.floats(0.0, 2.0 * math.pi))
def test_a_pressed_pocket_stays_an_ellipse(pressure: float, turn: float) -> None:
    pocket = Pocket(30.0, 31.0, (48.0, 51.0), (13.0, 10.0), 26.0)
    pressed = layers_with(pocket, [(0.0, 0.0), (9.0, 7.8), (24.0, 22.0)], [(46.0, 40.2), (52.0, 46.2)])
    rim = np.array([30.0 + 23.999 * math.cos(turn)]), np.array([31.0 + 6.499 * math.sin(turn)])
    (x,), (z,) = pressed.place(*rim, pressure)
    (middle, right, bottom), *_ = (shape.points_mm for shape in pressed.pocket_shape(pressure))
    across, down = (x - middle[0]) / (right[0] - middle[0]), (z - middle[1]) / (bottom[1] - middle[1])
    assert math.hypot(across, down) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("clip_id", ["C01-5", "C02-2", "C05-3", "C05-4"])
@pytest.mark.parametrize("activation", [0.3, 1.0])
def test_a_contracting_muscle_keeps_its_area_and_turns_its_fascicles(clip_id: str, activation: float) -> None:
    phantom = PHANTOMS[clip_id]
    scene: Any = phantom.scene(phantom.transducer, phantom.seed)
    moment = moment_of(phantom, 0)
    now = type(moment)(0.0, activation, sway=False)
    truth = scene.truth(now)
    step = 0.01
    rest = scene.truth(moment).shapes["thickness"].points_mm[:, 1]
    # In the deep compartment, whose pennation is told.
    x, z = np.array([30.0, 30.0 + step, 30.0]), np.full(3, rest[1] - 4.0) + [0.0, 0.0, step]
    placed = np.stack(scene.place(x, z, now), axis=1)
    along, down = (placed[1] - placed[0]) / step, (placed[2] - placed[0]) / step
    area = abs(along[0] * down[1] - along[1] * down[0])
    if clip_id.startswith("C05"):
        assert area == pytest.approx(1.0, abs=1e-6)
    slope = {"C01-5": -10.0, "C02-2": -10.0, "C05-3": 13.0, "C05-4": 19.0}[clip_id]
    fibre = along + math.tan(math.radians(slope)) * down
    assert abs(math.degrees(math.atan(fibre[1] / fibre[0]))) == pytest.approx(truth.values["pennation_deg"], abs=1e-6)


def test_areas_of_the_masks_are_those_of_the_truth(truths: dict[str, Any]) -> None:
    for clip_id, area, value in (("C03-3", "tear", "tear_area_cm2"), ("C01-3b", "hematoma", None)):
        labels, names = masks_of(clip_id, 1)
        assert labels.shape == (400, 480)
        cm2 = np.count_nonzero(labels == names.index(area) + 1) * 0.0125**2
        stated = truths[clip_id]["frames"][0]["values"][value] if value else math.pi / 4.0 * 2.6 * 1.3
        assert cm2 == pytest.approx(stated, rel=0.03)


def test_a_kind_says_how_many_points_there_are(truths: dict[str, Any]) -> None:
    counts = {Kind.POINT: 1, Kind.LINE: 2, Kind.ELLIPSE: 3, Kind.ANGLE: 3}
    for truth in truths.values():
        for name, kind in truth["shapes"].items():
            for frame in truth["frames"]:
                points = frame["shapes_px"][name]
                assert len(points) == counts.get(kind, len(points)) and len(points) >= (1 if kind == "point" else 2)


def test_the_truth_is_the_same_whenever_it_is_told_and_survives_its_file(truths: dict[str, Any]) -> None:
    again = truth_of("C06-2")
    assert again == truths["C06-2"] == json.loads(truth_text(again))


def test_no_two_clips_share_a_seed_and_every_case_has_its_clips() -> None:
    assert len({phantom.seed for phantom in PHANTOMS.values()}) == len(PHANTOMS)
    assert PHANTOMS["C01-2"].seed == 102
    assert [case.number for case in EXAMPLE_CASES.values()] == [f"C{n:02}" for n in range(1, 11)]
    assert sum(len(case.clip_ids) for case in EXAMPLE_CASES.values()) == len(PHANTOMS) == 50
