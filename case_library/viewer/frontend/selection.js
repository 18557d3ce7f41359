/** The one item that list, ribbon and image show as chosen. */

/** @typedef {{ list: string, item_id: string } | null} Selected */

export class Selection {
  /** @type {Selected} */
  #selected = null;
  /** @type {Set<(selected: Selected) => void>} */
  #listeners = new Set();

  get() {
    return this.#selected;
  }

  /** @param {Selected} selected */
  set(selected) {
    if (selected?.list === this.#selected?.list && selected?.item_id === this.#selected?.item_id) return;
    this.#selected = selected;
    for (const listener of [...this.#listeners]) listener(selected);
  }

  /** @param {(selected: Selected) => void} listener @returns {() => void} stops it */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
