/**
 * The cine viewer: puts the parts together and takes over what the page says.
 *
 * @typedef {import("./types.js").ViewerData} ViewerData
 * @typedef {import("./clip-session.js").ClipSession} ClipSession
 */
import { addressOf } from "./address.js";
import { Calibrating } from "./calibrating.js";
import { CaseEditing } from "./case-editing.js";
import { ClipSessions } from "./clip-sessions.js";
import { ClipStrip } from "./clip-strip.js";
import { ClipTroubles } from "./clip-troubles.js";
import { commandsFor } from "./commands.js";
import { Compare } from "./compare.js";
import { Controls } from "./controls.js";
import { DecodedFrames } from "./decoded-frames.js";
import { focusedElement, h, takesTyping } from "./dom.js";
import { Dynamics } from "./dynamics.js";
import { ExactFrames } from "./exact-frames.js";
import { Exports } from "./exports.js";
import { Facts } from "./facts.js";
import { listenToGestures } from "./gestures.js";
import { FindingsPage } from "./findings-page.js";
import { alteredFrames, alteredWords } from "./frame-identity.js";
import { Header } from "./header.js";
import { SessionExpiredError, UnreachableError } from "./http.js";
import { MergeDialog } from "./merge-dialog.js";
import { Panel } from "./panel.js";
import { Panels } from "./panels.js";
import { COMMANDS } from "./keys.js";
import { listenToKeys } from "./key-listener.js";
import { Player } from "./player.js";
import { Posters } from "./posters.js";
import { readPreference } from "./preferences.js";
import { Readout } from "./readout.js";
import { SaveState } from "./save-state.js";
import { Scope } from "./scope.js";
import { Screen } from "./screen.js";
import { ScrubStrip } from "./scrub-strip.js";
import { Selection } from "./selection.js";
import { Stage } from "./stage.js";
import { StoryPages } from "./story-pages.js";
import { TermPicker } from "./term-picker.js";
import { timeParts } from "./time-parts.js";
import { Tools } from "./tools.js";
import { Vocabulary } from "./vocabulary.js";

const MIB = 2 ** 20;
/** Decoded frames, light and exact together: 256 MiB. */
const DECODED_LIMIT_BYTES = 240 * MIB;
const EXACT_LIMIT_BYTES = 16 * MIB;
const PLACES = 8;

export class Viewer {
  #scope = new Scope();
  #dynamics = new Dynamics(this.#scope);
  #decoded = new DecodedFrames(DECODED_LIMIT_BYTES);
  #exact = new ExactFrames(EXACT_LIMIT_BYTES);
  /** @type {ViewerData | null} */
  #data = null;
  /** The addresses that were written last, as `slug/clip/frame`. @type {string[]} */
  #places = [];

