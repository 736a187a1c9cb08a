"""`parley admin session` and `token`."""

from typing import Final

import click

from . import times
from .console import Console, Group, asks

_KINDS: Final = {"session": "signed in", "resume": "guest", "bot": "token"}


@click.group(cls=Group)
def session() -> None:
    """The sessions of an account: one for each device or program that is signed in."""


@session.command("list")
@click.argument("name")
@click.pass_obj
def list_sessions(console: Console, name: str) -> None:
    """List someone's sessions."""
    found = console.server.get("admin", "users", name)
    sessions = console.server.get("admin", "users", found["id"], "sessions")["sessions"]
    console.show_table(
        {"user": found, "sessions": sessions},
        ("ID", "KIND", "SINCE", "LABEL"),
        [(each["id"], _KINDS.get(each["kind"], each["kind"]), times.moment(each["made"]), each["label"])
         for each in sessions],
        otherwise="There are no sessions.",
    )  # fmt: skip


@session.command("end")
@click.argument("name")
@click.argument("session_id", metavar="[ID]", required=False)
@click.option("--all", "every", is_flag=True, help="End all of them.")
@asks
@click.pass_obj
def end(console: Console, name: str, session_id: str | None, every: bool, yes: bool) -> None:
    """End one of someone's sessions, or all."""
    if every == (session_id is not None):
        raise click.UsageError("Say which session by its ID, or --all.")
    found = console.server.get("admin", "users", name)
    parts: tuple[str | int, ...] = ("admin", "users", found["id"], "sessions")
    if session_id is None:
        console.confirm(f"End all sessions of {found['name']}?", yes)
        sentence = f"All sessions of {found['name']} have ended."
    else:
        console.confirm(f"End the session {session_id} of {found['name']}?", yes)
        parts = (*parts, session_id)
        sentence = "The session has ended."
    console.server.send("DELETE", *parts)
    console.show({"user": found}, sentence)


@click.group(cls=Group)
def token() -> None:
    """The tokens with which bots sign in. A bot is made by: parley admin user add NAME --role bot"""


@token.command("create")
@click.argument("bot")
@click.option("--label", default="", help="What you call it.")
@click.pass_obj
def create(console: Console, bot: str, label: str) -> None:
    """Make a further token for a bot. It is shown this once."""
    from parley.clients.net.admin_client import AdminError

    found = console.server.get("admin", "users", bot)
    if found["role"] != "bot":
        raise AdminError(f"{found['name']} is no bot: people come in with their password.")
    made = console.server.send("POST", "admin", "tokens", body={"user": found["id"], "label": label})
    console.show(made, f"This token is shown once: {made['token'] or ''}")


@token.command("list")
@click.pass_obj
def list_tokens(console: Console) -> None:
    """List the bots' tokens."""
    tokens = console.server.get("admin", "tokens")["tokens"]
    console.show_table(
        {"tokens": tokens},
        ("ID", "BOT", "SINCE", "LABEL"),
        [(each["id"], each["name"], times.moment(each["made"]), each["label"]) for each in tokens],
        otherwise="There are no tokens.",
    )


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@asks
@click.pass_obj
def revoke(console: Console, token_id: str, yes: bool) -> None:
    """Take a token back. ID is as in the list."""
    from parley.clients.net.admin_client import AdminError

    tokens = console.server.get("admin", "tokens")["tokens"]
    found = next((each for each in tokens if str(each["id"]) == token_id), None)
    if found is None:
        raise AdminError("There is no such token.", "session_unknown")
    label = f' "{found["label"]}"' if found["label"] else ""
    console.confirm(f"Take the token {token_id}{label} of {found['name']} back?", yes)
    console.server.send("DELETE", "admin", "tokens", token_id)
    console.show({"token": found}, f"The token of {found['name']} is good for nothing any more.")
