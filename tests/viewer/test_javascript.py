"""The browser modules: their own tests under Node, and their types."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = sorted(Path(__file__).parent.glob("*.test.js"))


def lacking(what: str) -> None:
    """Skip, or fail where the machine has promised to have everything."""
    if os.environ.get("CASE_LIBRARY_REQUIRE_BROWSER") == "1":
        pytest.fail(what)
    pytest.skip(what)


def node() -> str:
    found = shutil.which("node")
    if found is None:
        lacking("Node is not installed: the tests of the browser modules did not run")
    return str(found)


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_node_agrees(path: Path) -> None:
    run(node(), "--test", str(path))


def test_types_hold() -> None:
    compiler = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    executable = node()
    if not compiler.exists():
        lacking("node_modules is absent: `npm ci` installs the TypeScript compiler that checks the browser modules")
    run(executable, str(compiler), "-p", str(ROOT))


def test_the_lock_names_no_place() -> None:
    for name in ("package.json", "package-lock.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert '"resolved"' not in text
