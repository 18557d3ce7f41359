import io
import threading
import time

import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from starlette.applications import Starlette
from starlette.testclient import TestClient

from case_library.adding.spool import KEPT_FREE_BYTES, Spool, UploadRefusedError
from case_library.routes.add_case import add_case_routes
from case_library.routes.editor import EDITOR_KEY
from case_library.routes.serving import Serving
from tests.dicom_files import PATIENT, header_of, native_file, ramp_frames, write
from tests.media_files import animation, colour_frames, grey_levels, video
from tests.packs.a_library import settings_in

WAIT_S = 60


class Editor:
    """The page of an editor, as far as the routes see it."""

    def __init__(self, folder, **settings):
        self.serving = Serving(settings_in(folder, **settings))
        self.client = TestClient(Starlette(routes=add_case_routes(self.serving)), raise_server_exceptions=False)
        self.headers = {"Authorization": f"Bearer {self.serving.signer.mint(EDITOR_KEY, True).text}"}
        self.spool = folder / "cache" / "spool"

    def ask(self, method, path, **options):
        options["headers"] = self.headers | options.get("headers", {})
        return self.client.request(method, f"/api/add{path}", **options)

    def batch(self):
        return self.ask("POST", "/batches").json()["batch"]

    def put(self, batch, position, body, folder=0):
        return self.ask("PUT", f"/batches/{batch}/files/{position}?folder={folder}", content=body)

    def start(self, batch, add_to=None):
        return self.ask("POST", f"/batches/{batch}/import", json={"add_to": add_to}).json()["task"]

    def ended(self, task):
        give_up_at = time.monotonic() + WAIT_S
        while (state := self.ask("GET", f"/tasks/{task}").json())["state"] == "running":
            assert time.monotonic() < give_up_at
            time.sleep(0.02)
        return state

    def add(self, *files, add_to=None):
        batch = self.batch()
        for position, file in enumerate(files):
            assert self.put(batch, position, file).status_code == 201
        return self.ended(self.start(batch, add_to))

    def spooled(self):
        return [path for path in self.spool.rglob("*") if path.is_file() and path.suffix != ".lock"]


@pytest.fixture
def editor(tmp_path):
    editor = Editor(tmp_path)
    yield editor
    editor.serving.close()


@pytest.fixture
def dicom(tmp_path):
    def made(name="a", frames=3, **elements):
        return native_file(tmp_path / f"{name}.dcm", ramp_frames(frames), **elements).read_bytes()

    return made


def test_what_was_uploaded_becomes_a_draft_and_leaves_the_spool(editor, dicom):
    state = editor.add(dicom())
    assert state["state"] == "done"
    (slug,) = state["result"]["cases"]
    assert state["result"]["clips"] == [{"positions": [0], "case": slug, "clip_id": "clip-1"}]
    assert editor.serving.library.read(slug).clips[0].frame_count == 3
    assert editor.spooled() == []


def test_a_bad_file_and_an_empty_one_do_not_take_the_good_one_with_them(editor, dicom):
    state = editor.add(b"no picture at all", dicom(), b"")
    assert [clip["positions"] for clip in state["result"]["clips"]] == [[1]]
    assert sorted(refusal["positions"] for refusal in state["result"]["refused"]) == [[0], [2]]
    assert all(refusal["reason"] for refusal in state["result"]["refused"])


def test_a_further_file_is_added_to_the_draft(editor, dicom):
    (slug,) = editor.add(dicom())["result"]["cases"]
    state = editor.add(dicom("b", frames=2), add_to=slug)
    assert state["result"]["clips"] == [{"positions": [0], "case": slug, "clip_id": "clip-2"}]
    assert len(editor.serving.library.read(slug).clips) == 2


