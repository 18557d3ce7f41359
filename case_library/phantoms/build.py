"""Build a synthetic clip: a DICOM file, and beside it a JSON file of what is true in every frame.

The truth of a clip, `schema_version` 1::

    {
      "schema_version": 1, "clip_id": "C01-2", "synthetic": true,
      "columns": 480, "rows": 400, "mm_per_px": [0.125, 0.125],
      "frame_count": 120, "frame_time_s": 0.033333,
      "frames": [
        {
          "frame_number": 1,                       from 1
          "time_s": 0.0,                           after the first frame
          "activation": 0.0,                       0 rest, 1 full effort
          "gap_mm": 2.0,                           along the muscle, at half its thickness
          "proximal_edge_mm": [33.0, 16.5],        x to the right, y down, (0, 0) the corner of the first pixel
          "proximal_edge_px": [264.0, 132.0],      the same in image coordinates, sub-pixel
          "distal_edge_mm": [35.0, 16.5],
          "distal_edge_px": [280.0, 132.0]
        }, ...
      ]
    }

Every number is illustrative; none was measured on a patient.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import pi, sin
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.dicom.ultrasound_image import UltrasoundImageHeader, write_ultrasound_image
from case_library.phantoms.profiles import CONTRACT, Profile
from case_library.phantoms.rectus_femoris import Tear, TornRectusFemoris
from case_library.phantoms.speckle import SpeckleRenderer, Transducer, averaged, persist

# Called with the number of finished frames and of all frames.
Progress = Callable[[int, int], None]

TRUTH_SCHEMA_VERSION = 1
_UID_NAMESPACE = uuid.UUID("5b0d9c1e-6f0f-4d9a-9d52-2c1f6a6b7a31")
_RENDER_THREADS = 2
_BATCH_FRAMES = 8


@dataclass(frozen=True, kw_only=True)
class Phantom:
    """One synthetic clip that can be built.

    Attributes
    ----------
    clip_id : str
        As in the clinical reference, for example `C01-2`.
    case_slug : str
        Of the example case it belongs to.
    stage, view : str
        (0008,2120) *Stage Name*, (0008,2127) *View Name*.
    representative_frame : int
        Frame number from 1.
    quality : int
        Of the JPEG encoder, 1-100.
    """

    clip_id: str
    case_slug: str
    title: str
    stage: str
    view: str
    profile: Profile
    tear: Tear
    seed: int
    representative_frame: int
    transducer: Transducer = field(default_factory=Transducer)
    quality: int = 80


@dataclass(frozen=True)
class PhantomFiles:
    """What was built."""

    dicom: Path
    truth: Path


@dataclass(frozen=True)
class ExampleCase:
    """All that a library needs to hold an example case, besides the files of its clips.

    Attributes
    ----------
    slug : str
        The folder's name and the `case_id`.
    clip_ids : tuple of str
        Its phantoms, in order; keys of `PHANTOMS`.
    """

    slug: str
    title: str
    summary: str
    study_instance_uid: str
    created_at: datetime
    clip_ids: tuple[str, ...]


def _uid(name: str) -> str:
    """Return the fixed UID of something of ours (PS3.5 B.2, UUID Derived UID)."""
    return f"2.25.{uuid.uuid5(_UID_NAMESPACE, name).int}"


_MISSED_TEAR = "missed-rectus-femoris-tear"

EXAMPLE_CASES: Mapping[str, ExampleCase] = {
    case.slug: case
    for case in (
        ExampleCase(
            slug=_MISSED_TEAR,
            title="Missed complete tear of the rectus femoris",
            summary=(
                "An athlete was treated for a minor quadriceps strain for four weeks without success; meanwhile the "
                "muscle began to waste. At rest the rectus femoris shows only a very small defect, 2 mm along the "
                "muscle. During contraction the stumps draw apart, the gap opens to 16 mm and no fascicle crosses it: "
                "the tear is complete. Measure the gap at rest (frame 1) and at full effort (frame 61), and name both "
                "frames in the report.\n\n"
                "Synthetic: this clip was computed, not recorded, and shows no patient. The story follows a published "
                "teaching page; side, view, manoeuvre and every number are illustrative. Not medical advice."
            ),
            study_instance_uid=_uid("C01/study"),
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            clip_ids=("C01-2",),
        ),
    )
}

PHANTOMS: Mapping[str, Phantom] = {
    phantom.clip_id: phantom
    for phantom in (
        Phantom(
            clip_id="C01-2",
            case_slug=_MISSED_TEAR,
            title="Very small defect becomes a complete tear on contraction",
            stage="ISOM CONTRACTION",
            view="LONG AXIS",
            profile=CONTRACT,
            tear=Tear(gap_at_rest_mm=2.0, proximal_shift_mm=11.0, distal_shift_mm=3.0),
            seed=102,
            representative_frame=61,
        ),
    )
}


class PhantomRenderer:
    """Makes the frames of one phantom, in any order, and says what is true in each."""

    def __init__(self, phantom: Phantom) -> None:
        self.phantom = phantom
        self._tissue = TornRectusFemoris(phantom.tear, phantom.transducer, phantom.seed)
        self._renderer = SpeckleRenderer(phantom.transducer)

    def frame(self, frame_index: int) -> NDArray[np.uint8]:
        """Return one frame, uint8 (rows, columns); the same whenever it is asked for."""
        last = self.phantom.profile.frame_count - 1
        near = (max(frame_index - 1, 0), frame_index, min(frame_index + 1, last))
        return self._renderer.picture(averaged(*(self._level_db(index) for index in near)))

    def _level_db(self, frame_index: int) -> NDArray[np.float32]:
        activation, sway_mm = self._moment(frame_index)
        noise = np.random.default_rng([self.phantom.seed, frame_index])
        return self._renderer.level_db(self._tissue.echoes(activation, sway_mm), noise)

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """Yield all frames in order; a few are in memory at once."""
        count = self.phantom.profile.frame_count
        with ThreadPoolExecutor(_RENDER_THREADS) as pool:
            levels = (
                level_db
                for first in range(0, count, _BATCH_FRAMES)
                for level_db in pool.map(self._level_db, range(first, min(first + _BATCH_FRAMES, count)))
            )
            yield from map(self._renderer.picture, persist(levels))

    def truth(self) -> dict[str, Any]:
        """Return what is true in each frame; see the module's description."""
        phantom, transducer = self.phantom, self.phantom.transducer
        return {
            "schema_version": TRUTH_SCHEMA_VERSION,
            "clip_id": phantom.clip_id,
            "synthetic": True,
            "columns": transducer.columns,
            "rows": transducer.rows,
            "mm_per_px": [transducer.mm_per_px, transducer.mm_per_px],
            "frame_count": phantom.profile.frame_count,
            "frame_time_s": round(1.0 / phantom.profile.frame_rate_fps, 6),
            "frames": [self._frame_truth(frame_index) for frame_index in range(phantom.profile.frame_count)],
        }

    def _frame_truth(self, frame_index: int) -> dict[str, Any]:
        activation, sway_mm = self._moment(frame_index)
        edges = self._tissue.stump_edges(activation, sway_mm)
        told: dict[str, Any] = {
            "frame_number": frame_index + 1,
            "time_s": round(self.phantom.profile.time_s(frame_index), 6),
            "activation": round(activation, 6),
            "gap_mm": round(edges.gap_mm, 4),
        }
        for name, point_mm in (("proximal", edges.proximal_mm), ("distal", edges.distal_mm)):
            told[f"{name}_edge_mm"] = [round(value, 4) for value in point_mm]
            told[f"{name}_edge_px"] = [round(value / self.phantom.transducer.mm_per_px, 3) for value in point_mm]
        return told

    def _moment(self, frame_index: int) -> tuple[float, float]:
        profile = self.phantom.profile
        return profile.activation(frame_index), _sway_mm(profile.time_s(frame_index))


