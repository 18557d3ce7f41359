import io
import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_library.errors import RefusedInputError
from case_library.sources.zip_archive import Budget, UnpackLimits, printable, unpacked


def take(archive: Path, folder: Path, limits: UnpackLimits | None = None) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the members that came out, and the reasons of the others."""
    folder.mkdir(exist_ok=True)
    refused: dict[str, str] = {}
    members = unpacked(
        archive, folder, Budget(limits or UnpackLimits()), lambda name, reason: refused.update({name: reason})
    )
    found = {str(member.name): member.path.read_bytes() for member in members}
    assert len(list(folder.iterdir())) == len(found)
    return found, refused


def archive_of(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return path


def test_members_come_out_under_names_of_our_own(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"DOE JOHN/a.dcm": b"one", "DOE JOHN/b.dcm": b"two"})
    found, refused = take(archive, tmp_path / "out")
    assert found == {"DOE JOHN/a.dcm": b"one", "DOE JOHN/b.dcm": b"two"}
    assert refused == {}
    assert not [path for path in (tmp_path / "out").iterdir() if "DOE" in path.name]


@pytest.mark.parametrize("name", ["../evil.dcm", "/etc/evil.dcm", "a/../../evil.dcm", "C:evil.dcm", "..\\evil.dcm"])
def test_a_name_that_leads_out_is_refused_and_the_others_come_in(tmp_path: Path, name: str) -> None:
    found, refused = take(archive_of(tmp_path / "a.zip", {name: b"x", "good.dcm": b"y"}), tmp_path / "out")
    assert found == {"good.dcm": b"y"}
    assert list(refused.values()) == ["its name leads out of the archive"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "out"}


def test_backslashes_of_windows_separate_folders(tmp_path: Path) -> None:
    found, refused = take(archive_of(tmp_path / "a.zip", {"study\\a.dcm": b"y"}), tmp_path / "out")
    assert (found, refused) == ({"study/a.dcm": b"y"}, {})


def test_a_member_without_a_name_is_none(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"x": b"x", "a.dcm": b"y"})
    data = bytearray(archive.read_bytes())
    at = data.index(b"PK\1\2")
    data[at + 28 : at + 30] = b"\0\0"
    del data[at + 46]
    end = data.rindex(b"PK\5\6") + 12
    data[end : end + 4] = struct.pack("<I", struct.unpack_from("<I", data, end)[0] - 1)
    archive.write_bytes(data)
    assert take(archive, tmp_path / "out") == ({"a.dcm": b"y"}, {})


def test_a_link_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("link.dcm")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    found, refused = take(tmp_path / "a.zip", tmp_path / "out")
    assert (found, refused) == ({}, {"link.dcm": "it is a link to another file"})


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"bomb.dcm": bytes(80_000_000), "good.dcm": b"y"})
    found, refused = take(archive, tmp_path / "out")
    assert found == {"good.dcm": b"y"}
    assert "would unpack from" in refused["bomb.dcm"]


def test_a_member_that_grows_beyond_what_it_says_is_stopped(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"liar.dcm": bytes(3_000_000), "good.dcm": b"y"})
    data = bytearray(archive.read_bytes())
    for signature, at in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        place = data.index(signature) + at
        data[place : place + 4] = struct.pack("<I", 100)
    archive.write_bytes(data)
    found, refused = take(archive, tmp_path / "out")
    assert found == {"good.dcm": b"y"}
    assert "liar.dcm" in refused


def test_a_damaged_member_does_not_take_the_good_ones_with_it(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"bad.dcm": b"0123456789" * 50, "good.dcm": b"y" * 40}, zipfile.ZIP_STORED)
    data = archive.read_bytes().replace(b"01234567890123", b"x" * 14, 1)
    archive.write_bytes(data)
    found, refused = take(archive, tmp_path / "out")
    assert list(found) == ["good.dcm"]
    assert refused == {"bad.dcm": "it is damaged and cannot be unpacked"}


def test_a_locked_member_is_refused_with_what_to_do(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"a.dcm": b"x" * 50})
    data = bytearray(archive.read_bytes())
    for signature, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(signature) + at] |= 1
    archive.write_bytes(data)
    _, refused = take(archive, tmp_path / "out")
    assert "locked with a password; unpack the zip" in refused["a.dcm"]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (UnpackLimits(member_bytes=10), "up to 10 are imported (setting max_source_bytes)"),
        (UnpackLimits(total_bytes=150), "together the files would unpack to over 150 bytes"),
        (UnpackLimits(members=1), "the zip holds over 1 files"),
    ],
)
def test_limits_hold_for_each_member(tmp_path: Path, limits: UnpackLimits, reason: str) -> None:
    _, refused = take(archive_of(tmp_path / "a.zip", {"a": bytes(100), "b": bytes(100)}), tmp_path / "out", limits)
    assert reason in refused["b"]


def test_hidden_members_are_left_out_without_a_word(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"__MACOSX/._a.dcm": b"x", ".DS_Store": b"x", "a.dcm": b"y"})
    assert take(archive, tmp_path / "out") == ({"a.dcm": b"y"}, {})


def test_two_members_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.dcm", b"one")
        archive.writestr("a.dcm", b"two")
    found, refused = take(tmp_path / "a.zip", tmp_path / "out")
    assert len(found) == len(refused) == 1


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"PK\5\6" + bytes(17), b"PK\3\4" * 100])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(RefusedInputError, match="the zip is damaged"):
        take(tmp_path / "a.zip", tmp_path / "out")


def test_a_table_of_contents_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "a.zip", {"a": b"x"})
    data = bytearray(archive.read_bytes())
    at = data.rindex(b"PK\5\6") + 12
    data[at : at + 4] = struct.pack("<I", 1 << 30)
    archive.write_bytes(data)
    with pytest.raises(RefusedInputError, match="table of contents has 1073741824 bytes"):
        take(archive, tmp_path / "out")


def test_a_name_is_shown_without_what_moves_a_terminal() -> None:
    assert printable("a\x1b[2Jb\n.dcm") == "a?[2Jb?.dcm"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.text(min_size=1, max_size=20), st.binary(max_size=200), max_size=5),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8),
)
def test_any_bytes_end_in_members_or_refusals_inside_the_folder(
    tmp_path: Path, members: dict[str, bytes], changes: list[tuple[int, int]]
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    changed = bytearray(buffer.getvalue())
    for at, value in changes:
        changed[at % len(changed)] = value
    here = tmp_path / "in"
    here.mkdir(exist_ok=True)
    (here / "a.zip").write_bytes(changed)
    out = here / "out"
    out.mkdir(exist_ok=True)
    refused: list[str] = []
    try:
        found = list(unpacked(here / "a.zip", out, Budget(UnpackLimits()), lambda name, reason: refused.append(reason)))
    except RefusedInputError:
        found = []
    assert {path.name for path in here.iterdir()} == {"a.zip", "out"}
    assert all(member.path.parent == out for member in found)
    assert all(not member.name.is_absolute() and ".." not in member.name.parts for member in found)
    assert all(isinstance(member.name, PurePosixPath) for member in found)
    for path in out.iterdir():
        path.unlink()
