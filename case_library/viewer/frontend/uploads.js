/**
 * Files on their way: sent, read and cleaned, one batch after the other. Each batch becomes a draft, or is added to it.
 *
 * @typedef {import("./chosen-files.js").Chosen} Chosen
 * @typedef {import("./chosen-files.js").Sequence} Sequence
 * @typedef {import("./scope.js").Scope} Scope
 * @typedef {"waiting" | "sending" | "sent" | "read soon" | "reading" | "read" | "looking" | "looked at" | "refused"} FileState
 * @typedef {object} Item  a file, or the files of one clip
 * @property {string} name
 * @property {string} note     what a person should know about it
 * @property {number[]} positions
 * @property {number} size     bytes
 * @property {number} sent     bytes
 * @property {FileState} state
 * @property {string} reason
 * @typedef {object} Offer   what a video or an animation would be; sizes as predicted
 * @property {number} frame_count
 * @property {number | null} duration_s      null: it says no times
 * @property {number | null} lossless_bytes
 * @property {number | null} compact_bytes
 * @typedef {object} Choice  the part, each end open where it is null or missing
 * @property {number | null} [from_s]
 * @property {number | null} [to_s]
 * @property {number | null} [from_frame]
 * @property {number | null} [to_frame]
 * @property {boolean} compact
 * @typedef {object} Asked   a file that is here, and comes in when somebody has chosen how
 * @property {Item} item
 * @property {Offer} offer
 * @property {string} batch
 * @property {number} position
 * @property {string} reason  why the last choice could not be carried out
 * @typedef {object} Batch
 * @property {Chosen[]} files
 * @property {Item[]} items
 * @property {AbortController} abort
 * @property {string | null} id
 * @property {string | null} task  of its import
 * @property {boolean} cancelled
 * @property {{ asked: Asked, choice: Choice } | null} of  the one file that this is the import of
 */
import { GoneError } from "./add-case-api.js";

/** An import that runs is found again after a reload of the page; the entry names no file. */
const RUNNING_KEY = "case-library.import";

export class Uploads {
  /** @type {Batch[]} */
  batches = [];
  /** What waits for a choice. @type {Asked[]} */
  asked = [];
  /** What did not come in. @type {Item[]} */
  refused = [];
  /** How the user calls a clip: `case/clip` -> the name of its file. Kept in this page alone. @type {Map<string, string>} */
  names = new Map();
  /** Progress of the import that runs. @type {{ done: number, total: number } | null} */
  reading = null;
  #running = false;

