"""The signature that proves to an endpoint that a request is from this server: an HMAC (RFC 2104) of time and body."""

import hashlib
import hmac


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the value of `Parley-Signature`.

    Args:
        secret: the key shared with the endpoint.
        timestamp: seconds since 1970 UTC, as in `Parley-Timestamp`: it is signed so that an old request can't be passed
            off as a new one.
        body: exactly the bytes of the body that is sent.
    """
    mac = hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"
