import hashlib
import json
import time

import pytest

from case_library.dynamics.clip_dynamics import FUNCTION, derive
from case_library.packs.build import BuildCancelledError
from case_library.packs.worker import PackWorker
from case_library.sources.dicom import open_dicom
from tests.dicom_files import native_file, ramp_frames

WAIT_S = 60


def test_every_frame_has_its_change_and_its_hash(tmp_path):
    media = native_file(tmp_path / "a.dcm", ramp_frames(5))
    dynamics = json.loads(derive(media))
    assert dynamics["frame_count"] == len(dynamics["motion"]["change"]) == 5
    with open_dicom(media) as source:
        assert dynamics["stored_sha256"] == [hashlib.sha256(source.stored_frame(k)).hexdigest() for k in range(5)]


def test_it_stops_where_it_is_told_to(tmp_path):
    media = native_file(tmp_path / "a.dcm", ramp_frames(5))
    asked = iter([False, False, True])
    with pytest.raises(BuildCancelledError):
        derive(media, cancelled=lambda: next(asked))


def test_a_pack_that_somebody_waits_for_goes_first(tmp_path):
    long, short = (
        native_file(tmp_path / "long.dcm", ramp_frames(400, 200, 200)),
        native_file(tmp_path / "s.dcm", ramp_frames(2)),
    )
    ended = []
    with PackWorker() as worker:
        slow = worker.derive(FUNCTION, long, tmp_path / "dynamics.json")
        slow.result.add_done_callback(lambda future: ended.append("dynamics"))
        deadline = time.monotonic() + WAIT_S
        while not slow.done and time.monotonic() < deadline:
            time.sleep(0.005)
        pack = worker.build(short, tmp_path / "pack")
        pack.result.add_done_callback(lambda future: ended.append("pack"))
        assert worker.derive(FUNCTION, long, tmp_path / "dynamics.json") is slow
        slow.result.result(WAIT_S)
    assert ended == ["pack", "dynamics"]
    assert json.loads((tmp_path / "dynamics.json").read_text())["frame_count"] == 400
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
