/**
 * Poster pictures, fetched with their token when they come into sight, a few at a time.
 *
 * An `<img src>` cannot carry the token, and the token must not be in a URL.
 */
import { ask } from "./http.js";

const AT_A_TIME = 4;

/** @typedef {{ url: string, token: string }} PosterAddress */

export class Posters {
  /** @type {Map<Element, PosterAddress>} */
  #addresses = new Map();
  /** @type {HTMLImageElement[]} */
  #queue = [];
  #running = 0;
  #observer;

  /** @param {import("./scope.js").Scope} scope */
  constructor(scope) {
    this.scope = scope;
    this.#observer = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: "200px" });
    scope.add(() => this.#observer.disconnect());
  }

  /**
   * Show a poster in `image` once it is near the window. It stays hidden until then, and where there is none.
   *
   * @param {HTMLImageElement} image
   * @param {PosterAddress} address
   */
  show(image, address) {
    image.hidden = true;
    this.#addresses.set(image, address);
    // A hidden element never comes into sight; the box around it does.
    this.#observer.observe(image.parentElement ?? image);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      this.#observer.unobserve(target);
      for (const image of target.querySelectorAll("img")) if (this.#addresses.has(image)) this.#queue.push(image);
    }
    this.#pump();
  }

  #pump() {
    while (this.#running < AT_A_TIME) {
      const image = this.#queue.shift();
      if (!image) return;
      this.#running += 1;
      void this.#load(image).finally(() => {
        this.#running -= 1;
        this.#pump();
      });
    }
  }

  /** @param {HTMLImageElement} image */
  async #load(image) {
    const address = this.#addresses.get(image);
    if (!address || !image.isConnected || this.scope.disposed) return;
    this.#addresses.delete(image);
    try {
      const response = await ask(address.url, { token: address.token, signal: this.scope.signal, priority: "low" });
      const type = response.headers.get("content-type") ?? "";
      if (response.status !== 200 || !type.startsWith("image/")) return;
      const url = URL.createObjectURL(await response.blob());
      this.scope.add(() => URL.revokeObjectURL(url));
      image.src = url;
      await image.decode();
      image.hidden = false;
    } catch {
      // the quiet tile behind it stays
    }
  }
}
