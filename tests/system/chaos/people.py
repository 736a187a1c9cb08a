"""Accounts: who a client is, over all its connections, and perhaps together with another client."""

import asyncio
import re
from typing import Final

_LABEL: Final = re.compile(r"[a-z]+\d+")


class Holder:
    """The one who holds an account.

    Attributes:
        name: the account's, which stays.
        passwords: the password; while it is not known whether a change was stored, the new one and the old one.
        registered: set once the server has said that there is the account.
        changes: how often the password was, or may have been, changed: sessions may have ended by it.
    """

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.passwords: list[str] = [f"the password of {name}, 0"]
        self.registered: Final = asyncio.Event()
        self.changes = 0

    @property
    def password(self) -> str:
        """What to sign in with."""
        return self.passwords[0]

    def mistaken(self, password: str) -> bool:
        """The server does not take this password; returns whether there is another one to try."""
        others = [each for each in self.passwords if each != password]
        if others and self.passwords[0] == password:
            self.passwords = [*others, password]
        return bool(others)

    def next_password(self) -> str:
        """Return a new password."""
        return f"the password of {self.name}, {self.changes + 1}"


def label_of(name: str) -> str:
    """Return the label of the client that goes by a name."""
    found = _LABEL.match(name)
    return found[0] if found else name
