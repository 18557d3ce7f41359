"""Start a Python process of our own, by hand.

Not by `multiprocessing`: Streamlit puts the running page in the place of `__main__`, which a spawned process of that
module would import and run.
"""

from __future__ import annotations

import json
import subprocess
import sys

_START = """
import importlib, json, sys
sys.path[:] = json.loads(sys.argv[1])
importlib.import_module(sys.argv[2]).main()
"""


def start_child(module: str) -> subprocess.Popen[bytes]:
    """Run `main()` of a module in a process that speaks on its standard input and output.

    Its standard error goes nowhere: warnings of the decoders quote header values.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _START, json.dumps(sys.path), module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def end_child(process: subprocess.Popen[bytes], within_s: float) -> None:
    """End a child by the end of its input, and kill it where it does not end by itself."""
    assert process.stdin is not None
    try:
        process.stdin.close()
    except OSError:
        pass  # it has ended by itself
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
