/**
 * Where an arrow key goes in a grid of cards.
 *
 * @param {number} index    the card that has the focus, from 0; -1 where none has it
 * @param {string} key      `KeyboardEvent.key`
 * @param {number} columns  cards in a full row
 * @param {number} count
 * @returns {number | null} the card to go to; null where the key is none of ours or there is nowhere to go
 */
export function cardAfterKey(index, key, columns, count) {
  if (count === 0) return null;
  if (index < 0) return key === "ArrowDown" ? 0 : null;
  /** @type {Record<string, number>} */
  const targets = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  if (target === undefined) return null;
  // Down from a full row above a short one goes to the last card.
  const lastRow = Math.floor((count - 1) / columns);
  if (key === "ArrowDown" && target >= count) return Math.floor(index / columns) < lastRow ? count - 1 : null;
  return target >= 0 && target < count ? target : null;
}
