/** Step 4: what the case is called and what it is about; words that the header held too are offered for removal. */
import { button, h } from "./dom.js";

const SAVED_AFTER_MS = 700;
const SIDES = /** @type {const} */ ([
  ["", "not said"],
  ["right", "right"],
  ["left", "left"],
  ["bilateral", "both sides"],
]);
/** @type {Record<string, string>} */
const KINDS = { name: "a name", identifier: "a number", date: "a date", place: "a place" };

export class AboutStep {
  title = "About";
  #title = h("input", { type: "text", class: "text-input", maxlength: 200, placeholder: "Rectus femoris, complete tear", autocomplete: "off" });
  #summary = h("textarea", { class: "text-input", maxlength: 2000, rows: 5, placeholder: "What happened, what was seen, what became of it. No name, no date of birth, no number." });
  #region = h("select", { class: "text-input" });
  #side = h("select", { class: "text-input" }, ...SIDES.map(([value, words]) => h("option", { value }, words)));
  #matches = h("div", { class: "matches", role: "alert", hidden: true });
  #stop = () => {};
  element;

  /**
   * @param {{
   *   draft: import("./draft.js").Draft,
   *   scope: import("./scope.js").Scope,
   *   data: import("./types.js").AddCaseData,
   * }} context
   */
  constructor({ draft, scope, data }) {
    this.draft = draft;
    this.scope = scope;
    this.#region.append(h("option", { value: "" }, "not said"), ...data.regions.map(({ code, meaning }) => h("option", { value: code }, meaning)));
    const field = (/** @type {string} */ name, /** @type {HTMLElement} */ input, /** @type {string} */ help) =>
      h("label", { class: "field" }, h("span", { class: "field-name" }, name), input, h("span", { class: "quiet" }, help));
    this.element = h(
      "section",
      { class: "step step-about" },
      h(
        "form",
        { class: "about-form" },
        this.#matches,
        field("Title", this.#title, "What a reader looks for: structure and finding."),
        field("Summary", this.#summary, "Two or three sentences. They can be longer and better later, on the case page."),
        h("div", { class: "field-row" }, field("Region", this.#region, ""), field("Side", this.#side, "")),
      ),
    );
    scope.listen(this.element, "submit", (event) => event.preventDefault());
    scope.listen(window, "pagehide", () => !this.element.hidden && this.#save());
    for (const input of this.#inputs) {
      scope.listen(input, "input", () => this.#saveSoon());
      scope.listen(input, "change", () => this.#save());
    }
  }

  show() {
    this.#fill();
    if (!this.#title.value) this.#title.focus();
  }

  hide() {
    this.#save();
  }

  update() {
    if (!this.element.hidden) this.#fill();
  }

  missing() {
    const count = this.draft.doc?.matches.length ?? 0;
    if (count > 0) return count === 1 ? "One stretch of text was in the header too." : `${count} stretches of text were in the header too.`;
    return this.#value(this.#title, "title") === "" ? "A case is found by its title." : "";
  }

  done() {
    return (this.draft.doc?.title ?? "") !== "" && this.draft.doc?.matches.length === 0;
  }

  get #inputs() {
    return [this.#title, this.#summary, this.#region, this.#side];
  }

  /** @param {HTMLInputElement} input @param {"title"} key */
  #value(input, key) {
    return this.element.hidden ? (this.draft.doc?.[key] ?? "") : input.value.trim();
  }

  /** What the server holds, but for what is being typed. */
  #fill() {
    const { doc } = this.draft;
    if (!doc || this.draft.state === "stale" || this.draft.state === "failed") return;
    const fields = /** @type {const} */ ([
      [this.#title, doc.title],
      [this.#summary, doc.summary],
      [this.#region, doc.region],
      [this.#side, doc.laterality],
    ]);
    for (const [input, value] of fields) {
      const typing = input.matches(":focus") && input.value.trim() !== value;
      if (!typing && input.value !== value) input.value = value;
    }
    this.#matches.hidden = doc.matches.length === 0;
    this.#matches.replaceChildren(...doc.matches.map((match) => this.#match(match)));
  }

  #saveSoon() {
    this.draft.typing();
    this.#stop();
    this.#stop = this.scope.after(SAVED_AFTER_MS, () => this.#save());
  }

  #save() {
    this.#stop();
    const { doc } = this.draft;
    if (!doc) return;
    const entered = {
      title: this.#title.value.trim(),
      summary: this.#summary.value.trim(),
      region: this.#region.value,
      laterality: this.#side.value,
    };
    const change = Object.fromEntries(Object.entries(entered).filter(([key, value]) => value !== doc[/** @type {keyof typeof entered} */ (key)]));
    if (Object.keys(change).length > 0) void this.draft.edit("PATCH", "", { change });
    else this.draft.typedNothing();
  }

  /** @param {import("./types.js").DraftMessage["matches"][number]} match */
  #match(match) {
    const { doc } = this.draft;
    const text = match.field === "title" ? doc?.title : match.field === "summary" ? doc?.summary : null;
    const shown = text ? `“${text.slice(match.start, match.end)}” in the ${match.field}` : `Part of ${match.field}`;
    const remove = button("Take it out", null, { text: "Take it out", class: "outlined small" });
    remove.addEventListener("click", () => {
      remove.disabled = true;
      void this.draft.edit("POST", "/text-removal", { matches: [match] });
    });
    const words = h("span", {}, `${shown} is ${KINDS[match.kind] ?? "text"} that the header of a file held.`);
    return h("p", { class: "match" }, words, remove);
  }

}
