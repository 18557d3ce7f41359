from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from case_library.phantoms.echoes import Echoes
from case_library.phantoms.shapes import layer
from case_library.phantoms.speckle import PERSISTENCE, SpeckleRenderer, Transducer, averaged, persist
from case_library.phantoms.tissue import Tissue

SMALL = Transducer(columns=224, rows=368, noise_db=-200.0, attenuation_db_per_mm=0.82)
ONE_LOOK = replace(SMALL, looks=1, bands=1)


def homogeneous(transducer: Transducer, level_db: float = -25.0, seed: int = 1) -> Echoes:
    tissue = Tissue(np.random.default_rng(seed), transducer)
    tissue.fill(layer(-5.0, 60.0), level_db)
    return tissue.echoes()


def points(x_mm: list[float], z_mm: list[float], **changed: float) -> Echoes:
    values = {"amplitude": 1.0} | changed
    names = ("amplitude", "phase", "coherence", "drift_per_mm", "loss_db_per_mm", "opacity", "shine")
    arrays = [np.full(len(x_mm), values.get(name, float(name == "coherence")), np.float32) for name in names]
    return Echoes(np.array(x_mm, np.float32), np.array(z_mm, np.float32), *arrays, np.zeros(len(x_mm), bool))


def line(slope: float, **changed: float) -> Echoes:
    x = np.arange(4.0, 24.0, 0.1)
    echoes = points(list(x), list(20.0 + slope * (x - 14.0)), coherence=0.0, **changed)
    joined = np.ones(x.size, bool)
    joined[-1] = False
    return replace(echoes, joined=joined)


def render(transducer: Transducer, echoes: Echoes, seed: int = 0) -> NDArray[np.float32]:
    return SpeckleRenderer(transducer).envelope(echoes, np.random.default_rng(seed))


def snr(envelope: NDArray[np.float32]) -> float:
    return float(envelope.mean() / envelope.std())


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


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
        assert level_db == pytest.approx(-25.0, abs=1.5)


@pytest.mark.parametrize("compounded", [{"looks": 3, "bands": 1}, {"looks": 1, "bands": 2}])
def test_compounding_smooths_speckle(block: NDArray[np.float32], compounded: dict[str, int]) -> None:
    assert snr(render(replace(SMALL, **compounded), homogeneous(SMALL))) > 1.2 * snr(block)


@pytest.mark.parametrize("depth_mm", [8.0625, 22.0625, 40.0625])
def test_a_point_is_as_wide_as_the_transducer_says(depth_mm: float) -> None:
    envelope = render(ONE_LOOK, points([14.0625], [depth_mm]))
    row, column = np.unravel_index(envelope.argmax(), envelope.shape)
    lateral_mm = width_px(envelope[row]) * SMALL.mm_per_px
    axial_mm = width_px(envelope[:, column]) * SMALL.mm_per_px
    assert (row, column) == (int(depth_mm / 0.125), 112)
    expected = np.hypot(SMALL.lateral_fwhm_mm, SMALL.lateral_spread * (depth_mm - SMALL.focus_mm))
    assert lateral_mm == pytest.approx(expected, rel=0.06)
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


def test_speckle_changes_a_little_with_a_little_motion_through_the_plane_and_wholly_with_more() -> None:
    body = homogeneous(ONE_LOOK)
    still = render(ONE_LOOK, body)
    near, far = (render(ONE_LOOK, body.moved(body.x_mm, body.z_mm, slice_mm=mm)) for mm in (0.15, 3.0))
    assert 0.75 < likeness(still, near) < 0.98
    assert likeness(still, far) < 0.1
    assert far.mean() == pytest.approx(still.mean(), rel=0.03)


def test_what_takes_more_sound_darkens_what_lies_behind_it_and_nothing_else() -> None:
    clear, cloudy = homogeneous(ONE_LOOK), homogeneous(ONE_LOOK)
    within = (cloudy.z_mm > 10.0) & (cloudy.z_mm < 20.0) & (cloudy.x_mm < 14.0)
    cloudy.loss_db_per_mm[within] = 1.0
    change_db = 20.0 * np.log10(render(ONE_LOOK, cloudy) / render(ONE_LOOK, clear))
    assert np.median(change_db[180:, :96]) == pytest.approx(-10.0, abs=0.5)
    assert np.abs(change_db[:72]).max() < 0.5
    assert np.abs(np.median(change_db[180:, 140:])) < 0.5


def test_a_surface_takes_its_share_at_once_however_densely_it_is_drawn() -> None:
    block = homogeneous(ONE_LOOK)
    shades = []
    for step_mm in (0.1, 0.2):
        x = np.arange(-2.0, 30.0, step_mm)
        surface = points(list(x), [20.0] * x.size, amplitude=0.0, coherence=0.0, opacity=12.0 * step_mm)
        shaded = render(ONE_LOOK, Echoes.together([block, surface]))
        shades.append(20.0 * np.log10(np.median(shaded[190:] / render(ONE_LOOK, block)[190:])))
    assert shades == pytest.approx([-12.0, -12.0], abs=0.6)


@pytest.mark.parametrize("slope", [0.25, -0.25])
def test_a_shining_line_is_brightest_at_a_right_angle_to_the_beam(slope: float) -> None:
    level, tilted = (render(ONE_LOOK, line(one, shine=1.0)).max() for one in (0.0, slope))
    dull = render(ONE_LOOK, line(slope, shine=0.0)).max()
    assert tilted < 0.7 * level and tilted < 0.7 * dull


def test_rocking_the_transducer_brings_a_tilted_line_back() -> None:
    rocked = replace(ONE_LOOK, tilt_deg=float(np.degrees(np.arctan(0.25))))
    tilted, level = line(0.25, shine=1.0), line(0.0, shine=1.0)
    assert render(rocked, tilted).max() > 1.4 * render(ONE_LOOK, tilted).max()
    assert render(rocked, level).max() < 0.7 * render(ONE_LOOK, level).max()


def test_the_picture_is_logarithmic_clipped_and_darkened_between() -> None:
    renderer = SpeckleRenderer(replace(SMALL, dynamic_range_db=60.0, white_db=0.0, grey_gamma=1.0))
    levels_db = np.array([-80.0, -60.0, -30.0, -20.0, 0.0, 12.0])
    assert renderer.picture(levels_db).tolist() == [0, 0, 128, 170, 255, 255]
    darker = SpeckleRenderer(replace(SMALL, dynamic_range_db=60.0, white_db=0.0, grey_gamma=2.0))
    assert darker.picture(levels_db).tolist() == [0, 0, 64, 113, 255, 255]


def test_persistence_averages_each_frame_with_its_neighbours_and_does_not_lag() -> None:
    frames = [np.full((2, 2), value, np.float32) for value in (0.0, 0.0, 1.0, 0.0, 0.0)]
    assert [float(frame[0, 0]) for frame in persist(iter(frames))] == pytest.approx([0.0, *PERSISTENCE, 0.0])
    assert sum(PERSISTENCE) == pytest.approx(1.0)
    assert [frame[0, 0] for frame in persist(iter(frames[2:3]))] == pytest.approx([1.0])
    assert list(persist(iter([]))) == []
    assert averaged(frames[1], frames[2], frames[3])[0, 0] == pytest.approx(PERSISTENCE[1])
