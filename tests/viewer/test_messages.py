import json
import re

import pytest

from case_library.errors import CaseFormatError, CaseNotBuiltError
from case_library.model.calibration import RegionCalibration
from case_library.model.case import Conversion, Machine
from case_library.model.timing import Clock, ClockOrigin, Playback
from case_library.phantoms.building import BuildState
from case_library.store.library import CaseEntry
from case_library.viewer.component import FRONTEND
from case_library.viewer.messages import ClipLink, facts_of, gallery_data, viewer_data
from tests.packs.a_library import case_of, clip_of, grey_cine

LINK = ClipLink("/api/clips/abc/", "token")


@pytest.fixture
def case(tmp_path):
    return case_of(grey_cine(tmp_path / "a.dcm"), grey_cine(tmp_path / "b.dcm", 1))


def data_of(case):
    return viewer_data("case-one", case, {c.clip_id: LINK for c in case.clips}, clip_id="clip-2", frame_number=1)


def typedef(name):
    """Return the fields that the front end's types declare."""
    text = (FRONTEND / "types.js").read_text(encoding="utf-8")
    block = re.search(rf"@typedef \{{object\}} {name}\b(.*?)(?=@typedef|\*/)", text, re.S).group(1)
    return set(re.findall(r"@property \{.*?\} \[?(\w+)\]?", block))


def test_the_viewer_is_told_what_the_front_end_expects(case):
    data = data_of(case)
    assert set(data) == typedef("ViewerData")
    assert set(data["case"]) == typedef("CaseMessage")
    clip = data["clips"][0]
    assert set(clip) == typedef("ClipMessage")
    assert set(clip["clock"]) == typedef("ClockMessage")
    assert set(clip["playback"]) == typedef("PlaybackMessage")
    assert set(clip["scale"]) == typedef("ScaleMessage")
    assert set(clip["regions"][0]) == typedef("RegionMessage")
    assert {key for fact in clip["facts"] for key in fact} <= typedef("FactMessage")
    assert set(data["edit"]) == typedef("EditMessage")


def test_the_gallery_is_told_what_the_front_end_expects(case, tmp_path):
    entries = [CaseEntry("case-one", tmp_path, case)]
    data = gallery_data(entries, {}, editor=True, library_hint="", base_path="")
    assert set(data) == typedef("GalleryData")
    assert set(data["cases"][0]) == typedef("GalleryCase")


@pytest.mark.parametrize(
    ("state", "words", "remedy"),
    [
        (None, "Its clips are not made yet", "Make them with: case-library phantoms tennis-leg"),
        (BuildState(), "Its clips wait for their turn to be made", None),
        (BuildState(150, 390), "Its clips are being made: 38 %", None),
        (BuildState(failed="the disk is full"), "Its clips could not be made: the disk is full", "Make them with"),
    ],
)
def test_a_case_whose_clips_are_not_made_says_how_far_they_are(tmp_path, state, words, remedy):
    entry = CaseEntry("tennis-leg", tmp_path, None, CaseNotBuiltError("tennis-leg", "Tennis leg", "A calf.", 4))
    building = {} if state is None else {"tennis-leg": state}
    (card,) = gallery_data([entry], {}, editor=True, library_hint="", base_path="", building=building)["cases"]
    assert set(card) == typedef("GalleryCase")
    assert (card["title"], card["summary"], card["source"]) == ("Tennis leg", "A calf.", "synthetic")
    assert card["building"] == words and card["problem"] is None
    assert (card["remedy"] or "").startswith(remedy or "") and (card["remedy"] is None) == (remedy is None)


def test_messages_are_json(case):
    data = data_of(case)
    assert json.loads(json.dumps(data)) == data


def test_a_clip_says_its_clock_scale_and_regions(case):
    clip, still = data_of(case)["clips"]
    assert (clip["clock"]["frame_time_s"], clip["clock"]["duration_s"]) == (0.04, pytest.approx(0.8))
    assert clip["clock"]["rate_fps"] == pytest.approx(25)
    assert clip["scale"]["mm_per_px"] == [pytest.approx(0.1), pytest.approx(0.1)]
    assert clip["regions"][0]["trusted"]
    assert (clip["url"], clip["token"], clip["pack"]) == LINK
    assert still["clock"]["rate_fps"] is None


def test_an_irregular_clock_is_sent_as_times():
    clock = Clock(
        origin=ClockOrigin.FRAME_TIME_VECTOR, trusted=True, why="a", frame_count=3, frame_times_s=(0.0, 0.04, 0.1)
    )
    assert data_clock(clock)["frame_times_s"] == [0.0, 0.04, 0.1]
    assert data_clock(clock)["frame_time_s"] is None


