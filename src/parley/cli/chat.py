"""parley chat: the chat on a terminal or in a pipe."""

import sys
from typing import Any

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
def chat(address: str | None, name: str | None, room: str, patience: float, **rest: Any) -> None:
    """Chat with the server at ADDRESS (HOST, HOST:PORT or a URL; 127.0.0.1:59000 if it is left out).

    What you write while the server can't be reached is kept, and sent once, in order, when it is back. /help shows the
    commands. In a pipe the chat is plain text: messages in, messages out, and reports about the connection on stderr.
    """
    import asyncio

    from parley.clients.plain.chat import chat as run
    from parley.clients.plain.screen import Screen

    with options.errors_shown():
        wanted = options.client_options(address, name, **rest, hint="ADDRESS")
        screen: Screen
        if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
            from parley.clients.plain.terminal import Terminal

            screen = Terminal(wanted.address.label)
        else:
            from parley.clients.plain.pipe import Pipe

            screen = Pipe()
        try:
            code = asyncio.run(run(wanted, room, patience, screen))
        except KeyboardInterrupt:
            code = 0
    sys.exit(code)
