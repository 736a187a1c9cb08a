"""`parley admin message`."""

import time
from typing import Any

import click

from . import times
from .console import Console, Group, asks, why


@click.group(cls=Group)
def message() -> None:
    """What people have said."""


@message.command()
@click.option("--user", "name", required=True, metavar="NAME", help="Whose messages: a name, or an id. @123 is a name.")
@click.option("--since", "seconds", required=True, metavar="TIME", type=times.Duration(), help="10m, 2h, 7d, 4w.")
@click.option("--room", metavar="ROOM", help="In this room only.  [default: in all rooms]")
@why
@asks
@click.pass_obj
def delete(console: Console, name: str, seconds: int, room: str | None, why: str, yes: bool) -> None:
    """Delete everything that someone has said of late. Text and earlier versions are erased for good."""
    where = None if room is None else console.server.room(room)
    until = time.time_ns() // 1_000_000
    since = until - seconds * 1000
    place = "all rooms" if where is None else f"#{where['name']}"
    console.confirm(f"Delete what {name} has said in {place} since {times.moment(since)}, for good?", yes)
    query: dict[str, object] = {"since": since, "until": until, "why": why}
    if where is not None:
        query["room"] = where["id"]
    rooms: dict[int, dict[str, Any]] = {}
    more = True
    while more:
        found = console.server.send("DELETE", "admin", "users", name, "messages", query=query)
        more = found["more"]
        for each in found["rooms"]:
            known = rooms.get(each["room"], {"erased": 0})
            rooms[each["room"]] = each | {"erased": known["erased"] + each["erased"]}
    erased = sum(each["erased"] for each in rooms.values())
    document = {"rooms": list(rooms.values()), "erased": erased}
    console.show(document, f"{erased:,} message{'s are' if erased != 1 else ' is'} deleted in {place}.")
