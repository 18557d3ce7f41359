/** What opens and closes around the image: brightness and contrast, keys, full screen. */
import { Help } from "./help.js";
import { isAsStored } from "./levels.js";
import { LevelsPopover } from "./levels-popover.js";
import { readPreference, writePreference } from "./preferences.js";

export class Panels {
  #levels;
  #help;

  /**
   * @param {import("./scope.js").Scope} scope
   * @param {HTMLElement} root
   * @param {{
   *   stage: import("./stage.js").Stage,
   *   controls: import("./controls.js").Controls,
   *   notify: (text: string) => void,
   * }} parts
   */
  constructor(scope, root, { stage, controls, notify }) {
    this.root = root;
    this.stage = stage;
    this.controls = controls;
    this.#levels = new LevelsPopover(scope, (levels) => {
      stage.setLevels(levels);
      this.#showLevels(true);
    });
    this.#help = new Help(scope, {
      wishes: ["autoplay", "next", "light"].map((name) => ({
        wanted: readPreference(name) === "yes",
        set: (/** @type {boolean} */ on) => {
          writePreference(name, on ? "yes" : "no");
          this.#showTheme();
        },
      })),
      closed: () => root.focus({ preventScroll: true }),
    });
    this.elements = [this.#levels.element, this.#help.element];
    this.commands = {
      toggleLevels: () => this.#showLevels(Boolean(this.#levels.element.hidden)),
      toggleHelp: () => this.#help.toggle(),
      toggleFullscreen: () => {
        if (document.fullscreenElement) void document.exitFullscreen();
        else root.requestFullscreen().catch(() => notify("This browser does not allow full screen here."));
      },
    };
    this.#showTheme();
    scope.listen(root, "pointerdown", (event) => {
      if (!(event.target instanceof Element && event.target.closest(".popover, .tools"))) this.#showLevels(false);
    });
  }

  /** Whether a dialog has the keys for itself. */
  get modal() {
    return this.#help.element.open;
  }

  closeAll() {
    this.#showLevels(false);
    this.root.focus({ preventScroll: true });
  }

  #showTheme() {
    this.root.dataset.theme = readPreference("light") === "yes" ? "light" : "dark";
  }

  /** @param {boolean} open */
  #showLevels(open) {
    this.#levels.element.hidden = !open;
    this.controls.setLevels(!isAsStored(this.stage.levels), open);
  }
}
