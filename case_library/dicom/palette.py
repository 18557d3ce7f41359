"""The colours of a PALETTE COLOR picture, from plain or segmented tables.

pydicom expands segmented tables without a limit and takes the byte offset of an indirect segment for an index.

References
----------
DICOM PS3.3, C.7.6.3.1.5 and C.7.6.3.1.6 Palette Color Lookup Table; C.7.9.2 Segmented Palette Color Lookup Table Data
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from case_library.dicom.elements import is_big_endian, numbers, table_bytes, table_cells
from case_library.errors import RefusedInputError

_LARGEST_TABLE = 1 << 16
_DISCRETE, _LINEAR, _INDIRECT = range(3)


def palette_of(header: Dataset, bits_allocated: int, signed: bool) -> NDArray[np.uint8]:
    """Return the colour of every stored value: uint8 (2 ** bits_allocated, 3), by the value's unsigned bits.

    Raises
    ------
    RefusedInputError
        If a table is missing or damaged.
    """
    try:
        tables = [_table(header, colour) for colour in ("Red", "Green", "Blue")]
        _, first, bits = palette_descriptor(header)
        shift = 0 if max(int(np.max(table)) for table in tables) <= 0xFF else (bits if bits > 8 else 16) - 8
    except Exception as error:  # any damage to the tables surfaces as any exception
        raise RefusedInputError(f"the Palette Color Lookup Tables cannot be used ({type(error).__name__})") from None
    # Its sign depends on a VR that may be lost: it has that of the pixels.
    first = ((first + 0x8000) & 0xFFFF) - 0x8000 if signed else first & 0xFFFF
    values = np.arange(1 << bits_allocated, dtype=np.int32)
    if signed:
        values = np.where(values >> (bits_allocated - 1), values - (1 << bits_allocated), values)
    colours = [table[np.clip(values - first, 0, len(table) - 1)] >> shift for table in tables]
    return np.ascontiguousarray(np.stack(colours, axis=-1).astype(np.uint8))


def palette_descriptor(header: Dataset) -> tuple[int, int, int]:
    """Return the number of entries, the first value mapped, and the bits of an entry (8-16).

    Raises
    ------
    ValueError
        If there is no usable descriptor.
    """
    described = numbers(header, "RedPaletteColorLookupTableDescriptor")
    if described is None or len(described) != 3 or not 8 <= described[2] <= 16:
        raise ValueError("no descriptor")
    entries, first, bits = map(int, described)
    return entries & 0xFFFF or _LARGEST_TABLE, first, bits


def _table(header: Dataset, colour: str) -> NDArray[np.uint16]:
    entries, _, bits = palette_descriptor(header)
    big_endian = is_big_endian(header)
    plain = f"{colour}PaletteColorLookupTableData"
    if plain in header:
        return table_cells(table_bytes(header[plain], big_endian), entries, bits)
    data = table_bytes(header[f"Segmented{plain}"], big_endian)
    return expand_segments(data, entries, 1 if bits == 8 else 2)[0]


def expand_segments(data: bytes, entries: int, cell_bytes: int) -> tuple[NDArray[np.uint16], int]:
    """Return the entries of a segmented table, and how many of its bytes describe them.

    Parameters
    ----------
    data : bytes
        Cells of `cell_bytes` bytes, Little Endian.
    entries : int
        From the descriptor; what lies behind them is not looked at.

    Raises
    ------
    ValueError
        If the segments do not give that many entries.
    """
    cells = np.frombuffer(data[: len(data) // cell_bytes * cell_bytes], f"<u{cell_bytes}").astype(np.int64)
    table = np.empty(entries, np.uint16)
    filled = at = used = steps = 0

    def copy(at: int) -> int:
        nonlocal filled, steps
        steps += 1
        if at + 2 > len(cells) or steps > 2 * _LARGEST_TABLE:
            raise ValueError("the segments end before the table is full")
        opcode, length = int(cells[at]), int(cells[at + 1])
        if opcode == _DISCRETE:
            end = at + 2 + length
            new = cells[at + 2 : end]
        elif opcode == _LINEAR and filled:
            end = at + 3
            new = np.rint(np.linspace(int(table[filled - 1]), int(cells[at + 2]), length + 1)[1:])
        else:
            # An indirect segment shall not copy another one: no recursion, no endless loop.
            raise ValueError("a segment that cannot be here")
        if end > len(cells):
            raise ValueError("a segment is cut short")
        new = new[: entries - filled]
        table[filled : filled + len(new)] = new
        filled += len(new)
        return end

    while filled < entries:
        if at + 2 <= len(cells) and cells[at] == _INDIRECT:
            offset_at = (at + 2) * cell_bytes
            source = int.from_bytes(data[offset_at : offset_at + 4], "little") // cell_bytes
            for _ in range(int(cells[at + 1])):
                if filled < entries:
                    source = copy(source)
                    used = max(used, source)
            at += 2 + 4 // cell_bytes
            steps += 1
        else:
            at = copy(at)
        used = max(used, at)
    return table, min(used * cell_bytes, len(data))
