import numpy as np
import pytest

from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import SCATTERERS_PER_MM2, Tissue, smooth_noise

TRANSDUCER = Transducer(columns=160, rows=160)


def tissue() -> Tissue:
    return Tissue(np.random.default_rng(5), TRANSDUCER)


def test_smooth_noise_has_mean_nought_and_variance_one() -> None:
    fields = [smooth_noise(np.random.default_rng(seed), 1.0, 1.0) for seed in range(20)]
    x, z = np.meshgrid(np.linspace(0.0, 40.0, 200), np.linspace(0.0, 40.0, 200))
    values = np.stack([field(x, z) for field in fields])
    assert values.mean() == pytest.approx(0.0, abs=0.05)
    assert values.std() == pytest.approx(1.0, abs=0.05)


def test_smooth_noise_is_longer_along_its_longer_side() -> None:
    field, step = smooth_noise(np.random.default_rng(1), 8.0, 0.5), np.linspace(0.0, 40.0, 400)
    along, across = field(step, np.zeros(400)), field(np.zeros(400), step)
    assert np.abs(np.diff(along)).mean() < 0.2 * np.abs(np.diff(across)).mean()


def test_a_layer_is_filled_evenly_and_beyond_the_picture() -> None:
    layer = tissue()
    layer.fill(5.0, 10.0, lambda x, z: np.full(x.shape, -30.0))
    found = layer.scatterers()
    assert found.z_mm.min() >= 5.0 and found.z_mm.max() <= 10.0
    assert found.x_mm.min() < -1.5 and found.x_mm.max() > 21.5
    assert found.x_mm.size == pytest.approx(SCATTERERS_PER_MM2 * 24.0 * 5.0, rel=0.01)
    assert np.all(found.coherence == 1.0)


def test_a_sheet_lies_at_its_depth_and_reflects_as_a_surface() -> None:
    fascia = tissue()
    fascia.sheet(lambda x: 9.0 + 0.1 * x, -10.0, thickness_mm=0.5)
    found = fascia.scatterers()
    assert np.abs(found.z_mm - 9.0 - 0.1 * found.x_mm).max() < 0.8
    assert np.all(found.coherence == 0.0)


def test_fascicles_stay_in_their_layer_and_run_along_its_slope() -> None:
    muscle = tissue()
    muscle.fascicles(10.0, 16.0, 0.2, per_mm2=0.1, length_mm=(8.0, 12.0), level_db=(-30.0, -10.0))
    found = muscle.scatterers()
    assert found.z_mm.min() > 9.8 and found.z_mm.max() < 16.2
    steps = np.diff(found.x_mm.astype(float)), np.diff(found.z_mm.astype(float))
    on_one_strand = (steps[0] > 0) & (steps[0] < 0.15)
    assert steps[1][on_one_strand].mean() / steps[0][on_one_strand].mean() == pytest.approx(0.2, abs=0.05)
