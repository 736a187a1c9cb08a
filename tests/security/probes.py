"""Requests that a proxy may parse differently from the server, and the expected answers (RFC 9112, section 11.2)."""

from typing import Final, NamedTuple

HEALTH: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LAST: Final = b"GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
"""The request after each probe on the same connection. The answer to it is 404, or there is none."""

REFUSED: Final = (400,)
NOT_KNOWN: Final = (501,)
VERSION: Final = (505,)
SERVED: Final = (200, 404)
EMPTY: Final = (400, 404)
"""The API's 400 for the JSON in the body, and then the answer to the next request."""


class Probe(NamedTuple):
    """The bytes to send, and the statuses of all answers before the connection ends."""

    name: str
    sent: bytes
    answered: tuple[int, ...]


def post(*headers: bytes, body: bytes = b"0\r\n\r\n", version: bytes = b"1.1") -> bytes:
    return b"\r\n".join([b"POST /api/session HTTP/" + version, b"Host: x", *headers, b"", b""]) + body


def get(*headers: bytes, target: bytes = b"/healthz", version: bytes = b"1.1") -> bytes:
    return b"\r\n".join([b"GET " + target + b" HTTP/" + version, *headers, b"", b""])


CHUNKED: Final = b"Transfer-Encoding: chunked"

