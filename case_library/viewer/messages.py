"""What the pages tell the browser; `frontend/types.js` describes the same to the other side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

from case_library.errors import CaseNotBuiltError
from case_library.model.calibration import region_refusal
from case_library.model.case import Case, Clip, Conversion, MadeOf, Status
from case_library.model.narrative import Link
from case_library.model.ruler import ruler_of
from case_library.model.timing import Clock
from case_library.packs.format import PackIndex
from case_library.phantoms.building import BuildState
from case_library.store.library import CaseEntry
from case_library.viewer.edit_messages import EditMessage, EditorLink, edit_message


class ClockMessage(TypedDict):
    """The acquisition clock; times in seconds."""

    origin: str
    trusted: bool
    why: str
    frame_time_s: float | None
    frame_times_s: list[float] | None
    duration_s: float | None
    rate_fps: float | None


class PlaybackMessage(TypedDict):
    """How the file asks to be shown; frame numbers from 1."""

    display_rate_fps: float | None
    start_frame: int | None
    stop_frame: int | None
    sequencing: str


class ScaleMessage(TypedDict):
    """What is concluded about lengths."""

    origin: str
    trusted: bool
    why: str
    region: int | None
    mm_per_px: list[float] | None


class RegionMessage(TypedDict):
    """A calibrated rectangle; inclusive pixel bounds as stored."""

    number: int
    min_x: int
    min_y: int
    max_x: int
    max_y: int
    trusted: bool
    mm_per_px: list[float] | None


class Fact(TypedDict):
    """A line of "what the file says"."""

    label: str
    value: str
    title: NotRequired[str]


class CaseMessage(TypedDict):
    """The case a viewer shows."""

    slug: str
    title: str
    summary: str
    source: Literal["patient", "synthetic"]
    status: Literal["draft", "published"]


class ScaleMessages(TypedDict):
    """What a clip's scale decides."""

    scale: ScaleMessage
    regions: list[RegionMessage]
    ruler: dict[str, Any]


class ClipMessage(TypedDict):
    """A clip, with where its frames are fetched."""

    clip_id: str
    title: str
    frame_count: int
    columns: int
    rows: int
    pixel_aspect: float
    clock: ClockMessage
    playback: PlaybackMessage
    scale: ScaleMessage
    regions: list[RegionMessage]
    ruler: dict[str, Any]
    stage: str | None
    view: str | None
    laterality: str | None
    facts: list[Fact]
    has_poster: bool
    url: str
    token: str
    pack: dict[str, Any] | None


class LinkMessage(TypedDict):
    """From the case, or one of its clips, to another clip or case."""

    kind: str
    clip_id: str | None
    to_case: str | None
    to_clip: str | None


class TablesMessage(TypedDict):
    """Where the tables of a published case are fetched, with a slash at the end, and the token that lets in."""

    url: str
    token: str


class LinkedClip(TypedDict):
    """A clip of another case that this one names, and for which of its own clips (None: any)."""

    kind: str
    from_clip: str | None
    slug: str
    case_title: str
    clip: ClipMessage
    phases: list[dict[str, Any]]


class ViewerData(TypedDict):
    """All that the viewer needs; `clip_id` and `frame_number` are where a link wants to land."""

    case: CaseMessage
    clips: list[ClipMessage]
    edit: EditMessage
    links: list[LinkMessage]
    linked: list[LinkedClip]
    tables: TablesMessage | None
    story: dict[str, Any]
    clip_id: str
    frame_number: int


class GalleryCase(TypedDict):
    """A card; one with a `problem` cannot be opened and says what helps, one that is `building` is not made yet."""

    slug: str
    title: str
    summary: str
    source: Literal["patient", "synthetic"]
    status: Literal["draft", "published"]
    clip_count: int
    frame_count_max: int
    moving: bool
    problem: str | None
    remedy: str | None
    building: str | None
    poster_url: str | None
    token: str | None
    href: str


