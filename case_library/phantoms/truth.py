"""What is true in each frame of a synthetic clip: numbers, and the shapes from which they can be measured.

The truth of a clip, `schema_version` 2::

    {
      "schema_version": 2, "clip_id": "C01-2", "synthetic": true,
      "columns": 480, "rows": 400, "mm_per_px": [0.125, 0.125],
      "frame_count": 120, "frame_time_s": 0.033333,
      "shapes": {"gap": "line", ...},                               the kind of each shape
      "measures": {"gap_mm": {"shape": "gap", "rule": "length"}},   which number is measured from which shape
      "frames": [
        {
          "frame_number": 1,                                        from 1
          "time_s": 0.0,                                            after the first frame
          "activation": 0.0,                                        0 rest, 1 full effort
          "values": {"gap_mm": 2.0, ...},
          "shapes_px": {"gap": [[264.0, 132.0], [280.0, 132.0]], ...}
        }, ...                                                      image coordinates, sub-pixel, some outside it
      ]
    }

Every number is illustrative; none was measured on a patient.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw

Floats = NDArray[np.floating[Any]]

TRUTH_SCHEMA_VERSION = 2
_ELLIPSE_CORNERS = 96


class Kind(StrEnum):
    """What the points of a shape are.

    `line`: both ends. `polygon`: its corners, the first not repeated. `ellipse`: the centre, then the end of one
    half-diameter and of the one conjugate to it. `angle`: a point on one arm, the vertex, a point on the other arm.
    """

    POINT = "point"
    LINE = "line"
    POLYLINE = "polyline"
    POLYGON = "polygon"
    ELLIPSE = "ellipse"
    ANGLE = "angle"


class Rule(StrEnum):
    """How a value follows from its shape: mm of a line, degrees of an angle, cm² of an area, mean grey inside it."""

    LENGTH = "length"
    ANGLE = "angle"
    AREA = "area"
    ECHO_MEAN = "echo_mean"


class Measure(NamedTuple):
    shape: str
    rule: Rule


class Shape(NamedTuple):
    """A shape in one frame; `points_mm` has the shape (n, 2): x to the right, z down."""

    kind: Kind
    points_mm: Floats


@dataclass(frozen=True)
class FrameTruth:
    """Numbers (their names end in the unit) and shapes of one frame."""

    values: Mapping[str, float]
    shapes: Mapping[str, Shape]


def point(x_mm: float, z_mm: float) -> Shape:
    return Shape(Kind.POINT, np.array([[x_mm, z_mm]]))


def line(start: ArrayLike, end: ArrayLike) -> Shape:
    return Shape(Kind.LINE, np.array([start, end], float))


def polyline(points_mm: ArrayLike) -> Shape:
    return Shape(Kind.POLYLINE, np.asarray(points_mm, float))


def polygon(points_mm: ArrayLike) -> Shape:
    return Shape(Kind.POLYGON, np.asarray(points_mm, float))


def ellipse(centre: ArrayLike, first_end: ArrayLike, second_end: ArrayLike) -> Shape:
    return Shape(Kind.ELLIPSE, np.array([centre, first_end, second_end], float))


def angle(arm: ArrayLike, vertex: ArrayLike, other_arm: ArrayLike) -> Shape:
    return Shape(Kind.ANGLE, np.array([arm, vertex, other_arm], float))


def area_mm2(points_mm: Floats) -> float:
    """Return the area of a polygon (Gauss's shoelace formula)."""
    x, z = points_mm[:, 0], points_mm[:, 1]
    return float(abs(np.sum(x * np.roll(z, -1) - np.roll(x, -1) * z)) / 2.0)


def outline(shape: Shape) -> Floats:
    """Return the corners of a polygon, or points of an ellipse's border."""
    if shape.kind is not Kind.ELLIPSE:
        return shape.points_mm
    centre, first, second = shape.points_mm
    turn = np.linspace(0.0, 2.0 * np.pi, _ELLIPSE_CORNERS, endpoint=False)[:, None]
    return np.asarray(centre + np.cos(turn) * (first - centre) + np.sin(turn) * (second - centre))


def label_image(truth: FrameTruth, columns: int, rows: int, mm_per_px: float) -> tuple[NDArray[np.uint8], list[str]]:
    """Return which area each pixel belongs to, and the names of the areas.

    Returns
    -------
    labels : uint8 array, shape (rows, columns)
        0 is none; `n` is the area `names[n - 1]`. A later area covers an earlier one.
    names : list of str
    """
    image = Image.new("L", (columns, rows), 0)
    draw = ImageDraw.Draw(image)
    names = [name for name, shape in truth.shapes.items() if shape.kind in (Kind.POLYGON, Kind.ELLIPSE)]
    for number, name in enumerate(names, start=1):
        # Pillow's coordinates name the middle of a pixel.
        corners = outline(truth.shapes[name]) / mm_per_px - 0.5
        draw.polygon([(float(x), float(y)) for x, y in corners], fill=number)
    return np.asarray(image), names


def frame_json(truth: FrameTruth, mm_per_px: float) -> dict[str, Any]:
    """Return values and shapes of a frame as JSON has them."""
    return {
        "values": {name: round(float(value), 4) + 0.0 for name, value in truth.values.items()},
        "shapes_px": {
            name: [[round(float(v) / mm_per_px, 3) + 0.0 for v in xy] for xy in shape.points_mm]
            for name, shape in truth.shapes.items()
        },
    }


def truth_text(truth: Mapping[str, Any]) -> str:
    """Return the truth of a clip as JSON, one frame on one line."""
    head = {key: value for key, value in truth.items() if key != "frames"}
    frames = ",\n    ".join(json.dumps(frame) for frame in truth["frames"])
    return json.dumps(head, indent=2)[:-2] + f',\n  "frames": [\n    {frames}\n  ]\n}}\n'
