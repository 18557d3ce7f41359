"""Put an example case into a library: synthetic clips, their truth and their story; published, for they show nobody."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from case_library.errors import CaseLibraryError, CaseNotBuiltError, CaseNotFoundError
from case_library.model.case import Case, Clip, Source, Status
from case_library.phantoms.build import PhantomFiles, build_phantom, write_blank
from case_library.phantoms.clip_truth import truth_of
from case_library.phantoms.registry import EXAMPLE_CASES, PHANTOMS
from case_library.phantoms.story import told
from case_library.sources.describe import describe_clip
from case_library.sources.dicom import open_dicom
from case_library.sources.identity import stored_hashes
from case_library.store.built import TRUTH
from case_library.store.files import sha256_of
from case_library.store.library import MEDIA, Library
from case_library.store.upgrade import document_bytes

Progress = Callable[[int, int], None]


def make_example_case(library: Library, slug: str, progress: Progress) -> Case:
    """Build the clips of an example case and add it to a library; where the case is there, its clips alone.

    What somebody has written in a case that is there stays as it is.

    Parameters
    ----------
    slug : str
        A key of `EXAMPLE_CASES`.
    progress : callable
        Called with the frames done and their total, over all clips.

    Raises
    ------
    CaseLibraryError
        If the library has a case of that name that holds other clips.
    """
    is_there = _is_there(library, slug)
    with tempfile.TemporaryDirectory(prefix="case-library-") as folder:
        built = build_clips(slug, Path(folder), progress)
        files = files_of(slug, built)
        if is_there:
            return library.add_built(slug, {clip_id: f"{MEDIA}/{clip_id}.dcm" for clip_id in _clip_ids(slug)}, files)
        return library.create(slug, example_case(slug, built), files)


def _is_there(library: Library, slug: str) -> bool:
    try:
        case = library.read(slug)
    except CaseNotBuiltError:
        return True
    except CaseNotFoundError:
        return False
    if {clip.clip_id: clip.phantom for clip in case.clips} != _clip_ids(slug):
        raise CaseLibraryError(f"There is a case '{slug}' with other clips; move its folder away to make it anew")
    return True


def build_clips(slug: str, folder: Path, progress: Progress) -> dict[str, PhantomFiles]:
    """Build every clip of an example case into a folder; by the name of its phantom."""
    phantom_ids = EXAMPLE_CASES[slug].clip_ids
    total = sum(PHANTOMS[phantom_id].profile.frame_count for phantom_id in phantom_ids)
    built: dict[str, PhantomFiles] = {}
    before = 0

    def counted(done: int, _: int) -> None:
        progress(before + done, total)

    for phantom_id in phantom_ids:
        built[phantom_id] = build_phantom(phantom_id, folder, counted)
        before += PHANTOMS[phantom_id].profile.frame_count
    return built


def files_of(slug: str, built: Mapping[str, PhantomFiles]) -> dict[str, Path]:
    """Return where the files of an example case's clips lie inside its folder, and what was built for each."""
    files: dict[str, Path] = {}
    for clip_id, phantom_id in _clip_ids(slug).items():
        files |= {f"{MEDIA}/{clip_id}.dcm": built[phantom_id].dicom, f"{TRUTH}/{clip_id}.json": built[phantom_id].truth}
    return files


def example_case(slug: str, built: Mapping[str, PhantomFiles]) -> Case:
    """Return an example case with all that is told about it."""
    digests = {
        clip_id: _digests(built[phantom_id].dicom, PHANTOMS[phantom_id].profile.frame_count)
        for clip_id, phantom_id in _clip_ids(slug).items()
    }
    return _told(slug, {phantom_id: files.dicom for phantom_id, files in built.items()}, digests)


def unbuilt_case(slug: str) -> bytes:
    """Return the `case.json` of an example case whose clips are made later: all but what depends on their bytes."""
    with tempfile.TemporaryDirectory(prefix="case-library-") as folder:
        blank = {phantom_id: Path(folder) / f"{phantom_id}.dcm" for phantom_id in EXAMPLE_CASES[slug].clip_ids}
        for phantom_id, path in blank.items():
            write_blank(phantom_id, path)
        document = _told(slug, blank).model_dump(mode="json")
    for clip in document["clips"]:
        clip |= {"file_sha256": None, "file_bytes": None}
    return document_bytes(document)


def _told(slug: str, clips: Mapping[str, Path], digests: Mapping[str, Sequence[str]] | None = None) -> Case:
    example = EXAMPLE_CASES[slug]
    bare = Case(
        case_id=slug,
        source=Source.SYNTHETIC,
        status=Status.PUBLISHED,
        created_at=example.created_at,
        changed_at=example.created_at,
        study_instance_uid=example.study_instance_uid,
        clips=tuple(_clip(clip_id, phantom_id, clips[phantom_id]) for clip_id, phantom_id in _clip_ids(slug).items()),
    )
    return told(bare, {phantom_id: truth_of(phantom_id) for phantom_id in example.clip_ids}, digests)


def _digests(path: Path, frame_count: int) -> list[str]:
    hashes = stored_hashes(path, range(1, frame_count + 1))
    return [digest for digest in hashes if digest is not None]


def _clip_ids(slug: str) -> dict[str, str]:
    return {f"clip-{number}": phantom_id for number, phantom_id in enumerate(EXAMPLE_CASES[slug].clip_ids, start=1)}


def _clip(clip_id: str, phantom_id: str, path: Path) -> Clip:
    with open_dicom(path) as source:
        clip = describe_clip(source, clip_id, f"{MEDIA}/{clip_id}.dcm", sha256_of(path), path.stat().st_size)
    return clip.model_copy(update={"title": PHANTOMS[phantom_id].title, "phantom": phantom_id})
