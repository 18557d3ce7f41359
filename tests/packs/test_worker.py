import io
import os
import signal
import threading

import numpy as np
import pytest
from PIL import Image

from case_library.errors import FrameError, RefusedInputError
from case_library.packs.build import BuildCancelledError
from case_library.packs.cache import PackCache
from case_library.packs.format import pack_key, read_index
from case_library.packs.worker import PackWorker, WorkerDiedError, build_packs, poster_frame_of
from case_library.sources.dicom import open_dicom
from case_library.store.library import Library
from tests.dicom_files import native_file, ramp_frames
from tests.packs.a_library import add_case, clip_of, grey_cine, settings_in

WAIT_S = 30


@pytest.fixture(scope="module")
def worker():
    with PackWorker() as worker:
        yield worker


@pytest.fixture
def long_clip(tmp_path):
    """Long enough to be caught in the middle."""
    return native_file(tmp_path / "long.dcm", ramp_frames(400, 300, 400))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_pack_is_made_and_its_progress_can_be_read(worker, tmp_path):
    job = worker.build(grey_cine(tmp_path / "clip.dcm"), tmp_path / "pack", poster_frame=3)
    job.result.result(WAIT_S)
    assert (job.done, job.total) == (20, 20)
    assert read_index(tmp_path / "pack").frame_count == 20
    assert (tmp_path / "pack" / "poster.jpg").is_file()


def test_an_exact_frame_comes_through_the_process_unchanged(worker, tmp_path):
    media = grey_cine(tmp_path / "clip.dcm")
    with open_dicom(media) as source:
        assert np.array_equal(pixels(worker.exact(media, 5).result(WAIT_S)), source.read_frame(4))


def test_an_exact_frame_does_not_wait_for_a_pack(worker, tmp_path, long_clip):
    job = worker.build(long_clip, tmp_path / "pack")
    worker.exact(long_clip, 400).result(WAIT_S)
    assert job.done < 400
    job.result.result(WAIT_S)


def test_a_pack_that_is_being_made_is_not_begun_twice(worker, tmp_path, long_clip):
    job = worker.build(long_clip, tmp_path / "pack")
    assert worker.build(long_clip, tmp_path / "pack") is job
    job.result.result(WAIT_S)


def test_what_goes_wrong_comes_back_as_what_it_is(worker, tmp_path):
    media = grey_cine(tmp_path / "clip.dcm")
    with pytest.raises(FrameError, match="20 frames"):
        worker.exact(media, 21).result(WAIT_S)
    (tmp_path / "text.dcm").write_text("no DICOM")
    with pytest.raises(RefusedInputError) as refusal:
        worker.build(tmp_path / "text.dcm", tmp_path / "pack").result.result(WAIT_S)
    assert "text" not in refusal.value.reason
    with pytest.raises(RefusedInputError) as refusal:
        worker.exact(tmp_path / "NAMED-MARKER.dcm", 1).result(WAIT_S)
    assert "MARKER" not in refusal.value.reason


def test_a_folder_that_cannot_be_written_is_said_without_its_path(worker, tmp_path):
    (tmp_path / "MARKER").write_text("a file where the folder should be")
    with pytest.raises(RefusedInputError) as refusal:
        worker.build(grey_cine(tmp_path / "clip.dcm"), tmp_path / "MARKER" / "pack").result.result(WAIT_S)
    assert "MARKER" not in refusal.value.reason


def test_cancelling_leaves_nothing(worker, tmp_path, long_clip):
    job = worker.build(long_clip, tmp_path / "packs" / "pack")
    waiting = worker.build(grey_cine(tmp_path / "other.dcm"), tmp_path / "packs" / "other")
    worker.cancel(tmp_path / "packs" / "other")
    worker.cancel(tmp_path / "packs" / "pack")
    for cancelled in (job, waiting):
        with pytest.raises(BuildCancelledError):
            cancelled.result.result(WAIT_S)
    assert list((tmp_path / "packs").iterdir()) == []


