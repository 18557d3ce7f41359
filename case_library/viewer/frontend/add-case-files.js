/**
 * Step 1: files and folders are dropped, sent and read; what came in stands in the list, and so does what did not.
 *
 * @typedef {import("./types.js").DraftClipMessage} DraftClipMessage
 * @typedef {import("./uploads.js").Item} Item
 */
import { clockBadge, scaleBadge } from "./badges.js";
import { arrange, fromDrop, fromInput } from "./chosen-files.js";
import { askedRow } from "./add-case-asked.js";
import { button, h, icon, setText } from "./dom.js";
import { Thumbs } from "./add-case-thumb.js";
import { Uploads, sizeText } from "./uploads.js";

/** @type {Record<string, string>} */
const WORDS = {
  waiting: "Waiting",
  sent: "Sent",
  "read soon": "Sent, waiting to be read",
  reading: "Being read, names removed…",
  read: "Read ✓",
  looking: "Being looked through: how long, how large…",
  "looked at": "Looked through ✓",
};

export class FilesStep {
  title = "Files";
  #chooseFiles = h("input", { type: "file", multiple: true, class: "hidden-input", "aria-label": "Choose files" });
  #chooseFolder = h("input", { type: "file", webkitdirectory: true, class: "hidden-input", "aria-label": "Choose a folder" });
  #cancel = button("Cancel", null, { text: "Cancel", class: "outlined" });
  #discard = button("Discard this draft", null, { text: "Discard draft", class: "outlined danger" });
  #notice = h("p", { class: "step-notice", role: "alert", hidden: true });
  #progress = h("div", { class: "overall", hidden: true });
  #overallText = h("span", { class: "overall-text" });
  #overallBar = h("div", { class: "bar-fill" });
  #rows = h("ul", { class: "file-rows" });
  #others = h("div", { class: "others", hidden: true });
  #drop;
  element;
  /** The drafts that the files of this page became, one for each examination. @type {string[]} */
  #made = [];

  /**
   * @param {{ api: import("./add-case-api.js").Api, draft: import("./draft.js").Draft, scope: import("./scope.js").Scope, changed: () => void }} context
   * @param {{ opened: (slug: string) => Promise<void>, startAgain: () => void }} host
   */
  constructor({ api, draft, scope, changed }, { opened, startAgain }) {
    this.draft = draft;
    this.changed = changed;
    this.thumbs = new Thumbs(scope);
    this.uploads = new Uploads(api, scope, {
      addTo: () => draft.slug,
      changed: () => this.#showSoon(),
      imported: async (slugs) => {
        if (draft.slug && slugs.includes(draft.slug)) return draft.load(draft.slug);
        this.#made = [...this.#made.filter((made) => !slugs.includes(made)), ...slugs];
        await opened(slugs[0]);
      },
      adding: (end) => draft.during(end),
      failed: (error) => this.say(error instanceof Error ? error.message : String(error)),
    });
    const files = button("Choose files", null, { text: "Choose files…", class: "primary" });
    const folder = button("Choose a folder", null, { text: "Choose a folder…", class: "outlined" });
    this.#drop = h(
      "div",
      { class: "drop" },
      h("p", { class: "drop-head" }, "Drop ultrasound files or a folder here"),
      h("p", { class: "drop-kinds" }, "DICOM, a folder or zip of it, pictures in a row, GIF, WebP, video"),
      h("div", { class: "drop-buttons" }, files, folder),
      h(
        "p",
        { class: "drop-promise" },
        icon("shield"),
        "Everything stays on this computer. Names in the headers are removed on the way in; names in the picture you mask in step 3.",
      ),
      this.#chooseFiles,
      this.#chooseFolder,
    );
    this.#progress.append(h("div", { class: "bar" }, this.#overallBar), this.#overallText, this.#cancel);
    this.element = h(
      "section",
      { class: "step step-files" },
      this.#drop,
      this.#notice,
      this.#progress,
      this.#rows,
      this.#others,
      h("div", { class: "files-foot" }, this.#discard),
    );
    scope.listen(files, "click", () => this.#chooseFiles.click());
    scope.listen(folder, "click", () => this.#chooseFolder.click());
    for (const input of [this.#chooseFiles, this.#chooseFolder]) {
      scope.listen(input, "change", () => {
        this.#add(fromInput(input.files ?? []));
        input.value = "";
      });
    }
    scope.listen(this.#others, "click", (event) => {
      const slug = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-slug]"))?.dataset.slug;
      if (slug && slug !== draft.slug) void opened(slug);
    });
    scope.listen(this.#cancel, "click", () => void this.uploads.cancel());
    scope.listen(this.#discard, "click", () => void this.#discardDraft(api, startAgain));
    this.#listenToDrops(scope);
    this.#show();
    this.uploads.resume();
  }

  show() {
    this.#show();
  }

  hide() {}

  update() {
    this.#show();
  }

  missing() {
    if (this.uploads.busy) return "The files are still being read.";
    if (this.uploads.asked.length > 0) return "Bring in or remove what waits, to go on.";
    return this.draft.doc ? "" : "Add at least one file to go on.";
  }

  done() {
    return this.draft.doc !== null && !this.uploads.unfinished;
  }

  /** How the user calls a clip. @param {DraftClipMessage} clip @returns {string} */
  nameOf(clip) {
    const number = clip.clip_id.replace("clip-", "Clip ");
    return clip.title || this.uploads.names.get(`${this.draft.slug}/${clip.clip_id}`) || number;
  }

  /** @param {string} text */
  say(text) {
    this.#notice.hidden = !text;
    setText(this.#notice, text);
  }

  /** @param {import("./chosen-files.js").Found[]} found */
  #add(found) {
    const files = arrange(found);
    this.say(files.chosen.length === 0 ? "There was no file in it." : "");
    this.uploads.add(files);
  }

  /** @param {import("./scope.js").Scope} scope */
  #listenToDrops(scope) {
    let depth = 0;
    const over = (/** @type {number} */ change) => {
      depth = Math.max(0, depth + change);
      this.#drop.classList.toggle("over", depth > 0);
    };
    const ours = (/** @type {DragEvent} */ event) => !this.element.hidden && event.dataTransfer?.types.includes("Files");
    scope.listen(window, "dragenter", (/** @type {DragEvent} */ event) => ours(event) && over(1));
    scope.listen(window, "dragleave", (/** @type {DragEvent} */ event) => ours(event) && over(-1));
    scope.listen(window, "dragover", (/** @type {DragEvent} */ event) => {
      // Elsewhere too: a browser would leave the page and open the file.
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = ours(event) ? "copy" : "none";
    });
    scope.listen(window, "drop", (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      over(-depth);
      if (!ours(event) || !event.dataTransfer) return;
      void fromDrop(event.dataTransfer).then(
        (found) => this.#add(found),
        () => this.say("What was dropped cannot be read. Choose it with the button instead."),
      );
    });
  }

  /** @param {import("./add-case-api.js").Api} api @param {() => void} startAgain */
  async #discardDraft(api, startAgain) {
    const { slug } = this.draft;
    if (!slug || !confirm("Discard this draft? Its clips and everything you entered are deleted. Your own files stay where they are.")) return;
    try {
      await api.ask("DELETE", `/drafts/${slug}`);
      this.#made = this.#made.filter((made) => made !== slug);
      this.uploads.refused = [];
      startAgain();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  #frame = 0;

  /** Progress comes many times a second. */
  #showSoon() {
    if (!this.#frame) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#show();
        this.changed();
      });
    }
  }

