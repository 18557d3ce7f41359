"""From scatterers to a grey picture: what a linear transducer makes of points that send echoes back.

Each scatterer adds the transducer's point-spread function, turned by the phase of its depth; where many overlap,
their sum is speckle, whose envelope is Rayleigh distributed (mean over standard deviation 1.91). Moving the
scatterers moves the speckle exactly, and strain decorrelates it as it does in tissue.

The model has no aberration and no reverberation; shadow and enhancement are given as a gain.

References
----------
R. F. Wagner et al., "Statistics of speckle in ultrasound B-scans", IEEE Trans. Sonics Ultrason. 30(3), 1983.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
_SOUND_SPEED_MM_PER_US = 1.54


@dataclass(frozen=True)
class Scatterers:
    """Points that send an echo back; four arrays of one length.

    Attributes
    ----------
    x_mm, z_mm : float32 arrays, shape (n,)
        Along the transducer and in depth; (0, 0) is the corner of the first pixel.
    amplitude : complex64 array, shape (n,)
    coherence : float32 array, shape (n,)
        1 where the phase follows the depth (tissue, which gives speckle); 0 where it does not (a smooth surface,
        which a scanner's compounding of several beam angles keeps bright and continuous when it is tilted).
    """

    x_mm: Floats
    z_mm: Floats
    amplitude: NDArray[np.complexfloating[Any, Any]]
    coherence: Floats


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
    lateral_fwhm_mm, lateral_spread : float
        Width of the beam at the skin, and how much wider it gets per mm of depth.
    attenuation_db_per_mm, time_gain_db_per_mm : float
        What tissue takes and what the scanner gives back, there and back, per mm of depth.
    noise_db : float
        Electronic noise before time gain; 0 dB is the mean echo of a tissue of level 0 dB.
    looks : int
        Beam angles that are compounded; odd. One look has fully developed speckle, more are smoother.
    look_step_per_mm : float
        Between neighbouring looks, in cycles of the lateral spectrum: 2 f sin(angle) / c.
    dynamic_range_db, white_db : float
        Range from black to white, and the level that is white.
    """

    columns: int = 480
    rows: int = 400
    mm_per_px: float = 0.125
    frequency_mhz: float = 9.0
    axial_fwhm_mm: float = 0.30
    lateral_fwhm_mm: float = 0.40
    lateral_spread: float = 0.014
    attenuation_db_per_mm: float = 0.90
    time_gain_db_per_mm: float = 0.86
    noise_db: float = -92.0
    looks: int = 3
    look_step_per_mm: float = 0.9
    dynamic_range_db: float = 58.0
    white_db: float = 0.0

    # Pixels computed beyond each edge, so that echoes do not come back in on the other side.
    margin_px = 16

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
    """Turns scatterers into pictures of one transducer; holds what does not change between frames."""

    def __init__(self, transducer: Transducer) -> None:
        self.transducer = transducer
        rows, columns = transducer.grid_shape
        depth_mm = np.maximum(transducer.depth_mm, 0.0)[:, None]
        width_mm = transducer.lateral_fwhm_mm + transducer.lateral_spread * depth_mm
        middle = transducer.looks // 2
        self._lateral = [
            _gaussian_filter(
                columns,
                width_mm / transducer.mm_per_px,
                (look - middle) * transducer.look_step_per_mm * transducer.mm_per_px,
            )
            for look in range(transducer.looks)
        ]
        self._axial = _gaussian_filter(rows, np.array([[transducer.axial_fwhm_mm / transducer.mm_per_px]])).T
        self._time_gain = _from_db(transducer.time_gain_db_per_mm * depth_mm)
        self._attenuation = _from_db(-transducer.attenuation_db_per_mm * depth_mm)
        self._noise = np.float32(10.0 ** (transducer.noise_db / 20.0) / np.sqrt(2.0))

    def envelope(
        self, scatterers: Scatterers, noise: np.random.Generator, gain_db: Floats | None = None
    ) -> NDArray[np.float32]:
        """Return the echo strength of each pixel, before compression.

        Parameters
        ----------
        scatterers : Scatterers
            Where they are in this frame.
        noise : numpy.random.Generator
            Of the electronic noise of this frame.
        gain_db : array, shape of `Transducer.grid_shape` or one that broadcasts to it, optional
            What the path adds or takes: shadow behind bone, enhancement behind fluid.

        Returns
        -------
        float32 array, shape (rows, columns)
        """
        field = self._splat(scatterers)
        field *= self._attenuation if gain_db is None else self._attenuation * _from_db(gain_db)
        white = noise.standard_normal((*field.shape, 2), dtype=np.float32)
        field += white.view(np.complex64)[..., 0] * self._noise
        field = np.fft.ifft(np.fft.fft(field, axis=0) * self._axial, axis=0)
        spectrum = np.fft.fft(field, axis=1)
        looks = sum(np.abs(np.fft.ifft(spectrum * lateral, axis=1)) for lateral in self._lateral)
        m = self.transducer.margin_px
        inside = (looks * (self._time_gain / np.float32(self.transducer.looks)))[m:-m, m:-m]
        return np.asarray(inside, dtype=np.float32)

    def picture(self, envelope: Floats) -> NDArray[np.uint8]:
        """Return the log-compressed grey picture of an envelope, uint8 of its shape."""
        level_db = 20.0 * np.log10(np.maximum(envelope, np.float32(1e-9)))
        grey = (level_db - self.transducer.white_db) / self.transducer.dynamic_range_db + 1.0
        return np.rint(np.clip(grey, 0.0, 1.0) * 255.0).astype(np.uint8)

    def _splat(self, scatterers: Scatterers) -> NDArray[np.complex128]:
        """Return the complex sum of the scatterers on the grid, each shared out over its four nearest pixels."""
        t = self.transducer
        rows, columns = t.grid_shape
        column = scatterers.x_mm / np.float32(t.mm_per_px) + np.float32(t.margin_px - 0.5)
        row = scatterers.z_mm / np.float32(t.mm_per_px) + np.float32(t.margin_px - 0.5)
        keep = (column >= 0) & (column < columns - 1) & (row >= 0) & (row < rows - 1)
        column, row = column[keep], row[keep]
        wave_per_mm = np.float32(4.0 * np.pi * t.frequency_mhz / _SOUND_SPEED_MM_PER_US)
        phase = scatterers.z_mm[keep] * scatterers.coherence[keep] * wave_per_mm
        echo = scatterers.amplitude[keep] * (np.cos(phase) + 1j * np.sin(phase))
        left, top = column.astype(np.intp), row.astype(np.intp)
        right_part, bottom_part = column - left, row - top
        first = top * columns + left
        # Double precision from here: NumPy counts and transforms it faster than single.
        total = np.zeros(rows * columns, np.complex128)
        for offset, share in (
            (0, (1 - right_part) * (1 - bottom_part)),
            (1, right_part * (1 - bottom_part)),
            (columns, (1 - right_part) * bottom_part),
            (columns + 1, right_part * bottom_part),
        ):
            total.real += np.bincount(first + offset, echo.real * share, rows * columns)
            total.imag += np.bincount(first + offset, echo.imag * share, rows * columns)
        return total.reshape(rows, columns)


def tissue_amplitude(level_db: Floats, per_mm2: float, mm_per_px: float) -> Floats:
    """Return the amplitudes with which scatterers of a density have a mean echo of `level_db`.

    All of one strength where the level is: their random depths give random phases, and unequal ones would need to be
    denser for fully developed speckle.
    """
    return np.asarray(_from_db(level_db) / np.float32(np.sqrt(per_mm2) * mm_per_px))


def _gaussian_filter(size: int, fwhm_px: Floats, centre_per_px: float = 0.0) -> NDArray[np.float64]:
    """Return the transfer function of a Gaussian of unit energy, so that white noise keeps its strength."""
    sigma_px = fwhm_px / np.sqrt(8.0 * np.log(2.0))
    frequency = np.fft.fftfreq(size) - centre_per_px
    amplitude = np.exp(-2.0 * (np.pi * sigma_px * frequency) ** 2)
    return np.asarray(amplitude / np.sqrt(np.mean(amplitude**2, axis=-1, keepdims=True)))


def _from_db(level_db: Floats) -> NDArray[np.float32]:
    return np.asarray(10.0 ** (np.asarray(level_db) / 20.0), dtype=np.float32)
