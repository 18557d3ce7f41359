import pytest
from pydicom.dataset import Dataset

from case_library.dicom.regions import pixel_aspect_of, regions_of, scale_in
from tests.dicom_files import region


def header(*items: Dataset) -> Dataset:
    ds = Dataset()
    ds.SequenceOfUltrasoundRegions = list(items)
    return ds


def test_a_region_is_read_as_it_is_stored() -> None:
    (found,) = regions_of(header(region(PhysicalDeltaY=0.02, RegionFlags=2)))
    assert (found.number, found.min_x, found.min_y, found.max_x, found.max_y) == (1, 2, 2, 29, 21)
    assert (found.delta_x, found.delta_y) == (0.01, 0.02)
    assert found.scaling_protected


def test_a_region_without_bounds_is_left_out_and_the_others_keep_their_numbers() -> None:
    broken = region()
    del broken.RegionLocationMaxX1
    assert [found.number for found in regions_of(header(broken, region()))] == [2]


def test_unequal_axes_give_the_shape_of_a_pixel() -> None:
    ds = header(region(PhysicalDeltaX=0.02, PhysicalDeltaY=0.01))
    assert pixel_aspect_of(ds, scale_in(ds, 32, 24)) == pytest.approx(0.5)


def test_pixel_aspect_ratio_shapes_a_pixel_where_there_is_no_scale() -> None:
    ds = Dataset()
    ds.PixelAspectRatio = [4, 3]
    assert pixel_aspect_of(ds, scale_in(ds, 32, 24)) == pytest.approx(4 / 3)


def test_pixel_spacing_that_is_no_spacing_counts_as_none() -> None:
    ds = Dataset()
    ds.PixelSpacing = [0, 0.1]
    assert scale_in(ds, 32, 24).origin == "none"
