"""Decoders of the JPEG syntaxes that pydicom's permissive plugins leave out.

8-bit JPEG Lossless goes through Pillow, whose libjpeg-turbo 3 decodes it exactly; more than 8 bits need the extra
`codecs` (imagecodecs). The one all-round plugin for both, pylibjpeg-libjpeg, is under the GPL and not used.

References
----------
DICOM PS3.5, 8.2.1 JPEG image compression; ITU-T T.81, Annex H Lossless mode
"""

from __future__ import annotations

import io
from contextlib import suppress
from importlib.util import find_spec

from PIL import Image
from pydicom.pixels.decoders.base import (
    DecodeRunner,
    JPEGExtended12BitDecoder,
    JPEGLosslessDecoder,
    JPEGLosslessSV1Decoder,
    get_decoder,
)
from pydicom.uid import AllTransferSyntaxes, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1

DECODER_DEPENDENCIES = {uid: ("pillow>=13",) for uid in (JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1)}
CODECS_COMMAND = "python3 -m uv sync --extra codecs"


def is_available(uid: str) -> bool:
    """Whether this module decodes a transfer syntax; pydicom asks."""
    return uid in DECODER_DEPENDENCIES


def has_codecs() -> bool:
    """Whether the extra `codecs` is installed."""
    return find_spec("imagecodecs") is not None


def needs_codecs(transfer_syntax_uid: str, bits_stored: int) -> bool:
    """Whether a frame can only be decoded with the extra."""
    return transfer_syntax_uid in DECODER_DEPENDENCIES and bits_stored > 8


def decode_8_bit(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame with Pillow, its samples as they are coded."""
    image = Image.open(io.BytesIO(src), formats=("JPEG",))
    if runner.bits_allocated != 8:
        raise NotImplementedError("more than 8 bits")
    if runner.samples_per_pixel == 3 and "adobe_transform" not in image.info:
        # No colour conversion, whatever libjpeg guesses from the component numbers.
        image.draft("YCbCr", image.size)
    return image.tobytes()


def decode_any(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame with imagecodecs."""
    import imagecodecs

    array = imagecodecs.jpeg_decode(src)
    # It gives the smallest type that holds the samples.
    return bytes(array.astype(runner.pixel_dtype).tobytes())


def register() -> None:
    """Tell pydicom's decoders; done once, when the package is imported.

    GDCM, which pydicom takes wherever it is installed, ends the whole process on some damaged frames: it is left out,
    and pictures do not depend on what else is installed.
    """
    for uid in AllTransferSyntaxes:
        with suppress(NotImplementedError, ValueError):  # no decoder, or none by GDCM
            get_decoder(uid).remove_plugin("gdcm")
    for decoder in (JPEGLosslessDecoder, JPEGLosslessSV1Decoder):
        decoder.add_plugin("case_library_pillow", (__name__, "decode_8_bit"))
    if has_codecs():
        for decoder in (JPEGExtended12BitDecoder, JPEGLosslessDecoder, JPEGLosslessSV1Decoder):
            decoder.add_plugin("case_library_imagecodecs", (__name__, "decode_any"))
