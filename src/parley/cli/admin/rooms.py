"""`parley admin room`, `ban` and `unban`."""

from typing import Any

import click

from . import times
from .console import AdminCommand, Console, Group, asks, why


@click.group(cls=Group)
def room() -> None:
    """Rooms. ROOM is a name, with or without its #, or an id; #123 is the room called 123."""


def state(room: dict[str, Any]) -> str:
    words = [room["kind"]] if room["kind"] != "public" else []
    words += ["archived"] if room["archived"] else []
    words += ["read-only"] if room["read_only"] else []
    words += [f"slow {room['slow']} s"] if room["slow"] else []
    words += ["no guests"] if not room["guests"] else []
    return ", ".join(words)


@room.command("list")
@click.pass_obj
def list_(console: Console) -> None:
    """List all rooms, private and archived ones included."""
    rooms = console.server.rooms()
    console.show_table(
        {"rooms": rooms},
        ("ID", "NAME", "MEMBERS", "EVENTS", "STATE", "TOPIC"),
        [(each["id"], f"#{each['name']}", each["members"], each["tip"], state(each), each["topic"]) for each in rooms],
        otherwise="There are no rooms.",
    )


@room.command()
@click.argument("room")
@click.pass_obj
def show(console: Console, room: str) -> None:
    """Show a room, its members, and who is banned or muted."""
    found = console.server.room(room)
    members = console.server.get("rooms", found["id"], "members")["members"]
    bans = console.server.get("rooms", found["id"], "bans")["users"]
    mutes = console.server.get("rooms", found["id"], "mutes")["users"]
    if console.as_json:
        console.show({"room": found, "members": members, "bans": bans, "mutes": mutes}, "")
        return
    facts = [("name", f"#{found['name']}"), ("id", found["id"]), ("kind", found["kind"]), ("topic", found["topic"])]
    modes = state(found | {"kind": "public"})
    console.show_facts([*facts, ("modes", modes), ("events", found["tip"]), ("members", found["members"])])
    if members:
        click.echo()
        rows = [(each["id"], each["name"], each["role"], "online" if each["online"] else "") for each in members]
        console.show_table(None, ("ID", "MEMBER", "ROLE", "STATE"), rows, otherwise="")
    for head, users in (("BANNED", bans), ("MUTED", mutes)):
        if users:
            click.echo()
            shown = [(each["user"], each["name"], _until(each["until"])) for each in users]
            console.show_table(None, ("ID", head, "UNTIL"), shown, otherwise="")


def _until(ms: int) -> str:
    return times.moment(ms) if ms else "for good"


@room.command()
@click.argument("room")
@why
@asks
@click.pass_obj
def archive(console: Console, room: str, why: str, yes: bool) -> None:
    """Archive a room: it can be read, and nobody can write in it."""
    found = console.server.room(room)
    console.confirm(f"Archive #{found['name']}, so that nobody can write in it?", yes)
    changed = console.server.send("PATCH", "rooms", found["id"], body={"archived": True, "why": why})
    console.show({"room": changed}, f"#{changed['name']} is archived.")


@room.command()
@click.argument("room")
@why
@click.pass_obj
def reopen(console: Console, room: str, why: str) -> None:
    """Open an archived room again."""
    found = console.server.room(room)
    changed = console.server.send("PATCH", "rooms", found["id"], body={"archived": False, "why": why})
    console.show({"room": changed}, f"#{changed['name']} is open.")


@room.command()
@click.argument("room")
@click.argument("name")
@click.argument("role", type=click.Choice(["owner", "moderator", "member"]))
@click.pass_obj
def role(console: Console, room: str, name: str, role: str) -> None:
    """Give someone a role in a room."""
    found = console.server.room(room)
    console.server.send("PUT", "rooms", found["id"], "members", name, "role", body={"role": role})
    member = console.server.get("users", name)
    console.show({"room": found, "user": member, "role": role}, f"{member['name']} is {role} of #{found['name']} now.")


@room.command()
@click.argument("room")
@click.argument("new_name")
@click.pass_obj
def rename(console: Console, room: str, new_name: str) -> None:
    """Give a room another name."""
    found = console.server.room(room)
    changed = console.server.send("PATCH", "rooms", found["id"], body={"name": new_name.removeprefix("#")})
    console.show({"room": changed}, f"#{found['name']} is called #{changed['name']} now.")


@room.command()
@click.argument("room")
@click.argument("name")
@why
@asks
@click.pass_obj
def kick(console: Console, room: str, name: str, why: str, yes: bool) -> None:
    """Put someone out of a room. They may come back to a public one."""
    found = console.server.room(room)
    whom = console.server.get("users", name)
    console.confirm(f"Put {whom['name']} out of #{found['name']}?", yes)
    console.server.send("DELETE", "rooms", found["id"], "members", whom["id"], query={"why": why})
    console.show({"room": found, "user": whom}, f"{whom['name']} is out of #{found['name']}.")


@click.command(cls=AdminCommand)
@click.argument("room")
@click.argument("name")
@click.option("--for", "seconds", metavar="TIME", type=times.Duration(), help="10m, 2h, 7d, 4w.  [default: for good]")
@why
@asks
@click.pass_obj
def ban(console: Console, room: str, name: str, seconds: int | None, why: str, yes: bool) -> None:
    """Put someone out of a room, and keep them from coming back."""
    found = console.server.room(room)
    whom = console.server.get("users", name)
    until = times.until(seconds)
    words = f"until {times.moment(until)}" if until else "for good"
    console.confirm(f"Ban {whom['name']} from #{found['name']} {words}?", yes)
    console.server.send("PUT", "rooms", found["id"], "bans", whom["id"], body={"until": until, "why": why})
    document = {"room": found, "user": whom, "until": until}
    console.show(document, f"{whom['name']} is banned from #{found['name']} {words}.")


@click.command(cls=AdminCommand)
@click.argument("room")
@click.argument("name")
@why
@click.pass_obj
def unban(console: Console, room: str, name: str, why: str) -> None:
    """Lift a ban."""
    found = console.server.room(room)
    whom = console.server.get("users", name)
    console.server.send("DELETE", "rooms", found["id"], "bans", whom["id"], query={"why": why})
    console.show({"room": found, "user": whom}, f"{whom['name']} may come to #{found['name']} again.")
