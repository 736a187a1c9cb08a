"""The IRC dialect. It is recognized, but not implemented yet."""

from typing import Final

NOT_YET: Final = (
    b"ERROR :Parley does not speak IRC yet. Until it does: nc to this same port, `parley chat`, or a browser.\r\n"
)
