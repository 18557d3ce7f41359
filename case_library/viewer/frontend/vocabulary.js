/**
 * The words of the field, for choosing a term by any of its names: fetched when they are first needed.
 *
 * @typedef {{ scheme: string, code: string, meaning: string }} Term
 * @typedef {object} Entry
 * @property {Term} term
 * @property {string} key
 * @property {string[]} names        displays and other words, evened out
 * @property {string} about          what it is
 * @property {string} group          region or kind, for people
 * @property {string[]} [scales]     keys of grading scales
 * @property {string} [signs_rest]
 * @property {string} [signs_dynamic]
 * @property {string} [mimics]
 * @property {string} [source]
 * @typedef {{ level: string, label: string, definition: string }} Level
 * @typedef {{ term: Term, key: string, modality: string, levels: Level[], notes: string, source: string,
 *   for_ultrasound: boolean }} Scale
 * @typedef {{ findings: Entry[], structures: Entry[], scales: Scale[], spellings: [string, string][] }} Words
 */
import { ask, readJson, withRetry } from "./http.js";

/**
 * @param {string} words
 * @param {readonly (readonly [string, string])[]} spellings  British, American
 * @returns {string} as they are compared: small letters, no accents, one spelling, single spaces
 */
export function evened(words, spellings) {
  const folded = words.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  let plain = (folded.replace(/['’`]s(?![\p{L}\p{N}_])/gu, "").match(/[\p{L}\p{N}_]+/gu) ?? []).join(" ");
  for (const [british, american] of spellings) plain = plain.replaceAll(british, american);
  return plain;
}

/**
 * @param {Entry[]} entries
 * @param {string} query  evened out
 * @returns {{ entry: Entry, by: string }[]} best first; by: the name that was met
 */
export function matches(entries, query) {
  const words = query.split(" ").filter(Boolean);
  const found = [];
  for (const entry of entries) {
    let best = { rank: 9, by: "" };
    for (const name of entry.names) {
      const rank = rankOf(name, query, words);
      if (rank < best.rank) best = { rank, by: name };
    }
    if (best.rank < 9) found.push({ entry, ...best });
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ entry, by }) => ({ entry, by }));
}

/** @param {string} name @param {string} query @param {string[]} words */
function rankOf(name, query, words) {
  if (name === query) return 0;
  if (name.startsWith(query)) return 1;
  const parts = name.split(" ");
  if (words.every((word) => parts.some((part) => part.startsWith(word)))) return 2;
  return words.every((word) => name.includes(word)) ? 3 : 9;
}

export class Vocabulary {
  /** @type {Promise<Words> | null} */
  #words = null;

  /** @param {import("./scope.js").Scope} scope @param {() => { url: string, token: string } | null} source */
  constructor(scope, source) {
    this.scope = scope;
    this.source = source;
  }

  /** @returns {Promise<Words>} */
  get words() {
    this.#words ??= this.#fetch().catch((error) => {
      this.#words = null;
      throw error;
    });
    return this.#words;
  }

  async #fetch() {
    const source = this.source();
    if (!source) throw new Error("this reader may change nothing");
    const { signal } = this.scope;
    const response = await withRetry(() => ask(source.url, { token: source.token, signal }), signal);
    return /** @type {Words} */ (await readJson(response));
  }
}
