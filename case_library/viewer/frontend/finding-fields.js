/**
 * The fields of a finding and what may stand in them, in words.
 *
 * @typedef {import("./edits.js").Item} Item
 * @typedef {{ path: string, label: string, options: Record<string, string> }} Choice  path: `extent.width`
 */

/** What was looked for and is absent is a finding too. @type {readonly Choice[]} */
export const CERTAINTY_FIELDS = [
  { path: "presence", label: "It is", options: { present: "present", absent: "absent", undetermined: "undetermined" } },
  { path: "certainty", label: "Certainty", options: { definite: "definite", probable: "probable", possible: "possible" } },
];

/** @type {readonly Choice[]} */
export const SITE_FIELDS = [
  {
    path: "laterality",
    label: "Side",
    options: { right: "right", left: "left", bilateral: "both sides", unilateral: "one side" },
  },
  { path: "site.level", label: "Third", options: { proximal: "proximal", middle: "middle", distal: "distal" } },
  {
    path: "site.part",
    label: "Part",
    options: {
      myofascial: "myofascial",
      musculotendinous: "musculotendinous junction",
      intratendinous: "intratendinous",
      belly: "belly",
    },
  },
];

/** Each is kept apart, for none follows from another. @type {readonly Choice[]} */
export const EXTENT_FIELDS = [
  { path: "extent.thickness", label: "Thickness", options: { partial: "partial", full_thickness: "full thickness" } },
  { path: "extent.width", label: "Width", options: { partial: "partial", complete: "complete" } },
  { path: "extent.acuity", label: "Age of it", options: { acute: "acute", subacute: "subacute", chronic: "chronic" } },
  {
    path: "extent.dynamic",
    label: "On movement",
    options: {
      opens_on_contraction: "opens on contraction",
      opens_on_stretch: "opens on stretch",
      closes: "closes",
      changes: "changes",
      none: "does not change",
    },
  },
  {
    path: "extent.echo",
    label: "Echo",
    options: {
      anechoic: "anechoic",
      hypoechoic: "hypoechoic",
      isoechoic: "isoechoic",
      hyperechoic: "hyperechoic",
      complex: "complex",
    },
  },
];

/** @param {Item} item @param {string} path @returns {any} */
export function at(item, path) {
  return path.split(".").reduce((/** @type {any} */ part, name) => part?.[name], item);
}

/** @param {Item} item @param {string} path @param {unknown} value @returns {Item} with another value there */
export function having(item, path, value) {
  const [first, ...rest] = path.split(".");
  if (rest.length === 0) return { ...item, [first]: value };
  return { ...item, [first]: having(item[first] ?? {}, rest.join("."), value) };
}

/** @param {Item} finding @returns {string} `right rectus femoris, middle third, musculotendinous junction` */
export function whereOf(finding) {
  const { site = {}, laterality } = finding;
  const [side, level, part] = SITE_FIELDS.map(({ path, options }) => options[at(finding, path)] ?? "");
  const structure = site.structure?.meaning ?? site.region?.meaning ?? "";
  const words = [
    [laterality ? side : "", structure.toLowerCase()].filter(Boolean).join(" "),
    level && `${level} third`,
    part,
    site.level_text,
  ];
  return words.filter(Boolean).join(", ");
}

/** @param {Item} finding @returns {string} `full thickness, complete width, acute, opens on contraction` */
export function extentOf(finding) {
  const words = EXTENT_FIELDS.map(({ path, options }) => {
    const value = options[at(finding, path)];
    return value && path === "extent.width" ? `${value} width` : value;
  });
  const share = finding.extent?.cross_section_percent;
  if (share !== null && share !== undefined) words.push(`${share} % of the cross-section`);
  return words.filter(Boolean).join(", ");
}

/** @returns {Omit<Item, "item_id" | "term">} a finding of which nothing is said yet */
export function emptyFinding() {
  return {
    presence: "present",
    certainty: "definite",
    site: { structure: null, region: null, level: null, part: null, level_text: "" },
    laterality: null,
    extent: {},
    grades: [],
    text: "",
    frames: [],
    shapes: [],
    measurements: [],
    dynamic_sign: null,
  };
}
