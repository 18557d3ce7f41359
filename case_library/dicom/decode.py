"""From the stored bytes of one frame to what is shown: 8-bit grey or RGB.

References
----------
DICOM PS3.3, C.7.6.3 Image Pixel Module; C.8.5.6 US Image Module
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, ExplicitVRLittleEndian

from case_library.dicom import jpeg_plugins
from case_library.dicom.elements import integer, text
from case_library.dicom.grey_levels import grey_levels_of
from case_library.dicom.jpeg_plugins import CODECS_COMMAND, has_codecs, needs_codecs
from case_library.dicom.palette import palette_of
from case_library.errors import RefusedInputError

jpeg_plugins.register()

PHOTOMETRIC_SAMPLES = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
}
# Beyond this a header is a mistake or an attack, not a scanner's picture (the largest known are about 2 megapixels).
MAX_PIXELS = 64_000_000
MAX_FRAMES = 100_000


@dataclass(frozen=True)
class PixelFormat:
    """What the Image Pixel Module says, checked before anything is allocated."""

    rows: int
    columns: int
    samples: int
    photometric_interpretation: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    planar_configuration: int
    frame_count: int

    @property
    def native_frame_bytes(self) -> int:
        """Size of one uncompressed frame."""
        if self.photometric_interpretation == "YBR_FULL_422":
            return self.rows * self.columns * 2
        return self.rows * self.columns * self.samples * self.bits_allocated // 8


def pixel_format_of(header: Dataset) -> PixelFormat:
    """Return the pixel format of an object.

    Raises
    ------
    RefusedInputError
        If an element is missing, impossible, or beyond what is opened here; the message names it.
    """
    rows, columns = _required(header, "Rows"), _required(header, "Columns")
    samples = _required(header, "SamplesPerPixel")
    allocated = _required(header, "BitsAllocated")
    stored = integer(header, "BitsStored") or allocated
    photometric = text(header, "PhotometricInterpretation").upper()
    frame_count = integer(header, "NumberOfFrames")
    if header.get("NumberOfFrames") is None:
        frame_count = 1
    if frame_count is None or not 1 <= frame_count <= MAX_FRAMES:
        raise RefusedInputError(f"Number of Frames is not a whole number from 1 to {MAX_FRAMES}")
    if not (rows > 0 and columns > 0 and rows * columns <= MAX_PIXELS):
        raise RefusedInputError(f"the frame is {columns} x {rows} pixels; from 1 to {MAX_PIXELS} in all are opened")
    if photometric not in PHOTOMETRIC_SAMPLES:
        raise RefusedInputError(
            "Photometric Interpretation is none of " + ", ".join(PHOTOMETRIC_SAMPLES) + "; its colours would be wrong"
        )
    if samples != PHOTOMETRIC_SAMPLES[photometric]:
        raise RefusedInputError(
            f"Samples per Pixel is {samples}, but {photometric} has {PHOTOMETRIC_SAMPLES[photometric]}"
        )
    if allocated not in ((8, 16) if samples == 1 else (8,)) or not 1 <= stored <= allocated:
        raise RefusedInputError(
            f"Bits Allocated {allocated} and Bits Stored {stored} do not fit; {photometric} is opened with 8"
            + (" or 16 bits" if samples == 1 else " bits")
        )
    return PixelFormat(
        rows=rows,
        columns=columns,
        samples=samples,
        photometric_interpretation=photometric,
        bits_allocated=allocated,
        bits_stored=stored,
        signed=integer(header, "PixelRepresentation") == 1,
        planar_configuration=integer(header, "PlanarConfiguration") or 0,
        frame_count=frame_count,
    )


def _required(header: Dataset, keyword: str) -> int:
    value = integer(header, keyword)
    if value is None:
        raise RefusedInputError(f"the file has no usable {keyword}; it holds no picture that can be shown")
    return value


class FrameDecoder:
    """Decodes single frames of one object, stored bytes in, picture out.

    Parameters
    ----------
    header : Dataset
    pixel_format : PixelFormat
    transfer_syntax_uid : str
        Native frames come as Little Endian bytes whatever the file has.

    Raises
    ------
    RefusedInputError
        If no installed decoder knows the transfer syntax, or the samples do not begin at the lowest bit.
    """

    def __init__(self, header: Dataset, pixel_format: PixelFormat, transfer_syntax_uid: str) -> None:
        self.format = pixel_format
        uid = UID(transfer_syntax_uid)
        self._encapsulated = uid.is_encapsulated
        try:
            self._decoder = get_decoder(uid if self._encapsulated else ExplicitVRLittleEndian)
        except NotImplementedError:
            raise RefusedInputError(f"the transfer syntax '{uid.name}' is not opened here") from None
        if needs_codecs(uid, pixel_format.bits_stored) and not has_codecs():
            raise RefusedInputError(
                f"JPEG of {pixel_format.bits_stored} bits needs the extra 'codecs'; install it with: {CODECS_COMMAND}"
            )
        if self._encapsulated and not self._decoder.is_available:
            raise RefusedInputError(f"no installed decoder opens the transfer syntax '{uid.name}'")
        f = pixel_format
        high_bit = integer(header, "HighBit")
        if not self._encapsulated and high_bit is not None and f.bits_stored <= high_bit < f.bits_allocated:
            raise RefusedInputError(
                f"High Bit is {high_bit} for {f.bits_stored} Bits Stored: the samples do not begin at the lowest bit, "
                "and their grey would be wrong"
            )
        is_palette = f.photometric_interpretation == "PALETTE COLOR"
        self._palette = palette_of(header, f.bits_allocated, f.signed) if is_palette else None
        self._grey_levels: NDArray[np.uint8] | None = None
        if f.samples == 1 and not is_palette:
            inverted = f.photometric_interpretation == "MONOCHROME1"
            self._grey_levels = grey_levels_of(header, f.bits_stored, f.signed, inverted)

    @property
    def has_voi(self) -> bool:
        """Whether grey values are changed for display (VOI, inversion, more than 8 bits)."""
        return self._grey_levels is not None

    @property
    def black(self) -> int:
        """The stored value of a one-sample picture that is shown darkest: by its palette, its inversion, its VOI.

        Returns
        -------
        int
            Of a signed picture, the value with its sign; of several, the outermost.
        """
        f = self.format
        lowest = -(1 << (f.bits_stored - 1)) if f.signed else 0
        if self._palette is not None:
            usable = self._palette[: 1 << f.bits_stored].astype(np.int32)
            index = int(np.argmin(np.sum(usable * usable, axis=1)))
            return index - (1 << f.bits_stored) if f.signed and index >= 1 << (f.bits_stored - 1) else index
        if self._grey_levels is None:
            return lowest
        # The standard's black is the lowest value, or the highest in MONOCHROME1; a VOI may say otherwise.
        outermost = (1 << f.bits_stored) - 1 if f.photometric_interpretation == "MONOCHROME1" else 0
        darkest = int(np.min(self._grey_levels))
        if self._grey_levels[outermost] != darkest:
            outermost = int(np.argmin(self._grey_levels))
        return outermost + lowest

    def stored_values(self, data: bytes) -> tuple[NDArray[Any], str]:
        """Return the decoded samples as they are stored, and the photometric interpretation they are in.

        Parameters
        ----------
        data : bytes
            One frame.

        Returns
        -------
        samples : (rows, columns) or (rows, columns, 3) array, uint8 or 16-bit
        photometric_interpretation : str
        """
        f = self.format
        options: dict[str, Any] = {
            "rows": f.rows,
            "columns": f.columns,
            "samples_per_pixel": f.samples,
            "photometric_interpretation": f.photometric_interpretation,
            "bits_allocated": f.bits_allocated,
            "bits_stored": f.bits_stored,
            "pixel_representation": int(f.signed),
            "planar_configuration": f.planar_configuration,
            "number_of_frames": 1,
            "pixel_keyword": "PixelData",
        }
        source = encapsulate([data], has_bot=False) if self._encapsulated else data
        array, meta = self._decoder.as_array(source, index=0, raw=True, **options)
        return array, str(meta["photometric_interpretation"])

    def display(self, data: bytes) -> NDArray[np.uint8]:
        """Return the frame as it is shown: uint8, (rows, columns) grey or (rows, columns, 3) RGB."""
        samples, photometric = self.stored_values(data)
        if self._palette is not None:
            return np.take(self._palette, samples.astype(f"u{samples.itemsize}"), axis=0, mode="clip")
        if self._grey_levels is not None:
            f = self.format
            # A signed value indexes the table from the lowest one.
            shifted = samples.astype(np.int32) + (1 << (f.bits_stored - 1)) if f.signed else samples
            return np.take(self._grey_levels, shifted, mode="clip")
        if photometric in ("YBR_FULL", "YBR_FULL_422"):
            # Pillow's full-range conversion is the JFIF one that PS3.3 C.7.6.3.1.2 defines, in C.
            return np.asarray(Image.fromarray(samples, "YCbCr").convert("RGB"))
        return np.asarray(samples, dtype=np.uint8)
