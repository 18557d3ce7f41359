import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from case_library.routes.security import SecurityMiddleware, host_of, is_loopback


async def _page(request):
    return PlainTextResponse("a page")


async def _socket(websocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def client_of(loopback=True, peer="127.0.0.1"):
    app = Starlette(
        routes=[Route("/", _page), WebSocketRoute("/ws", _socket)],
        middleware=[Middleware(SecurityMiddleware, loopback=loopback)],
    )
    return TestClient(app, base_url="http://127.0.0.1:8501", client=(peer, 50000))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST", "127.0.0.2"])
@pytest.mark.parametrize("port", ["", ":8501", ":1"])
def test_this_computer_by_any_of_its_names_is_answered(host, port):
    assert client_of().get("/", headers={"Host": host + port}).text == "a page"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "localhost.evil.example:8501", "", "10.0.0.5"],
)
def test_a_name_that_was_made_to_point_here_is_refused(host):
    answer = client_of().get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert "127.0.0.1" in answer.text


def test_another_computer_is_refused_whatever_name_it_uses():
    assert client_of(peer="192.168.1.20").get("/", headers={"Host": "localhost"}).status_code == 421


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501"])
def test_websockets_are_refused_too(host):
    with pytest.raises(WebSocketDisconnect), client_of().websocket_connect("/ws", headers={"Host": host}):
        pass


@pytest.mark.parametrize("loopback", [True, False])
@pytest.mark.parametrize(
    ("origin", "let_in"),
    [
        (None, True),
        ("http://127.0.0.1:8501", True),
        ("http://evil.example", False),
        ("http://127.0.0.1:3000", False),
        ("null", False),
    ],
)
def test_a_page_of_another_site_cannot_open_our_websocket(loopback, origin, let_in):
    headers = {"Host": "127.0.0.1:8501"} | ({"Origin": origin} if origin else {})
    client = client_of(loopback=loopback)
    if let_in:
        with client.websocket_connect("/ws", headers=headers) as socket:
            assert socket.receive_text() == "hello"
    else:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws", headers=headers):
            pass


def test_a_server_for_others_answers_others():
    assert client_of(loopback=False, peer="192.168.1.20").get("/", headers={"Host": "clinic.example"}).is_success


def test_every_answer_says_what_a_browser_may_do_with_it():
    headers = client_of().get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "http" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.20", False),
        ("clinic.example", False),
        ("", False),
        (None, False),
    ],
)
def test_what_is_this_computer(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("header", "host"), [("a:1", "a"), ("a", "a"), ("[::1]:1", "[::1]"), ("[::1]", "[::1]"), ("", "")]
)
def test_the_host_of_a_header(header, host):
    assert host_of(header) == host
