/**
 * All clips of the open case, sharing one limit for decoded frames and one for compressed ones.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 */
import { ClipSession } from "./clip-session.js";

/** Compressed frames of clips that are not on screen go beyond this; the browser's own cache still has them. */
const COMPRESSED_LIMIT_BYTES = 384 * 2 ** 20;

/**
 * @typedef {object} SessionEvents
 * @property {(session: ClipSession, frameIndex: number) => void} decoded
 * @property {(session: ClipSession) => void} loaded      more bytes are here
 * @property {(session: ClipSession, words: string) => void} waiting  something takes its time
 * @property {(session: ClipSession, error: Error) => void} failed
 */

export class ClipSessions {
  /** In the order of the case. @type {Map<string, ClipSession>} */
  #sessions = new Map();

  /**
   * @param {import("./decoded-frames.js").DecodedFrames} decoded
   * @param {SessionEvents} events
   */
  constructor(decoded, events) {
    this.decoded = decoded;
    this.events = events;
  }

  /** @param {string} clipId */
  get(clipId) {
    return this.#sessions.get(clipId);
  }

  /**
   * Take over what the page says; a clip whose bytes are the same keeps its frames.
   *
   * @param {ClipMessage[]} clips
   * @returns {{ session: ClipSession, renewed: boolean, reworded: boolean }[]} the clips that stayed: whether they have
   *   a new token, and whether anything is said differently about them
   */
  update(clips) {
    const before = this.#sessions;
    this.#sessions = new Map();
    const stayed = [];
    for (const clip of clips) {
      const known = before.get(clip.clip_id);
      if (known?.clip.url !== clip.url || !known) {
        this.#sessions.set(clip.clip_id, new ClipSession(clip, this.decoded, (session) => this.#storeEvents(session)));
        continue;
      }
      before.delete(clip.clip_id);
      this.#sessions.set(clip.clip_id, known);
      const wording = (/** @type {ClipMessage} */ message) => JSON.stringify({ ...message, token: "", pack: null });
      stayed.push({
        session: known,
        renewed: known.clip.token !== clip.token,
        reworded: wording(known.clip) !== wording(clip),
      });
      known.refresh(clip);
    }
    for (const session of before.values()) session.store.destroy();
    return stayed;
  }

  /** @param {ClipSession} session @param {number} by @returns {ClipSession | undefined} its neighbour in the case */
  beside(session, by) {
    const all = [...this.#sessions.values()];
    return all[all.indexOf(session) + by];
  }

  destroy() {
    for (const { store } of this.#sessions.values()) store.destroy();
  }

  /** @param {ClipSession} session @returns {import("./frame-store.js").StoreEvents} */
  #storeEvents(session) {
    return {
      decoded: (frameIndex) => this.events.decoded(session, frameIndex),
      loaded: () => {
        if (session.store.loader.index) session.exactOnly = false;
        this.events.loaded(session);
        if (session.store.active && session.store.loader.complete) this.#warmNeighbours(session);
      },
      building: (done, total) => {
        session.exactOnly = true;
        this.events.waiting(session, `Preparing this clip for scrubbing: ${done} of ${total} frames`);
      },
      waiting: () => this.events.waiting(session, "The case library does not answer. Trying again…"),
      failed: (error) => this.events.failed(session, error),
    };
  }

  /** The clips beside this one shall open at once, and what lies far from it makes room. @param {ClipSession} session */
  #warmNeighbours(session) {
    for (const by of [1, -1]) this.beside(session, by)?.store.warm();
    const all = [...this.#sessions.values()];
    const away = (/** @type {ClipSession} */ other) => Math.abs(all.indexOf(other) - all.indexOf(session));
    let held = all.reduce((sum, { store }) => sum + store.loader.size, 0);
    for (const other of all.toSorted((a, b) => away(b) - away(a))) {
      if (held <= COMPRESSED_LIMIT_BYTES || other === session) break;
      held -= other.store.loader.size;
      other.store.forgetBytes();
    }
  }
}
