import numpy as np
import pytest

from case_library.phantoms.echoes import Echoes
from case_library.phantoms.shapes import layer
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import Tissue


@pytest.fixture
def body() -> Echoes:
    tissue = Tissue(np.random.default_rng(2), Transducer(columns=160, rows=160))
    tissue.fill(layer(0.0, 3.0), -30.0)
    x = np.linspace(2.0, 8.0, 31)
    tissue.lines(np.stack([x, x]), np.stack([5.0 + 0.1 * x, 9.0 - 0.5 * x]), -10.0)
    return tissue.echoes()


def test_moved_echoes_are_the_same_at_other_places(body: Echoes) -> None:
    moved = body.moved(body.x_mm + 1.0, body.z_mm, level_db=20.0 * np.log10(2.0))
    assert np.array_equal(moved.x_mm, body.x_mm + 1.0) and moved.x_mm.dtype == np.float32
    assert moved.amplitude == pytest.approx(2.0 * body.amplitude)
    assert np.array_equal(moved.phase, body.phase)
    assert np.array_equal(moved.joined, body.joined)


def test_a_line_knows_its_slope_and_speckle_has_none(body: Echoes) -> None:
    slopes = np.tan(body.slope())
    on_line = body.coherence == 0
    assert not slopes[~on_line].any()
    assert slopes[on_line] == pytest.approx(np.repeat([0.1, -0.5], 31), abs=1e-3)


def test_turning_a_body_turns_its_lines(body: Echoes) -> None:
    turned = body.moved(body.x_mm, body.z_mm + 0.2 * body.x_mm)
    assert np.tan(turned.slope()[turned.coherence == 0]) == pytest.approx(np.repeat([0.3, -0.3], 31), abs=1e-3)


def test_a_line_cut_in_two_does_not_reach_across_the_cut(body: Echoes) -> None:
    kept = body.part((body.x_mm < 4.0) | (body.x_mm > 6.0))
    far = np.diff(kept.x_mm, append=0.0) > 1.0
    assert not (kept.joined & far).any()
    on_line = kept.coherence == 0
    assert np.tan(kept.slope()[on_line][:20]) == pytest.approx(0.1, abs=1e-3)


def test_parts_together_are_the_whole(body: Echoes) -> None:
    chosen = body.x_mm < 5.0
    both = Echoes.together([body.part(chosen), body.part(~chosen)])
    assert both.x_mm.size == body.x_mm.size
    assert sorted(both.phase.tolist()) == sorted(body.phase.tolist())
