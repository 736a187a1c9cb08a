"""The log in SQLite: `store` writes and reads it, `doctor` checks it."""

from .store import FILE_NAME, SqliteStore

__all__ = ["FILE_NAME", "SqliteStore"]
