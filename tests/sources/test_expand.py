from pathlib import Path

from case_library.sources.expand import natural_key


def test_numbers_in_names_sort_as_numbers() -> None:
    names = [Path("clip10.dcm"), Path("clip2.dcm"), Path("a")]
    assert sorted(names, key=natural_key) == [Path("a"), Path("clip2.dcm"), Path("clip10.dcm")]