def build_phantom(clip_id: str, folder: Path, progress: Progress | None = None) -> PhantomFiles:
    """Build one clip into a folder: `<clip_id>.dcm` and `<clip_id>.truth.json`, neither of which may exist.

    Raises
    ------
    KeyError
        If there is no such phantom.
    FileExistsError
        Before anything is rendered.
    """
    phantom = PHANTOMS[clip_id]
    renderer = PhantomRenderer(phantom)
    files = PhantomFiles(folder / f"{clip_id}.dcm", folder / f"{clip_id}.truth.json")
    for path in (files.dicom, files.truth):
        if path.exists():
            raise FileExistsError(f"{path.name} is already there")
    write_ultrasound_image(
        files.dicom, _header(phantom), _counted(renderer.frames(), phantom, progress), quality=phantom.quality
    )
    with files.truth.open("x", encoding="utf-8", newline="\n") as file:
        file.write(_truth_json(renderer.truth()))
    return files


def _header(phantom: Phantom) -> UltrasoundImageHeader:
    transducer, case = phantom.transducer, EXAMPLE_CASES[phantom.case_slug]
    cm_per_px = transducer.mm_per_px / 10.0
    return UltrasoundImageHeader(
        study_instance_uid=case.study_instance_uid,
        series_instance_uid=_uid(f"{phantom.clip_id}/series"),
        sop_instance_uid=_uid(f"{phantom.clip_id}/instance"),
        series_number=case.clip_ids.index(phantom.clip_id) + 1,
        patient_name=f"PHANTOM^{phantom.clip_id.partition('-')[0]}",
        deidentification_method="synthetic",
        manufacturer="case-library phantom",
        cm_per_px=(cm_per_px, cm_per_px),
        frame_time_ms=round(1000.0 / phantom.profile.frame_rate_fps, 3),
        stage=phantom.stage,
        view=phantom.view,
        representative_frame=phantom.representative_frame,
        transducer_type="LINEAR",
        transducer_frequency_khz=transducer.frequency_mhz * 1000.0,
        depth_mm=transducer.rows * transducer.mm_per_px,
        body_part="THIGH",
        laterality="R",
    )


def _counted(
    frames: Iterator[NDArray[np.uint8]], phantom: Phantom, progress: Progress | None
) -> Iterator[NDArray[np.uint8]]:
    for done, frame in enumerate(frames, start=1):
        yield frame
        if progress is not None:
            progress(done, phantom.profile.frame_count)


def _truth_json(truth: Mapping[str, Any]) -> str:
    """Return the truth as JSON, one frame on one line."""
    head = {key: value for key, value in truth.items() if key != "frames"}
    frames = ",\n    ".join(json.dumps(frame) for frame in truth["frames"])
    return json.dumps(head, indent=2)[:-2] + f',\n  "frames": [\n    {frames}\n  ]\n}}\n'


def _sway_mm(time_s: float) -> float:
    """Return how far an unsteady hand lets the deepest tissue move: a living clip never stands quite still."""
    return 0.10 * sin(2.0 * pi * 0.9 * time_s) + 0.05 * sin(2.0 * pi * 2.3 * time_s + 1.0)
