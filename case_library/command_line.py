"""The `case-library` command. Its names, exit statuses and JSON are scripted by others: they stay."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from case_library.errors import CaseLibraryError, CaseNotBuiltError
from case_library.settings import Settings, load_settings

if TYPE_CHECKING:
    from case_library.deidentify.report import CleaningReport
    from case_library.model.case import Case, Clip
    from case_library.model.mask import MaskOrigin, MaskRectangle
    from case_library.store.import_report import Announcement, ImportedClip, ImportReport
    from case_library.store.library import Library

EXIT_REFUSED = 1
EXIT_USAGE = 2

app = typer.Typer(
    help="A library of musculoskeletal ultrasound cases. Without a command: serve it and open the browser.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Lines are as long as they are: others read them with scripts.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

LibraryFolder = Annotated[
    Path | None, typer.Option("--library", metavar="DIR", help="The folder of cases.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def main() -> None:
    """Run the command line; a refusal is one line on stderr and exit status 1."""
    try:
        app()
    except CaseLibraryError as error:
        _complain(str(error))
        sys.exit(EXIT_REFUSED)
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        _complain(
            f"{error.strerror or type(error).__name__}{place}; what was written before is whole, nothing half done"
        )
        sys.exit(EXIT_REFUSED)


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        _serve(load_settings(), host="127.0.0.1", port=None, base_path="", open_browser=True)


@app.command()
def serve(
    library: LibraryFolder = None,
    host: Annotated[str, typer.Option(help="Address; other than loopback needs --read-only.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; else 8501 or the next free one.")] = None,
    base_path: Annotated[str, typer.Option(metavar="PATH", help="Prefix of every address, behind a proxy.")] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="Published cases only, no change to any.")] = False,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
) -> None:
    """Serve the library and open the browser."""
    settings = load_settings(library=library, read_only=read_only or None)
    _serve(settings, host=host, port=port, base_path=base_path, open_browser=browser)


def _serve(settings: Settings, *, host: str, port: int | None, base_path: str, open_browser: bool) -> None:
    from case_library.server import run

    run(settings, host=host, port=port, base_path=base_path, open_browser=open_browser)


@app.command("import")
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="DICOM files, pictures, animations, videos; folders and zips of them."),
    ],
    library: LibraryFolder = None,
    case: Annotated[str | None, typer.Option(metavar="ID", help="Add the clips to this draft.")] = None,
    title: Annotated[str, typer.Option(help="Title of the new case; never taken from a file.")] = "",
    fps: Annotated[
        float | None,
        typer.Option(min=0.001, max=100_000, metavar="F", help="Frames per second, of what has no trusted clock."),
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(
            min=0.01, max=100_000, metavar="PX_PER_CM", help="Pixels per cm of depth, of what has no trusted scale."
        ),
    ] = None,
    trim: Annotated[
        str | None,
        typer.Option(metavar="FROM-TO", help="A part alone: 2.5s-7s in seconds, 61-120 in frames, 2.5s- to the end."),
    ] = None,
    compact: Annotated[
        bool, typer.Option("--compact", help="Store pictures and videos with a small, measured loss.")
    ] = False,
    mask: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y,W,H", help="Burn black into every frame; repeatable.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Import pictures of other modalities too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and keep nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import ultrasound files, pictures and videos as drafts, without the patient's identity in their headers."""
    from case_library.deidentify.identifiers import load_secret
    from case_library.deidentify.remembered import RememberedMasks
    from case_library.model.mask import MaskOrigin
    from case_library.model.trim import TrimError, parse_trim
    from case_library.sources.converted import Statements
    from case_library.store.import_report import ImportOptions
    from case_library.store.importing import import_files

    try:
        statements = Statements(fps, scale, None if trim is None else parse_trim(trim))
    except TrimError as error:
        raise typer.BadParameter(str(error), param_hint="--trim") from None
    settings = load_settings(library=library)
    store = _open(settings)
    options = ImportOptions(
        add_to=case,
        title=title,
        force=force,
        dry_run=dry_run,
        max_source_bytes=settings.max_source_bytes,
        statements=statements,
        compact=compact,
        mask=_rectangles(mask or (), MaskOrigin.GIVEN),
        remembered=RememberedMasks(settings.config_folder),
    )
    if case is not None:
        store.read(case)
    try:
        with _progress("Reading", quiet=as_json) as advance:
            report = import_files(store, paths, load_secret(settings.config_folder), options, advance, _announce)
        if not dry_run:
            for imported in report.imported:
                _suggest_masks(store, imported.slug, [c.clip.clip_id for c in imported.clips], settings, quiet=as_json)
            _build_packs(store, [imported.slug for imported in report.imported], settings, quiet=as_json)
    except KeyboardInterrupt:
        err.print("Stopped. What was finished before stays; nothing half done was kept.")
        raise typer.Exit(130) from None
    if as_json:
        _print_json(_import_json(report, dry_run))
    else:
        _print_import(report, dry_run, store)
    for refusal in report.refused:
        _complain(f"{refusal.source}: {refusal.reason}")
    if report.refused:
        raise typer.Exit(EXIT_REFUSED)


