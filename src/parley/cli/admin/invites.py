"""`parley admin invite`."""

from typing import Any, Final

import click

from . import times
from .console import Console, Group, asks

SHORT: Final = 10
"""How many characters of an invitation's id are shown."""


@click.group(cls=Group)
def invite() -> None:
    """Invitations: links that let people into the server."""


@invite.command()
@click.option("--uses", type=click.IntRange(0, 1_000_000), default=1, help="How many may come in; 0: any number.  [1]")
@click.option(
    "--expires", metavar="TIME", type=times.Duration(never=True), default="7d", help="10m, 2h, 7d, 4w or never.  [7d]"
)
@click.option("--room", help="The room it leads to.  [the lobby]")
@click.option(
    "--role",
    type=click.Choice(["member", "admin", "owner"]),
    help="Of the account that is made with it.  [guests may use it as well]",
)
@click.option("--label", default="", help="What you call it.")
@click.pass_obj
def create(console: Console, uses: int, expires: int, room: str | None, role: str | None, label: str) -> None:
    """Make a link that lets people in. It is shown this once."""
    from parley.clients.plain.qr import qr

    body: dict[str, object] = {"uses": uses, "until": times.until(expires), "role": role or "", "label": label}
    if room is not None:
        body["room"] = console.server.room(room)["id"]
    made = console.server.send("POST", "invitations", body=body)
    if console.as_json:
        console.show(made, "")
        return
    click.echo(made["url"])
    code = qr(made["url"])
    if code != made["url"]:
        click.echo(f"\n{code}\n")
    end = f" until {times.moment(body_until)}" if (body_until := made["invitation"]["until"]) else ""
    click.echo(f"It is shown this once, and lets {_people(uses)} in{end}.", err=True)


def _people(uses: int) -> str:
    return "anyone" if uses == 0 else "one person" if uses == 1 else f"{uses:,} people"


@invite.command("list")
@click.pass_obj
def list_(console: Console) -> None:
    """List the links that still let people in."""
    invitations = console.server.get("invitations")["invitations"]
    rows = []
    if invitations and not console.as_json:
        rooms = {room["id"]: f"#{room['name']}" for room in console.server.rooms()}
        names = {user["id"]: user["name"] for user in console.server.users()}
        rows = [_row(each, rooms, names) for each in invitations]
    console.show_table(
        {"invitations": invitations},
        ("ID", "LABEL", "FOR", "USES", "EXPIRES", "ROOM", "BY"),
        rows,
        otherwise="There are no invitations.",
    )


def _row(invitation: dict[str, Any], rooms: dict[int, str], names: dict[int, str]) -> tuple[object, ...]:
    room, by, until = invitation["room"], invitation["by"], invitation["until"]
    return (
        invitation["id"][:SHORT],
        invitation["label"],
        invitation["role"] or "anyone",
        invitation["uses"] or "any",
        times.moment(until) if until else "never",
        rooms.get(room, "") if room else "",
        names.get(by, f"user {by}") if by > 0 else "the server",
    )


@invite.command()
@click.argument("invitation_id", metavar="ID")
@asks
@click.pass_obj
def revoke(console: Console, invitation_id: str, yes: bool) -> None:
    """Take a link back. ID is as in the list: its beginning is enough."""
    from parley.clients.net.admin_client import AdminError

    invitations = console.server.get("invitations")["invitations"]
    found = [each for each in invitations if each["id"].startswith(invitation_id.lower()) and invitation_id]
    if len(found) != 1:
        sentence = "There is no such invitation." if not found else "More than one invitation begins like that."
        raise AdminError(sentence, None if found else "invitation_unknown")
    [each] = found
    name = each["label"] or each["id"][:SHORT]
    console.confirm(f"Take the invitation {name} back?", yes)
    console.server.send("DELETE", "invitations", each["id"])
    console.show({"invitation": each}, f"The invitation {name} lets nobody in any more.")
