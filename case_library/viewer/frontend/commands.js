/** Keys and buttons -> what the viewer does. */
import { MODES, SPEEDS } from "./playback.js";

const ZOOM_STEP = 1.25;

/**
 * One function for each name in keys.js, and for those that have only a button.
 *
 * @param {{
 *   player: import("./player.js").Player,
 *   stage: import("./stage.js").Stage,
 *   document: import("./edits.js").CaseDocument,
 *   openClipBeside: (by: number) => void,
 *   others: Record<string, () => void>[],
 * }} parts  others: what the other parts of the page do
 * @returns {Record<string, () => void>}
 */
export function commandsFor({ player, stage, document, openClipBeside, others }) {
  const playback = () => player.current?.playback;
  const want = () => player.current?.want ?? 0;
  return {
    togglePlay: () => (player.playing ? player.pause() : player.play()),
    nextFrame: () => player.step(1),
    previousFrame: () => player.step(-1),
    tenForward: () => player.step(10),
    tenBack: () => player.step(-10),
    firstFrame: () => player.seek(0),
    lastFrame: () => player.seek(Infinity),
    setIn: () => player.change({ range: playback()?.rangeFrom(want()) }),
    setOut: () => player.change({ range: playback()?.rangeTo(want()) }),
    clearRange: () => player.change({ range: playback()?.clearedRange() }),
    nextMode: () => player.change({ mode: modeAfter(playback()?.mode ?? "loop") }),
    slower: () => player.change({ speed: SPEEDS.findLast((speed) => speed < (playback()?.speed ?? 1)) }),
    faster: () => player.change({ speed: SPEEDS.find((speed) => speed > (playback()?.speed ?? 1)) }),
    nextClip: () => openClipBeside(1),
    previousClip: () => openClipBeside(-1),
    zoomIn: () => stage.zoomBy(ZOOM_STEP),
    zoomOut: () => stage.zoomBy(1 / ZOOM_STEP),
    fit: () => stage.fit(),
    undo: () => document.undo(),
    redo: () => document.redo(),
    toggleExact: () => player.still.toggle(),
    ...Object.assign({}, ...others),
  };
}

/** @param {import("./clock.js").PlayMode} mode */
function modeAfter(mode) {
  return MODES[(MODES.indexOf(mode) + 1) % MODES.length];
}
