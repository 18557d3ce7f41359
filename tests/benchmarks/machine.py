"""Servers, a slow link, memory and medians: what the benchmarks share."""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK_BYTES_PER_S = 50e6 / 8
LINK_DELAY_S = 0.010


def free_port() -> int:
    """Return a port of this computer that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], url: str, environment: dict[str, str], log: Path) -> Iterator[int]:
    """Run a server until the block ends; gives its process id once `url` answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=os.environ | environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(600):
            with suppress(OSError), urllib.request.urlopen(url, timeout=2):
                break
            time.sleep(0.1)
        else:
            sys.exit(f"no answer from {url}:\n{log.read_text(errors='replace')}")
        time.sleep(2)  # what it does after it answers
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def slow_link(port: int) -> Iterator[int]:
    """Relay a port over 50 Mbit/s with 20 ms of round trip; gives the port to connect to."""
    loop = asyncio.new_event_loop()
    free_at = {"up": 0.0, "down": 0.0}

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

        async def send() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    with suppress(OSError):
                        writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()

        sending = asyncio.create_task(send())
        with suppress(ConnectionError):
            while data := await reader.read(16384):
                free_at[way] = max(free_at[way], time.monotonic()) + len(data) / LINK_BYTES_PER_S
                await queue.put((free_at[way] + LINK_DELAY_S, data))
                await asyncio.sleep(max(0.0, free_at[way] - time.monotonic() - 0.05))
        await queue.put((0.0, b""))
        with suppress(ConnectionError):
            await sending

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, there_writer, "up"), pump(there_reader, writer, "down"))
        writer.close()
        there_writer.close()

    # In a thread of its own: the browser's driver has an event loop in this one.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(relay, "127.0.0.1", 0), loop).result(10)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def family(process_id: int) -> list[int]:
    """Return a process and its descendants (Linux)."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            parents.setdefault(parent, []).append(int(stat.parent.name))
    found = [process_id]
    for process in found:
        found += parents.get(process, [])
    return found


def memory_mb(process_id: int, named: str = "") -> float:
    """Return the proportional memory in MB of a process and its descendants, or of those of a name (Linux)."""
    total = 0
    for process in family(process_id):
        with suppress(OSError):
            if named not in Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace"):
                continue
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total * 1024 / 1e6


def cpu_s(process_id: int) -> float:
    """Return the processor time of a process and its descendants (Linux)."""
    ticks = 0
    for process in family(process_id):
        with suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def share(values: Sequence[float], part: float) -> float:
    """Return a quantile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def median(values: Sequence[float]) -> float:
    """Return the median; not a number where nothing was measured."""
    return statistics.median(values) if values else float("nan")
