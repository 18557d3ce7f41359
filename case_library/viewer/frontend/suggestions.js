/**
 * Looking for writing in the clips of a draft, one after the other, while the person goes on. What is found becomes
 * boxes of a clip whose mask nobody has touched.
 *
 * @typedef {import("./types.js").DraftClipMessage} DraftClipMessage
 * @typedef {import("./types.js").MaskRectangle} MaskRectangle
 */

/** What the import knows without looking at the pictures. */
const FROM_HEADER = new Set(["outside_regions", "remembered"]);

export class Suggestions {
  /** The clip that is looked at, and how far. @type {{ clipId: string, share: number } | null} */
  now = null;
  /** Why the last one came to nothing. */
  trouble = "";
  /** @type {Set<string>} */
  #asked = new Set();
  /** @type {string[]} */
  #queue = [];
  #running = false;
  #paused = false;

  /**
   * @param {import("./add-case-api.js").Api} api
   * @param {import("./draft.js").Draft} draft
   * @param {import("./scope.js").Scope} scope
   * @param {() => void} changed
   */
  constructor(api, draft, scope, changed) {
    this.api = api;
    this.draft = draft;
    this.scope = scope;
    this.changed = changed;
  }

  /** The draft is another one: look at what nobody has looked at. */
  update() {
    for (const clip of this.draft.doc?.clips ?? []) if (isUntouched(clip) && !this.#asked.has(clip.url)) this.#put(clip);
  }

  /** Look at this clip again, before all others. @param {DraftClipMessage} clip */
  ask(clip) {
    this.#put(clip, { first: true });
  }

  /** While the draft is being published there is nothing to suggest any more. @param {boolean} paused */
  pause(paused) {
    this.#paused = paused;
    if (!paused) void this.#run();
  }

  /** @param {string} clipId */
  isWaiting(clipId) {
    return this.now?.clipId === clipId || this.#queue.includes(clipId);
  }

  /** @param {DraftClipMessage} clip @param {{ first?: boolean }} [options] */
  #put(clip, { first = false } = {}) {
    this.#asked.add(clip.url);
    if (this.isWaiting(clip.clip_id)) return;
    if (first) this.#queue.unshift(clip.clip_id);
    else this.#queue.push(clip.clip_id);
    void this.#run();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (this.#queue.length > 0 && !this.#paused) {
      const clipId = /** @type {string} */ (this.#queue.shift());
      try {
        await this.#look(clipId);
      } catch (error) {
        if (this.scope.disposed) return;
        this.trouble = error instanceof Error ? error.message : String(error);
      }
      this.now = null;
      this.changed();
    }
    this.#running = false;
  }

  /** @param {string} clipId */
  async #look(clipId) {
    const { slug } = this.draft;
    if (!slug) return;
    this.trouble = "";
    this.now = { clipId, share: 0 };
    this.changed();
    const { signal } = this.scope;
    const { task } = await this.api.ask("POST", `/drafts/${slug}/clips/${clipId}/suggestion`, undefined, { signal });
    const end = await this.api.follow(task, ({ done, total }) => this.#tell(clipId, done / Math.max(1, total)), signal);
    if (end.state === "refused") throw new Error(end.reason);
    const clip = this.draft.doc?.clips.find((other) => other.clip_id === clipId);
    if (end.state !== "done" || !clip || this.draft.slug !== slug) return;
    const { rectangles, note } = end.result;
    const before = clip.mask ?? { rectangles: [], note: "" };
    const after = { rectangles: merged(before.rectangles, rectangles), note };
    if (clip.mask && JSON.stringify(after) === JSON.stringify(before)) return;
    await this.draft.edit("PUT", `/clips/${clipId}/mask`, after);
  }

  /** @param {string} clipId @param {number} share */
  #tell(clipId, share) {
    this.now = { clipId, share };
    this.changed();
  }
}

/** @param {DraftClipMessage} clip */
function isUntouched({ mask, viewed }) {
  return mask === null || (!viewed && mask.note === "" && mask.rectangles.every(({ origin }) => FROM_HEADER.has(origin)));
}

/**
 * What is there stays; suggestions that lie wholly in it add nothing.
 *
 * @param {MaskRectangle[]} own
 * @param {MaskRectangle[]} suggested
 */
export function merged(own, suggested) {
  const inside = (/** @type {MaskRectangle} */ a, /** @type {MaskRectangle} */ b) =>
    a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
  return [...own, ...suggested.filter((rect) => !own.some((other) => inside(rect, other)))];
}
