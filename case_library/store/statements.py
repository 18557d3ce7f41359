"""What a person says about a clip's clock and scale, where its file has none that can be trusted."""

from __future__ import annotations

from case_library.model.calibration import ScaleOrigin, stated_scale
from case_library.model.case import Clip
from case_library.model.timing import ClockOrigin, stated_clock
from case_library.sources.converted import Statements

SAID_OWN_CLOCK = "its own clock can be trusted and was kept; the stated frame rate was not used"
SAID_OWN_SCALE = "its own scale can be trusted and was kept; the stated scale was not used"
SAID_WHOLE = "a DICOM clip comes in whole; the part that was asked for was not cut out"


def with_statements(clip: Clip, statements: Statements) -> tuple[Clip, tuple[str, ...]]:
    """Return the clip with what was stated, and what a person should know about that."""
    notes = []
    fps, px_per_cm = statements.fps, statements.px_per_cm
    if fps is not None and clip.frame_count > 1 and clip.clock.origin is not ClockOrigin.STATED:
        if clip.clock.trusted:
            notes.append(SAID_OWN_CLOCK)
        else:
            clip = clip.model_copy(update={"clock": stated_clock(fps, clip.frame_count)})
    if px_per_cm is not None and clip.scale.origin is not ScaleOrigin.STATED:
        if clip.scale.trusted:
            notes.append(SAID_OWN_SCALE)
        else:
            clip = clip.model_copy(update={"scale": stated_scale(px_per_cm, clip.pixel_aspect)})
    if statements.trim is not None and clip.conversion is None:
        notes.append(SAID_WHOLE)
    return clip, tuple(notes)
