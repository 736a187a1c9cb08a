"""`parley admin webhook`."""

from typing import Any

import click

from .console import Console, Group, asks


@click.group(cls=Group)
def webhook() -> None:
    """Webhooks: a room tells a program (out), or a program says something in a room (in)."""


@webhook.command("list")
@click.argument("room", required=False)
@click.pass_obj
def list_(console: Console, room: str | None) -> None:
    """List the webhooks of ROOM, or of all rooms, and the state of their deliveries."""
    rooms = console.server.rooms() if room is None else [console.server.room(room)]
    # The JSON document says to which room each webhook belongs.
    hooks = [
        {"room": each["id"], "room_name": each["name"]} | hook
        for each in rooms
        for hook in console.server.get("rooms", each["id"], "webhooks")["webhooks"]
    ]
    console.show_table(
        {"webhooks": hooks},
        ("ID", "ROOM", "WAY", "LABEL", "SEEN", "STATE", "URL"),
        [
            (each["id"], f"#{each['room_name']}", each["direction"], each["label"], _seen(each), _state(each),
             each.get("url", ""))
            for each in hooks
        ],
        otherwise="There are no webhooks.",
    )  # fmt: skip


def _seen(hook: dict[str, Any]) -> object:
    return hook.get("acked", 0) if hook["direction"] == "out" else ""


def _state(hook: dict[str, Any]) -> str:
    if parked := hook.get("parked"):
        return f"parked: {parked}"
    return f"failing: {trouble}" if (trouble := hook.get("trouble")) else "well"


@webhook.command()
@click.argument("room")
@click.argument("label")
@click.option("--to", "url", metavar="URL", help="Where the room's events go. Without it: a URL that speaks as LABEL.")
@click.option("--kind", "kinds", metavar="KIND", multiple=True, help="Only events of that kind; may be repeated.")
@click.pass_obj
def create(console: Console, room: str, label: str, url: str | None, kinds: tuple[str, ...]) -> None:
    """Make a webhook. The secret of an outgoing one, or the URL of an incoming one, is shown this once."""
    if kinds and url is None:
        raise click.UsageError("--kind is for webhooks that are told of events: it needs --to.")
    found = console.server.room(room)
    body: dict[str, object] = {"label": label}
    if url is not None:
        body |= {"url": url, "kinds": list(kinds)}
    made = console.server.send("POST", "rooms", found["id"], "webhooks", body=body)
    if url is not None:
        console.show(made, f"#{found['name']} tells {url} from now on. This secret is shown once: {made['secret']}")
    else:
        console.show(made, f"{label} is in #{found['name']}. This URL is shown once: {made['url']}")


@webhook.command()
@click.argument("room")
@click.argument("webhook_id", metavar="ID")
@click.pass_obj
def resume(console: Console, room: str, webhook_id: str) -> None:
    """Continue the deliveries of a parked webhook where they stopped; of a failing one, repeat the delivery at once."""
    found = console.server.room(room)
    console.server.send("POST", "rooms", found["id"], "webhooks", webhook_id, "resume")
    console.show({"room": found, "webhook": webhook_id}, f"The webhook {webhook_id} goes on.")


@webhook.command()
@click.argument("room")
@click.argument("webhook_id", metavar="ID")
@asks
@click.pass_obj
def drop(console: Console, room: str, webhook_id: str, yes: bool) -> None:
    """Delete a webhook. An incoming one also leaves the room."""
    found = console.server.room(room)
    hooks = console.server.get("rooms", found["id"], "webhooks")["webhooks"]
    label = next((each["label"] for each in hooks if str(each["id"]) == webhook_id), webhook_id)
    console.confirm(f"End the webhook {label} of #{found['name']}?", yes)
    console.server.send("DELETE", "rooms", found["id"], "webhooks", webhook_id)
    console.show({"room": found, "webhook": webhook_id}, f"The webhook {label} has ended.")