def _build_packs(store: Library, slugs: Sequence[str], settings: Settings, quiet: bool) -> None:
    from case_library.packs.worker import PackWorker, build_packs

    with PackWorker() as worker:
        for slug in slugs:
            with _progress("Preparing frames", quiet=quiet) as advance:
                failed = build_packs(store, slug, settings, advance, worker=worker)
            for clip_id, reason in failed.items():
                _complain(f"{slug}, {clip_id}: its frames cannot be prepared: {reason}")


def _suggest_masks(
    store: Library, slug: str, clip_ids: Sequence[str], settings: Settings, quiet: bool, read_text: bool | None = None
) -> None:
    """Look for writing in every frame of a draft's clips, and let it go black when the draft is confirmed."""
    from case_library.deidentify.remembered import RememberedMasks
    from case_library.store.masking import set_suggestions, suggest_mask

    remembered, masks = RememberedMasks(settings.config_folder), {}
    for clip_id in clip_ids:
        try:
            with _progress("Looking for writing", quiet=quiet) as advance:
                found = suggest_mask(store, slug, clip_id, remembered=remembered, read_text=read_text, progress=advance)
            masks[clip_id] = found.mask
        except CaseLibraryError as error:
            _complain(f"{slug}, {clip_id}: no mask is suggested beside the one of its regions: {error}")
    set_suggestions(store, slug, masks, store.read(slug).revision)


def _rectangles(given: Sequence[str], origin: MaskOrigin) -> tuple[MaskRectangle, ...]:
    from case_library.model.mask import MaskRectangle

    found = []
    for text in given:
        try:
            x, y, width, height = (int(part) for part in text.split(","))
            found.append(MaskRectangle(x=x, y=y, width=width, height=height, origin=origin))
        except ValueError:
            raise typer.BadParameter(
                f"'{text}' is no rectangle: four whole numbers X,Y,W,H in stored pixels, as 0,0,640,47",
                param_hint="--mask",
            ) from None
    return tuple(found)


@app.command()
def mask(
    case: Annotated[str, typer.Argument(metavar="CASE")],
    library: LibraryFolder = None,
    clip: Annotated[str | None, typer.Option(metavar="CLIP", help="One clip; else all.", show_default=False)] = None,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="X,Y,W,H", help="Add a rectangle.", show_default=False)
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take all rectangles away first.")] = False,
    suggest: Annotated[bool, typer.Option("--suggest", help="Look for writing in every frame anew.")] = False,
    read_text: Annotated[bool, typer.Option("--read-text", help="And read text (needs the extra ocr).")] = False,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who decides.", show_default=False)] = None,
) -> None:
    """Show or change what goes black in a draft when it is confirmed."""
    from case_library.model.mask import MaskOrigin
    from case_library.store.masking import set_mask

    settings = load_settings(library=library)
    store = _open(settings)
    clips = [c.clip_id for c in store.read(case).clips if clip in (None, c.clip_id)]
    if not clips:
        raise typer.BadParameter(f"case '{case}' has no clip '{clip}'", param_hint="--clip")
    added = _rectangles(add or (), MaskOrigin.DRAWN)
    if suggest or read_text:
        _suggest_masks(store, case, clips, settings, quiet=False, read_text=read_text or None)
    for clip_id in clips if added or clear else ():
        document = store.read(case)
        changed = document.clip(clip_id)
        kept = () if clear or changed is None or changed.mask is None else changed.mask.rectangles
        set_mask(store, case, clip_id, (*kept, *added), document.revision, by=by)
    for shown in store.read(case).clips:
        if shown.clip_id in clips:
            out.print(f"{shown.clip_id}: {_mask_line(shown)}")
            for rectangle in shown.mask.rectangles if shown.mask is not None else ():
                out.print(escape(f"  {','.join(map(str, rectangle.box))}  {rectangle.origin}: {rectangle.why}"))


