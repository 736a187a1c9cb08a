"""Tells a user who is alone on a server how other people can enter it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from parley.wire import web

from .render import TextLine, safe

LISTEN_FLAGS: Final = "--listen 0.0.0.0:59000 --tls auto"
"""The flags of `parley serve` with which other machines can connect (docs/guide/network.md)."""


def ways_in(server: web.ServerInfo, *, account: bool) -> Iterator[TextLine]:
    """Return the lines that tell the user how others can enter; none if the user is not alone.

    Args:
        server: the server's answer to `AskServer`.
        account: whether the user has an account, and so may invite people.
    """
    if not server.alone:
        return
    for text in _sentences(server, account=account):
        yield TextLine(safe(text), "answer")
    if not server.loopback:
        yield TextLine(safe(server.url), "code")


def _sentences(server: web.ServerInfo, *, account: bool) -> Iterator[str]:
    yield "You are the only one here so far."
    if server.loopback:
        yield f"Only this machine can reach the server. Start it with {LISTEN_FLAGS} to let others in."
    elif server.access == "open":
        yield f"Others get in at {server.url}, in a browser or with: {' or '.join(_commands(server))}"
    elif account:
        yield f"Others need an invitation. Make a link at {server.url}, in the room's menu under Invite people,"
        yield "or on the server's machine with: parley admin invite create"
    else:
        yield "Others need an invitation: ask whoever runs the server, or make one yourself once you have an account."


def _commands(server: web.ServerInfo) -> list[str]:
    parts = urlsplit(server.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    commands = [f"parley chat {server.url}"]
    if server.plaintext and parts.scheme == "http":
        commands.append(f"nc {parts.hostname} {port}")
    return commands
