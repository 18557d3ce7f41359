"""From the stored bytes of one frame to what is shown: 8-bit grey or RGB.

References
----------
DICOM PS3.3, C.7.6.3 Image Pixel Module; C.11.2 VOI LUT Module; C.8.5.6 US Image Module
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
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.uid import UID, ExplicitVRLittleEndian

from case_library.dicom import jpeg_plugins
from case_library.dicom.elements import integer, text
from case_library.dicom.jpeg_plugins import CODECS_COMMAND, has_codecs, needs_codecs
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
        If no installed decoder knows the transfer syntax.
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
        self._palette = _palette(header, pixel_format)
        self._grey_levels = _grey_levels(header, pixel_format)

    @property
    def has_voi(self) -> bool:
        """Whether grey values are changed for display (VOI, inversion, more than 8 bits)."""
        return self._grey_levels is not None

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
            return np.take(self._palette, samples, axis=0)
        if self._grey_levels is not None:
            f = self.format
            # A signed value indexes the table from the lowest one.
            shifted = samples.astype(np.int32) + (1 << (f.bits_stored - 1)) if f.signed else samples
            return np.take(self._grey_levels, shifted, mode="clip")
        if photometric in ("YBR_FULL", "YBR_FULL_422"):
            # Pillow's full-range conversion is the JFIF one that PS3.3 C.7.6.3.1.2 defines, in C.
            return np.asarray(Image.fromarray(samples, "YCbCr").convert("RGB"))
        return np.asarray(samples, dtype=np.uint8)


def _palette(header: Dataset, f: PixelFormat) -> NDArray[np.uint8] | None:
    if f.photometric_interpretation != "PALETTE COLOR":
        return None
    indices = np.arange(1 << f.bits_allocated, dtype=np.uint8 if f.bits_allocated == 8 else np.uint16)
    try:
        colours = np.asarray(apply_color_lut(indices.reshape(1, -1), header))[0]
        entry_bits = int(header.RedPaletteColorLookupTableDescriptor[2])
    except Exception as error:  # any damage to the tables surfaces as any exception of pydicom's
        raise RefusedInputError(f"the Palette Color Lookup Tables cannot be used ({type(error).__name__})") from None
    if colours.dtype != np.uint8:
        # 16-bit entries; some writers put 8-bit values into them.
        colours = colours >> 8 if entry_bits > 8 and int(colours.max()) > 255 else colours
    return np.ascontiguousarray(colours[:, :3].astype(np.uint8))


def _grey_levels(header: Dataset, f: PixelFormat) -> NDArray[np.uint8] | None:
    """Return the table stored value -> shown grey, or None where 8-bit values are shown as they are."""
    if f.samples != 1 or f.photometric_interpretation == "PALETTE COLOR":
        return None
    low = -(1 << (f.bits_stored - 1)) if f.signed else 0
    stored = np.arange(low, low + (1 << f.bits_stored), dtype=np.int32)
    values: NDArray[Any] = stored.astype(np.int16 if f.signed else np.uint16 if f.bits_stored > 8 else np.uint8)
    windowed = "WindowCenter" in header or "VOILUTSequence" in header
    try:
        # The US objects have no Modality LUT (PS3.3 A.6.3): grey level there is the stored value.
        if text(header, "Modality") != "US" and ("RescaleSlope" in header or "ModalityLUTSequence" in header):
            values = apply_modality_lut(values, header)
        shown = apply_voi_lut(values, header).astype(np.float64) if windowed else values.astype(np.float64)
    except Exception:  # a damaged VOI shall not hide the picture
        windowed, shown = False, stored.astype(np.float64)
    # A window maps onto the range of the stored bits; other values onto their own range.
    bottom, top = (float(low), float(low + (1 << f.bits_stored) - 1)) if windowed else (shown.min(), shown.max())
    if "VOILUTSequence" in header and windowed:
        bottom, top = 0.0, float(shown.max())
    scaled = np.round((shown - bottom) / max(top - bottom, 1.0) * 255.0)
    levels: NDArray[np.uint8] = np.clip(scaled, 0, 255).astype(np.uint8)
    if f.photometric_interpretation == "MONOCHROME1":
        levels = np.subtract(255, levels, dtype=np.uint8)
    if f.bits_allocated == 8 and not f.signed and len(levels) == 256 and bool(np.all(levels == np.arange(256))):
        return None
    return levels
