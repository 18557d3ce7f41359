from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from case_library.deidentify.remembered import FILE_NAME, RememberedMasks, screen_digest


def header(**elements: str) -> Dataset:
    ds = Dataset()
    for keyword, value in {"Manufacturer": "Maker", "ManufacturerModelName": "Model X", **elements}.items():
        setattr(ds, keyword, value)
    return ds


def test_a_screen_is_known_by_machine_software_and_size_and_only_with_the_key() -> None:
    known = screen_digest(b"k" * 32, header(), 800, 600)
    assert known == screen_digest(b"k" * 32, header(Manufacturer="MAKER "), 800, 600)
    others = [
        screen_digest(b"k" * 32, header(), 800, 601),
        screen_digest(b"k" * 32, header(SoftwareVersions="2"), 800, 600),
        screen_digest(b"l" * 32, header(), 800, 600),
    ]
    assert known not in others
    assert screen_digest(b"k" * 32, Dataset(), 800, 600) is None


def test_what_was_confirmed_is_offered_again_and_the_file_names_no_machine(tmp_path: Path) -> None:
    masks = RememberedMasks(tmp_path)
    screen = screen_digest(b"k" * 32, header(), 800, 600)
    assert screen is not None
    assert masks.offer(screen, 800, 600) == ()
    masks.remember(screen, [(1, 2, 3, 4)])
    masks.remember(screen, [(5, 6, 7, 8), (790, 0, 20, 10)])
    offered = RememberedMasks(tmp_path).offer(screen, 800, 600)
    assert [(r.box, r.origin) for r in offered] == [((5, 6, 7, 8), "remembered")]
    written = (tmp_path / FILE_NAME).read_text().lower()
    assert "maker" not in written
    assert "model" not in written


@pytest.mark.parametrize("content", ["", "[]", '{"s": [["a", 1]]}', '{"s": [[0, 0, 0, 5], null]}'])
def test_a_damaged_file_offers_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    assert RememberedMasks(tmp_path).offer("s", 10, 10) == ()
