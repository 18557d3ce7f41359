/**
 * Everything that is edited in the open case goes through here: the document, its saving, and what a tab keeps for it.
 *
 * @typedef {import("./types.js").EditMessage} EditMessage
 * @typedef {import("./autosave.js").Kept} Kept
 */
import { Autosave } from "./autosave.js";
import { CaseDocument } from "./edits.js";
import { sendEdit } from "./save-case.js";

const KEPT_PREFIX = "case-library.unsaved.";

export class CaseEditing {
  document = new CaseDocument();
  /** @type {EditMessage | null} */
  #message = null;
  #slug = "";

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {{ showState: (state: import("./autosave.js").SaveState) => void, renew: () => void }} host  renew: asks the
   *   page for a new token
   */
  constructor(scope, { showState, renew }) {
    this.autosave = new Autosave({
      document: this.document,
      send: async (body) => {
        const { save_url, token } = this.#message ?? {};
        if (!save_url || !token) return { kind: "expired" };
        const answer = await sendEdit(save_url, token, body);
        if (answer.kind === "expired") renew();
        return answer;
      },
      changed: showState,
      keep: (unsaved) => keep(this.#slug, unsaved),
      after: (delay_ms, call) => scope.after(delay_ms, call),
    });
    scope.listen(document, "visibilitychange", () => {
      if (document.visibilityState === "hidden") this.autosave.flush();
    });
    scope.listen(window, "beforeunload", (event) => {
      this.autosave.flush();
      // What a tab keeps goes with the tab; only a server that cannot be reached is a reason to hold it.
      if (this.autosave.state.kind === "failed" || this.autosave.state.kind === "conflict") event.preventDefault();
    });
    scope.listen(window, "online", () => this.autosave.retry());
    scope.add(() => this.autosave.flush());
  }

  /** Where the words are; null where nothing is edited. */
  get vocabulary() {
    const { save_url, token } = this.#message ?? {};
    return save_url && token ? { url: save_url.replace(/[^/]*$/, "words.json"), token } : null;
  }

  /** Take over what the page says. @param {string} slug @param {EditMessage} message */
  update(slug, message) {
    const first = this.#message === null;
    const renewed = this.#message?.token !== message.token;
    this.#slug = slug;
    this.#message = message;
    this.document.editable = message.save_url !== null;
    if (!first) this.autosave.take(message);
    else {
      const kept = this.document.editable ? keptFor(slug) : null;
      if (kept) this.autosave.restore(kept, message);
      else this.document.load(message.revision, message.lists);
      this.autosave.refresh();
    }
    if (renewed && !first) this.autosave.retry();
  }
}

/** @param {string} slug @param {Kept | null} unsaved */
function keep(slug, unsaved) {
  try {
    if (unsaved) sessionStorage.setItem(KEPT_PREFIX + slug, JSON.stringify(unsaved));
    else sessionStorage.removeItem(KEPT_PREFIX + slug);
  } catch {
    // storage full or switched off: the page still holds it
  }
}

/** @param {string} slug @returns {Kept | null} */
function keptFor(slug) {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_PREFIX + slug) ?? "null");
  } catch {
    return null;
  }
}
