"""The case page: the viewer, and for a draft the way to publish it."""

import streamlit as st

from case_library.errors import CaseFormatError, CaseNotBuiltError, CaseNotFoundError
from case_library.model.case import Status
from case_library.packs.format import PackIndex
from case_library.pages.examples import show_unbuilt
from case_library.pages.furniture import make_room_for_bar, say
from case_library.pages.landing import landing
from case_library.pages.links import case_links, editor_link, linked_clips, tables_link
from case_library.routes.serving import Serving, serving
from case_library.viewer.component import cine_viewer
from case_library.viewer.messages import viewer_data


def show(shared: Serving, slug: str) -> None:
    """Show a case, or say why it cannot be shown."""
    try:
        case, folder = shared.library.read(slug), shared.library.folder(slug)
    except CaseNotFoundError:
        say("There is no such case in this library.", "It may have been renamed or removed, or the link is incomplete.")
        return
    except CaseNotBuiltError as problem:
        show_unbuilt(shared, problem)
        return
    except CaseFormatError as problem:
        say(f"This case cannot be read: {problem.reason}.", problem.remedy)
        return
    if not case.clips:
        say("This case has no clips yet.", f"Add one with: case-library import FILE --case {slug}")
        return

    st.set_page_config(page_title=f"{case.title or slug} · case library")
    draft = case.status is Status.DRAFT
    if draft:
        make_room_for_bar()
    place = landing(case, st.query_params.get("clip"), st.query_params.get("frame"))
    if place.note:
        st.toast(place.note)
    links = case_links(shared, case, folder)
    clip_id = place.clip.clip_id
    # Where there is none, the worker begins while the browser still loads the viewer.
    pack = shared.pack(shared.serve(place.clip, folder, draft))
    if isinstance(pack, PackIndex):
        links[clip_id] = links[clip_id]._replace(pack=pack)
    data = viewer_data(
        slug,
        case,
        links,
        clip_id=clip_id,
        frame_number=place.frame_number,
        editor=editor_link(shared, slug),
        linked=linked_clips(shared, case),
        tables=tables_link(shared, slug, case),
    )
    if cine_viewer(data, key=f"viewer-{slug}"):
        st.switch_page("library.py")
    if draft:
        draft_bar(slug)


def draft_bar(slug: str) -> None:
    """Lead from a draft to the page on which its masks are drawn and its pixels confirmed."""
    bar = st.container(key="draft-bar", horizontal=True, vertical_alignment="center")
    bar.markdown("**Draft:** nobody has confirmed the pixels.")
    if bar.button("Mask, confirm and publish ›", type="primary"):
        st.switch_page("add_case.py", query_params={"case": slug, "step": "3"})


def slug_of_address() -> str:
    """Return the case of the address, and put it there where the browser's Back button lost it.

    Streamlit drops the query of an address that is gone back to; then it is the case that was open last.
    """
    slug: str = st.query_params.get("case") or st.session_state.get("last_case", "")
    if slug and "case" not in st.query_params:
        st.query_params["case"] = slug
    st.session_state["last_case"] = slug
    return slug


show(serving(), slug_of_address())
