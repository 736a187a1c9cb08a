"""`parley admin user`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from parley.cli.progress import ShownProgress

from .console import Console, Group, asks, must_be_asked, password_stdin, why


@click.group(cls=Group)
def user() -> None:
    """People and bots. NAME is a name or an id; @123 is who is called 123."""


@user.command("list")
@click.pass_obj
def list_(console: Console) -> None:
    """List who holds a name: accounts, bots, and guests who are here."""
    users = [*console.server.users()]
    rows = [(each["id"], each["name"], each["role"], each["rooms"], _state(each)) for each in users]
    console.show_table(
        {"users": users}, ("ID", "NAME", "ROLE", "ROOMS", "STATE"), rows, otherwise="Nobody holds a name here."
    )


def _state(user: dict[str, object]) -> str:
    return ", ".join(word for word in ("online", "disabled") if user[word])


@user.command()
@click.argument("name")
@click.pass_obj
def show(console: Console, name: str) -> None:
    """Show an account, and how it is signed in."""
    found = console.server.get("admin", "users", name)
    sessions = console.server.get("admin", "users", found["id"], "sessions")["sessions"]
    if console.as_json:
        console.show({"user": found, "sessions": sessions}, "")
        return
    profile = found["profile"]
    facts = [("name", found["name"]), ("id", found["id"]), ("role", found["role"]), ("state", _state(found))]
    facts += [("shown as", profile["display"]), ("colour", profile["colour"]), ("time zone", profile["zone"])]
    console.show_facts([*facts, ("rooms", found["rooms"]), ("sessions", len(sessions))])


@user.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["member", "admin", "owner", "bot"]), default="member", help="[default: member]"
)
@click.option("--label", default="", help="With --role bot: what its token is called.")
@password_stdin
@click.pass_obj
def add(console: Console, name: str, role: str, label: str, password_stdin: bool) -> None:
    """Make an account. Its password is asked for; a bot gets a token instead, which is shown this once."""
    body: dict[str, object] = {"name": name, "role": role, "label": label}
    if role != "bot":
        must_be_asked(from_stdin=password_stdin)
        body["password"] = console.password(name, from_stdin=password_stdin)
    made = console.server.send("POST", "admin", "users", body=body)
    console.show(made, f"{made['user']['name']} has an account now, as {made['user']['role']}.")
    if role == "bot" and not console.as_json:
        click.echo(f"This token is shown once: {made['token']}")


@user.command()
@click.argument("name")
@password_stdin
@click.pass_obj
def passwd(console: Console, name: str, password_stdin: bool) -> None:
    """Give an account a new password. All its sessions end."""
    must_be_asked(from_stdin=password_stdin)
    found = console.server.get("admin", "users", name)
    password = console.password(found["name"], from_stdin=password_stdin)
    console.server.send("PUT", "admin", "users", found["id"], "password", body={"new": password})
    console.show({"user": found}, f"{found['name']} has a new password. All their sessions have ended.")


@user.command()
@click.argument("name")
@click.argument("new_name")
@click.pass_obj
def rename(console: Console, name: str, new_name: str) -> None:
    """Give an account, or a guest, another name."""
    changed = console.server.send("PATCH", "admin", "users", name, body={"name": new_name})
    console.show({"user": changed}, f"{name} is called {changed['name']} now.")


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice(["owner", "admin", "member"]))
@click.pass_obj
def role(console: Console, name: str, role: str) -> None:
    """Give an account a role on the server."""
    changed = console.server.send("PATCH", "admin", "users", name, body={"role": role})
    console.show({"user": changed}, f"{changed['name']} is {changed['role']} now.")


@user.command()
@click.argument("name")
@why
@asks
@click.pass_obj
def disable(console: Console, name: str, why: str, yes: bool) -> None:
    """Lock an account: its sessions end, and nobody can sign in to it."""
    found = console.server.get("admin", "users", name)
    console.confirm(f"Disable {found['name']}, and end all their sessions?", yes)
    changed = console.server.send("PATCH", "admin", "users", found["id"], body={"disabled": True, "why": why})
    console.show({"user": changed}, f"{changed['name']} is disabled.")


@user.command()
@click.argument("name")
@why
@click.pass_obj
def enable(console: Console, name: str, why: str) -> None:
    """Unlock an account."""
    changed = console.server.send("PATCH", "admin", "users", name, body={"disabled": False, "why": why})
    console.show({"user": changed}, f"{changed['name']} is enabled.")


@user.command()
@click.argument("name")
@click.option("--erase", is_flag=True, help="Erase what they said, too. Else it stays, as a deleted user's.")
@asks
@click.pass_obj
def delete(console: Console, name: str, erase: bool, yes: bool) -> None:
    """Delete an account, for good."""
    found = console.server.get("admin", "users", name)
    what = "and erase all that they said" if erase else "and keep what they said, as a deleted user's"
    console.confirm(f"Delete {found['name']} (id {found['id']}) for good, {what}?", yes)
    console.server.send("DELETE", "admin", "users", found["id"], query={"messages": "erase" if erase else "keep"})
    console.show({"user": found}, f"{found['name']} is deleted.")


def _download(console: Console, write: Callable[[bytes], object], parts: tuple[str | int, ...]) -> None:
    progress, size = ShownProgress("Exporting"), 0

    def take(data: bytes) -> None:
        nonlocal size
        write(data)
        size += len(data)
        progress(f"{size / 1e6:,.1f} MB")

    try:
        console.server.download(take, *parts)
    finally:
        progress.clear()


@user.command()
@click.argument("name")
@click.option(
    "--to", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to a new file, not to stdout."
)
@click.pass_obj
def export(console: Console, name: str, to: Path | None) -> None:
    """Export all data of an account, as one JSON document."""
    found = console.server.get("admin", "users", name)
    parts = ("admin", "users", found["id"], "export")
    if to is None:
        _download(console, sys.stdout.buffer.write, parts)
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
        return
    try:
        # The export contains private messages: only its owner may read it.
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{to} is there already.") from None
    except OSError as error:
        raise click.ClickException(f"{to} can't be written: {error.strerror}.") from None
    try:
        with open(descriptor, "wb") as file:
            _download(console, file.write, parts)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    console.show({"user": found, "file": str(to)}, f"Everything of {found['name']} is in {to}.")
