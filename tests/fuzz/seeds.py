"""Small made files, one of each kind that is opened, for a fuzzer to begin with."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom_files import header_of, jpeg, ramp_frames, region, write
from tests.media_files import animation, picture, video

# OpenJPEG takes nothing smaller.
ROWS, COLUMNS = 32, 32


def write_seeds(folder: Path) -> list[Path]:
    """Write the files into a folder and return their paths; those whose encoder is absent are left out."""
    grey, colour = ramp_frames(2, ROWS, COLUMNS), ramp_frames(2, ROWS, COLUMNS, samples=3)
    made = [
        write(folder / f"{name}.dcm", header_of(grey, **_lean()), grey.tobytes(), syntax)
        for name, syntax in {
            "explicit": ExplicitVRLittleEndian,
            "implicit": ImplicitVRLittleEndian,
            "big": ExplicitVRBigEndian,
            "deflated": DeflatedExplicitVRLittleEndian,
        }.items()
    ]
    made.append(write(folder / "rgb.dcm", header_of(colour, **_lean()), colour.tobytes()))
    wide = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11, "WindowCenter": "50", "WindowWidth": "100"}
    made.append(write(folder / "wide.dcm", header_of(grey, **_lean(), **wide), grey.astype("<u2").tobytes()))
    made.append(write(folder / "palette.dcm", header_of(grey, **_lean(), **_palette()), grey.tobytes()))
    made.append(write(folder / "segmented.dcm", header_of(grey, **_lean(), **_segmented()), grey.tobytes()))
    streams = [jpeg(frame, comment=b"ZQMARKER") for frame in grey]
    made.append(write(folder / "jpeg.dcm", header_of(grey, **_lean()), encapsulate(streams), JPEGBaseline8Bit))
    for name, syntax, encode in _encoders():
        value = encapsulate([encode(frame) for frame in grey])
        made.append(write(folder / f"{name}.dcm", header_of(grey, **_lean()), value, syntax))
    return made


def write_media_seeds(folder: Path) -> list[Path]:
    """Write small pictures, animations, zips and, where the extra is installed, videos; return their paths."""
    grey, colour = ramp_frames(3, ROWS, COLUMNS), ramp_frames(3, ROWS, COLUMNS, samples=3)
    made = [picture(folder / f"a.{suffix}", colour[0]) for suffix in ("png", "jpg", "bmp", "tif", "gif", "webp")]
    made.append(picture(folder / "wide.png", grey[0].astype(np.uint16) * 200))
    made.append(picture(folder / "clear.png", np.dstack([colour[0], grey[0]])))
    made += [animation(folder / f"moving.{suffix}", grey, [40, 0, 200]) for suffix in ("gif", "webp")]
    pages = [Image.fromarray(frame) for frame in grey]
    pages[0].save(folder / "pages.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    made.append(folder / "pages.tif")
    native = write(folder / "inside.dcm", header_of(grey, **_lean()), grey.tobytes())
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(native, "study/a.dcm")
        archive.write(made[0], "study/a.png")
    made.append(folder / "a.zip")
    native.unlink()
    try:
        import av  # noqa: F401
    except ImportError:
        return made
    for name, codec, pixels in (
        ("a.mp4", "mpeg4", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.mkv", "ffv1", "bgr0"),
    ):
        made.append(video(folder / name, colour, codec=codec, pixel_format=pixels))
    return made


def _lean() -> dict[str, Any]:
    strip = region(RegionDataType=10, RegionSpatialFormat=4, PhysicalUnitsXDirection=4, PhysicalDeltaY=0.0)
    return {
        "PatientName": "ZQMARKER", "SequenceOfUltrasoundRegions": [region(), strip], "FrameTimeVector": [0, 40],
        "EffectiveDuration": 0.08, "CineRate": "25", "StudyDescription": None, "InstitutionName": None,
    }  # fmt: skip


def _palette() -> dict[str, Any]:
    found: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name in ("Red", "Green", "Blue"):
        found[f"{name}PaletteColorLookupTableDescriptor"] = [16, 0, 16]
        found[f"{name}PaletteColorLookupTableData"] = np.arange(0, 65536, 4096).astype("<u2").tobytes()
    return found


def _segmented() -> dict[str, Any]:
    found: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    segments = np.array([0, 2, 0, 900, 1, 6, 65535, 2, 2, 0, 0], "<u2").tobytes()
    for name in ("Red", "Green", "Blue"):
        found[f"{name}PaletteColorLookupTableDescriptor"] = [16, 0, 16]
        found[f"Segmented{name}PaletteColorLookupTableData"] = segments
    return found


def _encoders() -> list[tuple[str, str, Any]]:
    from pydicom.pixels.encoders import JPEG2000LosslessEncoder, JPEGLSLosslessEncoder, RLELosslessEncoder

    options = {
        "rows": ROWS, "columns": COLUMNS, "samples_per_pixel": 1, "bits_allocated": 8, "bits_stored": 8,
        "pixel_representation": 0, "photometric_interpretation": "MONOCHROME2", "number_of_frames": 1,
    }  # fmt: skip
    encoders = {
        "rle": (RLELossless, RLELosslessEncoder), "j2k": (JPEG2000Lossless, JPEG2000LosslessEncoder),
        "jls": (JPEGLSLossless, JPEGLSLosslessEncoder),
    }  # fmt: skip
    found: list[tuple[str, str, Any]] = [
        (name, syntax, lambda frame, encoder=encoder: bytes(encoder.encode(frame, **options)))
        for name, (syntax, encoder) in encoders.items()
        if encoder.is_available
    ]
    try:
        import imagecodecs
    except ImportError:
        return found
    return [*found, ("ljpeg", JPEGLosslessSV1, lambda frame: bytes(imagecodecs.ljpeg_encode(frame)))]
