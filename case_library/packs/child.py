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
