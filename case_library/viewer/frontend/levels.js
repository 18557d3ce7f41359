/**
 * Brightness and contrast of the display. The pixels of the canvas stay as they are: this is a CSS filter.
 *
 * @typedef {{ brightness: number, contrast: number }} Levels  percent, 100 = as stored
 */

/** @type {Readonly<Levels>} */
export const AS_STORED = Object.freeze({ brightness: 100, contrast: 100 });
export const LEVELS_RANGE = Object.freeze({ min: 25, max: 300, step: 5 });

/** @param {Levels} levels */
export function isAsStored({ brightness, contrast }) {
  return brightness === 100 && contrast === 100;
}

/**
 * @param {Levels} levels
 * @returns {string} value of the CSS property `filter`; `none` where nothing changes, because a filter costs a layer
 */
export function levelsFilter(levels) {
  if (isAsStored(levels)) return "none";
  return `brightness(${levels.brightness}%) contrast(${levels.contrast}%)`;
}
