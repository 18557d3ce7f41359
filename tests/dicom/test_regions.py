import re
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from case_library.dicom.regions import pixel_aspect_of, regions_of, scale_in
from case_library.model.calibration import region_refusal
from tests.dicom_files import region
from tests.shared_data import shared_data


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


def real(name: str) -> Dataset:
    return pydicom.dcmread(shared_data(f"dicom-us/{name}"), stop_before_pixels=True)


@pytest.mark.parametrize(
    ("name", "number", "mm_per_px", "why"),
    [
        pytest.param("examples_ybr_color.dcm", 1, None, "columns 84-595 .* outside the 320x240 frame", id="outside"),
        pytest.param("OBXXXX1A_rle_2frame.dcm", 1, (0.262288, 0.262288), "inside the frame", id="one-pixel-over"),
        pytest.param("US-YBR_FULL_422-EVRLE.dcm", 1, (0.0616, 0.0616), "inside the frame", id="up-to-the-last-pixel"),
        pytest.param("YBR_FULL-RLE.dcm", 2, (0.095368, 0.095368), "region 2", id="whole-screen-of-type-0-first"),
        pytest.param("gdcm-US-ALOKA-16.dcm", 1, (0.382653, 0.382653), "inside the frame$", id="two-side-by-side"),
        pytest.param("Issue16.dcm", 1, (0.285714, 0.228571), "inside the frame$", id="unequal-deltas-and-an-ecg"),
        pytest.param("undefined-length-test.dcm", 1, (0.641096, 0.641096), "inside the frame$", id="m-mode-is-larger"),
        pytest.param("color-pl.dcm", None, None, "no ultrasound region", id="none"),
    ],
)
def test_the_scale_of_a_real_file(
    name: str, number: int | None, mm_per_px: tuple[float, float] | None, why: str
) -> None:
    ds = real(name)
    scale = scale_in(ds, ds.Columns, ds.Rows)
    assert scale.region == number
    assert re.search(why, scale.why)
    assert scale.trusted is (mm_per_px is not None)
    assert scale.mm_per_px == (mm_per_px and pytest.approx(mm_per_px, abs=1e-6))


def test_real_regions_that_measure_no_length_are_read_and_refused() -> None:
    screen = regions_of(real("YBR_FULL-RLE.dcm"))[0]
    m_mode = regions_of(real("undefined-length-test.dcm"))[1]
    ecg = regions_of(real("Issue16.dcm"))[1]
    assert (screen.spatial_format, m_mode.spatial_format, ecg.spatial_format) == (0, 2, 4)
    assert (m_mode.unit_x, m_mode.unit_y) == (4, 3)
    for region_, columns, rows in ((screen, 640, 480), (m_mode, 1016, 708), (ecg, 480, 430)):
        assert "not a two-dimensional image in centimetres" in str(region_refusal(region_, columns, rows))


def test_two_real_images_side_by_side_share_one_scale() -> None:
    left, right, colours = regions_of(real("gdcm-US-ALOKA-16.dcm"))
    assert (left.max_x, right.min_x) == (335, 336)
    assert (left.delta_x, left.delta_y) == (right.delta_x, right.delta_y)
    assert (left.measures_length, right.measures_length, colours.measures_length) == (True, True, False)
    assert left.scaling_protected


def test_unequal_real_deltas_give_the_shape_of_a_pixel() -> None:
    ds = real("Issue16.dcm")
    assert pixel_aspect_of(ds, scale_in(ds, 480, 430)) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"PhysicalDeltaY": -0.01}, "0.01 x -0.01 cm per pixel, which is not positive", id="negative"),
        pytest.param({"PhysicalDeltaX": 0.0}, "which is not positive", id="zero"),
        pytest.param({"RegionLocationMaxX1": 33}, "outside the 32x24 frame", id="two-pixels-over"),
        pytest.param({"RegionLocationMaxX1": 2}, "region 1 is empty", id="zero-width"),
        pytest.param({"RegionLocationMinY0": 22}, "region 1 is empty", id="upside-down"),
    ],
)
def test_a_refused_scale_says_why_and_that_lengths_stay_in_pixels(changes: dict[str, Any], why: str) -> None:
    scale = scale_in(header(region(**changes)), 32, 24)
    assert not scale.trusted
    assert scale.mm_per_px is None
    assert why in scale.why
    assert scale.why.endswith("Lengths stay in pixels")


def test_an_ecg_without_a_width_leaves_the_picture_its_scale() -> None:
    ecg = region(
        RegionSpatialFormat=4, RegionDataType=10, PhysicalUnitsXDirection=4, PhysicalUnitsYDirection=0,
        RegionLocationMinX0=5, RegionLocationMaxX1=5, PhysicalDeltaX=0.0, PhysicalDeltaY=0.0,
    )  # fmt: skip
    scale = scale_in(header(ecg, region()), 32, 24)
    assert (scale.region, scale.trusted, scale.mm_per_px) == (2, True, pytest.approx((0.1, 0.1)))


def test_two_images_of_different_scale_say_so() -> None:
    left, right = region(RegionLocationMaxX1=10), region(RegionLocationMinX0=11, PhysicalDeltaX=0.02)
    scale = scale_in(header(left, right), 32, 24)
    assert scale.region == 2
    assert "other regions of this clip have scales of their own" in scale.why


def test_pixel_spacing_alone_is_shown_row_and_column_and_not_trusted() -> None:
    ds = Dataset()
    ds.PixelSpacing = ["0.2", "0.1"]
    scale = scale_in(ds, 32, 24)
    assert (scale.origin, scale.trusted, scale.mm_per_px) == ("pixel_spacing", False, (0.1, 0.2))
    assert "lengths stay in pixels" in scale.why


def test_a_region_counts_more_than_pixel_spacing_even_where_it_is_refused() -> None:
    ds = header(region(PhysicalDeltaX=-0.01))
    ds.PixelSpacing = ["0.2", "0.1"]
    assert scale_in(ds, 32, 24).mm_per_px is None
