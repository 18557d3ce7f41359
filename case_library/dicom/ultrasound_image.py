"""Write an Ultrasound Image or Ultrasound Multi-frame Image of our own, with grey frames as JPEG Baseline.

References
----------
DICOM PS3.3, A.6 Ultrasound Image IOD; A.7 Ultrasound Multi-frame Image IOD; C.8.5.5 US Region Calibration Module;
C.8.5.6 US Image Module; C.7.6.5 Cine Module; C.7.6.9 Frame Pointers Module. PS3.5, 8.2.1 JPEG Image Compression.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import (
    JPEGBaseline8Bit,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from case_library.dicom.write import WriteError, write_dicom
from case_library.model.calibration import PhysicalUnit, SpatialFormat

_LONGEST_SHORT_STRING = 16
_LARGEST_SIDE_PX = 65535
_TISSUE = 1


@dataclass(frozen=True, kw_only=True)
class UltrasoundImageHeader:
    """What is said about the frames; everything else follows from them.

    Attributes
    ----------
    study_instance_uid, series_instance_uid, sop_instance_uid : str
    patient_name : str
        Of nobody: the object is marked as without a patient's identity.
    deidentification_method : str
        (0012,0063): why there is no identity in it.
    manufacturer : str
    cm_per_px : (float, float)
        Along x and y, both > 0.
    region_px : (min_x, min_y, max_x, max_y) or None
        Inclusive pixels of the calibrated picture; None for the whole frame.
    frame_time_ms : float or None
        (0018,1063), for more than one frame at a regular clock.
    frame_time_vector_ms : tuple of float or None
        (0018,1065), for an irregular clock: from the frame before, the first 0.
    stage, view : str or None
        (0008,2120) *Stage Name* and (0008,2127) *View Name*, at most 16 characters.
    stage_number, stage_count, view_number, view_count : int
        From 1; written beside the names.
    representative_frame : int or None
        Frame number from 1.
    transducer_type : str or None
        A defined term of C.8.5.6.1.5, such as `LINEAR`.
    transducer_frequency_khz, depth_mm : float or None
    body_part, laterality : str or None
        (0018,0015), and (0020,0060): `R` or `L`.
    """

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    patient_name: str
    deidentification_method: str
    manufacturer: str
    cm_per_px: tuple[float, float]
    region_px: tuple[int, int, int, int] | None = None
    frame_time_ms: float | None = None
    frame_time_vector_ms: tuple[float, ...] | None = None
    stage: str | None = None
    stage_number: int = 1
    stage_count: int = 1
    view: str | None = None
    view_number: int = 1
    view_count: int = 1
    representative_frame: int | None = None
    transducer_type: str | None = None
    transducer_frequency_khz: float | None = None
    depth_mm: float | None = None
    body_part: str | None = None
    laterality: str | None = None
    series_number: int = 1
    instance_number: int = 1


def write_ultrasound_image(
    path: Path, header: UltrasoundImageHeader, frames: Iterable[NDArray[np.uint8]], *, quality: int = 90
) -> None:
    """Write grey frames as one object; its compressed frames are in memory at once, its decoded ones never.

    The same arguments give the same bytes. One frame becomes an Ultrasound Image, more an Ultrasound Multi-frame Image.

    Parameters
    ----------
    path : Path
        Must not exist; is not made where a frame or the header is refused.
    frames : iterable of uint8 arrays, shape (rows, columns)
        All of one shape; taken one at a time.
    quality : int
        Of the JPEG encoder (Pillow), 1-100.

    Raises
    ------
    WriteError
        If the object would not be valid.
    """
    codestreams: list[bytes] = []
    shape: tuple[int, ...] | None = None
    for frame in frames:
        shape = frame.shape if shape is None else shape
        if frame.dtype != np.uint8 or frame.ndim != 2 or frame.shape != shape:
            raise WriteError(
                f"Frame {len(codestreams) + 1} is {frame.dtype} {frame.shape}; every frame must be uint8 of one shape "
                f"(rows, columns), here {shape}"
            )
        codestreams.append(_jpeg(frame, quality))
    if shape is None:
        raise WriteError("no frame was given; an object has at least one")
    rows, columns = shape
    if not (0 < rows <= _LARGEST_SIDE_PX and 0 < columns <= _LARGEST_SIDE_PX):
        raise WriteError(f"A frame of {columns}x{rows} pixels does not fit an object")
    ratio = len(codestreams) * rows * columns / sum(map(len, codestreams))
    dataset = _dataset(header, rows, columns, len(codestreams))
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio = _decimal(ratio)
    dataset.LossyImageCompressionMethod = "ISO_10918_1"
    write_dicom(path, dataset, JPEGBaseline8Bit, codestreams, len(codestreams))


def _jpeg(frame: NDArray[np.uint8], quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _dataset(header: UltrasoundImageHeader, rows: int, columns: int, frame_count: int) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "MUSCULOSKELETAL", "0001"]
    dataset.SOPClassUID = UltrasoundImageStorage if frame_count == 1 else UltrasoundMultiFrameImageStorage
    dataset.SOPInstanceUID = header.sop_instance_uid
    dataset.StudyInstanceUID = header.study_instance_uid
    dataset.SeriesInstanceUID = header.series_instance_uid
    dataset.Modality = "US"
    dataset.Manufacturer = header.manufacturer
    dataset.PatientName = header.patient_name
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = header.deidentification_method
    # Type 2: there, but nothing is known.
    for keyword in (
        "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID", "AccessionNumber",
        "ReferringPhysicianName", "PatientOrientation",
    ):  # fmt: skip
        setattr(dataset, keyword, None)
    dataset.SeriesNumber = header.series_number
    dataset.InstanceNumber = header.instance_number
    dataset.BurnedInAnnotation = "NO"
    _set_given(dataset, "BodyPartExamined", header.body_part)
    _set_given(dataset, "Laterality", header.laterality)
    _set_given(dataset, "TransducerType", header.transducer_type)
    _set_given(dataset, "DepthOfScanField", None if header.depth_mm is None else round(header.depth_mm))
    _add_stage_and_view(dataset, header)
    _add_pixels(dataset, rows, columns)
    dataset.SequenceOfUltrasoundRegions = [_region(header, rows, columns)]
    if frame_count > 1:
        dataset.NumberOfFrames = frame_count
        _add_clock(dataset, header, frame_count)
        if header.representative_frame is not None:
            if not 1 <= header.representative_frame <= frame_count:
                raise WriteError(
                    f"(0028,6010) Representative Frame Number {header.representative_frame} is not within "
                    f"1-{frame_count}"
                )
            dataset.RepresentativeFrameNumber = header.representative_frame
    return dataset


def _add_stage_and_view(dataset: Dataset, header: UltrasoundImageHeader) -> None:
    for name, text in (("(0008,2120) Stage Name", header.stage), ("(0008,2127) View Name", header.view)):
        if text is not None and len(text) > _LONGEST_SHORT_STRING:
            raise WriteError(f"{name} has {len(text)} characters; at most {_LONGEST_SHORT_STRING} fit")
    if header.stage is not None:
        dataset.StageName = header.stage
        dataset.StageNumber = header.stage_number
        dataset.NumberOfStages = header.stage_count
    if header.view is not None:
        dataset.ViewName = header.view
        dataset.ViewNumber = header.view_number
        dataset.NumberOfViewsInStage = header.view_count


def _add_pixels(dataset: Dataset, rows: int, columns: int) -> None:
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows = rows
    dataset.Columns = columns
    dataset.BitsAllocated = 8
    dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelRepresentation = 0


def _add_clock(dataset: Dataset, header: UltrasoundImageHeader, frame_count: int) -> None:
    frame_time_ms, vector_ms = header.frame_time_ms, header.frame_time_vector_ms
    if (frame_time_ms is None) == (vector_ms is None):
        raise WriteError("a clip needs either (0018,1063) Frame Time or (0018,1065) Frame Time Vector, and not both")
    if frame_time_ms is not None:
        if frame_time_ms <= 0:
            raise WriteError(f"(0018,1063) Frame Time is {frame_time_ms:g} ms; it must be above 0")
        dataset.FrameTime = _decimal(frame_time_ms)
        dataset.FrameIncrementPointer = Tag("FrameTime")
        mean_ms = frame_time_ms
    elif vector_ms is not None:
        if len(vector_ms) != frame_count or vector_ms[0] != 0 or min(vector_ms[1:]) <= 0:
            raise WriteError(
                f"(0018,1065) Frame Time Vector has {len(vector_ms)} values for {frame_count} frames; it needs one for "
                "each, the first 0 and the others above 0"
            )
        dataset.FrameTimeVector = [_decimal(step_ms) for step_ms in vector_ms]
        dataset.FrameIncrementPointer = Tag("FrameTimeVector")
        mean_ms = sum(vector_ms) / (frame_count - 1)
    dataset.RecommendedDisplayFrameRate = max(1, round(1000.0 / mean_ms))


def _region(header: UltrasoundImageHeader, rows: int, columns: int) -> Dataset:
    min_x, min_y, max_x, max_y = header.region_px or (0, 0, columns - 1, rows - 1)
    if not (0 <= min_x < max_x < columns and 0 <= min_y < max_y < rows):
        raise WriteError(
            f"(0018,6011) region spans columns {min_x}-{max_x} and rows {min_y}-{max_y}, which is not within the "
            f"{columns}x{rows} frame"
        )
    if min(header.cm_per_px) <= 0:
        raise WriteError(f"a scale of {header.cm_per_px[0]:g} x {header.cm_per_px[1]:g} cm per pixel is not positive")
    region = Dataset()
    region.RegionSpatialFormat = int(SpatialFormat.TWO_D)
    region.RegionDataType = _TISSUE
    region.RegionFlags = 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = min_x, min_y
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = max_x, max_y
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = int(PhysicalUnit.CM)
    region.PhysicalDeltaX, region.PhysicalDeltaY = header.cm_per_px
    if header.transducer_frequency_khz is not None:
        region.TransducerFrequency = round(header.transducer_frequency_khz)
    return region


def _set_given(dataset: Dataset, keyword: str, value: Any) -> None:
    if value is not None:
        setattr(dataset, keyword, value)


def _decimal(value: float) -> str:
    """Return a Decimal String, which has at most 16 characters."""
    return f"{value:.9g}"
