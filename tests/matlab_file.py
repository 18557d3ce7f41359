"""The numeric matrices of a MATLAB 5 file, as far as the shared test data need it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_COMPRESSED = 15
_CELL = 1
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"}


def matrices_of(path: Path) -> dict[str, NDArray[np.float64]]:
    """Return every numeric matrix of the file by its name; all of its variables are compressed."""
    data, offset = path.read_bytes(), 128
    found: dict[str, NDArray[np.float64]] = {}
    while offset < len(data):
        kind, size = struct.unpack_from("<II", data, offset)
        body = data[offset + 8 : offset + 8 + size]
        offset += 8 + size
        if kind != _COMPRESSED:
            continue
        _, matrix, _ = _element(zlib.decompress(body), 0)
        _, flags, at = _element(matrix, 0)
        if flags[0] == _CELL:
            continue
        _, shape, at = _element(matrix, at)
        _, name, at = _element(matrix, at)
        kind, values, _ = _element(matrix, at)
        dimensions = np.frombuffer(shape, "<i4")
        numbers = np.frombuffer(values, f"<{_TYPES[kind]}").astype(np.float64)
        found[name.decode("ascii")] = numbers.reshape(dimensions[::-1]).T
    return found


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Return the type, the bytes and where the next one begins; up to four bytes stand in the tag itself."""
    kind, size = struct.unpack_from("<II", data, at)
    if kind >> 16:
        return kind & 0xFFFF, data[at + 4 : at + 4 + (kind >> 16)], at + 8
    return kind, data[at + 8 : at + 8 + size], at + 8 + size + (-size) % 8
