"""Decoders and encoders that nobody here wrote."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.uid import UID, JPEG2000TransferSyntaxes, JPEGLSTransferSyntaxes, JPEGTransferSyntaxes, RLELossless


def dcmtk(tool: str, *arguments: str | Path) -> bytes:
    """Run one of DCMTK's tools and return what it writes to stdout.

    Skips where DCMTK is not installed; on the build server that is a failure.
    """
    found = shutil.which(tool)
    if found is None:
        reason = f"DCMTK's {tool} is not installed"
        if os.environ.get("CASE_LIBRARY_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return subprocess.run([found, *map(str, arguments)], capture_output=True, check=True, timeout=60).stdout


def dcmtk_frame(path: Path, frame_number: int, *options: str) -> NDArray[np.uint8]:
    """Return one frame (from 1) as DCMTK shows it: (rows, columns) grey or (rows, columns, 3) RGB.

    Parameters
    ----------
    *options : str
        Of the tool: "+Wi", "1" for the first window.
    """
    syntax = pydicom.dcmread(path, stop_before_pixels=True, force=True).file_meta.TransferSyntaxUID
    tool = "dcml2pnm" if syntax in JPEGLSTransferSyntaxes else "dcmj2pnm"
    picture = dcmtk(tool, *options, "--frame", str(frame_number), "--write-raw-pnm", path)
    return np.asarray(Image.open(io.BytesIO(picture)))


def dcmtk_samples(path: Path, folder: Path) -> NDArray[Any]:
    """Return the samples of all frames as DCMTK decodes them, without a change of colour space.

    Returns
    -------
    (frames, rows, columns) or (frames, rows, columns, 3) array, uint8 or uint16
    """
    syntax = pydicom.dcmread(path, stop_before_pixels=True, force=True).file_meta.TransferSyntaxUID
    native = folder / f"{path.stem}-native.dcm"
    if syntax == RLELossless:
        dcmtk("dcmdrle", path, native)
    elif syntax in JPEGLSTransferSyntaxes:
        dcmtk("dcmdjpls", path, native)
    elif syntax in JPEGTransferSyntaxes:
        dcmtk("dcmdjpeg", "--conv-never", path, native)
    else:
        dcmtk("dcmconv", "+te", path, native)
    ds = pydicom.dcmread(native)
    dtype = np.uint8 if ds.BitsAllocated == 8 else np.dtype("<u2")
    count, rows, columns = int(ds.get("NumberOfFrames") or 1), ds.Rows, ds.Columns
    flat = np.frombuffer(ds.PixelData, dtype)
    if ds.SamplesPerPixel == 1:
        return flat[: count * rows * columns].reshape(count, rows, columns)
    assert ds.PhotometricInterpretation != "YBR_FULL_422"
    flat = flat[: count * rows * columns * 3]
    if ds.PlanarConfiguration == 1:
        return np.moveaxis(flat.reshape(count, 3, rows, columns), 1, -1)
    return flat.reshape(count, rows, columns, 3)


def imagecodecs_samples(stream: bytes, transfer_syntax_uid: str) -> NDArray[Any]:
    """Return the samples of one codestream by OpenJPEG, OpenJPH, CharLS or libjpeg-turbo, as imagecodecs has them."""
    imagecodecs = pytest.importorskip("imagecodecs", reason="imagecodecs is not installed")
    uid = UID(transfer_syntax_uid)
    if uid in JPEGLSTransferSyntaxes:
        decoded = imagecodecs.jpegls_decode(stream)
    elif uid in JPEG2000TransferSyntaxes and uid.startswith("1.2.840.10008.1.2.4.20"):
        decoded = imagecodecs.htj2k_decode(stream)
    elif uid in JPEG2000TransferSyntaxes:
        decoded = imagecodecs.jpeg2k_decode(stream)
    else:
        decoded = imagecodecs.jpeg_decode(stream)
    return np.asarray(decoded)
