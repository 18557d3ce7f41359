/**
 * The editable items of the open case, as the server has them and as this person has changed them.
 *
 * Items are plain JSON as in `case.json` and are never changed in place. What has to be saved is the difference between
 * the two sides, so there is no journal that could fall behind.
 *
 * @typedef {{ item_id: string, [field: string]: any }} Item
 * @typedef {{ list: string, item_id: string, item: Item | null, index?: number }} Change  null removes
 * @typedef {{ label: string, before: Change[], after: Change[] }} Step  what undo and redo put in place
 * @typedef {{ list: string, item_id: string, base: Item | null, mine: Item | null, theirs: Item | null }} Conflict
 * @typedef {{ conflicts: Conflict[], theirs: Change[], mine: Change[] }} Meeting  what two people did to one case
 */

const MOST_STEPS = 200;
/** The server adds these; they make no other item of one. */
const ADDED_BY_SERVER = new Set(["sop_instance_uid", "stored_sha256"]);

export class CaseDocument {
  revision = 0;
  editable = false;
  /** As the server has them at `revision`. @type {Map<string, readonly Item[]>} */
  #base = new Map();
  /** @type {Map<string, readonly Item[]>} */
  #lists = new Map();
  /** @type {Step[]} */
  #undo = [];
  /** @type {Step[]} */
  #redo = [];
  /** The gesture that is going on. @type {{ label: string, before: Change[] } | null} */
  #gesture = null;
  /** @type {Set<(lists: Set<string>) => void>} */
  #listeners = new Set();

  // Reading -----------------------------------------------------------------------------------------------------

  /** @param {string} list @returns {readonly Item[]} */
  items(list) {
    return this.#lists.get(list) ?? [];
  }

  /** @param {string} list @param {string | undefined} itemId @returns {Item | undefined} */
  get(list, itemId) {
    return this.items(list).find((item) => item.item_id === itemId);
  }