def test_the_same_bytes_again_are_noticed(editor, dicom):
    file = dicom()
    editor.add(file)
    (refusal,) = editor.add(file)["result"]["refused"]
    assert "in the library already" in refusal["reason"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/batches"),
        ("PUT", "/batches/x/files/0"),
        ("POST", "/batches/x/import"),
        ("DELETE", "/batches/x"),
        ("GET", "/tasks/x"),
        ("GET", "/drafts/a"),
        ("PATCH", "/drafts/a"),
        ("DELETE", "/drafts/a"),
        ("DELETE", "/drafts/a/clips/clip-1"),
        ("POST", "/drafts/a/confirmation"),
    ],
)
def test_nobody_is_let_in_without_a_good_token(editor, method, path):
    clip_token = editor.serving.signer.mint("a" * 64, True).text
    over = editor.serving.signer.mint(EDITOR_KEY, True, lifetime_s=-1).text
    for authorization in ("", "Bearer", "Bearer nonsense", f"Bearer {clip_token}", f"Bearer {over}"):
        answer = editor.ask(method, path, headers={"Authorization": authorization})
        assert answer.status_code == 403
        assert answer.headers["cache-control"] == "no-store"


def test_a_page_of_another_site_is_refused_even_with_the_token(editor):
    assert editor.ask("POST", "/batches", headers={"Origin": "http://other.example"}).status_code == 403
    assert editor.ask("POST", "/batches", headers={"Origin": "http://testserver"}).status_code == 201


def test_a_library_for_reading_only_has_no_such_routes(tmp_path):
    serving = Serving(settings_in(tmp_path, read_only=True))
    assert serving.adding is None
    assert add_case_routes(serving) == []


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path):
    editor = Editor(tmp_path, max_source_bytes=1000)
    answer = editor.put(editor.batch(), 0, b"x" * 1001)
    assert answer.status_code == 413
    assert "1000 bytes" in answer.json()["error"]
    assert editor.spooled() == []


def test_a_body_that_grows_beyond_the_limit_is_cut_off_and_nothing_of_it_stays(tmp_path):
    editor = Editor(tmp_path, max_source_bytes=3 * 1024**2)
    sent = []

    def endless():
        for _ in range(64):
            sent.append(1)
            yield b"x" * 1024**2

    assert editor.put(editor.batch(), 0, endless()).status_code == 413
    assert editor.spooled() == []


def test_a_disk_without_room_is_said_before_the_file_is_read(editor, monkeypatch):
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, KEPT_FREE_BYTES + 5))
    assert editor.put(editor.batch(), 0, b"123456").status_code == 507
    assert editor.put(editor.batch(), 0, b"12345").status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "files/../../../x",
        "files/..%2F..%2Fx",
        "files/-1",
        "files/a",
        "files/0?folder=../x",
        "files/0?place=1e3",
        "files/99999999",
    ],
)
def test_no_text_of_the_browser_becomes_a_path(editor, tmp_path, path):
    before = set(tmp_path.rglob("*"))
    batch = editor.batch()
    answer = editor.ask("PUT", f"/batches/{batch}/{path}", content=b"bytes")
    assert answer.status_code in (400, 403, 404, 405)
    assert editor.spooled() == []
    assert all(
        editor.spool in path.parents or path == editor.spool
        for path in set(tmp_path.rglob("*")) - before - {tmp_path / "cache"}
    )


def test_nothing_of_the_users_names_is_on_disk_and_the_folder_is_private(editor):
    batch = editor.batch()
    editor.ask("PUT", f"/batches/{batch}/files/7?folder=2&place=3", content=b"bytes", headers={"X-Name": "MARKER"})
    (path,) = editor.spooled()
    assert path.parts[-3:] == (batch, "folder-2", "000000003")
    for folder in (editor.spool, *(p for p in editor.spool.rglob("*") if p.is_dir())):
        assert folder.stat().st_mode & 0o077 == 0


def test_two_files_cannot_claim_one_place(editor):
    batch = editor.batch()
    for position, status in ((0, 201), (0, 201), (1, 409)):
        answer = editor.ask("PUT", f"/batches/{batch}/files/{position}?folder=1&place=0", content=b"x")
        assert answer.status_code == status
    assert len(editor.spooled()) == 1


def picture(level, size=(32, 24)):
    buffer = io.BytesIO()
    Image.new("L", size, level).save(buffer, "PNG")
    return buffer.getvalue()


def test_pictures_that_belong_together_are_one_clip_and_their_gap_is_noticed(editor):
    batch = editor.batch()
    for position, place in enumerate((0, 1, 3)):
        path = f"/batches/{batch}/files/{position}?folder=1&place={place}"
        editor.ask("PUT", path, content=picture(50 * place))
    result = editor.ended(editor.start(batch))["result"]
    (clip,) = result["clips"]
    assert clip["positions"] == [0, 1, 2]
    (case,) = (editor.serving.library.read(slug) for slug in result["cases"])
    assert case.clips[0].frame_count == 3
    assert any("1 number is missing" in note for note in case.clips[0].conversion.notes)


