"""The least a cine viewer can be, to compare with: one canvas, frames fetched one by one, plain and inside Streamlit.

Run as `python -m tests.benchmarks.reference PORT FOLDER`; `/reference/page` is the plain one, `/` the one in Streamlit.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

PAGE = """<!doctype html><meta charset="utf-8"><style>body { margin: 0; background: #000 }</style>
<canvas width="1024" height="768"></canvas>
<script type="module">
const count = FRAME_COUNT, canvas = document.querySelector("canvas");
const context = canvas.getContext("2d", { alpha: false });
const blobs = [];
const load = (i) => (blobs[i] ??= fetch(`frames/${i}`).then((response) => response.blob()));
let want = 0;
async function show(i) {
  want = Math.max(0, Math.min(count - 1, i));
  const asked = want;
  const bitmap = await createImageBitmap(await load(asked));
  if (asked === want) context.drawImage(bitmap, 0, 0);
  bitmap.close();
}
canvas.addEventListener("wheel", (event) => { event.preventDefault(); show(want + Math.sign(event.deltaY)); },
  { passive: false });
window.__viewer = { frameCount: count, show };
window.__viewer.allReady = (async () => {
  await load(0);
  let next = 1;
  const lane = async () => { while (next < count) await load(next++); };
  await Promise.all(Array.from({ length: 6 }, lane));
  return performance.now();
})();
show(0);
</script>"""
SCRIPT = """import streamlit as st
st.title("Synthetic case")
st.iframe("/reference/page", width=1024, height=768)
"""


def application(folder: Path) -> st.App:
    """Return the app that serves the frames `0.jpg`, `1.jpg`, … of a folder."""
    frames = [(folder / f"{i}.jpg").read_bytes() for i in range(len(list(folder.glob("*.jpg"))))]
    script = folder / "page.py"
    script.write_text(SCRIPT, encoding="utf-8")

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE.replace("FRAME_COUNT", str(len(frames))))

    async def frame(request: Request) -> Response:
        return Response(frames[request.path_params["i"]], media_type="image/jpeg")

    return st.App(script, routes=[Mount("/reference", routes=[Route("/page", page), Route("/frames/{i:int}", frame)])])


if __name__ == "__main__":
    application(Path(sys.argv[2])).run(
        config={
            "server.address": "127.0.0.1",
            "server.port": int(sys.argv[1]),
            "server.headless": True,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "browser.serverAddress": "localhost",
        }
    )
