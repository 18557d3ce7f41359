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
