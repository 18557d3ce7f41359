"""One frozen `Settings`: folders and limits; from flags, environment and a TOML file, in that order."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from case_library.errors import SettingsError

_APP = "case-library"


class Settings(BaseModel):
    """Where things lie and how much is allowed.

    Attributes
    ----------
    library : Path
        The folder of cases: the truth, and all that a backup needs.
    cache_folder : Path
        Derived frames of published cases; may be deleted at any time.
    config_folder : Path
        Holds the secret from which new identifiers are made, and `settings.toml`.
    pack_cache_bytes : int
        Limit of the derived frames, least recently used first out.
    max_source_bytes : int
        Largest file that is opened for import.
    read_only : bool
        Published cases only, and no change to any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: Path
    cache_folder: Path
    config_folder: Path
    pack_cache_bytes: int = Field(default=4 * 1024**3, ge=0)
    max_source_bytes: int = Field(default=4 * 1024**3, gt=0)
    read_only: bool = False


def load_settings(**flags: Any) -> Settings:
    """Return the settings of this process.

    Flags that are None count as not given. The environment has `CASE_LIBRARY` (the library folder),
    `CASE_LIBRARY_CACHE`, `CASE_LIBRARY_CONFIG` and `CASE_LIBRARY_READ_ONLY`.

    Raises
    ------
    SettingsError
        If a value cannot be used; the message names the setting and where it came from.
    """
    given = {key: value for key, value in flags.items() if value is not None}
    config_folder = Path(
        given.pop("config_folder", None) or os.environ.get("CASE_LIBRARY_CONFIG") or platformdirs.user_config_path(_APP)
    )
    values: dict[str, Any] = {
        "library": _default_library(),
        "cache_folder": platformdirs.user_cache_path(_APP),
        "config_folder": config_folder,
    }
    toml = config_folder / "settings.toml"
    if toml.is_file():
        try:
            values |= tomllib.loads(toml.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise SettingsError(f"{toml}: cannot be read as TOML ({error}); mend or remove it") from error
    for name, variable in (
        ("library", "CASE_LIBRARY"),
        ("cache_folder", "CASE_LIBRARY_CACHE"),
        ("read_only", "CASE_LIBRARY_READ_ONLY"),
    ):
        if os.environ.get(variable):
            values[name] = os.environ[variable]
    try:
        settings = Settings.model_validate(values | given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Setting '{name}' is {first['input']!r}: {first['msg']}. Set it by flag, environment or {toml}"
        ) from error
    return settings.model_copy(
        update={
            "library": settings.library.expanduser().absolute(),
            "cache_folder": settings.cache_folder.expanduser().absolute(),
            "config_folder": settings.config_folder.expanduser().absolute(),
        }
    )


def _default_library() -> Path:
    here = Path("cases")
    return here if here.is_dir() else platformdirs.user_data_path(_APP) / "cases"