def test_loose_stills_stay_stills_of_one_case_and_join_the_one_study(editor, dicom):
    result = editor.add(picture(1), dicom(), picture(2))["result"]
    (slug,) = result["cases"]
    assert sorted(clip["positions"] for clip in result["clips"]) == [[0], [1], [2]]
    assert sorted(clip.frame_count for clip in editor.serving.library.read(slug).clips) == [1, 1, 3]


def test_each_study_is_a_case_of_its_own(editor, dicom):
    assert len(editor.add(dicom("a"), dicom("b"))["result"]["cases"]) == 2


def test_a_file_that_is_taken_out_is_gone(editor, dicom):
    batch = editor.batch()
    editor.put(batch, 0, b"nothing")
    editor.put(batch, 1, dicom())
    assert editor.ask("DELETE", f"/batches/{batch}/files/0").status_code == 200
    assert len(editor.spooled()) == 1
    assert editor.ended(editor.start(batch))["result"]["refused"] == []


def test_cancelling_before_the_import_leaves_nothing(editor, dicom):
    batch = editor.batch()
    editor.put(batch, 0, dicom())
    assert editor.ask("DELETE", f"/batches/{batch}").status_code == 200
    assert editor.spooled() == []
    assert editor.put(batch, 1, b"late").status_code == 404


def test_cancelling_the_import_leaves_nothing(editor, tmp_path):
    batch = editor.batch()
    for position in range(4):
        file = native_file(tmp_path / f"{position}.dcm", ramp_frames(300, 200, 200))
        editor.put(batch, position, file.read_bytes())
    task = editor.start(batch)
    while editor.ask("GET", f"/tasks/{task}").json()["done"] == 0:
        time.sleep(0.01)
    assert editor.ask("DELETE", f"/batches/{batch}").status_code == 200
    assert editor.ended(task)["state"] == "cancelled"
    assert editor.serving.library.entries() == []
    assert [path for path in (tmp_path / "library").rglob("*.dcm")] == []
    assert editor.spooled() == []


def test_the_import_begins_once_however_often_it_is_asked_for(editor, dicom):
    batch = editor.batch()
    editor.put(batch, 0, dicom())
    first, second = editor.start(batch), editor.start(batch)
    assert first == second
    editor.ended(first)
    assert len(editor.serving.library.entries()) == 1


def test_two_imports_at_once_do_not_disturb_each_other(editor, dicom):
    batches = [editor.batch() for _ in range(2)]
    for number, batch in enumerate(batches):
        editor.put(batch, 0, dicom(str(number), frames=2 + number))
    states = [editor.ended(task) for task in [editor.start(batch) for batch in batches]]
    assert [state["state"] for state in states] == ["done", "done"]
    assert len(editor.serving.library.entries()) == 2


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing(tmp_path):
    spool = Spool(tmp_path / "spool")
    batch = spool.new_batch()
    with pytest.raises(ConnectionError), batch.receive(0, 1000) as incoming:
        incoming.write(b"half of it")
        raise ConnectionError
    assert batch.paths() == []
    assert [path for path in batch.folder.rglob("*") if path.is_file()] == []


def test_a_starting_server_empties_what_a_dead_one_left_and_nothing_of_a_living_one(tmp_path):
    root = tmp_path / "spool"
    living, dead = Spool(root), Spool(root)
    kept = []
    for spool in (living, dead):
        with spool.new_batch().receive(0, 1000) as incoming:
            incoming.write(b"bytes")
        kept.append([path for path in root.rglob("file-0/0")])
    dead._held.release()  # the operating system does this when a process dies
    Spool(root).sweep()
    assert [path for path in root.rglob("file-0/0")] == kept[0]
    living.close()
    assert list(root.rglob("file-0/0")) == []


def test_closing_the_server_deletes_what_waits(editor):
    editor.put(editor.batch(), 0, b"bytes")
    editor.serving.close()
    assert editor.spooled() == []


def test_refusals_have_a_status_of_their_own():
    assert UploadRefusedError("no", 507).status == 507


