import numpy as np
import pytest

from case_library.phantoms.shapes import ellipse, layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import ECHOES_PER_MM2, SmoothNoise, Tissue, across_fibres

TRANSDUCER = Transducer(columns=160, rows=160)


def tissue(seed: int = 5) -> Tissue:
    return Tissue(np.random.default_rng(seed), TRANSDUCER)


def test_smooth_noise_has_mean_nought_and_variance_one() -> None:
    fields = [SmoothNoise(np.random.default_rng(seed), 1.0, 1.0) for seed in range(20)]
    x, z = np.meshgrid(np.linspace(0.0, 40.0, 200), np.linspace(0.0, 40.0, 200))
    values = np.stack([field(x, z) for field in fields])
    assert values.mean() == pytest.approx(0.0, abs=0.05)
    assert values.std() == pytest.approx(1.0, abs=0.05)


def test_smooth_noise_is_longer_along_its_longer_side() -> None:
    field, step = SmoothNoise(np.random.default_rng(1), 8.0, 0.5), np.linspace(0.0, 40.0, 400)
    along, across = field(step, np.zeros(400)), field(np.zeros(400), step)
    assert np.abs(np.diff(along)).mean() < 0.2 * np.abs(np.diff(across)).mean()


def test_the_gradient_of_smooth_noise_is_its_rise() -> None:
    field, x, z = SmoothNoise(np.random.default_rng(1), 2.0, 1.0), np.array([3.0]), np.array([4.0])
    along_x, along_z = field.gradient(x, z)
    assert along_x == pytest.approx((field(x + 0.01, z) - field(x - 0.01, z)) / 0.02, abs=2e-3)
    assert along_z == pytest.approx((field(x, z + 0.01) - field(x, z - 0.01)) / 0.02, abs=2e-3)


def test_a_layer_is_filled_evenly_and_beyond_the_picture() -> None:
    layered = tissue()
    layered.fill(layer(5.0, 10.0), -30.0)
    found = layered.echoes()
    assert found.z_mm.min() >= 5.0 and found.z_mm.max() <= 10.0
    assert found.x_mm.min() < -7.5 and found.x_mm.max() > 27.5
    assert found.x_mm.size == pytest.approx(ECHOES_PER_MM2 * 36.0 * 5.0, rel=0.01)
    assert np.all(found.coherence == 1.0)


def test_tissue_reaches_as_far_beyond_the_picture_as_it_is_told() -> None:
    wide = Tissue(np.random.default_rng(1), TRANSDUCER, beyond_mm=15.0)
    wide.fill(layer(5.0, 10.0), -30.0)
    assert wide.echoes().x_mm.min() == pytest.approx(-15.0, abs=0.2)


def test_what_fills_a_region_stays_in_it() -> None:
    filled = tissue()
    region = ellipse(10.0, 8.0, 4.0, 2.0, 30.0)
    filled.fill(region, -30.0, loss_db_per_mm=-0.5)
    found = filled.echoes()
    assert np.all(region.contains(found.x_mm, found.z_mm))
    assert found.x_mm.size == pytest.approx(ECHOES_PER_MM2 * np.pi * 8.0, rel=0.1)
    assert np.all(found.loss_db_per_mm == -0.5)


def test_lines_are_cut_off_at_the_border_of_their_region() -> None:
    lined, region = tissue(), ellipse(10.0, 8.0, 4.0, 2.0)
    x = np.arange(0.0, 20.0, 0.2)
    lined.lines(x[None, :], np.full((1, x.size), 8.0), -10.0, region=region)
    found = lined.echoes()
    assert found.x_mm.min() == pytest.approx(6.0, abs=0.21) and found.x_mm.max() == pytest.approx(14.0, abs=0.21)
    assert not found.joined[-1] and found.joined[:-1].all()


def test_lines_along_the_fibres_follow_a_slope_that_changes() -> None:
    x, z = np.array([10.0]), np.array([5.0])
    xs, zs, part = tissue().along(x, z, lambda x, z: 0.02 * x, np.array([12.0]))
    assert zs - 5.0 == pytest.approx(0.01 * (xs**2 - 100.0), abs=0.03)
    assert (part[0, 0], part[0, -1]) == (-1.0, 1.0)
    assert np.hypot(np.diff(xs), np.diff(zs)).sum() == pytest.approx(12.0, rel=1e-3)


def test_contours_keep_the_value_of_their_field() -> None:
    drawn = tissue()
    field = drawn.noise(3.0, 3.0)
    xs, zs = drawn.contours(np.array([4.0, 9.0]), np.array([5.0, 12.0]), field, 3.0)
    assert np.ptp(field(xs, zs), axis=1) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("slope", [0.2, lambda x, z: np.full(np.shape(x), 0.2)])
def test_points_of_one_fibre_have_one_number(slope: object) -> None:
    x = np.array([0.0, 10.0, 30.0])
    assert across_fibres(slope, x, 5.0 + 0.2 * x, 30.0) == pytest.approx(11.0)  # type: ignore[arg-type]
