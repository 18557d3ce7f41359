"""A case and its clips: what `case.json` holds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from case_library.model.calibration import RegionCalibration, Scale
from case_library.model.timing import Clock, Playback

SCHEMA_VERSION = 1

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
MediaPath = Annotated[str, StringConstraints(pattern=r"^media/[A-Za-z0-9][A-Za-z0-9.-]*\.dcm$", max_length=120)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9][0-9]*))+$", max_length=64)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Status(StrEnum):
    """Whether a person has confirmed that the pixels show no identity."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Source(StrEnum):
    """Where the pictures come from."""

    PATIENT = "patient"
    SYNTHETIC = "synthetic"


class Machine(_Model):
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


class Clip(_Model):
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
    """

    clip_id: Annotated[str, StringConstraints(pattern=r"^clip-[1-9][0-9]*$")]
    title: Line = ""
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


class Confirmation(_Model):
    """Who said, and when, that no name, number or date is visible in any clip."""

    by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    at: datetime


class Case(_Model):
    """One case: a folder, of which this is `case.json`.

    Attributes
    ----------
    case_id : str
        Never changes; the folder's name (the slug) may.
    revision : int
        Goes up by one with each save; an edit names the one it was based on.
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

    def clip(self, clip_id: str) -> Clip | None:
        """Return the clip of this id, or None."""
        return next((clip for clip in self.clips if clip.clip_id == clip_id), None)
