/**
 * The library: a card for each case, and a box that filters them.
 *
 * @typedef {import("./types.js").GalleryData} GalleryData
 * @typedef {import("./types.js").GalleryCase} GalleryCase
 */
import { cardAfterKey } from "./card-grid.js";
import { button, focusedElement, h, icon, setText, takesTyping } from "./dom.js";
import { card } from "./gallery-card.js";
import { Posters } from "./posters.js";
import { Scope } from "./scope.js";
import { matches, wordsOf } from "./search-text.js";

const IMPORT_COMMAND = "case-library import FILE";

export class Gallery {
  #scope = new Scope();
  #posters = new Posters(this.#scope);
  #search = h("input", {
    type: "search",
    class: "search",
    placeholder: "Search  /",
    "aria-label": "Search the cases",
    autocomplete: "off",
    spellcheck: "false",
  });
  #count = h("span", { class: "count", role: "status" });
  #add = h("a", { class: "button primary add", href: "add", hidden: true }, "+ Add a case");
  #grid = h("div", { class: "cards" });
  #nothing = h("div", { class: "nothing", hidden: true });
  #shape = "";
  /** @type {{ entry: GalleryCase, element: HTMLElement }[]} */
  #cards = [];

  /**
   * @param {HTMLElement} root
   * @param {{ openCase: (slug: string) => void, addCase: () => void }} host
   */
  constructor(root, host) {
    this.root = root;
    this.host = host;
    const bar = h(
      "header",
      { class: "gallery-bar" },
      h("h1", {}, "case library"),
      h("label", { class: "search-box" }, icon("search"), this.#search),
      this.#count,
      this.#add,
    );
    root.replaceChildren(bar, this.#grid, this.#nothing);
    this.#listen();
  }

  /** @param {GalleryData} data */
  update(data) {
    const shape = JSON.stringify({ ...data, cases: data.cases.map((entry) => ({ ...entry, token: null })) });
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.data = data;
    this.#add.hidden = !data.editor;
    this.#add.href = data.add_href;
    this.#cards = data.cases.map((entry) => ({ entry, element: card(entry) }));
    this.#grid.replaceChildren(...this.#cards.map(({ element }) => element));
    for (const { entry, element } of this.#cards) {
      const image = element.querySelector("img");
      if (entry.poster_url && entry.token && image) this.#posters.show(image, { url: entry.poster_url, token: entry.token });
    }
    this.#filter();
  }

  destroy() {
    this.#scope.dispose();
    this.root.replaceChildren();
  }

  #listen() {
    const scope = this.#scope;
    scope.listen(this.#search, "input", () => this.#filter());
    scope.listen(this.#add, "click", (/** @type {MouseEvent} */ event) => {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.host.addCase();
    });
    scope.listen(this.#grid, "click", (/** @type {MouseEvent} */ event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      // With a modifier the browser opens the address by itself, in a tab or a window.
      if (!link?.dataset.slug || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.host.openCase(link.dataset.slug);
    });
    scope.listen(this.root, "keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    scope.listen(document, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !takesTyping(focusedElement())) this.#focusSearch(event);
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // Streamlit's own keys (`r` runs the page again) do not see that somebody is typing in a shadow root.
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    const typing = event.composedPath()[0] === this.#search;
    if (event.key === "/" && !typing) this.#focusSearch(event);
    if (event.key === "Escape") this.#clear();
    if (typing && event.key !== "ArrowDown" && event.key !== "Enter") return;
    const shown = this.#cards.filter(({ element }) => !element.hidden).map(({ element }) => element);
    if (typing && event.key === "Enter") {
      if (shown.length === 1) shown[0].click();
      return;
    }
    const index = shown.findIndex((element) => element === event.composedPath().find((node) => node === element));
    const next = cardAfterKey(index, event.key, columnsOf(shown), shown.length);
    if (next === null) {
      if (event.key === "ArrowUp" && index >= 0) this.#focusSearch(event);
      return;
    }
    event.preventDefault();
    shown[next].focus();
    shown[next].scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} event */
  #focusSearch(event) {
    event.preventDefault();
    this.#search.focus();
    this.#search.select();
  }

  #clear() {
    this.#search.value = "";
    this.#filter();
    this.#search.focus();
  }

  #filter() {
    const words = wordsOf(this.#search.value);
    let shown = 0;
    for (const { entry, element } of this.#cards) {
      element.hidden = !matches(entry, words);
      if (!element.hidden) shown += 1;
    }
    const total = this.#cards.length;
    const all = total === 1 ? "1 case" : `${total} cases`;
    setText(this.#count, total === 0 ? "" : words.length === 0 ? all : `${shown} of ${all}`);
    this.#nothing.hidden = shown > 0;
    if (shown === 0) this.#nothing.replaceChildren(...(total === 0 ? this.#emptyLibrary() : this.#noMatch()));
  }

  #noMatch() {
    const clear = button("Clear search", null, { text: "Clear search", class: "primary" });
    clear.addEventListener("click", () => this.#clear());
    return [h("p", { class: "nothing-head" }, `No case has all of these words: “${this.#search.value.trim()}”.`), clear];
  }

  #emptyLibrary() {
    const head = h("p", { class: "nothing-head" }, "This library has no cases yet.");
    if (!this.data?.editor) return [head];
    const add = h("a", { class: "button primary", href: this.data.add_href }, "+ Add a case");
    add.addEventListener("click", (event) => {
      event.preventDefault();
      this.host.addCase();
    });
    const { library_hint: where } = this.data;
    return [
      head,
      h("p", {}, "Add your own ultrasound files: here, or at a terminal with ", h("code", {}, IMPORT_COMMAND), "."),
      add,
      where ? h("p", { class: "quiet" }, "The cases of this library lie in ", h("code", {}, where)) : h("span"),
    ];
  }
}

/** @param {HTMLElement[]} cards @returns {number} how many stand in the first row */
function columnsOf(cards) {
  const top = cards[0]?.offsetTop;
  const row = cards.findIndex((element) => element.offsetTop !== top);
  return row < 0 ? Math.max(1, cards.length) : row;
}
