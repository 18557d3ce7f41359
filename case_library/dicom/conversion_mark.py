"""What an object of ours says about the picture, animation or video that it was made of.

A clock or a scale that a person stated, or that nobody vouches for, must not look like a scanner's when the object is
read again, here or elsewhere. It stands in one of a few fixed sentences, as the (0018,A003) *Contribution Description*
of what was done here (PS3.3 C.12.1, Contributing Equipment Sequence).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from pydicom.dataset import Dataset

from case_library.dicom.elements import items, text
from case_library.model.calibration import Scale, ScaleOrigin, stated_scale
from case_library.model.timing import Clock, ClockOrigin

_SEQUENCE = "ContributingEquipmentSequence"


class ConvertedFrom(StrEnum):
    """What an object was made of."""

    PICTURES = "pictures"
    ANIMATION = "an animation"
    VIDEO = "a video"


class MarkedClock(StrEnum):
    """Where its clock comes from."""

    NONE = "no clock"
    ASSUMED = "clock assumed"
    MEDIA = "clock of the file"
    STATED = "clock stated"


@dataclass(frozen=True)
class ConversionMark:
    """One of the sentences."""

    source: ConvertedFrom
    clock: MarkedClock
    scale_stated: bool

    def __str__(self) -> str:
        return f"Converted from {self.source}; {self.clock}; {'scale stated' if self.scale_stated else 'no scale'}"

    def judged_clock(self, clock: Clock) -> Clock:
        """Return what is concluded of a clock that stands in such an object: never more than its elements allow."""
        if clock.origin not in (ClockOrigin.FRAME_TIME, ClockOrigin.FRAME_TIME_VECTOR):
            return clock
        match self.clock:
            case MarkedClock.STATED:
                rate = clock.rate_fps or 0.0
                why = f"Stated at import: {float(f'{rate:.4g}'):g} frames per second"
                if clock.frame_times_s is not None:
                    why = "Stated at import; frames that are missing keep their time"
                return clock.model_copy(update={"origin": ClockOrigin.STATED, "why": why})
            case MarkedClock.MEDIA:
                why = f"Times of {self.source}, which may have been played or saved at another speed"
                return clock.model_copy(update={"origin": ClockOrigin.MEDIA, "trusted": False, "why": why})
            case _:
                rate = clock.rate_fps or 0.0
                why = f"{self.source.capitalize()} have no clock; {rate:.3g} frames per second are assumed"
                return clock.model_copy(update={"origin": ClockOrigin.ASSUMED, "trusted": False, "why": why})

    def judged_scale(self, scale: Scale) -> Scale:
        """Return what is concluded of a scale that stands in such an object."""
        if not self.scale_stated or scale.origin is not ScaleOrigin.REGION or scale.mm_per_px is None:
            return scale
        stated = stated_scale(float(f"{10.0 / scale.mm_per_px[1]:.9g}"))
        return stated.model_copy(update={"mm_per_px": scale.mm_per_px, "trusted": scale.trusted})


SENTENCES = {
    str(mark): mark for mark in (ConversionMark(*parts) for parts in product(ConvertedFrom, MarkedClock, (False, True)))
}


def mark_of(header: Dataset) -> ConversionMark | None:
    """Return the mark of an object, or None where it was not made by us of something else."""
    found = (SENTENCES.get(text(item, "ContributionDescription")) for item in items(header, _SEQUENCE))
    return next((mark for mark in found if mark is not None), None)


def set_mark(header: Dataset, mark: ConversionMark) -> None:
    """Set the mark of an object that is not cleaned yet."""
    item = Dataset()
    item.ContributionDescription = str(mark)
    setattr(header, _SEQUENCE, [item])
