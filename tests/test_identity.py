"""A marker wherever a file can hold text: nothing of it is left in anything we keep, print, log or send."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.datadict import DicomDictionary, dictionary_VR, keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit

from case_library.routes.access import TokenSigner
from case_library.routes.serving import served_clip
from case_library.store.library import Library
from tests.dicom_files import header_of, jpeg, ramp_frames, region

MARKER = b"ZQMARKER"
TOKEN_SECRET = "a secret of this test"
WAIT_S = 60
BINARY_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "OB or OW", "US or OW", "US or SS or OW", "SQ", "NONE"}
# What the frames cannot be found or shown without; everything else holds the marker.
NEEDED = {
    Tag(keyword)
    for keyword in (
        "SOPClassUID SamplesPerPixel PhotometricInterpretation PlanarConfiguration Rows Columns BitsAllocated "
        "BitsStored HighBit PixelRepresentation NumberOfFrames FrameTime FrameIncrementPointer "
        "RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor "
        "BluePaletteColorLookupTableDescriptor"
    ).split()
}
FORMS = ["jpeg", "j2k", "native"]


def needles() -> dict[str, bytes]:
    """Return every form in which the marker could survive."""
    found = {
        "ascii": MARKER,
        "lower": MARKER.lower(),
        "utf-16-le": MARKER.decode().encode("utf-16-le"),
        "utf-16-be": MARKER.decode().encode("utf-16-be"),
        "swapped words": b"".join(MARKER[i : i + 2][::-1] for i in range(0, len(MARKER), 2)),
        "hex": MARKER.hex().encode(),
    }
    for shift in range(3):
        # The characters of a base64 text that depend on the marker alone.
        text = base64.b64encode(b"\0" * shift + MARKER)
        found[f"base64 at {shift}"] = text[2 if shift else 0 : 8]
    return found


NEEDLES = needles()


def found_in(data: bytes) -> list[str]:
    return [name for name, needle in NEEDLES.items() if needle in data]


def raw(tag: int, vr: str, value: bytes) -> RawDataElement:
    return RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)


def plant(header: Dataset, depth: int = 1) -> Dataset:
    """Put the marker into every element of the dictionary that can hold it, nested and private ones too."""
    for number, (vr, *_) in DicomDictionary.items():
        tag = Tag(number)
        if tag.group <= 2 or tag.group > 0x7FE0 or tag in NEEDED or tag in header:
            continue
        if vr == "SQ" and depth:
            header[tag] = DataElement(tag, "SQ", Sequence([plant(Dataset(), 0) if small(tag) else person()]))
        elif vr not in BINARY_VRS:
            header[tag] = raw(tag, vr.split(" ")[0], MARKER * 2)
    for number, vr in {
        0x00090010: "LO", 0x00091001: "UT", 0x00091002: "OB", 0x00091003: "PN", 0x60000022: "LO", 0x60003000: "OW",
        0x60024000: "LT", 0x50000030: "SH", 0x00282000: "OB", 0x00880200: "OB",
    }.items():  # fmt: skip
        header[Tag(number)] = raw(number, vr, MARKER * 2)
    header[Tag(0x00091004)] = DataElement(0x00091004, "SQ", Sequence([person()]))
    return header


def person() -> Dataset:
    item = Dataset()
    item[Tag("PatientName")] = raw(Tag("PatientName"), "PN", MARKER * 2)
    item[Tag("DigitalSignaturesSequence")] = DataElement(Tag("DigitalSignaturesSequence"), "SQ", Sequence([]))
    return item


def small(tag: int) -> bool:
    """Whether a sequence gets the whole dictionary in its item: one that we keep, and one that we do not."""
    return keyword_for_tag(tag) in ("VOILUTSequence", "RequestAttributesSequence")


def marked_jpeg(frame: np.ndarray[Any, Any]) -> bytes:
    stream = jpeg(frame, comment=MARKER)
    segments = b"".join(
        struct.pack(">HH", 0xFFE0 + n, len(MARKER) + 2) + MARKER for n in range(16)
    ) + struct.pack(">HH", 0xFFE1, len(MARKER) + 8) + b"Exif\0\0" + MARKER  # fmt: skip
    return stream[:2] + segments + stream[2:] + MARKER


def marked_j2k(frame: np.ndarray[Any, Any]) -> bytes:
    imagecodecs = pytest.importorskip("imagecodecs")
    stream = bytes(imagecodecs.jpeg2k_encode(frame, codecformat="J2K", reversible=True))
    at = 4 + int.from_bytes(stream[4:6])  # behind SIZ
    return stream[:at] + struct.pack(">HHH", 0xFF64, len(MARKER) + 4, 1) + MARKER + stream[at:] + MARKER


def planted_file(path: Path, form: str) -> Path:
    """Write a file full of markers, under a name that is one."""
    frames = ramp_frames(3)
    extra: dict[str, Any] = {}
    if form == "native":
        extra["PhotometricInterpretation"] = "PALETTE COLOR"
        for colour in ("Red", "Green", "Blue"):
            extra[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
            extra[f"{colour}PaletteColorLookupTableData"] = np.arange(256, dtype="<u2").tobytes() + MARKER
    header = header_of(frames, **extra)
    for keyword in [element.keyword for element in header if element.tag not in NEEDED]:
        if dictionary_VR(keyword) not in BINARY_VRS:
            header.pop(keyword)
    header.SequenceOfUltrasoundRegions = [region(), plant(Dataset(), 0)]
    plant(header)
    syntax, value = {
        "jpeg": lambda: (JPEGBaseline8Bit, encapsulate([marked_jpeg(frame) for frame in frames])),
        "j2k": lambda: (JPEG2000Lossless, encapsulate([marked_j2k(frame) for frame in frames])),
        "native": lambda: (ExplicitVRLittleEndian, frames.tobytes() + MARKER * 2),
    }[form]()
    header.PixelData = value
    header["PixelData"].VR = "OB"
    header["PixelData"].is_undefined_length = UID(syntax).is_encapsulated
    header[Tag(0x7FE10010)] = raw(0x7FE10010, "LO", MARKER * 2)
    header[Tag(0x7FE11001)] = raw(0x7FE11001, "OB", MARKER * 2)
    header[Tag(0xFFFCFFFC)] = raw(0xFFFCFFFC, "OB", MARKER * 2)
    header.file_meta = meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    for keyword in (
        "MediaStorageSOPClassUID MediaStorageSOPInstanceUID ImplementationClassUID ImplementationVersionName "
        "SourceApplicationEntityTitle SendingApplicationEntityTitle ReceivingApplicationEntityTitle "
        "PrivateInformationCreatorUID PrivateInformation"
    ).split():
        meta[Tag(keyword)] = raw(Tag(keyword), dictionary_VR(keyword), MARKER * 2)
    header.preamble = MARKER * 16
    path.parent.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pydicom.dcmwrite(path, header, implicit_vr=False, little_endian=True)
    return path


def elements_holding_the_marker(dataset: Dataset, depth: int = 0) -> Iterator[str]:
    """Name the kind of each element whose value holds the marker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for tag in list(dataset.keys()):
            element = dataset.get_item(tag)
            if element.VR == "SQ" and not isinstance(element, RawDataElement):
                for item in element.value:
                    yield from elements_holding_the_marker(item, depth + 1)
                continue
            value = element.value
            data = value if isinstance(value, bytes) else str(value).encode(errors="replace")
            if MARKER not in data:
                continue
            if tag == 0x7FE00010:
                yield "pixel data"
            elif tag.is_private:
                yield "private"
            elif depth:
                yield "nested"
            elif 0x5000 <= tag.group < 0x7000:
                yield "overlay or curve"
            else:
                yield "public"


