/**
 * The browser's Back and Forward buttons, where they lead to a case.
 *
 * Streamlit follows them to the page and leaves the query of the address behind, and with it which case it was: that
 * address is loaded anew, as a browser does anyway between pages. Streamlit also leaves an address on the way from page
 * to page, with the page of the one and the query of the other; nobody has ever been there, so it is passed over.
 */

/**
 * @param {string} href
 * @returns {"case" | "between" | "elsewhere"}
 */
export function kindOf(href) {
  const { pathname, searchParams } = new URL(href);
  const [page, query] = [pathname.endsWith("/case"), searchParams.has("case")];
  if (page && query) return "case";
  return page || query ? "between" : "elsewhere";
}

/** @returns {number | undefined} where in the history we are, where the browser says so */
function place() {
  const { navigation } = /** @type {{ navigation?: { currentEntry: { index: number } | null } }} */ (
    /** @type {unknown} */ (window)
  );
  return navigation?.currentEntry?.index;
}

let listening = false;

/** From now on, as long as the document lives. */
export function followHistory() {
  if (listening) return;
  listening = true;
  let last = place();
  window.addEventListener(
    "popstate",
    (event) => {
      const kind = kindOf(location.href);
      const now = place();
      const back = now === undefined || last === undefined ? undefined : now < last;
      last = now;
      if (kind === "elsewhere" || (kind === "between" && back === undefined)) return;
      // We come before Streamlit: a listener that captures is called first.
      event.stopImmediatePropagation();
      if (kind === "case") location.reload();
      else if (back) history.back();
      else history.forward();
    },
    { capture: true },
  );
  const { navigation } = /** @type {{ navigation?: EventTarget }} */ (/** @type {unknown} */ (window));
  navigation?.addEventListener("currententrychange", (event) => {
    const { navigationType } = /** @type {Event & { navigationType: string | null }} */ (event);
    if (navigationType === "push") last = place();
  });
}
