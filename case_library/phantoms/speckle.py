"""From echoes to a grey picture: what a linear transducer makes of points that send sound back.

Each echo adds the transducer's point-spread function, turned by the phase of its depth; where many overlap, their sum
is speckle, whose envelope is Rayleigh distributed (mean over standard deviation 1.91). Moving the echoes moves the
speckle exactly, and strain decorrelates it as it does in tissue. Every material takes its own share of the sound that
passes, so shadow and enhancement follow the tissue by themselves. There is no refraction in the model.

References
----------
J. Meunier, M. Bertrand, Ultrasonic texture motion analysis: theory and simulation, IEEE Trans. Med. Imaging 14, 1995:
the separable point-spread function moved over scatterers.
R. F. Wagner et al., Statistics of speckle in ultrasound B-scans, IEEE Trans. Sonics Ultrasonics 30, 1983: 1.91, and
how independent looks smooth speckle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from case_library.phantoms.echoes import Echoes

Floats = NDArray[np.floating[Any]]
_SOUND_SPEED_MM_PER_US = 1.54
# Pixels of one side of the cells in which the loss on the way is summed.
_CELL_PX = 4
_AT_A_TIME = 1 << 14
# A scanner averages neighbouring frames; weighed evenly to both sides, the picture does not lag behind the truth.
PERSISTENCE = (0.22, 0.56, 0.22)


@dataclass(frozen=True)
class Transducer:
    """A linear transducer and the picture it makes.

    Attributes
    ----------
    columns, rows : int
        Of the picture, in pixels.
    mm_per_px : float
    frequency_mhz : float
    axial_fwhm_mm : float
        Width of the pulse at half its height.
    lateral_fwhm_mm, focus_mm, lateral_spread : float
        Width of the beam at its focus, the depth of that, and how much wider it gets per mm away from it.
    attenuation_db_per_mm, time_gain_db_per_mm : float
        What tissue takes and what the scanner gives back, there and back, per mm of depth.
    noise_db : float
        Electronic noise before time gain; 0 dB is the mean echo of a tissue of level 0 dB.
    looks, bands : int
        Beam angles and parts of the pulse's spectrum that are compounded. One of each has fully developed speckle,
        more are smoother.
    look_step_per_mm, band_step_per_mm : float
        Between neighbouring looks, in cycles of the lateral spectrum: 2 f sin(angle) / c; between neighbouring bands,
        in cycles of the axial one.
    tilt_deg : float
        By how much the transducer is rocked on its heel: what it sees at a right angle changes (anisotropy).
    facing_deg : float
        Angle off the beam at which a smooth surface sends back a third of what it does across it.
    dynamic_range_db, white_db, grey_gamma : float
        Range from black to white, the level that is white, and how much the grey curve darkens what lies between.
    """

    columns: int = 480
    rows: int = 400
    mm_per_px: float = 0.125
    frequency_mhz: float = 9.0
    axial_fwhm_mm: float = 0.46
    lateral_fwhm_mm: float = 0.72
    focus_mm: float = 18.0
    lateral_spread: float = 0.022
    attenuation_db_per_mm: float = 0.90
    time_gain_db_per_mm: float = 0.82
    noise_db: float = -101.0
    looks: int = 3
    bands: int = 3
    look_step_per_mm: float = 0.5
    band_step_per_mm: float = 1.3
    tilt_deg: float = 0.0
    facing_deg: float = 17.0
    dynamic_range_db: float = 66.0
    white_db: float = 0.0
    grey_gamma: float = 1.3

    # Pixels computed beyond each edge, so that echoes do not come back in on the other side.
    margin_px = 16

    @property
    def width_mm(self) -> float:
        return self.columns * self.mm_per_px

    @property
    def height_mm(self) -> float:
        return self.rows * self.mm_per_px

    @property
    def margin_mm(self) -> float:
        return self.margin_px * self.mm_per_px

    @property
    def grid_shape(self) -> tuple[int, int]:
        """Rows and columns of the computed grid, the margins included."""
        return self.rows + 2 * self.margin_px, self.columns + 2 * self.margin_px

    @property
    def depth_mm(self) -> NDArray[np.float32]:
        """Depth of each row of the computed grid, at the centre of its pixels."""
        return self._centres_mm(self.grid_shape[0])

    @property
    def lateral_mm(self) -> NDArray[np.float32]:
        """Position of each column of the computed grid along the transducer."""
        return self._centres_mm(self.grid_shape[1])

    def _centres_mm(self, count: int) -> NDArray[np.float32]:
        return ((np.arange(count) + 0.5 - self.margin_px) * self.mm_per_px).astype(np.float32)


class SpeckleRenderer:
    """Turns echoes into pictures of one transducer; holds what does not change between frames."""

    def __init__(self, transducer: Transducer) -> None:
        self.transducer = t = transducer
        rows, columns = t.grid_shape
        depth_mm = np.maximum(t.depth_mm, 0.0)[:, None]
        width_mm = np.hypot(t.lateral_fwhm_mm, t.lateral_spread * (depth_mm - t.focus_mm))
        self._lateral = [
            _gaussian_filter(columns, width_mm / t.mm_per_px, place * t.look_step_per_mm * t.mm_per_px)
            for place in _about_nought(t.looks)
        ]
        self._axial = [
            _gaussian_filter(
                rows, np.array([[t.axial_fwhm_mm / t.mm_per_px]]), place * t.band_step_per_mm * t.mm_per_px
            ).T
            for place in _about_nought(t.bands)
        ]
        self._time_gain = _from_db(t.time_gain_db_per_mm * depth_mm)
        self._attenuation_db = (-t.attenuation_db_per_mm * depth_mm).astype(np.float32)
        self._noise = np.float32(10.0 ** (t.noise_db / 20.0) / np.sqrt(2.0))

    def envelope(self, echoes: Echoes, noise: np.random.Generator) -> NDArray[np.float32]:
        """Return the echo strength of each pixel, float32 (rows, columns), before compression.

        Parameters
        ----------
        echoes : Echoes
            Where they are in this frame.
        noise : numpy.random.Generator
            Of the electronic noise of this frame.
        """
        gathered = _Gathered(self.transducer, echoes)
        field = gathered.field
        field *= _from_db(self._attenuation_db - gathered.loss_db())
        white = noise.standard_normal((*field.shape, 2), dtype=np.float32)
        field += white.view(np.complex64)[..., 0] * self._noise
        field = np.fft.fft2(field)
        looks = np.zeros(field.shape)
        for axial in self._axial:
            spectrum = np.fft.ifft(field * axial, axis=0)
            for lateral in self._lateral:
                looks += np.abs(np.fft.ifft(spectrum * lateral, axis=1))
        m = self.transducer.margin_px
        inside = (looks * (self._time_gain / np.float32(len(self._axial) * len(self._lateral))))[m:-m, m:-m]
        return np.asarray(inside, dtype=np.float32)

    def level_db(self, echoes: Echoes, noise: np.random.Generator) -> NDArray[np.float32]:
        """Return the level of each pixel in dB: `envelope` after logarithmic compression, then a scanner's smoothing,
        without which the nulls between speckles are black cracks."""
        level_db = 20.0 * np.log10(np.maximum(self.envelope(echoes, noise), np.float32(1e-9)))
        padded = np.pad(level_db, 1, mode="edge")
        down = 0.12 * (padded[:-2] + padded[2:]) + 0.76 * padded[1:-1]
        return np.asarray(0.25 * (down[:, :-2] + down[:, 2:]) + 0.5 * down[:, 1:-1], np.float32)

    def picture(self, level_db: Floats) -> NDArray[np.uint8]:
        """Return the grey picture of levels in dB, uint8 of their shape."""
        t = self.transducer
        grey = np.clip((level_db - t.white_db) / t.dynamic_range_db + 1.0, 0.0, 1.0) ** t.grey_gamma
        return np.asarray(np.rint(grey * 255.0), np.uint8)


class _Gathered:
    """The sum of all echoes on the computed grid, and what they take of the sound that passes.

    Echoes are added a few at a time: what is worked on then stays in the processor's cache, and as neighbours lie near
    each other in depth, so does the part of the grid they fall on.
    """

    def __init__(self, transducer: Transducer, echoes: Echoes) -> None:
        self._transducer = t = transducer
        rows, columns = t.grid_shape
        self._cells = rows // _CELL_PX, columns // _CELL_PX
        self._wave_per_mm = np.float32(4.0 * np.pi * t.frequency_mhz / _SOUND_SPEED_MM_PER_US)
        # Double precision: NumPy counts and transforms it faster than single.
        self.field = np.zeros((rows, columns), np.complex128)
        self._bulk, self._loss, self._opacity = (np.zeros(self._cells[0] * self._cells[1]) for _ in range(3))
        facing = _facing(echoes, t)
        for first in range(0, echoes.x_mm.size, _AT_A_TIME):
            self._add(echoes, facing, slice(first, first + _AT_A_TIME))

    def _add(self, echoes: Echoes, facing: Floats, some: slice) -> None:
        t = self._transducer
        rows, columns = t.grid_shape
        scale, shift = np.float32(1.0 / t.mm_per_px), np.float32(t.margin_px - 0.5)
        z = echoes.z_mm[some]
        column, row = echoes.x_mm[some] * scale + shift, z * scale + shift
        keep = np.flatnonzero((column >= 0) & (column < columns - 1) & (row >= 0) & (row < rows - 1))
        if not keep.size:
            return
        column, row = column[keep], row[keep]
        left, top = column.astype(np.intp), row.astype(np.intp)
        right, bottom = column - left, row - top
        phase = (echoes.phase[some] + echoes.coherence[some] * (z * self._wave_per_mm))[keep]
        amplitude = (echoes.amplitude[some] * facing[some])[keep]
        place = top * columns + left
        start = int(place.min())
        place -= start
        span = int(place.max()) + 1
        flat = self.field.reshape(-1)
        # Each echo is shared out over its four nearest pixels.
        for part, share in ((flat.real, amplitude * np.cos(phase)), (flat.imag, amplitude * np.sin(phase))):
            lower = share * bottom
            upper = share - lower
            for offset, strength in ((0, upper), (columns, lower)):
                beside = strength * right
                begin = start + offset
                part[begin : begin + span] += np.bincount(place, strength - beside, span)
                part[begin + 1 : begin + 1 + span] += np.bincount(place, beside, span)
        cell = (top // _CELL_PX) * self._cells[1] + left // _CELL_PX
        bulk = echoes.coherence[some][keep]
        self._bulk += np.bincount(cell, bulk, self._bulk.size)
        self._loss += np.bincount(cell, bulk * echoes.loss_db_per_mm[some][keep], self._bulk.size)
        self._opacity += np.bincount(cell, echoes.opacity[some][keep], self._bulk.size)

    def loss_db(self) -> NDArray[np.float32]:
        """Return what the way to each pixel took, beyond ordinary tissue: the sum of all that lies above it."""
        rows, columns = self._cells
        cell_mm = _CELL_PX * self._transducer.mm_per_px
        through = (cell_mm * self._loss / np.maximum(self._bulk, 1e-3)).reshape(rows, columns)
        at_once = (self._opacity / cell_mm).reshape(rows, columns)
        # What a surface takes is missing below it, not in its own echo.
        surfaces = np.cumsum(np.vstack([np.zeros((2, columns)), at_once[:-2]]), axis=0)
        above = np.cumsum(through, axis=0) - 0.5 * through + surfaces
        # A beam is wider than a cell.
        padded = np.pad(above, ((0, 0), (2, 2)), mode="edge")
        smooth = sum(w * padded[:, i : i + columns] for i, w in enumerate((0.1, 0.2, 0.4, 0.2, 0.1)))
        return np.asarray(_between_cells(rows) @ smooth @ _between_cells(columns).T, np.float32)


def persist(levels_db: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Yield as many frames as are given, each averaged with its neighbours as by a scanner's persistence."""
    before, _, after = PERSISTENCE
    last: NDArray[np.float32] | None = None
    now: NDArray[np.float32] | None = None
    for following in levels_db:
        if now is not None:
            yield averaged(now if last is None else last, now, following)
        last, now = now, following
    if now is not None:
        yield averaged(now if last is None else last, now, now)


