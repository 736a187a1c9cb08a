"""`parley admin audit`."""

import json
from typing import Any, Final

import click

from parley.wire.sentences import moderation

from . import times
from .console import AdminCommand, Console
from .invites import SHORT

_SENTENCES: Final = {
    "role": "made {whom} {text}",
    "registered": "registered, as {text}",
    "disabled": "disabled {whom}{why}",
    "enabled": "enabled {whom}{why}",
    "erased": "deleted a message of {whom}{why}",
    "deleted": "deleted user {id}, whose messages are {text}",
    "invitation_used": "came in by invitation {code}",
    "invitation_revoked": "took invitation {code} back",
}
_CREDENTIALS: Final = {
    "password": "changed the password of {whom}",
    "sessions ended": "ended sessions of {whom}",
    "account made": "made the account of {whom}",
    "renamed": "renamed {whom}",
}


@click.command(cls=AdminCommand)
@click.option("--last", metavar="N", type=click.IntRange(1), default=50, help="So many entries.  [50]")
@click.pass_obj
def audit(console: Console, last: int) -> None:
    """Show who did what to whom, and why. The newest entry is the last."""
    entries = console.server.audit(last)
    rows = []
    if entries and not console.as_json:
        rooms = {room["id"]: f"#{room['name']}" for room in console.server.rooms()} | {0: ""}
        rows = [
            (
                times.moment(entry["at"], seconds=True),
                entry["name"] if entry["user"] > 0 else "the server",
                rooms.get(entry["room"], f"room {entry['room']}"),
                done(entry),
            )
            for entry in entries
        ]
    console.show_table(
        {"entries": entries}, ("WHEN", "WHO", "ROOM", "WHAT"), rows, otherwise="Nothing has happened yet."
    )


def done(entry: dict[str, Any]) -> str:
    """Return what an entry of the audit log reports, as a sentence without its subject."""
    kind, text, about = entry["kind"], entry["text"], entry.get("about") or {}
    if kind in ("invitation", "webhook"):
        return _of_document(kind, text)
    if kind == "credentials" and text.startswith("token"):
        return f"made a token for {about.get('name', '')}" + _reason(text.removeprefix("token").strip())
    until = f" until {times.moment(about['until'])}" if about.get("until") else ""
    sentence = _CREDENTIALS.get(text) if kind == "credentials" else _SENTENCES.get(kind)
    if sentence is None:
        if known := moderation(kind, text, about.get("name"), until):
            return known
        # A newer server may have kinds of events that this client does not know.
        sentence = f"{kind.replace('_', ' ')} {{whom}}{{why}}"
    return sentence.format(
        whom=about.get("name", ""), id=about.get("user", ""), why=_reason(text), text=text, code=text[:SHORT]
    )


def _of_document(kind: str, text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        return f"{kind}: {text}"
    label = _reason(str(document.get("label", "")))
    if kind == "webhook":
        return f"webhook {document.get('what', '')}{label}"
    role = f" for {document['role']}s" if document.get("role") else ""
    return f"made invitation {str(document.get('code', ''))[:SHORT]}{role}{label}"


def _reason(text: str) -> str:
    return f": {text}" if text else ""