class GalleryData(TypedDict):
    """The cards, whether this reader may add cases, and where the library lies."""

    cases: list[GalleryCase]
    editor: bool
    library_hint: str
    add_href: str


class ClipLink(NamedTuple):
    """Where a clip's frames are fetched (with a slash at the end), the token that lets in, and the list of frames."""

    url: str
    token: str
    pack: PackIndex | None = None


# What is told about a case and not edited in the viewer; `frontend/story-pages.js` shows it.
_STORY = (
    "history",
    "timeline",
    "diagnosis",
    "proof",
    "differential",
    "mimics",
    "pitfalls",
    "teaching_points",
    "outcome",
    "references",
)
_STORED_AS = {
    "1.2.840.10008.1.2": "uncompressed",
    "1.2.840.10008.1.2.1": "uncompressed",
    "1.2.840.10008.1.2.2": "uncompressed, big endian",
    "1.2.840.10008.1.2.1.99": "deflated",
    "1.2.840.10008.1.2.5": "RLE",
    "1.2.840.10008.1.2.4.50": "JPEG baseline",
    "1.2.840.10008.1.2.4.51": "JPEG extended",
    "1.2.840.10008.1.2.4.57": "JPEG lossless",
    "1.2.840.10008.1.2.4.70": "JPEG lossless",
    "1.2.840.10008.1.2.4.80": "JPEG-LS lossless",
    "1.2.840.10008.1.2.4.81": "JPEG-LS near-lossless",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.201": "HTJ2K lossless",
    "1.2.840.10008.1.2.4.202": "HTJ2K lossless",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
}


def viewer_data(
    slug: str,
    case: Case,
    links: Mapping[str, ClipLink],
    *,
    clip_id: str,
    frame_number: int,
    editor: EditorLink | None = None,
    linked: Sequence[LinkedClip] = (),
    tables: ClipLink | None = None,
) -> ViewerData:
    """Return what the viewer of a case is told.

    Parameters
    ----------
    links : mapping of str to ClipLink
        By clip id.
    linked : sequence of LinkedClip
        Clips of other cases, see `linked_clip`.
    tables : ClipLink or None
        Where its tables are fetched; None for a draft.
    editor : EditorLink or None
        Where changes are sent; None where this reader may make none.
    clip_id : str
        The clip to land on.
    frame_number : int
        From 1.
    """
    published = case.status is Status.PUBLISHED
    return {
        "case": {
            "slug": slug,
            "title": case.title or slug,
            "summary": case.summary,
            "source": case.source.value,
            "status": case.status.value,
        },
        "clips": [clip_message(clip, links[clip.clip_id], published) for clip in case.clips],
        "edit": edit_message(case, editor),
        "links": [
            {"kind": link.kind.value, "clip_id": link.clip_id, "to_case": link.to_case, "to_clip": link.to_clip}
            for link in case.links
        ],
        "linked": list(linked),
        "tables": None if tables is None else {"url": tables.url, "token": tables.token},
        "story": case.model_dump(mode="json", include=set(_STORY)),
        "clip_id": clip_id,
        "frame_number": frame_number,
    }


def linked_clip(link: Link, slug: str, case: Case, clip: Clip, clip_link: ClipLink) -> LinkedClip:
    """Return what the viewer is told about a published clip that another case names."""
    return {
        "kind": link.kind.value,
        "from_clip": link.clip_id,
        "slug": slug,
        "case_title": case.title or slug,
        "clip": clip_message(clip, clip_link, published=True),
        "phases": [phase.model_dump(mode="json") for phase in clip.phases],
    }