def averaged(last: Floats, now: Floats, following: Floats) -> NDArray[np.float32]:
    """Return a frame averaged with its neighbours; at either end of a clip the frame stands for the missing one."""
    return np.asarray(sum(w * frame for w, frame in zip(PERSISTENCE, (last, now, following), strict=True)), np.float32)


def _facing(echoes: Echoes, transducer: Transducer) -> Floats:
    """Return how much of each echo comes back to the transducer, by the slope of the surface it lies on: 0 to 1."""
    turned = np.flatnonzero(echoes.shine)
    facing = np.ones(echoes.x_mm.size, np.float32)
    off_deg = np.degrees(echoes.slope()[turned]) - np.float32(transducer.tilt_deg)
    facing[turned] = (1.0 + (off_deg / np.float32(transducer.facing_deg)) ** 2) ** (
        np.float32(-1.5) * echoes.shine[turned]
    )
    return facing


def _about_nought(count: int) -> list[float]:
    return [place - (count - 1) / 2.0 for place in range(count)]


def _between_cells(cells: int) -> NDArray[np.float64]:
    """Return the matrix that interpolates values of cells at the pixels, linearly between the cells' centres."""
    place = np.clip((np.arange(cells * _CELL_PX) + 0.5) / _CELL_PX - 0.5, 0.0, cells - 1.0)
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(place[:, None] - np.arange(cells)[None, :])))


def _gaussian_filter(size: int, fwhm_px: Floats, centre_per_px: float = 0.0) -> NDArray[np.float64]:
    """Return the transfer function of a Gaussian of unit energy, so that white noise keeps its strength."""
    sigma_px = fwhm_px / np.sqrt(8.0 * np.log(2.0))
    # Round the end of the spectrum without a step, which would ring over the whole picture.
    frequency = (np.fft.fftfreq(size) - centre_per_px + 0.5) % 1.0 - 0.5
    amplitude = np.exp(-2.0 * (np.pi * sigma_px * frequency) ** 2)
    return np.asarray(amplitude / np.sqrt(np.mean(amplitude**2, axis=-1, keepdims=True)))


def _from_db(level_db: Floats) -> NDArray[np.float32]:
    return np.asarray(10.0 ** (np.asarray(level_db) / 20.0), dtype=np.float32)
