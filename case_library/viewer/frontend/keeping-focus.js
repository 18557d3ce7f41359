/** Draw a part of the page anew, and leave the hands where they were. */

/**
 * What is marked with `data-key` is found again: its focus, its caret, and what was just typed into it. Sections that
 * were open stay open.
 *
 * @param {HTMLElement} container
 * @param {() => void} draw
 */
export function keepingFocus(container, draw) {
  const active = /** @type {HTMLElement | null} */ (container.querySelector(":focus"));
  const key = active?.dataset.key;
  const typed = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement ? active : null;
  const caret = typed && typed.type !== "number" ? [typed.selectionStart, typed.selectionEnd] : null;
  const open = new Set([...container.querySelectorAll("details[open]")].map((part) => part.getAttribute("data-section")));
  const { scrollTop } = container.parentElement ?? container;
  draw();
  for (const part of container.querySelectorAll("details")) part.open = open.has(part.getAttribute("data-section"));
  if (container.parentElement) container.parentElement.scrollTop = scrollTop;
  if (!key) return;
  const again = /** @type {HTMLElement | null} */ (container.querySelector(`[data-key="${CSS.escape(key)}"]`));
  again?.focus({ preventScroll: true });
  if (!typed || !(again instanceof HTMLInputElement || again instanceof HTMLTextAreaElement)) return;
  // The library keeps no spaces at the ends; somebody who is typing needs them.
  if (again.value.trim() === typed.value.trim()) again.value = typed.value;
  if (caret) again.setSelectionRange(caret[0], caret[1]);
}
