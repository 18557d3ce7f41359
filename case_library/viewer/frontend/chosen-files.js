/**
 * What a person dropped or chose, as a list in a sensible order: pictures with running numbers belong together.
 *
 * Names of files are often names of patients. They stay in this page: the server is told places in this list.
 *
 * @typedef {{ file: File, folder: string }} Found  folder: its path inside what was dropped, "" for a loose file
 * @typedef {object} Chosen
 * @property {File} file
 * @property {string} name
 * @property {number} group  0 for a file of its own, else the clip it is in
 * @property {number} place  in that clip: pictures numbered 17, 18 and 20 have the places 0, 1 and 3
 * @typedef {{ group: number, name: string, count: number, missing: number[] }} Sequence  missing: numbers in between
 */

const PICTURE = /\.(png|jpe?g|bmp|tiff?)$/i;
/** What lies about in folders and is nobody's picture; the index of a DICOM folder names what comes anyway. */
const PASSED_OVER = /^(\..*|thumbs\.db|desktop\.ini|dicomdir)$/i;
const LAST_NUMBER = /^(.*?)(\d+)(\D*)$/;
const MISSING_NAMED = 12;
const MOST_PLACES = 1e9;

/** @param {string} a @param {string} b @returns {number} `clip2` before `clip10` */
export function naturally(a, b) {
  return a.localeCompare(b, "en", { numeric: true, sensitivity: "base" });
}

/**
 * @param {Found[]} found
 * @returns {{ chosen: Chosen[], sequences: Sequence[] }}
 */
export function arrange(found) {
  const files = found
    .filter(({ file }) => !PASSED_OVER.test(file.name))
    .sort((a, b) => naturally(`${a.folder}/${a.file.name}`, `${b.folder}/${b.file.name}`));
  /** @type {Map<string, { members: Found[], numbers: number[] }>} */
  const series = new Map();
  for (const entry of files) {
    const parts = PICTURE.test(entry.file.name) ? LAST_NUMBER.exec(entry.file.name) : null;
    if (!parts) continue;
    const key = `${entry.folder}/${parts[1]}#${parts[3].toLowerCase()}`;
    const known = series.get(key) ?? { members: [], numbers: [] };
    series.set(key, known);
    known.members.push(entry);
    known.numbers.push(Number(parts[2]));
  }
  /** @type {Sequence[]} */
  const sequences = [];
  /** @type {Map<Found, { group: number, place: number }>} */
  const homes = new Map();
  for (const { members, numbers } of series.values()) {
    if (members.length < 2) continue;
    const group = sequences.length + 1;
    const name = `${members[0].file.name} – ${members[members.length - 1].file.name}`;
    sequences.push({ group, name, count: members.length, missing: gaps(numbers) });
    const isNumbering = numbers.every((number, k) => k === 0 || number > numbers[k - 1]) && (numbers.at(-1) ?? 0) - numbers[0] < MOST_PLACES;
    members.forEach((member, k) => homes.set(member, { group, place: isNumbering ? numbers[k] - numbers[0] : k }));
  }
  const chosen = files.map((entry) => ({ file: entry.file, name: entry.file.name, ...(homes.get(entry) ?? { group: 0, place: 0 }) }));
  return { chosen, sequences };
}

/** @param {number[]} numbers  rising @returns {number[]} those left out, the first of them */
export function gaps(numbers) {
  /** @type {number[]} */
  const missing = [];
  for (let k = 1; k < numbers.length; k += 1) {
    for (let n = numbers[k - 1] + 1; n < numbers[k] && missing.length < MISSING_NAMED; n += 1) missing.push(n);
  }
  return missing;
}

/** @param {Iterable<File>} files  of an `<input>`, with or without `webkitdirectory` @returns {Found[]} */
export function fromInput(files) {
  return [...files].map((file) => ({ file, folder: file.webkitRelativePath.split("/").slice(0, -1).join("/") }));
}

/**
 * Everything that was dropped, folders included.
 *
 * @param {DataTransfer} transfer  only good until the event is over, so the entries are taken at once
 * @returns {Promise<Found[]>}
 */
export async function fromDrop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry)) return fromInput(transfer.files);
  /** @type {Found[]} */
  const found = [];
  for (const entry of entries) if (entry) await walk(entry, "", found);
  return found;
}

/** @param {FileSystemEntry} entry @param {string} folder @param {Found[]} found */
async function walk(entry, folder, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
    found.push({ file, folder });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const inside = folder ? `${folder}/${entry.name}` : entry.name;
  for (;;) {
    // A reader gives a hundred at a time, and none when it is at the end.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const child of entries) await walk(child, inside, found);
  }
}
