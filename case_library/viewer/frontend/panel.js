/**
 * What is told beside the image, one page at a time.
 *
 * A window under 1024 px has no room beside the image: there the panel lies over it, and only on demand.
 */
import { button, h } from "./dom.js";
import { readPreference, writePreference } from "./preferences.js";

const NARROW = "(max-width: 1023px)";

/** @typedef {{ name: string, title: string, element: HTMLElement, empty?: boolean }} Page */

export class Panel {
  #tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Beside the image" });
  #close = button("Close (N)", "close", { class: "panel-close" });
  element = h("aside", { class: "panel", "aria-label": "Findings and notes" }, this.#tabs);
  /** @type {Map<string, { page: Page, tab: HTMLButtonElement, body: HTMLElement }>} */
  #pages = new Map();
  #current = "";

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {HTMLElement} root
   * @param {{ pages: Page[], changed: (open: boolean) => void }} options
   */
  constructor(scope, root, { pages, changed }) {
    this.root = root;
    this.changed = changed;
    for (const page of pages) this.#add(scope, page);
    this.#tabs.append(this.#close);
    scope.listen(this.#close, "click", () => this.toggle());
    scope.listen(this.#tabs, "keydown", (/** @type {KeyboardEvent} */ event) => this.#step(event));
    this.show(pages[0].name);
    this.setOpen(!isNarrow() && readPreference("panel") !== "closed");
  }

  get open() {
    return this.root.dataset.panel === "open";
  }

  /** @param {boolean} open */
  setOpen(open) {
    this.root.dataset.panel = open ? "open" : "closed";
    this.changed(open);
  }

  toggle() {
    this.setOpen(!this.open);
    if (!isNarrow()) writePreference("panel", this.open ? "open" : "closed");
  }

  /** Open one page; asked for again, close. @param {string} name */
  toggleTo(name) {
    if (this.open && this.#current === name) return this.toggle();
    this.show(name);
    if (!this.open) this.toggle();
  }

  /** @param {string} name */
  show(name) {
    this.#current = name;
    for (const [other, { tab, body }] of this.#pages) {
      tab.setAttribute("aria-selected", String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
      body.hidden = other !== name;
    }
  }

  /** Open on this page. @param {string} name */
  bring(name) {
    this.show(name);
    if (!this.open) this.setOpen(true);
  }

  /** A page that says nothing about this case has no tab. @param {string} name @param {boolean} empty */
  setEmpty(name, empty) {
    const found = this.#pages.get(name);
    if (!found || found.tab.hidden === empty) return;
    found.tab.hidden = empty;
    if (empty && this.#current === name) this.show([...this.#pages.keys()][0]);
  }

  /** Esc: what lies over the image goes away. */
  closeWhereItCovers() {
    if (isNarrow() && this.open) this.setOpen(false);
  }

  /** @param {import("./scope.js").Scope} scope @param {Page} page */
  #add(scope, page) {
    const id = `panel-${page.name}`;
    const tab = h("button", { type: "button", class: "tab", role: "tab", id: `${id}-tab`, "aria-controls": id }, page.title);
    const body = h("div", { class: "tab-page", role: "tabpanel", id, "aria-labelledby": `${id}-tab` }, page.element);
    tab.hidden = page.empty ?? false;
    this.#pages.set(page.name, { page, tab, body });
    this.#tabs.append(tab);
    this.element.append(body);
    scope.listen(tab, "click", () => this.show(page.name));
  }

  /** Arrow keys go from tab to tab. @param {KeyboardEvent} event */
  #step(event) {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0 || !(event.target instanceof HTMLElement) || event.target.role !== "tab") return;
    event.preventDefault();
    const shown = [...this.#pages].filter(([, { tab }]) => !tab.hidden);
    const at = shown.findIndex(([name]) => name === this.#current);
    const [name, { tab }] = shown[(at + by + shown.length) % shown.length];
    this.show(name);
    tab.focus();
  }
}

function isNarrow() {
  return matchMedia(NARROW).matches;
}
