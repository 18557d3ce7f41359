"""Find what was drawn over a moving picture: writing that stays while tissue moves, and digits that switch.

This suggests; a person decides. A probe held still makes tissue look like writing, which is then said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from case_library.deidentify.composites import Composites
from case_library.model.mask import Box, MaskOrigin, MaskRectangle

Pixels = NDArray[np.bool_]

LEAST_FRAMES = 4
LEAST_FRAMES_CHANGING = 10
# Levels of 255. JPEG moves a still pixel by some of them where its neighbours change.
_STILL = 24
_BRIGHT = 60
_STANDS_OUT = 28
_TWO_VALUED = 0.86
_CHANGING_SPREAD = 70
_STANDS_OUT_AT_ITS_BRIGHTEST = 16
_SHARE_OF_A_COLOUR = 0.15
# Writing stands out within strokes this wide: half the side of the square that a pixel is compared with.
_STROKE_PX = 9
_LONGEST_STROKE_PX = 6.0
_JOIN_PX = (12, 3)
_PADDING_PX = 3
_LEAST_PIXELS = 12
_LEAST_SIDE_PX = 4
# Where more of the picture than this looks like writing, it is the picture that stands still.
_MOST_STILL_TISSUE = 0.35
_MOST_COVERED = 0.25

_WHY = {
    MaskOrigin.STATIC_TEXT: "bright, and the same in every frame while the picture moves",
    MaskOrigin.MOVING_TEXT: "changes like the digits of a clock",
}
HARDLY_MOVES = (
    "Much of the picture stands still, so that writing can hardly be told from tissue: look at it whole at 100 %"
)
TOO_FEW_FRAMES = "A still, or too few frames to tell writing from tissue: look at it whole at 100 %"


@dataclass(frozen=True)
class DrawnText:
    """What was found.

    Attributes
    ----------
    rectangles : tuple of MaskRectangle
    note : str
        Why a person must look all the more closely; empty where there is no particular reason.
    """

    rectangles: tuple[MaskRectangle, ...]
    note: str = ""


def find_drawn_text(composites: Composites, left_out: Sequence[Box] = ()) -> DrawnText:
    """Return boxes round what was drawn over the picture.

    Parameters
    ----------
    left_out : sequence of (x, y, width, height)
        Not looked at: what goes black anyway, and strips whose curves are drawn and stand still.
    """
    if composites.frame_count < LEAST_FRAMES:
        return DrawnText((), TOO_FEW_FRAMES)
    looked_at = np.ones(composites.darkest.shape, bool)
    for x, y, width, height in left_out:
        looked_at[y : y + height, x : x + width] = False
    still = _of_strokes(_still_writing(composites) & looked_at)
    switching = _of_strokes(_switching(composites)) & looked_at
    if composites.frame_count < LEAST_FRAMES_CHANGING or _covered(boxes_round(switching), looked_at) > _MOST_COVERED:
        switching = np.zeros_like(still)
    found = (_along_its_line(box, composites, still) for box in boxes_round(still | switching))
    boxes = sorted(found, key=lambda box: box[2] * box[3])
    note = HARDLY_MOVES if _hardly_moves(composites, looked_at) else ""
    while _covered(boxes, looked_at) > _MOST_COVERED:
        # So large a box is tissue that stands still, rather than writing.
        boxes.pop()
        note = HARDLY_MOVES
    boxes.sort(key=lambda box: (box[1], box[0]))
    return DrawnText(tuple(_rectangle(box, still, switching) for box in boxes), note)


def _still_writing(composites: Composites) -> Pixels:
    spread = composites.brightest.astype(np.int16) - composites.darkest
    stands_out = composites.mean - box_mean(composites.mean, _STROKE_PX)
    return (spread <= _STILL) & (composites.darkest >= _BRIGHT) & (stands_out >= _STANDS_OUT)


def _switching(composites: Composites) -> Pixels:
    """Return the pixels that are now and then a letter: they switch, or reach the very level of what stays."""
    spread = composites.brightest.astype(np.int16) - composites.darkest
    two_valued = (spread >= _CHANGING_SPREAD) & (composites.two_valued >= _TWO_VALUED)
    stands_out = composites.brightest - box_mean(composites.brightest.astype(np.float32), _STROKE_PX)
    of_a_colour = np.isin(composites.brightest, _levels_of_writing(composites))
    return two_valued | (of_a_colour & (spread > _STILL) & (stands_out >= _STANDS_OUT_AT_ITS_BRIGHTEST))


def _levels_of_writing(composites: Composites) -> list[int]:
    """Return the levels that much of what stays is drawn in; a scanner writes in few.

    Behind a compression with loss there is no such level.
    """
    still = _of_strokes(_still_writing(composites))
    levels = composites.brightest[still]
    if levels.size < _LEAST_PIXELS or np.median(levels - composites.darkest[still]) > 0:
        return []
    counts = np.bincount(levels, minlength=256)
    return [int(level) for level in np.nonzero(counts >= _SHARE_OF_A_COLOUR * levels.size)[0]]


def _along_its_line(box: Box, composites: Composites, still: Pixels) -> Box:
    """Return a box that goes on to both sides for as long as letters come and go in its line: the digits of a clock."""
    x, y, width, height = box
    rows, columns = still.shape
    if height > rows / 10:
        return box
    inside = slice(y, y + height), slice(x, x + width)
    letters = composites.brightest[inside][still[inside]]
    if letters.size == 0:
        return box
    least = int(np.median(letters)) - _STILL
    brightest = composites.brightest
    beside = np.concatenate([brightest[max(y - height // 2, 0) : y], brightest[y + height : y + height + height // 2]])
    changes = brightest.astype(np.int16) - composites.darkest > _STILL
    letter_here: Pixels = np.any(((brightest >= least) & changes)[y : y + height], axis=0)
    if len(beside):
        letter_here &= np.max(beside, axis=0) < least
    left, right = x, x + width
    while (near := np.nonzero(letter_here[right : right + _JOIN_PX[0]])[0]).size:
        right += int(near[-1]) + 1
    while (near := np.nonzero(letter_here[max(left - _JOIN_PX[0], 0) : left][::-1])[0]).size:
        left -= int(near[-1]) + 1
    left = max(left - (_PADDING_PX if left < x else 0), 0)
    right = min(right + (_PADDING_PX if right > x + width else 0), columns)
    return left, y, right - left, height


def _hardly_moves(composites: Composites, looked_at: Pixels) -> bool:
    tissue = looked_at & (composites.mean > 20)
    still = composites.brightest.astype(np.int16) - composites.darkest <= _STILL
    size = int(np.count_nonzero(tissue))
    return bool(np.count_nonzero(tissue & still) > _MOST_STILL_TISSUE * size)


def _of_strokes(pixels: Pixels) -> Pixels:
    """Return the pixels in whose neighbourhood runs along a row are as short as the strokes of letters.

    Echoes of the probe's face lie in every frame, too, but in long rows.
    """
    begins = pixels & ~np.pad(pixels, ((0, 0), (1, 0)))[:, :-1]
    longest = _LONGEST_STROKE_PX * max(1.0, pixels.shape[1] / 1000)
    in_runs = box_mean(pixels.astype(np.float32), _STROKE_PX)
    runs = box_mean(begins.astype(np.float32), _STROKE_PX)
    of_strokes: Pixels = pixels & (in_runs <= longest * runs)
    return of_strokes


def _covered(boxes: list[Box], looked_at: Pixels) -> float:
    area = sum(width * height for _, _, width, height in boxes)
    return area / max(int(np.count_nonzero(looked_at)), 1)


def _rectangle(box: Box, still: Pixels, switching: Pixels) -> MaskRectangle:
    x, y, width, height = box
    inside = slice(y, y + height), slice(x, x + width)
    stays = np.count_nonzero(still[inside]) >= np.count_nonzero(switching[inside])
    origin = MaskOrigin.STATIC_TEXT if stays else MaskOrigin.MOVING_TEXT
    return MaskRectangle(x=x, y=y, width=width, height=height, origin=origin, why=_WHY[origin])


def boxes_round(pixels: Pixels) -> list[Box]:
    """Return boxes `(x, y, width, height)` round the pixels, those of one line of writing in one box.

    Specks are left out; a box has a margin, because the edge of a letter is fainter than its stroke.
    """
    rows, columns = pixels.shape
    joined = _grown(pixels, *_JOIN_PX)
    boxes = []
    for left, top, right, bottom in _components(joined):
        inside = pixels[top:bottom, left:right]
        if np.count_nonzero(inside) < _LEAST_PIXELS:
            continue
        ys, xs = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
        x0, x1 = left + int(xs[0]), left + int(xs[-1]) + 1
        y0, y1 = top + int(ys[0]), top + int(ys[-1]) + 1
        if max(x1 - x0, y1 - y0) < _LEAST_SIDE_PX:
            continue
        x0, y0 = max(x0 - _PADDING_PX, 0), max(y0 - _PADDING_PX, 0)
        x1, y1 = min(x1 + _PADDING_PX, columns), min(y1 + _PADDING_PX, rows)
        boxes.append((x0, y0, x1 - x0, y1 - y0))
    return boxes


def box_mean(picture: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Return the mean of the square of `2 radius + 1` pixels round each pixel; the edge goes on beyond the frame."""
    size = 2 * radius + 1
    padded = np.pad(picture.astype(np.float64), radius + 1, mode="edge")[:-1, :-1]
    table = padded.cumsum(axis=0).cumsum(axis=1)
    total = table[size:, size:] - table[:-size, size:] - table[size:, :-size] + table[:-size, :-size]
    return np.asarray(total / size**2, np.float32)


