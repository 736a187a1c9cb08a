"""parley send: one message, stored exactly once."""

import getpass
import json
import sys
from typing import Any

import click

from parley.wire.encoding import NotUtf8, decode

from . import options, passwords


@click.command()
@click.argument("room")
@click.argument("text")
@click.option("--to", "address", metavar="ADDRESS", help="HOST, HOST:PORT or a URL.  [default: 127.0.0.1:59000]")
@click.option("--as", "name", metavar="NAME", help="The sender's name.  [default: your name on this machine]")
@click.option(
    "--key",
    metavar="KEY",
    help="Try an earlier message again: with its key it is stored once, however often it is sent.",
)
@click.option("--reply", metavar="N", type=click.IntRange(min=1), help="Answer the message with this number.")
@click.option("--thread", metavar="N", type=click.IntRange(min=1), help="Say it in the thread of this message.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="How long to try.",
)
@click.option("--json", "as_json", is_flag=True, help="Print room, room_id, seq and key as JSON.")
@click.option("--verbose", "-v", is_flag=True, help="Print room, seq and key.")
@passwords.password_file
@passwords.invite
@options.ca
@options.trust
@options.client_data("who you are")
def send(
    room: str,
    text: str,
    address: str | None,
    name: str | None,
    key: str | None,
    reply: int | None,
    thread: int | None,
    timeout: float,
    as_json: bool,
    verbose: bool,
    **rest: Any,
) -> None:
    """Send TEXT to ROOM, and end with 0 only when it is stored. With - as TEXT, it is read from stdin."""
    import asyncio

    from parley.clients.model.names import as_name, bare
    from parley.clients.send import send as run

    if text == "-":
        try:
            text = decode(sys.stdin.buffer.read()).removesuffix("\n").removesuffix("\r")
        except NotUtf8 as why:
            raise click.UsageError(f"The text on stdin {why}.") from None
    with options.errors_shown():
        wanted = options.client_options(address, name or as_name(getpass.getuser()), **rest, hint="--to")
        try:
            sent = passwords.with_password(
                lambda client: asyncio.run(
                    run(client, room, text, key=key, patience=timeout, reply=reply or 0, thread=thread or 0)
                ),
                wanted,
            )
        except KeyboardInterrupt:
            click.echo("Interrupted: it is not known whether the message is stored.", err=True)
            sys.exit(1)
    if sent.fault:
        again = f" Try again with --key {sent.key}: it will be stored once." if sent.retry else ""
        click.echo(sent.fault + again, err=True)
        sys.exit(1)
    if as_json:
        shown = {"room": bare(room), "room_id": sent.room, "seq": sent.seq, "key": sent.key}
        options.print_json(json.dumps(shown, ensure_ascii=False))
    elif verbose:
        click.echo(f"{bare(room)} {sent.seq} {sent.key}")
