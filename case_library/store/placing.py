"""Make staged clips part of the library: a new draft, or more clips of one; one import at a time.

Another import may have run meanwhile: what came in with it is left out here, and the clips of a draft that has grown
get the next free numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from case_library.deidentify.free_text import HeldIdentity, TextMatch, scan
from case_library.errors import CaseLibraryError
from case_library.model.case import Case, Status
from case_library.store.import_record import import_record, write_record
from case_library.store.import_report import ImportedCase, ImportedClip, ImportOptions, ImportReport, Refusal
from case_library.store.library import MEDIA, Library, new_slug


class NamedInTextError(CaseLibraryError):
    """The title that was given says what the header of the file holds; nothing was written."""


@dataclass
class Placement:
    """Where the staged clips of one case go.

    Attributes
    ----------
    held : HeldIdentity
        What the headers of these clips held.
    """

    library: Library
    stage: Path
    report: ImportReport
    study_uid: str
    options: ImportOptions
    held: HeldIdentity

    def of(self, clips: Sequence[ImportedClip]) -> ImportedCase | None:
        """Place the clips; None where each is in the library by now.

        Raises
        ------
        NamedInTextError
            If the new title says what the headers held: it is given anew.
        CaseLibraryError
        """
        self._require_nameless_title()
        if self.options.dry_run:
            base = self.library.read(self.options.add_to) if self.options.add_to else None
            slug, case, texts = self._case(base, clips)
            return ImportedCase(slug, case, tuple(clips), texts)
        with self.library.taking_in():
            clips = self._without_known(clips)
            if not clips:
                return None
            base = self.library.read(self.options.add_to) if self.options.add_to else None
            clips = self._numbered(base, clips)
            slug, case, texts = self._case(base, clips)
            write_record(self.stage, import_record(self.report.import_id, datetime.now(UTC), clips, texts))
            if base is not None:
                case = self.library.add_media(slug, self.stage, case, base.revision)
            else:
                case = self.library.adopt(self.stage, slug, case)
        return ImportedCase(slug, case, tuple(clips), texts)

    def _require_nameless_title(self) -> None:
        found = self.held.find(self.options.title)
        if found:
            elements = ", ".join(sorted({match.element for match in found}))
            raise NamedInTextError(
                f"the title says what {elements} of the file holds; give another title, which says what is to be seen"
            )

    def _without_known(self, clips: Sequence[ImportedClip]) -> list[ImportedClip]:
        known = known_digests(self.library)
        kept = []
        for imported in clips:
            there = known.get(imported.clip.source_hmac or "")
            if there is None:
                kept.append(imported)
            else:
                (self.stage / imported.clip.file).unlink(missing_ok=True)
                reason = f"the same file came into the library meanwhile, with another import: {there}"
                self.report.refused.append(Refusal(imported.source, reason))
        return kept

    def _numbered(self, base: Case | None, clips: Sequence[ImportedClip]) -> list[ImportedClip]:
        taken = [int(clip.clip_id.removeprefix("clip-")) for clip in base.clips] if base else []
        first = max(taken, default=0) + 1
        for imported in clips:
            # Through a name that no clip has: the new one may be that of a clip that has not moved yet.
            (self.stage / imported.clip.file).rename(self.stage / MEDIA / f"{imported.clip.clip_id}.placing")
        placed = []
        for number, imported in enumerate(clips, start=first):
            clip_id = f"clip-{number}"
            file = f"{MEDIA}/{clip_id}.dcm"
            (self.stage / MEDIA / f"{imported.clip.clip_id}.placing").rename(self.stage / file)
            placed.append(replace(imported, clip=imported.clip.model_copy(update={"clip_id": clip_id, "file": file})))
        return placed

    def _case(self, base: Case | None, clips: Sequence[ImportedClip]) -> tuple[str, Case, tuple[TextMatch, ...]]:
        new = tuple(imported.clip for imported in clips)
        if base is not None and self.options.add_to is not None:
            case, slug = base.model_copy(update={"clips": (*base.clips, *new)}), self.options.add_to
        else:
            slug, now = new_slug(), datetime.now(UTC)
            case = Case(
                case_id=slug,
                title=self.options.title,
                status=Status.DRAFT,
                created_at=now,
                changed_at=now,
                study_instance_uid=self.study_uid,
                clips=new,
            )
        return slug, case, tuple(scan(case, self.held))


def known_digests(library: Library) -> dict[str, str]:
    """Return in which clip the bytes of a source are already, by their keyed digest."""
    return {
        clip.source_hmac: f"{clip.clip_id} of case '{entry.slug}'"
        for entry in library.entries()
        if entry.case is not None
        for clip in entry.case.clips
        if clip.source_hmac is not None
    }
