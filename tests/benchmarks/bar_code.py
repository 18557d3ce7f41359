"""A cine that says in its pixels which frame it is, and the page script that reads it there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.dicom_files import jpeg, jpeg_file, region

BITS = 10
CELL_PX = 16
LEFT_PX = 64
BOTTOM_PX = 48  # the middle of the code lies this far above the lower edge

# Finds the code in whatever canvas there is, iframes of the same origin and shadow roots included.
READER = f"""
window.__read = () => {{
  const roots = [document, ...[...document.querySelectorAll("iframe")].map((f) => f.contentDocument).filter(Boolean)];
  for (const root of roots) {{
    for (const canvas of root.querySelectorAll("canvas:not([hidden])")) {{
      if (canvas.width < 320 || canvas.height < 240) continue;
      const strip = (window.__strip ??= new OffscreenCanvas({(BITS + 2) * CELL_PX}, 1));
      const context = (window.__context ??= strip.getContext("2d", {{ willReadFrequently: true }}));
      context.drawImage(canvas, -{LEFT_PX}, -(canvas.height - {BOTTOM_PX}));
      const row = context.getImageData(0, 0, strip.width, 1).data;
      const cell = (k) => row[4 * (k * {CELL_PX} + {CELL_PX // 2}) + 1];
      if (cell(0) < 200 || cell({BITS + 1}) > 60) continue;
      let value = 0;
      for (let k = 0; k < {BITS}; k += 1) value = 2 * value + (cell(k + 1) > 128 ? 1 : 0);
      return value;
    }}
  }}
  return null;
}};
// Painted: in a task queued from an animation frame, that is, after that frame was produced.
window.__painted = () => new Promise((resolve) => {{
  const channel = new MessageChannel();
  channel.port1.onmessage = () => resolve(performance.now());
  requestAnimationFrame(() => channel.port2.postMessage(0));
}});
window.__until = async (frameIndex, limit_ms = 20000) => {{
  const end = performance.now() + limit_ms;
  for (;;) {{
    const at = await window.__painted();
    const value = window.__read();
    if (value !== null && (frameIndex === null || value === frameIndex)) return at;
    if (at > end) return null;
  }}
}};
window.__first = window.__until(null);
"""


def cine_frames(frame_count: int = 120, rows: int = 768, columns: int = 1024) -> NDArray[np.uint8]:
    """Return speckle that moves, with the frame index as white and black cells at the lower left; always the same."""
    random = np.random.default_rng(7)
    fine = random.rayleigh(34.0, (rows, columns + 2 * frame_count))
    coarse = np.repeat(np.repeat(random.rayleigh(40.0, (rows // 4 + 1, columns // 4 + frame_count + 1)), 4, 0), 4, 1)
    frames = np.empty((frame_count, rows, columns), np.uint8)
    cells_y = slice(rows - BOTTOM_PX - CELL_PX, rows - BOTTOM_PX + CELL_PX)
    for i in range(frame_count):
        speckle = 0.35 * fine[:, 2 * i : 2 * i + columns] + coarse[:rows, 2 * i : 2 * i + columns]
        frames[i] = np.clip(speckle, 0, 255)
        frames[i, cells_y, : LEFT_PX + (BITS + 3) * CELL_PX] = 0
        for k, bit in enumerate([1, *(int(digit) for digit in f"{i:0{BITS}b}"), 0]):
            frames[i, cells_y, LEFT_PX + k * CELL_PX : LEFT_PX + (k + 1) * CELL_PX] = 255 * bit
    return frames


def write_cine(path: Path, frame_count: int = 120) -> list[bytes]:
    """Write the cine as baseline JPEG in DICOM, and return its codestreams."""
    frames = cine_frames(frame_count)
    streams = [jpeg(frame, quality=60) for frame in frames]
    jpeg_file(path, streams, frames, SequenceOfUltrasoundRegions=[whole_region(frames)])
    return streams


def whole_region(frames: NDArray[np.uint8]) -> Dataset:
    """Return a region of all of the frame: what lies outside one is masked when the clip is published, code and all."""
    rows, columns = frames.shape[1:3]
    return region(
        RegionLocationMinX0=0, RegionLocationMinY0=0, RegionLocationMaxX1=columns - 1, RegionLocationMaxY1=rows - 1
    )
