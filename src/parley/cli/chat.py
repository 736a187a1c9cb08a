"""parley chat: the chat on a terminal or in a pipe."""

import os
import sys
from pathlib import Path

import click

from . import options, passwords


@click.command()
@click.argument("address", required=False)
@click.option("--as", "name", metavar="NAME", help="Your name. Who had it here before, from this account, comes back.")
@click.option("--room", metavar="ROOM", default="lobby", show_default=True, help="The room to enter.")
@click.option(
    "--patience",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="At the end of a pipe: how long to wait for a server that can't be reached.",
)
@passwords.password_file
@passwords.invite
@options.ca
@options.trust
@options.client_data("the outbox and who you are")
def chat(
    address: str | None,
    name: str | None,
    room: str,
    patience: float,
    password_file: Path | None,
    invite: str | None,
    ca: Path | None,
    trust: str | None,
    data: Path | None,
) -> None:
    """Chat with the server at ADDRESS (HOST, HOST:PORT or a URL; 127.0.0.1:59000 if it is left out).

    What you write while the server can't be reached is kept, and sent once, in order, when it is back. /help shows the
    commands. In a pipe the chat is plain text: messages in, messages out, and what is about the connection on stderr.
    """
    import asyncio

    from parley.clients.keep.identity import invitation_code
    from parley.clients.keep.outbox import OutboxError
    from parley.clients.net.address import AddressError, parse_address
    from parley.clients.plain.chat import Options
    from parley.clients.plain.chat import chat as run

    try:
        wanted = Options(
            parse_address(address),
            name,
            room,
            ca,
            data,
            patience,
            passwords.given(password_file),
            invitation_code(invite) if invite else None,
        )
    except AddressError as error:
        raise click.BadParameter(str(error), param_hint="ADDRESS") from None
    try:
        options.keep_trust(wanted.address, trust, ca, data)
        if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
            from parley.clients.plain.terminal import Terminal

            code = asyncio.run(run(wanted, Terminal(wanted.address.label)))
        else:
            from parley.clients.plain.pipe import Pipe

            code = asyncio.run(run(wanted, Pipe()))
    except KeyboardInterrupt:
        code = 0
    except BrokenPipeError:
        # Nobody reads any more. Python would complain when it flushes stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (OutboxError, OSError) as error:
        click.echo(str(error), err=True)
        code = 1
    sys.exit(code)
