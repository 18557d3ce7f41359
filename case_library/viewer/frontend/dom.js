/** Building the page: text only ever goes in as text. */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]  `true` sets an empty attribute,
 *   `false`, null and undefined leave it out
 * @param {(Node | string | null | undefined)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function setAttribute(element, name, value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * Only where it differs: an unchanged label costs no layout.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Outlines on a 20 × 20 grid. @type {Record<string, string>} */
const ICONS = {
  back: "M12 4l-6 6 6 6",
  play: "M6 3.5v13l11-6.5z",
  pause: "M5.5 4v12M14.5 4v12",
  previous: "M13 5l-5 5 5 5M5 5v10",
  next: "M7 5l5 5-5 5M15 5v10",
  loop: "M4 10a6 6 0 0 1 6-6h4m-2-2.5L14.5 4 12 6.5M16 10a6 6 0 0 1-6 6H6m2 2.5L5.5 16 8 13.5",
  sweep: "M3 10h14M6 7l-3 3 3 3M14 7l3 3-3 3",
  once: "M3 10h11M11 7l3 3-3 3M17 5v10",
  levels: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
  full: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  help: "M7 7.5a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.1-1.5 2.2M10 15.5v.2",
  facts: "M3 4h14v12H3zM12 4v12M14 7h1.5M14 10h1.5",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4",
  close: "M5 5l10 10M15 5L5 15",
  select: "M5 3l10 7-4.6.9L13 16l-2 1-2.5-5L5 15z",
  length: "M3.5 13.5l13-7M2.5 11l2 5M15.5 4l2 5",
  bent: "M3 15l4-8 5 5 5-8",
  angle: "M16 4L4 15h13M10.5 9.3a7 7 0 0 1 2.3 5.5",
  thickness: "M3 4.5h14M3 15.5h14M10 7v6M8.3 8.5L10 6.7l1.7 1.8M8.3 11.5l1.7 1.8 1.7-1.8",
  outline: "M5 5l8-2 4 7-5 7-8-3z",
  ellipse: "M10 5c4 0 7 2.2 7 5s-3 5-7 5-7-2.2-7-5 3-5 7-5z",
  volume: "M10 4c4 0 7 2.7 7 6s-3 6-7 6-7-2.7-7-6 3-6 7-6zM3 10c2 2.4 12 2.4 14 0M10 4v12",
  excursion: "M4 13.5v.2M5 13c3-7 7-8 10-5M15.5 4v4h-4",
  grey: "M3 5h14v10H3zM6 15V9M9 15v-4M12 15V7M15 15v-2",
  shape: "M3 17l3-.7L16 6.3 13.7 4 3.7 14zM12 5.7L14.3 8",
  hide: "M2.5 10C5 6 7.300 5 10 5s5 1 7.500 5c-2.500 4-4.800 5-7.500 5s-5-1-7.500-5zM4 16L16 4",
  compare: "M3 4h6v12H3zM11 4h6v12h-6z",
  more: "M4.500 10v.1M10 10v.1M15.500 10v.1",
  check: "M4 10.5l4 4 8-9",
  warning: "M10 3l8 14H2zM10 8v4M10 14.4v.2",
  shield: "M10 2.5l6 2.2v4.6c0 4-2.6 6.7-6 8.2-3.4-1.5-6-4.2-6-8.2V4.7z",
};

/**
 * @param {keyof typeof ICONS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * @param {string} label  for the tooltip and for people who hear the page
 * @param {keyof typeof ICONS | null} iconName
 * @param {{ class?: string, text?: string }} [options]
 * @returns {HTMLButtonElement}
 */
export function button(label, iconName, { class: className = "", text } = {}) {
  const classes = `button ${className}`.trim();
  const element = h("button", { type: "button", class: classes, title: label, "aria-label": text ? null : label });
  if (iconName) element.append(icon(iconName));
  if (text) element.append(h("span", { class: "button-text" }, text));
  return element;
}

/** @returns {Element | null} the focused element, looked for inside shadow roots too */
export function focusedElement() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

/** Whether an element takes typed text, or arrow keys of its own. @param {EventTarget | Element | null | undefined} target */
export function takesTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
