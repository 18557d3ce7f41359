/**
 * The draft that is being made, as the server holds it, and the edits on their way there: one after the other, each
 * naming the revision it is based on.
 *
 * @typedef {import("./types.js").DraftMessage} DraftMessage
 * @typedef {"none" | "saved" | "saving" | "failed" | "stale" | "gone"} SaveState
 */
import { GoneError, StaleError } from "./add-case-api.js";

export class Draft {
  /** @type {DraftMessage | null} */
  doc = null;
  /** @type {SaveState} */
  state = "none";
  /** Why it is not saved. */
  why = "";
  /** Edits that met another revision, or no server, and those that came after. @type {Edit[]} */
  #held = [];
  /** Why they are held. @type {{ state: SaveState, error: unknown }} */
  #hold = { state: "none", error: null };
  /** @type {{ edit: Edit, saved: (saved: boolean) => void }[]} */
  #queue = [];
  #sending = false;
  /** Somebody is typing what no edit holds yet. */
  #typing = false;
  /** @type {(() => void)[]} */
  #waiters = [];
  /** What this page adds to the draft beside its edits. @type {Promise<unknown> | null} */
  #adding = null;

  /**
   * @typedef {{ method: "PATCH" | "PUT" | "POST" | "DELETE", path: string, body: object }} Edit  path: after the draft's
   * @param {import("./add-case-api.js").Api} api
   * @param {() => void} changed
   */
  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
  }

  get slug() {
    return this.doc?.slug ?? null;
  }

  /** @param {string} slug */
  async load(slug) {
    this.#take(await this.api.ask("GET", `/drafts/${slug}`));
  }

  /**
   * Files of this page are being added: that this changes the draft is no change by another window.
   *
   * @param {Promise<unknown>} end  when the draft has been loaded with them, or nothing came of it
   */
  during(end) {
    const adding = end.catch(() => {}).then(() => {
      if (this.#adding === adding) this.#adding = null;
    });
    this.#adding = adding;
  }

  /**
   * @param {Edit["method"]} method
   * @param {string} path
   * @param {object} body
   * @returns {Promise<boolean>} whether it is saved
   */
  edit(method, path, body) {
    this.#typing = false;
    return new Promise((saved) => {
      this.#queue.push({ edit: { method, path, body }, saved });
      this.#set("saving");
      // At once where nothing is under way: the page may be about to close.
      if (!this.#sending) void this.#sendAll();
    });
  }

  /** What is being typed is not saved yet. */
  typing() {
    this.#typing = true;
    if (this.state === "saved") this.#set("saving");
  }

  /** What was typed is what is saved already. */
  typedNothing() {
    this.#typing = false;
    if (this.state === "saving" && !this.#sending) this.#set("saved");
  }

  /** Wait until nothing is on its way. @returns {Promise<boolean>} whether all is saved */
  async settled() {
    while (this.#sending) await new Promise((resolve) => this.#waiters.push(() => resolve(undefined)));
    return this.state === "saved";
  }

  /** What was held back: again, on top of what the server holds now. */
  async keepMine() {
    const held = this.#held;
    if (!this.slug || held.length === 0) return;
    this.#set("saving");
    try {
      this.doc = await this.api.ask("GET", `/drafts/${this.slug}`);
    } catch (error) {
      this.#set(this.#hold.state, error);
      return;
    }
    this.#held = [];
    await Promise.all(held.map(({ method, path, body }) => this.edit(method, path, body)));
  }

  /** What the server holds; the edits that were held back are given up. */
  async takeTheirs() {
    this.#held = [];
    if (this.slug) await this.load(this.slug);
  }

  async #sendAll() {
    this.#sending = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) next.saved(await this.#send(next.edit));
    this.#sending = false;
    if (this.state === "saving" && !this.#typing) this.#set("saved");
    for (const go of this.#waiters.splice(0)) go();
  }

  /** @param {Edit} edit @param {boolean} [again] @returns {Promise<boolean>} */
  async #send(edit, again = false) {
    // After an edit that could not be saved, later ones wait for what the person says.
    if (this.#held.length > 0 || !this.doc) return this.#keepBack(edit);
    const { slug, revision } = this.doc;
    try {
      const body = { ...edit.body, revision };
      this.#take(await this.api.ask(edit.method, `/drafts/${slug}${edit.path}`, body, { keepalive: true }));
      return true;
    } catch (error) {
      if (error instanceof StaleError && !again) {
        await this.#adding;
        if (this.doc?.slug === slug && this.doc.revision !== revision) return this.#send(edit, true);
      }
      this.#hold = { state: error instanceof StaleError ? "stale" : error instanceof GoneError ? "gone" : "failed", error };
      return this.#keepBack(edit);
    }
  }

  /** @param {Edit} edit */
  #keepBack(edit) {
    this.#held.push(edit);
    this.#set(this.#hold.state, this.#hold.error);
    return false;
  }

  /** @param {DraftMessage} doc */
  #take(doc) {
    // An answer that was overtaken by that of a later edit says nothing new.
    if (this.doc?.slug !== doc.slug || doc.revision >= this.doc.revision) this.doc = doc;
    this.#set(this.#queue.length > 0 || this.#typing ? "saving" : "saved");
  }

  /** @param {SaveState} state @param {unknown} [error] */
  #set(state, error) {
    this.state = state;
    this.why = error instanceof Error ? error.message : "";
    this.changed();
  }
}
