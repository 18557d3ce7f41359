"""Whatever a header says: a picture or a refusal, soon and small, and nothing is left lying about."""

from __future__ import annotations

import shutil
import struct
import tracemalloc
import warnings
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit, RLELossless

from case_library.deidentify.header import clean_header
from case_library.errors import CaseLibraryError
from case_library.sources.dicom import open_dicom
from case_library.store.check import check_library
from case_library.store.import_report import ImportOptions
from case_library.store.importing import import_files
from case_library.store.library import Library
from tests.dicom_files import header_of, jpeg, ramp_frames, region

SECRET = b"s" * 32
# No assertion on speed: what takes this long hangs.
HANGS = timedelta(seconds=20)
LARGEST_BYTES = 64 * 1024**2

PIXELS = """Rows Columns NumberOfFrames SamplesPerPixel PhotometricInterpretation PlanarConfiguration BitsAllocated
    BitsStored HighBit PixelRepresentation""".split()
REGIONS = """RegionSpatialFormat RegionDataType RegionFlags RegionLocationMinX0 RegionLocationMinY0
    RegionLocationMaxX1 RegionLocationMaxY1 PhysicalUnitsXDirection PhysicalUnitsYDirection PhysicalDeltaX
    PhysicalDeltaY ReferencePixelX0 TransducerFrequency""".split()
CLOCK = """FrameTime FrameTimeVector FrameIncrementPointer CineRate EffectiveDuration RecommendedDisplayFrameRate
    StartTrim StopTrim PreferredPlaybackSequencing RepresentativeFrameNumber PixelSpacing PixelAspectRatio""".split()
SHOWN = """WindowCenter WindowWidth VOILUTFunction RescaleSlope RescaleIntercept Modality
    RedPaletteColorLookupTableDescriptor RedPaletteColorLookupTableData GreenPaletteColorLookupTableData
    SegmentedRedPaletteColorLookupTableData SegmentedGreenPaletteColorLookupTableData
    SegmentedBluePaletteColorLookupTableData""".split()
OTHERS = """SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID SeriesNumber InstanceNumber
    AcquisitionDateTime AcquisitionDate AcquisitionTime StudyDate StudyTime PatientID Manufacturer TransducerType
    DepthOfScanField MechanicalIndex StageName ViewName ImageType SpecificCharacterSet BurnedInAnnotation""".split()
TABLES = ["LUTDescriptor", "LUTData", "ModalityLUTType"]
SEQUENCES = ["SequenceOfUltrasoundRegions", "VOILUTSequence", "ModalityLUTSequence"]

VRS = """AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SS ST SV TM UC UI UL UN UR US UT UV""".split()
WORDS = [
    b"", b" ", b"0", b"1", b"-1", b"2", b"3", b"8", b"16", b"65535", b"1000000", b"0.01", b"-0.5", b"1e400", b"1e-320",
    b"NaN", b"inf", b"-inf", b"1_0", b"0x10", b"9" * 60, b"40\\40\\40", b"0\\-40\\40", b"40\\x", b"RGB", b"YBR_FULL",
    b"YBR_FULL_422", b"YBR_ICT", b"YBR_RCT", b"PALETTE COLOR", b"MONOCHROME1", b"MONOCHROME2", b"SIGMOID",
    b"LINEAR_EXACT", b"US", b"CT", b"1.2.3", b"20240230", b"999999", b"\xff\xfe\x00", b"\x1b$B\x1b(B",
    b"ISO 2022 IR 87", b"../../x", b"a\\b\\c\\d",
]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 8, 12, 16, 24, 32, 255, 256, 4096, 0x7FFF, 0x8000, 0xFFFF]

packed = st.lists(st.sampled_from(NUMBERS) | st.integers(0, 0xFFFF), max_size=6).map(
    lambda numbers: struct.pack(f"<{len(numbers)}H", *numbers)
)
floats = st.floats(width=64).map(lambda number: struct.pack("<d", number))
plain = st.sampled_from(WORDS) | packed | floats | st.binary(max_size=40)


@st.composite
def elements(draw: st.DrawFn, keywords: list[str]) -> RawDataElement:
    tag = Tag(draw(st.sampled_from(keywords)))
    right = dictionary_VR(tag).split(" ")[0]
    vr = draw(st.sampled_from([right, right, right, *VRS])) if right != "SQ" else draw(st.sampled_from(VRS))
    value = draw(plain)
    value += b" " * (len(value) % 2)
    return RawDataElement(tag, vr, len(value), value, 0, False, True)


@st.composite
def sequences(draw: st.DrawFn) -> DataElement:
    """Return a sequence with items that may be anything, sequences among them."""
    items = []
    for _ in range(draw(st.integers(0, 3))):
        item = region() if draw(st.booleans()) else Dataset()
        for element in draw(st.lists(elements(REGIONS + TABLES + SEQUENCES), max_size=4)):
            item[element.tag] = element
        if draw(st.booleans()):
            tag = Tag("SequenceOfUltrasoundRegions")
            item[tag] = DataElement(tag, "SQ", Sequence([region()]))
        items.append(item)
    tag = Tag(draw(st.sampled_from([*SEQUENCES, "FrameTime", "Rows", "PixelSpacing"])))
    return DataElement(tag, "SQ", Sequence(items))