def marks(path: Path) -> Counter[str]:
    """Count by kind the places of a DICOM file that hold the marker."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path)
        for _ in dataset.iterall():
            pass
    found = Counter(elements_holding_the_marker(dataset))
    found["file meta"] = sum(1 for kind in elements_holding_the_marker(dataset.file_meta))
    found["preamble"] = int(MARKER in (dataset.preamble or b""))
    return +found


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CASE_LIBRARY": str(tmp_path / "library"),
        "CASE_LIBRARY_CACHE": str(tmp_path / "cache"),
        "CASE_LIBRARY_CONFIG": str(tmp_path / "config"),
        "CASE_LIBRARY_TOKEN_SECRET": TOKEN_SECRET,
        "TMPDIR": str(tmp_path / "temporary"),
    }


COMMAND = [sys.executable, "-c", "from case_library.command_line import main; main()"]


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], env=environment, capture_output=True, check=False, timeout=WAIT_S
    )


class Reader:
    """Serves the library in a process of its own and fetches everything of a clip."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with log.open("wb") as file:
            arguments = ["serve", "--no-browser", "--port", str(self.port)]
            self.process = subprocess.Popen(
                [*COMMAND, *arguments], env=environment, stdout=file, stderr=subprocess.STDOUT
            )

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT_S)

    def get(self, path: str, token: str = "") -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with opener.open(request, timeout=10) as answer:
            return bytes(str(answer.headers).encode() + answer.read())

    def wait(self) -> None:
        give_up_at = time.monotonic() + WAIT_S
        while time.monotonic() < give_up_at:
            try:
                self.get("/_stcore/health")
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")


