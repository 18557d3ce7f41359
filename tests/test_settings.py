from pathlib import Path

import pytest

from case_library.errors import SettingsError
from case_library.settings import load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CASE_LIBRARY", "CASE_LIBRARY_CACHE", "CASE_LIBRARY_READ_ONLY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CASE_LIBRARY_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


def test_a_flag_beats_the_environment_and_that_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("library = 'from-file'")
    assert load_settings().library == tmp_path / "from-file"
    monkeypatch.setenv("CASE_LIBRARY", "from-environment")
    assert load_settings().library == tmp_path / "from-environment"
    assert load_settings(library="from-flag").library == tmp_path / "from-flag"


def test_the_library_is_cases_where_that_folder_exists(tmp_path: Path) -> None:
    assert load_settings().library != tmp_path / "cases"
    (tmp_path / "cases").mkdir()
    assert load_settings().library == tmp_path / "cases"


@pytest.mark.parametrize("content", ["library = ", "no_such_setting = 1", "pack_cache_bytes = -1"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(content)
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load_settings()


def test_read_only_is_a_word_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASE_LIBRARY_READ_ONLY", "true")
    assert load_settings().read_only