def base(kind: str) -> tuple[Dataset, bytes, str]:
    """Return a good header, its pixels and its transfer syntax."""
    frames = ramp_frames(2, 12, 16, 3 if kind in ("rgb", "jpeg-colour") else 1)
    if kind.startswith("jpeg"):
        return header_of(frames), encapsulate([jpeg(frame) for frame in frames]), JPEGBaseline8Bit
    if kind == "rle":
        from pydicom.pixels.encoders import RLELosslessEncoder

        options = {
            "rows": 12, "columns": 16, "samples_per_pixel": 1, "bits_allocated": 8, "bits_stored": 8,
            "pixel_representation": 0, "photometric_interpretation": "MONOCHROME2", "number_of_frames": 1,
        }  # fmt: skip
        streams = [bytes(RLELosslessEncoder.encode(frame, encoding_plugin="pydicom", **options)) for frame in frames]
        return header_of(frames), encapsulate(streams), RLELossless
    if kind == "wide":
        wide = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11}
        return header_of(frames, **wide), frames.astype("<u2").tobytes(), ExplicitVRLittleEndian
    if kind == "palette":
        ramp = np.arange(256, dtype="<u2").tobytes()
        palette: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
        for colour in ("Red", "Green", "Blue"):
            palette[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
            palette[f"{colour}PaletteColorLookupTableData"] = ramp
        return header_of(frames, **palette), frames.tobytes(), ExplicitVRLittleEndian
    return header_of(frames), frames.tobytes(), ImplicitVRLittleEndian if kind == "implicit" else ExplicitVRLittleEndian


KINDS = ["grey", "rgb", "wide", "palette", "implicit", "jpeg", "jpeg-colour", "rle"]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return a DICOM file with good pixels and a header in which something is not as it should be."""
    header, pixels, syntax = base(draw(st.sampled_from(KINDS)))
    about = draw(st.sampled_from([PIXELS, CLOCK, SHOWN, OTHERS, PIXELS + CLOCK + SHOWN + OTHERS]))
    changes: list[Any] = draw(st.lists(elements(about), max_size=4))
    changes += draw(st.lists(sequences(), max_size=2))
    # No Dataset: pydicom converts what is there when a sequence is added.
    found = {int(tag): header.get_item(tag) for tag in header.keys()} | {int(e.tag): e for e in changes}
    for keyword in draw(st.lists(st.sampled_from(about), max_size=2)):
        found.pop(int(Tag(keyword)), None)
    implicit = syntax == ImplicitVRLittleEndian
    undefined = UID(syntax).is_encapsulated
    header_bytes = dataset_bytes(found, implicit)
    start = struct.pack("<HH", 0x7FE0, 0x0010) + (b"" if implicit else b"OB\0\0")
    length = struct.pack("<I", 0xFFFFFFFF if undefined else len(pixels))
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) if undefined else b""
    meta = element_bytes(0x00020010, "UI", syntax.encode() + b"\0" * (len(syntax) % 2), False)
    group = element_bytes(0x00020000, "UL", struct.pack("<I", len(meta)), False)
    return bytes(128) + b"DICM" + group + meta + header_bytes + start + length + pixels + end


def dataset_bytes(elements: Mapping[int, Any], implicit: bool) -> bytes:
    """Return elements as they are, where pydicom's writer would convert or refuse them."""
    return b"".join(element_bytes(tag, *vr_and_value(elements[tag], implicit), implicit) for tag in sorted(elements))


def vr_and_value(element: Any, implicit: bool) -> tuple[str, bytes]:
    if isinstance(element, RawDataElement):
        return str(element.VR), element.value or b""
    if element.VR == "SQ":
        items = [{int(tag): item.get_item(tag) for tag in item.keys()} for item in element.value]
        contents = [dataset_bytes(item, implicit) for item in items]
        return "SQ", b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content for content in contents)
    alone = Dataset()
    alone.add(element)
    file = DicomBytesIO()
    file.is_little_endian, file.is_implicit_VR = True, True
    write_dataset(file, alone)
    return str(element.VR), file.getvalue()[8:]


def element_bytes(tag: int, vr: str, value: bytes, implicit: bool) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if implicit:
        return head + struct.pack("<I", len(value)) + value
    if vr in ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"):
        return head + vr.encode() + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + vr.encode() + struct.pack("<H", len(value)) + value


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@settings(max_examples=400, deadline=HANGS, suppress_health_check=list(HealthCheck))
@given(content=files())
def test_a_picture_or_a_refusal(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "header.dcm"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with open_dicom(path) as source:
            shown = (source.clock, source.playback, source.regions, source.scale, source.pixel_aspect)
            assert all(part is not None for part in shown)
            cleaned = clean_header(source.header, SECRET, confirmed=False, frame_count=source.frame_count)
            assert "PatientName" not in cleaned or cleaned["PatientName"].is_empty
            for index in {0, source.frame_count - 1}:
                frame = source.read_frame(index)
                assert frame.dtype == np.uint8
                assert frame.shape[:2] == (source.rows, source.columns)
                assert frame.shape[2:] in ((), (3,))
    except CaseLibraryError as error:
        assert "\n" not in str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < LARGEST_BYTES


@settings(max_examples=150, deadline=HANGS, suppress_health_check=list(HealthCheck))
@given(content=files())
def test_an_import_takes_it_or_leaves_nothing(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("import")
    try:
        path = folder / "header.dcm"
        path.write_bytes(content)
        library = Library(folder / "library")
        report = import_files(library, [path], SECRET, ImportOptions(force=True))
        assert len(report.imported) + len(report.refused) == 1
        assert check_library(library) == []
        kept = {file.name for file in (folder / "library").rglob("*") if file.is_file() and "media" in file.parts}
        assert kept == ({"clip-1.dcm"} if report.imported else set())
        staging = library.root / "drafts" / ".staging"
        assert not staging.exists() or list(staging.iterdir()) == []
        if report.imported:
            media = library.folder(report.imported[0].slug) / "media" / "clip-1.dcm"
            with open_dicom(path) as before, open_dicom(media) as after:
                assert np.array_equal(before.read_frame(0), after.read_frame(0))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
