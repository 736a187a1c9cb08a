"""The accounts of clients. Two clients may share one."""

import asyncio
import re
from typing import Final

_LABEL: Final = re.compile(r"[a-z]+\d+")


class Holder:
    """An account and its password, as its clients know them.

    Attributes:
        name: the name of the account; it never changes.
        passwords: the password; while it is not known whether a change was stored, the new and the old one.
        registered: set once the server has confirmed the registration.
        changes: how often the password was, or may have been, changed. Each change ends sessions.
    """

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.passwords: list[str] = [f"the password of {name}, 0"]
        self.registered: Final = asyncio.Event()
        self.changes = 0

    @property
    def password(self) -> str:
        """The password to sign in with."""
        return self.passwords[0]

    def mistaken(self, password: str) -> bool:
        """Record that the server refused a password. Return whether there is another one to try."""
        others = [each for each in self.passwords if each != password]
        if others and self.passwords[0] == password:
            self.passwords = [*others, password]
        return bool(others)

    def next_password(self) -> str:
        """Return a new password."""
        return f"the password of {self.name}, {self.changes + 1}"


def label_of(name: str) -> str:
    """Return the label of the client that has a name."""
    found = _LABEL.match(name)
    return found[0] if found else name
