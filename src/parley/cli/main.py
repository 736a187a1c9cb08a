"""`parley`: the commands, each loaded when it is called."""

import sys
from importlib import import_module

import click

from parley import __version__

_COMMANDS = {
    "serve": "Run the server.",
    "chat": "Chat in the terminal.",
    "send": "Send one message; exit 0 only when it is stored.",
    "tail": "Print a room's events, and follow it.",
    "doctor": "Check a data folder.",
    "admin": "Run a running server: people, rooms, invitations.",
    "config": "Check a configuration file.",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"parley.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="parley")
def cli() -> None:
    """A chat server that never loses a message, and its clients."""


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="parley")
