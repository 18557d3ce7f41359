/** The add-case page as a Streamlit component: called on mounting and again whenever its data changes. */
import { AddCase } from "./add-case.js";
import { h } from "./dom.js";
import { followHistory } from "./returning.js";

followHistory();

/** @type {WeakMap<HTMLElement | ShadowRoot, { page: AddCase, destroy: () => void }>} */
const instances = new WeakMap();

/**
 * @type {import("@streamlit/component-v2-lib").FrontendRenderer<
 *   { open_library: unknown, open_case: unknown }, import("./types.js").AddCaseData>}
 */
export default function render({ data, parentElement, setTriggerValue }) {
  let instance = instances.get(parentElement);
  if (!instance) {
    const root = h("main", { class: "add-case" });
    parentElement.append(root);
    const page = new AddCase(root, {
      openLibrary: () => setTriggerValue("open_library", { at: Date.now() }),
      openCase: (slug) => setTriggerValue("open_case", { slug, at: Date.now() }),
    });
    instance = {
      page,
      destroy: () => {
        page.destroy();
        root.remove();
        instances.delete(parentElement);
      },
    };
    instances.set(parentElement, instance);
  }
  instance.page.update(data);
  return instance.destroy;
}
