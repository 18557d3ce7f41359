/** Step 5: all of it once more, and the button that publishes it. */
import { CONFIRM_WORDS } from "./add-case-identity.js";
import { troublesOf } from "./add-case-files.js";
import { button, h, icon, setText } from "./dom.js";

export class ConfirmStep {
  title = "Confirm";
  #summary = h("dl", { class: "confirm-list" });
  #publish = button("Publish this case", null, { text: "Publish", class: "primary large" });
  #stop = button("Stop publishing", null, { text: "Cancel", class: "outlined" });
  #fill = h("div", { class: "bar-fill" });
  #bar = h("div", { class: "overall", hidden: true }, h("div", { class: "bar" }, this.#fill), this.#stop);
  #problem = h("p", { class: "step-notice", role: "alert", hidden: true });
  #task = "";
  #busy = false;
  element;

  /**
   * @param {{ api: import("./add-case-api.js").Api, draft: import("./draft.js").Draft, scope: import("./scope.js").Scope, changed: () => void }} context
   * @param {{
   *   identity: import("./add-case-identity.js").IdentityStep,
   *   published: (slug: string) => void,
   *   go: (step: number) => void,
   * }} host
   */
  constructor({ api, draft, scope, changed }, { identity, published, go }) {
    this.api = api;
    this.draft = draft;
    this.scope = scope;
    this.changed = changed;
    this.identity = identity;
    this.published = published;
    this.element = h(
      "section",
      { class: "step step-confirm" },
      h(
        "div",
        { class: "confirm-card" },
        this.#summary,
        this.#problem,
        this.#bar,
        this.#publish,
        h("p", { class: "quiet" }, "The boxes are then black in every frame of the files. Until then this is a draft that nobody but you sees; you can leave and come back to it from the library."),
      ),
    );
    scope.listen(this.#publish, "click", () => void this.#run());
    scope.listen(this.#stop, "click", () => void (this.#task && api.ask("DELETE", `/tasks/${this.#task}`).catch(() => {})));
    scope.listen(this.#summary, "click", (event) => {
      const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-step]"));
      if (link) go(Number(link.dataset.step));
    });
  }

  show() {
    this.update();
  }

  hide() {}

  update() {
    const { doc } = this.draft;
    if (!doc || this.element.hidden) return;
    const boxes = doc.clips.reduce((sum, clip) => sum + (clip.mask?.rectangles.length ?? 0), 0);
    const untrusted = doc.clips.filter((clip) => troublesOf(clip).length > 0).length;
    const { identity } = this;
    this.#summary.replaceChildren(
      ...line(3, "Title", doc.title || "none yet", doc.title !== ""),
      ...line(0, "Clips", doc.clips.length === 1 ? "1 clip" : `${doc.clips.length} clips`, true),
      ...line(
        1,
        "Clock and scale",
        untrusted === 0 ? "trusted in every clip" : `not trusted in ${untrusted} of ${doc.clips.length}: lengths or speeds are not shown there`,
        untrusted === 0,
      ),
      ...line(2, "Identity", boxes === 1 ? "1 black box" : `${boxes} black boxes`, true),
      ...line(2, "Looked at", identity.confirmed ? `“${CONFIRM_WORDS}” – ${identity.by}` : identity.missing(), identity.confirmed),
      ...(doc.matches.length > 0 ? line(3, "Text", "holds something that the header held too", false) : []),
    );
    this.#publish.disabled = this.#busy || this.missing() !== "";
    this.#publish.hidden = this.#busy;
    this.#bar.hidden = !this.#busy;
  }

  missing() {
    if (!this.identity.confirmed || (this.draft.doc?.obstacles.length ?? 0) > 0) return this.identity.missing();
    if (this.draft.doc?.title === "") return "A case is found by its title: give one in step 4.";
    if ((this.draft.doc?.matches.length ?? 0) > 0) return "The text holds something that the header held too: see step 4.";
    return this.draft.state === "saved" ? "" : "The last change is not saved yet.";
  }

  done() {
    return false;
  }

  async #run() {
    if (this.#busy) return;
    this.#busy = true;
    this.#say("");
    this.identity.suggestions.pause(true);
    this.#fill.style.width = "0";
    this.update();
    try {
      await this.draft.settled();
      const { doc } = this.draft;
      if (!doc) return;
      const body = { seen: true, by: this.identity.by, revision: doc.revision };
      const { task } = await this.api.ask("POST", `/drafts/${doc.slug}/confirmation`, body);
      this.#task = task;
      const end = await this.api.follow(task, ({ done, total }) => (this.#fill.style.width = `${(100 * done) / Math.max(1, total)}%`), this.scope.signal);
      if (end.state === "done") this.published(end.result.case);
      else if (end.state === "refused") this.#say(end.reason);
      if (end.state === "done") return;
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
    this.#busy = false;
    this.identity.suggestions.pause(false);
    this.update();
    this.changed();
  }

  /** @param {string} text */
  #say(text) {
    this.#problem.hidden = !text;
    setText(this.#problem, text);
  }
}

/** @param {number} step @param {string} name @param {string} words @param {boolean} good */
function line(step, name, words, good) {
  const change = h("button", { type: "button", class: "link", "data-step": step }, "change");
  return [h("dt", {}, name), h("dd", { class: good ? "good" : "amber" }, icon(good ? "check" : "warning"), h("span", {}, words), change)];
}
