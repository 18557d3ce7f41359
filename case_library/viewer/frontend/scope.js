/**
 * One owner of everything that must end: listeners, timers, observers, requests.
 *
 * A component is mounted often; leaving is one `dispose()`.
 */
export class Scope {
  /** @type {Set<() => void>} */
  #ends = new Set();
  #abort = new AbortController();

  /** Aborted when the scope ends: for `fetch`. */
  get signal() {
    return this.#abort.signal;
  }

  get disposed() {
    return this.#abort.signal.aborted;
  }

  /**
   * @param {() => void} end
   * @returns {() => void} ends it now
   */
  add(end) {
    const once = () => {
      if (this.#ends.delete(once)) end();
    };
    this.#ends.add(once);
    return once;
  }

  /**
   * @template {Event} E
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: E) => void} listener
   * @param {AddEventListenerOptions} [options]
   */
  listen(target, type, listener, options) {
    const handler = /** @type {EventListener} */ (listener);
    target.addEventListener(type, handler, options);
    return this.add(() => target.removeEventListener(type, handler, options));
  }

  /**
   * @param {() => void} call
   * @param {number} delay_ms
   * @returns {() => void} cancels it
   */
  after(delay_ms, call) {
    const cancel = this.add(() => clearTimeout(timer));
    const timer = setTimeout(() => {
      cancel();
      call();
    }, delay_ms);
    return cancel;
  }

  /** @returns {Scope} a scope that ends with this one, or before */
  child() {
    const child = new Scope();
    const end = this.add(() => child.dispose());
    child.add(end);
    return child;
  }

  dispose() {
    this.#abort.abort();
    for (const end of [...this.#ends]) end();
  }
}
