"""`parley doctor`: check a data folder."""

from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from parley.storage.folder import default_data_folder, troubles
from parley.storage.lock import FolderInUse, FolderLock
from parley.storage.sqlite import FILE_NAME
from parley.storage.sqlite.doctor import Finding, Report, Unreadable, accept_restored, check_there, examine

from .progress import ShownProgress

SOUND, FINDINGS, UNREADABLE = 0, 1, 2


@click.command()
@click.option("--data", "folder", type=click.Path(path_type=Path), default=default_data_folder, show_default="yours")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--restored", is_flag=True, help="A backup was put back: tell clients so, by a new epoch for every room.")
def doctor(folder: Path, as_json: bool, restored: bool) -> None:
    """Check a data folder, also beside a running server: every log, every key, and all that follows from them.

    Changes nothing, unless --restored is given. Exits with 0 if all is well, 1 if something is wrong, 2 if the folder
    can't be read (or, with --restored, if a server is using it).
    """
    path = folder / FILE_NAME
    progress = ShownProgress("Checking")

    def report_progress(what: str, events: int) -> None:
        progress(f"{what}, {events:,} done" if events else what)

    try:
        lacks = _accept(folder, path) if restored else None
        report = examine(path, report_progress)
        if lacks is not None:
            report = replace(report, findings=[lacks, *report.findings])
    except (Unreadable, FolderInUse, OSError) as problem:
        progress.clear()
        click.echo(
            msgspec.json.encode({"problem": str(problem)}).decode() if as_json else str(problem), err=not as_json
        )
        raise SystemExit(UNREADABLE) from None
    progress.clear()
    for trouble in troubles(folder):
        click.echo(f"Warning: {trouble}", err=True)
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        _print(report, restored)
    raise SystemExit(FINDINGS if report.findings else SOUND)


def _accept(folder: Path, path: Path) -> Finding | None:
    check_there(path)
    lock = FolderLock(folder)
    try:
        return accept_restored(path)
    finally:
        lock.release()


def _print(report: Report, restored: bool) -> None:
    for finding in report.findings:
        click.echo(finding.words)
    if restored:
        click.echo("Every room has a new epoch.")
    what = f"{_count(report.events, 'event')} in {_count(report.rooms, 'room')}, {_count(report.users, 'name')} taken"
    if report.findings:
        click.echo(f"Not sound: {_count(len(report.findings), 'finding')}. Checked {what}.")
    else:
        click.echo(f"Sound: {what}.")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
