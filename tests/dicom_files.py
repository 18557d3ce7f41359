"""Small DICOM files made for tests, with a patient in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid

US_MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.3.1"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
PATIENT = "MARKER^PATIENT"


def ramp_frames(count: int, rows: int = 24, columns: int = 32, samples: int = 1) -> NDArray[np.uint8]:
    """Return frames that all differ: a moving ramp, uint8 (count, rows, columns[, 3])."""
    y, x = np.mgrid[0:rows, 0:columns]
    frames = np.stack([(x * 5 + y * 3 + 11 * i) % 256 for i in range(count)]).astype(np.uint8)
    if samples == 1:
        return frames
    return np.stack([frames, frames[:, ::-1], 255 - frames], axis=-1)


def region(**changes: Any) -> Dataset:
    """Return a two-dimensional region of 0.01 cm per pixel, columns 2-29, rows 2-21."""
    item = Dataset()
    item.RegionSpatialFormat = 1
    item.RegionDataType = 1
    item.RegionFlags = 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 2, 2
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 29, 21
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX = item.PhysicalDeltaY = 0.01
    for name, value in changes.items():
        setattr(item, name, value)
    return item


def header_of(frames: NDArray[np.uint8], **elements: Any) -> Dataset:
    """Return the header of an ultrasound object; an element given as None is left out."""
    ds = Dataset()
    ds.SOPClassUID = US_MULTI_FRAME if len(frames) > 1 else US_IMAGE
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid(), generate_uid()
    ds.Modality = "US"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = PATIENT, "MARKER-ID", "19700102"
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber, ds.ReferringPhysicianName = "20240301", "101500", "MARKER", "MARKER"
    ds.StudyDescription, ds.InstitutionName = "MARKER knee", "MARKER clinic"
    ds.InstanceNumber, ds.SeriesNumber = 1, 1
    colour = frames.ndim == 4
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        ds.PlanarConfiguration = 0
    ds.Rows, ds.Columns = frames.shape[1:3]
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    if len(frames) > 1:
        ds.NumberOfFrames = len(frames)
        ds.FrameTime = "40"
        ds.FrameIncrementPointer = pydicom.tag.Tag("FrameTime")
    ds.SequenceOfUltrasoundRegions = [region()]
    for name, value in elements.items():
        if value is None:
            if name in ds:
                delattr(ds, name)
        else:
            setattr(ds, name, value)
    return ds


def write(path: Path, header: Dataset, pixel_data: bytes, syntax: str = ExplicitVRLittleEndian) -> Path:
    """Write a file with the given Pixel Data value."""
    ds = Dataset()
    ds.update(header)
    ds.PixelData = pixel_data + b"\0" * (len(pixel_data) % 2)
    ds["PixelData"].VR = "OW" if ds.BitsAllocated > 8 else "OB"
    ds["PixelData"].is_undefined_length = UID(syntax).is_encapsulated
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    pydicom.dcmwrite(path, ds, enforce_file_format=True)
    return path


def native_file(path: Path, frames: NDArray[np.uint8], **elements: Any) -> Path:
    """Write frames uncompressed, Explicit VR Little Endian."""
    return write(path, header_of(frames, **elements), frames.tobytes())


def jpeg(frame: NDArray[np.uint8], quality: int = 90, comment: bytes = b"") -> bytes:
    """Return one frame as baseline JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=quality, comment=comment)
    return buffer.getvalue()


def jpeg_file(path: Path, streams: Sequence[bytes], frames: NDArray[np.uint8], **elements: Any) -> Path:
    """Write frames as JPEG Baseline from their streams."""
    colour = {"PhotometricInterpretation": "YBR_FULL_422"} if frames.ndim == 4 else {}
    header = header_of(frames, **{**colour, **elements})
    return write(path, header, encapsulate(list(streams)), JPEGBaseline8Bit)
