from pathlib import Path

import pytest

from case_library.errors import CaseLibraryError
from case_library.exchange.export import ExportRefusedError, export_case
from case_library.model.frame import FrameIdentity
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind
from case_library.store.library import Library
from tests.packs.a_library import add_case, grey_cine, settings_in


def library_with(folder: Path, *, draft: bool) -> Library:
    library = Library(settings_in(folder).library)
    case = add_case(library, grey_cine(folder / "clip.dcm"), draft=draft)
    outline = Mark(clip_id="clip-1", frame=FrameIdentity(frame_number=3), points=((4, 4), (20, 4), (20, 20), (4, 20)))
    echo = Measurement(item_id="echo", kind=MeasurementKind.ECHO_INTENSITY, title="Echo", marks=(outline,))
    library.save("case-one", case.model_copy(update={"measurements": (echo,)}), based_on=case.revision)
    return library


def test_both_tables_are_written_and_echo_intensity_is_read_from_the_file(tmp_path: Path) -> None:
    library = library_with(tmp_path, draft=False)
    written = export_case(library, "case-one", "csv", tmp_path / "out")
    assert [path.name for path in written] == ["case-one-measurements.csv", "case-one-findings.csv"]
    assert "grey" in written[0].read_text(encoding="utf-8-sig")
    assert ",256," in written[0].read_text(encoding="utf-8-sig")


def test_nothing_of_a_draft_leaves_the_library(tmp_path: Path) -> None:
    with pytest.raises(ExportRefusedError, match="is a draft"):
        export_case(library_with(tmp_path, draft=True), "case-one", "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    library = library_with(tmp_path, draft=False)
    kept = tmp_path / "case-one-findings.csv"
    kept.write_text("mine")
    with pytest.raises(CaseLibraryError, match="already"):
        export_case(library, "case-one", "csv", tmp_path)
    assert kept.read_text() == "mine"
    assert not (tmp_path / "case-one-measurements.csv").exists()
    export_case(library, "case-one", "csv", tmp_path, force=True)
    assert kept.read_text() != "mine"
