"""The stored forms of tokens and invitation codes."""

import hashlib


def hash_token(token: str) -> bytes:
    """Return the SHA-256 of a token. A token is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def hash_code(code: str) -> str:
    """Return the SHA-256 of an invitation's code as hex, the form in which the log holds it."""
    return hash_token(code).hex()
