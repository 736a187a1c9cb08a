"""Recognizes a connection's protocol by the client's first bytes."""

from enum import Enum

_METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"TRACE ", b"PRI * ")
_IRC = (b"CAP ", b"NICK ", b"PASS ", b"USER ")
_TLS_HANDSHAKE = 0x16


class Dialect(Enum):
    """The protocol of a connection."""

    LINE = "line"
    HTTP = "http"
    IRC = "irc"
    TLS = "tls"


def classify(first: bytes) -> Dialect | None:
    """Return the dialect that begins with `first`; None while a longer prefix could change the answer.

    If a client sends nothing, the caller has to choose: a client of the line protocol waits for the server to speak
    first.
    """
    if not first:
        return None
    if first[0] == _TLS_HANDSHAKE:
        return Dialect.TLS
    for words, dialect in ((_METHODS, Dialect.HTTP), (_IRC, Dialect.IRC)):
        for word in words:
            if first.startswith(word):
                return dialect
            if word.startswith(first):
                return None
    # IRC commands are case-insensitive (RFC 1459, section 2.3), HTTP methods are not (RFC 9110, section 9.1).
    upper = first.upper()
    if any(upper.startswith(word) for word in _IRC):
        return Dialect.IRC
    return None if any(word.startswith(upper) for word in _IRC) else Dialect.LINE
