/**
 * Adding a case in five steps. The draft exists from the first step on; each further one edits it.
 *
 * @typedef {import("./types.js").AddCaseData} AddCaseData
 * @typedef {object} Step
 * @property {string} title
 * @property {HTMLElement} element
 * @property {() => void} show        it is on screen from now on
 * @property {() => void} hide
 * @property {() => void} update      the draft is another one
 * @property {() => string} missing   why one cannot go on from here; empty where one can
 * @property {() => boolean} done     whether nothing is left to do here
 */
import { AboutStep } from "./add-case-about.js";
import { Api, GoneError } from "./add-case-api.js";
import { ClockStep } from "./add-case-clock.js";
import { ConfirmStep } from "./add-case-confirm.js";
import { FilesStep } from "./add-case-files.js";
import { IdentityStep } from "./add-case-identity.js";
import { SaveState } from "./add-case-saved.js";
import { button, focusedElement, h, icon, setText, takesTyping } from "./dom.js";
import { Draft } from "./draft.js";
import { Scope } from "./scope.js";

export class AddCase {
  #scope = new Scope();
  #back = h("a", { class: "button back", href: "./" }, icon("back"), h("span", {}, "Library"));
  #steps = h("ol", { class: "steps" });
  #body = h("div", { class: "step-body" });
  #missing = h("p", { class: "missing", role: "status" });
  #previous = button("Back", null, { text: "Back", class: "outlined" });
  #next = button("Continue", null, { text: "Continue", class: "primary next" });
  /** @type {Step[]} */
  #list = [];
  #current = 0;
  /** @type {Api | null} */
  #api = null;
  #loading = false;

