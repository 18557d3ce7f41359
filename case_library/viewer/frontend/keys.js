/**
 * The keys of the viewer: one list, from which both the handler and the help are made.
 *
 * B stays free: it belongs to the presenting page.
 *
 * @typedef {object} Command
 * @property {string} name     what the viewer does; `Viewer` has one method for each
 * @property {string[]} keys   `KeyboardEvent.key`, with `Ctrl+` (on a Mac the command key), `Alt+` and `Shift+` in front
 * @property {string} shown    how the help writes the keys
 * @property {string} help
 * @property {string} group
 */

/** @type {readonly Command[]} */
export const COMMANDS = Object.freeze([
  { name: "togglePlay", keys: [" "], shown: "Space", help: "play or pause", group: "Frames" },
  { name: "nextFrame", keys: ["ArrowRight"], shown: "→", help: "next frame", group: "Frames" },
  { name: "previousFrame", keys: ["ArrowLeft"], shown: "←", help: "previous frame", group: "Frames" },
  { name: "tenForward", keys: ["Shift+ArrowRight"], shown: "Shift →", help: "ten frames on", group: "Frames" },
  { name: "tenBack", keys: ["Shift+ArrowLeft"], shown: "Shift ←", help: "ten frames back", group: "Frames" },
  { name: "firstFrame", keys: ["Home"], shown: "Home", help: "first frame", group: "Frames" },
  { name: "lastFrame", keys: ["End"], shown: "End", help: "last frame", group: "Frames" },
  { name: "setIn", keys: ["[", "i"], shown: "[ or I", help: "play from here", group: "Playing" },
  { name: "setOut", keys: ["]", "o"], shown: "] or O", help: "play up to here", group: "Playing" },
  { name: "clearRange", keys: ["\\", "x"], shown: "\\ or X", help: "play all frames", group: "Playing" },
  { name: "nextMode", keys: ["m"], shown: "M", help: "loop, sweep, once", group: "Playing" },
  { name: "slower", keys: ["ArrowDown", ","], shown: "↓ or ,", help: "slower", group: "Playing" },
  { name: "faster", keys: ["ArrowUp", "."], shown: "↑ or .", help: "faster", group: "Playing" },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({
    name: `phase${n}`,
    keys: [String(n)],
    shown: n === 1 ? "1 – 9" : "",
    help: n === 1 ? "go to that phase and loop it; again: all of the clip" : "",
    group: "Phases",
  })),
  { name: "drawPhase", keys: ["Shift+P"], shown: "Shift P", help: "make a phase of the in–out range", group: "Phases" },
  { name: "goToOpening", keys: ["w"], shown: "W", help: "the frame proposed as most open, ◇", group: "Phases" },
  { name: "markPatient", keys: ["p"], shown: "P", help: "the patient says “there”: mark this moment", group: "Phases" },
  { name: "nextClip", keys: ["PageDown"], shown: "Page ↓", help: "next clip", group: "Clips" },
  { name: "previousClip", keys: ["PageUp"], shown: "Page ↑", help: "previous clip", group: "Clips" },
  { name: "zoomIn", keys: ["+", "="], shown: "+", help: "larger", group: "Picture" },
  { name: "zoomOut", keys: ["-"], shown: "−", help: "smaller", group: "Picture" },
  { name: "fit", keys: ["0"], shown: "0", help: "whole frame", group: "Picture" },
  { name: "toggleExact", keys: ["e"], shown: "E", help: "exact frame on or off", group: "Picture" },
  { name: "toggleFacts", keys: ["d"], shown: "D", help: "what the file says", group: "Picture" },
  { name: "togglePanel", keys: ["n"], shown: "N", help: "findings and notes beside the image", group: "Picture" },
  { name: "toggleFullscreen", keys: ["Shift+F"], shown: "Shift F", help: "full screen", group: "Picture" },
  { name: "toolLength", keys: ["l"], shown: "L", help: "length", group: "Measuring" },
  { name: "toolBent", keys: ["Shift+L"], shown: "Shift L", help: "length along a bent line", group: "Measuring" },
  { name: "toolAngle", keys: ["g"], shown: "G", help: "angle between two lines, as pennation", group: "Measuring" },
  { name: "toolThickness", keys: ["t"], shown: "T", help: "thickness between two lines", group: "Measuring" },
  { name: "toolOutline", keys: ["a"], shown: "A", help: "area inside an outline", group: "Measuring" },
  { name: "toolEllipse", keys: ["Shift+A"], shown: "Shift A", help: "area of an ellipse", group: "Measuring" },
  { name: "toolVolume", keys: ["v"], shown: "V", help: "volume of three diameters", group: "Measuring" },
  { name: "toolExcursion", keys: ["Shift+V"], shown: "Shift V", help: "how far a point moves", group: "Measuring" },
  { name: "toolGrey", keys: ["q"], shown: "Q", help: "echo intensity", group: "Measuring" },
  { name: "compareWith", keys: ["%"], shown: "%", help: "in per cent of another measurement", group: "Measuring" },
  { name: "toggleShapes", keys: ["s"], shown: "S", help: "shapes", group: "Measuring" },
  { name: "finishDrawing", keys: ["Enter"], shown: "Enter", help: "end an outline; set a point at the cross", group: "Measuring" },
  { name: "undoPoint", keys: ["Backspace"], shown: "⌫", help: "take the last point back", group: "Measuring" },
  { name: "removeSelected", keys: ["Delete"], shown: "Delete", help: "remove what is selected", group: "Measuring" },
  { name: "copyHere", keys: ["k"], shown: "K", help: "copy what is selected to this frame", group: "Measuring" },
  { name: "nextHandle", keys: ["j"], shown: "J", help: "next handle, then next figure", group: "Measuring" },
  ...["Left", "Right", "Up", "Down"].flatMap((way, i) => [
    { name: `nudge${way}`, keys: [`Alt+Arrow${way}`], shown: `Alt ${"←→↑↓"[i]}`, help: "move the handle, or the cross, by half a pixel", group: "Measuring" },
    { name: `nudge${way}Far`, keys: [`Alt+Shift+Arrow${way}`], shown: `Alt Shift ${"←→↑↓"[i]}`, help: "by five pixels", group: "Measuring" },
  ]),
  { name: "toggleHidden", keys: ["h"], shown: "H", help: "hide everything drawn", group: "Picture" },
  { name: "toggleCompare", keys: ["c"], shown: "C", help: "compare with another clip", group: "Picture" },
  { name: "addFinding", keys: ["f"], shown: "F", help: "add a finding", group: "Editing" },
  { name: "undo", keys: ["Ctrl+z"], shown: "Ctrl Z", help: "take back the last change", group: "Editing" },
  { name: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+y"], shown: "Ctrl Shift Z", help: "do it again", group: "Editing" },
  { name: "toggleHelp", keys: ["?"], shown: "?", help: "this list", group: "Picture" },
]);