  /**
   * @param {HTMLElement} root
   * @param {{ openLibrary: () => void, renew: () => void }} host  renew: has the page run again, with new tokens
   */
  constructor(root, { openLibrary, renew }) {
    this.root = root;
    const scope = this.#scope;
    const run = (/** @type {string} */ name) => this.#commands[name]?.();

    const focus = () => root.focus({ preventScroll: true });
    const controls = new Controls(scope, run, (speed) => this.#player.change({ speed }));
    const stage = new Stage(scope, () => {
      controls.setZoom(stage.zoom);
      root.classList.toggle("zoomed", stage.zoomed);
    });
    const strip = new ScrubStrip(scope, {
      scrubStart: () => this.#player.scrubStart(),
      scrubTo: (frameIndex) => this.#player.seek(frameIndex),
      scrubEnd: () => this.#player.scrubEnd(),
      step: (frames) => this.#player.step(frames),
      describe: (frameIndex) => this.#screen.nameOf(frameIndex),
      hover: (frameIndex) => time.timeline.hover(frameIndex),
    });
    const readout = new Readout();
    const facts = new Facts();
    this.#stage = stage;
    const merging = new MergeDialog(scope, () => this.#editing.autosave, focus);
    const saveState = new SaveState(scope, {
      retry: () => this.#editing.autosave.retry(),
      merge: () => merging.open(),
    });
    this.#editing = new CaseEditing(scope, { showState: (state) => saveState.show(state), renew });
    this.#header = new Header(scope, openLibrary, saveState.element);
    this.#clips = new ClipStrip(scope, new Posters(scope), this.document, (clipId) => this.openClip(clipId));
    const time = timeParts(scope, {
      document: this.document,
      selection: this.selection,
      strip,
      player: () => this.#player,
      dynamics: this.#dynamics,
      notify: (text) => this.#header.notify(text),
      describe: (frameIndex) => this.#screen.nameOf(frameIndex),
      focus,
    });
    const pins = [this.#decoded, this.#exact];
    const { timeline } = time;
    this.#screen = new Screen({ root, stage, strip, timeline, readout, controls, facts, clips: this.#clips, pins });
    this.#player = new Player({
      screen: this.#screen,
      exact: this.#exact,
      scope,
      settled: (session) => this.#keepAddress(session),
      failed: (session, error) => this.#troubles.failed(session, error),
      passed: (session) => this.#passed(session),
    });
    this.#troubles = new ClipTroubles({ player: this.#player, screen: this.#screen, header: this.#header, renew });
    this.#sessions = new ClipSessions(this.#decoded, {
      decoded: (session, frameIndex) => this.#player.decoded(session, frameIndex),
      loaded: (session) => this.#troubles.loaded(session),
      waiting: (session, words) => this.#troubles.waiting(session, words),
      failed: (session, error) => this.#troubles.failed(session, error),
    });
    const panels = new Panels(scope, root, { stage, controls, notify: (text) => this.#header.notify(text) });
    const vocabulary = new Vocabulary(scope, () => this.#editing.vocabulary);
    const picker = new TermPicker(scope, vocabulary, focus);
    this.#findings = new FindingsPage(scope, {
      document: this.document,
      selection: this.selection,
      picker,
      vocabulary,
      clips: () => this.#data?.clips ?? [],
      session: (clipId) => this.#sessions.get(clipId),
      valueOf: (itemId) => this.#tools.valueOf(itemId),
      refusalOf: (itemId) => this.#tools.refusalOf(itemId),
      played: () => this.#played,
      open: (clipId, frameIndex) => this.openClip(clipId, frameIndex),
      show: () => panel.bring("findings"),
      focus,
    });
    const panel = new Panel(scope, root, {
      pages: [
        { name: "findings", title: "Findings", element: this.#findings.element },
        { name: "history", title: "History", element: this.#story.history, empty: true },
        { name: "teaching", title: "Teaching", element: this.#story.teaching, empty: true },
        { name: "sources", title: "Sources", element: this.#story.sources, empty: true },
        { name: "file", title: "File", element: facts.element },
      ],
      changed: (open) => controls.setPanel(open),
    });
    this.#panel = panel;
    const openClipBeside = (/** @type {number} */ by) => this.#openClipBeside(by);
    this.#tools = new Tools({
      root,
      scope,
      document: this.document,
      stage,
      selection: this.selection,
      findings: this.#findings,
      clips: () => this.#data?.clips ?? [],
      notify: (text) => this.#header.notify(text),
      run,
    });
    const compare = new Compare({
      root,
      scope,
      stage,
      player: this.#player,
      document: this.document,
      drawnOn: (clipId, frameNumber) => this.#tools.drawnOn(clipId, frameNumber),
      data: () => this.#data,
      notify: (text) => this.#header.notify(text),
      picture: () => run("saveComparison"),
      changed: () => this.#tools.changed(),
    });
    const leaving = new Exports({
      root,
      scope,
      stage,
      document: this.document,
      selection: this.selection,
      compare,
      drawnOn: (clipId, frameNumber) => this.#tools.drawnOn(clipId, frameNumber),
      data: () => this.#data,
      notify: (text) => this.#header.notify(text),
    });
    const calibrating = new Calibrating({
      scope,
      stage,
      document: this.document,
      data: () => this.#data,
      update: (data) => this.update(data),
      draw: (done) => this.#tools.use("length", done),
      recorded: (clipId) => this.#tools.remeasure(clipId),
      notify: (text) => this.#header.notify(text),
    });
    const panelCommands = {
      togglePanel: () => panel.toggle(),
      toggleFacts: () => panel.toggleTo("file"),
      addFinding: () => void this.#findings.add(),
    };
    this.#commands = commandsFor({
      player: this.#player,
      stage,
      document: this.document,
      openClipBeside,
      others: [
        panels.commands,
        panelCommands,
        time.commands,
        this.#tools.commands,
        leaving.commands,
        calibrating.commands,
        { toggleCompare: () => compare.toggle() },
      ],
    });

    const stages = h("div", { class: "stages" }, stage.element);
    const rail = h("div", { class: "rail" }, this.#header.element, this.#clips.element, readout.status);
    const footer = h("div", { class: "footer" }, controls.transport, timeline.element, readout.loud);
    root.replaceChildren(rail, this.#tools.element, controls.tools, stages, footer, panel.element);
    const dialogs = [merging.element, picker.element, ...this.#tools.dialogs, calibrating.dialog.element];
    root.append(time.popover.element, ...panels.elements, ...dialogs);
    scope.listen(readout.pixels, "click", () => run("toggleExact"));
    const escape = () => {
      this.#tools.escape();
      time.popover.close();
      panel.closeWhereItCovers();
      panels.closeAll();
    };
    listenToKeys(scope, root, { run, escape, modal: () => root.querySelector("dialog[open]") !== null });
    this.#listenToStage(stage);
    scope.listen(window, "online", () => {
      const session = this.#player.current;
      if (session?.trouble instanceof UnreachableError) this.#troubles.retry(session);
    });
    this.#dynamics.listen((session) => this.#checkFrames(session));
    if (!takesTyping(focusedElement())) root.focus({ preventScroll: true });
  }

  selection = new Selection();
  /** @type {Record<string, () => void>} */
  #commands = {};
  #clips;
  #editing;
  #findings;
  #header;
  #panel;
  #player;
  #screen;
  #sessions;
  #stage;
  #story = new StoryPages();
  #tools;
  #troubles;

  /** Take over what Python says; the same again changes nothing. @param {ViewerData} data */
  update(data) {
    const before = this.#data;
    this.#data = data;
    this.#header.setCase(data.case);
    this.#editing.update(data.case.slug, data.edit);
    for (const { session, renewed, reworded } of this.#sessions.update(data.clips)) {
      if (renewed && session.trouble instanceof SessionExpiredError) this.#troubles.retry(session);
      if (reworded && session === this.#screen.described) this.#screen.describe(session);
    }
    this.#clips.setClips(data.clips);
    this.#findings.draw();
    for (const [page, says] of Object.entries(this.#story.show(data.story))) this.#panel.setEmpty(page, !says);
    this.root.dataset.status = data.case.status;
    this.#tools.changed();
    const { current } = this.#player;
    const landing = placeOf(data.case.slug, data.clip_id, data.frame_number);
    const landed = before && placeOf(before.case.slug, before.clip_id, before.frame_number);
    // A rerun of the page echoes an address that we wrote, perhaps a moment ago; only another wish moves the hand.
    const moved = landing !== landed && !this.#places.includes(landing);
    if (current && this.#sessions.get(current.clip.clip_id) === current && !moved) {
      this.#clips.setCurrent(current.clip.clip_id);
    } else if (this.#sessions.get(data.clip_id)) this.openClip(data.clip_id, data.frame_number - 1);
    else if (data.clips.length > 0) this.openClip(data.clips[0].clip_id);
    else this.#stage.say("This case has no clips yet.");
  }

  /**
   * @param {string} clipId
   * @param {number} [frameIndex]  where the hand left it, where none is given
   */
  openClip(clipId, frameIndex) {
    const session = this.#sessions.get(clipId);
    if (!session) return;
    this.#clips.setCurrent(clipId);
    this.#player.open(session, frameIndex);
    this.#troubles.show(session);
    if (readPreference("autoplay") === "yes") this.#player.play();
  }

  /** What hangs on frames that are others now is said, and moved only where somebody asks for it. @param {ClipSession} session */
  #checkFrames(session) {
    const hashes = this.#dynamics.of(session)?.stored_sha256;
    if (!hashes || session !== this.#player.current) return;
    const found = alteredFrames(this.document, session.clip.clip_id, hashes);
    const words = alteredWords(found);
    if (!words) return;
    const movable = this.document.editable && found.moved.length === found.altered.length;
    const move = {
      label: "Move them there",
      run: () => {
        this.document.change("Move to the frames they were put on", found.moved);
        this.#header.notify("");
      },
    };
    this.#header.notify(words, movable ? move : null);
  }

  /** A clip has been played to its end. @param {ClipSession} session */
  #passed(session) {
    if (readPreference("next") !== "yes" || !this.#sessions.beside(session, 1)) return;
    this.#openClipBeside(1);
    this.#player.play();
  }

  /** The stretch that is played; where that is all of the clip, the frame on screen. */
  get #played() {
    const { current } = this.#player;
    if (!current) return null;
    const { range, isWholeRange } = current.playback;
    const { first, last } = isWholeRange ? { first: current.want, last: current.want } : range;
    return { clip_id: current.clip.clip_id, first, last };
  }

  /** What is edited of the open case. */
  get document() {
    return this.#editing.document;
  }

  /** @param {number} by */
  #openClipBeside(by) {
    const { current } = this.#player;
    const next = current && this.#sessions.beside(current, by);
    if (next) this.openClip(next.clip.clip_id);
  }

  /** @param {ClipSession} session */
  #keepAddress(session) {
    if (!this.#data) return;
    const { slug } = this.#data.case;
    const place = { slug, clipId: session.clip.clip_id, frameNumber: session.want + 1 };
    this.#places = [placeOf(slug, place.clipId, place.frameNumber), ...this.#places].slice(0, PLACES);
    history.replaceState(history.state, "", addressOf(location.href, place));
  }

  /** @param {Stage} stage */
  #listenToStage(stage) {
    const player = this.#player;
    listenToGestures(stage.element, this.#scope, {
      zoomed: () => stage.zoomed,
      movable: () => (player.current?.clip.frame_count ?? 1) > 1,
      scrubStart: () => player.scrubStart(),
      scrubBy: (frames) => player.scrubBy(frames),
      scrubEnd: () => player.scrubEnd(),
      pixelsPerFrame: () => pixelsPerFrame(stage.element.clientWidth, player.current?.clip.frame_count ?? 1),
      step: (frames) => player.step(frames),
      pan: (dx, dy) => stage.panBy(dx, dy),
      zoom: (factor, event) => stage.zoomBy(factor, stage.pointOf(event)),
      doubleClick: (event) => (stage.zoomed ? stage.fit() : stage.zoomBy(2, stage.pointOf(event))),
    });
  }

  // For measuring -----------------------------------------------------------------------------------------------

  get frameCount() {
    return this.#player.current?.clip.frame_count ?? 0;
  }

  /** Resolved with the time at which all bytes of the open clip were local. @returns {Promise<number>} */
  get allReady() {
    return this.#player.current?.store.allReady ?? Promise.reject(new Error("no clip is open"));
  }

  /** @returns {string[]} commands of the list of keys that no part of the page knows */
  get deadKeys() {
    return COMMANDS.map(({ name }) => name).filter((name) => !(name in this.#commands));
  }

  get decodedBytes() {
    return this.#decoded.bytes;
  }

  /** @param {number} frameIndex @returns {Promise<void>} resolved once it is painted */
  show(frameIndex) {
    const { current } = this.#player;
    if (!current) return Promise.reject(new Error("no clip is open"));
    this.#player.seek(frameIndex);
    return this.#screen.whenPainted(current, current.want);
  }

  readPixels() {
    return this.#stage.readPixels();
  }

  destroy() {
    this.#scope.dispose();
    for (const cache of [this.#decoded, this.#exact]) cache.pin(null);
    this.#sessions.destroy();
    this.#exact.destroy();
    this.root.replaceChildren();
  }
}

/** @param {string} slug @param {string} clipId @param {number} frameNumber */
function placeOf(slug, clipId, frameNumber) {
  return `${slug}/${clipId}/${frameNumber}`;
}

/**
 * A short drag reaches every frame of a long clip; a long drag does not race through a short one.
 *
 * @param {number} width  CSS pixels of the stage
 * @param {number} frameCount
 */
function pixelsPerFrame(width, frameCount) {
  return Math.max(1, Math.min(16, (0.8 * width) / frameCount));
}
