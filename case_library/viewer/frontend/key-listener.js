/** The keyboard: our commands run, and Streamlit's own keys stay out. */
import { focusedElement, takesTyping } from "./dom.js";
import { commandOf } from "./keys.js";

/**
 * @param {import("./scope.js").Scope} scope
 * @param {HTMLElement} root  has the focus, or something in it
 * @param {{ run: (command: string) => void, escape: () => void, modal: () => boolean }} target
 */
export function listenToKeys(scope, root, { run, escape, modal }) {
  const obey = (/** @type {KeyboardEvent} */ event) => {
    const [target] = event.composedPath();
    if (event.key === "Escape" && !modal()) escape();
    if (event.defaultPrevented || takesTyping(target)) return;
    // A button that was reached with the Tab key is pressed with the space bar.
    const command = target instanceof HTMLButtonElement && event.key === " " ? null : commandOf(event);
    if (!command || (modal() && command !== "toggleHelp")) return;
    event.preventDefault();
    run(command);
  };
  scope.listen(root, "keydown", (/** @type {KeyboardEvent} */ event) => {
    // Streamlit's own keys, `r` and `c` among them, listen on the document and know nothing of this shadow root.
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    obey(event);
  });
  // Where nothing has the focus, the keys are the viewer's: it is what the page is about.
  scope.listen(document, "keydown", (/** @type {KeyboardEvent} */ event) => {
    if (focusedElement() === document.body) obey(event);
  });
  // A click leaves the keys with the viewer; the Tab key may still go from button to button.
  scope.listen(root, "click", (/** @type {MouseEvent} */ event) => {
    const keepsFocus = event.target instanceof Element && event.target.closest("input, select, dialog, .popover, a");
    if (event.detail > 0 && !keepsFocus) root.focus({ preventScroll: true });
  });
  scope.listen(root, "change", (event) => {
    if (event.target instanceof HTMLSelectElement) root.focus({ preventScroll: true });
  });
}
