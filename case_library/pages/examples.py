"""Example cases whose clips are being made: how far they are, and the page anew once they are there."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from case_library.errors import CaseNotBuiltError
from case_library.pages.furniture import say
from case_library.phantoms.building import BuildState
from case_library.routes.serving import Serving
from case_library.store.library import CaseEntry
from case_library.viewer.messages import build_words

_LOOKS_EVERY_S = 2.0


def wait_for_examples(shared: Serving, entries: Sequence[CaseEntry]) -> None:
    """Run the page anew whenever a percentage has changed, or a case is there."""
    shown = _words(shared, entries)

    @st.fragment(run_every=_LOOKS_EVERY_S)
    def look() -> None:
        if _words(shared, shared.library.entries()) != shown:
            st.rerun()

    look()


def show_unbuilt(shared: Serving, problem: CaseNotBuiltError) -> None:
    """Say how far the clips of a case are; the case opens by itself once they are there."""
    st.set_page_config(page_title=f"{problem.title or problem.slug} · case library")
    progress = shared.examples.state(problem.slug)
    running = progress is not None and not progress.failed
    minutes = "It opens by itself when they are there." if running else problem.remedy
    say(f"{problem.title or problem.slug}\n{build_words(progress)}.", minutes)
    if not running:
        return

    @st.fragment(run_every=_LOOKS_EVERY_S)
    def look() -> None:
        try:
            shared.library.read(problem.slug)
        except CaseNotBuiltError:
            if shared.examples.state(problem.slug) != progress:
                st.rerun()
        else:
            st.rerun()

    look()


def builds_of(shared: Serving, entries: Sequence[CaseEntry]) -> dict[str, BuildState]:
    """Return how far the clips of each example case are that are being made, by slug."""
    slugs = (entry.slug for entry in entries if isinstance(entry.problem, CaseNotBuiltError))
    states = {slug: shared.examples.state(slug) for slug in slugs}
    return {slug: state for slug, state in states.items() if state is not None}


def _words(shared: Serving, entries: Sequence[CaseEntry]) -> dict[str, str]:
    return {slug: build_words(state) for slug, state in builds_of(shared, entries).items()}
