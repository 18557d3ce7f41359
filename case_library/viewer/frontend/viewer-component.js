/**
 * The viewer as a Streamlit component: called on mounting and again whenever its data changes, with the same parent.
 *
 * @typedef {import("./types.js").ViewerData} ViewerData
 */
import { h } from "./dom.js";
import { followHistory } from "./returning.js";
import { Viewer } from "./viewer.js";

followHistory();

/** @type {WeakMap<HTMLElement | ShadowRoot, { viewer: Viewer, destroy: () => void }>} */
const instances = new WeakMap();

/** @type {import("@streamlit/component-v2-lib").FrontendRenderer<{ open_library: unknown, renew: unknown }, ViewerData>} */
export default function render({ data, parentElement, setTriggerValue }) {
  let instance = instances.get(parentElement);
  if (!instance) {
    const root = h("div", { class: "viewer", tabindex: -1, role: "application", "aria-label": "Cine viewer" });
    parentElement.append(root);
    const viewer = new Viewer(root, {
      openLibrary: () => setTriggerValue("open_library", { at: Date.now() }),
      // After a restart of the server Streamlit connects again, and runs the page only when it is told something.
      renew: () => setTriggerValue("renew", { at: Date.now() }),
    });
    const unhook = hook(viewer);
    instance = {
      viewer,
      destroy: () => {
        unhook();
        viewer.destroy();
        root.remove();
        instances.delete(parentElement);
      },
    };
    instances.set(parentElement, instance);
  }
  instance.viewer.update(data);
  // Streamlit keeps only the last function returned and calls it once, on unmounting.
  return instance.destroy;
}

/**
 * What benches and tests ask: `frameCount`, `show(frameIndex)`, `allReady`, `readPixels()`.
 *
 * @param {Viewer} viewer
 * @returns {() => void}
 */
function hook(viewer) {
  const page = /** @type {{ __viewer?: object }} */ (/** @type {unknown} */ (window));
  const handle = {
    get frameCount() {
      return viewer.frameCount;
    },
    get allReady() {
      return viewer.allReady;
    },
    get decodedBytes() {
      return viewer.decodedBytes;
    },
    /** @param {number} frameIndex */
    show: (frameIndex) => viewer.show(frameIndex),
    readPixels: () => viewer.readPixels(),
    /** Keys that nothing answers to; there should be none. */
    get deadKeys() {
      return viewer.deadKeys;
    },
  };
  page.__viewer = handle;
  return () => {
    if (page.__viewer === handle) delete page.__viewer;
  };
}
