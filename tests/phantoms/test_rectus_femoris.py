import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from case_library.phantoms.build import PHANTOMS, PhantomRenderer
from case_library.phantoms.echoes import Echoes
from case_library.phantoms.rectus_femoris import Tear, TornRectusFemoris
from case_library.phantoms.speckle import Transducer

MM_PER_PX = 0.125
MIDDLE_MM = 16.5
# Frame number -> gap, as the clinical reference has it.
GAPS_MM = {1: 2.0, 34: 3.46, 39: 9.7, 46: 16.0, 61: 16.0}


@pytest.fixture(scope="module")
def tissue() -> TornRectusFemoris:
    return TornRectusFemoris(Tear(), Transducer(), seed=1)


@pytest.fixture(scope="module")
def frames() -> dict[int, NDArray[np.uint8]]:
    renderer = PhantomRenderer(PHANTOMS["C01-2"])
    return {number: renderer.frame(number - 1) for number in GAPS_MM}


def dark_gap_mm(frame: NDArray[np.uint8]) -> tuple[float, float]:
    """Return where the dark gap begins and ends, read from the pixels alone.

    The mean grey of 3 mm of depth at the middle of the muscle, smoothed over 0.6 mm along it; the edges lie where it
    crosses half way between the darkest place and the median.
    """
    rows = slice(round((MIDDLE_MM - 1.5) / MM_PER_PX), round((MIDDLE_MM + 1.5) / MM_PER_PX))
    grey = np.convolve(np.pad(frame[rows].mean(axis=0), 2, mode="edge"), np.full(5, 0.2), "valid")
    darkest = 40 + int(grey[40:-40].argmin())
    edge = (grey[darkest] + np.median(grey)) / 2.0
    left = right = darkest
    while grey[left] < edge:
        left -= 1
    while grey[right] < edge:
        right += 1
    # Pixel i is seen at i + 0.5.
    x_left = left + 0.5 + (grey[left] - edge) / (grey[left] - grey[left + 1])
    x_right = right + 0.5 - (grey[right] - edge) / (grey[right] - grey[right - 1])
    return float(x_left * MM_PER_PX), float(x_right * MM_PER_PX)


@given(activation=st.floats(0.0, 1.0), sway_mm=st.floats(-0.3, 0.3))
def test_each_stump_goes_its_own_way_and_the_gap_grows_by_both(
    tissue: TornRectusFemoris, activation: float, sway_mm: float
) -> None:
    rest, now = tissue.stump_edges(0.0), tissue.stump_edges(activation, sway_mm)
    assert now.gap_mm == pytest.approx(2.0 + 14.0 * activation)
    assert rest.proximal_mm[0] - now.proximal_mm[0] == pytest.approx(11.0 * activation)
    assert now.distal_mm[0] - rest.distal_mm[0] == pytest.approx(3.0 * activation)


@pytest.mark.parametrize("frame_number", GAPS_MM)
def test_the_gap_in_the_pixels_is_the_gap_of_the_truth(frames: dict[int, NDArray[np.uint8]], frame_number: int) -> None:
    left_mm, right_mm = dark_gap_mm(frames[frame_number])
    assert right_mm - left_mm == pytest.approx(GAPS_MM[frame_number], abs=0.7)


@pytest.mark.parametrize("frame_number", GAPS_MM)
def test_the_edges_in_the_pixels_are_those_of_the_truth(
    frames: dict[int, NDArray[np.uint8]], frame_number: int
) -> None:
    truth = PhantomRenderer(PHANTOMS["C01-2"]).truth()["frames"][frame_number - 1]
    left_mm, right_mm = dark_gap_mm(frames[frame_number])
    assert left_mm == pytest.approx(truth["proximal_edge_mm"][0], abs=0.7)
    assert right_mm == pytest.approx(truth["distal_edge_mm"][0], abs=0.7)


def test_the_open_gap_is_dark_and_the_muscle_beside_it_is_not(frames: dict[int, NDArray[np.uint8]]) -> None:
    full = frames[61]
    rows = slice(round(12 / MM_PER_PX), round(22 / MM_PER_PX))
    gap = full[rows, round(26 / MM_PER_PX) : round(34 / MM_PER_PX)].mean()
    muscle = full[rows, round(44 / MM_PER_PX) : round(56 / MM_PER_PX)].mean()
    assert gap < 0.4 * muscle


def test_the_femur_is_bright_and_throws_a_shadow(frames: dict[int, NDArray[np.uint8]]) -> None:
    rest = frames[1]
    cortex = rest[round(45.2 / MM_PER_PX) : round(46.8 / MM_PER_PX)].max(axis=0)
    above = rest[round(42 / MM_PER_PX) : round(45 / MM_PER_PX)].mean()
    below = rest[round(48 / MM_PER_PX) :].mean()
    assert np.median(cortex) > 170
    assert below < 0.6 * above


def row_of_proximal_stump(scatterers: Echoes) -> NDArray[np.bool_]:
    return (np.abs(scatterers.z_mm - 17.5) < 0.05) & (scatterers.x_mm < 32.0)


@pytest.mark.parametrize("activation", [0.3, 1.0])
def test_tissue_is_squeezed_but_never_folded(tissue: TornRectusFemoris, activation: float) -> None:
    rest, now = tissue.echoes(0.0), tissue.echoes(activation)
    chosen = row_of_proximal_stump(rest)
    before, after = rest.x_mm[chosen], now.x_mm[chosen]
    order = np.argsort(before)
    apart_before, apart_after = np.diff(before[order]), np.diff(after[order])
    wide = apart_before > 0.05
    assert np.all(apart_after[wide] > 0.4 * apart_before[wide])
    assert np.all(apart_after[wide] < 1.3 * apart_before[wide])


def test_the_same_scatterers_are_there_at_every_moment(tissue: TornRectusFemoris) -> None:
    rest, now = tissue.echoes(0.0), tissue.echoes(1.0, 0.1)
    assert rest.x_mm.shape == now.x_mm.shape == now.amplitude.shape == now.coherence.shape
    assert np.array_equal(rest.x_mm, tissue.echoes(0.0).x_mm)


def test_no_muscle_is_left_in_the_open_gap(tissue: TornRectusFemoris) -> None:
    now = tissue.echoes(1.0)
    edges = tissue.stump_edges(1.0)
    inside = (
        (np.abs(now.z_mm - edges.proximal_mm[1]) < 3.0)
        & (now.x_mm > edges.proximal_mm[0] + 2.0)
        & (now.x_mm < edges.distal_mm[0] - 2.0)
    )
    assert inside.sum() > 100
    # Muscle has surfaces among its echoes, the blood between the stumps has none.
    assert np.all(now.coherence[inside] == 1.0)


def test_skin_and_bone_stay_where_the_transducer_is(tissue: TornRectusFemoris) -> None:
    rest, now = tissue.echoes(0.0), tissue.echoes(1.0)
    skin, bone = rest.z_mm < 0.1, rest.z_mm > 46.5
    for chosen in (skin, bone):
        assert np.abs(now.x_mm - rest.x_mm)[chosen].max() < 1e-3
        assert np.abs(now.z_mm - rest.z_mm)[chosen].max() < 0.02


def test_what_lies_behind_the_open_gap_is_enhanced(frames: dict[int, NDArray[np.uint8]]) -> None:
    rows, columns = (
        slice(round(26 / MM_PER_PX), round(40 / MM_PER_PX)),
        slice(round(26 / MM_PER_PX), round(34 / MM_PER_PX)),
    )
    assert frames[61][rows, columns].mean() > 1.15 * frames[1][rows, columns].mean()
