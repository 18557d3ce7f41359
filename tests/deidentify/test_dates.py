"""Dates and times moved back together."""

from datetime import timedelta

import pytest

from case_library.deidentify.dates import moved_back

OFFSET = timedelta(days=400, hours=12)


@pytest.mark.parametrize(
    ("date", "time", "moved"),
    [
        ("20200315", "130000", ("20190209", "010000")),
        ("20200315", "110000.125", ("20190208", "230000.125")),
        ("20200315", "1300", ("20190209", "010000")),
        ("2020.03.15", "13:00:00", ("20190209", "010000")),
        ("20200315", "125960", ("20190209", "005959")),
        ("20200315", "", ("20190209", "")),
        ("20200315", "noon", ("20190209", "")),
        ("20200315", "250000", ("", "")),
        ("", "130000", ("", "")),
        ("20200230", "130000", ("", "")),
        ("00010101", "", ("", "")),
        ("10000101", "", ("", "")),
        ("2020", "13", ("", "")),
        ("٢٠٢٠٠٣١٥", "", ("", "")),
    ],
)
def test_a_date_moves_with_its_time_or_is_removed(date: str, time: str, moved: tuple[str, str]) -> None:
    assert moved_back(date, time, OFFSET) == moved