PROBES: Final = (
    # Two lengths
    Probe("CL.TE", post(b"Content-Length: 4", CHUNKED), REFUSED),
    Probe("TE.CL", post(CHUNKED, b"Content-Length: 4", body=b"5\r\nhello\r\n0\r\n\r\n"), REFUSED),
    Probe("two lengths", post(b"Content-Length: 2", b"Content-Length: 3", body=b"{}x"), REFUSED),
    Probe("one length twice", post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}"), REFUSED),
    Probe("a list of lengths", post(b"Content-Length: 2, 2", body=b"{}"), REFUSED),
    Probe("a positive length", post(b"Content-Length: +2", body=b"{}"), REFUSED),
    Probe("a negative length", post(b"Content-Length: -2", body=b"{}"), REFUSED),
    Probe("a length in hexadecimal", post(b"Content-Length: 0x2", body=b"{}"), REFUSED),
    Probe("an empty length", post(b"Content-Length: ", body=b"{}"), REFUSED),
    Probe("a length with a blank", post(b"Content-Length: 2 2", body=b"{}"), REFUSED),
    Probe("a length beyond 64 bits", post(b"Content-Length: 18446744073709551618", body=b"{}"), REFUSED),
    Probe("a blank before a length's colon", post(b"Content-Length : 2", body=b"{}"), REFUSED),
    # Transfer codings that not every parser knows
    Probe("a blank before a coding's colon", post(b"Transfer-Encoding : chunked"), REFUSED),
    Probe("xchunked", post(b"Transfer-Encoding: xchunked"), REFUSED),
    Probe("identity", post(b"Transfer-Encoding: identity"), REFUSED),
    Probe("chunked, identity", post(b"Transfer-Encoding: chunked, identity"), REFUSED),
    Probe("identity, chunked", post(b"Transfer-Encoding: identity, chunked"), NOT_KNOWN),
    Probe("gzip, chunked", post(b"Transfer-Encoding: gzip, chunked"), NOT_KNOWN),
    Probe("a second coding", post(CHUNKED, b"Transfer-Encoding: identity"), REFUSED),
    Probe("chunked twice", post(CHUNKED, CHUNKED), REFUSED),
    Probe("a control character before the coding", post(b"Transfer-Encoding: \x0bchunked"), REFUSED),
    Probe("a coding in quotes", post(b'Transfer-Encoding: "chunked"'), REFUSED),
    Probe("an empty coding", post(b"Transfer-Encoding:"), REFUSED),
    Probe("chunks in HTTP/1.0", post(CHUNKED, version=b"1.0"), REFUSED),
    Probe("a coding in other letters", post(b"tRANSFER-eNCODING: ChUnKeD"), EMPTY),
    # Lines
    Probe("a folded header", get(b"Host: x", b"X: a", b" b"), REFUSED),
    Probe("a folded coding", post(b"Transfer-Encoding:", b" chunked"), REFUSED),
    Probe("a folded first header", get(b" Host: x"), REFUSED),
    Probe("bare LF everywhere", b"GET /healthz HTTP/1.1\nHost: x\n\n", REFUSED),
    Probe("bare LF behind a header", b"GET /healthz HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", REFUSED),
    Probe("bare LF at the end", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\n", REFUSED),
    Probe("bare CR behind a header", b"GET /healthz HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", REFUSED),
    Probe("bare CR in a value", get(b"Host: x", b"X: a\rb"), REFUSED),
    Probe("NUL in a value", get(b"Host: x", b"X: a\0b"), REFUSED),
    Probe("a control character in a value", get(b"Host: x", b"X: a\x01b"), REFUSED),
    Probe("NUL in a name", get(b"Host: x", b"X\0: y"), REFUSED),
    Probe("a header without a name", get(b"Host: x", b": y"), REFUSED),
    Probe("a blank behind the version", b"GET /healthz HTTP/1.1 \r\nHost: x\r\n\r\n", REFUSED),
    # Chunks
    Probe("an extension of a chunk", post(CHUNKED, body=b"2;a=b\r\n{}\r\n0\r\n\r\n"), EMPTY),
    Probe("LF in an extension", post(CHUNKED, body=b"2;a\n{}\r\n0\r\n\r\n"), REFUSED),
    Probe("CR in an extension", post(CHUNKED, body=b"2;a\rb\r\n{}\r\n0\r\n\r\n"), REFUSED),
    Probe("LF behind a size", post(CHUNKED, body=b"2\n{}\n0\n\n"), REFUSED),
    Probe("LF behind a chunk", post(CHUNKED, body=b"2\r\n{}\n0\r\n\r\n"), REFUSED),
    Probe("nothing behind a chunk", post(CHUNKED, body=b"2\r\n{}0\r\n\r\n"), REFUSED),
    Probe("LF at the end of the chunks", post(CHUNKED, body=b"0\r\n\n"), REFUSED),
    Probe("a size with 0x", post(CHUNKED, body=b"0x2\r\n{}\r\n0\r\n\r\n"), REFUSED),
    Probe("a blank behind a size", post(CHUNKED, body=b"2 \r\n{}\r\n0\r\n\r\n"), REFUSED),
    Probe("a negative size", post(CHUNKED, body=b"-2\r\n{}\r\n0\r\n\r\n"), REFUSED),
    Probe("no size", post(CHUNKED, body=b"\r\n{}\r\n0\r\n\r\n"), REFUSED),
    Probe("a size beyond 64 bits", post(CHUNKED, body=b"10000000000000002\r\n{}\r\n0\r\n\r\n"), REFUSED),
    Probe("a length in the trailer", post(CHUNKED, body=b"2\r\n{}\r\n0\r\nContent-Length: 50\r\n\r\n"), REFUSED),
    # Host
    Probe("no Host", get(), REFUSED),
    Probe("two Hosts", get(b"Host: x", b"Host: y"), REFUSED),
    Probe("one Host twice", get(b"Host: x", b"Host: x"), REFUSED),
    Probe("a host for a target", get(b"Host: x", target=b"x:80"), REFUSED),
    Probe("CONNECT", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", REFUSED),
    # Versions
    Probe("HTTP/0.9", b"GET /healthz\r\n\r\n", VERSION),
    Probe("HTTP/1.2", get(b"Host: x", version=b"1.2"), REFUSED),
    Probe("HTTP/2.0", get(b"Host: x", version=b"2.0"), VERSION),
    # An unexpected body
    Probe("a request as the body of GET", get(b"Host: x", b"Content-Length: %d" % len(HEALTH)) + HEALTH, SERVED),
    Probe(
        "a request in a chunk of GET",
        get(b"Host: x", CHUNKED) + b"%x\r\n" % len(HEALTH) + HEALTH + b"\r\n0\r\n\r\n",
        SERVED,
    ),
    Probe(
        "a request as the body of nothing",
        b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(HEALTH) + HEALTH,
        (404, 404),
    ),
    # The request after `Connection: close` gets no answer.
    Probe("behind Connection: close", get(b"Host: x", b"Connection: close"), (200,)),
    Probe("behind HTTP/1.0", get(b"Host: x", version=b"1.0"), (200,)),
    # The request after an offer to upgrade: an unknown protocol is not taken up, and a body is refused.
    Probe("behind h2c", get(b"Host: x", b"Connection: Upgrade", b"Upgrade: h2c"), (200,)),
    Probe(
        "a body behind h2c",
        post(b"Connection: Upgrade", b"Upgrade: h2c", b"Content-Length: %d" % len(HEALTH), body=HEALTH),
        REFUSED,
    ),
    Probe(
        "a body behind a WebSocket",
        get(
            b"Host: x",
            b"Connection: Upgrade",
            b"Upgrade: websocket",
            b"Sec-WebSocket-Version: 13",
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            b"Content-Length: %d" % len(HEALTH),
            target=b"/ws",
        )
        + HEALTH,
        REFUSED,
    ),
    Probe(
        "behind a WebSocket that is refused",
        get(
            b"Host: x",
            b"Connection: Upgrade",
            b"Upgrade: websocket",
            b"Sec-WebSocket-Version: 99",
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            target=b"/ws",
        ),
        (426,),
    ),
    Probe(
        "behind a WebSocket that is elsewhere",
        get(b"Host: x", b"Connection: Upgrade", b"Upgrade: websocket", target=b"/healthz"),
        (404,),
    ),
)
