"""parley tail: what is said in a room."""

import os
import sys
from pathlib import Path

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
    ca: Path | None,
    trust: str | None,
    data: Path | None,
) -> None:
    """Print what is said in ROOM, without being in it."""
    import asyncio

    from parley.clients.keep.outbox import OutboxError
    from parley.clients.net.address import AddressError, parse_address
    from parley.clients.tail import tail as run

    try:
        where = parse_address(address)
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="--from") from None
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        options.keep_trust(where, trust, ca, data)
        done = passwords.with_password(
            lambda password: asyncio.run(
                run(
                    where,
                    room,
                    write=_write,
                    complain=_complain,
                    after=after,
                    follow=follow,
                    json=as_json,
                    ca=ca,
                    name=name,
                    password=password,
                    data=data,
                )
            ),
            passwords.given(password_file) if name is not None else None,
        )
    except KeyboardInterrupt:
        done = True
    except BrokenPipeError:
        # Nobody reads any more. Python would complain when it flushes stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        done = True
    except (OutboxError, OSError) as error:
        click.echo(str(error), err=True)
        done = False
    sys.exit(0 if done else 1)


def _write(line: str) -> None:
    print(line, flush=True)


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
