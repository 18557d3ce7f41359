"""A finding: what is seen, where, how much of it, how sure, on which frames, and by which rule it is graded."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from case_library.model.annotation import Shape
from case_library.model.frame import FrameRange
from case_library.model.item import Item, ItemId, Line, Model, Text
from case_library.model.term import Laterality, Term


class Presence(StrEnum):
    """CID 240: SCT 52101004, 272519000, 373068000. What was looked for and is absent is a finding too."""

    PRESENT = "present"
    ABSENT = "absent"
    UNDETERMINED = "undetermined"


class Certainty(StrEnum):
    """How sure the editor is."""

    DEFINITE = "definite"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class ThicknessExtent(StrEnum):
    """From surface to surface, or not; another question than the width."""

    PARTIAL = "partial"
    FULL_THICKNESS = "full_thickness"


class WidthExtent(StrEnum):
    """All of the width, or not."""

    PARTIAL = "partial"
    COMPLETE = "complete"


class Level(StrEnum):
    """Third of the muscle or tendon."""

    PROXIMAL = "proximal"
    MIDDLE = "middle"
    DISTAL = "distal"


class MusclePart(StrEnum):
    """Where in the muscle."""

    MYOFASCIAL = "myofascial"
    MUSCULOTENDINOUS = "musculotendinous"
    INTRATENDINOUS = "intratendinous"
    BELLY = "belly"


class Acuity(StrEnum):
    ACUTE = "acute"
    SUBACUTE = "subacute"
    CHRONIC = "chronic"


class DynamicBehaviour(StrEnum):
    """What the finding does when something is done."""

    OPENS_ON_CONTRACTION = "opens_on_contraction"
    OPENS_ON_STRETCH = "opens_on_stretch"
    CLOSES = "closes"
    CHANGES = "changes"
    NONE = "none"


class EchoPattern(StrEnum):
    """CID 6154: DCM 111361, 111364, 111365, 111362, 111363."""

    ANECHOIC = "anechoic"
    HYPOECHOIC = "hypoechoic"
    ISOECHOIC = "isoechoic"
    HYPERECHOIC = "hyperechoic"
    COMPLEX = "complex"


class Site(Model):
    """Where in the body.

    Attributes
    ----------
    structure, region : Term or None
        Of the anatomy vocabulary.
    part : MusclePart or None
        Junction, tendon, fascia or belly.
    level_text : str
        In words: "at 50 % of the thigh".
    """

    structure: Term | None = None
    region: Term | None = None
    level: Level | None = None
    part: MusclePart | None = None
    level_text: Line = ""


class Extent(Model):
    """How much of it; each is kept apart, for none follows from another.

    Attributes
    ----------
    cross_section_percent : float or None
        Measured share of the cross-section.
    """

    thickness: ThicknessExtent | None = None
    width: WidthExtent | None = None
    cross_section_percent: float | None = Field(default=None, ge=0, le=100)
    acuity: Acuity | None = None
    dynamic: DynamicBehaviour | None = None
    echo: EchoPattern | None = None


class Grade(Model):
    """A grade that a person chose; the software never chooses one.

    Attributes
    ----------
    scale : Term
        `G001` and so on.
    level : str
        Of that scale.
    rule : str
        The definition of the level, as it read when it was chosen.
    modality : str
        That the scale was made for; a scale of MRI is no scale of ultrasound.
    source : str
        Of the scale, with its review mark.
    note : str
        Where the scale does not fit.
    """

    scale: Term
    level: Line
    rule: Text
    modality: Line = ""
    source: Text = ""
    note: Text = ""


class DynamicSign(Model):
    """How the finding changes: two measurements, each bound to its frame.

    The difference and the time between them follow from the measurements and the clock.

    Attributes
    ----------
    before, after : str
        Measurements: at rest, and at the greatest change.
    effort : str
        As stated.
    """

    before: ItemId
    after: ItemId
    effort: Line = ""


class Finding(Item):
    """One finding.

    Attributes
    ----------
    term : Term
        Of the vocabulary; an unknown one is shown by its words.
    frames : tuple of FrameRange
        Where it is to be seen.
    shapes : tuple of Shape
        Drawn on keyframes.
    measurements : tuple of str
        Measurements of the case that belong to it.
    """

    term: Term
    presence: Presence = Presence.PRESENT
    certainty: Certainty = Certainty.DEFINITE
    site: Site = Site()
    laterality: Laterality | None = None
    extent: Extent = Extent()
    grades: tuple[Grade, ...] = ()
    text: Text = ""
    frames: tuple[FrameRange, ...] = ()
    shapes: tuple[Shape, ...] = ()
    measurements: tuple[ItemId, ...] = ()
    dynamic_sign: DynamicSign | None = None
