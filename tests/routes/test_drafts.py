import pytest

from case_library.model.case import Status
from case_library.sources.dicom import open_dicom
from case_library.store.importing import import_files
from tests.dicom_files import PATIENT, native_file, ramp_frames
from tests.routes.test_upload import Editor


class DraftEditor(Editor):
    """An editor with a draft of one examination."""

    def __init__(self, folder, count=1):
        super().__init__(folder)
        files = [native_file(folder / f"{n}.dcm", ramp_frames(2 + n), StudyInstanceUID="1.2.3") for n in range(count)]
        self.slug = import_files(self.serving.library, files, b"k" * 32).imported[0].slug

    def draft(self, method="GET", path="", **body):
        return self.ask(method, f"/drafts/{self.slug}{path}", json=body)

    def save(self, revision=1, **change):
        return self.draft("PATCH", revision=revision, change=change)

    @property
    def case(self):
        return self.serving.library.read(self.slug)


@pytest.fixture
def make(tmp_path):
    made = []

    def make(count=1):
        made.append(DraftEditor(tmp_path, count))
        return made[-1]

    yield make
    for editor in made:
        editor.serving.close()


def test_a_draft_is_told_with_where_its_frames_are(make):
    editor = make()
    draft = editor.draft().json()
    assert (draft["slug"], draft["revision"], draft["title"]) == (editor.slug, 1, "")
    (clip,) = draft["clips"]
    assert (clip["frame_count"], clip["columns"], clip["rows"]) == (2, 32, 24)
    key = clip["url"].split("/")[-2]
    assert editor.serving.signer.check(clip["token"], key) is True
    assert clip["file_bytes"] == editor.case.clips[0].file_bytes


def test_what_is_entered_is_saved_as_a_revision(make):
    editor = make()
    answer = editor.save(title=" Torn ", summary="What happened.", region="thigh", laterality="left")
    assert answer.status_code == 200
    assert answer.json()["revision"] == 2
    case = editor.case
    assert (case.title, case.summary) == ("Torn", "What happened.")
    assert case.site.region.code == "thigh"
    assert case.laterality.value == "left"
    assert editor.save(2, region="", laterality="").json()["region"] == ""
    assert editor.case.site.region is None
    assert editor.case.laterality is None


def test_an_edit_of_an_older_revision_is_refused_and_says_so(make):
    editor = make()
    editor.save(title="First")
    answer = editor.save(title="Second")
    assert answer.status_code == 409
    assert answer.json()["current_revision"] == 2
    assert editor.case.title == "First"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "published"},
        {"clips": []},
        {"title": 5},
        {"title": "x" * 300},
        {"region": "moon"},
        {"region": []},
        {"laterality": "up"},
    ],
)
def test_nothing_else_can_be_changed(make, change):
    editor = make()
    before = editor.case
    assert editor.save(**change).status_code in (400, 422)
    assert editor.case == before


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"[" * 100_000, b'{"change": {"title": "x"}}', b'{"revision": true}']
)
def test_what_is_no_message_changes_nothing(make, body):
    editor = make()
    assert editor.ask("PATCH", f"/drafts/{editor.slug}", content=body).status_code == 400
    assert editor.ask("PATCH", f"/drafts/{editor.slug}", content=b" " * 2_000_000).status_code == 413
    assert editor.case.revision == 1


def test_a_clip_is_taken_out_with_its_pixels(make, tmp_path):
    editor = make(2)
    answer = editor.draft("DELETE", "/clips/clip-1", revision=1)
    assert [clip["clip_id"] for clip in answer.json()["clips"]] == ["clip-2"]
    assert [path.name for path in (tmp_path / "library").rglob("*.dcm")] == ["clip-2.dcm"]
    assert editor.draft("DELETE", "/clips/clip-2", revision=2).status_code == 422


def test_a_discarded_draft_leaves_nothing(make, tmp_path):
    editor = make()
    assert editor.draft("DELETE").status_code == 200
    assert list((tmp_path / "library").rglob("*.dcm")) == []
    assert editor.draft().status_code == 404


def confirmed(editor, look=True, **body):
    if look:
        editor.draft("PUT", "/clips/clip-1/viewed", revision=editor.case.revision)
    said = {"seen": True, "by": "Anna", "revision": editor.case.revision}
    answer = editor.draft("POST", "/confirmation", **(said | body))
    return editor.ended(answer.json()["task"]) if answer.status_code == 202 else answer


def test_a_draft_is_published_by_a_person_who_looked(make):
    editor = make()
    state = confirmed(editor)
    assert (state["state"], state["result"]) == ("done", {"case": editor.slug})
    assert editor.case.status is Status.PUBLISHED
    assert editor.case.confirmation.by == "Anna"


