from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from case_library.phantoms.speckle import Scatterers, SpeckleRenderer, Transducer, tissue_amplitude

SMALL = Transducer(columns=224, rows=368, noise_db=-200.0, attenuation_db_per_mm=0.86)
ONE_LOOK = replace(SMALL, looks=1)
PER_MM2 = 50.0


def homogeneous(transducer: Transducer, level_db: float = -25.0, seed: int = 1) -> Scatterers:
    random = np.random.default_rng(seed)
    width = transducer.grid_shape[1] * transducer.mm_per_px
    height = transducer.grid_shape[0] * transducer.mm_per_px
    margin = transducer.margin_px * transducer.mm_per_px
    count = round(width * height * PER_MM2)
    x = random.uniform(-margin, width - margin, count).astype(np.float32)
    z = random.uniform(-margin, height - margin, count).astype(np.float32)
    level = np.full(count, level_db, np.float32)
    amplitude = tissue_amplitude(level, PER_MM2, transducer.mm_per_px)
    return Scatterers(x, z, amplitude.astype(np.complex64), np.ones(count, np.float32))


def points(x_mm: list[float], z_mm: list[float]) -> Scatterers:
    ones = np.ones(len(x_mm), np.float32)
    return Scatterers(np.array(x_mm, np.float32), np.array(z_mm, np.float32), ones.astype(np.complex64), ones)


def render(transducer: Transducer, scatterers: Scatterers, seed: int = 0) -> NDArray[np.float32]:
    return SpeckleRenderer(transducer).envelope(scatterers, np.random.default_rng(seed))


def snr(envelope: NDArray[np.float32]) -> float:
    return float(envelope.mean() / envelope.std())


def width_px(profile: NDArray[np.float32]) -> float:
    """Return the width at half height, between pixels."""
    peak, half = int(profile.argmax()), profile.max() / 2.0
    left, right = peak, peak
    while profile[left] > half:
        left -= 1
    while profile[right] > half:
        right += 1
    from_left = left + (half - profile[left]) / (profile[left + 1] - profile[left])
    return float(right - (half - profile[right]) / (profile[right - 1] - profile[right]) - from_left)


@pytest.fixture(scope="module")
def block() -> NDArray[np.float32]:
    return render(ONE_LOOK, homogeneous(ONE_LOOK))


def test_one_look_at_a_homogeneous_block_is_fully_developed_speckle(block: NDArray[np.float32]) -> None:
    assert snr(block) == pytest.approx(1.91, abs=0.08)


def test_the_echo_of_a_block_is_rayleigh_distributed(block: NDArray[np.float32]) -> None:
    # Of a Rayleigh distribution, exp(-1) = 36.8 % lies above the root of the mean square.
    assert np.mean(block**2 > np.mean(block**2)) == pytest.approx(np.exp(-1.0), abs=0.02)


def test_a_block_has_its_level_at_every_depth_when_time_gain_matches_attenuation(block: NDArray[np.float32]) -> None:
    for top in (10, 120, 240, 330):
        level_db = 10.0 * np.log10(np.mean(block[top : top + 30] ** 2))
        assert level_db == pytest.approx(-26.0, abs=1.5)


def test_compounding_smooths_speckle(block: NDArray[np.float32]) -> None:
    assert snr(render(SMALL, homogeneous(SMALL))) > 1.35 * snr(block)


@pytest.mark.parametrize("depth_mm", [8.0625, 22.0625, 40.0625])
def test_a_point_is_as_wide_as_the_transducer_says(depth_mm: float) -> None:
    envelope = render(ONE_LOOK, points([14.0625], [depth_mm]))
    row, column = np.unravel_index(envelope.argmax(), envelope.shape)
    lateral_mm = width_px(envelope[row]) * SMALL.mm_per_px
    axial_mm = width_px(envelope[:, column]) * SMALL.mm_per_px
    assert (row, column) == (int(depth_mm / 0.125), 112)
    assert lateral_mm == pytest.approx(SMALL.lateral_fwhm_mm + SMALL.lateral_spread * depth_mm, rel=0.06)
    assert axial_mm == pytest.approx(SMALL.axial_fwhm_mm, rel=0.10)
    assert lateral_mm > 1.3 * axial_mm


def test_points_moved_by_whole_pixels_move_the_picture_by_as_many() -> None:
    random = np.random.default_rng(3)
    x, z = random.uniform(8.0, 18.0, 500), random.uniform(5.0, 40.0, 500)
    still = render(SMALL, points(list(x), list(z)))
    moved = render(SMALL, points(list(x + 10 * SMALL.mm_per_px), list(z)))
    assert moved[:, 10:] == pytest.approx(still[:, :-10], rel=1e-2, abs=1e-3)


def test_a_quarter_of_a_pixel_is_not_lost() -> None:
    near, far = (
        float(np.average(np.arange(SMALL.columns), weights=render(ONE_LOOK, points([x], [20.0])).sum(axis=0)))
        for x in (10.0, 10.0 + SMALL.mm_per_px / 4.0)
    )
    assert far - near == pytest.approx(0.25, abs=0.01)


def test_points_far_outside_leave_no_trace() -> None:
    outside = points([-20.0, 80.0, 10.0, 10.0], [20.0, 20.0, -20.0, 90.0])
    assert render(SMALL, outside).max() < 1e-6


def test_noise_grows_with_depth_and_differs_from_frame_to_frame() -> None:
    noisy = replace(ONE_LOOK, noise_db=-92.0)
    first, second = (render(noisy, points([], []), seed) for seed in (1, 2))
    assert first[-40:].mean() > 10.0 * first[:40].mean()
    assert not np.array_equal(first, second)
    assert np.array_equal(first, render(noisy, points([], []), 1))


def test_a_gain_darkens_what_is_behind() -> None:
    renderer, scatterers = SpeckleRenderer(ONE_LOOK), points([14.0], [20.0])
    plain = renderer.envelope(scatterers, np.random.default_rng(0))
    shaded = renderer.envelope(scatterers, np.random.default_rng(0), np.full((1, 1), -20.0))
    assert shaded.max() == pytest.approx(plain.max() / 10.0, rel=1e-3)


def test_the_picture_is_logarithmic_and_clipped() -> None:
    renderer = SpeckleRenderer(replace(SMALL, dynamic_range_db=60.0, white_db=0.0))
    levels_db = np.array([-80.0, -60.0, -30.0, -20.0, 0.0, 12.0])
    assert renderer.picture(10.0 ** (levels_db / 20.0)).tolist() == [0, 0, 128, 170, 255, 255]
