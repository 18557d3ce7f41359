"""The truth of a clip, frame by frame, from its scene alone: no picture is made."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.registry import PHANTOMS, Phantom
from case_library.phantoms.scenes.scene import Moment, Scene
from case_library.phantoms.truth import TRUTH_SCHEMA_VERSION, FrameTruth, frame_json, label_image


def moment_of(phantom: Phantom, frame_index: int) -> Moment:
    """Return when a frame is taken, and how strongly the tissue acts."""
    profile = phantom.profile
    return Moment(profile.time_s(frame_index), profile.activation(frame_index), phantom.sway)


def truth_of(clip_id: str) -> dict[str, Any]:
    """Return the truth of a clip as its JSON file has it.

    Raises
    ------
    KeyError
        If there is no such phantom.
    """
    phantom = PHANTOMS[clip_id]
    scene, transducer, profile = _scene(phantom), phantom.transducer, phantom.profile
    frames = [scene.truth(moment_of(phantom, frame_index)) for frame_index in range(profile.frame_count)]
    return {
        "schema_version": TRUTH_SCHEMA_VERSION,
        "clip_id": clip_id,
        "synthetic": True,
        "columns": transducer.columns,
        "rows": transducer.rows,
        "mm_per_px": [transducer.mm_per_px, transducer.mm_per_px],
        "frame_count": profile.frame_count,
        "frame_time_s": round(1.0 / profile.frame_rate_fps, 6),
        "shapes": {name: shape.kind for name, shape in frames[0].shapes.items()},
        "measures": {value: measure._asdict() for value, measure in scene.measures.items()},
        "frames": [_frame(phantom, frame_index, truth) for frame_index, truth in enumerate(frames)],
    }


def masks_of(clip_id: str, frame_number: int) -> tuple[NDArray[np.uint8], list[str]]:
    """Return which area each pixel of a frame (from 1) belongs to, and the areas' names; see `label_image`."""
    phantom = PHANTOMS[clip_id]
    truth = _scene(phantom).truth(moment_of(phantom, frame_number - 1))
    transducer = phantom.transducer
    return label_image(truth, transducer.columns, transducer.rows, transducer.mm_per_px)


def _scene(phantom: Phantom) -> Scene:
    return phantom.scene(phantom.transducer, phantom.seed)


def _frame(phantom: Phantom, frame_index: int, truth: FrameTruth) -> dict[str, Any]:
    moment = moment_of(phantom, frame_index)
    return {
        "frame_number": frame_index + 1,
        "time_s": round(moment.time_s, 6),
        "activation": round(moment.activation, 6),
        **frame_json(truth, phantom.transducer.mm_per_px),
    }