  /**
   * @param {HTMLElement} root
   * @param {{ openLibrary: () => void, openCase: (slug: string) => void }} host
   */
  constructor(root, host) {
    this.root = root;
    this.host = host;
    const scope = this.#scope;
    scope.listen(this.#back, "click", (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      void this.#leave();
    });
    scope.listen(this.#previous, "click", () => this.#go(this.#current - 1));
    scope.listen(this.#next, "click", () => this.#go(this.#current + 1));
    scope.listen(this.#steps, "click", (event) => {
      const step = /** @type {Element} */ (event.target).closest("button");
      if (step) this.#go(Number(step.dataset.step));
    });
    scope.listen(root, "keydown", (/** @type {KeyboardEvent} */ event) => {
      // Streamlit's own keys (`r` runs the page again) do not see that somebody is typing in a shadow root.
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    });
    scope.listen(window, "beforeunload", (event) => {
      if (this.#files?.uploads.unfinished || this.#draft?.state === "saving") event.preventDefault();
    });
  }

  /** @param {AddCaseData} data */
  update(data) {
    if (!this.#api) this.#build(data);
    else this.#api.token = data.token;
    const slug = data.slug;
    if (slug && slug !== this.#draft?.slug && !this.#loading) void this.#load(slug);
  }

  destroy() {
    this.#scope.dispose();
    this.root.replaceChildren();
  }

  /** @param {AddCaseData} data */
  #build(data) {
    const scope = this.#scope;
    const api = (this.#api = new Api(data.api, data.token));
    const draft = (this.#draft = new Draft(api, () => this.#changed()));
    const context = { api, draft, scope, data, changed: () => this.#refresh() };
    const files = (this.#files = new FilesStep(context, { opened: (slug) => this.#load(slug), startAgain: () => this.#startAgain() }));
    const identity = new IdentityStep(context);
    this.#list = [
      files,
      new ClockStep(context, { nameOf: (clip) => files.nameOf(clip) }),
      identity,
      new AboutStep(context),
      new ConfirmStep(context, { identity, published: (slug) => this.host.openCase(slug), go: (step) => this.#go(step) }),
    ];
    identity.nameOf = (clip) => files.nameOf(clip);
    this.#saved = new SaveState(scope, draft);
    this.#steps.replaceChildren(
      ...this.#list.map(({ title }, k) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "step-tab", "data-step": k },
            h("span", { class: "step-number" }, String(k + 1)),
            h("span", { class: "step-title" }, title),
          ),
        ),
      ),
    );
    this.#body.replaceChildren(...this.#list.map(({ element }) => element));
    this.root.replaceChildren(
      h(
        "header",
        { class: "add-head" },
        this.#back,
        h("h1", {}, "Add a case"),
        h("nav", { class: "steps-nav", "aria-label": "Steps" }, this.#steps),
        this.#saved.element,
      ),
      this.#body,
      h("footer", { class: "add-foot" }, this.#previous, this.#missing, this.#next),
    );
    this.#show(0);
    if (!data.slug) this.#refresh();
  }

  /** @type {Draft | null} */
  #draft = null;
  /** @type {FilesStep | null} */
  #files = null;
  /** @type {SaveState | null} */
  #saved = null;

  /** @param {string} slug */
  async #load(slug) {
    const wanted = stepOfAddress();
    this.#loading = true;
    try {
      await this.#draft?.load(slug);
      if (wanted !== this.#current) this.#go(wanted);
      writeAddress(slug, this.#current);
    } catch (error) {
      if (error instanceof GoneError) writeAddress(null, 0);
      this.#files?.say(error instanceof Error ? error.message : String(error));
    } finally {
      this.#loading = false;
      this.#refresh();
    }
  }

  /** The draft was discarded: an empty page. */
  #startAgain() {
    if (this.#draft) {
      this.#draft.doc = null;
      this.#draft.state = "none";
    }
    writeAddress(null, 0);
    this.#show(0);
    this.#changed();
  }

  async #leave() {
    if (this.#files?.uploads.unfinished && !confirm("Files are still on their way, or wait for you. Leave, and give them up?")) return;
    await this.#draft?.settled();
    this.host.openLibrary();
  }

  /** @param {number} step */
  #go(step) {
    if (step < 0 || step >= this.#list.length || step > this.#reachable) return;
    this.#show(step);
    writeAddress(this.#draft?.slug ?? null, step);
  }

  /** The furthest step that one may open. */
  get #reachable() {
    return this.#draft?.doc ? this.#list.length - 1 : 0;
  }

  /** @param {number} step */
  #show(step) {
    const before = this.#list[this.#current];
    this.#current = step;
    this.#list.forEach(({ element }, k) => (element.hidden = k !== step));
    if (before !== this.#list[step]) before.hide();
    this.#body.scrollTop = 0;
    this.#list[step].show();
    this.#refresh();
    const focused = focusedElement();
    if (!takesTyping(focused)) this.#steps.querySelectorAll("button")[step]?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  /** The draft is another one, or is on its way. */
  #changed() {
    for (const step of this.#list) step.update();
    this.#refresh();
  }

  #refresh() {
    if (this.#list.length === 0) return;
    this.#saved?.update();
    const current = this.#list[this.#current];
    const missing = current.missing();
    const last = this.#current === this.#list.length - 1;
    setText(this.#missing, missing);
    this.#previous.hidden = this.#current === 0;
    this.#next.hidden = last;
    this.#next.disabled = missing !== "" && this.#current === 0;
    this.#steps.querySelectorAll("button").forEach((tab, k) => {
      tab.setAttribute("aria-current", k === this.#current ? "step" : "false");
      tab.disabled = k > this.#reachable;
      const done = this.#draft?.doc != null && this.#list[k].done();
      tab.classList.toggle("done", done);
      const number = tab.querySelector(".step-number");
      if (number) setText(number, done && k !== this.#current ? "✓" : String(k + 1));
    });
  }
}

/** @returns {number} the step that the address names, from 0 */
function stepOfAddress() {
  const step = Number(new URL(location.href).searchParams.get("step"));
  return Number.isInteger(step) && step >= 1 && step <= 5 ? step - 1 : 0;
}

/** Reloading, or coming back, lands where one was. @param {string | null} slug @param {number} step */
function writeAddress(slug, step) {
  const url = new URL(location.href);
  if (slug) {
    url.searchParams.set("case", slug);
    url.searchParams.set("step", String(step + 1));
  } else {
    url.searchParams.delete("case");
    url.searchParams.delete("step");
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
