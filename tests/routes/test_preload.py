import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from case_library.routes.preload import PreloadMiddleware, modules_of, preload_link
from case_library.viewer.component import FRONTEND


@pytest.fixture
def entry(tmp_path):
    (tmp_path / "entry.js").write_text(
        '/** import("./types.js") is a comment */\n'
        'import { a } from "./a.js";\n'
        "import {\n  b,\n  c,\n} from './b-c.js';\n"
        'import "./d.js";\n'
        'const text = "import x from ./no.js";\n'
    )
    (tmp_path / "a.js").write_text('export { b } from "./b-c.js";\n')
    (tmp_path / "b-c.js").write_text('import { a } from "./a.js";\n')
    (tmp_path / "d.js").write_text("")
    (tmp_path / "unused.js").write_text("")
    return tmp_path / "entry.js"


def test_every_module_that_is_imported_is_named_once(entry):
    assert modules_of(entry) == ["entry.js", "a.js", "b-c.js", "d.js"]


def test_the_link_names_them_where_streamlit_serves_them(entry):
    link = preload_link("/cases", "case-library.viewer", entry)
    assert link.startswith("</cases/_stcore/bidi-components/case-library.viewer/entry.js>; rel=modulepreload, <")
    assert link.count("rel=modulepreload") == 4


@pytest.mark.parametrize("name", ["viewer", "gallery"])
def test_the_modules_of_the_components_are_found(name):
    modules = modules_of(FRONTEND / f"{name}-component.js")
    assert len(modules) > 3
    assert "types.js" not in modules


async def _page(request):
    return HTMLResponse("a page")


async def _data(request):
    return JSONResponse({})


@pytest.mark.parametrize(("path", "linked"), [("/case", True), ("/other", False), ("/data", False)])
def test_only_the_page_itself_carries_the_link(path, linked):
    routes = [Route("/case", _page), Route("/other", _page), Route("/data", _data)]
    links = {"/case": "<a.js>; rel=modulepreload", "/data": "<a.js>; rel=modulepreload"}
    client = TestClient(Starlette(routes=routes, middleware=[Middleware(PreloadMiddleware, links=links)]))
    assert ("Link" in client.get(path).headers) is linked