def test_nothing_of_a_patient_is_in_any_answer(editor, dicom):
    state = editor.add(dicom(), b"damaged " + PATIENT.encode())
    (slug,) = state["result"]["cases"]
    answers = [str(state), editor.ask("GET", f"/drafts/{slug}").text]
    assert not any("MARKER" in answer for answer in answers)


def test_many_uploads_at_once_all_arrive(editor):
    batch = editor.batch()
    threads = [threading.Thread(target=editor.put, args=(batch, n, bytes([n]) * 3_000_000)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.stat().st_size for path in editor.spooled()) == [3_000_000] * 4


def test_a_title_that_says_what_the_header_held_is_offered_for_removal(editor, dicom):
    state = editor.add(dicom(PatientName="Meier^Margarete", PatientBirthDate="19700102"))
    (slug,) = state["result"]["cases"]
    assert "held" not in state["result"]
    change = {"title": "Knee of Margarete Meier", "summary": "Born 02.01.1970. A tear."}
    draft = editor.ask("PATCH", f"/drafts/{slug}", json={"revision": 1, "change": change}).json()
    found = {(match["field"], match["kind"]) for match in draft["matches"]}
    assert found == {("title", "name"), ("summary", "date")}
    body = {"revision": 2, "matches": draft["matches"]}
    draft = editor.ask("POST", f"/drafts/{slug}/text-removal", json=body).json()
    assert draft["matches"] == []
    assert draft["title"].startswith("Knee of")
    assert "Meier" not in draft["title"]
    assert "1970" not in draft["summary"]
    kept = b"".join(path.read_bytes() for path in (editor.serving.library.root / "drafts").rglob("*.json"))
    assert b"Margarete" not in kept
    editor.ask("DELETE", f"/drafts/{slug}")
    assert editor.serving.adding.held(slug).terms == frozenset()


@pytest.fixture
def clip(tmp_path):
    def made(name="a.mp4", frames=30):
        if name.endswith(".gif"):
            return animation(tmp_path / name, colour_frames(frames), 40).read_bytes()
        return video(tmp_path / name, grey_levels(frames)).read_bytes()

    return made


def choose(editor, batch, position, add_to=None, **choice):
    return editor.ask("POST", f"/batches/{batch}/import", json={"add_to": add_to, "position": position} | choice)


def test_a_video_waits_for_its_choice_while_the_rest_comes_in(editor, dicom, clip):
    batch = editor.batch()
    editor.put(batch, 0, clip())
    editor.put(batch, 1, dicom())
    state = editor.ended(editor.start(batch))
    (slug,) = state["result"]["cases"]
    assert [came["positions"] for came in state["result"]["clips"]] == [[1]]
    offer = state["parts"]["0"]
    assert (offer["frame_count"], state["parts"]["1"]) == (30, "read")
    assert offer["duration_s"] == pytest.approx(30 / 25, rel=1e-3)
    assert 0 < offer["lossless_bytes"]
    assert 0 < offer["compact_bytes"]
    assert len(editor.spooled()) == 1

    answer = choose(editor, batch, 0, slug, from_s=0.4, to_s=0.8, compact=True)
    result = editor.ended(answer.json()["task"])["result"]
    assert result["clips"] == [{"positions": [0], "case": slug, "clip_id": "clip-2"}]
    came = editor.serving.library.read(slug).clip("clip-2")
    assert (came.frame_count, came.conversion.compact) == (11, True)
    assert editor.spooled() == []
    assert choose(editor, batch, 0).status_code == 404


def test_the_predicted_size_is_about_the_stored_one(editor, clip):
    batch = editor.batch()
    editor.put(batch, 0, clip("a.gif", 20))
    state = editor.ended(editor.start(batch))
    assert state["result"]["cases"] == []
    (slug,) = editor.ended(choose(editor, batch, 0).json()["task"])["result"]["cases"]
    (came,) = editor.serving.library.read(slug).clips
    pixels = came.file_bytes - 3000  # the header
    assert (came.frame_count, came.conversion.compact) == (20, False)
    assert state["parts"]["0"]["lossless_bytes"] == pytest.approx(pixels, rel=0.5)


def test_a_part_that_holds_nothing_is_refused_and_can_be_chosen_anew(editor, clip):
    batch = editor.batch()
    editor.put(batch, 0, clip())
    editor.ended(editor.start(batch))
    (refusal,) = editor.ended(choose(editor, batch, 0, from_s=60).json()["task"])["result"]["refused"]
    assert "lies in the part" in refusal["reason"]
    result = editor.ended(choose(editor, batch, 0, from_frame=11, to_frame=20).json()["task"])["result"]
    (slug,) = result["cases"]
    assert editor.serving.library.read(slug).clips[0].frame_count == 10


@pytest.mark.parametrize(
    "choice",
    [{"position": "0"}, {"position": True}, {"from_s": -1}, {"from_s": "1"}, {"to_s": True}, {"from_frame": 0},
     {"to_frame": 1.5}, {"compact": 1}],
)  # fmt: skip
def test_a_choice_that_says_nothing_sensible_is_refused(editor, clip, choice):
    batch = editor.batch()
    editor.put(batch, 0, b"x")
    answer = choose(editor, batch, **({"position": 0} | choice))
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_nothing_is_chosen_before_it_was_looked_at_or_when_it_is_gone(editor, clip):
    batch = editor.batch()
    editor.put(batch, 0, clip())
    assert choose(editor, batch, 0).status_code == 409
    editor.ended(editor.start(batch))
    assert choose(editor, batch, 5).status_code == 409


def test_a_video_that_is_removed_or_cancelled_leaves_nothing(editor, clip):
    for end in ("/files/0", ""):
        batch = editor.batch()
        editor.put(batch, 0, clip())
        editor.ended(editor.start(batch))
        assert editor.ask("DELETE", f"/batches/{batch}{end}").status_code == 200
        assert editor.spooled() == []
        assert choose(editor, batch, 0).status_code == 404
    assert editor.serving.library.entries() == []


def test_a_video_that_cannot_come_in_is_refused_before_anybody_is_asked(editor, clip):
    known = clip()
    batch = editor.batch()
    editor.put(batch, 0, known)
    editor.ended(editor.start(batch))
    editor.ended(choose(editor, batch, 0).json()["task"])
    batch = editor.batch()
    editor.put(batch, 0, known)
    editor.put(batch, 1, known[: len(known) // 3])
    refused = editor.ended(editor.start(batch))["result"]["refused"]
    assert [refusal["positions"] for refusal in refused] == [[0], [1]]
    assert "in the library already" in refused[0]["reason"]
    assert editor.spooled() == []


def test_a_video_of_a_study_joins_that_study_whichever_draft_is_open(editor, dicom, tmp_path):
    frames = grey_levels(20)
    stream = video(tmp_path / "a.mp4", frames, codec="libx264").read_bytes()
    header = header_of(frames, PhotometricInterpretation="YBR_PARTIAL_420", StudyInstanceUID="1.2.826.0.1.9")
    inside = write(tmp_path / "a.dcm", header, encapsulate([stream], has_bot=False), "1.2.840.10008.1.2.4.102")
    batch = editor.batch()
    editor.put(batch, 0, inside.read_bytes())
    editor.put(batch, 1, dicom("b", StudyInstanceUID="1.2.826.0.1.9"))
    editor.put(batch, 2, dicom("c", StudyInstanceUID="1.2.826.0.1.8"))
    made = {came["positions"][0]: came["case"] for came in editor.ended(editor.start(batch))["result"]["clips"]}
    assert set(made) == {1, 2}
    result = editor.ended(choose(editor, batch, 0, made[2]).json()["task"])["result"]
    assert result["cases"] == [made[1]]


def test_a_choice_that_is_stopped_adds_nothing_and_can_be_made_again(editor, tmp_path):
    batch = editor.batch()
    frames = ramp_frames(400, 120, 160, samples=3)
    editor.put(batch, 0, video(tmp_path / "a.mp4", frames).read_bytes())
    editor.ended(editor.start(batch))
    task = choose(editor, batch, 0).json()["task"]
    while editor.ask("GET", f"/tasks/{task}").json()["done"] == 0:
        time.sleep(0.01)
    assert editor.ask("DELETE", f"/tasks/{task}").json()["state"] == "cancelled"
    assert editor.serving.library.entries() == []
    (slug,) = editor.ended(choose(editor, batch, 0, to_frame=5).json()["task"])["result"]["cases"]
    assert editor.serving.library.read(slug).clips[0].frame_count == 5
    assert editor.spooled() == []
