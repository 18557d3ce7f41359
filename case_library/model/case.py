"""A case and its clips: what `case.json` holds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from case_library.model.calibration import RegionCalibration, Scale
from case_library.model.finding import Finding, Site
from case_library.model.item import ClipId, ItemId, Line, Model, Sha256, Slug, Text, Uid
from case_library.model.mask import PixelMask, PixelsViewed
from case_library.model.measurement_record import Measurement
from case_library.model.narrative import (
    Alternative,
    Difficulty,
    History,
    Link,
    Proof,
    Reference,
    Statement,
    TimelineEvent,
)
from case_library.model.phase import PatientMark, Phase
from case_library.model.question import Question
from case_library.model.term import Laterality, Term
from case_library.model.timing import Clock, Playback

SCHEMA_VERSION = 2

MediaPath = Annotated[str, StringConstraints(pattern=r"^media/[A-Za-z0-9][A-Za-z0-9.-]*\.dcm$", max_length=120)]


class Status(StrEnum):
    """Whether a person has confirmed that the pixels show no identity."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Source(StrEnum):
    """Where the pictures come from."""

    PATIENT = "patient"
    SYNTHETIC = "synthetic"


class Machine(Model):
    """What made the picture, in words from our own lists; what is not on a list is dropped.

    Attributes
    ----------
    manufacturer, transducer_type : str or None
        (0008,0070) *Manufacturer*, (0018,6031) *Transducer Type*.
    depth_mm : float or None
        (0018,5050) *Depth of Scan Field*.
    mechanical_index, transducer_frequency_khz : float or None
        (0018,5022); (0018,6030) of the calibrated region.
    """

    manufacturer: str | None = None
    transducer_type: str | None = None
    depth_mm: float | None = Field(default=None, gt=0)
    mechanical_index: float | None = Field(default=None, ge=0)
    transducer_frequency_khz: float | None = Field(default=None, gt=0)


class MadeOf(StrEnum):
    """What a clip was before it was DICOM."""

    PICTURES = "pictures"
    ANIMATION = "animation"
    VIDEO = "video"


class Conversion(Model):
    """How a clip was made of something that was no DICOM image.

    Attributes
    ----------
    notes : tuple of str
        What was done to the pixels or is missing; no name of a file.
    compact : bool
        Whether it was compressed with a loss, as asked; else every pixel is as it was decoded.
    max_error, mean_error : float or None
        Of a compact clip, measured over every frame and sample, in grey levels of 0-255.
    """

    made_of: MadeOf
    notes: tuple[Line, ...] = ()
    compact: bool = False
    max_error: int | None = Field(default=None, ge=0, le=255)
    mean_error: float | None = Field(default=None, ge=0, le=255)


