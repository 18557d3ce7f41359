"""How fast a large upload reaches the disk, beside writing the same bytes, and how the server's memory grows with it.

Run by hand: `uv run python -m tests.benchmarks.uploading [GIGABYTES]`.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from case_library.routes.access import SECRET_VARIABLE, TokenSigner
from case_library.routes.editor import EDITOR_KEY
from tests.browser.conftest import serving

_PIECE = os.urandom(1 << 20)
_SECRET = "benchmark"


def main() -> None:
    """Measure and print."""
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 1) * 1024) << 20
    os.environ[SECRET_VARIABLE] = _SECRET
    token = TokenSigner().mint(EDITOR_KEY, draft=True).text
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin = time.perf_counter()
        with (folder / "copy").open("wb") as file:
            for piece in _pieces(size):
                file.write(piece)
        written_s = time.perf_counter() - begin
        (folder / "copy").unlink()
        with serving(folder / "library", folder) as server:
            host = server.url.removeprefix("http://")
            _ask(host, token, "POST", "/api/add/batches")
            before = _memory_mb(server.process_id)
            batch = _ask(host, token, "POST", "/api/add/batches")["batch"]
            begin = time.perf_counter()
            arrived = _ask(host, token, "PUT", f"/api/add/batches/{batch}/files/0", size)["bytes"]
            sent_s = time.perf_counter() - begin
            peak = _memory_mb(server.process_id, "VmHWM")
            assert arrived == size
            _ask(host, token, "DELETE", f"/api/add/batches/{batch}")
    print(
        f"{size / 1e6:.0f} MB: written {written_s:.1f} s, uploaded {sent_s:.1f} s, x {sent_s / written_s:.2f}; "
        f"server {before:.0f} MB before, {peak:.0f} MB at most"
    )


def _pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // len(_PIECE)):
        yield _PIECE


def _ask(host: str, token: str, method: str, path: str, size: int = 0) -> dict[str, object]:
    line = http.client.HTTPConnection(host, timeout=600)
    headers = {"Authorization": f"Bearer {token}", "Content-Length": str(size)}
    line.request(method, path, body=_pieces(size) if size else None, headers=headers)
    answer: dict[str, object] = json.loads(line.getresponse().read())
    line.close()
    return answer


def _memory_mb(process_id: int, field: str = "VmRSS") -> float:
    lines = Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    main()