def data_clock(clock):
    from case_library.viewer.messages import _clock

    return _clock(clock)


def test_a_region_that_cannot_be_trusted_has_no_scale(case):
    outside = RegionCalibration(
        number=2, min_x=0, min_y=0, max_x=640, max_y=480, spatial_format=1, data_type=1, unit_x=3, unit_y=3,
        delta_x=0.01, delta_y=0.01,
    )  # fmt: skip
    clip = case.clips[0].model_copy(update={"regions": (*case.clips[0].regions, outside)})
    regions = data_of(case.model_copy(update={"clips": (clip,)}))["clips"][0]["regions"]
    assert [(region["trusted"], region["mm_per_px"] is None) for region in regions] == [(True, False), (False, True)]


@pytest.mark.parametrize("draft", [True, False])
def test_only_published_cases_have_a_poster(tmp_path, draft):
    case = case_of(grey_cine(tmp_path / "a.dcm"), draft=draft)
    data = data_of(case.model_copy(update={"clips": case.clips}))
    assert data["case"]["status"] == ("draft" if draft else "published")
    assert data["clips"][0]["has_poster"] is not draft


def facts(clip):
    return {fact["label"]: fact["value"] for fact in facts_of(clip)}


def test_facts_are_formatted_for_people(case):
    machine = Machine(
        manufacturer="Hewlett-Packard",
        transducer_type="SECTOR_PHASED",
        depth_mm=50.0,
        mechanical_index=1.2,
        transducer_frequency_khz=7500,
    )
    playback = Playback(display_rate_fps=30)
    clip = case.clips[0].model_copy(update={"machine": machine, "playback": playback, "stage": "Rest", "view": "Long"})
    assert facts(clip) == {
        "Machine": "Hewlett-Packard",
        "Transducer": "Sector phased, 7.5 MHz",
        "Depth": "50 mm",
        "MI": "1.2",
        "Stage": "Rest",
        "View": "Long",
        "Frames": "20",
        "Frame rate": "25.0 fps",
        "Duration": "0.80 s",
        "Shown at": "30.0 fps",
        "Size": "32 × 24 px",
        "Format": "uncompressed, MONOCHROME2",
        "Clock": clip.clock.why,
        "Scale": clip.scale.why,
    }


def test_what_the_file_does_not_say_is_not_there(case):
    assert not {"Machine", "Transducer", "Depth", "MI", "Stage", "View", "Frame rate", "Duration"} & set(
        facts(case.clips[1])
    )


def test_a_clock_that_is_not_trusted_says_so(tmp_path):
    clip = clip_of(grey_cine(tmp_path / "a.dcm", FrameTime=None, FrameIncrementPointer=None))
    assert not clip.clock.trusted
    assert facts(clip)["Clock"].startswith("not trusted: ")


def test_a_card_says_how_much_there_is_to_see(case, tmp_path):
    poster = ClipLink("/api/clips/abc/poster", "token")
    entries = [CaseEntry("case-one", tmp_path, case)]
    (card,) = gallery_data(entries, {"case-one": poster}, editor=True, library_hint="", base_path="")["cases"]
    assert (card["clip_count"], card["frame_count_max"], card["moving"]) == (2, 20, True)
    assert (card["poster_url"], card["token"]) == poster[:2]
    assert card["href"] == "/case?case=case-one"


def test_a_case_that_cannot_be_read_is_a_card_with_its_remedy(tmp_path):
    problem = CaseFormatError("case-one", "case.json is no JSON", "Restore it")
    entries = [CaseEntry("case-one", tmp_path, None, problem)]
    (card,) = gallery_data(entries, {}, editor=True, library_hint="", base_path="/cases")["cases"]
    assert (card["problem"], card["remedy"]) == ("case.json is no JSON", "Restore it")
    assert (card["title"], card["poster_url"]) == ("case-one", None)
    assert card["href"] == "/cases/case?case=case-one"


def test_a_case_without_a_title_goes_by_its_slug(case):
    assert data_of(case.model_copy(update={"title": ""}))["case"]["title"] == "case-one"


def test_a_converted_clip_says_what_it_was_and_what_was_lost(case):
    clip = case.clips[1]
    lossless = clip.model_copy(update={"conversion": Conversion(made_of="pictures", notes=("a", "b"))})
    assert facts(lossless)["Made of"] == "pictures, stored without a loss"
    assert facts(lossless)["Note"] == "a; b"
    compact = Conversion(made_of="video", compact=True, max_error=79, mean_error=0.577)
    assert facts(clip.model_copy(update={"conversion": compact}))["Made of"] == (
        "a video, stored compact: a sample is off by at most 79 and on average by 0.58 of 255 grey levels"
    )
