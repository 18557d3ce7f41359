/**
 * What changes in each clip, fetched once when its frames are here; it may wait, for nobody needs it to scrub.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 * @typedef {object} Motion
 * @property {(number | null)[]} change        mean grey levels to the frame before
 * @property {(number | null)[]} dark_percent
 * @property {number[]} repeated               frame numbers
 * @property {[number, number][]} frozen
 * @property {number[]} cuts
 * @property {{ frame_number: number, gain_percent: number } | null} opening
 * @typedef {{ frame_count: number, motion: Motion, stored_sha256: string[] }} ClipDynamics
 */
import { ask, pause, readJson, withRetry } from "./http.js";

const POLL_MS = 600;
/** The frames themselves come first. */
const ASKED_AFTER_MS = 1200;

export class Dynamics {
  /** By the address of the clip. @type {Map<string, ClipDynamics>} */
  #known = new Map();
  /** @type {Set<string>} */
  #asked = new Set();
  /** @type {Set<(session: ClipSession) => void>} */
  #listeners = new Set();

  /** @param {import("./scope.js").Scope} scope */
  constructor(scope) {
    this.scope = scope;
  }

  /** @param {ClipSession} session @returns {ClipDynamics | undefined} */
  of(session) {
    return this.#known.get(session.clip.url);
  }

  /** @param {(session: ClipSession) => void} listener  told when there is something new about a clip */
  listen(listener) {
    this.#listeners.add(listener);
  }

  /** @param {ClipSession} session */
  want(session) {
    const { url, frame_count } = session.clip;
    if (this.#asked.has(url) || frame_count < 2) return;
    this.#asked.add(url);
    this.scope.after(ASKED_AFTER_MS, () => void this.#fetch(session));
  }

  /** @param {ClipSession} session */
  async #fetch(session) {
    const { signal } = this.scope;
    const { url } = session.clip;
    try {
      for (;;) {
        const request = () => ask(`${url}dynamics`, { token: session.clip.token, signal, priority: "low" });
        const response = await withRetry(request, signal);
        const body = await readJson(response);
        if (response.status === 200) {
          this.#known.set(url, /** @type {ClipDynamics} */ (body));
          for (const listener of this.#listeners) listener(session);
          return;
        }
        await pause(POLL_MS, signal);
      }
    } catch {
      // The clip scrubs without it; asked again when it is opened again.
      this.#asked.delete(url);
    }
  }
}
