/** Asking the routes of the add-case page, and sending them files. */
import { RefusedError, SessionExpiredError, UnreachableError, pause } from "./http.js";

/** The draft is another one by now: it was changed in another window. */
export class StaleError extends Error {}
/** It is gone: removed, or published. */
export class GoneError extends Error {}

const POLL_MS = 150;

/**
 * @typedef {object} TaskMessage
 * @property {"running" | "done" | "refused" | "cancelled"} state
 * @property {number} done
 * @property {number} total
 * @property {Record<string, any>} parts
 * @property {Record<string, any>} result
 * @property {string} reason
 */

export class Api {
  /** @param {string} base  without a slash at its end @param {string} token */
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  get #headers() {
    return { Authorization: `Bearer ${this.token}` };
  }

  /**
   * @param {"GET" | "POST" | "PATCH" | "PUT" | "DELETE"} method
   * @param {string} path
   * @param {object} [body]
   * @param {{ signal?: AbortSignal, keepalive?: boolean }} [options]
   * @returns {Promise<any>}
   */
  async ask(method, path, body, { signal, keepalive } = {}) {
    let response;
    try {
      response = await fetch(this.base + path, {
        method,
        headers: this.#headers,
        body: body && JSON.stringify(body),
        credentials: "same-origin",
        signal,
        keepalive,
      });
    } catch (error) {
      throw signal?.aborted ? error : new UnreachableError();
    }
    return answerOf(response.status, await response.text());
  }

  /**
   * Send a file as it lies on the disk; the browser reads it in pieces.
   *
   * @param {string} path
   * @param {File} file
   * @param {(bytes: number) => void} sent
   * @param {AbortSignal} signal
   * @returns {Promise<any>}
   */
  upload(path, file, sent, signal) {
    // `fetch` does not say how much of a body has been sent.
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      request.upload.onprogress = ({ loaded }) => sent(loaded);
      request.onerror = () => reject(new UnreachableError());
      request.onabort = () => reject(signal.reason);
      request.onload = () => {
        try {
          resolve(answerOf(request.status, request.responseText));
        } catch (error) {
          reject(error);
        }
      };
      request.onloadend = () => signal.removeEventListener("abort", stop);
      request.open("PUT", this.base + path);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      if (signal.aborted) return void reject(signal.reason);
      signal.addEventListener("abort", stop);
      request.send(file);
    });
  }

  /**
   * Follow a task to its end.
   *
   * @param {string} task
   * @param {(message: TaskMessage) => void} told
   * @param {AbortSignal} signal
   * @returns {Promise<TaskMessage>}
   */
  async follow(task, told, signal) {
    for (;;) {
      const message = await this.ask("GET", `/tasks/${task}`, undefined, { signal });
      told(message);
      if (message.state !== "running") return message;
      await pause(POLL_MS, signal);
    }
  }
}

/** @param {number} status @param {string} text */
function answerOf(status, text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new UnreachableError();
  }
  if (status >= 200 && status < 300) return body;
  const reason = typeof body?.error === "string" ? body.error : `The server refused this (status ${status}).`;
  if (status === 403 || status === 401) throw new SessionExpiredError();
  if (status === 409 && "current_revision" in body) throw new StaleError(reason);
  if (status === 404) throw new GoneError(reason);
  throw new RefusedError(reason);
}
