"""Tables come to whoever may see the case, and nothing of a draft does."""

import csv
import io

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from case_library.model.frame import FrameIdentity
from case_library.model.measurement_record import Mark, Measurement, MeasurementKind
from case_library.packs.worker import PackWorker
from case_library.routes.serving import Serving
from case_library.routes.tables import table_key, table_routes
from case_library.sources.dicom import open_dicom
from tests.packs.a_library import add_case, grey_cine, settings_in


@pytest.fixture
def ask(tmp_path):
    def made(*, draft=False):
        serving = Serving(settings_in(tmp_path), worker=PackWorker())
        case = add_case(serving.library, grey_cine(tmp_path / "clip.dcm"), draft=draft)
        outline = Mark(clip_id="clip-1", frame=FrameIdentity(frame_number=3), points=((4, 4), (9, 4), (9, 9), (4, 9)))
        echo = Measurement(item_id="echo", kind=MeasurementKind.ECHO_INTENSITY, title="Echo", marks=(outline,))
        serving.library.save("case-one", case.model_copy(update={"measurements": (echo,)}), based_on=case.revision)
        client = TestClient(Starlette(routes=table_routes(serving)))
        token = serving.signer.mint(table_key("case-one"), False).text

        def get(name, slug="case-one", token=token):
            return client.get(f"/api/tables/{slug}/{name}.csv", headers={"Authorization": f"Bearer {token}"})

        opened.append(serving.worker)
        return get

    opened = []
    yield made
    for worker in opened:
        worker.close()


def test_a_table_has_the_echo_intensity_of_the_stored_frame(ask, tmp_path):
    answer = ask()("measurements")
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    with open_dicom(tmp_path / "clip.dcm") as source:
        inside = source.read_grey(2)[4:9, 4:9].astype(float)
    assert float(row["value"]) == pytest.approx(inside.mean(), rel=1e-5)


def test_without_the_token_of_this_case_there_is_none(ask):
    get = ask()
    assert get("measurements", token="x").status_code == 403
    assert get("measurements", slug="case-two").status_code == 403
    assert get("nothing").status_code == 404


def test_nothing_of_a_draft_comes(ask):
    answer = ask(draft=True)("findings")
    assert answer.status_code == 422
    assert "draft" in answer.json()["error"]
