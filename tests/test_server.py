import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
import streamlit as st

from case_library.errors import SettingsError
from case_library.routes.serving import start_serving
from case_library.server import _arguments, app_arguments, require_allowed_address, run, streamlit_options
from tests.packs.a_library import add_case, grey_cine, settings_in
from tests.running_app import running_app

REPOSITORY = Path(__file__).resolve().parents[1]
WAIT_S = 60


def test_the_configuration_beside_the_app_keeps_it_to_this_computer():
    config = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["browser"]["serverAddress"]
    assert config["server"]["fileWatcherType"] == "none"


def test_the_command_line_says_the_same_to_streamlit(tmp_path):
    options = streamlit_options("127.0.0.1", None, "", settings_in(tmp_path))
    assert options["server.address"] == "127.0.0.1"
    assert options["browser.gatherUsageStats"] is False
    assert options["browser.serverAddress"] == "127.0.0.1"
    assert options["server.fileWatcherType"] == "none"
    assert "server.port" not in options
    assert streamlit_options("127.0.0.1", 1234, "/a/", settings_in(tmp_path))["server.port"] == 1234
    assert streamlit_options("127.0.0.1", 1234, "/a/", settings_in(tmp_path))["server.baseUrlPath"] == "a"


def test_streamlit_knows_every_option(tmp_path):
    for name in streamlit_options("127.0.0.1", 1, "a", settings_in(tmp_path)):
        st.get_option(name)


def test_readers_on_other_computers_see_no_traceback(tmp_path):
    options = streamlit_options("0.0.0.0", 1, "", settings_in(tmp_path, read_only=True))
    assert options["client.showErrorDetails"] == "none"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
@pytest.mark.parametrize("read_only", [True, False])
def test_this_computer_may_always_be_listened_to(tmp_path, host, read_only):
    require_allowed_address(host, settings_in(tmp_path, read_only=read_only))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "clinic.example", "", None])
def test_others_only_where_nothing_can_be_changed(tmp_path, host):
    require_allowed_address(host, settings_in(tmp_path, read_only=True))
    with pytest.raises(SettingsError, match="--read-only"):
        require_allowed_address(host, settings_in(tmp_path))


def test_run_refuses_other_computers_before_it_starts_anything(tmp_path):
    with pytest.raises(SettingsError, match="--read-only"):
        run(settings_in(tmp_path), host="0.0.0.0", open_browser=False)


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_taken_port_is_said_in_one_line(tmp_path, taken_port):
    with pytest.raises(SettingsError, match=f"Port {taken_port} ") as refusal:
        run(settings_in(tmp_path), port=taken_port, open_browser=False)
    assert "\n" not in str(refusal.value)