def test_a_dead_process_fails_what_it_did_and_nothing_after(tmp_path, long_clip):
    with PackWorker() as worker:
        job = worker.build(long_clip, tmp_path / "pack")
        behind = worker.build(grey_cine(tmp_path / "clip.dcm"), tmp_path / "behind")
        os.kill(worker.process_id, getattr(signal, "SIGKILL", signal.SIGTERM))
        with pytest.raises(WorkerDiedError):
            job.result.result(WAIT_S)
        behind.result.result(WAIT_S)
        assert read_index(tmp_path / "behind") is not None
        worker.build(long_clip, tmp_path / "pack").result.result(WAIT_S)
        assert read_index(tmp_path / "pack") is not None


def test_closing_in_the_middle_leaves_no_process_and_no_half_pack(tmp_path, long_clip):
    worker = PackWorker()
    job = worker.build(long_clip, tmp_path / "packs" / "pack")
    worker.exact(long_clip, 1).result(WAIT_S)
    process = worker._process
    worker.close()
    assert process.poll() is not None
    with pytest.raises(BuildCancelledError):
        job.result.result(WAIT_S)
    assert [path for path in (tmp_path / "packs").iterdir()] == []


def test_a_closed_worker_refuses(tmp_path):
    worker = PackWorker()
    worker.close()
    with pytest.raises(WorkerDiedError):
        worker.exact(grey_cine(tmp_path / "clip.dcm"), 1).result(WAIT_S)


def test_requests_of_many_threads_get_their_own_answers(worker, tmp_path):
    media = grey_cine(tmp_path / "clip.dcm")
    answers = {}

    def ask(number):
        answers[number] = worker.exact(media, number).result(WAIT_S)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    with open_dicom(media) as source:
        for number, png in answers.items():
            assert np.array_equal(pixels(png), source.read_frame(number - 1))
    assert len(answers) == 20


def test_the_packs_of_a_case_are_made_at_import(tmp_path, worker):
    settings = settings_in(tmp_path)
    library = Library(settings.library)
    case = add_case(library, grey_cine(tmp_path / "a.dcm"), grey_cine(tmp_path / "b.dcm", 7), draft=True)
    steps = []
    assert build_packs(library, "case-one", settings, lambda *step: steps.append(step), worker=worker) == {}
    cache = PackCache(settings)
    assert [cache.use(pack_key(clip.file_sha256), draft=True).frame_count for clip in case.clips] == [20, 7]
    assert steps[-1] == (27, 27)
    assert steps == sorted(steps)


def test_a_clip_whose_pack_fails_does_not_stop_the_next(tmp_path, worker):
    settings = settings_in(tmp_path)
    library = Library(settings.library)
    add_case(library, grey_cine(tmp_path / "a.dcm"), grey_cine(tmp_path / "b.dcm", 7))
    (library.folder("case-one") / "media" / "clip-1.dcm").write_bytes(b"gone bad")
    failed = build_packs(library, "case-one", settings, worker=worker)
    assert list(failed) == ["clip-1"]


def test_an_interrupt_leaves_none_half_made(tmp_path, long_clip):
    settings = settings_in(tmp_path)
    library = Library(settings.library)
    add_case(library, long_clip, draft=True)

    def interrupt(done, total):
        if done > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_packs(library, "case-one", settings, interrupt)
    assert list((settings.library / "drafts" / ".packs").iterdir()) == []


@pytest.mark.parametrize(
    ("frames", "representative", "number"), [(20, None, 10), (1, None, 1), (3, None, 2), (20, 7, 7)]
)
def test_the_poster_is_the_representative_frame_or_the_middle_one(tmp_path, frames, representative, number):
    clip = clip_of(grey_cine(tmp_path / "clip.dcm", frames))
    assert poster_frame_of(clip.model_copy(update={"representative_frame": representative})) == number