  /** @returns {string[]} names of all lists */
  get names() {
    return [...this.#lists.keys()];
  }

  /** @param {(lists: Set<string>) => void} listener @returns {() => void} stops it */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a gesture is going on: nothing is saved in the middle of one. */
  get busy() {
    return this.#gesture !== null;
  }

  // Changing ----------------------------------------------------------------------------------------------------

  /**
   * One step, to be undone as one. Letters that are typed one after the other are one step too.
   *
   * @param {string} label  what was done, in words: `Move the phase`
   * @param {Change[]} changes
   * @param {{ typing?: boolean }} [how]
   */
  change(label, changes, { typing = false } = {}) {
    if (!this.editable || changes.length === 0) return;
    const before = this.#apply(changes);
    if (this.#gesture) this.#gesture.before = firstOfEach([...this.#gesture.before, ...before]);
    else if (typing && this.#continues(label, changes)) /** @type {Step} */ (this.#undo.at(-1)).after = changes;
    else this.#remember({ label, before, after: changes });
    this.#tell(changes);
  }

  /** @param {string} list @param {Item} item @param {string} label @param {{ typing?: boolean }} [how] */
  put(list, item, label, how) {
    this.change(label, [{ list, item_id: item.item_id, item }], how);
  }

  /** @param {string} list @param {string} itemId @param {string} label */
  remove(list, itemId, label) {
    this.change(label, [{ list, item_id: itemId, item: null }]);
  }

  /** Begin a gesture: what changes until its end is one step. @param {string} label */
  begin(label) {
    if (this.#gesture) this.end();
    this.#gesture = { label, before: [] };
  }

  end() {
    const gesture = this.#gesture;
    this.#gesture = null;
    if (!gesture) return;
    const after = gesture.before.map(({ list, item_id }) => this.#asIs(list, item_id));
    if (gesture.before.length > 0) this.#remember({ label: gesture.label, before: gesture.before, after });
    this.#tell(gesture.before);
  }

  /** Take back what the gesture has done so far. */
  cancel() {
    const gesture = this.#gesture;
    this.#gesture = null;
    if (!gesture) return;
    this.#apply(gesture.before);
    this.#tell(gesture.before);
  }

  get undoLabel() {
    return this.#undo.at(-1)?.label ?? null;
  }

  get redoLabel() {
    return this.#redo.at(-1)?.label ?? null;
  }

  undo() {
    if (this.#gesture) return this.cancel();
    const step = this.#undo.pop();
    if (!step) return;
    this.#redo.push(step);
    this.#apply(step.before);
    this.#tell(step.before);
  }

  redo() {
    const step = this.#redo.pop();
    if (!step) return;
    this.#undo.push(step);
    this.#apply(step.after);
    this.#tell(step.after);
  }

  // Saving ------------------------------------------------------------------------------------------------------

  /** What the server does not have yet. @returns {Change[]} */
  unsaved() {
    return [...this.#lists].flatMap(([list, items]) => difference(list, this.#base.get(list) ?? [], items));
  }

  /** @param {Change[]} changes @returns {Change[]} what the server has in their place */
  baseOf(changes) {
    return changes.map(({ list, item_id }) => {
      const item = this.#base.get(list)?.find((other) => other.item_id === item_id) ?? null;
      return { list, item_id, item };
    });
  }

  /**
   * The server has taken these changes.
   *
   * @param {number} revision
   * @param {Change[]} sent
   * @param {Record<string, Record<string, Item>>} saved  by list and item: as the server has them now
   */
  saved(revision, sent, saved) {
    this.revision = revision;
    const touched = new Set();
    for (const { list, item_id, item, index } of sent) {
      const stored = item && (saved[list]?.[item_id] ?? item);
      const change = { list, item_id, item: stored, index };
      this.#base.set(list, placed(this.#base.get(list) ?? [], change));
      // What was changed again meanwhile stays as it is.
      if ((this.get(list, item_id) ?? null) !== item || !item) continue;
      this.#lists.set(list, placed(this.items(list), change));
      touched.add(list);
    }
    if (touched.size > 0) this.#emit(touched);
  }

  /**
   * Take over what the server has, where nothing of one's own waits to be saved.
   *
   * @param {number} revision
   * @param {Record<string, Item[]>} lists
   */
  load(revision, lists) {
    this.revision = revision;
    const names = new Set([...this.#lists.keys(), ...Object.keys(lists)]);
    this.#base = new Map(Object.entries(lists));
    this.#lists = new Map(this.#base);
    this.#emit(names);
  }

  /**
   * Somebody else has changed the case: their version becomes the base, one's own changes stay on top of it.
   *
   * @param {number} revision
   * @param {Record<string, Item[]>} lists
   * @returns {Meeting}
   */
  meet(revision, lists) {
    const mine = this.unsaved();
    const meeting = compare(this.#base, new Map(Object.entries(lists)), mine);
    const both = new Set(meeting.conflicts.map(({ list, item_id }) => `${list}\n${item_id}`));
    this.load(revision, lists);
    const kept = mine.filter((change) => {
      const theirs = this.get(change.list, change.item_id) ?? null;
      return both.has(`${change.list}\n${change.item_id}`) || !alike(change.item, theirs);
    });
    this.#apply(kept);
    this.#tell(kept);
    return meeting;
  }

  // Parts -------------------------------------------------------------------------------------------------------

  /** @param {Change[]} changes @returns {Change[]} what takes them back, in the order to be applied */
  #apply(changes) {
    const before = [];
    for (const change of changes) {
      before.unshift(this.#asIs(change.list, change.item_id));
      this.#lists.set(change.list, placed(this.items(change.list), change));
    }
    return before;
  }

  /** @param {string} list @param {string} itemId @returns {Change} that leaves the item as it is now */
  #asIs(list, itemId) {
    const items = this.items(list);
    const index = items.findIndex((item) => item.item_id === itemId);
    return { list, item_id: itemId, item: items[index] ?? null, ...(index >= 0 ? { index } : {}) };
  }

  /** @param {string} label @param {Change[]} changes */
  #continues(label, changes) {
    const last = this.#undo.at(-1);
    const same = last?.label === label && last.after.length === 1 && changes.length === 1;
    return same && last.after[0].item_id === changes[0].item_id;
  }

  /** @param {Step} step */
  #remember(step) {
    this.#undo = [...this.#undo, step].slice(-MOST_STEPS);
    this.#redo = [];
  }

  /** @param {Change[]} changes */
  #tell(changes) {
    this.#emit(new Set(changes.map(({ list }) => list)));
  }

  /** @param {Set<string>} lists */
  #emit(lists) {
    for (const listener of [...this.#listeners]) listener(lists);
  }
}

/**
 * @param {string} prefix  what it is: `phase`
 * @returns {string} an identity that no item has had before
 */
export function newItemId(prefix) {
  const random = crypto.getRandomValues(new Uint8Array(10));
  return `${prefix}-${Array.from(random, (byte) => (byte % 36).toString(36)).join("")}`;
}

/** @param {number} frameIndex @returns {{ frame_number: number }} a frame; the server adds by what it is recognised */
export function frameAt(frameIndex) {
  return { frame_number: frameIndex + 1 };
}

/**
 * @param {readonly Item[]} items
 * @param {{ item_id: string, item: Item | null, index?: number }} change
 * @returns {readonly Item[]} with the item put in, exchanged or taken out
 */
export function placed(items, { item_id, item, index }) {
  const at = items.findIndex((old) => old.item_id === item_id);
  if (at >= 0) return item ? items.with(at, item) : items.toSpliced(at, 1);
  return item ? items.toSpliced(index ?? items.length, 0, item) : items;
}

/**
 * @param {string} list
 * @param {readonly Item[]} before
 * @param {readonly Item[]} after
 * @returns {Change[]}
 */
function difference(list, before, after) {
  if (before === after) return [];
  const old = new Map(before.map((item) => [item.item_id, item]));
  /** @type {Change[]} */
  const changes = [];
  after.forEach((item, index) => {
    if (old.get(item.item_id) !== item) changes.push({ list, item_id: item.item_id, item, index });
    old.delete(item.item_id);
  });
  for (const item_id of old.keys()) changes.push({ list, item_id, item: null });
  return changes;
}

/**
 * @param {Map<string, readonly Item[]>} base
 * @param {Map<string, readonly Item[]>} theirs
 * @param {Change[]} mine
 * @returns {Meeting}
 */
export function compare(base, theirs, mine) {
  const find = (/** @type {Map<string, readonly Item[]>} */ side, /** @type {Change} */ { list, item_id }) =>
    side.get(list)?.find((item) => item.item_id === item_id) ?? null;
  const names = new Set([...base.keys(), ...theirs.keys()]);
  const changed = [...names].flatMap((list) =>
    difference(list, base.get(list) ?? [], theirs.get(list) ?? []).filter(
      (change) => !alike(find(base, change), change.item),
    ),
  );
  const conflicts = [];
  for (const change of mine) {
    const other = changed.find(({ list, item_id }) => list === change.list && item_id === change.item_id);
    if (!other || alike(other.item, change.item)) continue;
    const { list, item_id } = change;
    conflicts.push({ list, item_id, base: find(base, change), mine: change.item, theirs: other.item });
  }
  // What both did alike is nobody's any more: a save of one's own whose answer was lost looks like this.
  const alone = (/** @type {Change} */ { list, item_id, item }, /** @type {Change[]} */ others) =>
    !others.some((other) => other.list === list && other.item_id === item_id && alike(other.item, item));
  return {
    conflicts,
    theirs: changed.filter((change) => alone(change, mine)),
    mine: mine.filter((change) => alone(change, changed)),
  };
}

/**
 * Whether two versions of an item say the same; what the server adds, and what is empty, says nothing.
 *
 * @param {unknown} a
 * @param {unknown} b
 */
export function alike(a, b) {
  return a === b || canonical(a) === canonical(b);
}

/** @param {unknown} value @returns {string} */
function canonical(value) {
  return (
    JSON.stringify(value, (key, part) => {
      if (ADDED_BY_SERVER.has(key) || part === null || part === "" || part === false) return undefined;
      if (Array.isArray(part)) return part.length > 0 ? part : undefined;
      if (typeof part !== "object") return part;
      const kept = Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1));
      return Object.fromEntries(kept);
    }) ?? "null"
  );
}

/** @param {Change[]} changes @returns {Change[]} of each item the first one */
function firstOfEach(changes) {
  /** @type {Map<string, Change>} */
  const first = new Map();
  for (const change of changes) {
    const key = `${change.list}\n${change.item_id}`;
    if (!first.has(key)) first.set(key, change);
  }
  return [...first.values()];
}
