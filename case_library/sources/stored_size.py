"""How large a conversion will be, from a few of its frames, before it is carried out."""

from __future__ import annotations

from dataclasses import dataclass

from case_library.dicom.encode import jpeg_baseline, jpeg_ls
from case_library.sources.converted import ConvertedSource

# Enough for a clip to be told from one of twice the size; of a short one fewer, which would cost as much as storing it.
_MOST_SAMPLED, _LEAST_SAMPLED, _FRAMES_PER_SAMPLE = 8, 3, 16


@dataclass(frozen=True)
class StoredSize:
    """Predicted bytes: without a loss, and compact (None where that cannot be, of 16 bits)."""

    lossless_bytes: int
    compact_bytes: int | None


def predicted_size(source: ConvertedSource) -> StoredSize:
    """Return the size that the clip will have, extrapolated from up to eight frames spread over it."""
    wished = min(_MOST_SAMPLED, max(_LEAST_SAMPLED, source.frame_count // _FRAMES_PER_SAMPLE))
    count = min(wished, source.frame_count)
    lossless = compact = 0
    for number in range(count):
        frame = source.read_pixels(number * (source.frame_count - 1) // max(count - 1, 1))
        lossless += len(jpeg_ls(frame))
        compact += len(jpeg_baseline(frame)) if source.bits == 8 else 0
    scale = source.frame_count / count
    return StoredSize(round(lossless * scale), round(compact * scale) if source.bits == 8 else None)
