"""A DICOM file as a source of frames: one at a time, never the whole cine in memory."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_file_meta_info, read_partial, read_preamble
from pydicom.filewriter import write_file_meta_info
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian

from case_library.dicom.decode import FrameDecoder, PixelFormat, pixel_format_of
from case_library.dicom.elements import integer, text
from case_library.dicom.pixel_data import Fragment, PixelDataElement, encapsulated_frames, native_frames
from case_library.errors import FrameError, RefusedInputError
from case_library.sources.header_facts import HeaderFacts

_PIXEL_DATA = 0x7FE00010
_PIXELS = (0x7FE00008, 0x7FE00009, _PIXEL_DATA)  # Float, Double Float and integer Pixel Data
_LONG_FORM = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
# Values longer than this are left in the file until asked for; nothing that we keep is longer.
_DEFER_BYTES = 4 * 1024**2
_MAX_INFLATED_BYTES = 1024**3


class DicomSource(HeaderFacts):
    """One DICOM object, open for reading; use as a context manager.

    Attributes
    ----------
    header : Dataset
        Every element before the pixel data, as the file has it.
    frame_count, rows, columns : int
    photometric_interpretation, transfer_syntax_uid : str
    """

    def __init__(
        self, file: BinaryIO, file_bytes: int, header: Dataset, transfer_syntax_uid: str, element: PixelDataElement
    ) -> None:
        self._file = file
        self.header, self.transfer_syntax_uid, self._element = header, transfer_syntax_uid, element
        self._format = pixel_format_of(self.header)
        self.frame_count = self._format.frame_count
        self.rows, self.columns = self._format.rows, self._format.columns
        self.photometric_interpretation = self._format.photometric_interpretation
        self._decoder = FrameDecoder(self.header, self._format, self.transfer_syntax_uid)
        self._frames: list[list[Fragment]]
        if UID(self.transfer_syntax_uid).is_encapsulated:
            self._frames = encapsulated_frames(file, self._element, file_bytes, self.frame_count)
        else:
            frame_bytes = self._format.native_frame_bytes
            self._frames = [[f] for f in native_frames(self._element, file_bytes, self.frame_count, frame_bytes)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def has_voi(self) -> bool:
        """Whether stored grey values are changed for display."""
        return self._decoder.has_voi

    @property
    def bits_allocated(self) -> int:
        """8 or 16."""
        return self._format.bits_allocated

    @property
    def pixel_format(self) -> PixelFormat:
        """What the header says of the pixels."""
        return self._format

    @property
    def black(self) -> int:
        """The stored value of a one-sample picture that is shown darkest."""
        return self._decoder.black

    def stored_frame(self, frame_index: int) -> bytes:
        """Return the stored bytes of one frame: its codestream, or native samples in Little Endian order.

        Raises
        ------
        FrameError
            If the file ends before the frame does.
        """
        if not 0 <= frame_index < self.frame_count:
            raise IndexError(f"frame index {frame_index} outside 0-{self.frame_count - 1}")
        fragments = self._frames[frame_index]
        if self._swapped:
            return self._swapped_frame(fragments[0])
        parts = []
        for fragment in fragments:
            self._file.seek(fragment.offset)
            part = self._file.read(fragment.length)
            if len(part) < fragment.length:
                raise FrameError(frame_index, "the file ends inside it")
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read_frame(self, frame_index: int) -> NDArray[np.uint8]:
        """Return one frame as it is shown: uint8, (rows, columns) grey or (rows, columns, 3) RGB.

        Raises
        ------
        FrameError
            If its bytes cannot be decoded.
        """
        return self.decoded(frame_index, self.stored_frame(frame_index))

    def decoded(self, frame_index: int, stored: bytes) -> NDArray[np.uint8]:
        """Return what is shown of the stored bytes of a frame; see `read_frame`."""
        with _decoding(frame_index):
            return self._decoder.display(stored)

    def samples(self, frame_index: int, stored: bytes) -> NDArray[Any]:
        """Return the values in the stored bytes of a one-sample frame as they are: (rows, columns), 8 or 16 bits.

        Raises
        ------
        FrameError
        """
        with _decoding(frame_index):
            return self._decoder.stored_values(stored)[0]

    def read_grey(self, frame_index: int) -> NDArray[Any]:
        """Return the grey values of a frame as they are stored, through no window: 8 or 16 bits, signed or not.

        Returns
        -------
        (rows, columns) array, or (rows, columns, 3) RGB where grey may be stored as colour

        Raises
        ------
        FrameError
            If its bytes cannot be decoded, or are indices of a palette.
        """
        stored = self.stored_frame(frame_index)
        with _decoding(frame_index):
            samples, photometric = self._decoder.stored_values(stored)
            if photometric != "PALETTE COLOR":
                return samples if samples.ndim == 2 else self._decoder.display(stored)
        raise FrameError(frame_index, "its stored values are numbers of a palette's colours, not grey values")

    @property
    def _swapped(self) -> bool:
        # Explicit VR Big Endian swaps the bytes of OW values, 8-bit samples included (PS3.5 8.1.1, Annex A.3).
        return self.transfer_syntax_uid == ExplicitVRBigEndian and (self._element.vr != "OB" or self.bits_allocated > 8)

    def _swapped_frame(self, fragment: Fragment) -> bytes:
        inside = fragment.offset - self._element.offset
        start = inside - inside % 2
        length = inside + fragment.length - start
        self._file.seek(self._element.offset + start)
        words = np.frombuffer(self._file.read(length + length % 2), dtype=">u2")
        return words.astype("<u2").tobytes()[inside - start : inside - start + fragment.length]


@contextmanager
def _decoding(frame_index: int) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:  # a decoder may raise anything on damaged data; its text may quote the data
        raise FrameError(frame_index, f"it cannot be decoded ({type(error).__name__})") from None


def open_dicom(path: Path) -> DicomSource:
    """Open a DICOM file.

    Raises
    ------
    RefusedInputError
        If it is not DICOM, holds no pixels, or cannot be read right; the reason names no value of the header.
    """
    file, file_bytes, header, transfer_syntax_uid, element = open_header(path)
    with _refusing(file):
        return DicomSource(file, file_bytes, header, transfer_syntax_uid, element)


def open_header(path: Path) -> tuple[BinaryIO, int, Dataset, str, PixelDataElement]:
    """Open a DICOM file and read its header.

    Returns
    -------
    file : BinaryIO
    file_bytes : int
        Where it was deflated, of the inflated file.
    header : Dataset
    transfer_syntax_uid : str
    element : PixelDataElement

    Raises
    ------
    RefusedInputError
        As `open_dicom`.
    """
    try:
        file: BinaryIO = path.open("rb")
    except OSError as error:
        raise RefusedInputError(f"the file cannot be opened ({error.strerror})") from None
    with _refusing(file):
        file, file_bytes = _inflated(file, path)
    with _refusing(file):
        return file, file_bytes, *_read_header(file)


def transfer_syntax_of(path: Path) -> str:
    """Return the transfer syntax of a DICOM file; empty where it says none or cannot be read."""
    try:
        return text(read_file_meta_info(path), "TransferSyntaxUID")
    except Exception:  # `open_dicom` will say what is wrong
        return ""


@contextmanager
def _refusing(file: BinaryIO) -> Iterator[None]:
    """Close the file and turn whatever a parser raises into a refusal that quotes nothing."""
    try:
        yield
    except (RefusedInputError, MemoryError):
        file.close()
        raise
    except InvalidDicomError:
        file.close()
        raise RefusedInputError("not a DICOM file: the mark 'DICM' is missing at byte 128") from None
    except Exception as error:  # the parser may raise anything on a hostile file; its text may quote the data
        file.close()
        raise RefusedInputError(f"the header is damaged and cannot be read ({type(error).__name__})") from None


def _read_header(file: BinaryIO) -> tuple[Dataset, str, PixelDataElement]:
    found: list[tuple[int, str | None, int]] = []

    def at_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag in _PIXELS:
            found.append((int(tag), vr, length))
        return bool(found)

    file.seek(0)
    header = read_partial(file, stop_when=at_pixels, defer_size=_DEFER_BYTES)
    syntax = text(header.file_meta, "TransferSyntaxUID")
    if not syntax:
        raise RefusedInputError("the file does not say its transfer syntax, so its pixels cannot be read")
    uid = UID(syntax)
    if not uid.is_transfer_syntax:
        raise RefusedInputError("the transfer syntax is not one of the standard's")
    if not found:
        raise RefusedInputError("the file holds no Pixel Data")
    tag, vr, length = found[0]
    if tag != _PIXEL_DATA:
        raise RefusedInputError("the file holds no integer Pixel Data")
    head = 12 if not uid.is_implicit_VR and vr in _LONG_FORM else 8
    return header, syntax, PixelDataElement(file.tell() + head, length, vr)


def _inflated(file: BinaryIO, path: Path) -> tuple[BinaryIO, int]:
    """Return the file itself, or for a deflated one a temporary file that holds it inflated, within a limit.

    pydicom inflates in memory and without one (PS3.5 A.5).
    """
    file_bytes = path.stat().st_size
    if file_bytes <= 132:
        raise InvalidDicomError
    read_preamble(file, force=False)
    meta = read_file_meta_info(path)
    if text(meta, "TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return file, file_bytes
    group_length = integer(meta, "FileMetaInformationGroupLength")
    if group_length is None:
        raise RefusedInputError("a deflated file without the length of its file meta information cannot be inflated")
    file.seek(132 + 12 + group_length)
    inflated: BinaryIO = tempfile.TemporaryFile()
    try:
        new_meta = FileMetaDataset()
        new_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        head = DicomBytesIO()
        write_file_meta_info(head, new_meta, enforce_standard=False)
        inflated.write(bytes(128) + b"DICM" + head.getvalue())
        unzip = zlib.decompressobj(-zlib.MAX_WBITS)
        while chunk := file.read(1 << 16):
            while chunk:
                inflated.write(unzip.decompress(chunk, 1 << 20))
                chunk = unzip.unconsumed_tail
                if inflated.tell() > _MAX_INFLATED_BYTES:
                    raise RefusedInputError(f"the deflated file grows beyond {_MAX_INFLATED_BYTES} bytes")
        inflated.write(unzip.flush())
    except BaseException:
        inflated.close()
        raise
    finally:
        file.close()
    return inflated, inflated.tell()
