"""Tables hold what the case says, in the units that its scale and clock allow."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from case_library.exchange.tables import FINDING_COLUMNS, MEASUREMENT_COLUMNS, findings_csv, measurements_csv
from case_library.model.calibration import RegionCalibration, scale_of
from case_library.model.case import Case
from tests.model.test_measured_case import mark, told, with_measurements
from tests.model.told_case import told_case

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "tables.md"


def rows(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))


def measured_rows(case: Case, read_frame: Any = None) -> dict[str, dict[str, str]]:
    return {row["measurement_id"]: row for row in rows(measurements_csv("a-case", case, read_frame))}


def test_a_length_has_its_unit_scale_and_frame() -> None:
    row = measured_rows(with_measurements(told("length", "gap", mark((0, 0), (0, 128), frame=5))))["gap"]
    assert (row["case"], row["value"], row["unit"], row["mm_per_px_x"]) == ("a-case", "16", "mm", "0.125")
    assert (row["scale_origin"], row["clips"], row["frames"]) == ("us_region", "clip-1", "5")


def test_without_a_trusted_scale_no_millimetre_is_in_the_table() -> None:
    region = RegionCalibration(
        number=1, min_x=0, min_y=0, max_x=900, max_y=199, spatial_format=1, data_type=1, unit_x=3, unit_y=3,
        delta_x=0.0125, delta_y=0.0125,
    )  # fmt: skip
    case = with_measurements(
        told("length", "gap", mark((0, 0), (0, 128))),
        told("polygon_area", "area", mark((0, 0), (9, 0), (9, 9))),
        told("ellipsoid_volume", "volume", *(mark((0, 0), (9, 0)) for _ in range(3))),
    )
    refused = [c.model_copy(update={"scale": scale_of((region,), 200, 200), "regions": (region,)}) for c in case.clips]
    found = measured_rows(case.model_copy(update={"clips": tuple(refused)}))
    assert (found["gap"]["value"], found["gap"]["unit"]) == ("128", "px")
    assert (found["area"]["unit"], found["area"]["circumference_unit"]) == ("px2", "px")
    assert found["volume"]["value"] == ""
    assert "trusted scale" in found["volume"]["no_value_because"]
    cells = [cell for row in found.values() for name, cell in row.items() if name not in ("scale", "no_value_because")]
    assert not any(re.search(r"\b(mm|cm)\d?\b", cell) for cell in cells)


def test_a_trusted_clock_gives_the_second_of_a_frame() -> None:
    assert measured_rows(told_case())["gap-peak"]["times_s"] == "0.240"


def test_without_a_trusted_clock_no_second_is_in_the_table() -> None:
    case = told_case()
    doubted = case.clips[0].clock.model_copy(update={"trusted": False})
    case = case.model_copy(update={"clips": (case.clips[0].model_copy(update={"clock": doubted}),)})
    assert {row["times_s"] for row in measured_rows(case).values()} == {""}
    assert rows(findings_csv("a-case", case))[0]["sign_seconds"] == ""


def test_echo_intensity_comes_from_the_stored_frame() -> None:
    asked = []

    def read_frame(clip_id: str, frame_index: int) -> Any:
        asked.append((clip_id, frame_index))
        return np.full((200, 200), 40_000, np.uint16)

    case = with_measurements(told("echo_intensity", "echo", mark((0, 0), (9, 0), (9, 9), frame=3)))
    row = measured_rows(case, read_frame)["echo"]
    assert (row["value"], row["unit"], row["sd"]) == ("40000", "grey", "0")
    assert asked == [("clip-1", 2)]
    assert measured_rows(case)["echo"]["no_value_because"] == "Grey values need the stored frame"


def test_a_dynamic_sign_has_both_values_their_difference_and_the_time_between() -> None:
    row = rows(findings_csv("a-case", told_case()))[0]
    assert row["sign_unit"] == "px"
    assert float(row["sign_difference"]) == float(row["sign_after"]) - float(row["sign_before"])
    assert float(row["sign_seconds"]) == pytest.approx(6 * 0.04)
    assert row["frames"] == "clip-1 1-10"


def test_words_are_never_a_formula() -> None:
    case = with_measurements(told("length", "gap", mark((0, 0), (0, 128))))
    title = case.measurements[0].model_copy(update={"title": '=HYPERLINK("x")', "note": "a, b\n„ü“"})
    row = measured_rows(case.model_copy(update={"measurements": (title,)}))["gap"]
    assert row["title"] == '\'=HYPERLINK("x")'
    assert row["note"] == "a, b\n„ü“"


def test_a_reference_that_is_gone_costs_no_other_row() -> None:
    found = measured_rows(with_measurements(told("length", "gap", mark((0, 0), (0, 128))),
                                            told("ratio", "share", of=("gap", "lost"))))  # fmt: skip
    assert found["gap"]["value"] == "16"
    assert found["share"]["no_value_because"] == "The measurement is gone"


@pytest.mark.parametrize(("heading", "columns"), [("Measurements", MEASUREMENT_COLUMNS), ("Findings", FINDING_COLUMNS)])
def test_every_column_is_documented(heading: str, columns: tuple[str, ...]) -> None:
    part = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}")[1].split("\n## ")[0]
    told_names = [name for line in part.splitlines() if line.startswith("|") for name in line.split("|")[1].split(", ")]
    assert [name.strip() for name in told_names][2:] == list(columns)
