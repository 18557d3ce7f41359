"""How long it takes to make a synthetic clip of 120 frames of 480 x 400: echoes, pictures, DICOM file and truth.

    uv run python -m tests.benchmarks.phantoms

The ratio is over what the Fourier transforms alone take on the same machine in one thread: one forward and
`looks * bands` backward passes of the computed grid for each frame.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from case_library.phantoms.build import build_phantom
from case_library.phantoms.registry import PHANTOMS
from case_library.phantoms.speckle import Transducer

CLIP, RUNS = "C01-2", 3


def transforms_s(transducer: Transducer, frames: int) -> float:
    field = np.random.default_rng(0).standard_normal(transducer.grid_shape) + 0j
    begin = time.perf_counter()
    for _ in range(frames):
        spectrum = np.fft.fft2(field)
        for _ in range(transducer.looks * transducer.bands):
            np.fft.ifft(spectrum, axis=1)
    return time.perf_counter() - begin


def main() -> None:
    phantom = PHANTOMS[CLIP]
    frames = phantom.profile.frame_count
    for _ in range(RUNS):
        reference_s = transforms_s(phantom.transducer, frames)
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            built = build_phantom(CLIP, Path(folder))
            took_s = time.perf_counter() - begin
            megabytes = built.dicom.stat().st_size / 1e6
        print(
            f"{CLIP}: {frames} frames in {took_s:.1f} s ({1000 * took_s / frames:.0f} ms each), {megabytes:.1f} MB; "
            f"transforms alone {reference_s:.1f} s, ratio {took_s / reference_s:.1f}"
        )


if __name__ == "__main__":
    main()