@pytest.mark.parametrize("form", FORMS)
def test_no_marker_survives_the_whole_way(form: str, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    source = planted_file(tmp_path / "ZQMARKER-folder" / "ZQMARKER.dcm", form)
    assert found_in(source.read_bytes()) == ["ascii"]
    said = []

    def call(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        done = run(environment, *arguments)
        said.append((done.stdout + done.stderr).replace(str(source).encode(), b""))
        return done

    done = call("import", source, "--json")
    assert done.returncode == 0, done.stderr
    imported = json.loads(done.stdout)
    slug = imported["imported"][0]["case"]
    assert call("import", source).returncode == 1  # the same file: refused, by its path and the case's own name
    assert call("show", slug, "--json").returncode == 0
    assert call("check").returncode == 0
    kept = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert kept >= {"library", "config"}
    assert left_behind(tmp_path) == []  # as a draft, with its packs
    assert call("confirm", slug, "--yes", "A. Reader").returncode == 0
    log = tmp_path / "log.txt"
    library = Library(tmp_path / "library")
    clip = library.read(slug).clips[0]
    key = served_clip(clip, library.folder(slug), draft=False).key
    token = TokenSigner(TOKEN_SECRET.encode()).mint(key, False).text
    with Reader(environment, log) as reader:
        reader.wait()
        answers = [reader.get("/"), reader.get(f"/case?case={slug}")]
        clip_url = f"/api/clips/{key}/"
        for what in ("index", "frames/1", "frames/3", "poster"):
            answers.append(reader.get(clip_url + what, token))
        give_up_at = time.monotonic() + WAIT_S
        while b'"segments"' not in (answer := reader.get(clip_url + "index", token)):
            assert time.monotonic() < give_up_at
            time.sleep(0.1)
        answers += [answer, reader.get(clip_url + "segments/0", token)]
        with pytest.raises(urllib.error.HTTPError) as refused:
            reader.get(clip_url + "frames/99", token)
        answers.append(refused.value.read())
    assert (tmp_path / "cache").is_dir()
    assert left_behind(tmp_path) == []
    for text in [*said, *answers, log.read_bytes()]:
        assert found_in(text) == []


def left_behind(folder: Path) -> list[tuple[str, list[str]]]:
    """Return what holds the marker below a folder, its own planted one apart."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).parts[0] == "ZQMARKER-folder":
            continue
        name = found_in(path.name.encode())
        data = found_in(path.read_bytes()) if path.is_file() else []
        if name or data:
            found.append((str(path.relative_to(folder)), name + data))
    return found


def test_dicom_anonymizer_leaves_what_we_do_not(environment: dict[str, str], tmp_path: Path) -> None:
    anonymizer = pytest.importorskip("dicomanonymizer", reason="dicom-anonymizer is not installed")
    (tmp_path / "temporary").mkdir()
    source = planted_file(tmp_path / "ZQMARKER-folder" / "ZQMARKER.dcm", "jpeg")
    theirs = tmp_path / "theirs.dcm"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        anonymizer.anonymize_dicom_file(str(source), str(theirs))
    done = run(environment, "import", source, "--json")
    slug = json.loads(done.stdout)["imported"][0]["case"]
    ours = Library(tmp_path / "library").folder(slug) / "media" / "clip-1.dcm"
    before, left_by_them, left_by_us = marks(source), marks(theirs), marks(ours)
    rows = [f"{kind:18} {before[kind]:7} {left_by_them[kind]:17} {left_by_us[kind]:13}" for kind in before]
    sys.stdout.write("\n".join(["places of the marker  before  dicom-anonymizer  case-library", *rows, ""]))
    assert before.total() > 4000
    assert left_by_us.total() == 0
    assert left_by_them.total() > 0
