/**
 * The buttons of the transport and of the picture.
 *
 * @typedef {import("./playback.js").Playback} Playback
 */
import { formatRate } from "./badges.js";
import { button, h, icon, setText } from "./dom.js";
import { SPEEDS } from "./playback.js";

/** @type {Record<string, { label: string, title: string }>} */
const MODE_LABELS = {
  loop: { label: "loop", title: "Loop: from the last frame to the first (M)" },
  sweep: { label: "sweep", title: "Sweep: there and back (M)" },
  once: { label: "once", title: "Once: stop at the last frame (M)" },
};

export class Controls {
  #play = button("Play (Space)", "play", { class: "primary play" });
  #previous = button("Previous frame (←)", "previous");
  #next = button("Next frame (→)", "next");
  #mode = button("", "loop", { class: "mode", text: "loop" });
  #speed = h("select", { class: "speed", title: "Speed (↑ ↓)", "aria-label": "Speed" });
  #in = button("Play from here ([ or I)", null, { class: "range-button", text: "[ in" });
  #out = button("Play up to here (] or O)", null, { class: "range-button", text: "out ]" });
  #clear = button("Play all frames (\\ or X)", "close", { class: "range-clear" });
  #achieved = h("span", { class: "achieved", role: "status" });
  #zoom = button("Whole frame (0)", null, { class: "zoom", text: "fit" });
  #levels = button("Brightness and contrast", "levels");
  #full = button("Full screen (Shift F)", "full", { class: "full-button" });
  #panel = button("Findings and notes (N)", "facts", { class: "panel-button" });
  #help = button("Keys (?)", "help", { class: "help-button" });
  transport = h(
    "div",
    { class: "transport-buttons", role: "group", "aria-label": "Playing" },
    this.#achieved,
    this.#previous,
    this.#play,
    this.#next,
    this.#mode,
    this.#speed,
    h("span", { class: "range-buttons" }, this.#in, this.#out, this.#clear),
  );
  tools = h(
    "div",
    { class: "tools", role: "group", "aria-label": "Picture" },
    this.#zoom,
    this.#levels,
    this.#panel,
    this.#full,
    this.#help,
  );

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {(command: string) => void} run
   * @param {(speed: number) => void} setSpeed
   */
  constructor(scope, run, setSpeed) {
    const commands = /** @type {const} */ ([
      [this.#play, "togglePlay"],
      [this.#previous, "previousFrame"],
      [this.#next, "nextFrame"],
      [this.#mode, "nextMode"],
      [this.#in, "setIn"],
      [this.#out, "setOut"],
      [this.#clear, "clearRange"],
      [this.#zoom, "fit"],
      [this.#levels, "toggleLevels"],
      [this.#panel, "togglePanel"],
      [this.#full, "toggleFullscreen"],
      [this.#help, "toggleHelp"],
    ]);
    for (const [element, command] of commands) scope.listen(element, "click", () => run(command));
    scope.listen(this.#speed, "change", () => setSpeed(Number(this.#speed.value)));
  }

  /** @param {Playback} playback */
  setClip(playback) {
    const { clock } = playback.clip;
    const display = playback.clip.playback.display_rate_fps;
    const own = display && clock.rate_fps && Math.abs(display / clock.rate_fps - 1) > 0.02 ? display / clock.rate_fps : null;
    const speeds = [...new Set(own === null ? SPEEDS : [...SPEEDS, own])].sort((a, b) => a - b);
    this.#speed.replaceChildren(
      ...speeds.map((speed) => {
        const label = `${Number(speed.toPrecision(3))}×`;
        const note = speed === own && display ? ` – file's display rate, ${formatRate(display)} fps` : "";
        return h("option", { value: speed }, label + note);
      }),
    );
    this.transport.hidden = !playback.movable;
    this.update(playback);
  }

  /** @param {Playback} playback */
  update(playback) {
    const { playing, mode, direction, range } = playback;
    const label = playing ? "Pause (Space)" : "Play (Space)";
    if (this.#play.title !== label) {
      this.#play.title = label;
      this.#play.setAttribute("aria-label", label);
      this.#play.replaceChildren(icon(playing ? "pause" : "play"));
    }
    const arrow = mode === "sweep" ? (direction > 0 ? " →" : " ←") : "";
    if (this.#mode.dataset.mode !== mode + arrow) {
      this.#mode.dataset.mode = mode + arrow;
      this.#mode.title = MODE_LABELS[mode].title;
      this.#mode.replaceChildren(
        icon(mode),
        h("span", { class: "button-text" }, MODE_LABELS[mode].label + arrow),
      );
    }
    this.#speed.value = String(playback.speed);
    this.#speed.classList.toggle("changed", playback.speed !== 1);
    const whole = playback.isWholeRange;
    this.#in.classList.toggle("active", range.first > 0);
    this.#out.classList.toggle("active", range.last < playback.clip.frame_count - 1);
    setText(/** @type {Element} */ (this.#in.firstElementChild), range.first > 0 ? `[ ${range.first + 1}` : "[ in");
    setText(
      /** @type {Element} */ (this.#out.firstElementChild),
      range.last < playback.clip.frame_count - 1 ? `${range.last + 1} ]` : "out ]",
    );
    const trimmed = playback.isTrim && !whole ? "The file's own trim. " : "";
    this.#clear.title = `${trimmed}Play all frames (\\ or X)`;
    this.#clear.classList.toggle("vacant", whole);
  }

  /** @param {number | null} achieved_fps  where it is off @param {number} rate_fps */
  setAchieved(achieved_fps, rate_fps) {
    setText(this.#achieved, achieved_fps === null ? "" : `shows ${formatRate(achieved_fps)} of ${formatRate(rate_fps)} fps`);
  }

  /** @param {number} zoom */
  setZoom(zoom) {
    setText(/** @type {Element} */ (this.#zoom.firstElementChild), zoom > 1.001 ? `${zoom.toFixed(1)}×` : "fit");
    this.#zoom.classList.toggle("active", zoom > 1.001);
  }

  /** @param {boolean} changed @param {boolean} open */
  setLevels(changed, open) {
    this.#levels.classList.toggle("active", changed);
    this.#levels.setAttribute("aria-expanded", String(open));
  }

  /** @param {boolean} open */
  setPanel(open) {
    this.#panel.setAttribute("aria-expanded", String(open));
  }
}
