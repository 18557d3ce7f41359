"""The header of an object that is made of pictures, an animation or a video.

Eight bits become an Ultrasound (Multi-frame) Image; grey values of sixteen bits, which those cannot hold, a Multi-frame
Grayscale Word Secondary Capture.

References
----------
DICOM PS3.3, A.6, A.7, A.8.4; C.7.6.3 Image Pixel, C.7.6.5 Cine, C.8.5.5 US Region Calibration, C.8.6 Secondary Capture
"""

from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import (
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from case_library.errors import RefusedInputError
from case_library.model.calibration import PhysicalUnit, Scale, SpatialFormat

# None: nobody has said that the whole frame is tissue, and to a mask such a region is no picture.
_NO_DATA_TYPE = 0
# A Decimal String with Explicit VR has a length of 16 bits (PS3.5 7.1.2).
_LONGEST_VALUE_BYTES = 65_534


def image_header(frame_count: int, rows: int, columns: int, samples: int, bits: int) -> Dataset:
    """Return the elements that say what the pixels are.

    Parameters
    ----------
    samples : int
        1 or 3.
    bits : int
        8, or 16 with one sample.
    """
    header = Dataset()
    if bits > 8:
        header.SOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
        header.ConversionType = "WSD"
        # Type 1 in this class, and nobody has looked yet.
        header.BurnedInAnnotation = "YES"
        header.PresentationLUTShape = "IDENTITY"
        header.RescaleIntercept, header.RescaleSlope, header.RescaleType = "0", "1", "US"
    else:
        header.SOPClassUID = UltrasoundMultiFrameImageStorage if frame_count > 1 else UltrasoundImageStorage
    header.Modality = "US"
    header.ImageType = ["DERIVED", "SECONDARY"]
    header.InstanceNumber = header.SeriesNumber = 1
    if frame_count > 1 or bits > 8:
        header.NumberOfFrames = frame_count
    set_pixels(header, rows, columns, samples, bits)
    return header


def set_pixels(header: Dataset, rows: int, columns: int, samples: int, bits: int) -> None:
    """Set the elements of the Image Pixel Module, for grey or RGB."""
    header.SamplesPerPixel = samples
    header.PhotometricInterpretation = "MONOCHROME2" if samples == 1 else "RGB"
    if samples == 3:
        header.PlanarConfiguration = 0
    elif "PlanarConfiguration" in header:
        del header.PlanarConfiguration
    header.Rows, header.Columns = rows, columns
    header.BitsAllocated = header.BitsStored = bits
    header.HighBit, header.PixelRepresentation = bits - 1, 0


def set_times(header: Dataset, frame_times_s: Sequence[float]) -> None:
    """Set the clock of more than one frame: a Frame Time where it is regular, else a Frame Time Vector.

    Parameters
    ----------
    frame_times_s : sequence of float
        The first 0, never decreasing, the last above 0.

    Raises
    ------
    RefusedInputError
        If an irregular clock has more frames than the element holds.
    """
    count = len(frame_times_s)
    mean_ms = 1000.0 * frame_times_s[-1] / (count - 1)
    if all(abs(1000.0 * time_s - i * mean_ms) < 1e-3 for i, time_s in enumerate(frame_times_s)):
        header.FrameTime = decimal(mean_ms)
        header.FrameIncrementPointer = Tag("FrameTime")
    else:
        header.FrameTimeVector = _steps_ms(frame_times_s)
        header.FrameIncrementPointer = Tag("FrameTimeVector")
    header.RecommendedDisplayFrameRate = min(max(1, round(1000.0 / mean_ms)), 9999)


def _steps_ms(frame_times_s: Sequence[float]) -> list[str]:
    for places in (6, 4, 3, 2):
        # Of rounded times, not rounded themselves: the errors do not add up.
        at = [round(1000.0 * time_s, places) for time_s in frame_times_s]
        steps = ["0", *(f"{b - a:.{places}f}".rstrip("0").rstrip(".") for a, b in zip(at, at[1:], strict=False))]
        if sum(map(len, steps)) + len(steps) <= _LONGEST_VALUE_BYTES:
            return steps
    raise RefusedInputError(
        f"its {len(frame_times_s)} frames have irregular times, more than one object holds; import parts of it "
        "(--trim), or state the frame rate (--fps)"
    )


def set_region(header: Dataset, scale: Scale) -> None:
    """Set one calibrated region, which is the whole frame."""
    if scale.mm_per_px is None:
        return
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = int(SpatialFormat.TWO_D), _NO_DATA_TYPE, 0
    region.RegionLocationMinX0 = region.RegionLocationMinY0 = 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = header.Columns - 1, header.Rows - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = int(PhysicalUnit.CM)
    region.PhysicalDeltaX, region.PhysicalDeltaY = (mm / 10.0 for mm in scale.mm_per_px)
    header.SequenceOfUltrasoundRegions = [region]


def set_window(header: Dataset, lowest: int, highest: int) -> None:
    """Set a window that shows the lowest grey value black and the highest white (PS3.3 C.11.2.1.2.1)."""
    header.WindowWidth = str(max(highest - lowest, 0) + 1)
    header.WindowCenter = decimal((lowest + highest + 1) / 2)


def add_lossy_step(header: Dataset, method: str, unpacked_bytes: int, packed_bytes: int) -> None:
    """Add a compression with loss to those that the object has behind it (PS3.3 C.7.6.1.1.5)."""
    had = header.get("LossyImageCompression") == "01"
    ratios = _listed(header.get("LossyImageCompressionRatio")) if had else []
    methods = _listed(header.get("LossyImageCompressionMethod")) if had else []
    header.LossyImageCompression = "01"
    header.LossyImageCompressionRatio = [*ratios, decimal(unpacked_bytes / max(packed_bytes, 1))]
    header.LossyImageCompressionMethod = [*methods, method]


def _listed(value: object) -> list[object]:
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str | float) else list(value)  # type: ignore[call-overload]


def decimal(value: float) -> str:
    """Return a Decimal String, which has at most 16 characters."""
    return f"{value:.12g}"[:16]
