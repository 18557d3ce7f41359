"""Write the folder of examples that comes with the software: `python -m case_library.phantoms.shipped [CASE...]`.

For whoever changes a scene or a story. The clips of three cases come with it; those of the others are made on the
reader's computer, so of them only `case.json` is written, and what was made before is removed.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from case_library.phantoms.building import SHIPPED
from case_library.phantoms.example_cases import make_example_case, unbuilt_case
from case_library.phantoms.registry import EXAMPLE_CASES
from case_library.store.built import BUILT_FILE, TRUTH
from case_library.store.library import CASE_FILE, MEDIA, Library

WITH_CLIPS = ("missed-rectus-femoris-tear", "normal-rectus-femoris", "trigger-point-needling")
# What is made later must not get into the repository.
_IGNORED = f"{MEDIA}/\n{TRUTH}/\n{BUILT_FILE}\n"


def write_shipped(slug: str, root: Path = SHIPPED) -> None:
    """Write one example case anew into the shipped folder."""
    folder = root / slug
    shutil.rmtree(folder, ignore_errors=True)
    if slug in WITH_CLIPS:
        make_example_case(Library(root), slug, lambda done, total: None)
        return
    folder.mkdir(parents=True)
    (folder / CASE_FILE).write_bytes(unbuilt_case(slug))
    (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for name in sys.argv[1:] or EXAMPLE_CASES:
        write_shipped(name)
