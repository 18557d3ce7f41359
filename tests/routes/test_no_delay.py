import asyncio
import socket

import pytest

from case_library.routes.no_delay import NoDelayMiddleware


class Transport:
    def __init__(self, connection):
        self.connection = connection

    def get_extra_info(self, name):
        return self.connection if name == "socket" else None


class Cycle:
    """What stands behind `receive` in uvicorn."""

    def __init__(self, connection):
        self.transport = Transport(connection)

    async def receive(self):
        return {}


async def app(scope, receive, send):
    await send("answered")


def answer(receive):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(NoDelayMiddleware(app)({"type": "http"}, receive, send))
    return sent


@pytest.fixture
def connection():
    with socket.socket() as connection:
        yield connection


def test_a_connection_is_told_not_to_wait(connection):
    assert not connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert answer(Cycle(connection).receive) == ["answered"]
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def plain_receive():
    return {}


def test_a_server_that_hides_its_connection_is_no_error():
    assert answer(plain_receive) == ["answered"]
    assert answer(Cycle(None).receive) == ["answered"]


def test_a_connection_that_is_closed_is_no_error(connection):
    connection.close()
    assert answer(Cycle(connection).receive) == ["answered"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no UNIX sockets here")
def test_a_unix_socket_is_left_alone():
    with socket.socket(socket.AF_UNIX) as connection:
        assert answer(Cycle(connection).receive) == ["answered"]
