import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import case_library
from case_library.viewer import component

PACKAGE = Path(case_library.__file__).parent


def test_importing_needs_no_running_server():
    subprocess.run([sys.executable, "-c", "import case_library.viewer.component"], check=True, timeout=60)


def test_the_manifest_inside_the_package_names_the_components_and_their_folder():
    manifest = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))
    components = {
        entry["name"]: entry["asset_dir"] for entry in manifest["tool"]["streamlit"]["component"]["components"]
    }
    assert set(components) == {"viewer", "gallery", "add-case"}
    assert manifest["project"]["name"] == "case-library"
    for name, folder in components.items():
        assert (PACKAGE / folder / f"{name}-component.js").is_file()
        assert (PACKAGE / folder / f"{name}.css").is_file()


class Result:
    def __init__(self, **values):
        self.__dict__.update(values)


@pytest.fixture
def browser(monkeypatch):
    """What the browser reports, and what it was told."""
    told = {}
    answers = {"open_library": None, "open_case": None, "add_case": None}

    def mount(name):
        return lambda **arguments: told.update(arguments, name=name) or Result(**answers)

    monkeypatch.setattr(component, "_mount", mount)
    return told, answers


@pytest.mark.parametrize(("trigger", "back"), [(None, False), ({"at": 1}, True)])
def test_the_viewer_says_when_its_reader_goes_back(browser, trigger, back):
    told, answers = browser
    answers["open_library"] = trigger
    assert component.cine_viewer({"clips": []}, key="viewer") is back
    assert told["key"] == "viewer"


@pytest.mark.parametrize(
    ("trigger", "slug"), [(None, None), ({"slug": "case-one", "at": 1}, "case-one"), ({}, None), ("case-one", None)]
)
def test_the_gallery_says_which_case_is_opened(browser, trigger, slug):
    _, answers = browser
    answers["open_case"] = trigger
    assert component.case_gallery({"cases": []}, key="gallery") == (slug, False)


def test_the_gallery_says_when_a_case_is_to_be_added(browser):
    _, answers = browser
    answers["add_case"] = {"at": 1}
    assert component.case_gallery({"cases": []}, key="gallery") == (None, True)


@pytest.mark.parametrize(
    ("library", "case", "wish"),
    [
        (None, None, (False, None)),
        ({"at": 1}, None, (True, None)),
        (None, {"slug": "case-one", "at": 1}, (False, "case-one")),
    ],
)
def test_the_page_of_adding_says_where_its_reader_goes(browser, library, case, wish):
    told, answers = browser
    answers |= {"open_library": library, "open_case": case}
    assert component.add_case({"api": "/api/add"}, key="add-case") == wish
    assert told["name"] == "add-case"
