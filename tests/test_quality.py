"""The house rules that tools can hold."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent
# Put together here, so that this file does not name them either.
PLACES = [f"/{folder}/" for folder in ("home", "root", "work")] + [f"{host}.org" for host in ("pypi", "npmjs")]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "--no-cache", "."], id="ruff"),
        pytest.param(["ruff", "format", "--no-cache", "--check", "."], id="format"),
        pytest.param(["mypy"], id="mypy-strict"),
        pytest.param(["lint-imports", "--no-cache"], id="layers"),
        pytest.param(["deptry", "."], id="dependencies"),
    ],
)
def test_the_tool_is_content(command: list[str]) -> None:
    done = subprocess.run([TOOLS / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_copyleft_library_is_in_the_core() -> None:
    """The licence that each installed core dependency declares; GPL codecs exist among pydicom's plugins."""
    wanted, seen = ["case-library"], set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        meta = found.metadata
        stated = " ".join([meta.get("License-Expression") or "", *meta.get_all("Classifier", [])])
        assert "GPL" not in stated.replace("LGPL", ""), name
        wanted += [r.name for r in map(Requirement, found.requires or []) if r.marker is None or r.marker.evaluate()]
    assert {"pydicom", "streamlit", "numpy"} <= seen


def test_the_project_names_no_place_of_its_making() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode != 0:
        pytest.skip("not a git checkout")
    for name in tracked.stdout.splitlines():
        path = ROOT / name
        if name == "uv.lock" or path.suffix in {".dcm", ".png"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in PLACES:
            assert word not in text, f"{name} names {word}"
