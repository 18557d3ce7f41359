/** Finding cases by the words in them; case and diacritics do not matter. */

/** @param {string} text */
export function normalise(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss");
}

/**
 * @param {string} query
 * @returns {string[]} its words, normalised
 */
export function wordsOf(query) {
  return normalise(query).split(/\s+/).filter(Boolean);
}

/**
 * @param {{ title: string, summary: string, slug: string }} entry
 * @param {string[]} words  from `wordsOf`
 * @returns {boolean} whether every word occurs
 */
export function matches({ title, summary, slug }, words) {
  const text = normalise(`${title} ${summary} ${slug}`);
  return words.every((word) => text.includes(word));
}
