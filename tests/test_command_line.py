"""The command as others script it: names, exit statuses, JSON."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from case_library.command_line import main
from case_library.store import clip_writing
from tests.dicom_files import native_file, ramp_frames
from tests.media_files import colour_frames, sequence


@dataclass(frozen=True)
class Done:
    """What a call of the command left behind."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found = {
        "CASE_LIBRARY": str(tmp_path / "library"),
        "CASE_LIBRARY_CACHE": str(tmp_path / "cache"),
        "CASE_LIBRARY_CONFIG": str(tmp_path / "config"),
    }
    monkeypatch.delenv("CASE_LIBRARY_READ_ONLY", raising=False)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def run(folders: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str | Path, answer: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["case-library", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Done(int(ended.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return native_file(tmp_path / "a.dcm", ramp_frames(3))


def document(done: Done) -> Any:
    return json.loads(done.stdout)


def test_import_prints_one_json_document_with_the_promised_keys(run: Run, file: Path) -> None:
    done = run("import", file, "--json")
    assert done.returncode == 0, done.stderr
    found = document(done)
    assert list(found) == ["imported", "refused"]
    (case,) = found["imported"]
    assert list(case) == ["case", "clips"]
    (clip,) = case["clips"]
    assert list(clip) == [
        "source", "file", "sop_instance_uid", "frames", "columns", "rows", "duration_s", "clock", "scale",
    ]  # fmt: skip
    assert clip["source"] == str(file)
    assert clip["frames"] == 3
    assert clip["duration_s"] == pytest.approx(0.12)
    assert clip["clock"] == {
        "origin": "frame_time",
        "trusted": True,
        "why": "Frame Time of the file, named by its Frame Increment Pointer",
    }
    assert list(clip["scale"]) == ["origin", "trusted", "why", "region", "mm_per_px"]
    assert clip["scale"]["mm_per_px"] == pytest.approx([0.1, 0.1])


def test_a_refused_input_is_named_with_its_reason_and_the_rest_comes_in(run: Run, file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.dcm"
    bad.write_bytes(b"no")
    done = run("import", bad, file, "--json")
    assert done.returncode == 1
    assert len(document(done)["imported"]) == 1
    assert document(done)["refused"][0]["source"] == str(bad)
    assert f"{bad}: not a DICOM file" in done.stderr


def test_import_of_pictures_states_clock_and_scale_and_says_what_it_did(run: Run, tmp_path: Path) -> None:
    sequence(tmp_path / "in", colour_frames(4))
    done = run("import", tmp_path / "in", "--fps", "50", "--scale", "115.25", "--compact", "--trim", "2-4", "--json")
    assert done.returncode == 0, done.stderr
    (clip,) = document(done)["imported"][0]["clips"]
    assert clip["source"] == str(tmp_path / "in")
    assert (clip["frames"], clip["clock"]["origin"], clip["scale"]["origin"]) == (3, "stated_by_user", "stated_by_user")
    assert clip["scale"]["mm_per_px"] == pytest.approx([10 / 115.25] * 2)
    assert list(clip)[9:] == ["notes", "conversion", "predicted_bytes"]
    assert (clip["conversion"]["made_of"], clip["conversion"]["compact"]) == ("pictures", True)
    assert clip["conversion"]["max_error"] > 0
    assert set(clip["predicted_bytes"]) == {"lossless", "compact"}
    assert "3 frames, 0.1 s: about" in done.stderr


def test_a_dry_run_of_a_conversion_says_its_size_and_keeps_nothing(run: Run, tmp_path: Path) -> None:
    sequence(tmp_path / "in", colour_frames(4))
    done = run("import", tmp_path / "in", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "would be stored in about" in done.stdout
    assert "MB without a loss" in done.stderr
    assert document(run("list", "--json")) == []


@pytest.mark.parametrize(
    "option", [["--fps", "0"], ["--fps", "-5"], ["--scale", "0"], ["--trim", "7-2"], ["--trim", "soon"]]
)
def test_a_statement_that_cannot_be_is_wrong_usage(run: Run, file: Path, option: list[str]) -> None:
    assert run("import", file, *option).returncode == 2


@pytest.mark.parametrize("arguments", [["import"], ["no-such-command"], ["serve", "--port", "99999"], ["show"]])
def test_wrong_usage_has_status_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_from_import_to_publication(run: Run, file: Path) -> None:
    slug = document(run("import", file, "--title", "A tear", "--json"))["imported"][0]["case"]
    assert document(run("list", "--json"))[0] == {
        "case": slug, "title": "A tear", "status": "draft", "source": "patient", "clips": 1,
    }  # fmt: skip
    done = run("confirm", slug, "--yes", "A. Reader")
    assert done.returncode == 0, done.stderr
    shown = document(run("show", slug, "--json"))
    assert shown["status"] == "published"
    assert shown["confirmation"]["by"] == "A. Reader"
    assert document(run("check", "--json")) == []


def test_confirm_asks_and_takes_no_for_an_answer(run: Run, file: Path) -> None:
    slug = document(run("import", file, "--json"))["imported"][0]["case"]
    assert run("confirm", slug, answer="n\n").returncode == 1
    assert document(run("show", slug, "--json"))["status"] == "draft"
    assert run("confirm", slug, answer="y\nA. Reader\n").returncode == 0
    assert document(run("show", slug, "--json"))["status"] == "published"


def test_import_says_what_goes_black_and_mask_changes_it(run: Run, file: Path) -> None:
    done = run("import", file)
    assert "% of every frame goes black when it is confirmed" in done.stdout
    slug = document(run("list", "--json"))[0]["case"]
    assert "0,0,32,2  outside_regions" in run("mask", slug).stdout
    changed = run("mask", slug, "--clear", "--add", "1,2,3,4", "--by", "Editor").stdout
    assert "1,2,3,4  drawn" in changed
    assert "outside_regions" not in changed
    assert run("mask", slug, "--add", "1,2,3").returncode == 2
    assert run("mask", slug, "--add", "30,0,9,9").returncode == 1
    assert run("mask", slug, "--clip", "clip-9").returncode == 2
    assert run("confirm", slug, "--yes", "A").returncode == 0
    burned = document(run("show", slug, "--json"))["clips"][0]["burned"]
    assert [(r["x"], r["y"], r["width"], r["height"]) for r in burned["rectangles"]] == [(1, 2, 3, 4)]


def test_a_mask_given_at_import_is_burned_in(run: Run, file: Path) -> None:
    done = run("import", file, "--mask", "0,0,32,3", "--mask", "0,20,5,4")
    assert "of every frame is black: 2 rectangles (given)" in done.stdout
    assert run("import", file, "--mask", "a,b").returncode == 2


def test_nothing_black_is_asked_about_and_a_yes_is_recorded_as_a_word(run: Run, tmp_path: Path) -> None:
    path = native_file(tmp_path / "still.dcm", ramp_frames(1), SequenceOfUltrasoundRegions=None)
    slug = document(run("import", path, "--json"))["imported"][0]["case"]
    run("mask", slug, "--clear")
    asked = run("confirm", slug, answer="n\n")
    assert "Nothing of clip-1 goes black" in asked.stdout
    assert asked.returncode == 1
    done = run("confirm", slug, "--yes", "A. Reader")
    assert "Recorded as the word of A. Reader: clip-1 was seen whole at 100 %" in done.stdout
    assert document(run("show", slug, "--json"))["clips"][0]["viewed"]["how"] == "stated"


def test_an_import_is_taken_back_by_the_name_it_gave(run: Run, file: Path) -> None:
    said = run("import", file).stdout
    import_id = said.split("undo-import ")[1].split()[0]
    assert "Discarded the draft" in run("undo-import", import_id).stdout
    assert document(run("list", "--json")) == []
    again = run("undo-import", import_id)
    assert again.returncode == 1
    assert "No clip of this library came with" in again.stderr


def test_list_filters_by_words(run: Run, file: Path, tmp_path: Path) -> None:
    run("import", file, "--title", "Rectus femoris tear")
    run("import", native_file(tmp_path / "b.dcm", ramp_frames(2)), "--title", "Achilles tear")
    found = document(run("list", "tear ACHILLES", "--json"))
    assert [case["title"] for case in found] == ["Achilles tear"]
    assert "Rectus femoris tear" in run("list").stdout


def test_check_reports_each_problem_with_its_remedy(run: Run, file: Path, tmp_path: Path) -> None:
    slug = document(run("import", file, "--json"))["imported"][0]["case"]
    (tmp_path / "library" / "drafts" / slug / "media" / "clip-1.dcm").unlink()
    done = run("check", "--json")
    assert done.returncode == 1
    (problem,) = document(done)
    assert list(problem) == ["case", "path", "problem", "remedy"]


def test_a_case_that_is_not_there_is_one_line(run: Run) -> None:
    done = run("show", "case-none")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "No case 'case-none'" in done.stderr


def test_an_empty_library_says_how_to_add_a_case(run: Run) -> None:
    assert "case-library import FILE" in run("list").stdout
    assert document(run("list", "--json")) == []


def test_a_dry_run_keeps_nothing(run: Run, file: Path) -> None:
    found = document(run("import", file, "--dry-run", "--json"))
    assert found["imported"][0]["case"] is None
    assert document(run("list", "--json")) == []


def test_rebuild_index_says_that_there_is_none(run: Run, file: Path) -> None:
    run("import", file)
    assert "Nothing to rebuild: the 1 case(s)" in run("rebuild-index").stdout


def test_import_says_what_became_of_the_header(run: Run, file: Path) -> None:
    said = run("import", file).stdout
    assert " elements kept, " in said
    assert " removed" in said
    assert "MARKER" not in said


def test_import_makes_the_frames_of_a_draft_under_drafts_alone(run: Run, file: Path, tmp_path: Path) -> None:
    run("import", file)
    packs = list((tmp_path / "library" / "drafts" / ".packs").iterdir())
    assert len(packs) == 1
    assert not (tmp_path / "cache").exists()


def test_a_full_disk_is_one_line(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(clip_writing, "write_dicom", full)
    done = run("import", file)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


def test_a_setting_that_cannot_be_used_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("pack_cache_bytes = 'much'")
    done = run("list")
    assert done.returncode == 1
    assert "Setting 'pack_cache_bytes'" in done.stderr


def test_the_installed_command_is_this_one(folders: dict[str, str], tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("case-library"), "show", "case-none"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "No case 'case-none'" in done.stderr
