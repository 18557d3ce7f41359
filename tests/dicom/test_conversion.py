import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from case_library.dicom.cine import clock_of
from case_library.dicom.conversion import add_lossy_step, image_header, set_region, set_times, set_window
from case_library.dicom.conversion_mark import SENTENCES, ConversionMark, ConvertedFrom, MarkedClock, mark_of, set_mark
from case_library.dicom.encode import jpeg_baseline, jpeg_decoded, jpeg_ls
from case_library.dicom.regions import scale_in
from case_library.dicom.write import WriteError
from case_library.errors import RefusedInputError
from case_library.model.calibration import stated_scale
from tests.dicom_files import ramp_frames
from tests.oracles import imagecodecs_samples

JPEG_LS = "1.2.840.10008.1.2.4.80"


def timed(times_s: list[float]) -> Dataset:
    header = image_header(len(times_s), 24, 32, 1, 8)
    set_times(header, times_s)
    return header


@given(st.lists(st.floats(0.001, 10), min_size=2, max_size=200))
def test_times_come_back_to_a_microsecond_however_many_there_are(steps: list[float]) -> None:
    times = [0.0, *np.cumsum(steps).tolist()]
    clock = clock_of(timed(times), len(times))
    assert clock.trusted
    assert [clock.time_s(i) for i in range(len(times))] == pytest.approx(times, abs=2e-6)


def test_a_regular_clock_is_a_frame_time_and_another_a_vector() -> None:
    assert "FrameTimeVector" not in timed([0, 1 / 30, 2 / 30, 3 / 30])
    assert "FrameTime" not in timed([0, 0.04, 0.1])


def test_many_irregular_frames_fit_with_fewer_places_and_too_many_are_refused() -> None:
    rng = np.random.default_rng(1)
    times = [0.0, *np.cumsum(rng.uniform(0.01, 0.05, 8999)).tolist()]
    header = timed(times)
    assert sum(len(str(step)) + 1 for step in header.FrameTimeVector) <= 65_534
    clock = clock_of(header, 9000)
    assert clock.time_s(8999) == pytest.approx(times[-1], abs=1e-4)
    with pytest.raises(RefusedInputError, match="import parts of it"):
        timed([0.0, *np.cumsum(rng.uniform(0.01, 0.05, 19_999)).tolist()])


def test_a_mark_comes_back_and_judges_no_better_than_the_elements() -> None:
    for mark in SENTENCES.values():
        header = timed([0, 0.04, 0.08])
        set_region(header, stated_scale(100))
        set_mark(header, mark)
        assert mark_of(header) == mark
        assert clock_of(header, 3).trusted is (mark.clock is MarkedClock.STATED)
        assert (scale_in(header, 32, 24).origin == "stated_by_user") is mark.scale_stated
    header = timed([0, 0.04, 0.08])
    del header.FrameIncrementPointer
    set_mark(header, ConversionMark(ConvertedFrom.VIDEO, MarkedClock.STATED, True))
    assert not clock_of(header, 3).trusted
    assert scale_in(header, 32, 24).origin == "none"


def test_other_words_are_no_mark() -> None:
    header = Dataset()
    item = Dataset()
    item.ContributionDescription = "Converted from a video; clock stated; scale stated by Dr. MARKER"
    header.ContributingEquipmentSequence = [item]
    assert mark_of(header) is None


def test_a_second_loss_comes_behind_the_first() -> None:
    header = Dataset()
    add_lossy_step(header, "ISO_14496_10", 1000, 10)
    add_lossy_step(header, "ISO_10918_1", 1000, 100)
    assert list(header.LossyImageCompressionMethod) == ["ISO_14496_10", "ISO_10918_1"]
    assert [float(ratio) for ratio in header.LossyImageCompressionRatio] == [100.0, 10.0]


@pytest.mark.parametrize(("low", "high"), [(0, 65535), (100, 100), (5, 4100)])
def test_a_window_shows_the_lowest_value_black_and_the_highest_white(low: int, high: int) -> None:
    header = image_header(1, 1, 2, 1, 16)
    set_window(header, low, high)
    center, width = float(header.WindowCenter), float(header.WindowWidth)
    shown = [(value - (center - 0.5)) / max(width - 1, 1) + 0.5 for value in (low, high)]
    assert shown[0] <= 1e-6 or low == high
    assert shown[1] >= 1 - 1e-6 or low == high


@pytest.mark.parametrize("kind", ["grey", "colour", "wide"])
def test_an_independent_decoder_reads_what_is_encoded(kind: str) -> None:
    frame = ramp_frames(1, samples=3)[0] if kind == "colour" else ramp_frames(1)[0]
    if kind == "wide":
        frame = frame.astype(np.uint16) * 251
    assert np.array_equal(imagecodecs_samples(jpeg_ls(frame), JPEG_LS), frame)


def test_compact_frames_are_close() -> None:
    for frame in (ramp_frames(1, 48, 64)[0] // 2, np.full((48, 64, 3), (200, 30, 90), np.uint8)):
        off = np.abs(jpeg_decoded(jpeg_baseline(frame)).astype(int) - frame)
        assert off.mean() < 3


@given(st.integers(8, 40), st.integers(8, 40), st.sampled_from(["u1", "u2", "rgb"]), st.integers(0, 9))
def test_noise_of_any_size_is_compressed_without_a_loss(rows: int, columns: int, kind: str, seed: int) -> None:
    shape = (rows, columns, 3) if kind == "rgb" else (rows, columns)
    frame = np.random.default_rng(seed).integers(0, 65536, shape).astype("u2" if kind == "u2" else "u1")
    if frame.nbytes < 256:
        return
    assert np.array_equal(imagecodecs_samples(jpeg_ls(frame), JPEG_LS), frame)


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (2, 3, 3)])
def test_a_handful_of_pixels_is_refused_with_its_size(shape: tuple[int, ...]) -> None:
    frame = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    with pytest.raises(WriteError, match=f"a picture of {shape[1]} x {shape[0]} pixels is too small"):
        jpeg_ls(frame)
