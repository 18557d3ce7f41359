import hashlib

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from case_library.packs.worker import PackWorker
from case_library.routes.cases import case_routes
from case_library.routes.editor import EDITOR_KEY
from case_library.routes.serving import Serving
from case_library.sources.dicom import open_dicom
from tests.dicom_files import native_file, ramp_frames
from tests.packs.a_library import add_case, grey_cine, settings_in

PHASES = "clips/clip-1/phases"


class Editor:
    """The viewer of an editor, as far as the route sees it."""

    def __init__(self, folder, worker, **settings):
        self.serving = Serving(settings_in(folder, **settings), worker=worker)
        self.media = grey_cine(folder / "clip.dcm")
        self.client = TestClient(Starlette(routes=case_routes(self.serving)), raise_server_exceptions=False)
        self.token = self.serving.signer.mint(EDITOR_KEY, True).text

    def save(self, *changes, based_on=1, slug="case-one", headers=()):
        headers = {"Authorization": f"Bearer {self.token}"} | dict(headers)
        body = {"based_on": based_on, "changes": list(changes)}
        return self.client.patch(f"/api/cases/{slug}", json=body, headers=headers)


@pytest.fixture(scope="module")
def worker():
    with PackWorker() as worker:
        yield worker


@pytest.fixture
def editor(tmp_path, worker):
    editor = Editor(tmp_path, worker)
    add_case(editor.serving.library, editor.media)
    return editor


def phase(item_id="phase-a", first=1, last=20):
    frames = {"first": {"frame_number": first}, "last": {"frame_number": last}}
    return {"list": PHASES, "item_id": item_id, "item": {"item_id": item_id, "kind": "rest", **frames}}


def test_a_change_is_in_the_case_with_the_identity_of_its_frames(editor):
    answer = editor.save(phase(first=1, last=20))
    assert answer.status_code == 200
    assert answer.json()["revision"] == 2
    case = editor.serving.library.read("case-one")
    (saved,) = case.clips[0].phases
    assert answer.json()["items"] == {PHASES: {"phase-a": saved.model_dump(mode="json")}}
    with open_dicom(editor.media) as source:
        for frame in (saved.first, saved.last):
            assert frame.stored_sha256 == hashlib.sha256(source.stored_frame(frame.frame_index)).hexdigest()
            assert frame.sop_instance_uid == case.clips[0].sop_instance_uid


def test_a_stale_save_changes_nothing_and_brings_the_other_version(editor):
    editor.save(phase())
    answer = editor.save(phase("phase-b"))
    assert answer.status_code == 409
    assert answer.json()["revision"] == 2
    assert [item["item_id"] for item in answer.json()["lists"][PHASES]] == ["phase-a"]
    assert editor.serving.library.read("case-one").revision == 2


def test_what_cannot_be_part_of_the_case_is_refused_by_name(editor):
    answer = editor.save(phase(last=21))
    assert answer.status_code == 422
    assert answer.json()["item_id"] == "phase-a"
    assert "which has 20" in answer.json()["error"]
    assert editor.serving.library.read("case-one").revision == 1


def test_saving_what_is_there_already_makes_no_revision(editor):
    stored = editor.save(phase()).json()["items"][PHASES]["phase-a"]
    answer = editor.save({"list": PHASES, "item_id": "phase-a", "item": stored}, based_on=2)
    assert answer.json() == {"revision": 2, "items": {}}


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Authorization": "Bearer x"}, 403), ({"Origin": "http://evil.example"}, 403), ({"Authorization": ""}, 403)],
)
def test_whoever_is_not_the_editor_saves_nothing(editor, headers, status):
    assert editor.save(phase(), headers=headers).status_code == status
    assert editor.serving.library.read("case-one").revision == 1


def test_the_token_of_a_clip_is_none_for_the_case(editor):
    editor.token = editor.serving.signer.mint("a" * 64, True).text
    assert editor.save(phase()).status_code == 403


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"based_on": 0, "changes": []}', b'{"based_on": "x"}'])
def test_what_is_no_edit_is_refused(editor, body):
    headers = {"Authorization": f"Bearer {editor.token}"}
    answer = editor.client.patch("/api/cases/case-one", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_case_that_is_not_there_is_not_found(editor):
    assert editor.save(phase(), slug="another").status_code == 404
    assert editor.save(phase(), slug="drafts").status_code == 404


def test_an_edit_is_saved_although_the_frames_cannot_be_hashed(editor):
    (editor.serving.library.folder("case-one") / "media" / "clip-1.dcm").unlink()
    assert editor.save(phase()).status_code == 200
    assert editor.serving.library.read("case-one").clips[0].phases[0].first.stored_sha256 is None


def test_a_library_for_reading_has_no_such_route(tmp_path, worker):
    editor = Editor(tmp_path, worker, read_only=True)
    assert editor.save(phase()).status_code == 404


def test_a_stated_scale_is_saved_and_comes_back_as_the_viewer_needs_it(tmp_path, worker):
    editor = Editor(tmp_path, worker)
    media = native_file(tmp_path / "bare.dcm", ramp_frames(2, 80, 100), SequenceOfUltrasoundRegions=None)
    add_case(editor.serving.library, media)
    headers = {"Authorization": f"Bearer {editor.token}"}
    body = {"clip_id": "clip-1", "points_px": [[10, 20], [10, 60]], "length_mm": 20.0, "based_on": 1}
    answer = editor.client.post("/api/cases/case-one/scale", json=body, headers=headers)
    assert answer.json()["revision"] == 2
    assert answer.json()["clip"]["scale"]["origin"] == "stated_by_user"
    assert answer.json()["clip"]["ruler"]["mm_per_px"] == pytest.approx([0.5, 0.5])
    stale = editor.client.post("/api/cases/case-one/scale", json=body, headers=headers)
    assert stale.status_code == 409
    short = body | {"based_on": 2, "points_px": [[10, 20], [10, 22]]}
    refused = editor.client.post("/api/cases/case-one/scale", json=short, headers=headers)
    assert refused.status_code == 422
    assert "pixels apart" in refused.json()["error"]
    assert (
        editor.client.post("/api/cases/case-one/scale", json={"clip_id": "clip-1"}, headers=headers).status_code == 400
    )
    assert editor.client.post("/api/cases/case-one/scale", json=body).status_code == 403
