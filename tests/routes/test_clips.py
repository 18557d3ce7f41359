import io
import json
import time

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from case_library.packs.format import pack_key, segment_path
from case_library.packs.worker import PackWorker
from case_library.routes.clips import PACK_MEDIA_TYPE, clip_routes
from case_library.routes.serving import Serving
from case_library.sources.dicom import open_dicom
from tests.dicom_files import jpeg, jpeg_file, native_file, ramp_frames
from tests.packs.a_library import add_case, grey_cine, settings_in
from tests.running_app import running_app

WAIT_S = 30


class Served:
    """A clip, and a client that fetches it from the routes."""

    def __init__(self, folder, media, worker, draft=False, base_path=""):
        self.serving = Serving(settings_in(folder), base_path, worker=worker)
        self.case = add_case(self.serving.library, media, draft=draft)
        self.clip, self.draft = self.case.clips[0], draft
        self.served = self.serving.serve(self.clip, self.serving.library.folder("case-one"), draft)
        self.token = self.serving.signer.mint(self.served.key, draft).text
        self.pack = self.serving.cache.folder(self.served.key, draft)
        self.client = TestClient(Starlette(routes=clip_routes(self.serving)))

    def get(self, what, token=None, **headers):
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"} | headers
        return self.client.get(self.serving.url(self.served.key) + what, headers=headers)

    def build(self):
        self.serving.pack(self.served).result.result(WAIT_S)


@pytest.fixture(scope="module")
def worker():
    with PackWorker() as worker:
        yield worker


@pytest.fixture
def make(tmp_path, worker):
    def make(media=None, **options):
        return Served(tmp_path, media or grey_cine(tmp_path / "clip.dcm"), worker, **options)

    return make


PARTS = ["index", "segments/0", "frames/1", "grey/1", "poster"]


def test_the_index_and_its_segments_are_the_frames_of_the_clip(make):
    served = make()
    served.build()
    index = served.get("index").json()
    assert (index["frame_count"], index["columns"], index["rows"]) == (20, 32, 24)
    frames = []
    for number, segment in enumerate(index["segments"]):
        body = served.get(f"segments/{number}").content
        assert segment["first"] == len(frames)
        assert len(body) == sum(segment["lengths"])
        for length in segment["lengths"]:
            frames.append(body[:length])
            body = body[length:]
    with open_dicom(served.served.media) as source:
        for i, frame in enumerate(frames):
            shown = source.read_frame(i).astype(int)
            assert np.abs(np.asarray(Image.open(io.BytesIO(frame))).astype(int) - shown).max() < 24
    assert len(frames) == 20


def test_while_the_pack_is_made_the_index_says_how_far_it_is(make, tmp_path):
    served = make(native_file(tmp_path / "long.dcm", ramp_frames(200, 200, 300)))
    answer = served.get("index")
    assert answer.status_code == 202
    assert answer.json()["state"] == "building"
    assert answer.json()["total"] == 200
    assert answer.headers["Cache-Control"] == "no-store"
    give_up_at = time.monotonic() + WAIT_S
    while answer.status_code == 202 and time.monotonic() < give_up_at:
        time.sleep(0.02)
        answer = served.get("index")
    assert answer.status_code == 200
    assert answer.json()["frame_count"] == 200


def test_a_pack_that_cannot_be_made_says_why(make):
    served = make()
    served.served.media.write_bytes(bytes(200))
    served.get("index")
    served.serving.worker.job(served.pack).result.exception(WAIT_S)
    answer = served.get("index")
    assert answer.status_code == 422
    assert answer.json()["state"] == "failed"
    assert "DICOM" in answer.json()["error"]
    assert str(served.served.media.parent) not in answer.text


def test_an_exact_frame_has_every_pixel_before_and_after_the_pack_is_made(make):
    served = make()
    with open_dicom(served.served.media) as source:
        shown = source.read_frame(4)
    for step in ("before", "after", "kept"):
        if step == "after":
            served.build()
        answer = served.get("frames/5")
        assert answer.headers["Content-Type"] == "image/png"
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(answer.content))), shown)
        assert (served.pack / "exact" / "000005.png").is_file() == (step != "before")


def test_grey_values_come_as_they_are_stored(make):
    served = make()
    answer = served.get("grey/5")
    with open_dicom(served.served.media) as source:
        assert answer.content == b"\x01\x01" + source.read_frame(4).tobytes()
    assert served.get("grey/21").status_code == 404


def test_a_frame_that_cannot_be_decoded_says_so_in_plain_words(make, tmp_path):
    pictures = ramp_frames(4)
    streams = [jpeg(picture) for picture in pictures]
    streams[2] = b"\xff\xd8" + bytes(40) + b"\xff\xd9"
    served = make(jpeg_file(tmp_path / "broken.dcm", streams, pictures))
    served.build()
    answer = served.get("frames/3")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Frame 3:")
    assert list(served.get("index").json()["broken"]) == ["3"]


def test_the_poster_comes_with_or_without_a_pack(make):
    served = make()
    before = served.get("poster")
    served.build()
    after = served.get("poster")
    for answer in (before, after):
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.content)).size == (32, 24)
    assert before.content == after.content


def test_a_draft_has_no_poster(make):
    served = make(draft=True)
    served.build()
    assert served.get("poster").status_code == 404
    assert not (served.pack / "poster.jpg").exists()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("token", ["", "forged", "other clip", "other process", "over"])
