"""What an entry of the vocabulary holds."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from case_library.model.term import PRIVATE_SCHEME, Term


class Entry(BaseModel):
    """Base of the entries.

    Attributes
    ----------
    key : str
        Unique among the entries of its kind.
    source : str
        Origin and review mark: "seen: TAG", "from memory", "own …"; the tags are in README.md beside the data.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    source: str = ""


class Code(BaseModel):
    """An equivalent in another coding scheme.

    Attributes
    ----------
    scheme, code, meaning : str
        As in DICOM; scheme `SCT`, `DCM`, `LN`, `UCUM`, `RADLEX` or our own.
    keyword : str or None
        In pydicom's dictionary.
    cids : tuple of int
        Context groups that it is in.
    verified : str
        Where it was looked up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: str
    code: str
    meaning: str
    keyword: str | None = None
    cids: tuple[int, ...] = ()
    verified: str = ""


class FindingEntry(Entry):
    """A finding: what to see at rest and on movement, and what looks alike."""

    private_code: Code
    display: str
    definition: str
    signs_rest: str
    signs_dynamic: str
    tissues: tuple[str, ...]
    mimics: str
    grading: tuple[str, ...]
    codes: tuple[Code, ...]
    seed: bool

    @property
    def term(self) -> Term:
        return Term(code=self.private_code.code, meaning=self.display)


class Structure(Entry):
    """A part of the body; `body_part_examined` is the defined term of (0018,0015)."""

    display: str
    kind: str
    region: str
    body_part_examined: str
    paired: bool
    sct: Code | None
    radlex: Code | None

    @property
    def term(self) -> Term:
        return Term(code=self.key, meaning=self.display)


class Manoeuvre(Entry):
    """What is done; `stage_name` is its (0008,2120), at most 16 characters."""

    display: str
    stage_name: str
    instruction: str
    look_for: str
    codes: tuple[Code, ...]

    @property
    def term(self) -> Term:
        return Term(code=self.key, meaning=self.display)


class View(Entry):
    """How the transducer lies; `view_name` is its (0008,2127), at most 16 characters."""

    display: str
    view_name: str
    meaning: str
    codes: tuple[Code, ...]

    @property
    def term(self) -> Term:
        return Term(code=self.key, meaning=self.display)


class GradeLevel(BaseModel):
    """One level of a scale; `definition` is its rule, empty where the source was not seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: str
    label: str
    definition: str


class GradingScale(Entry):
    """A scale, and the modality it was made for; one made for MRI or CT is never computed from ultrasound."""

    private_code: Code
    name: str
    applies_to: tuple[str, ...]
    modality: str
    levels: tuple[GradeLevel, ...]
    notes: str

    @property
    def display(self) -> str:
        return self.name

    @property
    def term(self) -> Term:
        return Term(code=self.private_code.code, meaning=self.name)

    @property
    def for_ultrasound(self) -> bool:
        return "US" in self.modality or self.modality == "any"

    def level(self, level: str) -> GradeLevel | None:
        """Return a level, or None where the scale has no such one."""
        return next((entry for entry in self.levels if entry.level == level), None)


class MeasurementDefinition(Entry):
    """How something is measured, and what is known about it."""

    name: str
    formula: str
    unit: Code
    concept: Code
    modifiers: tuple[str, ...]
    reference: str
    reliability: str
    pitfalls: str

    @property
    def display(self) -> str:
        return self.name

    @property
    def term(self) -> Term:
        return Term(scheme=PRIVATE_SCHEME, code=self.key, meaning=self.name)
