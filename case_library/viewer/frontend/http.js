/** Asking our own server, with the clip's token in a header, and its refusals in the user's words. */

/** The token is wrong or too old: nothing but a reload helps. */
export class SessionExpiredError extends Error {
  constructor() {
    super("Your session has expired. Reload the page to go on.");
  }
}

/** An answer that will be the same however often it is asked. */
export class RefusedError extends Error {}

/** No answer, or one that may be better next time. */
export class UnreachableError extends Error {
  constructor() {
    super("The case library does not answer. Is it still running?");
  }
}

const RETRY_DELAYS_MS = [300, 1000, 2000, 4000];

/**
 * @param {string} url
 * @param {{ token: string, signal: AbortSignal, priority?: RequestPriority }} options
 * @returns {Promise<Response>} of status 200 or 202
 */
export async function ask(url, { token, signal, priority = "auto" }) {
  const headers = { Authorization: `Bearer ${token}` };
  let response;
  try {
    response = await fetch(url, { headers, signal, priority, credentials: "same-origin" });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new UnreachableError();
  }
  if (response.status === 200 || response.status === 202) return response;
  if (response.status === 403 || response.status === 401) throw new SessionExpiredError();
  if (response.status === 404) throw new RefusedError("This clip is no longer in the library.");
  if (response.status >= 500 || response.status === 429) throw new UnreachableError();
  throw new RefusedError(await statedReason(response));
}

/**
 * Change something; never asked twice by itself.
 *
 * @param {string} url
 * @param {string} token
 * @param {object} body
 * @returns {Promise<any>} rejected with the server's reason
 */
export async function change(url, token, body) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
  } catch {
    throw new UnreachableError();
  }
  if (response.ok) return response.json();
  if (response.status === 401) throw new SessionExpiredError();
  throw new RefusedError(await statedReason(response));
}

/**
 * @param {Response} response
 * @returns {Promise<unknown>}
 */
export async function readJson(response) {
  // An unknown path of the host answers 200 with its start page.
  if (!response.headers.get("content-type")?.startsWith("application/json")) {
    throw new RefusedError("The server does not know this clip.");
  }
  return response.json();
}

/** @param {Response} response */
async function statedReason(response) {
  try {
    const { error } = await response.json();
    if (typeof error === "string" && error) return error;
  } catch {
    // no reason given
  }
  return `The server refused this clip (status ${response.status}).`;
}

/**
 * Do something again while the server is out of reach, at growing intervals.
 *
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {AbortSignal} signal
 * @param {() => void} [waiting]  told before each pause
 * @returns {Promise<T>}
 */
export async function withRetry(attempt, signal, waiting) {
  for (const delay_ms of RETRY_DELAYS_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
    }
    waiting?.();
    await pause(delay_ms, signal);
  }
  return attempt();
}

/**
 * @param {number} delay_ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>} rejected where the signal aborts first
 */
export function pause(delay_ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, delay_ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
