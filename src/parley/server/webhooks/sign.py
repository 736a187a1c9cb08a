"""The signature that proves to an endpoint that a request is from this server: an HMAC (RFC 2104) of time and body."""

import hashlib
import hmac


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the value of `Parley-Signature`.

    Args:
        secret: shared with the endpoint.
        timestamp: seconds since 1970 UTC, as in `Parley-Timestamp`: an old request can't pass for a new one.
        body: exactly the bytes that are sent.
    """
    mac = hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"
