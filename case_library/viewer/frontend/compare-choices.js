/**
 * What a clip is compared with, the likeliest first: the same view in the next stage, the other side, the normal.
 *
 * @typedef {import("./types.js").ClipMessage} ClipMessage
 * @typedef {import("./types.js").LinkedClip} LinkedClip
 * @typedef {{ clip: ClipMessage, slug: string | null, words: string, phases: any[] | null }} Choice
 *   slug: of another case; phases: of a clip of another case, whose document is not here
 */

/** @type {Record<string, string>} */
const LINKS = {
  normal: "normal",
  contralateral: "other side",
  follow_up: "follow-up",
  before_after: "before and after",
  mimic: "looks alike",
  related: "related",
};

/**
 * @param {ClipMessage} clip
 * @param {ClipMessage[]} clips    of its case, in order
 * @param {LinkedClip[]} linked    of other cases
 * @param {{ kind: string, clip_id?: string | null, to_case?: string | null, to_clip?: string | null }[]} links  of its case
 * @returns {Choice[]}
 */
export function choicesFor(clip, clips, linked, links) {
  const at = clips.findIndex(({ clip_id }) => clip_id === clip.clip_id);
  const others = [...clips.slice(at + 1), ...clips.slice(0, Math.max(at, 0))];
  const fromHere = links.filter((link) => (link.clip_id ?? clip.clip_id) === clip.clip_id);
  const within = new Map(fromHere.filter((link) => !link.to_case && link.to_clip).map((link) => [link.to_clip, link.kind]));
  const scored = others.map((other) => {
    const link = within.get(other.clip_id);
    const sameView = Boolean(clip.view) && other.view === clip.view;
    const nextStage = sameView && other.stage !== clip.stage && sameSide(clip, other);
    const otherSide = sameView && other.stage === clip.stage && !sameSide(clip, other);
    const rank = nextStage ? 0 : link === "contralateral" || otherSide ? 1 : link === "normal" ? 2 : link ? 3 : 4;
    const why = nextStage ? `next stage: ${other.stage ?? "?"}` : otherSide ? "other side" : link ? (LINKS[link] ?? link) : "";
    return { rank, choice: { clip: other, slug: null, words: named(other, why), phases: null } };
  });
  const elsewhere = linked
    .filter((one) => (one.from_clip ?? clip.clip_id) === clip.clip_id)
    .map((one) => ({
      rank: one.kind === "contralateral" ? 1 : one.kind === "normal" ? 2 : 3,
      choice: { clip: one.clip, slug: one.slug, words: named(one.clip, `${LINKS[one.kind] ?? one.kind}: ${one.case_title}`), phases: one.phases },
    }));
  return [...scored, ...elsewhere].sort((a, b) => a.rank - b.rank).map(({ choice }) => choice);
}

/** @param {ClipMessage} a @param {ClipMessage} b */
function sameSide(a, b) {
  return !a.laterality || !b.laterality || a.laterality === b.laterality;
}

/** @param {{ title: string, clip_id: string }} clip */
export function nameOf({ title, clip_id }) {
  return title || clip_id.replace(/^clip-/, "Clip ");
}

/** @param {ClipMessage} clip @param {string} why */
function named({ title, clip_id, laterality }, why) {
  return [nameOf({ title, clip_id }), laterality, why && `(${why})`].filter(Boolean).join(" ");
}
