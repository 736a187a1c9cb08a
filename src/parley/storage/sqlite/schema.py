"""The schema and its migrations, the named queries, and the form of an event's row."""

import re
from collections.abc import Sequence
from importlib import resources
from typing import Any, Final

import apsw
import msgspec

from parley.core.events import About, Event, RelatedEvent
from parley.core.kinds import KINDS
from parley.core.records import PutForm
from parley.core.salts import new_salts

FILES = resources.files(__package__)

PLAIN_COLUMNS: Final = Event.__struct_fields__
"""The columns of a plain event's row: the fields of `Event`, with the same names and in the same order."""

EVENT_COLUMNS: Final = RelatedEvent.__struct_fields__
"""The columns of every event's row: those of `PLAIN_COLUMNS`, then those that only a `RelatedEvent` has."""

FORM_COLUMNS: Final = PutForm.__struct_fields__
"""The columns of a form's row: the fields of `PutForm`."""

_OF_ERASURE: Final = ("name", "text", "about", "mentions", "salt", "sum", "who", "erased")
"""The columns that an erasure changes."""

_ABOUT: Final = PLAIN_COLUMNS.index("about")
_MENTIONS: Final = PLAIN_COLUMNS.index("mentions")
_PLAIN: Final = len(PLAIN_COLUMNS)
_NOTHING_MORE: Final = (None,) * (len(EVENT_COLUMNS) - _PLAIN)

CLASSES: Final = msgspec.json.encode({kind: what.stored_class for kind, what in KINDS.items()}).decode()
"""Maps each kind of event to its class (`stored_class`), as JSON for the queries."""


def event_of(row: Sequence[Any]) -> Event:
    """Return the event of a row of `EVENT_COLUMNS`: `about` and `mentions` are JSON or NULL, and columns of a
    `RelatedEvent` are NULL if they say nothing.

    Raises:
        msgspec.DecodeError: a column is not valid JSON of its type.
    """
    plain, more = row[:_PLAIN], row[_PLAIN:]
    if plain[_ABOUT] is not None or plain[_MENTIONS] is not None:
        plain = list(plain)
        if (about := plain[_ABOUT]) is not None:
            plain[_ABOUT] = msgspec.json.decode(about, type=About)
        if (mentions := plain[_MENTIONS]) is not None:
            plain[_MENTIONS] = msgspec.json.decode(mentions, type=tuple[int, ...])
    if more == _NOTHING_MORE:
        return Event(*plain)
    target, thread, reply, also, sum_, who, erased = more
    of_related = (target or 0, thread or 0, reply or 0, bool(also), sum_, who, erased or 0)
    return RelatedEvent(*(*plain, *of_related))


def _read_queries() -> dict[str, str]:
    text = FILES.joinpath("queries.sql").read_text(encoding="utf-8")
    text = text.replace("$EVENT", ", ".join(EVENT_COLUMNS)).replace("$KIND", str(EVENT_COLUMNS.index("kind")))
    listed = [f"e.{name}" for name in EVENT_COLUMNS] + [f"f.{name}" for name in FORM_COLUMNS]
    edit = "(SELECT json_array(text, json(mentions)) FROM events AS d WHERE d.room = f.room AND d.seq = f.edited)"
    text = text.replace("$LISTED", ", ".join([*listed, f"iif(f.edited > 0, {edit}, NULL)"]))
    edited = "(SELECT d.mentions FROM events AS d WHERE d.room = f.room AND d.seq = f.edited)"
    text = text.replace("$MENTIONS", f"iif(f.edited > 0, {edited}, e.mentions)")
    text = text.replace("$PLAIN", ", ".join(PLAIN_COLUMNS))
    text = text.replace("$VALUES", ", ".join(f"value ->> {index}" for index in range(_PLAIN)))
    left = {name: f"new.value ->> {EVENT_COLUMNS.index(name)}" for name in _OF_ERASURE}
    left["erased"] = f"nullif({left['erased']}, 0)"
    text = text.replace("$LEFT", ", ".join(f"{name} = {value}" for name, value in left.items()))
    text = text.replace("$ERASED", str(EVENT_COLUMNS.index("erased")))
    # Most columns of a related event say nothing: NULL takes one byte less, and tells `event_of` so.
    more = [f"nullif(value ->> {index}, 0)" for index in range(_PLAIN, len(EVENT_COLUMNS))]
    text = text.replace("$MORE", ", ".join(more))
    blocks = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)[1:]
    return {name: query.strip() for name, query in zip(blocks[::2], blocks[1::2], strict=True)}


QUERIES = _read_queries()


def migrations() -> list[str]:
    """Return the migrations in order. After the first N, `PRAGMA user_version` is N."""
    files = sorted(FILES.joinpath("migrations").iterdir(), key=lambda file: file.name)
    return [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".sql")]


def run_migrations(connection: apsw.Connection, steps: Sequence[str]) -> None:
    """Execute migrations, with the functions that they use."""
    connection.create_scalar_function("new_salt", _new_salt, 0)
    for step in steps:
        connection.execute(step)


def _new_salt(*_: Any) -> str:
    return new_salts(1)[0]


def migrate(connection: apsw.Connection) -> None:
    """Migrate the database to the newest version, completely or not at all.

    Raises:
        ValueError: the database is of a newer version than this program.
    """
    steps = migrations()
    version = connection.pragma("user_version")
    if version > len(steps):
        raise ValueError(f"it was written by a newer Parley (its version is {version}, this one knows {len(steps)})")
    if version == len(steps):
        return
    with connection:
        run_migrations(connection, steps[version:])
        connection.pragma("user_version", len(steps))