def gallery_data(
    entries: Sequence[CaseEntry],
    posters: Mapping[str, ClipLink],
    *,
    editor: bool,
    library_hint: str,
    base_path: str,
    building: Mapping[str, BuildState] | None = None,
) -> GalleryData:
    """Return what the library page is told.

    Parameters
    ----------
    posters : mapping of str to ClipLink
        By slug, for the cases that have one; the address is that of the poster itself.
    building : mapping of str to BuildState, optional
        By slug, for the example cases whose clips are being made.
    """
    return {
        "cases": [
            _unbuilt_card(entry.slug, entry.problem, (building or {}).get(entry.slug), base_path)
            if isinstance(entry.problem, CaseNotBuiltError)
            else _card(entry, posters.get(entry.slug), base_path)
            for entry in entries
        ],
        "editor": editor,
        "library_hint": library_hint,
        "add_href": f"{base_path}/add",
    }


_MADE_OF = {MadeOf.PICTURES: "pictures", MadeOf.ANIMATION: "an animation", MadeOf.VIDEO: "a video"}


def facts_of(clip: Clip) -> list[Fact]:
    """Return what the file says, ready to be read: only what it does say."""
    machine, clock = clip.machine, clip.clock
    facts: list[Fact] = []

    def add(label: str, value: str | None, title: str = "") -> None:
        if value:
            facts.append(
                {"label": label, "value": value, "title": title} if title else {"label": label, "value": value}
            )

    add("Machine", machine.manufacturer)
    add("Transducer", _transducer(clip))
    add("Depth", None if machine.depth_mm is None else f"{machine.depth_mm:.3g} mm", "Depth of the scanned field")
    mechanical_index = machine.mechanical_index
    add("MI", None if mechanical_index is None else f"{mechanical_index:.2g}", "Mechanical index")
    add("Stage", clip.stage)
    add("View", clip.view)
    add("Frames", str(clip.frame_count))
    if clock.rate_fps is not None:
        add("Frame rate", f"{_number(clock.rate_fps)} fps", "As the scanner took them")
    if clock.duration_s is not None:
        add("Duration", f"{clock.duration_s:.2f} s")
    if clip.playback.display_rate_fps is not None:
        add("Shown at", f"{_number(clip.playback.display_rate_fps)} fps", "The rate the file asks to be shown at")
    add("Size", f"{clip.columns} × {clip.rows} px")
    stored_as = _STORED_AS.get(clip.transfer_syntax_uid, clip.transfer_syntax_uid)
    add("Format", f"{stored_as}, {clip.photometric_interpretation}", "How the frames are stored")
    add("Clock", ("" if clock.trusted or clip.frame_count == 1 else "not trusted: ") + clock.why)
    add("Scale", clip.scale.why)
    if clip.conversion is not None:
        add("Made of", _MADE_OF[clip.conversion.made_of] + _loss(clip.conversion))
        add("Note", "; ".join(clip.conversion.notes))
    return facts


def _loss(conversion: Conversion) -> str:
    if not conversion.compact:
        return ", stored without a loss"
    return (
        f", stored compact: a sample is off by at most {conversion.max_error} and on average by "
        f"{conversion.mean_error:.2g} of 255 grey levels"
    )


def scale_messages(clip: Clip) -> ScaleMessages:
    """Return all that a clip's scale decides of what the viewer is told about it."""
    scale = clip.scale
    return {
        "scale": {
            "origin": scale.origin.value,
            "trusted": scale.trusted,
            "why": scale.why,
            "region": scale.region,
            "mm_per_px": None if scale.mm_per_px is None else list(scale.mm_per_px),
        },
        "regions": _regions(clip),
        "ruler": ruler_of(clip).model_dump(mode="json"),
    }