class Clip(Model):
    """One moving or still DICOM object of a case.

    Clock, scale and regions are what the import concluded from the file; `check` concludes them again and compares.

    Attributes
    ----------
    clip_id : str
        Unique in the case and never reused: `clip-1`, `clip-2`, …
    file : str
        Path inside the case folder, with forward slashes.
    file_sha256 : str
        Of the whole file.
    source_hmac : str or None
        Keyed digest of the bytes that were imported, by which the same file is recognised; the key never leaves the
        user's config folder.
    representative_frame : int or None
        Frame number from 1: (0028,6010) *Representative Frame Number*, the poster's frame.
    stage, view : str or None
        (0008,2120) *Stage Name* and (0008,2127) *View Name*, where they are on our own lists.
    structure : Term or None
        What it shows, of the anatomy vocabulary.
    day : int or None
        Of the case's timeline.
    phantom : str or None
        Of a synthetic clip, the name by which its generator makes it anew, for example `C01-2`.
    phases, patient_marks : tuple of Phase, tuple of PatientMark
        What is done in it, and what the patient said.
    mask : PixelMask or None
        Of a draft: what goes black when it is confirmed.
    burned : PixelMask or None
        What is black in the file already.
    viewed : PixelsViewed or None
        That a person has seen it whole at 100 %.
    screen_hmac : str or None
        Keyed digest of what machine it comes from and how large its screen is, under which a mask is remembered.
    import_id : str or None
        The import that brought it, by which all of it can be undone.
    conversion : Conversion or None
        None for what was a DICOM image.
    """

    clip_id: ClipId
    title: Line = ""
    caption: Text = ""
    file: MediaPath
    file_sha256: Sha256
    file_bytes: int = Field(gt=0)
    sop_instance_uid: Uid
    sop_class_uid: Uid
    transfer_syntax_uid: Uid
    source_hmac: Sha256 | None = None
    frame_count: int = Field(ge=1)
    columns: int = Field(ge=1)
    rows: int = Field(ge=1)
    photometric_interpretation: str
    pixel_aspect: float = Field(default=1.0, gt=0, description="height of a pixel over its width, for display")
    clock: Clock
    playback: Playback = Playback()
    regions: tuple[RegionCalibration, ...] = ()
    scale: Scale
    machine: Machine = Machine()
    stage: str | None = None
    view: str | None = None
    representative_frame: int | None = Field(default=None, ge=1)
    structure: Term | None = None
    laterality: Laterality | None = None
    day: int | None = Field(default=None, ge=-36500, le=36500)
    phantom: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$", max_length=40)] | None = None
    phases: tuple[Phase, ...] = ()
    patient_marks: tuple[PatientMark, ...] = ()
    mask: PixelMask | None = None
    burned: PixelMask | None = None
    viewed: PixelsViewed | None = None
    screen_hmac: Sha256 | None = None
    import_id: ItemId | None = None
    conversion: Conversion | None = None


class Confirmation(Model):
    """Who said, and when, that no name, number or date is visible in any clip."""

    by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    at: datetime


class Case(Model):
    """One case: a folder, of which this is `case.json`.

    Attributes
    ----------
    case_id : str
        Never changes; the folder's name (the slug) may.
    revision : int
        Goes up by one with each save; an edit names the one it was based on.
    site, laterality
        What the case is about.
    diagnosis : str
        What it is held to be; `proof` says by what right.
    differential, mimics : tuple of Alternative
        What was considered, and what looks alike elsewhere.
    pitfalls, teaching_points, outcome : tuple of Statement
        A statement that experts dispute carries its note.
    questions : tuple of Question
        In the order in which they are asked.
    """

    schema_version: int = SCHEMA_VERSION
    case_id: Slug
    revision: int = Field(default=1, ge=1)
    title: Line = ""
    summary: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    source: Source = Source.PATIENT
    status: Status = Status.DRAFT
    confirmation: Confirmation | None = None
    created_at: datetime
    changed_at: datetime
    study_instance_uid: Uid
    clips: tuple[Clip, ...] = ()
    site: Site = Site()
    laterality: Laterality | None = None
    history: History = History()
    timeline: tuple[TimelineEvent, ...] = ()
    diagnosis: Text = ""
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    differential: tuple[Alternative, ...] = ()
    mimics: tuple[Alternative, ...] = ()
    pitfalls: tuple[Statement, ...] = ()
    teaching_points: tuple[Statement, ...] = ()
    outcome: tuple[Statement, ...] = ()
    questions: tuple[Question, ...] = ()
    proof: Proof | None = None
    difficulty: Difficulty | None = None
    references: tuple[Reference, ...] = ()
    links: tuple[Link, ...] = ()

    def clip(self, clip_id: str) -> Clip | None:
        """Return the clip of this id, or None."""
        return next((clip for clip in self.clips if clip.clip_id == clip_id), None)

    def finding(self, item_id: ItemId) -> Finding | None:
        """Return the finding of this id, or None."""
        return next((finding for finding in self.findings if finding.item_id == item_id), None)

    def measurement(self, item_id: ItemId) -> Measurement | None:
        """Return the measurement of this id, or None."""
        return next((measurement for measurement in self.measurements if measurement.item_id == item_id), None)
