/** What one person likes on this computer. Losing it does no harm, so a browser that keeps nothing is fine. */
const PREFIX = "case-library.";

/** @param {string} name @returns {string | null} */
export function readPreference(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function writePreference(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // private window, or storage switched off
  }
}
