/**
 * Choosing a term by any word for it.
 *
 * @typedef {import("./vocabulary.js").Entry} Entry
 * @typedef {import("./vocabulary.js").Term} Term
 */
import { button, h } from "./dom.js";
import { evened, matches } from "./vocabulary.js";

const MOST_SHOWN = 60;

export class TermPicker {
  #title = h("h2", {});
  #input = h("input", {
    type: "search",
    class: "picker-input",
    placeholder: "any word for it: torn quad, haematoma …",
    autocomplete: "off",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "picker-list",
    "aria-label": "Search",
  });
  #list = h("ul", { class: "picker-list", role: "listbox", id: "picker-list" });
  #about = h("div", { class: "picker-about" });
  #close = button("Close (Esc)", "close");
  element = h(
    "dialog",
    { class: "dialog picker", "aria-label": "Choose a term" },
    h("header", { class: "help-head" }, this.#title, this.#close),
    this.#input,
    h("div", { class: "picker-body" }, this.#list, this.#about),
  );
  /** @type {{ entry: Entry, by: string }[]} */
  #shown = [];
  #at = 0;
  /** @type {import("./vocabulary.js").Words | null} */
  #words = null;
  /** @type {"findings" | "structures"} */
  #kind = "findings";
  /** @type {(term: Term | null) => void} */
  #answer = () => {};

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {import("./vocabulary.js").Vocabulary} vocabulary
   * @param {() => void} closed
   */
  constructor(scope, vocabulary, closed) {
    this.vocabulary = vocabulary;
    scope.listen(this.#input, "input", () => this.#search());
    scope.listen(this.#input, "keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    scope.listen(this.#close, "click", () => this.element.close());
    scope.listen(this.#list, "pointermove", (event) => this.#point(event));
    scope.listen(this.#list, "click", (event) => {
      this.#point(event);
      if (event.target instanceof Element && event.target.closest("li")) this.#choose();
    });
    scope.listen(this.element, "close", () => {
      const answer = this.#answer;
      this.#answer = () => {};
      closed();
      answer(null);
    });
    scope.listen(this.element, "click", (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  /**
   * @param {"findings" | "structures"} kind
   * @param {string} title
   * @returns {Promise<Term | null>} null where nothing was chosen
   */
  ask(kind, title) {
    this.#kind = kind;
    this.#title.textContent = title;
    this.#input.value = "";
    this.#list.replaceChildren(h("li", { class: "quiet" }, "Loading the vocabulary…"));
    this.#about.replaceChildren();
    if (!this.element.open) this.element.showModal();
    this.#input.focus();
    void this.vocabulary.words.then(
      (words) => {
        this.#words = words;
        this.#search();
      },
      () => this.#list.replaceChildren(h("li", { class: "quiet" }, "The vocabulary cannot be had: the case library does not answer.")),
    );
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  #search() {
    const words = this.#words;
    if (!words) return;
    const query = evened(this.#input.value, words.spellings);
    const entries = words[this.#kind];
    const found = query ? matches(entries, query) : entries.map((entry) => ({ entry, by: "" }));
    this.#shown = found.slice(0, MOST_SHOWN);
    this.#list.replaceChildren(
      ...this.#shown.map(({ entry, by }, k) => {
        const own = evened(entry.term.meaning, words.spellings);
        const also = by && by !== own ? h("span", { class: "quiet" }, ` – ${by}`) : null;
        return h(
          "li",
          { role: "option", id: `picker-${k}`, "data-at": k },
          entry.term.meaning,
          also,
          h("span", { class: "picker-group" }, entry.group),
        );
      }),
    );
    if (found.length === 0) {
      this.#list.replaceChildren(h("li", { class: "quiet" }, "No term goes by these words. Try another word for it."));
    }
    this.#mark(0);
  }

  /** @param {number} at */
  #mark(at) {
    this.#at = Math.max(0, Math.min(this.#shown.length - 1, at));
    for (const item of this.#list.querySelectorAll("li[role=option]")) {
      const current = item.id === `picker-${this.#at}`;
      item.setAttribute("aria-selected", String(current));
      if (current) item.scrollIntoView({ block: "nearest" });
    }
    this.#input.setAttribute("aria-activedescendant", `picker-${this.#at}`);
    const entry = this.#shown[this.#at]?.entry;
    this.#about.replaceChildren(...(entry ? about(entry) : []));
  }

  /** @param {Event} event */
  #point(event) {
    const item = event.target instanceof Element ? event.target.closest("li") : null;
    const at = Number(item?.dataset.at);
    if (item?.dataset.at !== undefined && at !== this.#at) this.#mark(at);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (by) this.#mark(this.#at + by);
    else if (event.key === "Enter") this.#choose();
    else if (event.key === "Escape") this.element.close();
    else return;
    event.preventDefault();
  }

  #choose() {
    const entry = this.#shown[this.#at]?.entry;
    if (!entry) return;
    const answer = this.#answer;
    this.#answer = () => {};
    this.element.close();
    answer(entry.term);
  }
}

/** @param {Entry} entry */
function about(entry) {
  const lines = /** @type {[string, string | undefined][]} */ ([
    ["", entry.about],
    ["At rest", entry.signs_rest],
    ["On movement", entry.signs_dynamic],
    ["Looks alike", entry.mimics],
    ["Source", entry.source],
  ]);
  return lines
    .filter(([, text]) => text)
    .map(([name, text]) => h("p", {}, name ? h("b", {}, `${name}: `) : null, text ?? ""));
}
