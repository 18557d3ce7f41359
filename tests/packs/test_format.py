import json

import pytest

from case_library.packs.format import PackIndex, Segment, is_pack_key, pack_key, read_index, segment_path

INDEX = PackIndex(
    frame_count=3, columns=4, rows=2, passed_through=True, segments=(Segment(first=0, lengths=(2, 0, 5)),)
)


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "index.json").write_text(INDEX.to_json())
    segment_path(tmp_path, 0).write_bytes(b"1234567")
    return tmp_path


def test_a_key_is_64_hexadecimal_digits_that_depend_on_the_file():
    one, other = pack_key("0" * 64), pack_key("1" * 64)
    assert is_pack_key(one)
    assert one != other
    assert one == pack_key("0" * 64)


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "0" * 63 + "G", "../" + "0" * 61, "0" * 64 + "\n", "A" * 64])
def test_nothing_else_is_a_key(text):
    assert not is_pack_key(text)


def test_the_index_has_the_form_that_the_viewer_reads(pack):
    document = json.loads((pack / "index.json").read_text())
    assert document == {
        "format": 1,
        "frame_count": 3,
        "columns": 4,
        "rows": 2,
        "media_type": "image/jpeg",
        "passed_through": True,
        "segments": [{"first": 0, "lengths": [2, 0, 5]}],
    }


def test_broken_frames_are_named_by_their_number():
    index = INDEX.model_copy(update={"broken": {2: "it ends too early"}})
    assert json.loads(index.to_json())["broken"] == {"2": "it ends too early"}
    assert PackIndex.model_validate_json(index.to_json()) == index


def test_a_whole_pack_is_read_back(pack):
    assert read_index(pack) == INDEX


@pytest.mark.parametrize("damage", ["no index", "no JSON", "another format", "short segment", "no segment"])
def test_a_pack_that_is_not_whole_is_none(pack, damage):
    match damage:
        case "no index":
            (pack / "index.json").unlink()
        case "no JSON":
            (pack / "index.json").write_text("{")
        case "another format":
            (pack / "index.json").write_text(INDEX.model_copy(update={"format": 2}).to_json())
        case "short segment":
            segment_path(pack, 0).write_bytes(b"123456")
        case "no segment":
            segment_path(pack, 0).unlink()
    assert read_index(pack) is None