def clip_message(clip: Clip, link: ClipLink, published: bool) -> ClipMessage:
    """Return what a viewer is told of a clip."""
    return {
        "clip_id": clip.clip_id,
        "title": clip.title,
        "frame_count": clip.frame_count,
        "columns": clip.columns,
        "rows": clip.rows,
        "pixel_aspect": clip.pixel_aspect,
        "clock": _clock(clip.clock),
        "playback": {
            "display_rate_fps": clip.playback.display_rate_fps,
            "start_frame": clip.playback.start_frame,
            "stop_frame": clip.playback.stop_frame,
            "sequencing": clip.playback.sequencing.value,
        },
        **scale_messages(clip),
        "stage": clip.stage,
        "view": clip.view,
        "laterality": None if clip.laterality is None else clip.laterality.value,
        "facts": facts_of(clip),
        "has_poster": published,
        "url": link.url,
        "token": link.token,
        "pack": None if link.pack is None else json.loads(link.pack.to_json()),
    }


def _clock(clock: Clock) -> ClockMessage:
    return {
        "origin": clock.origin.value,
        "trusted": clock.trusted,
        "why": clock.why,
        "frame_time_s": clock.frame_time_s,
        "frame_times_s": None if clock.frame_times_s is None else list(clock.frame_times_s),
        "duration_s": clock.duration_s,
        "rate_fps": clock.rate_fps,
    }


def _regions(clip: Clip) -> list[RegionMessage]:
    messages: list[RegionMessage] = []
    for region in clip.regions:
        trusted = region_refusal(region, clip.columns, clip.rows) is None
        messages.append(
            {
                "number": region.number,
                "min_x": region.min_x,
                "min_y": region.min_y,
                # One pixel over the edge is forgiven, and cut off.
                "max_x": min(region.max_x, clip.columns - 1) if trusted else region.max_x,
                "max_y": min(region.max_y, clip.rows - 1) if trusted else region.max_y,
                "trusted": trusted,
                "mm_per_px": [region.delta_x * 10.0, region.delta_y * 10.0] if trusted else None,
            }
        )
    return messages


def _card(entry: CaseEntry, poster: ClipLink | None, base_path: str) -> GalleryCase:
    case = entry.case
    frame_count_max = max((clip.frame_count for clip in case.clips), default=0) if case else 0
    return {
        "slug": entry.slug,
        "title": case.title or entry.slug if case else entry.slug,
        "summary": case.summary if case else "",
        "source": case.source.value if case else "patient",
        "status": case.status.value if case else "draft",
        "clip_count": len(case.clips) if case else 0,
        "frame_count_max": frame_count_max,
        "moving": frame_count_max > 1,
        "problem": entry.problem.reason if entry.problem else None,
        "remedy": entry.problem.remedy if entry.problem else None,
        "building": None,
        "poster_url": poster.url if poster else None,
        "token": poster.token if poster else None,
        # Absolute: the start page may be open with or without a slash at its end.
        "href": f"{base_path}/{'add' if case and case.status is Status.DRAFT else 'case'}?case={entry.slug}",
    }


def _unbuilt_card(slug: str, problem: CaseNotBuiltError, progress: BuildState | None, base_path: str) -> GalleryCase:
    return {
        "slug": slug,
        "title": problem.title or slug,
        "summary": problem.summary,
        "source": "synthetic",
        "status": "published",
        "clip_count": 0,
        "frame_count_max": 0,
        "moving": False,
        "problem": None,
        "remedy": None if progress and not progress.failed else problem.remedy,
        "building": build_words(progress),
        "poster_url": None,
        "token": None,
        "href": f"{base_path}/case?case={slug}",
    }


def build_words(progress: BuildState | None) -> str:
    """Return how far the clips of an example case are."""
    if progress is None:
        return "Its clips are not made yet"
    if progress.failed:
        return f"Its clips could not be made: {progress.failed}"
    if not progress.total:
        return "Its clips wait for their turn to be made"
    return f"Its clips are being made: {100 * progress.done // progress.total} %"


def _transducer(clip: Clip) -> str | None:
    kind, frequency_khz = clip.machine.transducer_type, clip.machine.transducer_frequency_khz
    parts = [kind.replace("_", " ").capitalize()] if kind else []
    if frequency_khz is not None:
        parts.append(f"{frequency_khz / 1000:.3g} MHz")
    return ", ".join(parts) or None


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"