@app.command("undo-import")
def undo_import_(
    import_id: Annotated[str, typer.Argument(metavar="IMPORT", help="As `import` and `show` name it.")],
    library: LibraryFolder = None,
) -> None:
    """Take back a whole import: its drafts go, with their pixels; what is published stays."""
    from case_library.store.undoing import undo_import

    undone = undo_import(_open(load_settings(library=library)), import_id)
    for slug in undone.discarded:
        out.print(f"Discarded the draft [bold]{slug}[/bold].")
    for slug, clip_ids in undone.shortened.items():
        out.print(f"Took {', '.join(clip_ids)} out of the draft [bold]{slug}[/bold].")
    for slug, clip_ids in undone.kept.items():
        _complain(f"'{slug}' is published and keeps {', '.join(clip_ids)}; delete its folder if it must go")
    if undone.kept:
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def confirm(
    case: Annotated[str, typer.Argument(metavar="CASE")],
    library: LibraryFolder = None,
    yes: Annotated[
        str | None,
        typer.Option("--yes", metavar="NAME", help="Confirm without asking, in the name of NAME.", show_default=False),
    ] = None,
) -> None:
    """Publish a draft: you have looked at every clip, and no name, number or date is visible."""
    from case_library.deidentify.remembered import RememberedMasks
    from case_library.store.confirming import ObstacleKind, confirm_draft, obstacles

    settings = load_settings(library=library)
    store = _open(settings)
    draft = store.read(case)
    unseen = [obstacle.clip_id for obstacle in obstacles(draft) if obstacle.kind is ObstacleKind.NOT_VIEWED]
    name = yes
    if name is None:
        out.print(f"Case [bold]{case}[/bold] has {len(draft.clips)} clip(s):")
        for clip in draft.clips:
            out.print(f"  {clip.clip_id}: {_mask_line(clip)}")
        for clip_id in unseen:
            _agree(f"Nothing of {clip_id} goes black. Have you seen each of its frames whole, at 100 %?")
        out.print("Have you looked at every frame of each?")
        _agree("No name, number or date of a patient is visible outside of what goes black. Publish?")
        name = typer.prompt("Your name (stored with the case)")
    if not name.strip():
        _complain("A name is needed: the case records who has looked at it")
        raise typer.Exit(EXIT_USAGE)
    with _progress("Burning in and writing", quiet=False) as advance:
        published = confirm_draft(
            store,
            case,
            name,
            based_on=draft.revision,
            stated_viewed=True,
            remembered=RememberedMasks(settings.config_folder),
            progress=advance,
        )
    out.print(f"Published [bold]{case}[/bold], revision {published.revision}.")
    if unseen:
        out.print(escape(f"Recorded as the word of {name}: {', '.join(unseen)} was seen whole at 100 %."))
    for clip in published.clips:
        if clip.burned is not None and clip.burned.black_frames:
            numbers = ", ".join(map(str, clip.burned.black_frames))
            out.print(f"{clip.clip_id}: frame(s) {numbers} cannot be decoded, so they are black as a whole.")