/** What the pointer does, for the same help. @type {readonly { shown: string, help: string }[]} */
export const GESTURES = Object.freeze([
  { shown: "drag the strip", help: "scrub" },
  { shown: "drag the image", help: "scrub; move it where it is enlarged (Shift: the other)" },
  { shown: "drag with Shift", help: "while drawing: level, upright or at 45°" },
  { shown: "drag with Ctrl", help: "while drawing: without snapping" },
  { shown: "wheel", help: "one frame" },
  { shown: "Ctrl wheel, pinch", help: "zoom" },
  { shown: "double click", help: "enlarge here, or whole frame" },
]);

const BY_KEY = new Map(COMMANDS.flatMap((command) => command.keys.map((key) => [key, command.name])));

/**
 * @param {{ key: string, shiftKey: boolean, ctrlKey: boolean, altKey: boolean, metaKey: boolean,
 *   getModifierState?: (name: string) => boolean }} event
 * @returns {string | null} the name of a command
 */
export function commandOf(event) {
  // `[` and `]` are AltGr keys on many keyboards, which Windows reports as Ctrl+Alt.
  const altGraph = event.getModifierState?.("AltGraph") ?? false;
  const letter = /^[a-z]$/i.test(event.key);
  if ((event.metaKey || event.ctrlKey) && !event.altKey && letter) {
    const key = event.shiftKey ? `Shift+${event.key.toUpperCase()}` : event.key.toLowerCase();
    return BY_KEY.get(`Ctrl+${key}`) ?? null;
  }
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    return BY_KEY.get(`Alt+${event.shiftKey ? "Shift+" : ""}${event.key}`) ?? null;
  }
  if (event.metaKey || ((event.ctrlKey || event.altKey) && !altGraph)) return null;
  if (event.shiftKey) {
    const shifted = BY_KEY.get(`Shift+${letter ? event.key.toUpperCase() : event.key}`);
    if (shifted) return shifted;
    if (letter || event.key.startsWith("Arrow")) return null;
  }
  return BY_KEY.get(letter ? event.key.toLowerCase() : event.key) ?? null;
}
