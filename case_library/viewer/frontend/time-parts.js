/**
 * Puts together what lies along the time of a clip, and the keys for it.
 *
 * @typedef {import("./player.js").Player} Player
 * @typedef {import("./edits.js").Item} Item
 */
import { MotionRibbon } from "./motion-ribbon.js";
import { PatientMarks } from "./patient-marks.js";
import { PhaseRibbon } from "./phase-ribbon.js";
import { rangeOf } from "./phases.js";
import { TimePopover } from "./time-popover.js";
import { Timeline } from "./timeline.js";

const PHASE_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * @param {import("./scope.js").Scope} scope
 * @param {{
 *   document: import("./edits.js").CaseDocument,
 *   selection: import("./selection.js").Selection,
 *   strip: import("./scrub-strip.js").ScrubStrip,
 *   player: () => Player,
 *   dynamics: import("./dynamics.js").Dynamics,
 *   describe: (frameIndex: number) => string,
 *   notify: (text: string) => void,
 *   focus: () => void,
 * }} parts
 */
export function timeParts(scope, { document, selection, strip, player, dynamics, describe, notify, focus }) {
  const popover = new TimePopover(scope, { document, closed: focus });
  const edit = (/** @type {Item} */ item, /** @type {string} */ list, /** @type {{ quietly?: boolean }} */ how = {}) =>
    popover.open({ item, list, frameCount: player().current?.clip.frame_count ?? 1 }, how);
  const seek = (/** @type {number} */ frameIndex) => player().seek(frameIndex);
  const target = { document, selection, seek, edit };
  const phases = new PhaseRibbon(scope, { ...target, loop: (range) => loopOrLeave(player(), range, true) });
  const marks = new PatientMarks(scope, target);
  const motion = new MotionRibbon(scope, { dynamics, seek });
  const timeline = new Timeline({ strip, ribbons: [phases], onStrip: [motion, marks], describe });

  /** @type {Record<string, () => void>} */
  const commands = {
    markPatient: () => marks.place(player().current?.want ?? 0, player().playing),
    drawPhase: () => {
      const playback = player().current?.playback;
      if (playback) phases.create(playback.range);
    },
    goToOpening: () => {
      const clip = player().current?.clip;
      if (clip && !motion.goToOpening()) notify("No frame is proposed: nothing dark opens in this clip.");
    },
  };
  for (const n of PHASE_KEYS) {
    commands[`phase${n}`] = () => {
      const phase = phases.phases[n - 1];
      if (!phase) return;
      selection.set({ list: `clips/${player().current?.clip.clip_id}/phases`, item_id: phase.item_id });
      loopOrLeave(player(), rangeOf(phase), player().playing);
    };
  }
  return { timeline, popover, commands };
}

/**
 * Play a stretch again and again; asked for the stretch that is played already, all of the clip.
 *
 * @param {Player} player
 * @param {import("./clock.js").FrameRange} range
 * @param {boolean} play
 */
function loopOrLeave(player, range, play) {
  const playback = player.current?.playback;
  if (!playback) return;
  const { first, last } = playback.range;
  if (first === range.first && last === range.last && !playback.isWholeRange) {
    player.change({ range: { first: 0, last: playback.clip.frame_count - 1 } });
    return;
  }
  player.seek(range.first);
  player.change(range.first < range.last ? { range, mode: "loop" } : {});
  if (play) player.play();
}
