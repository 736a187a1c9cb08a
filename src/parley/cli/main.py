"""`parley`: the commands, each loaded when it is called."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module

import click

from parley import __version__
from parley.wire.encoding import is_text, visible

_STREAMS = (
    ("stdin", "r", "surrogateescape"),
    ("stdout", "w", "backslashreplace"),
    ("stderr", "w", "backslashreplace"),
)
"""The standard streams, by descriptor: name, mode, and the error handler for characters that their encoding lacks."""

_COMMANDS = {
    "serve": "Run the server.",
    "chat": "Chat in the terminal.",
    "send": "Send one message; exit 0 only when it is stored.",
    "tail": "Print a room's events, and follow it.",
    "doctor": "Check a data folder.",
    "admin": "Run a running server: people, rooms, invitations.",
    "config": "Check a configuration file.",
}


class _Unreadable(click.ClickException):
    exit_code = 2


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"parley.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if fault := unreadable(args, os.environ):
            raise _Unreadable(fault)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="parley")
def cli() -> None:
    """A chat server that never loses a message, and its clients."""


def main() -> None:
    """Run the command line."""
    _open_streams()
    try:
        cli(prog_name="parley")
    except OSError as error:
        # The usual cause: the output can't be written, for example to a full disk.
        with suppress(OSError):
            click.echo(f"Error: {error}", err=True)
        sys.exit(1)


def unreadable(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return which argument, or which variable of Parley's, is not UTF-8, as a sentence; empty if all are.

    No command works with such a value: names and texts are UTF-8 everywhere, and the name of a file stands in messages,
    configuration and JSON.
    """
    for argument in arguments:
        if not is_text(argument):
            return f"This argument is not UTF-8: {visible(argument)}"
    for name, value in environment.items():
        if name.startswith("PARLEY_") and not is_text(value):
            return f"The environment variable {name} is not UTF-8."  # it may be a password
    return ""


def _open_streams() -> None:
    """Make the standard streams usable: open, and taking every character."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The caller has closed this descriptor. Otherwise the next file to be opened, perhaps a database, would get
            # its number, and output would be written into that file.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for descriptor, (name, mode, errors) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - it stays open
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
