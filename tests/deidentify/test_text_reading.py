"""What is written on a still is found by reading it, without a network and without a trace of what it says."""

import logging
import socket
from pathlib import Path

import numpy as np
import pytest

from case_library.deidentify import text_reading
from case_library.deidentify.text_reading import OCR_COMMAND, TextReadingError, has_ocr, read_text_boxes
from case_library.sources.dicom import open_dicom
from tests.deidentify.marked_clips import PICTURE, marked_clip

needs_ocr = pytest.mark.skipif(not has_ocr(), reason=f"the extra 'ocr' is not installed: {OCR_COMMAND}")


@needs_ocr
def test_writing_over_tissue_of_a_still_is_covered_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*args: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    clip = marked_clip(tmp_path / "a.dcm", "grey", 1)
    left, top, right, bottom = PICTURE
    outside = [(0, 0, 320, top), (0, bottom + 1, 320, 240 - bottom - 1)]
    with open_dicom(clip.path) as source, caplog.at_level(logging.DEBUG):
        found = read_text_boxes([source.read_frame(0)], outside)
    covered = np.zeros(clip.drawn.shape, bool)
    for r in found:
        covered[r.y : r.bottom, r.x : r.right] = True
    assert np.count_nonzero(clip.drawn & clip.inside & ~covered) == 0
    assert np.count_nonzero(covered & clip.inside) < 0.2 * np.count_nonzero(clip.inside)
    said = caplog.text + "".join(capfd.readouterr())
    assert "doe" not in said.lower()
    assert {r.origin for r in found} == {"read_text"}


def test_without_the_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_reading, "has_ocr", lambda: False)
    with pytest.raises(TextReadingError, match="--extra ocr"):
        read_text_boxes([np.zeros((4, 4), np.uint8)])
