"""parley tail: what is said in a room."""

import sys
from pathlib import Path
from typing import Any

import click

from . import options, passwords


@click.command()
@click.argument("room")
@click.option("--from", "address", metavar="ADDRESS", help="HOST, HOST:PORT or a URL.  [default: 127.0.0.1:59000]")
@click.option(
    "--after", metavar="SEQ", type=click.IntRange(min=0), help="Begin after that seq.  [default: the last 20 events]"
)
@click.option("--follow", "-f", is_flag=True, help="Go on with what is said from now on.")
@click.option("--as", "name", metavar="NAME", help="Your account's name, to look into rooms that you are in.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an event.")
@passwords.password_file
@options.ca
@options.trust
@options.client_data("who you are, and by which certificates servers are known")
def tail(
    room: str,
    address: str | None,
    after: int | None,
    follow: bool,
    name: str | None,
    as_json: bool,
    password_file: Path | None,
    **rest: Any,
) -> None:
    """Print what is said in ROOM, without being in it."""
    import asyncio

    from parley.clients.tail import tail as run

    with options.errors_shown():
        password_file = password_file if name is not None else None
        wanted = options.client_options(address, name, password_file=password_file, **rest, hint="--from")
        how: dict[str, Any] = {"after": after, "follow": follow, "json": as_json}
        write = options.print_json if as_json else _write
        try:
            done = passwords.with_password(
                lambda client: asyncio.run(run(client, room, write=write, complain=_complain, **how)), wanted
            )
        except KeyboardInterrupt:
            done = True
    sys.exit(0 if done else 1)


def _write(line: str) -> None:
    print(line, flush=True)


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
