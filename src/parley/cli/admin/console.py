"""The shared parts of the commands of `parley admin`: options, output, questions to the user."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.passwords import ask
from parley.wire.encoding import NotUtf8, decode

from .table import one_line, table

if TYPE_CHECKING:
    from parley.clients.net.admin_client import AdminClient

Decorated = Callable[..., Any]


class Console:
    """Shows answers and asks questions.

    Attributes:
        data: the data folder, if it was given.
        config: the configuration file, if one was given.
        as_json: whether to show JSON documents, for scripts.
    """

    def __init__(self) -> None:
        self.data: str | None = None
        self.config: Path | None = None
        self.as_json = False

    @cached_property
    def server(self) -> "AdminClient":
        """The client of the admin API of the server that uses the data folder."""
        from parley.clients.net.admin_client import AdminClient

        return AdminClient(self._folder())

    def _folder(self) -> Path:
        from parley.storage.folder import default_data_folder

        folder = self.data
        if folder is None and self.config is not None:
            from parley.server.config import ConfigError, load

            try:
                folder = load(self.config).data
            except ConfigError as error:
                raise click.ClickException(str(error)) from None
        return Path(folder) if folder else default_data_folder()

    # Output

    def show(self, document: Any, sentence: str) -> None:
        """Show what a command did: a sentence, or with `--json` the document."""
        if self.as_json:
            self._document(document)
        else:
            click.echo(one_line(sentence))

    def show_table(
        self, document: Any, head: Sequence[str], rows: Iterable[Sequence[object]], *, otherwise: str
    ) -> None:
        """Show a list: a table, the sentence `otherwise` if it is empty, or the document."""
        if self.as_json:
            self._document(document)
            return
        shown = [*rows]
        if not shown:
            click.echo(otherwise)
            return
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        for line in table(head, shown, columns):
            click.echo(line)

    def show_facts(self, facts: Iterable[tuple[str, object]]) -> None:
        """Show facts about one thing, one per line."""
        known = [(name, str(fact)) for name, fact in facts if fact not in ("", None)]
        wide = max(len(name) for name, _ in known)
        for name, fact in known:
            click.echo(f"{name:<{wide}}  {one_line(fact)}")

    @staticmethod
    def _document(document: Any) -> None:
        click.echo(json.dumps(document))

    def trouble(self, sentence: str, code: str | None) -> None:
        """Show why a command was not done."""
        if self.as_json:
            self._document({"problem": sentence, "code": code})
        else:
            click.echo(f"Error: {one_line(sentence)}", err=True)

    # Questions

    @staticmethod
    def confirm(question: str, yes: bool) -> None:
        """Ask before something is done that can't be undone.

        Raises:
            click.exceptions.Exit: the answer is no.
        """
        if not yes and not click.confirm(one_line(question), err=True):
            click.echo("Nothing was done.", err=True)
            raise click.exceptions.Exit(1)

    @staticmethod
    def password(whose: str, *, from_stdin: bool) -> str:
        """Return a new password, from a prompt without echo or from the first line of the standard input.

        Raises:
            click.UsageError: the standard input is not UTF-8.
        """
        if from_stdin:
            line = sys.stdin.buffer.readline().removesuffix(b"\n").removesuffix(b"\r")
            try:
                return decode(line)
            except NotUtf8 as why:
                raise click.UsageError(f"The password on the standard input {why}.") from None
        return ask(f"Password for {one_line(whose)}", confirmation_prompt="The same again")


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    console = context.ensure_object(Console)
    if value and parameter.name is not None:
        setattr(console, parameter.name, value)


def _common() -> list[click.Parameter]:
    """Return the options that all commands and groups have."""
    return [
        click.Option(
            ["--data"], metavar="DIR", expose_value=False, callback=_remember,
            help="The server's data folder.  [default: the platform's]",
        ),
        click.Option(
            ["--config"], metavar="FILE", type=click.Path(path_type=Path), expose_value=False, callback=_remember,
            help="The server's configuration file, which names the folder.",
        ),
        click.Option(
            ["--json", "as_json"], is_flag=True, expose_value=False, callback=_remember,
            help="One JSON document, for scripts.",
        ),
    ]  # fmt: skip


class AdminCommand(click.Command):
    """A command with the common options. If it raises `AdminError`, its sentence is shown and the command fails."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params += _common()

    def invoke(self, ctx: click.Context) -> Any:
        from parley.clients.net.admin_client import AdminError

        try:
            return super().invoke(ctx)
        except AdminError as error:
            ctx.ensure_object(Console).trouble(str(error), error.code)
            raise click.exceptions.Exit(1) from None


class Group(click.Group):
    """A group of commands, with the common options."""

    command_class = AdminCommand
    group_class = type

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params += _common()


def _has_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _needs_answer(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
    # Checked while the options are parsed, before the command does anything: so a script without --yes always fails.
    if not value and not context.resilient_parsing and not _has_terminal():
        raise click.UsageError("This asks first, and there is no terminal to answer on: add --yes.")
    return value


asks: Callable[[Decorated], Decorated] = click.option(
    "--yes", "-y", is_flag=True, callback=_needs_answer, help="Do not ask."
)
"""The option `--yes` of a command that asks the user for confirmation."""

password_stdin: Callable[[Decorated], Decorated] = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the standard input."
)

why: Callable[[Decorated], Decorated] = click.option(
    "--why", metavar="WORDS", default="", help="The reason; it stands in the log."
)


def must_be_asked(*, from_stdin: bool) -> None:
    """Check that there is a way to get a password.

    Raises:
        click.UsageError: there is none.
    """
    if not from_stdin and not _has_terminal():
        raise click.UsageError("There is no terminal to ask for the password on: add --password-stdin.")
