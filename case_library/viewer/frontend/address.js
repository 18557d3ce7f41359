/**
 * The address of what is on screen, kept without asking the server and without filling the history.
 *
 * @param {string} href     the page's address
 * @param {{ slug: string, clipId: string, frameNumber: number }} place
 * @returns {string} the same page with case, clip and frame; other parameters stay
 */
export function addressOf(href, { slug, clipId, frameNumber }) {
  const url = new URL(href);
  url.searchParams.set("case", slug);
  url.searchParams.set("clip", clipId);
  url.searchParams.set("frame", String(frameNumber));
  return url.href;
}
