"""Every frame is what decoders say that nobody here wrote: exactly, or within two grey levels where it is lossy."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import (
    JPEG2000,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from case_library.dicom.decode import FrameDecoder, pixel_format_of
from case_library.errors import RefusedInputError
from case_library.sources.dicom import DicomSource, open_dicom
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import header_of, jpeg, jpeg_file, native_file, ramp_frames, write
from tests.oracles import dcmtk, dcmtk_frame, dcmtk_samples, imagecodecs_samples
from tests.shared_data import FOLDER, shared_data

SECRET = b"s" * 32
HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
NOT_ULTRASOUND = "not an ultrasound image but {}; --force imports it all the same"

# What each real file is: why it does not come in, or None.
REAL_FILES: dict[str, str | None] = {
    "dicom-us/ExplVR_BigEnd.dcm": None,
    "dicom-us/GH364.dcm": None,
    "dicom-us/GREYSCALE_CINE.zip": None,
    "dicom-us/Issue16.dcm": None,
    "dicom-us/JPGLosslessP14SV1_1s_1f_8b.dcm": None,
    "dicom-us/OBXXXX1A_rle_2frame.dcm": None,
    "dicom-us/RGB_CINE.zip": None,
    "dicom-us/US-YBR_FULL_422-EVRLE.dcm": None,
    "dicom-us/US1_J2KI.dcm": None,
    "dicom-us/US1_J2KR.dcm": None,
    "dicom-us/YBR_FULL-RLE.dcm": None,
    "dicom-us/color-pl.dcm": None,
    "dicom-us/examples_ybr_color.dcm": None,
    "dicom-us/gdcm-US-ALOKA-16.dcm": None,
    "dicom-us/undefined-length-test.dcm": None,
    "dicom-other/2_ORIGINAL.dcm": NOT_ULTRASOUND.format("CT Image Storage"),
    "dicom-other/CT_1.2.840.10008.1.2.4.51.dcm": NOT_ULTRASOUND.format("CT Image Storage"),
    "dicom-other/CT_1.2.840.10008.1.2.4.57.dcm": NOT_ULTRASOUND.format("CT Image Storage"),
    # It begins with its file meta information: no preamble, so no DICOM file by PS3.10 7.1.
    "dicom-other/JLSN_RGB_ILV0.dcm": "not a DICOM file: the mark 'DICM' is missing at byte 128",
    "dicom-other/image_dfl.dcm": NOT_ULTRASOUND.format("Secondary Capture Image Storage"),
}
NOT_OPENED = {"dicom-other/JLSN_RGB_ILV0.dcm"}
NEEDS_CODECS = {"dicom-other/CT_1.2.840.10008.1.2.4.51.dcm", "dicom-other/CT_1.2.840.10008.1.2.4.57.dcm"}
OPENED = [name for name in REAL_FILES if name not in NOT_OPENED]


@pytest.fixture(scope="module")
def unzipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    folder = tmp_path_factory.mktemp("unzipped")

    def find(name: str) -> Path:
        path = shared_data(name)
        if path.suffix != ".zip":
            return path
        target = folder / f"{path.stem}.dcm"
        if not target.exists():
            with zipfile.ZipFile(path) as archive:
                archive.extract(target.name, folder)
        return target

    yield find
    for path in folder.iterdir():
        path.unlink()


def first_middle_last(source: DicomSource) -> list[int]:
    return sorted({0, source.frame_count // 2, source.frame_count - 1})


def samples_of(source: DicomSource, frame_index: int) -> NDArray[Any]:
    decoder = FrameDecoder(source.header, pixel_format_of(source.header), source.transfer_syntax_uid)
    return decoder.stored_values(source.stored_frame(frame_index))[0]


def largest_difference(ours: NDArray[Any], theirs: NDArray[Any]) -> int:
    assert ours.shape == theirs.shape
    return int(np.abs(ours.astype(int) - theirs.astype(int)).max())


# --- real files ---


def test_every_real_file_is_in_the_table() -> None:
    shared_data("dicom-us")
    found = {f"{folder}/{path.name}" for folder in ("dicom-us", "dicom-other") for path in (FOLDER / folder).iterdir()}
    assert found == set(REAL_FILES)


@pytest.mark.parametrize(("name", "reason"), REAL_FILES.items())
def test_a_real_file_comes_in_or_is_refused_for_the_right_reason(
    name: str, reason: str | None, unzipped: Callable[[str], Path], tmp_path: Path
) -> None:
    if name in NEEDS_CODECS:
        pytest.importorskip("imagecodecs")
    report = import_files(Library(tmp_path / "library"), [unzipped(name)], SECRET)
    assert [refusal.reason.split(";")[0] for refusal in report.refused] == ([reason.split(";")[0]] if reason else [])
    assert bool(report.imported) is (reason is None)


@pytest.mark.parametrize("name", OPENED)
def test_the_library_shows_what_the_original_shows(name: str, unzipped: Callable[[str], Path], tmp_path: Path) -> None:
    if name in NEEDS_CODECS:
        pytest.importorskip("imagecodecs")
    library = Library(tmp_path / "library")
    report = import_files(library, [unzipped(name)], SECRET, ImportOptions(force=True))
    media = library.folder(report.imported[0].slug) / "media" / "clip-1.dcm"
    with open_dicom(unzipped(name)) as before, open_dicom(media) as after:
        assert (before.frame_count, before.clock, before.scale) == (after.frame_count, after.clock, after.scale)
        for index in first_middle_last(before):
            assert np.array_equal(before.read_frame(index), after.read_frame(index))


# DCMTK keeps no sub-sampled colour: of lossy colour the shown frames are compared, below.
@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("dicom-us/ExplVR_BigEnd.dcm", 0),
        ("dicom-us/GREYSCALE_CINE.zip", 0),
        ("dicom-us/JPGLosslessP14SV1_1s_1f_8b.dcm", 0),
        ("dicom-us/OBXXXX1A_rle_2frame.dcm", 0),
        ("dicom-us/RGB_CINE.zip", 0),
        ("dicom-us/YBR_FULL-RLE.dcm", 0),
        ("dicom-us/color-pl.dcm", 0),
        ("dicom-other/2_ORIGINAL.dcm", 0),
        ("dicom-other/CT_1.2.840.10008.1.2.4.51.dcm", 2),
        ("dicom-other/CT_1.2.840.10008.1.2.4.57.dcm", 0),
        ("dicom-other/image_dfl.dcm", 0),
    ],
)
def test_stored_samples_of_real_files_are_dcmtks(
    name: str, tolerance: int, unzipped: Callable[[str], Path], tmp_path: Path
) -> None:
    if name in NEEDS_CODECS:
        pytest.importorskip("imagecodecs")
    path = unzipped(name)
    theirs = dcmtk_samples(path, tmp_path)
    with open_dicom(path) as source:
        for index in first_middle_last(source):
            ours = samples_of(source, index)
            assert largest_difference(ours.view(f"u{ours.itemsize}"), theirs[index]) <= tolerance


@pytest.mark.parametrize(
    ("name", "tolerance", "options"),
    [
        ("dicom-us/ExplVR_BigEnd.dcm", 0, ()),
        ("dicom-us/GREYSCALE_CINE.zip", 0, ()),
        ("dicom-us/Issue16.dcm", 2, ()),
        # One level: the two round a window or a colour at half a level.
        ("dicom-us/JPGLosslessP14SV1_1s_1f_8b.dcm", 1, ("+Wi", "1")),
        ("dicom-us/OBXXXX1A_rle_2frame.dcm", 0, ()),
        ("dicom-us/RGB_CINE.zip", 0, ()),
        ("dicom-us/US-YBR_FULL_422-EVRLE.dcm", 2, ()),
        ("dicom-us/YBR_FULL-RLE.dcm", 2, ()),
        ("dicom-us/color-pl.dcm", 0, ()),
        ("dicom-us/examples_ybr_color.dcm", 2, ()),
        ("dicom-us/undefined-length-test.dcm", 2, ()),
        ("dicom-other/2_ORIGINAL.dcm", 1, ("+Wi", "1")),
        ("dicom-other/CT_1.2.840.10008.1.2.4.51.dcm", 2, ("+Wi", "1")),
        ("dicom-other/CT_1.2.840.10008.1.2.4.57.dcm", 1, ("+Wi", "1")),
        ("dicom-other/image_dfl.dcm", 0, ()),
    ],
)
def test_shown_frames_of_real_files_are_dcmtks(
    name: str, tolerance: int, options: tuple[str, ...], unzipped: Callable[[str], Path]
) -> None:
    if name in NEEDS_CODECS:
        pytest.importorskip("imagecodecs")
    path = unzipped(name)
    with open_dicom(path) as source:
        for index in first_middle_last(source):
            theirs = dcmtk_frame(path, index + 1, *options)
            assert largest_difference(source.read_frame(index), theirs) <= tolerance


@pytest.mark.parametrize(
    ("name", "tolerance"), [("US1_J2KR.dcm", 0), ("US1_J2KI.dcm", 2), ("GH364.dcm", 0)], ids=lambda value: str(value)
)
def test_samples_that_dcmtk_does_not_open_are_those_of_imagecodecs(name: str, tolerance: int) -> None:
    with open_dicom(shared_data(f"dicom-us/{name}")) as source:
        theirs = imagecodecs_samples(source.stored_frame(0), source.transfer_syntax_uid)
        assert largest_difference(samples_of(source, 0), theirs) <= tolerance


@pytest.mark.parametrize("name", ["YBR_FULL-RLE.dcm", "US-YBR_FULL_422-EVRLE.dcm"])
def test_full_range_colour_is_within_a_level_of_the_standards_formula(name: str) -> None:
    with open_dicom(shared_data(f"dicom-us/{name}")) as source:
        y, cb, cr = np.moveaxis(samples_of(source, 0).astype(float), -1, 0) - [[[0]], [[128]], [[128]]]
        # PS3.3 C.7.6.3.1.2, solved for R, G and B.
        rgb = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=-1)
        off = np.abs(source.read_frame(0) - np.clip(rgb, 0, 255))
        assert off.max() < 1
        assert (off > 0.51).mean() < 0.005


def test_real_segmented_palettes_give_the_colours_that_gdcm_gives() -> None:
    # SHA-256 of the high bytes of GDCM 3.2.6's ImageApplyLookupTable; DCMTK does not open segmented palettes.
    with open_dicom(shared_data("dicom-us/gdcm-US-ALOKA-16.dcm")) as source:
        assert hashlib.sha256(source.read_frame(0).tobytes()).hexdigest() == ALOKA_BY_GDCM


ALOKA_BY_GDCM = "97697b719ccd7c15c9cfbee12cb1285b2423b8bc3adf6bf45cb3858e4f0f3db4"


# --- made files, each encoded by somebody else ---


@dataclass(frozen=True)
class Made:
    """A made file: what goes in, and by which encoder it is written."""

    samples: int = 1
    bits: int = 8
    tool: str = ""
    options: tuple[str, ...] = ()
    tolerance: int = 0
    extra: str = ""


def source_frames(made: Made, rows: int, columns: int) -> NDArray[Any]:
    frames = ramp_frames(3, rows, columns, made.samples)
    if made.bits > 8:
        return (frames.astype(np.uint16) * ((1 << made.bits) - 1) // 255).astype(np.uint16)
    return frames


def made_native(path: Path, made: Made, frames: NDArray[Any]) -> Path:
    wide = {"BitsAllocated": 16, "BitsStored": made.bits, "HighBit": made.bits - 1} if made.bits > 8 else {}
    return native_file(path, frames, **wide)


MADE = {
    "implicit": Made(tool="dcmconv", options=("+ti",)),
    "implicit-rgb": Made(3, tool="dcmconv", options=("+ti",)),
    "big-endian": Made(tool="dcmconv", options=("+tb",)),
    "big-endian-rgb": Made(3, tool="dcmconv", options=("+tb",)),
    "big-endian-16": Made(bits=12, tool="dcmconv", options=("+tb",)),
    "deflated": Made(3, tool="dcmconv", options=("+td",)),
    "deflated-16": Made(bits=16, tool="dcmconv", options=("+td",)),
    "undefined-lengths": Made(tool="dcmconv", options=("-e",)),
    "group-lengths": Made(tool="dcmconv", options=("+g",)),
    "rle": Made(tool="dcmcrle"),
    "rle-rgb": Made(3, tool="dcmcrle"),
    "rle-16": Made(bits=12, tool="dcmcrle"),
    "rle-empty-table": Made(3, tool="dcmcrle", options=("-ot",)),
    "jpeg-lossless-sv1": Made(tool="dcmcjpeg", options=("+e1",)),
    "jpeg-lossless-sv1-rgb": Made(3, tool="dcmcjpeg", options=("+e1",)),
    "jpeg-lossless": Made(tool="dcmcjpeg", options=("+el", "+sv", "4")),
    "jpeg-lossless-16": Made(bits=12, tool="dcmcjpeg", options=("+e1",), extra="imagecodecs"),
    "jpeg-lossless-16-full": Made(bits=16, tool="dcmcjpeg", options=("+e1",), extra="imagecodecs"),
    "jpeg-baseline": Made(tool="dcmcjpeg", options=("+eb",), tolerance=2),
    "jpeg-baseline-422": Made(3, tool="dcmcjpeg", options=("+eb",), tolerance=2),
    "jpeg-baseline-444": Made(3, tool="dcmcjpeg", options=("+eb", "+s4"), tolerance=2),
    "jpeg-baseline-rgb": Made(3, tool="dcmcjpeg", options=("+eb", "+cr"), tolerance=2),
    "jpeg-baseline-empty-table": Made(3, tool="dcmcjpeg", options=("+eb", "-ot"), tolerance=2),
    "jpeg-extended-12": Made(bits=12, tool="dcmcjpeg", options=("+ee",), tolerance=2, extra="imagecodecs"),
    "jpeg-ls": Made(tool="dcmcjpls"),
    "jpeg-ls-rgb-line": Made(3, tool="dcmcjpls", options=("+il",)),
    "jpeg-ls-rgb-sample": Made(3, tool="dcmcjpls", options=("+is",)),
    "jpeg-ls-rgb-planes": Made(3, tool="dcmcjpls", options=("+in",)),
    "jpeg-ls-12": Made(bits=12, tool="dcmcjpls"),
    "jpeg-ls-near": Made(tool="dcmcjpls", options=("+en",), tolerance=0),
    "jpeg-ls-empty-table": Made(tool="dcmcjpls", options=("-ot", "+pz")),
}


@pytest.mark.parametrize(("rows", "columns"), [(24, 32), (23, 31)], ids=["even", "odd"])
@pytest.mark.parametrize("made", MADE.values(), ids=MADE.keys())
def test_what_dcmtk_encodes_is_read_as_dcmtk_reads_it(made: Made, rows: int, columns: int, tmp_path: Path) -> None:
    if made.extra:
        pytest.importorskip(made.extra)
    frames = source_frames(made, rows, columns)
    native, encoded = made_native(tmp_path / "native.dcm", made, frames), tmp_path / "encoded.dcm"
    if columns % 2 and made.options == ("+eb",) and made.samples == 3:
        made = Made(3, tool="dcmcjpeg", options=("+eb", "+s4"), tolerance=2)
    dcmtk(made.tool, *made.options, native, encoded)
    library = Library(tmp_path / "library")
    report = import_files(library, [encoded], SECRET)
    media = library.folder(report.imported[0].slug) / "media" / "clip-1.dcm"
    for path in (encoded, media):
        with open_dicom(path) as source:
            assert source.frame_count == 3
            for index in range(3):
                theirs = dcmtk_frame(encoded, index + 1)
                # More than 8 bits are rounded to 8 at half a level by one and the other.
                assert largest_difference(source.read_frame(index), theirs) <= max(made.tolerance, made.bits > 8)
                if made.tolerance == 0 and "+en" not in made.options:
                    ours = samples_of(source, index)
                    assert np.array_equal(ours.view(f"u{ours.itemsize}"), frames[index])


@pytest.mark.parametrize("options", [("+es",), ("+ep",)], ids=["spectral-selection", "progressive"])
def test_retired_jpeg_is_refused_by_its_name(options: tuple[str, ...], tmp_path: Path) -> None:
    native = native_file(tmp_path / "native.dcm", ramp_frames(1))
    dcmtk("dcmcjpeg", *options, native, tmp_path / "encoded.dcm")
    with pytest.raises(RefusedInputError, match="the transfer syntax 'JPEG .*' is not opened here"):
        open_dicom(tmp_path / "encoded.dcm")


@pytest.mark.parametrize(
    ("tool", "options"),
    [("dcmcjpeg", ("+eb",)), ("dcmcjpeg", ("+eb", "-ot")), ("dcmcjpls", ()), ("dcmcrle", ()), ("dcmcrle", ("-ot",))],
    ids=["jpeg", "jpeg-empty-table", "jpeg-ls", "rle", "rle-empty-table"],
)
def test_frames_in_several_fragments_are_put_together(tool: str, options: tuple[str, ...], tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frames = rng.integers(0, 256, (3, 64, 96), dtype=np.uint8)
    native, encoded = native_file(tmp_path / "native.dcm", frames), tmp_path / "encoded.dcm"
    dcmtk(tool, *options, "+fs", "1", native, encoded)
    # DCMTK itself does not put every kind together: the truth is the same encoding in one fragment a frame.
    dcmtk(tool, *options, native, tmp_path / "whole.dcm")
    if tool == "dcmcrle" and "-ot" in options:
        # RLE has no mark at the start of a frame: without a table nobody can tell where one begins.
        with pytest.raises(RefusedInputError, match="recognisable frame"):
            open_dicom(encoded)
        return
    with open_dicom(encoded) as source:
        for index in range(3):
            theirs = dcmtk_frame(tmp_path / "whole.dcm", index + 1)
            assert largest_difference(source.read_frame(index), theirs) <= (2 if tool == "dcmcjpeg" else 0)


@pytest.mark.parametrize(
    ("syntax", "samples", "bits", "interpretation"),
    [
        (JPEG2000Lossless, 1, 8, "MONOCHROME2"),
        (JPEG2000Lossless, 3, 8, "YBR_RCT"),
        (JPEG2000Lossless, 3, 8, "RGB"),
        (JPEG2000Lossless, 1, 12, "MONOCHROME2"),
        (JPEG2000, 3, 8, "YBR_ICT"),
        (HTJ2K_LOSSLESS, 1, 8, "MONOCHROME2"),
        (HTJ2K_LOSSLESS, 3, 8, "YBR_RCT"),
        (JPEGLSLossless, 1, 8, "MONOCHROME2"),
        (JPEGLSLossless, 3, 8, "RGB"),
    ],
)
@pytest.mark.parametrize(("rows", "columns"), [(64, 96), (33, 47)], ids=["even", "odd"])
def test_what_imagecodecs_encodes_is_read_as_it_reads_it(
    syntax: str, samples: int, bits: int, interpretation: str, rows: int, columns: int, tmp_path: Path
) -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    made = Made(samples, bits)
    frames = source_frames(made, rows, columns)
    lossy = syntax == JPEG2000
    if syntax == JPEGLSLossless:
        streams = [imagecodecs.jpegls_encode(frame) for frame in frames]
    elif syntax == HTJ2K_LOSSLESS:
        streams = [imagecodecs.htj2k_encode(frame, reversible=True) for frame in frames]
    else:
        mct = interpretation.startswith("YBR")
        options = {"reversible": not lossy, "mct": mct, "codecformat": "J2K", "bitspersample": bits}
        streams = [imagecodecs.jpeg2k_encode(frame, level=80 if lossy else 0, **options) for frame in frames]
    wide = {"BitsAllocated": 16, "BitsStored": bits, "HighBit": bits - 1} if bits > 8 else {}
    header = header_of(frames, PhotometricInterpretation=interpretation, **wide)
    path = write(tmp_path / "a.dcm", header, encapsulate(streams), syntax)
    library = Library(tmp_path / "library")
    report = import_files(library, [path], SECRET)
    media = library.folder(report.imported[0].slug) / "media" / "clip-1.dcm"
    for file in (path, media):
        with open_dicom(file) as source:
            for index in range(3):
                theirs = imagecodecs_samples(streams[index], syntax)
                assert largest_difference(samples_of(source, index), theirs) <= (2 if lossy else 0)
                if not lossy:
                    assert np.array_equal(theirs, frames[index])


# --- forms of the container ---


def streams_of(frames: NDArray[np.uint8]) -> list[bytes]:
    return [jpeg(frame) for frame in frames]


def test_an_extended_offset_table_does_no_harm(tmp_path: Path) -> None:
    frames = ramp_frames(3)
    value, table, lengths = encapsulate_extended(streams_of(frames))
    header = header_of(frames, ExtendedOffsetTable=table, ExtendedOffsetTableLengths=lengths)
    path = write(tmp_path / "a.dcm", header, value, "1.2.840.10008.1.2.4.50")
    with open_dicom(path) as source:
        for index in range(3):
            assert largest_difference(source.read_frame(index), dcmtk_frame(path, index + 1)) <= 2


STRAY = struct.pack("<HHI", 0xFFFE, 0xE000, 0)


def test_a_stray_item_tag_after_the_pixels_does_no_harm(tmp_path: Path) -> None:
    frames = ramp_frames(3)
    for path in (
        jpeg_file(tmp_path / "jpeg.dcm", streams_of(frames), frames),
        native_file(tmp_path / "native.dcm", frames),
    ):
        with open_dicom(path) as source:
            expected = [source.read_frame(index) for index in range(3)]
        path.write_bytes(path.read_bytes() + STRAY)
        with open_dicom(path) as source:
            assert all(np.array_equal(source.read_frame(index), expected[index]) for index in range(3))


def test_a_stray_item_tag_before_the_pixels_does_no_harm(tmp_path: Path) -> None:
    frames = ramp_frames(3)
    path = jpeg_file(tmp_path / "a.dcm", streams_of(frames), frames)
    with open_dicom(path) as source:
        expected = source.read_frame(2)
    data = path.read_bytes()
    at = data.index(struct.pack("<HH2s", 0x7FE0, 0x0010, b"OB"))
    path.write_bytes(data[:at] + STRAY + data[at:])
    with open_dicom(path) as source:
        assert np.array_equal(source.read_frame(2), expected)
    report = import_files(Library(tmp_path / "library"), [path], SECRET)
    assert report.refused == []


@pytest.mark.parametrize("vr", ["OB", "OW"])
@pytest.mark.parametrize(("rows", "columns"), [(24, 32), (5, 7)], ids=["even", "odd"])
def test_eight_bit_pixels_of_both_kinds_in_big_endian(vr: str, rows: int, columns: int, tmp_path: Path) -> None:
    frames = ramp_frames(3, rows, columns)
    data = frames.tobytes() + b"\0" * (frames.size % 2)
    header = header_of(frames)
    header.PixelData = np.frombuffer(data, "<u2").astype(">u2").tobytes() if vr == "OW" else data
    header["PixelData"].VR = vr
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    path = tmp_path / "a.dcm"
    pydicom.dcmwrite(path, header, enforce_file_format=True)
    with open_dicom(path) as source:
        for index in range(3):
            assert np.array_equal(source.read_frame(index), dcmtk_frame(path, index + 1))


@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("interpretation", ["RGB", "YBR_FULL"])
def test_colours_by_pixel_and_by_plane(planar: int, interpretation: str, tmp_path: Path) -> None:
    frames = ramp_frames(3, 23, 32, samples=3)
    data = np.moveaxis(frames, -1, 1).tobytes() if planar else frames.tobytes()
    header = header_of(frames, PlanarConfiguration=planar, PhotometricInterpretation=interpretation)
    path = write(tmp_path / "a.dcm", header, data)
    with open_dicom(path) as source:
        for index in range(3):
            assert np.array_equal(samples_of(source, index), frames[index])
            assert largest_difference(source.read_frame(index), dcmtk_frame(path, index + 1)) <= (
                0 if interpretation == "RGB" else 2
            )


def test_rle_of_colours_by_plane(tmp_path: Path) -> None:
    frames = ramp_frames(2, samples=3)
    header = header_of(frames, PlanarConfiguration=1)
    native = write(tmp_path / "a.dcm", header, np.moveaxis(frames, -1, 1).tobytes())
    dcmtk("dcmcrle", native, tmp_path / "rle.dcm")
    with open_dicom(tmp_path / "rle.dcm") as source:
        assert source.transfer_syntax_uid == RLELossless
        assert all(np.array_equal(source.read_frame(index), frames[index]) for index in range(2))


# --- palettes, windows, tables ---


def palette_header(frames: NDArray[Any], entries: int, first: int, bits: int, **elements: Any) -> pydicom.Dataset:
    ramp = np.linspace(0, (1 << bits) - 1, entries).astype(np.uint16)
    tables = {"Red": ramp, "Green": ramp[::-1], "Blue": ramp // 2}
    header = header_of(frames, PhotometricInterpretation="PALETTE COLOR", **elements)
    for name, table in tables.items():
        setattr(header, f"{name}PaletteColorLookupTableDescriptor", [entries % 65536, first, bits])
        data = table.astype("<u2" if bits > 8 else np.uint8).tobytes()
        setattr(header, f"{name}PaletteColorLookupTableData", data + b"\0" * (len(data) % 2))
    return header


PALETTES = {
    "8-bit": (256, 0, 8, 8),
    "16-bit-entries": (256, 0, 16, 8),
    "16-bit-entries-few": (16, 100, 16, 8),
    "odd-8-bit": (201, 20, 8, 8),
    "16-bit-index": (4096, 0, 16, 16),
    "16-bit-index-8-bit-entries": (1000, 500, 8, 16),
    "16-bit-index-full": (65536, 0, 16, 16),
}


@pytest.mark.parametrize("syntax", ["+te", "+tb", "+ti", "+td"])
@pytest.mark.parametrize(("entries", "first", "bits", "allocated"), PALETTES.values(), ids=PALETTES.keys())
def test_palettes_give_dcmtks_colours(
    entries: int, first: int, bits: int, allocated: int, syntax: str, tmp_path: Path
) -> None:
    wide = {"BitsAllocated": 16, "BitsStored": 16, "HighBit": 15} if allocated == 16 else {}
    frames = source_frames(Made(bits=12 if allocated == 16 else 8), 24, 32)[:1]
    header = palette_header(frames, entries, first, bits, **wide)
    native, path = write(tmp_path / "native.dcm", header, frames.tobytes()), tmp_path / "a.dcm"
    dcmtk("dcmconv", syntax, native, path)
    library = Library(tmp_path / "library")
    report = import_files(library, [path], SECRET)
    media = library.folder(report.imported[0].slug) / "media" / "clip-1.dcm"
    theirs = dcmtk_frame(native, 1)
    for file in (path, media):
        with open_dicom(file) as source:
            # DCMTK scales 16-bit entries where we take their high byte, as GDCM does.
            assert largest_difference(source.read_frame(0), theirs) <= (0 if bits == 8 else 1)


@pytest.mark.parametrize(
    ("elements", "options"),
    [
        pytest.param({"WindowCenter": "100", "WindowWidth": "80"}, ("+Wi", "1"), id="window"),
        pytest.param({"WindowCenter": "100.5", "WindowWidth": "1"}, ("+Wi", "1"), id="threshold"),
        pytest.param({"WindowCenter": ["60", "128"], "WindowWidth": ["90", "256"]}, ("+Wi", "1"), id="first-of-two"),
        pytest.param(
            {"WindowCenter": "100", "WindowWidth": "80", "PhotometricInterpretation": "MONOCHROME1"},
            ("+Wi", "1"),
            id="monochrome-1",
        ),
        pytest.param(
            {"WindowCenter": "100", "WindowWidth": "80", "VOILUTFunction": "SIGMOID"}, ("+Wi", "1", "+Wfs"),
            id="sigmoid",
        ),
        pytest.param(
            {
                "WindowCenter": "0", "WindowWidth": "200", "RescaleSlope": "2", "RescaleIntercept": "-200",
                "RescaleType": "US", "Modality": "OT", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7",
            },
            ("+Wi", "1"),
            id="rescaled",
        ),
    ],
)  # fmt: skip
def test_windows_give_dcmtks_grey(elements: dict[str, Any], options: tuple[str, ...], tmp_path: Path) -> None:
    frames = ramp_frames(1, 60, 90)
    path = native_file(tmp_path / "a.dcm", frames, **elements)
    with open_dicom(path) as source:
        assert largest_difference(source.read_frame(0), dcmtk_frame(path, 1, *options)) <= 1


@pytest.mark.parametrize(("count", "first", "bits"), [(256, 0, 8), (100, 50, 8), (256, 0, 16)])
def test_a_voi_table_gives_dcmtks_grey(count: int, first: int, bits: int, tmp_path: Path) -> None:
    table = pydicom.Dataset()
    table.add_new("LUTDescriptor", "US", [count, first, bits])
    entries = (np.linspace(0, 1, count) ** 2 * ((1 << bits) - 1) * 0.8).astype("<u2")
    table.add_new("LUTData", "OW", entries.tobytes())
    path = native_file(tmp_path / "a.dcm", ramp_frames(1, 60, 90), VOILUTSequence=[table])
    with open_dicom(path) as source:
        assert source.has_voi
        assert largest_difference(source.read_frame(0), dcmtk_frame(path, 1, "+Wl", "1")) <= 1


@pytest.mark.parametrize("signed", [0, 1])
@pytest.mark.parametrize("stored", [10, 12, 16])
def test_more_than_eight_bits_of_grey_are_spread_as_dcmtk_spreads_them(
    signed: int, stored: int, tmp_path: Path
) -> None:
    low = -(1 << (stored - 1)) if signed else 0
    frames = np.linspace(low, low + (1 << stored) - 1, 24 * 32).reshape(1, 24, 32).astype(np.int32)
    wide = {"BitsAllocated": 16, "BitsStored": stored, "HighBit": stored - 1, "PixelRepresentation": signed}
    path = native_file(tmp_path / "a.dcm", frames.astype(np.int16 if signed else np.uint16), **wide)
    with open_dicom(path) as source:
        assert largest_difference(source.read_frame(0), dcmtk_frame(path, 1)) <= 1


def test_explicit_little_endian_is_the_one_native_form_in_the_library(tmp_path: Path) -> None:
    native = native_file(tmp_path / "native.dcm", ramp_frames(2))
    dcmtk("dcmconv", "+tb", native, tmp_path / "big.dcm")
    library = Library(tmp_path / "library")
    report = import_files(library, [tmp_path / "big.dcm"], SECRET)
    media = library.folder(report.imported[0].slug) / "media" / "clip-1.dcm"
    assert pydicom.dcmread(media).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
