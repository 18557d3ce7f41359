import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import case_library
from case_library.packs.worker import PackWorker
from case_library.phantoms.building import BuildState
from case_library.phantoms.example_cases import unbuilt_case
from case_library.routes import serving as serving_module
from case_library.routes.editor import EDITOR_KEY
from case_library.routes.serving import start_serving
from tests.packs.a_library import add_case, case_of, grey_cine, settings_in

MAIN = Path(case_library.__file__).parent / "pages" / "main.py"


class Pages:
    """The pages over a small library, as a browser session sees them."""

    def __init__(self, folder, worker, base_path="", **settings):
        self.shared = start_serving(settings_in(folder, **settings), base_path)
        self.shared.worker = worker
        self.app = AppTest.from_file(str(MAIN), default_timeout=30)

    def open(self, page=None, **query):
        if page:
            self.app.switch_page(page)
        for name, value in query.items():
            self.app.query_params[name] = value
        self.app.run()
        assert not self.app.exception, [exception.value for exception in self.app.exception]
        return self

    def case(self, slug="case-one", **query):
        return self.open("case.py", case=slug, **query)

    @property
    def data(self):
        """What the component on the page was told."""
        (component,) = self.app.get("bidi_component")
        return json.loads(component.proto.json)

    @property
    def words(self):
        return " ".join(text.value for text in self.app.text)


@pytest.fixture(scope="module")
def worker():
    with PackWorker() as worker:
        yield worker


@pytest.fixture
def pages(tmp_path, worker, monkeypatch):
    def open_pages(**settings):
        monkeypatch.setattr(serving_module, "_current", None)
        return Pages(tmp_path, worker, **settings)

    return open_pages


def test_an_empty_library_says_where_it_lies(pages):
    page = pages().open()
    assert page.data["cases"] == []
    assert page.data["editor"]
    assert page.data["library_hint"] == str(page.shared.settings.library)


