/**
 * Files on their way: sent, read and cleaned, one batch after the other. Each batch becomes a draft, or is added to it.
 *
 * @typedef {import("./chosen-files.js").Chosen} Chosen
 * @typedef {import("./chosen-files.js").Sequence} Sequence
 * @typedef {import("./scope.js").Scope} Scope
 * @typedef {"waiting" | "sending" | "sent" | "read soon" | "reading" | "read" | "refused"} FileState
 * @typedef {object} Item  a file, or the files of one clip
 * @property {string} name
 * @property {string} note     what a person should know about it
 * @property {number[]} positions
 * @property {number} size     bytes
 * @property {number} sent     bytes
 * @property {FileState} state
 * @property {string} reason
 * @typedef {object} Batch
 * @property {Chosen[]} files
 * @property {Item[]} items
 * @property {AbortController} abort
 * @property {string | null} id
 * @property {string | null} task  of its import
 * @property {boolean} cancelled
 */
import { GoneError } from "./add-case-api.js";

/** An import that runs is found again after a reload of the page; the entry names no file. */
const RUNNING_KEY = "case-library.import";

export class Uploads {
  /** @type {Batch[]} */
  batches = [];
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

  /** @returns {Item[]} */
  get items() {
    return this.batches.flatMap(({ items }) => items);
  }

  /** @param {{ chosen: Chosen[], sequences: Sequence[] }} files */
  add({ chosen, sequences }) {
    if (chosen.length === 0) return;
    const items = itemsOf(chosen, sequences);
    this.batches.push({ files: chosen, items, abort: new AbortController(), id: null, task: null, cancelled: false });
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
    this.batches.push({ files: [], items: [item], abort: new AbortController(), id: batch, task, cancelled: false });
    this.host.changed();
    void this.#run();
  }

  /** Stop everything that is under way; nothing of it stays. */
  async cancel() {
    const batches = this.batches.splice(0);
    this.reading = null;
    for (const batch of batches) {
      batch.cancelled = true;
      batch.abort.abort(new DOMException("cancelled", "AbortError"));
    }
    this.host.changed();
    await Promise.allSettled(batches.map(({ id }) => (id ? this.api.ask("DELETE", `/batches/${id}`) : null)));
  }

  /** @param {Item} item */
  dismiss(item) {
    this.refused = this.refused.filter((other) => other !== item);
    this.host.changed();
  }

  /** The page is left: files that are only half here are no use to anybody; an import that runs goes on. */
  #leave() {
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
        await this.#import(batch);
      } catch (error) {
        const isOver = batch.files.length === 0 && error instanceof GoneError;
        if (!batch.abort.signal.aborted && !isOver) {
          this.host.failed(error);
          const reason = error instanceof Error ? error.message : "it could not be sent";
          for (const item of batch.items) this.#refuse(item, reason);
          if (batch.id) void this.api.ask("DELETE", `/batches/${batch.id}`).catch(() => {});
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
    if (batch.task === null) await this.#send(batch);
    if (batch.task === null) return;
    sessionStorage.setItem(RUNNING_KEY, `${batch.id} ${batch.task}`);
    try {
      const end = await this.api.follow(batch.task, (message) => this.#told(batch, message), batch.abort.signal);
      if (end.state === "cancelled") return;
      if (end.state === "refused") throw new Error(end.reason);
      this.#ended(batch, end.result);
      if (end.result.cases.length > 0) await this.host.imported(end.result.cases);
    } finally {
      // Where the page is left meanwhile, it is found again.
      if (!batch.abort.signal.aborted || batch.cancelled) sessionStorage.removeItem(RUNNING_KEY);
    }
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
    // One is read after the other: those that have begun before the last one are done.
    const begun = items.filter(({ positions }) => positions.some((position) => String(position) in parts));
    const last = Object.keys(parts).map(Number).at(-1);
    for (const item of begun) item.state = last !== undefined && item.positions.includes(last) ? "reading" : "read";
    this.host.changed();
  }

  /** @param {Batch} batch @param {Record<string, any>} result */
  #ended(batch, result) {
    const itemAt = (/** @type {number[]} */ positions) =>
      batch.items.find((item) => item.positions.includes(positions[0])) ?? batch.items[0];
    const named = batch.files.length > 0 ? result.clips : [];
    for (const { positions, case: slug, clip_id } of named) this.names.set(`${slug}/${clip_id}`, itemAt(positions).name);
    for (const { positions, reason } of result.refused) this.#refuse(itemAt(positions), reason);
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
