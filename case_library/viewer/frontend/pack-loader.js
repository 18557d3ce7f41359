/**
 * Brings the compressed frames of one clip: the index, then its segments, the wanted one first and outwards.
 *
 * A segment is read as it streams in, so its first frame can be painted before the rest has arrived. All frames stay,
 * compressed, until `forget()`.
 *
 * @typedef {import("./types.js").PackIndex} PackIndex
 * @typedef {object} PackEvents
 * @property {(frameIndex: number) => void} frame      the bytes of a frame are here
 * @property {(done: number, total: number) => void} building  the server is still making the pack
 * @property {() => void} waiting                      no answer; it is asked again
 * @property {() => void} index                        the list of frames is here
 * @property {(error: Error) => void} failed
 * @property {() => void} ready                        every byte is here
 */
import { UnreachableError, ask, pause, readJson, withRetry } from "./http.js";
import { PackError, SegmentReader, parseIndex, segmentOf, segmentsNearest } from "./pack.js";

const POLL_MS = 250;
/** Two keep a slow line full; one more may jump the queue for the frame under the hand. */
const IN_FLIGHT = 2;

export class PackLoader {
  /** @type {PackIndex | null} */
  index = null;
  /** Bytes held. */
  size = 0;
  #focus = 0;
  #everything = false;
  #started = false;
  #firstSeen = false;
  /** @type {Set<number>} */
  #inFlight = new Set();
  /** @type {Set<number>} */
  #loaded = new Set();
  /** @type {(Blob | undefined)[]} */
  #blobs = [];
  #abort = new AbortController();

  /**
   * @param {{
   *   url: string,
   *   frameCount: number,
   *   token: () => string,
   *   known: () => PackIndex | null,
   *   events: PackEvents,
   * }} options  known: the index, where the page has brought it
   */
  constructor({ url, frameCount, token, known, events }) {
    this.url = url;
    this.frameCount = frameCount;
    this.token = token;
    this.known = known;
    this.events = events;
  }

  /**
   * Begin, or go on after a failure.
   *
   * @param {{ everything: boolean }} how much: all of the clip, or only the segment of the wanted frame
   */
  start({ everything }) {
    this.#everything ||= everything;
    if (!this.#started) {
      this.#started = true;
      void this.#run();
    } else if (this.index) this.#pump();
  }

  /** @param {number} frameIndex  the frame that is wanted now */
  focus(frameIndex) {
    this.#focus = frameIndex;
    if (this.#started && this.index) this.#pump();
  }

  /**
   * @param {number} frameIndex
   * @returns {Blob | undefined}
   */
  blob(frameIndex) {
    return this.#blobs[frameIndex];
  }

  get complete() {
    return this.index !== null && this.#loaded.size === this.index.segments.length;
  }

  /** Drop what is held; a later `start()` brings it again, mostly from the browser's own cache. */
  forget() {
    this.stop();
    this.#abort = new AbortController();
    this.index = null;
    this.#blobs = [];
    this.#loaded.clear();
    this.#everything = false;
    this.#firstSeen = false;
    this.size = 0;
  }

  /** Whether it was told to stop for good. */
  get stopped() {
    return this.#abort.signal.aborted;
  }

  stop() {
    this.#abort.abort();
    this.#inFlight.clear();
    this.#started = false;
  }

  async #run() {
    const { signal } = this.#abort;
    try {
      const known = this.known();
      this.index = known ? parseIndex(known, this.frameCount) : await this.#fetchIndex(signal);
      this.events.index();
      this.#pump();
    } catch (error) {
      this.#fail(error, signal);
    }
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<PackIndex>}
   */
  async #fetchIndex(signal) {
    for (;;) {
      const response = await withRetry(
        () => ask(`${this.url}index`, { token: this.token(), signal, priority: "high" }),
        signal,
        this.events.waiting,
      );
      const body = await readJson(response);
      if (response.status === 200) return parseIndex(body, this.frameCount);
      const { done, total } = /** @type {{ done?: number, total?: number }} */ (body);
      this.events.building(done ?? 0, total ?? this.frameCount);
      await pause(POLL_MS, signal);
    }
  }

  #pump() {
    const { index } = this;
    if (!index || this.#abort.signal.aborted) return;
    const wanted = segmentOf(index, this.#focus);
    const candidates = this.#everything ? segmentsNearest(index, this.#focus) : [wanted];
    const missing = candidates.filter((segment) => !this.#loaded.has(segment) && !this.#inFlight.has(segment));
    for (const segment of missing) {
      // Until the first frame is here, nothing else shares the line with it.
      const allowed = (this.#firstSeen ? IN_FLIGHT : 1) + (segment === wanted && this.#firstSeen ? 1 : 0);
      if (this.#inFlight.size >= allowed) break;
      void this.#load(segment, segment === wanted);
    }
  }

  /**
   * @param {number} segment
   * @param {boolean} urgent
   */
  async #load(segment, urgent) {
    const { signal } = this.#abort;
    this.#inFlight.add(segment);
    try {
      await withRetry(() => this.#stream(segment, urgent, signal), signal, this.events.waiting);
      if (signal.aborted) return;
      this.#inFlight.delete(segment);
      this.#loaded.add(segment);
      this.#firstSeen = true;
      if (this.complete) this.events.ready();
      else this.#pump();
    } catch (error) {
      this.#fail(error, signal);
    }
  }

  /**
   * @param {number} segment
   * @param {boolean} urgent
   * @param {AbortSignal} signal
   */
  async #stream(segment, urgent, signal) {
    const { segments, media_type } = /** @type {PackIndex} */ (this.index);
    const priority = urgent ? "high" : "low";
    const response = await ask(`${this.url}segments/${segment}`, { token: this.token(), signal, priority });
    if (!response.body) throw new UnreachableError();
    const reader = new SegmentReader(segments[segment]);
    const stream = response.body.getReader();
    for (;;) {
      const { done, value } = await stream.read().catch((error) => {
        throw signal.aborted ? error : new UnreachableError();
      });
      if (done) break;
      for (const { frameIndex, bytes } of reader.push(value)) {
        if (this.#blobs[frameIndex] || bytes.length === 0) continue;
        // A Blob lives outside the JavaScript heap, and the segment's buffer can go.
        this.#blobs[frameIndex] = new Blob([bytes], { type: media_type });
        this.size += bytes.length;
        this.events.frame(frameIndex);
      }
      if (!this.#firstSeen && this.#blobs[this.#focus]) {
        this.#firstSeen = true;
        this.#pump();
      }
    }
    try {
      reader.finish();
    } catch (error) {
      // The line was cut where the server announced more.
      throw error instanceof PackError ? new UnreachableError() : error;
    }
  }

  /**
   * @param {unknown} error
   * @param {AbortSignal} signal
   */
  #fail(error, signal) {
    if (signal.aborted) return;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#inFlight.clear();
    this.#started = false;
    this.events.failed(error instanceof Error ? error : new UnreachableError());
  }
}
