/**
 * A frame is recognised by a hash of its bytes. What was put on a frame of a clip that was encoded or cut anew since is
 * noticed; nothing slides along it.
 *
 * @typedef {import("./edits.js").Item} Item
 * @typedef {import("./edits.js").Change} Change
 * @typedef {{ frame_number: number, stored_sha256?: string | null }} Identity
 * @typedef {{ altered: Change[], moved: Change[], numbers: number[] }} Altered  altered: items as they are, on frames
 *   that are others now; moved: those of them whose frames are found elsewhere in the clip, put there; numbers: frames
 */

/**
 * @param {any} part
 * @param {string | undefined} clipId  that it stands in
 * @param {string} wanted
 * @param {(identity: Identity) => Identity} change
 * @returns {any} the same where nothing was changed
 */
function withFrames(part, clipId, wanted, change) {
  if (part === null || typeof part !== "object") return part;
  if ("frame_number" in part) return clipId === wanted ? change(part) : part;
  const here = part.clip_id ?? clipId;
  const entries = Object.entries(part).map(([name, value]) => [name, value, withFrames(value, here, wanted, change)]);
  if (entries.every(([, before, after]) => before === after)) return part;
  if (Array.isArray(part)) return entries.map(([, , after]) => after);
  return Object.fromEntries(entries.map(([name, , after]) => [name, after]));
}

/**
 * @param {{ names: string[], items: (list: string) => readonly Item[] }} document
 * @param {string} clipId
 * @param {readonly string[]} hashes  of the stored bytes of its frames, as they are now
 * @returns {Altered}
 */
export function alteredFrames(document, clipId, hashes) {
  /** @type {Altered} */
  const found = { altered: [], moved: [], numbers: [] };
  const numbers = new Set();
  for (const list of document.names) {
    const own = /^clips\/([^/]+)\//.exec(list)?.[1];
    for (const item of document.items(list)) {
      let altered = false;
      let lost = false;
      const moved = withFrames(item, own, clipId, (identity) => {
        const { frame_number, stored_sha256: before } = identity;
        if (!before || hashes[frame_number - 1] === before) return identity;
        altered = true;
        numbers.add(frame_number);
        const now = hashes.indexOf(before);
        if (now < 0 || hashes.indexOf(before, now + 1) >= 0) lost = true;
        return { ...identity, frame_number: now + 1 };
      });
      if (!altered) continue;
      found.altered.push({ list, item_id: item.item_id, item });
      if (!lost) found.moved.push({ list, item_id: item.item_id, item: moved });
    }
  }
  found.numbers = [...numbers].sort((a, b) => a - b);
  return found;
}

/** @param {Altered} found @returns {string} empty where every frame is the one it was */
export function alteredWords({ altered, moved, numbers }) {
  if (altered.length === 0) return "";
  const shown = numbers.slice(0, 4).join(", ") + (numbers.length > 4 ? ", …" : "");
  const what = altered.length === 1 ? "One item hangs" : `${altered.length} items hang`;
  const rest =
    moved.length === altered.length
      ? "Their frames are found elsewhere in the clip."
      : "Look whether they still fit, and put them right.";
  return `${what} on frames that are others now (${shown}): the clip was encoded or cut anew. ${rest}`;
}
