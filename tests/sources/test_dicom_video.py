from pathlib import Path

import numpy as np
import pytest
from pydicom.encaps import encapsulate

from case_library.dicom.conversion_mark import ConvertedFrom
from case_library.errors import RefusedInputError
from case_library.model.trim import parse_trim
from case_library.sources.converted import ConvertedSource, Statements
from case_library.sources.dicom_video import open_dicom_video
from tests.dicom_files import header_of, write
from tests.media_files import grey_levels, video

pytest.importorskip("av", reason="the extra 'video' is not installed")
FRAMES = grey_levels(12)
KINDS = {
    "h264-mp4": ("a.mp4", "libx264", None, "1.2.840.10008.1.2.4.102"),
    "h264-stream": ("a.264", "libx264", "h264", "1.2.840.10008.1.2.4.103"),
    "hevc-mp4": ("a.mp4", "libx265", None, "1.2.840.10008.1.2.4.107"),
    "hevc-stream": ("a.265", "libx265", "hevc", "1.2.840.10008.1.2.4.107"),
    "mpeg2-stream": ("a.m2v", "mpeg2video", "mpeg2video", "1.2.840.10008.1.2.4.100"),
    "mpeg2-program": ("a.mpg", "mpeg2video", None, "1.2.840.10008.1.2.4.101"),
    "mpeg2-transport": ("a.ts", "mpeg2video", None, "1.2.840.10008.1.2.4.101"),
}


def dicom_video(folder: Path, kind: str, fragments: int = 1, **elements: object) -> Path:
    name, codec, container, syntax = KINDS[kind]
    stream = video(folder / name, FRAMES, codec=codec, container=container).read_bytes()
    size = -(-len(stream) // fragments)
    size += size % 2
    parts = [stream[i : i + size] for i in range(0, len(stream), size)]
    header = header_of(FRAMES, PhotometricInterpretation="YBR_PARTIAL_420", **elements)
    return write(folder / "a.dcm", header, encapsulate(parts, has_bot=False), syntax)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fragments", [1, 5])
def test_each_kind_of_stream_in_any_number_of_fragments_gives_its_frames(
    tmp_path: Path, kind: str, fragments: int
) -> None:
    reader = open_dicom_video(dicom_video(tmp_path, kind, fragments))
    assert (reader.frame_count, reader.rows, reader.columns) == (12, 48, 64)
    for i in (0, 11, 5):
        assert abs(float(reader.read(i).mean()) - FRAMES[i].mean()) < 2.4
    assert reader.header is not None
    assert reader.header.Modality == "US"
    reader.close()


def test_a_part_of_a_video_keeps_the_times_of_its_frames(tmp_path: Path) -> None:
    steps = [0, *(20 + i for i in range(11))]
    path = dicom_video(
        tmp_path, "h264-mp4", FrameTime=None, FrameTimeVector=steps, FrameIncrementPointer=0x00181065,
        EffectiveDuration=0.275, StartTrim=2, StopTrim=9,
    )  # fmt: skip
    part = Statements(trim=parse_trim("4-7"))
    with ConvertedSource(open_dicom_video(path), ConvertedFrom.VIDEO, part) as source:
        assert source.clock.trusted
        assert source.clock.frame_times_s == pytest.approx(np.cumsum([0, 23, 24, 25]) / 1000)
        assert (source.playback.start_frame, "EffectiveDuration" in source.header) == (None, False)
        assert abs(float(source.read_frame(0).mean()) - FRAMES[3].mean()) < 2.4


def test_something_else_in_place_of_the_stream_is_refused(tmp_path: Path) -> None:
    header = header_of(FRAMES, PhotometricInterpretation="YBR_PARTIAL_420")
    path = write(tmp_path / "a.dcm", header, encapsulate([b"#EXTM3U\n/etc/passwd\n"]), "1.2.840.10008.1.2.4.102")
    with pytest.raises(RefusedInputError, match="in no container that is opened here"):
        open_dicom_video(path)
