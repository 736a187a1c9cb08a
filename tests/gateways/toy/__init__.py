"""A dialect for tests, as small as one can be: `NICK name`, and then every line is a message in the lobby."""

from typing import Final

from parley.gateways.dialect import Dialect

from .session import ToySession

DIALECT: Final = Dialect("toy", ToySession)

__all__ = ["DIALECT", "ToySession"]
