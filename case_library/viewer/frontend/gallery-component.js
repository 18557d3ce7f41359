/** The library page as a Streamlit component: called on mounting and again whenever its data changes. */
import { h } from "./dom.js";
import { followHistory } from "./returning.js";
import { Gallery } from "./gallery.js";

followHistory();

/** @type {WeakMap<HTMLElement | ShadowRoot, { gallery: Gallery, destroy: () => void }>} */
const instances = new WeakMap();

/**
 * @type {import("@streamlit/component-v2-lib").FrontendRenderer<
 *   { open_case: unknown, add_case: unknown }, import("./types.js").GalleryData>}
 */
export default function render({ data, parentElement, setTriggerValue }) {
  let instance = instances.get(parentElement);
  if (!instance) {
    const root = h("main", { class: "gallery" });
    parentElement.append(root);
    const gallery = new Gallery(root, {
      openCase: (slug) => setTriggerValue("open_case", { slug, at: Date.now() }),
      addCase: () => setTriggerValue("add_case", { at: Date.now() }),
    });
    instance = {
      gallery,
      destroy: () => {
        gallery.destroy();
        root.remove();
        instances.delete(parentElement);
      },
    };
    instances.set(parentElement, instance);
  }
  instance.gallery.update(data);
  return instance.destroy;
}