def _grown(pixels: Pixels, across: int, down: int) -> Pixels:
    """Return the pixels within so many columns and rows of one that is set."""
    grown = pixels
    for axis, reach in ((1, across), (0, down)):
        padding = [(0, 0), (0, 0)]
        padding[axis] = (reach + 1, reach)
        table = np.cumsum(np.pad(grown.astype(np.int32), padding), axis=axis)
        size = 2 * reach + 1
        high = np.take(table, range(size, table.shape[axis]), axis=axis)
        low = np.take(table, range(table.shape[axis] - size), axis=axis)
        grown = high > low
    return grown


def _components(pixels: Pixels) -> list[Box]:
    """Return the bounds `(left, top, right, bottom)` of each connected set, found on cells of 4 x 4 pixels."""
    cell = 4
    rows, columns = pixels.shape
    padded = np.pad(pixels, ((0, -rows % cell), (0, -columns % cell)))
    cells = padded.reshape(padded.shape[0] // cell, cell, -1, cell).any(axis=(1, 3))
    waiting = set(zip(*(axis.tolist() for axis in np.nonzero(cells)), strict=True))
    found = []
    while waiting:
        start = waiting.pop()
        members, queue = [start], deque([start])
        while queue:
            y, x = queue.popleft()
            for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if near in waiting:
                    waiting.remove(near)
                    members.append(near)
                    queue.append(near)
        ys, xs = [y for y, _ in members], [x for _, x in members]
        right, bottom = min((max(xs) + 1) * cell, columns), min((max(ys) + 1) * cell, rows)
        found.append((min(xs) * cell, min(ys) * cell, right, bottom))
    return sorted(found, key=lambda box: (box[1], box[0]))
