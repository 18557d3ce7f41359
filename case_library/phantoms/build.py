"""Build a synthetic clip: a DICOM file, and beside it a JSON file of what is true in every frame (`truth`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from case_library.dicom.ultrasound_image import UltrasoundImageHeader, write_ultrasound_image
from case_library.phantoms.clip_truth import moment_of, truth_of
from case_library.phantoms.registry import EXAMPLE_CASES, PHANTOMS, Phantom, fixed_uid
from case_library.phantoms.speckle import SpeckleRenderer, averaged, persist
from case_library.phantoms.truth import truth_text

# Called with the number of finished frames and of all frames.
Progress = Callable[[int, int], None]

_RENDER_THREADS = 2
_BATCH_FRAMES = 8


@dataclass(frozen=True)
class PhantomFiles:
    """What was built."""

    dicom: Path
    truth: Path


class PhantomRenderer:
    """Makes the frames of one phantom, in any order."""

    def __init__(self, phantom: Phantom) -> None:
        self.phantom = phantom
        self._scene = phantom.scene(phantom.transducer, phantom.seed)
        self._scene.make_bodies()
        self._renderer = SpeckleRenderer(phantom.transducer)

    def frame(self, frame_index: int) -> NDArray[np.uint8]:
        """Return one frame, uint8 (rows, columns); the same whenever it is asked for."""
        last = self.phantom.profile.frame_count - 1
        near = (max(frame_index - 1, 0), frame_index, min(frame_index + 1, last))
        return self._renderer.picture(averaged(*(self._level_db(index) for index in near)))

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

    def _level_db(self, frame_index: int) -> NDArray[np.float32]:
        noise = np.random.default_rng([self.phantom.seed, frame_index])
        return self._renderer.level_db(self._scene.echoes(moment_of(self.phantom, frame_index)), noise)


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
    files = PhantomFiles(folder / f"{clip_id}.dcm", folder / f"{clip_id}.truth.json")
    for path in (files.dicom, files.truth):
        if path.exists():
            raise FileExistsError(f"{path.name} is already there")
    frames = _counted(PhantomRenderer(phantom).frames(), phantom, progress)
    write_ultrasound_image(files.dicom, _header(phantom), frames, quality=phantom.quality)
    with files.truth.open("x", encoding="utf-8", newline="\n") as file:
        file.write(truth_text(truth_of(clip_id)))
    return files


def write_blank(clip_id: str, path: Path) -> None:
    """Write the clip with black frames: all that its header says, before its pictures are made."""
    phantom = PHANTOMS[clip_id]
    black = np.zeros((phantom.transducer.rows, phantom.transducer.columns), np.uint8)
    write_ultrasound_image(path, _header(phantom), (black for _ in range(phantom.profile.frame_count)))


def _header(phantom: Phantom) -> UltrasoundImageHeader:
    transducer, case = phantom.transducer, EXAMPLE_CASES[phantom.case_slug]
    cm_per_px, moving = transducer.mm_per_px / 10.0, phantom.profile.frame_count > 1
    return UltrasoundImageHeader(
        study_instance_uid=case.study_instance_uid,
        series_instance_uid=fixed_uid(f"{phantom.clip_id}/series"),
        sop_instance_uid=fixed_uid(f"{phantom.clip_id}/instance"),
        series_number=case.clip_ids.index(phantom.clip_id) + 1,
        patient_name=f"PHANTOM^{case.number}",
        deidentification_method="synthetic",
        manufacturer="case-library phantom",
        cm_per_px=(cm_per_px, cm_per_px),
        frame_time_ms=round(1000.0 / phantom.profile.frame_rate_fps, 3)
        if moving and not phantom.profile.jitter_ms
        else None,
        frame_time_vector_ms=phantom.profile.frame_time_vector_ms,
        stage=phantom.stage,
        view=phantom.view,
        representative_frame=phantom.representative_frame if moving else None,
        transducer_type="LINEAR",
        transducer_frequency_khz=transducer.frequency_mhz * 1000.0,
        depth_mm=transducer.height_mm,
        body_part=phantom.body_part,
        laterality=phantom.laterality,
    )


def _counted(
    frames: Iterator[NDArray[np.uint8]], phantom: Phantom, progress: Progress | None
) -> Iterator[NDArray[np.uint8]]:
    for done, frame in enumerate(frames, start=1):
        yield frame
        if progress is not None:
            progress(done, phantom.profile.frame_count)
