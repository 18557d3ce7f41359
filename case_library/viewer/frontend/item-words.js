/** An item of a case in a few words, for lists and questions about it. */
import { phaseName } from "./phases.js";

/** @typedef {import("./edits.js").Item} Item */

/**
 * @param {string} list  name of its list
 * @param {Item} item
 */
export function wordsOf(list, item) {
  switch (list.split("/").at(-1)) {
    case "findings":
      return `Finding: ${item.term.meaning}`;
    case "measurements":
      return `Measurement: ${item.title}`;
    case "phases":
      return `Phase: ${phaseName(item)}, frames ${item.first.frame_number}–${item.last.frame_number}`;
    case "patient_marks":
      return `Patient's mark at frame ${item.frame.frame_number}${item.words ? `: “${item.words}”` : ""}`;
    default:
      return item.item_id;
  }
}