  /**
   * @param {import("./add-case-api.js").Api} api
   * @param {Scope} scope
   * @param {{
   *   addTo: () => string | null,
   *   changed: () => void,
   *   imported: (slugs: string[]) => Promise<void>,
   *   adding: (end: Promise<unknown>) => void,
   *   failed: (error: unknown) => void,
   * }} host
   */
  constructor(api, scope, host) {
    this.api = api;
    this.host = host;
    scope.add(() => {
      this.#leave();
      for (const { abort } of this.batches) abort.abort(new DOMException("left", "AbortError"));
    });
    scope.listen(window, "pagehide", () => this.#leave());
  }

  get busy() {
    return this.batches.length > 0;
  }

  /** Something is under way, or waits for a choice. */
  get unfinished() {
    return this.busy || this.asked.length > 0;
  }

  /** @returns {Item[]} */
  get items() {
    return this.batches.flatMap(({ items }) => items);
  }

  /** @param {{ chosen: Chosen[], sequences: Sequence[] }} files */
  add({ chosen, sequences }) {
    if (chosen.length === 0) return;
    const items = itemsOf(chosen, sequences);
    this.batches.push({ files: chosen, items, abort: new AbortController(), id: null, task: null, cancelled: false, of: null });
    this.host.changed();
    void this.#run();
  }

  /** Go on with an import that was running when the page was loaded again. */
  resume() {
    const id = sessionStorage.getItem(RUNNING_KEY);
    if (!id || this.busy) return;
    const [batch, task] = id.split(" ");
    const item = newItem("Files that were chosen before", "", [0], 0);
    item.state = "reading";
    this.batches.push({ files: [], items: [item], abort: new AbortController(), id: batch, task, cancelled: false, of: null });
    this.host.changed();
    void this.#run();
  }

  /** Import what was asked about. @param {Asked} asked @param {Choice} choice */
  bring(asked, choice) {
    this.asked = this.asked.filter((other) => other !== asked);
    const { item, batch: id } = asked;
    item.state = "read soon";
    this.batches.push({ files: [], items: [item], abort: new AbortController(), id, task: null, cancelled: false, of: { asked, choice } });
    this.host.changed();
    void this.#run();
  }

  /** @param {Asked} asked */
  async remove(asked) {
    this.asked = this.asked.filter((other) => other !== asked);
    this.host.changed();
    await this.api.ask("DELETE", `/batches/${asked.batch}/files/${asked.position}`).catch(() => {});
  }

  /** Stop everything that is under way; nothing of it stays. What somebody had chosen waits again. */
  async cancel() {
    const batches = this.batches.splice(0);
    this.reading = null;
    for (const batch of batches) {
      batch.cancelled = true;
      if (batch.of) this.asked.push({ ...batch.of.asked, reason: "" });
      batch.abort.abort(new DOMException("cancelled", "AbortError"));
    }
    this.host.changed();
    await Promise.allSettled(batches.map((batch) => this.#stop(batch)));
  }

  /** @param {Batch} batch */
  async #stop({ id, task, of }) {
    if (!of) return id && this.api.ask("DELETE", `/batches/${id}`);
    return task && this.api.ask("DELETE", `/tasks/${task}`);
  }

  /** @param {Item} item */
  dismiss(item) {
    this.refused = this.refused.filter((other) => other !== item);
    this.host.changed();
  }

  /** The page is left: files that are only half here are no use to anybody; an import that runs goes on. */
  #leave() {
    for (const { batch, position } of this.asked) {
      void this.api.ask("DELETE", `/batches/${batch}/files/${position}`, undefined, { keepalive: true }).catch(() => {});
    }
    for (const { id, items } of this.batches) {
      if (id && items.some(({ state }) => state === "waiting" || state === "sending")) {
        void this.api.ask("DELETE", `/batches/${id}`, undefined, { keepalive: true }).catch(() => {});
      }
    }
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    for (let batch = this.batches[0]; batch; batch = this.batches[0]) {
      try {
        const end = this.#import(batch);
        this.host.adding(end);
        await end;
      } catch (error) {
        const isOver = batch.files.length === 0 && error instanceof GoneError;
        if (!batch.abort.signal.aborted && !isOver) {
          this.host.failed(error);
          const reason = error instanceof Error ? error.message : "it could not be sent";
          if (batch.of && !(error instanceof GoneError)) this.asked.push({ ...batch.of.asked, reason });
          else for (const item of batch.items) this.#refuse(item, reason);
          if (batch.id && !batch.of) void this.api.ask("DELETE", `/batches/${batch.id}`).catch(() => {});
        }
      }
      this.reading = null;
      this.batches = this.batches.filter((other) => other !== batch);
      this.host.changed();
    }
    this.#running = false;
  }

  /** @param {Batch} batch */
  async #import(batch) {
    if (batch.task === null) await (batch.of ? this.#choose(batch, batch.of) : this.#send(batch));
    if (batch.task === null) return;
    sessionStorage.setItem(RUNNING_KEY, `${batch.id} ${batch.task}`);
    try {
      const end = await this.api.follow(batch.task, (message) => this.#told(batch, message), batch.abort.signal);
      if (end.state === "cancelled") return;
      if (end.state === "refused") throw new Error(end.reason);
      this.#ended(batch, end);
      if (end.result.cases.length > 0) await this.host.imported(end.result.cases);
    } finally {
      // Where the page is left meanwhile, it is found again.
      if (!batch.abort.signal.aborted || batch.cancelled) sessionStorage.removeItem(RUNNING_KEY);
    }
  }

  /** @param {Batch} batch @param {{ asked: Asked, choice: Choice }} of */
  async #choose(batch, { asked, choice }) {
    const body = { add_to: this.host.addTo(), position: asked.position, ...choice };
    const { task } = await this.api.ask("POST", `/batches/${batch.id}/import`, body);
    // Cancelled before it was known by what name.
    if (batch.cancelled) await this.api.ask("DELETE", `/tasks/${task}`);
    else batch.task = task;
  }

  /** Send all files of a batch and let the import begin. @param {Batch} batch */
  async #send(batch) {
    const { signal } = batch.abort;
    const { batch: id, limit_bytes } = await this.api.ask("POST", "/batches", undefined, { signal });
    batch.id = id;
    if (batch.cancelled) {
      await this.api.ask("DELETE", `/batches/${id}`);
      return;
    }
    for (const item of batch.items) await this.#sendItem(batch, item, limit_bytes);
    const arrived = batch.items.filter(({ state }) => state === "sent");
    if (arrived.length === 0) {
      await this.api.ask("DELETE", `/batches/${id}`);
      return;
    }
    const { task } = await this.api.ask("POST", `/batches/${id}/import`, { add_to: this.host.addTo() }, { signal });
    for (const item of arrived) item.state = "read soon";
    batch.task = task;
  }

