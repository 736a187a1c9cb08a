"""The schema and its migrations, the named queries, and the form of an event's row."""

import re
from collections.abc import Sequence
from importlib import resources
from typing import Any, Final

import apsw
import msgspec

from parley.core.events import About, Event
from parley.core.kinds import KINDS

FILES = resources.files(__package__)

EVENT_COLUMNS: Final = Event.__struct_fields__
"""The columns of an event's row: the fields of `Event`, with the same names and in the same order."""

CLASSES: Final = msgspec.json.encode({kind: what.stored_class for kind, what in KINDS.items()}).decode()
"""Maps each kind of event to its class (`stored_class`), as JSON for the queries."""


def event_of(row: Sequence[Any]) -> Event:
    """Return the event of a row of `EVENT_COLUMNS`. The last two columns, `about` and `mentions`, are JSON or NULL.

    Raises:
        msgspec.DecodeError: a column is not valid JSON of its type.
    """
    *columns, about, mentions = row
    if about is None and mentions is None:
        return Event(*row)
    whom = None if about is None else msgspec.json.decode(about, type=About)
    named = None if mentions is None else msgspec.json.decode(mentions, type=tuple[int, ...])
    return Event(*(*columns, whom, named))


def _read_queries() -> dict[str, str]:
    text = FILES.joinpath("queries.sql").read_text(encoding="utf-8")
    text = text.replace("$EVENT", ", ".join(EVENT_COLUMNS)).replace("$KIND", str(EVENT_COLUMNS.index("kind")))
    text = text.replace("$VALUES", ", ".join(f"value ->> {index}" for index in range(len(EVENT_COLUMNS))))
    blocks = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)[1:]
    return {name: query.strip() for name, query in zip(blocks[::2], blocks[1::2], strict=True)}


QUERIES = _read_queries()


def migrations() -> list[str]:
    """Return the migrations in order. After the first N, `PRAGMA user_version` is N."""
    files = sorted(FILES.joinpath("migrations").iterdir(), key=lambda file: file.name)
    return [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".sql")]


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
        for step in steps[version:]:
            connection.execute(step)
        connection.pragma("user_version", len(steps))
