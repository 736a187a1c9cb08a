"""The schema and its migrations, and the named queries."""

import re
from importlib import resources

import apsw

FILES = resources.files(__package__)


def _read_queries() -> dict[str, str]:
    text = FILES.joinpath("queries.sql").read_text(encoding="utf-8")
    blocks = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)[1:]
    return {name: query.strip() for name, query in zip(blocks[::2], blocks[1::2], strict=True)}


QUERIES = _read_queries()


def migrations() -> list[str]:
    """Return the migrations in order; after the first N, `PRAGMA user_version` is N."""
    files = sorted(FILES.joinpath("migrations").iterdir(), key=lambda file: file.name)
    return [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".sql")]


def migrate(connection: apsw.Connection) -> None:
    """Bring the database to the newest version, all or nothing.

    Raises:
        ValueError: the database is of a newer version than this program knows.
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