def test_without_a_good_token_nothing_is_served(make, part, token):
    served = make()
    served.build()
    match token:
        case "other clip":
            token = served.serving.signer.mint("b" * 64, False).text
        case "other process":
            token = Serving(served.serving.settings).signer.mint(served.served.key, False).text
        case "over":
            token = served.serving.signer.mint(served.served.key, False, lifetime_s=0).text
    answer = served.get(part, token=token)
    assert answer.status_code == 403
    assert set(answer.json()) == {"error"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "Bearer  "])
def test_without_a_bearer_header_nothing_is_served(make, header):
    served = make()
    headers = {} if header is None else {"Authorization": header}
    assert served.client.get(f"{served.serving.url(served.served.key)}index", headers=headers).status_code == 403


@pytest.mark.parametrize("part", ["segments/99", "segments/2", "frames/0", "frames/21", "frames/99999999999999999999"])
def test_what_the_clip_does_not_have_is_a_true_404(make, part):
    served = make()
    served.build()
    answer = served.get(part)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/clips",
        "/api/nothing",
        "/api/clips/abc/index",
        "/api/clips/{key}/nothing",
        "/api/clips/{key}/segments/-1",
        "/api/clips/{key}/segments/x",
        "/api/clips/..%2f..%2fetc/index",
        "/api/clips/{upper}/index",
    ],
)
def test_unknown_addresses_are_a_true_404(make, path):
    served = make()
    address = path.format(key=served.served.key, upper="A" * 64)
    answer = served.client.get(address, headers={"Authorization": f"Bearer {served.token}"})
    assert answer.status_code == 404


def test_a_clip_that_is_not_in_the_library_is_a_404_even_with_a_token(make):
    served = make()
    key = pack_key("0" * 64)
    token = served.serving.signer.mint(key, False).text
    answer = served.client.get(f"/api/clips/{key}/index", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 404


def test_a_clip_that_another_process_registered_is_found_in_the_library(make):
    served = make()
    served.serving.clips._clips.clear()
    served.build()
    assert served.get("index").status_code == 200


@pytest.mark.parametrize("draft", [False, True])
def test_published_clips_stay_in_the_browser_and_drafts_do_not(make, draft):
    served = make(draft=draft)
    served.build()
    for part in ["index", "segments/0", "frames/1"] + ([] if draft else ["poster"]):
        answer = served.get(part)
        assert answer.status_code == 200
        kept = "no-store" if draft else "private, max-age=31536000, immutable"
        assert answer.headers["Cache-Control"] == kept, part


def test_frames_come_in_one_piece_of_known_length(make):
    served = make()
    served.build()
    for part, media_type in (
        ("segments/0", PACK_MEDIA_TYPE),
        ("frames/1", "image/png"),
        ("poster", "image/jpeg"),
        ("index", "application/json"),
    ):
        answer = served.get(part)
        assert answer.headers["Content-Type"] == media_type
        assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_head_says_the_same_without_the_frames(make):
    served = make()
    served.build()
    headers = {"Authorization": f"Bearer {served.token}"}
    answer = served.client.head(f"{served.serving.url(served.served.key)}segments/0", headers=headers)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == segment_path(served.pack, 0).stat().st_size


def test_nothing_can_be_sent_to_the_routes(make):
    served = make()
    headers = {"Authorization": f"Bearer {served.token}"}
    assert served.client.post(f"{served.serving.url(served.served.key)}index", headers=headers).status_code == 405


def test_the_base_path_comes_first(make):
    served = make(base_path="/cases")
    served.build()
    assert served.serving.url(served.served.key).startswith("/cases/api/clips/")
    assert served.get("index").status_code == 200
    bare = f"/api/clips/{served.served.key}/index"
    assert served.client.get(bare, headers={"Authorization": f"Bearer {served.token}"}).status_code == 404


def test_a_segment_that_was_dropped_from_the_cache_is_made_again_with_the_same_bytes(make):
    served = make()
    served.build()
    before = served.get("segments/1").content
    served.serving.cache.drop(served.served.key, draft=False)
    assert served.get("segments/1").status_code == 503
    served.serving.worker.job(served.pack).result.result(WAIT_S)
    assert served.get("segments/1").content == before


def test_frames_are_not_compressed_again_by_the_app_around_the_routes(make, tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (4, 200, 200), dtype=np.uint8)
    served = make(native_file(tmp_path / "noise.dcm", noise))
    served.build()
    script = tmp_path / "page.py"
    script.write_text("import streamlit as st\n")
    with running_app(st.App(script, routes=clip_routes(served.serving))) as client:
        for part in ("segments/0", "frames/1", "poster"):
            answer = client.get(
                served.serving.url(served.served.key) + part,
                headers={"Authorization": f"Bearer {served.token}", "Accept-Encoding": "gzip"},
            )
            assert answer.status_code == 200
            assert "Content-Encoding" not in answer.headers, part
        assert client.get("/api/nothing").status_code == 404


def test_no_answer_names_the_case_or_a_place(make):
    served = make()
    served.build()
    text = json.dumps(served.get("index").json()) + served.serving.url(served.served.key) + served.token
    assert "case-one" not in text
    assert str(served.serving.settings.library) not in text


def test_the_dynamics_come_when_they_are_made_and_lie_beside_the_pack(make):
    served = make()
    served.build()
    deadline = time.monotonic() + WAIT_S
    while (answer := served.get("dynamics")).status_code == 202 and time.monotonic() < deadline:
        assert answer.json()["state"] == "building"
        time.sleep(0.02)
    assert answer.status_code == 200
    assert len(answer.json()["motion"]["change"]) == 20
    assert answer.headers["cache-control"] == "no-store"
    assert [path.name for path in served.pack.glob("dynamics-*.json")] == ["dynamics-1.json"]
    assert served.get("dynamics", token="x").status_code == 403
