"""The one piece of WebSocket framing that must be cheap: a server's text message, made once and written to many."""


def text_message(payload: bytes) -> bytes:
    """Return `payload` (UTF-8) as one unfragmented, unmasked text frame (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < 126:
        return b"\x81%c%b" % (length, payload)
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2) + payload
    return b"\x81\x7f" + length.to_bytes(8) + payload
