import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from case_library.routes.preload import PreloadMiddleware, preload_link


def test_the_link_names_the_component_and_what_streamlit_loads_for_it():
    link = preload_link("/cases", "case-library.viewer", "viewer-component.js")
    assert link.startswith(
        "</cases/_stcore/bidi-components/case-library.viewer/viewer-component.js>; rel=modulepreload"
    )
    assert "</cases/static/js/BidiComponent." in link


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