def _agree(question: str) -> None:
    if not typer.confirm(question):
        err.print("Nothing was changed.")
        raise typer.Exit(EXIT_REFUSED)


@app.command("list")
def list_(
    query: Annotated[str | None, typer.Argument(help="Words that title or summary must hold.")] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the cases."""
    store = _open(load_settings(library=library))
    words = (query or "").casefold().split()
    entries = store.entries()
    cases = [
        (entry.slug, entry.case)
        for entry in entries
        if entry.case is not None
        and all(word in f"{entry.slug} {entry.case.title} {entry.case.summary}".casefold() for word in words)
    ]
    unbuilt = [
        (entry.slug, entry.problem)
        for entry in entries
        if isinstance(entry.problem, CaseNotBuiltError)
        and all(word in f"{entry.slug} {entry.problem.title} {entry.problem.summary}".casefold() for word in words)
    ]
    broken = [e.problem for e in entries if e.problem is not None and not isinstance(e.problem, CaseNotBuiltError)]
    if as_json:
        _print_json(
            [
                {"case": slug, "title": c.title, "status": c.status, "source": c.source, "clips": len(c.clips)}
                for slug, c in cases
            ]
            + [
                {"case": slug, "title": m.title, "status": "published", "source": "synthetic", "clips": m.clip_count}
                for slug, m in unbuilt
            ]
        )
    elif cases or unbuilt:
        table = Table("case", "title", "status", "clips", "frames", box=None, pad_edge=False)
        for slug, c in cases:
            frames = sum(clip.frame_count for clip in c.clips)
            table.add_row(slug, escape(c.title or "untitled"), c.status, str(len(c.clips)), str(frames))
        for slug, missing in unbuilt:
            table.add_row(slug, escape(missing.title), "not made yet", str(missing.clip_count), "")
        out.print(table)
    else:
        out.print("No case matches." if words else f"No case yet in {store.root}. `case-library import FILE` adds one.")
    for problem in broken:
        _complain(str(problem))
    if broken:
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def show(
    case: Annotated[str, typer.Argument(metavar="CASE")], library: LibraryFolder = None, as_json: AsJson = False
) -> None:
    """Show one case."""
    document = _open(load_settings(library=library)).read(case)
    if as_json:
        _print_json(document.model_dump(mode="json"))
    else:
        _print_case(case, document)


@app.command()
def check(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE...]", show_default=False)] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Find everything that is wrong with the folders, each with its remedy."""
    from case_library.store.check import check_library

    problems = check_library(_open(load_settings(library=library)), cases or ())
    if as_json:
        _print_json([vars(problem) for problem in problems])
    else:
        for problem in problems:
            out.print(f"[bold]{escape(problem.path)}[/bold]: {escape(problem.problem)}\n  {escape(problem.remedy)}")
        if not problems:
            out.print("Nothing is wrong.")
    if problems:
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def export(
    case: Annotated[str, typer.Argument(metavar="CASE")],
    form: Annotated[str, typer.Option("--as", metavar="FORMAT", help="csv: measurements and findings as tables.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where the files go.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    library: LibraryFolder = None,
) -> None:
    """Write a published case as files for others."""
    from case_library.exchange.export import FORMATS, export_case

    if form not in FORMATS:
        _complain(f"There is no format '{form}'; there are: {', '.join(FORMATS)}")
        raise typer.Exit(EXIT_USAGE)
    for path in export_case(_open(load_settings(library=library)), case, form, to, force=force):
        out.print(f"Wrote {escape(str(path))}")


@app.command("rebuild-index")
def rebuild_index(library: LibraryFolder = None) -> None:
    """Rebuild what is derived from the case folders."""
    count = len(_open(load_settings(library=library)).entries())
    out.print(f"Nothing to rebuild: the {count} case(s) are read from their folders; there is no index yet.")


@app.command()
def phantoms(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE...]", show_default=False)] = None,
    library: LibraryFolder = None,
) -> None:
    """Make the synthetic example cases, with known truth: those that are missing, or the named ones anew.

    What was written in a case that is there already stays; its clips are made anew.
    """
    from case_library.phantoms.building import unbuilt
    from case_library.phantoms.example_cases import make_example_case
    from case_library.phantoms.registry import EXAMPLE_CASES

    settings = load_settings(library=library)
    store = _open(settings)
    for slug in cases or ():
        if slug not in EXAMPLE_CASES:
            _complain(f"There is no example case '{slug}'; there are: {', '.join(EXAMPLE_CASES)}")
            raise typer.Exit(EXIT_USAGE)
    whole = {entry.slug for entry in store.entries()} - set(unbuilt(store))
    for slug in cases or EXAMPLE_CASES:
        if not cases and slug in whole:
            out.print(f"[bold]{slug}[/bold] is there.")
            continue
        with _progress(slug, quiet=False) as advance:
            made = make_example_case(store, slug, advance)
        out.print(f"Made [bold]{slug}[/bold]: {len(made.clips)} clip(s).")
        _build_packs(store, [slug], settings, quiet=False)


def _open(settings: Settings) -> Library:
    from case_library.packs.cache import PackCache
    from case_library.store.library import Library

    return Library(settings.library, read_only=settings.read_only, listeners=(PackCache(settings).on_case_change,))


@contextmanager
def _progress(what: str, quiet: bool) -> Iterator[Any]:
    """Show a bar on stderr, where that is a terminal; give the function that moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _complain(line: str) -> None:
    err.print(f"[red]case-library:[/red] {escape(line)}")


def _print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _announce(coming: Announcement) -> None:
    """Say on stderr how large a conversion will be, before it begins."""
    length = f", {coming.duration_s:.1f} s" if coming.duration_s is not None else ""
    small = coming.predicted.compact_bytes
    sizes = f"about {_megabytes(coming.predicted.lossless_bytes)} without a loss"
    if small is not None:
        sizes += f", {_megabytes(small)} with --compact"
    chosen = " (chosen)" if coming.compact else ""
    err.print(escape(f"{coming.source}: {coming.frame_count} frames{length}: {sizes}{chosen}; --trim takes a part"))


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 1e9 else f"{size_bytes / 1e9:.1f} GB"


def _clip_json(imported: ImportedClip) -> dict[str, Any]:
    clip = imported.clip
    scale = clip.scale.model_dump(mode="json")
    found = {
        "source": imported.source,
        "file": clip.file,
        "sop_instance_uid": clip.sop_instance_uid,
        "frames": clip.frame_count,
        "columns": clip.columns,
        "rows": clip.rows,
        "duration_s": clip.clock.duration_s,
        "clock": {"origin": clip.clock.origin, "trusted": clip.clock.trusted, "why": clip.clock.why},
        "scale": {key: scale[key] for key in ("origin", "trusted", "why", "region", "mm_per_px")},
    }
    if imported.notes:
        found["notes"] = list(imported.notes)
    if clip.conversion is not None:
        found["conversion"] = clip.conversion.model_dump(mode="json", exclude={"notes"})
    if imported.predicted is not None:
        found["predicted_bytes"] = {
            "lossless": imported.predicted.lossless_bytes,
            "compact": imported.predicted.compact_bytes,
        }
    return found


def _import_json(report: ImportReport, dry_run: bool) -> dict[str, Any]:
    return {
        "imported": [
            {
                "case": None if dry_run else imported.slug,
                "clips": [_clip_json(clip) for clip in imported.clips],
            }
            for imported in report.imported
        ],
        "refused": [{"source": refusal.source, "reason": refusal.reason} for refusal in report.refused],
    }


def _print_import(report: ImportReport, dry_run: bool, store: Library) -> None:
    for imported in report.imported:
        if dry_run:
            out.print(f"Would make a draft with {len(imported.clips)} clip(s):")
        else:
            out.print(f"Draft [bold]{imported.slug}[/bold]: {len(imported.clips)} clip(s)")
        for clip in imported.clips:
            out.print(_clip_line(clip.clip))
            if clip.clip.conversion is None:
                out.print(_cleaning_line(clip.cleaning))
            else:
                out.print(_conversion_line(clip, dry_run))
            for note in clip.notes:
                out.print(escape(f"    {note}"))
            stored = None if dry_run else store.read(imported.slug).clip(clip.clip.clip_id)
            out.print(f"    {_mask_line(stored or clip.clip)}")
        for match in imported.texts:
            out.print(
                escape(f"  {match.field} says what {match.element} of a file holds: change it before you publish")
            )
    clips = [clip.clip for imported in report.imported for clip in imported.clips if clip.clip.conversion is not None]
    if any(not clip.scale.trusted or (clip.frame_count > 1 and not clip.clock.trusted) for clip in clips):
        out.print("What a file does not say can be stated: --fps for its clock, --scale for its size.")
    if report.imported and not dry_run:
        slug = report.imported[0].slug
        out.print(
            "Names in headers are gone; names in the picture are not. Look at every clip, then publish:\n"
            f"  case-library confirm {slug}\n"
            f"Take the whole import back:\n  case-library undo-import {report.import_id}"
        )


def _mask_line(clip: Clip) -> str:
    said = []
    for mask, what in ((clip.burned, "is black"), (clip.mask, "goes black when it is confirmed")):
        if mask is not None and not mask.is_empty:
            share = 100 * mask.area_px() / (clip.columns * clip.rows)
            origins = sorted({rectangle.origin.replace("_", " ") for rectangle in mask.rectangles})
            count = f"{len(mask.rectangles)} rectangle{'s' if len(mask.rectangles) > 1 else ''}"
            said.append(f"{share:.0f} % of every frame {what}: {count} ({', '.join(origins)})")
    note = f". {clip.mask.note}" if clip.mask is not None and clip.mask.note else ""
    return escape("; ".join(said or ["nothing goes black; look at it whole at 100 %"]) + note)


def _clip_line(clip: Clip) -> str:
    frames = "1 frame" if clip.frame_count == 1 else f"{clip.frame_count} frames"
    rate = f", {clip.clock.rate_fps:.1f} fps" if clip.clock.rate_fps else ""
    clock = "" if clip.clock.trusted or clip.frame_count == 1 else f" (clock not trusted: {clip.clock.why})"
    scale = f"{clip.scale.mm_per_px[0]:.3f} mm/px" if clip.scale.trusted and clip.scale.mm_per_px else "pixels only"
    why = "" if clip.scale.trusted else f" ({clip.scale.why})"
    return escape(f"  {clip.clip_id}: {frames}, {clip.columns} x {clip.rows}{rate}{clock}; {scale}{why}")


def _conversion_line(imported: ImportedClip, dry_run: bool) -> str:
    conversion, size = imported.clip.conversion, _megabytes(imported.clip.file_bytes)
    assert conversion is not None
    if dry_run:
        return f"    would be stored in about {size}" if imported.predicted else "    would be stored without a loss"
    if not conversion.compact:
        return f"    stored without a loss in {size}"
    return (
        f"    stored compact in {size}; off by at most {conversion.max_error} and on average "
        f"{conversion.mean_error} of 255 grey levels"
    )


def _cleaning_line(cleaning: CleaningReport) -> str:
    gone = len(cleaning.removed) + cleaning.private + cleaning.unknown
    private = f", {cleaning.private} of them private" if cleaning.private else ""
    return f"    header: {len(cleaning.kept)} elements kept, {len(cleaning.changed)} replaced, {gone} removed{private}"


def _print_case(slug: str, case: Case) -> None:
    from case_library.model.outline import outline

    out.print(f"[bold]{escape(case.title or 'untitled')}[/bold]  ({slug}, {case.status}, {case.source})")
    if case.summary:
        out.print(escape(case.summary))
    if case.confirmation is not None:
        out.print(escape(f"Pixels confirmed by {case.confirmation.by} on {case.confirmation.at:%Y-%m-%d}"))
    for clip in case.clips:
        out.print(_clip_line(clip) + (f"  {escape(clip.title)}" if clip.title else ""))
    for line in outline(case):
        out.print(escape(line))
