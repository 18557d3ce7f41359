/** What went wrong with a clip, in the user's words, and what helps. */
import { SessionExpiredError, UnreachableError } from "./http.js";

/**
 * @param {Error} error
 * @returns {{ text: string, remedy: "reload" | "retry", framesRemain: boolean }} framesRemain: single frames may still
 *   be had
 */
export function troubleOf(error) {
  if (error instanceof SessionExpiredError) return { text: error.message, remedy: "reload", framesRemain: false };
  if (error instanceof UnreachableError) return { text: error.message, remedy: "retry", framesRemain: false };
  const reason = error.message.replace(/\.$/, "");
  const text = `This clip cannot be prepared for fast scrubbing (${reason}). Its frames come one by one.`;
  return { text, remedy: "retry", framesRemain: true };
}
