"""The stored forms of tokens and invitation codes."""

import hashlib
import re
from typing import Final

_IS_HEX: Final = re.compile(r"[0-9a-f]{64}").fullmatch
_LEAST_DIGITS: Final = 8
"""The least number of different digits in a token of 64 random hexadecimal digits. Random digits have fewer once in
10^19 times.
"""

CLIENT_TOKEN_RULE: Final = "`new_token` has to be 64 random hexadecimal digits in lower case"


def hash_token(token: str) -> bytes:
    """Return the SHA-256 of a token. A token is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def is_client_token(token: str) -> bool:
    """Tell whether a token that a client made is 256 random bits, as 64 hexadecimal digits in lower case. Tokens that
    the server made have another form, so that no client can present one of those as its own.
    """
    return _IS_HEX(token) is not None and len(set(token)) >= _LEAST_DIGITS


def hash_code(code: str) -> str:
    """Return the SHA-256 of an invitation's code as hex, the form in which the log holds it."""
    return hash_token(code).hex()