  #show() {
    const { draft, uploads } = this;
    const clips = draft.doc?.clips ?? [];
    this.element.classList.toggle("empty", clips.length === 0 && !uploads.unfinished && uploads.refused.length === 0);
    this.#discard.hidden = !draft.doc || uploads.busy;
    this.#showProgress();
    this.#setRows([
      ...clips.map((clip) => ({ key: this.#clipKey(clip), make: () => this.#clipRow(clip, clips.length) })),
      ...uploads.asked.map((asked) => ({ key: `asked ${asked.batch} ${asked.position} ${asked.reason}`, make: () => this.#askedRow(asked) })),
      ...uploads.items.filter(({ state }) => state !== "refused").map((item) => ({ key: itemKey(item), make: () => itemRow(item) })),
      ...uploads.refused.map((item) => ({ key: `refused ${item.name} ${item.reason}`, make: () => this.#refusedRow(item) })),
    ]);
    this.#showOthers();
  }

  /** Which of the examinations is open, where the files were of several. */
  #showOthers() {
    const { slug } = this.draft;
    this.#others.hidden = this.#made.length < 2;
    if (this.#others.hidden) return;
    const name = (/** @type {string} */ made) => [...this.uploads.names].find(([key]) => key.startsWith(`${made}/`))?.[1] ?? "";
    this.#others.replaceChildren(
      h("p", {}, `These files are of ${this.#made.length} examinations; each becomes a case of its own. Open:`),
      ...this.#made.map((made, k) =>
        h(
          "button",
          { type: "button", class: "button outlined small examination", "aria-pressed": String(made === slug), "data-slug": made, title: name(made) },
          h("span", { class: "box-count" }, String(k + 1)),
          h("span", { class: "examination-name" }, name(made)),
        ),
      ),
    );
  }

  #showProgress() {
    const { uploads } = this;
    this.#progress.hidden = !uploads.busy;
    if (!uploads.busy) return;
    const size = uploads.items.reduce((sum, item) => sum + item.size, 0);
    const sent = uploads.items.reduce((sum, item) => sum + Math.min(item.sent, item.size), 0);
    const { reading } = uploads;
    const share = reading ? reading.done / Math.max(1, reading.total) : sent / Math.max(1, size);
    // Sending and reading are two halves of the bar.
    this.#overallBar.style.width = `${50 * share + (reading ? 50 : 0)}%`;
    const words = reading ? "Reading, and removing names from the headers" : `Sending ${sizeText(sent)} of ${sizeText(size)}`;
    setText(this.#overallText, words);
  }

  /**
   * Rows that stay the same stay as they are.
   *
   * @param {{ key: string, make: () => HTMLElement }[]} rows
   */
  #setRows(rows) {
    const before = new Map([...this.#rows.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.key, row]));
    const next = rows.map(({ key, make }) => {
      const kept = before.get(key);
      if (kept) return kept;
      const row = make();
      row.dataset.key = key;
      return row;
    });
    const same = next.length === this.#rows.children.length && next.every((row, k) => row === this.#rows.children[k]);
    if (!same) this.#rows.replaceChildren(...next);
  }

  /** @param {DraftClipMessage} clip */
  #clipKey(clip) {
    return JSON.stringify([clip.url, clip.clip_id, this.nameOf(clip), clip.clock.why, clip.scale.why, clip.mask, this.draft.doc?.clips.length]);
  }

  /** @param {DraftClipMessage} clip @param {number} count */
  #clipRow(clip, count) {
    const name = this.nameOf(clip);
    const remove = button(`Remove ${name}`, "close", { class: "remove" });
    remove.hidden = count === 1;
    remove.addEventListener("click", () => {
      remove.disabled = true;
      void this.draft.edit("DELETE", `/clips/${clip.clip_id}`, {}).then((saved) => (remove.disabled = !saved));
    });
    const troubles = troublesOf(clip);
    return h(
      "li",
      { class: "file-row", "data-clip-id": clip.clip_id },
      this.thumbs.of(clip),
      h("div", { class: "file-text" }, h("span", { class: "file-name", title: name }, name), h("span", { class: "file-facts" }, factsText(clip))),
      h(
        "div",
        { class: "file-state" },
        ...(troubles.length === 0 ? [h("p", { class: "state good" }, icon("check"), "Clock and scale found")] : []),
        ...troubles.map((text) => h("p", { class: "state amber" }, icon("warning"), h("span", {}, text))),
        ...clip.notes.map((text) => h("p", { class: "state quiet" }, h("span", {}, text))),
      ),
      remove,
    );
  }

  /** @param {import("./uploads.js").Asked} asked */
  #askedRow(asked) {
    const { uploads } = this;
    return askedRow(asked, { bring: (choice) => uploads.bring(asked, choice), remove: () => void uploads.remove(asked) });
  }

  /** @param {Item} item */
  #refusedRow(item) {
    const dismiss = button(`Take ${item.name} off the list`, "close", { class: "remove" });
    dismiss.addEventListener("click", () => this.uploads.dismiss(item));
    return h(
      "li",
      { class: "file-row refused" },
      h("div", { class: "thumb none" }, icon("close")),
      h("div", { class: "file-text" }, h("span", { class: "file-name", title: item.name }, item.name), h("span", { class: "file-facts" }, sizeText(item.size))),
      h("div", { class: "file-state" }, h("p", { class: "state red" }, h("span", {}, `Not taken: ${item.reason.replace(/\.$/, "")}.`))),
      dismiss,
    );
  }
}

/** @param {Item} item */
function itemKey(item) {
  return `item ${item.name} ${item.state} ${item.state === "sending" ? Math.floor((100 * item.sent) / Math.max(1, item.size)) : ""}`;
}

/** @param {Item} item */
function itemRow(item) {
  const percent = item.size > 0 ? Math.floor((100 * item.sent) / item.size) : 100;
  const words = WORDS[item.state] ?? `Sending, ${percent} %`;
  return h(
    "li",
    { class: "file-row pending" },
    h("div", { class: "thumb none" }),
    h("div", { class: "file-text" }, h("span", { class: "file-name", title: item.name }, item.name), h("span", { class: "file-facts" }, [item.note, sizeText(item.size)].filter(Boolean).join(" · "))),
    h("div", { class: "file-state" }, h("p", { class: "state quiet" }, words)),
  );
}

/** @param {DraftClipMessage} clip @returns {string} `120 frames · 4.00 s · 1024 × 768 px · 17 MB` */
export function factsText(clip) {
  const { frame_count, columns, rows, clock, file_bytes } = clip;
  const parts = [frame_count === 1 ? "still" : `${frame_count} frames`];
  if (frame_count > 1 && clock.trusted && clock.duration_s !== null) parts.push(`${clock.duration_s.toFixed(2)} s`);
  parts.push(`${columns} × ${rows} px`, sizeText(file_bytes));
  return parts.join(" · ");
}

/** @param {DraftClipMessage} clip @returns {string[]} what cannot be trusted, in a few words */
export function troublesOf(clip) {
  const [clock, scale] = [clockBadge(clip.clock), scaleBadge(clip.scale)];
  return [
    ...(clock.trusted ? [] : [`Clock: ${clip.clock.why}`]),
    ...(scale.trusted ? [] : [`Scale: ${clip.scale.why.replace(/^The scale cannot be trusted: /, "")}`]),
  ];
}