def test_the_library_page_has_a_card_for_each_case(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"))
    add_case(page.shared.library, grey_cine(tmp_path / "b.dcm"), slug="case-two", draft=True)
    (tmp_path / "library" / "case-bad").mkdir()
    cards = {card["slug"]: card for card in page.open().data["cases"]}
    assert set(cards) == {"case-one", "case-two", "case-bad"}
    assert cards["case-one"]["poster_url"].endswith("/poster")
    assert cards["case-two"]["poster_url"] is None
    assert cards["case-bad"]["problem"]
    assert cards["case-bad"]["remedy"]


def test_readers_see_published_cases_alone_and_not_where_they_lie(pages, tmp_path):
    writer = pages()
    add_case(writer.shared.library, grey_cine(tmp_path / "a.dcm"))
    add_case(writer.shared.library, grey_cine(tmp_path / "b.dcm"), slug="case-two", draft=True)
    page = pages(read_only=True).open()
    assert [card["slug"] for card in page.data["cases"]] == ["case-one"]
    assert not page.data["editor"]
    assert str(tmp_path) not in json.dumps(page.data)
    assert "no such case" in page.case("case-two").words


def test_the_case_page_shows_the_clip_and_frame_of_the_link(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"), grey_cine(tmp_path / "b.dcm", 5))
    data = page.case(clip="clip-2", frame="4").data
    assert (data["clip_id"], data["frame_number"]) == ("clip-2", 4)
    assert [clip["clip_id"] for clip in data["clips"]] == ["clip-1", "clip-2"]
    assert not page.app.toast


def test_a_link_that_cannot_be_meant_lands_near_and_says_so(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"))
    assert page.case(frame="999").data["frame_number"] == 20
    assert "1 to 20" in page.app.toast[0].value


def test_going_back_to_a_case_shows_it_although_its_address_is_lost(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"))
    page.case().open("library.py")
    page.app.query_params.clear()
    page.open("case.py")
    assert page.data["case"]["slug"] == "case-one"
    assert page.app.query_params["case"] in ("case-one", ["case-one"])


def test_the_routes_serve_what_the_page_hands_out(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"), draft=True)
    (clip,) = page.case().data["clips"]
    key = clip["url"].split("/")[-2]
    assert clip["url"] == f"/api/clips/{key}/"
    assert page.shared.signer.check(clip["token"], key) is True
    assert page.shared.clips.get(key, draft=True).media.is_file()


def test_what_the_component_is_told_stays_the_same_between_runs(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"))
    assert page.case().data == page.open().data


@pytest.mark.parametrize("slug", ["nothing", "", "..", "drafts", "../case-one", "A B", "[x](http://y)"])
def test_an_unknown_case_says_so_and_leads_back(pages, slug):
    page = pages().case(slug)
    assert "no such case" in page.words
    assert not page.app.get("bidi_component")
    assert page.app.get("page_link")


def test_a_broken_case_says_what_is_wrong_and_what_helps(pages, tmp_path):
    page = pages()
    folder = tmp_path / "library" / "case-one"
    folder.mkdir(parents=True)
    (folder / "case.json").write_text("{")
    page.case()
    assert "cannot be read" in page.words
    assert "history/" in page.words or "backup" in page.words
    assert page.app.get("page_link")


def test_a_case_without_clips_says_how_to_add_one(pages):
    page = pages()
    page.shared.library.create("case-one", case_of(draft=True), {})
    assert "case-library import" in page.case().words


@pytest.fixture
def draft(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"), draft=True)
    return page.case()


def test_a_draft_leads_to_where_it_is_confirmed(draft):
    draft.app.button[0].click().run()
    assert not draft.app.exception
    assert draft.data["slug"] == "case-one"
    assert draft.data["api"] == "/api/add"


def test_a_published_case_offers_nothing_of_the_kind(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"))
    assert not page.case().app.button


def test_behind_a_prefix_every_address_has_it(pages, tmp_path):
    page = pages(base_path="/cases/")
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"))
    (card,) = page.open().data["cases"]
    assert card["poster_url"].startswith("/cases/api/clips/")
    assert card["href"] == "/cases/case?case=case-one"


def test_adding_needs_a_token_that_stays_the_same_between_runs(draft):
    draft.app.button[0].click().run()
    first = draft.data
    assert draft.shared.signer.check(first["token"], EDITOR_KEY)
    assert {"code": "thigh", "meaning": "Thigh"} in first["regions"]
    draft.open().app.button[0].click().run()
    assert draft.data == first


def test_the_card_of_a_draft_goes_on_with_it_and_the_library_offers_adding(pages, tmp_path):
    page = pages()
    add_case(page.shared.library, grey_cine(tmp_path / "a.dcm"), draft=True)
    data = page.open().data
    assert data["cases"][0]["href"] == "/add?case=case-one"
    assert data["add_href"] == "/add"


def test_an_example_case_without_its_clips_says_how_they_are_made(pages, tmp_path):
    opened = pages()
    folder = opened.shared.settings.library / "biceps-muscle-hernia"
    folder.mkdir(parents=True)
    (folder / "case.json").write_bytes(unbuilt_case("biceps-muscle-hernia"))
    opened.case("biceps-muscle-hernia")
    assert "Muscle hernia" in opened.words and "not made yet" in opened.words
    assert "case-library phantoms biceps-muscle-hernia" in opened.words


def test_it_says_how_far_they_are_while_they_are_made(pages, tmp_path, monkeypatch):
    opened = pages()
    folder = opened.shared.settings.library / "biceps-muscle-hernia"
    folder.mkdir(parents=True)
    (folder / "case.json").write_bytes(unbuilt_case("biceps-muscle-hernia"))
    monkeypatch.setattr(opened.shared.examples, "state", lambda slug: BuildState(75, 300))
    opened.case("biceps-muscle-hernia")
    assert "being made: 25 %" in opened.words and "opens by itself" in opened.words
