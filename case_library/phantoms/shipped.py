"""Write the folder of examples that comes with the software: `python -m case_library.phantoms.shipped [CASE...]`.

For whoever changes a scene. The clips of three cases come with it; those of the others are made on the reader's
computer, so of them only `case.json` is written, and what was made before is removed. With `--told` before the cases,
for whoever changes a story alone, the clips stay.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from case_library.phantoms.build import PhantomFiles
from case_library.phantoms.building import SHIPPED
from case_library.phantoms.clip_truth import truth_of
from case_library.phantoms.example_cases import example_case, make_example_case, unbuilt_case
from case_library.phantoms.registry import EXAMPLE_CASES
from case_library.phantoms.truth import truth_text
from case_library.store.built import BUILT_FILE, TRUTH
from case_library.store.library import CASE_FILE, MEDIA, Library
from case_library.store.upgrade import dump_case

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


def told_again(slug: str, root: Path = SHIPPED) -> dict[str, bytes]:
    """Return `case.json` and truth of a case as they are with the clips that lie in its folder, by their path there."""
    folder, built, files = root / slug, dict[str, PhantomFiles](), dict[str, bytes]()
    for number, phantom_id in enumerate(EXAMPLE_CASES[slug].clip_ids, start=1):
        truth = f"{TRUTH}/clip-{number}.json"
        built[phantom_id] = PhantomFiles(folder / MEDIA / f"clip-{number}.dcm", folder / truth)
        files[truth] = truth_text(truth_of(phantom_id)).encode()
    return files | {CASE_FILE: dump_case(example_case(slug, built))}


if __name__ == "__main__":
    only_told, names = "--told" in sys.argv, [name for name in sys.argv[1:] if name != "--told"]
    for name in names or EXAMPLE_CASES:
        if only_told and name in WITH_CLIPS:
            for inside, data in told_again(name).items():
                (SHIPPED / name / inside).write_bytes(data)
        else:
            write_shipped(name)