  /** @param {Batch} batch @param {Item} item @param {number} limitBytes */
  async #sendItem(batch, item, limitBytes) {
    item.state = "sending";
    let before = 0;
    for (const position of item.positions) {
      const { file, group, place } = batch.files[position];
      if (file.size === 0) return this.#refuse(item, "It is empty: 0 bytes.");
      if (file.size > limitBytes) return this.#refuse(item, `It is larger than ${sizeText(limitBytes)}, the most that is taken.`);
      const path = `/batches/${batch.id}/files/${position}?folder=${group}&place=${place}`;
      const sent = (/** @type {number} */ bytes) => {
        item.sent = before + bytes;
        this.host.changed();
      };
      try {
        await this.api.upload(path, file, sent, batch.abort.signal);
      } catch (error) {
        if (batch.abort.signal.aborted) throw error;
        if (await isGone(file)) return this.#refuse(item, "It cannot be read any more; it was changed, moved or removed.");
        throw error;
      }
      before += file.size;
    }
    item.state = "sent";
    this.host.changed();
  }

  /** @param {Batch} batch @param {import("./add-case-api.js").TaskMessage} message */
  #told({ items }, { done, total, parts }) {
    this.reading = { done, total };
    for (const item of items) {
      const part = item.positions.map((position) => parts[position]).find((known) => known !== undefined);
      if (part !== undefined) item.state = typeof part === "string" ? /** @type {FileState} */ (part) : "looked at";
    }
    this.host.changed();
  }

  /** @param {Batch} batch @param {import("./add-case-api.js").TaskMessage} end */
  #ended(batch, { result, parts }) {
    const itemAt = (/** @type {number[]} */ positions) =>
      batch.items.find((item) => item.positions.includes(positions[0])) ?? batch.items[0];
    const named = batch.files.length > 0 || batch.of ? result.clips : [];
    for (const { positions, case: slug, clip_id } of named) this.names.set(`${slug}/${clip_id}`, itemAt(positions).name);
    if (batch.of && result.clips.length === 0) {
      this.asked.push({ ...batch.of.asked, reason: result.refused[0]?.reason ?? "nothing of it came in" });
      return;
    }
    for (const { positions, reason } of result.refused) this.#refuse(itemAt(positions), reason);
    for (const [key, offer] of Object.entries(parts)) {
      if (typeof offer === "string" || batch.id === null) continue;
      const position = Number(key);
      // After a reload of the page nobody knows what it was called.
      const item = batch.files.length > 0 ? itemAt([position]) : newItem("A video that was chosen before", "", [position], 0);
      const asked = { item, offer, batch: batch.id, position, reason: "" };
      this.asked.push(asked);
      if (offer.frame_count === 1) this.bring(asked, { compact: false }); // there is nothing to choose
    }
  }

  /** @param {Item} item @param {string} reason */
  #refuse(item, reason) {
    item.state = "refused";
    this.refused.push({ ...item, reason });
    this.host.changed();
  }
}

/**
 * @param {Chosen[]} chosen
 * @param {Sequence[]} sequences
 * @returns {Item[]}
 */
export function itemsOf(chosen, sequences) {
  /** @type {Map<number | string, Item>} */
  const items = new Map();
  chosen.forEach(({ file, name, group }, position) => {
    const key = group || `file ${position}`;
    const known = items.get(key);
    if (known) {
      known.positions.push(position);
      known.size += file.size;
      return;
    }
    const sequence = sequences.find((other) => other.group === group);
    items.set(key, newItem(sequence?.name ?? name, sequence ? noteOf(sequence) : "", [position], file.size));
  });
  return [...items.values()];
}

/** @param {string} name @param {string} note @param {number[]} positions @param {number} size @returns {Item} */
function newItem(name, note, positions, size) {
  return { name, note, positions, size, sent: 0, state: "waiting", reason: "" };
}

/** @param {Sequence} sequence */
function noteOf({ count, missing }) {
  const words = `${count} pictures as one clip`;
  if (missing.length === 0) return words;
  return `${words}; ${missing.length === 1 ? "number" : "numbers"} ${missing.join(", ")} missing in between`;
}

/** @param {number} bytes @returns {string} `17.2 MB` */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Whether a file that was chosen can no longer be read. @param {File} file */
async function isGone(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return false;
  } catch {
    return true;
  }
}
