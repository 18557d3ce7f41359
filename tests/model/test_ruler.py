from case_library.model.calibration import RegionCalibration, Scale, ScaleOrigin, scale_of
from case_library.model.ruler import ruler_of
from tests.model.test_case import clip


def region(number: int, min_x: int, max_x: int, delta: float = 0.0125, unit: int = 3) -> RegionCalibration:
    return RegionCalibration(
        number=number, min_x=min_x, min_y=0, max_x=max_x, max_y=99, spatial_format=1, data_type=1, unit_x=unit,
        unit_y=unit, delta_x=delta, delta_y=delta,
    )  # fmt: skip


def test_a_ruler_has_the_regions_that_can_be_trusted() -> None:
    ruler = ruler_of(
        clip(
            columns=200,
            rows=100,
            regions=(region(1, 0, 99), region(2, 100, 200), region(3, 100, 250), region(4, 0, 50, unit=4)),
            scale=scale_of((region(1, 0, 99), region(2, 100, 200)), 200, 100),
        )
    )
    assert [(r.number, r.max_x, r.mm_per_px) for r in ruler.regions] == [
        (1, 99, (0.125, 0.125)),
        (2, 199, (0.125, 0.125)),
    ]
    assert ruler.main_region == 2


def test_a_stated_scale_holds_for_the_whole_frame() -> None:
    stated = Scale(origin=ScaleOrigin.STATED, trusted=True, why="By hand", mm_per_px=(0.2, 0.2))
    ruler = ruler_of(clip(columns=200, rows=100, regions=(region(1, 0, 99),), scale=stated))
    assert ruler.at([(0, 0), (199, 99)]).mm_per_px == (0.2, 0.2)
    assert ruler.regions == ()


def test_without_trust_there_are_no_millimetres_whatever_the_regions_say() -> None:
    spacing = Scale(origin=ScaleOrigin.PIXEL_SPACING, trusted=False, why="Unverified", mm_per_px=(0.2, 0.2))
    ruler = ruler_of(clip(columns=200, rows=100, regions=(region(1, 0, 99),), scale=spacing))
    here = ruler.at([(1, 1)])
    assert (here.mm_per_px, here.why) == (None, "Unverified")
