/** Sends what was changed in a case to our own server, and understands its answer. */
import { readJson } from "./http.js";

/**
 * @typedef {import("./autosave.js").SaveAnswer} SaveAnswer
 * @typedef {import("./edits.js").Change} Change
 */

/** What a browser still sends while its page is closed; the standard allows 64 KiB. */
const KEEPALIVE_LIMIT = 60_000;

/**
 * @param {string} url
 * @param {string} token
 * @param {{ based_on: number, changes: Change[] }} body
 * @returns {Promise<SaveAnswer>}
 */
export async function sendEdit(url, token, body) {
  const text = JSON.stringify(body);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, {
      method: "PATCH",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: text,
      credentials: "same-origin",
      keepalive: text.length < KEEPALIVE_LIMIT,
    });
    if (response.status === 403) return { kind: "expired" };
    if (response.status >= 500) return { kind: "unreachable" };
    const answer = /** @type {any} */ (await readJson(response));
    if (response.status === 200) return { kind: "saved", revision: answer.revision, items: answer.items };
    if (response.status === 409) return { kind: "stale", revision: answer.revision, lists: answer.lists };
    return { kind: "refused", why: wordsFor(answer) };
  } catch {
    return { kind: "unreachable" };
  }
}

/** @param {{ error?: unknown, list?: unknown }} answer */
function wordsFor({ error, list }) {
  const what = { findings: "a finding", measurements: "a measurement", phases: "a phase", patient_marks: "a mark" };
  const kind = typeof list === "string" ? list.split("/").at(-1) : undefined;
  const name = kind && kind in what ? `${what[/** @type {keyof typeof what} */ (kind)]}: ` : "";
  return `${name}${typeof error === "string" ? error : "the case library refused it"}`;
}
