/**
 * What goes wrong with the open clip, said where it is seen, with what can be done about it.
 *
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 */
import { button } from "./dom.js";
import { SessionExpiredError } from "./http.js";
import { troubleOf } from "./trouble.js";

export class ClipTroubles {
  /**
   * @param {{
   *   player: import("./player.js").Player,
   *   screen: import("./screen.js").Screen,
   *   header: import("./header.js").Header,
   *   renew: () => void,
   * }} parts  renew: has the page run again, with new tokens
   */
  constructor({ player, screen, header, renew }) {
    this.renew = renew;
    this.player = player;
    this.screen = screen;
    this.header = header;
  }

  /** @param {ClipSession} session */
  loaded(session) {
    if (session.trouble !== null) {
      session.trouble = null;
      this.show(session);
    }
    this.player.loaded(session);
  }

  /** @param {ClipSession} session @param {string} words */
  waiting(session, words) {
    session.trouble = words;
    this.show(session);
    if (session === this.player.current) this.player.still.follow();
  }

  /** @param {ClipSession} session @param {Error} error */
  failed(session, error) {
    session.trouble = error;
    if (error instanceof SessionExpiredError) this.renew();
    session.exactOnly = troubleOf(error).framesRemain;
    this.show(session);
    if (session === this.player.current) this.player.still.follow();
  }

  /** @param {ClipSession} session */
  show(session) {
    if (session !== this.player.current) return;
    const { trouble } = session;
    const blank = this.screen.frameOf(session) === null;
    if (blank) this.screen.parts.stage.say("");
    if (trouble === null || typeof trouble === "string") {
      this.header.notify(trouble ?? "");
      return;
    }
    const { text, remedy, framesRemain } = troubleOf(trouble);
    const action =
      remedy === "reload"
        ? { label: "Reload", run: () => location.reload() }
        : { label: "Try again", run: () => this.retry(session) };
    if (!blank || framesRemain) {
      this.header.notify(text, action);
      return;
    }
    this.header.notify("");
    const again = button(action.label, null, { text: action.label, class: "primary" });
    again.addEventListener("click", action.run);
    this.screen.clear(session);
    this.screen.parts.stage.say(text, again);
  }

  /** @param {ClipSession} session */
  retry(session) {
    session.trouble = null;
    session.exactOnly = false;
    if (session !== this.player.current) return;
    this.show(session);
    session.store.activate();
    this.player.still.moved();
  }
}