def test_an_app_that_listens_to_everybody_is_refused(monkeypatch, tmp_path):
    for variable, folder in (("", "library"), ("_CACHE", "cache"), ("_CONFIG", "config")):
        monkeypatch.setenv(f"CASE_LIBRARY{variable}", str(tmp_path / folder))
    monkeypatch.delenv("CASE_LIBRARY_READ_ONLY", raising=False)
    monkeypatch.setattr(st, "get_option", lambda name: None)
    with pytest.raises(SettingsError, match="every network"):
        app_arguments()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The whole app, with the runtime behind it, as a browser of this computer asks it."""
    folder = tmp_path_factory.mktemp("served")
    shared = start_serving(settings_in(folder))
    case = add_case(shared.library, grey_cine(folder / "clip.dcm"))
    served = shared.serve(case.clips[0], shared.library.folder("case-one"), draft=False)
    app = st.App(**_arguments(shared, loopback=True))
    with running_app(app) as client:
        client.headers["Authorization"] = f"Bearer {shared.signer.mint(served.key, False).text}"
        client.clip_url = shared.url(served.key)
        yield client


def test_pages_and_frames_come_from_one_server(client):
    assert "<html" in client.get("/").text
    assert client.get(f"{client.clip_url}frames/1").headers["Content-Type"] == "image/png"
    assert client.get("/api/nothing").status_code == 404


def test_the_modules_that_a_page_names_are_there(client):
    for page in ("/", "/case?case=case-one"):
        link = client.get(page).headers["Link"]
        assert link.count("rel=modulepreload") > 3


def test_every_answer_is_secured(client):
    for path in ("/", "/_stcore/health", "/api/nothing", f"{client.clip_url}frames/1"):
        assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"
        assert client.get(path, headers={"Host": "evil.example"}).status_code == 421


class Server:
    """A server in a process of its own, stopped by its id."""

    def __init__(self, folder, *command, **variables):
        environment = (
            os.environ
            | variables
            | {
                "CASE_LIBRARY": str(folder / "library"),
                "CASE_LIBRARY_CACHE": str(folder / "cache"),
                "CASE_LIBRARY_CONFIG": str(folder / "config"),
            }
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [part.format(port=self.port) for part in command]
        self.log = (folder / f"log-{self.port}").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=REPOSITORY, env=environment, stdout=self.log, stderr=subprocess.STDOUT
        )

    def wait(self, prefix=""):
        give_up_at = time.monotonic() + WAIT_S
        while time.monotonic() < give_up_at and self.process.poll() is None:
            try:
                return self.get(f"{prefix}/_stcore/health")
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.log.seek(0)
        raise AssertionError(f"the server does not answer: {self.log.read()}")

    def get(self, path):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(WAIT_S)
        self.log.close()


@pytest.fixture
def start(tmp_path):
    started = []

    def start(*command, **variables):
        started.append(Server(tmp_path, *command, **variables))
        return started[-1]

    yield start
    for server in started:
        server.stop()


STREAMLIT_RUN = ("-m", "streamlit", "run", "app.py", "--server.port", "{port}")
RUN = (
    "-c",
    "from case_library.server import run; from case_library.settings import load_settings;"
    "run(load_settings(), port={port}, base_path='/cases', open_browser=False)",
)


@pytest.mark.parametrize(("command", "prefix"), [(STREAMLIT_RUN, ""), (RUN, "/cases")])
def test_the_app_answers_on_this_computer_alone(start, command, prefix):
    server = start(*command)
    assert server.wait(prefix) == b"ok"
    assert b"<html" in server.get(f"{prefix}/")
    with pytest.raises(urllib.error.HTTPError) as unknown:
        server.get(f"{prefix}/api/nothing")
    assert unknown.value.code == 404
    for address in other_addresses():
        with pytest.raises(OSError):
            socket.create_connection((address, server.port), timeout=2)


def other_addresses():
    """Return this computer's addresses that others can reach; 127.0.0.2 stands for one where there is none."""
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return {address for address in found if not address.startswith("127.")} or {"127.0.0.2"}


@pytest.fixture
def taken_default_port():
    with socket.socket() as taken:
        with suppress(OSError):  # somebody else may have taken it already
            taken.bind(("127.0.0.1", 8501))
            taken.listen()
        yield 8501


@pytest.mark.skipif(os.name == "nt", reason="the browser is named by a variable that Windows does not have")
def test_the_browser_is_opened_at_the_port_that_was_free(start, tmp_path, taken_default_port):
    opened, script = tmp_path / "opened", tmp_path / "browser.py"
    script.write_text(f"import sys; open({str(opened)!r}, 'w').write(sys.argv[1])")
    command = RUN[1].replace("port={port}, ", "").replace(", open_browser=False", "")
    start("-c", command, BROWSER=f"{sys.executable} {script} %s")
    give_up_at = time.monotonic() + WAIT_S
    while not (opened.is_file() and opened.read_text()) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    address, _, prefix = opened.read_text().removeprefix("http://").partition("/")
    host, port = address.split(":")
    assert (host, prefix) == ("127.0.0.1", "cases/")
    assert int(port) > taken_default_port
