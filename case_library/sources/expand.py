"""From paths to the files that may be imported: folders are walked, zips unpacked, DICOMDIRs followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from case_library.errors import RefusedInputError
from case_library.sources.dicomdir import files_of, is_dicomdir
from case_library.sources.kinds import Kind, kind_of_file
from case_library.sources.sequences import natural_key
from case_library.sources.zip_archive import Budget, UnpackLimits, unpacked

Refuse = Callable[[str, str], None]


@dataclass(frozen=True)
class FoundFile:
    """A file that may be imported.

    Attributes
    ----------
    path : Path
        Where its bytes lie.
    name : PurePath
        By which it is ordered: the path, or its name in a zip.
    shown : str
        For the terminal; never stored.
    given_as : int or None
        Number of the folder or zip that it lies in, of those that were given; None for a file given by itself.
    """

    path: Path
    kind: Kind
    name: PurePath
    shown: str
    given_as: int | None


class Expansion:
    """Finds the files behind paths.

    Parameters
    ----------
    scratch : Path
        A folder of our own for what is unpacked.
    limits : UnpackLimits
    refuse : callable
        Called with what is shown and the reason for each thing that is left out.
    """

    def __init__(self, scratch: Path, limits: UnpackLimits, refuse: Refuse) -> None:
        self._scratch, self._refuse = scratch, refuse
        self._budget = Budget(limits)
        self._zips = 0

    def files(self, paths: list[Path]) -> list[FoundFile]:
        """Return the files behind all paths, those of each in natural order."""
        found: list[FoundFile] = []
        for number, path in enumerate(paths):
            try:
                found += self._behind(path, number)
            except RefusedInputError as refusal:
                self._refuse(str(path), refusal.reason)
            except OSError as error:
                if error.filename is None:
                    raise
                self._refuse(str(path), f"it cannot be read ({error.strerror})")
        return found

    def _behind(self, path: Path, number: int) -> Iterator[FoundFile]:
        if path.is_dir():
            inside = sorted(files_in(path), key=natural_key)
            if not inside:
                raise RefusedInputError("the folder holds no file")
            for file in inside:
                yield from self._file(file, number, follow=False)
        elif path.is_file():
            yield from self._file(path, number, follow=True)
        else:
            raise RefusedInputError("there is no such file or folder")

    def _file(self, path: Path, number: int, follow: bool) -> Iterator[FoundFile]:
        """Give the file, or what is in it; a DICOMDIR within a folder that is walked whole adds nothing."""
        try:
            kind = kind_of_file(path)
        except OSError as error:
            self._refuse(str(path), f"the file cannot be opened ({error.strerror})")
            return
        if kind is Kind.ZIP:
            yield from self._zip(path, number)
        elif kind is Kind.DICOM and is_dicomdir(path):
            for file in files_of(path, self._refuse) if follow else ():
                yield FoundFile(file, kind_of_file(file), file, str(file), number)
        else:
            yield FoundFile(path, kind, path, str(path), None if follow else number)

    def _zip(self, path: Path, number: int) -> Iterator[FoundFile]:
        self._zips += 1
        folder = self._scratch / str(self._zips)
        folder.mkdir()

        def refuse(name: str, reason: str) -> None:
            self._refuse(f"{path}/{name}", reason)

        try:
            members = list(unpacked(path, folder, self._budget, refuse))
        except RefusedInputError as refusal:
            self._refuse(str(path), refusal.reason)
            return
        if not members:
            self._refuse(str(path), "the zip holds no file that can be taken")
        for member in sorted(members, key=lambda member: natural_key(member.name)):
            kind, shown = kind_of_file(member.path), f"{path}/{member.name}"
            if kind is Kind.ZIP:
                self._refuse(shown, "a zip within a zip is not opened; unpack the outer one first")
            elif not (kind is Kind.DICOM and is_dicomdir(member.path)):
                yield FoundFile(member.path, kind, path / member.name, shown, number)


def files_in(folder: Path) -> Iterator[Path]:
    """Give the files of a folder and its folders, without hidden ones."""
    for file in folder.rglob("*"):
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts):
            yield file
