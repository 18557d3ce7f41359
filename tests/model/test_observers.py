"""Architecture of a muscle in a jump beside what three observers measured on the same frames.

`manual_estimates_LG_jump.mat` (van der Zee and Kuo's data, CC0): pennation in degrees, thickness and fascicle length in
pixels; their fascicle length is thickness / sin(pennation), ours the fascicle prolonged to both aponeuroses.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from case_library.model.calibration import ScaleOrigin
from case_library.model.geometry import prolonged_between
from case_library.model.measurement import angle, length, thickness
from case_library.model.ruler import Ruler
from tests.matlab_file import matrices_of
from tests.shared_data import shared_data

PLACED = json.loads((Path(__file__).parent / "lateral_gastrocnemius_placements.json").read_text(encoding="utf-8"))
MM_PER_PX = 10.0 / PLACED["px_per_cm"]
RULER = Ruler(trusted=True, origin=ScaleOrigin.STATED, why="115.25 pixels per cm", mm_per_px=(MM_PER_PX, MM_PER_PX))
WIDENED_BY = 0.10


class Architecture(NamedTuple):
    """Degrees, and millimetres."""

    pennation: float
    thickness: float
    fascicle: float


def ours(frame: dict[str, list[list[float]]]) -> Architecture:
    superficial, deep, fascicle = (
        tuple((x, y) for x, y in frame[name]) for name in ("superficial", "deep", "fascicle")
    )
    whole = prolonged_between(fascicle, superficial, deep)
    assert whole is not None
    return Architecture(
        angle((*fascicle, *superficial), RULER).value,
        thickness((*superficial, *deep), RULER).value,
        length(whole, RULER).value,
    )


def observers() -> dict[int, list[Architecture]]:
    """Return what each observer found on each frame, lengths in millimetres."""
    data = matrices_of(shared_data("sequences/LG_jumping/manual_estimates_LG_jump.mat"))
    assert float(data["pixtocm"].squeeze()) == PLACED["px_per_cm"]
    return {
        int(number): [
            Architecture(phi, thick * MM_PER_PX, fascicle * MM_PER_PX)
            for phi, thick, fascicle in zip(data["mphi"][i], data["mthickn"][i], data["mfaslen"][i], strict=True)
        ]
        for i, number in enumerate(data["id"].ravel())
    }


def test_every_frame_lies_within_what_the_observers_found() -> None:
    theirs = observers()
    assert [frame["frame"] for frame in PLACED["frames"]] == sorted(theirs)
    lines, outside = [], []
    for frame in PLACED["frames"]:
        found = ours(frame)
        line = f"{frame['frame']:5d}"
        for name in Architecture._fields:
            values = [getattr(observer, name) for observer in theirs[frame["frame"]]]
            low, high = min(values) * (1 - WIDENED_BY), max(values) * (1 + WIDENED_BY)
            value = getattr(found, name)
            line += f" | {value:6.1f}  {' '.join(f'{v:5.1f}' for v in values)}"
            if not low <= value <= high:
                outside.append(f"frame {frame['frame']}: {name} {value:.1f}, not {low:.1f}-{high:.1f}")
        lines.append(line)
    print("frame | pennation: ours, observers | thickness mm | fascicle mm", *lines, sep="\n")
    assert outside == []


def test_the_course_of_the_jump_is_theirs() -> None:
    theirs = observers()
    for name in Architecture._fields:
        course = [getattr(ours(frame), name) for frame in PLACED["frames"]]
        mean = [np.mean([getattr(o, name) for o in theirs[frame["frame"]]]) for frame in PLACED["frames"]]
        assert np.corrcoef(course, mean)[0, 1] > {"pennation": 0.95, "thickness": 0.6, "fascicle": 0.95}[name]


def test_they_measure_the_fascicle_by_thickness_over_sine() -> None:
    for seen in observers().values():
        for observer in seen:
            assert observer.thickness / np.sin(np.radians(observer.pennation)) == pytest.approx(
                observer.fascicle, rel=0.01
            )