def test_what_nobody_has_seen_whole_is_not_published_without_a_box(make):
    editor = make()
    (obstacle,) = editor.draft("PUT", "/clips/clip-1/mask", revision=1, rectangles=[]).json()["obstacles"]
    assert obstacle["clip_id"] == "clip-1"
    state = confirmed(editor, look=False)
    assert state["state"] == "refused"
    assert "100 %" in state["reason"]
    assert editor.case.status is Status.DRAFT


BOX = {"x": 2, "y": 3, "width": 10, "height": 5, "origin": "drawn", "why": ""}


def test_a_box_is_kept_with_the_draft_and_black_in_every_frame_of_the_case(make):
    editor = make()
    (clip,) = editor.draft("PUT", "/clips/clip-1/mask", revision=1, rectangles=[BOX]).json()["clips"]
    assert clip["mask"]["rectangles"] == [BOX]
    assert editor.draft().json()["obstacles"] == []
    assert confirmed(editor, look=False)["state"] == "done"
    with open_dicom(editor.serving.library.folder(editor.slug) / "media" / "clip-1.dcm") as source:
        for index in range(source.frame_count):
            assert not source.read_frame(index)[3:8, 2:12].any()
            assert source.read_frame(index)[8:].any()


@pytest.mark.parametrize(
    "rectangles",
    [
        None,
        "x",
        [5],
        [BOX | {"width": 0}],
        [BOX | {"x": -1}],
        [BOX | {"width": 500}],
        [BOX | {"origin": "?"}],
        [BOX] * 300,
    ],
)
def test_what_is_no_box_of_the_frame_changes_nothing(make, rectangles):
    editor = make()
    answer = editor.draft("PUT", "/clips/clip-1/mask", revision=1, rectangles=rectangles)
    assert answer.status_code in (400, 422)
    assert editor.case.revision == 1


def test_writing_is_looked_for_and_offered(make):
    editor = make()
    answer = editor.draft("POST", "/clips/clip-1/suggestion")
    state = editor.ended(answer.json()["task"])
    assert state["state"] == "done"
    assert all(rectangle["origin"] != "drawn" for rectangle in state["result"]["rectangles"])
    assert editor.case.revision == 1
    assert editor.draft("POST", "/clips/clip-9/suggestion").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {"fps": "25"}),
        ("clock", {"fps": True}),
        ("clock", {"fps": 25}),  # its own can be trusted
        ("scale", {"points": [[1, 2]], "length_mm": 5}),
        ("scale", {"points": [[1, 2], [3, None]], "length_mm": 5}),
        ("scale", {"points": [[1, 2], [3, 4]]}),
    ],
)
def test_what_cannot_be_stated_changes_nothing(make, path, body):
    editor = make()
    assert editor.draft("PUT", f"/clips/clip-1/{path}", revision=1, **body).status_code in (400, 422)
    assert editor.case.revision == 1


@pytest.mark.parametrize("body", [{"seen": False}, {"seen": "yes"}, {"by": ""}, {"by": "  "}, {"by": None}])
def test_a_draft_stays_one_without_the_tick_and_a_name(make, body):
    editor = make()
    assert confirmed(editor, **body).status_code == 422
    assert editor.case.status is Status.DRAFT


def test_what_was_changed_after_it_was_looked_at_is_not_published(make):
    editor = make()
    editor.save(title="Another")
    state = confirmed(editor, revision=1)
    assert state["state"] == "refused"
    assert "changed" in state["reason"]
    assert editor.case.status is Status.DRAFT


def test_pixels_that_were_damaged_are_not_published(make):
    editor = make()
    editor.serving.library.folder(editor.slug).joinpath("media", "clip-1.dcm").write_bytes(b"gone bad")
    state = confirmed(editor)
    assert state["state"] == "refused"
    assert "nothing" in state["reason"]
    assert editor.case.status is Status.DRAFT


def test_a_published_case_is_no_draft(make):
    editor = make()
    confirmed(editor)
    assert editor.draft().status_code == 404
    assert editor.save(editor.case.revision, title="x").status_code == 404
    assert editor.draft("DELETE").status_code == 422
    assert confirmed(editor, look=False).status_code == 404
    assert editor.case.title == ""


@pytest.mark.parametrize("slug", ["..", "drafts", "A", "%2e%2e", "nothing"])
def test_what_names_no_draft_is_not_found(make, slug):
    editor = make()
    assert editor.ask("GET", f"/drafts/{slug}").status_code == 404
    assert editor.ask("DELETE", f"/drafts/{slug}").status_code == 404


def test_no_answer_names_a_patient_or_a_file(make):
    answer = make().draft().text
    assert PATIENT not in answer
    assert ".dcm" not in answer
