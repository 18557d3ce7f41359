"""Write real pictures beside synthetic ones, at one scale, for the eye.

    uv run python -m tests.side_by_side FOLDER

The folder must lie outside the project: real pictures are never copied into it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from case_library.phantoms.echoes import Echoes
from tests.phantoms.calf import MM_PER_PX, calf, picture
from tests.shared_data import FOLDER

_PROJECT = Path(__file__).resolve().parents[1]
_PX_PER_MM = 16
# A gastrocnemius in long axis: file, its picture's (left, top, right, bottom), millimetres per pixel.
_REAL = (
    ("sequences/LG_jumping/gastroc_jumping_048.png", (111, 60, 689, 520), 10.0 / 115.25),
    ("sequences/LG_jumping/gastroc_jumping_070.png", (111, 60, 689, 520), 10.0 / 115.25),
)


def enlarged(grey: NDArray[Any], mm_per_px: float) -> Image.Image:
    rows, columns = grey.shape
    size = round(columns * mm_per_px * _PX_PER_MM), round(rows * mm_per_px * _PX_PER_MM)
    return Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC)


def beside(images: list[Image.Image]) -> Image.Image:
    whole = Image.new("L", (sum(one.width + 10 for one in images), max(one.height for one in images)), 60)
    left = 0
    for one in images:
        whole.paste(one, (left, 0))
        left += one.width + 10
    return whole


def synthetic(echoes: Echoes, seed: int) -> Image.Image:
    return enlarged(picture(echoes, seed), MM_PER_PX)


def main(folder: Path) -> None:
    folder = folder.resolve()
    if folder.is_relative_to(_PROJECT):
        raise SystemExit(f"{folder} lies in the project; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, box, mm_per_px) in enumerate(_REAL, start=1):
        real = np.asarray(Image.open(FOLDER / name).convert("L").crop(box))
        beside([synthetic(calf(number), number), enlarged(real, mm_per_px)]).save(folder / f"calf-{number}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
