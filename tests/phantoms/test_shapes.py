import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.phantoms.shapes import Region, ellipse, ellipse_outline, layer, polygon

PLACES = st.floats(0.0, 20.0)


def holds(region: Region, x: float, z: float) -> bool:
    return bool(region.contains(np.array([x]), np.array([z]))[0])


def test_a_layer_lies_between_its_depths() -> None:
    sloping = layer(lambda x: 5.0 + 0.1 * x, 9.0)
    assert [holds(sloping, 10.0, z) for z in (5.9, 6.0, 8.9, 9.0)] == [False, True, True, False]
    assert sloping.box[3] == 9.0


@pytest.mark.parametrize("angle_deg", [0.0, 30.0, 90.0])
def test_the_outline_of_an_ellipse_is_its_border(angle_deg: float) -> None:
    x, z = ellipse_outline(10.0, 8.0, 4.0, 2.0, angle_deg).T
    smaller, larger = ellipse(10.0, 8.0, 3.98, 1.98, angle_deg), ellipse(10.0, 8.0, 4.02, 2.02, angle_deg)
    assert larger.contains(x, z).all() and not smaller.contains(x, z).any()
    left, right, top, bottom = ellipse(10.0, 8.0, 4.0, 2.0, angle_deg).box
    assert (x.min(), x.max()) == pytest.approx((left, right), abs=0.01)
    assert (z.min(), z.max()) == pytest.approx((top, bottom), abs=0.01)


@given(PLACES, PLACES)
def test_a_polygon_may_be_hollow(x: float, z: float) -> None:
    horseshoe = polygon(np.array([(2, 2), (18, 2), (18, 18), (14, 18), (14, 6), (6, 6), (6, 18), (2, 18)], float))
    if min(abs(x - edge) for edge in (2, 6, 14, 18)) < 1e-6 or min(abs(z - edge) for edge in (2, 6, 18)) < 1e-6:
        return
    assert holds(horseshoe, x, z) == (2 < x < 18 and 2 < z < 18 and not (6 < x < 14 and z > 6))


@given(PLACES, PLACES)
def test_regions_are_joined_and_cut_as_sets(x: float, z: float) -> None:
    one, other = ellipse(8.0, 8.0, 5.0, 3.0), layer(7.0, 12.0)
    assert holds(one & other, x, z) == (holds(one, x, z) and holds(other, x, z))
    assert holds(one | other, x, z) == (holds(one, x, z) or holds(other, x, z))
    assert holds(one - other, x, z) == (holds(one, x, z) and not holds(other, x, z))
