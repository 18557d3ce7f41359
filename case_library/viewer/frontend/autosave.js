/**
 * Saves the case when the hands rest, and says whether it is saved.
 *
 * What could not be saved stays with the browser tab too, so that a reload in the middle of an edit loses nothing.
 *
 * @typedef {import("./edits.js").CaseDocument} CaseDocument
 * @typedef {import("./edits.js").Change} Change
 * @typedef {import("./edits.js").Item} Item
 * @typedef {import("./edits.js").Meeting} Meeting
 * @typedef {{ revision: number, changes: Change[], base: Change[] }} Kept  base: what they were made of
 * @typedef {{ kind: "saved" | "saving" | "unsaved" | "failed" | "conflict" | "shown", why?: string }} SaveState
 *   `shown`: this reader may change nothing
 * @typedef {{ kind: "saved", revision: number, items: Record<string, Record<string, Item>> }
 *   | { kind: "stale", revision: number, lists: Record<string, Item[]> }
 *   | { kind: "refused", why: string }
 *   | { kind: "expired" }
 *   | { kind: "unreachable" }} SaveAnswer
 */
import { placed } from "./edits.js";

/** After the last change: one save for a run of small ones. */
export const SETTLED_AFTER_MS = 700;
/** While the server does not answer; the last one again and again. */
const RETRY_MS = [1000, 2000, 4000, 8000];
const RENEWED_AFTER_MS = 2000;

export class Autosave {
  /** @type {SaveState} */
  state = { kind: "shown" };
  /** What somebody else did meanwhile, until it is decided. @type {Meeting | null} */
  meeting = null;
  #sending = false;
  #refused = "";
  #stopTimer = () => {};
  /** What the page said while a save was under way. @type {{ revision: number, lists: Record<string, Item[]> } | null} */
  #waiting = null;
  #retries = 0;

  /**
   * @param {{
   *   document: CaseDocument,
   *   send: (body: { based_on: number, changes: Change[] }) => Promise<SaveAnswer>,
   *   changed: (state: SaveState) => void,
   *   keep: (unsaved: Kept | null) => void,
   *   after: (delay_ms: number, call: () => void) => () => void,
   * }} options  keep: puts aside what is not saved yet; after: a timer, returns what stops it
   */
  constructor(options) {
    this.options = options;
    options.document.listen(() => this.#edited());
  }

  /** Take over what the page says. @param {{ revision: number, lists: Record<string, Item[]> }} page */
  take({ revision, lists }) {
    const { document } = this.options;
    if (this.#sending) {
      this.#waiting = { revision, lists };
      return;
    }
    if (revision <= document.revision) return;
    if (document.unsaved().length === 0 && !document.busy) document.load(revision, lists);
    else this.#meet(revision, lists);
    this.#show();
  }

  /**
   * Go on with what a tab had not saved when it was loaded again.
   *
   * @param {Kept} kept
   * @param {{ revision: number, lists: Record<string, Item[]> }} page
   */
  restore(kept, { revision, lists }) {
    const { document } = this.options;
    /** @type {Map<string, readonly Item[]>} */
    const base = new Map(Object.entries(lists));
    for (const change of kept.base) base.set(change.list, placed(base.get(change.list) ?? [], change));
    document.load(kept.revision, /** @type {Record<string, Item[]>} */ (Object.fromEntries(base)));
    document.change("Go on", kept.changes);
    if (revision !== kept.revision) this.#meet(revision, lists);
    this.#show();
  }

  /** Say how things stand. */
  refresh() {
    this.#show();
  }

  /** Save at once, not when the hands rest. */
  flush() {
    this.#stopTimer();
    void this.#save();
  }

  /** Try again: there may be a new token, or a server again. */
  retry() {
    if (this.state.kind !== "failed" && this.state.kind !== "unsaved") return;
    this.#refused = "";
    this.flush();
  }

  /**
   * Decide between two versions.
   *
   * @param {import("./edits.js").Change[]} changes  what differs from one's own version
   */
  resolve(changes) {
    this.meeting = null;
    this.options.document.change("Merge", changes);
    this.flush();
    this.#show();
  }

  #edited() {
    this.#refused = "";
    this.#retries = 0;
    this.#show();
    const { document, after } = this.options;
    this.#stopTimer();
    if (document.busy || this.meeting || document.unsaved().length === 0) return;
    this.#stopTimer = after(SETTLED_AFTER_MS, () => this.#save());
  }

  async #save() {
    const { document, send } = this.options;
    const changes = document.unsaved();
    if (this.#sending || this.meeting || document.busy || !document.editable || changes.length === 0) return;
    this.#sending = true;
    this.#show();
    const answer = await send({ based_on: document.revision, changes });
    this.#sending = false;
    if (answer.kind === "saved") {
      this.#retries = 0;
      document.saved(answer.revision, changes, answer.items);
    } else if (answer.kind === "stale") this.#meet(answer.revision, answer.lists);
    else if (answer.kind === "refused") this.#refused = answer.why;
    else {
      const expired = answer.kind === "expired";
      this.#refused = expired ? "The page is being renewed" : "The case library does not answer";
      // A page that is asked to renew itself before it is connected again does not hear it.
      const wait_ms = expired ? RENEWED_AFTER_MS : RETRY_MS[Math.min(this.#retries, RETRY_MS.length - 1)];
      this.#retries += 1;
      this.#stopTimer();
      this.#stopTimer = this.options.after(wait_ms, () => this.#save());
    }
    const page = this.#waiting;
    this.#waiting = null;
    if (page) this.take(page);
    this.#show();
    const again = answer.kind === "saved" || answer.kind === "stale";
    if (again && !this.meeting && document.unsaved().length > 0) this.#edited();
  }

  /** @param {number} revision @param {Record<string, Item[]>} lists */
  #meet(revision, lists) {
    const meeting = this.options.document.meet(revision, lists);
    // Where the other one changed nothing that is edited here, there is nothing to ask.
    this.meeting = meeting.theirs.length > 0 && meeting.mine.length > 0 ? meeting : null;
  }

  #show() {
    const { document, changed, keep } = this.options;
    const changes = document.unsaved();
    keep(changes.length > 0 ? { revision: document.revision, changes, base: document.baseOf(changes) } : null);
    /** @type {SaveState} */
    let state = { kind: "saved" };
    if (!document.editable) state = { kind: "shown" };
    else if (this.meeting) state = { kind: "conflict" };
    else if (this.#sending) state = { kind: "saving" };
    else if (this.#refused && changes.length > 0) state = { kind: "failed", why: this.#refused };
    else if (changes.length > 0) state = { kind: "unsaved" };
    if (state.kind === this.state.kind && state.why === this.state.why) return;
    this.state = state;
    changed(state);
  }
}
