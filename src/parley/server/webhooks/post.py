"""A connection to an endpoint, and the requests on it: HTTP/1.1 (RFC 9112) by h11.

No HTTP client library is used, because it could follow redirects, use `HTTP_PROXY`, or resolve the name again.
"""

import asyncio
import email.utils
import os
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import h11
from msgspec import Struct

from .guard import Address, Target

HEAD_BYTES: Final = 16 * 1024
"""The longest head (status line and headers) of an answer."""

BODY_BYTES: Final = 64 * 1024
"""The body of an answer is read and dropped, so that the connection can be used again. If it is longer than this, the
connection is closed instead.
"""

READ_BYTES: Final = 16 * 1024


class PostError(Exception):
    """A request got no answer. The text is a sentence that says why.

    Attributes:
        closed: whether the endpoint closed the connection without an answer, which it may do with an idle connection.
    """

    def __init__(self, sentence: str, *, closed: bool = False) -> None:
        super().__init__(sentence)
        self.closed = closed


class HttpAnswer(Struct, frozen=True):
    """The answer of an endpoint.

    Attributes:
        status: the status code.
        retry_after: the header `Retry-After`; None if there was none.
    """

    status: int
    retry_after: str | None = None

    @property
    def acknowledged(self) -> bool:
        return 200 <= self.status < 300

    @property
    def sentence(self) -> str:
        """The status as a sentence, without any text from the endpoint."""
        try:
            words = f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            words = str(self.status)
        more = " Redirects are not followed." if 300 <= self.status < 400 else ""
        return f"The endpoint answered {words}.{more}"

    def seconds_to_wait(self, now: float) -> float:
        """Return the seconds of `Retry-After` (RFC 9110, section 10.2.3); 0 without one.

        Args:
            now: seconds since 1970 UTC.
        """
        text = (self.retry_after or "").strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        try:
            return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
        except (ValueError, TypeError, OverflowError):
            return 0.0


class HttpClientConnection:
    """A connection to an endpoint, for one request after another."""

    def __init__(self, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._target = target
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)

    async def post(
        self, headers: Sequence[tuple[str, str]], body: bytes, *, head_seconds: float, body_seconds: float
    ) -> HttpAnswer:
        """Send a request and return the answer. Another request may follow if the connection is `reusable`.

        Args:
            headers: the headers besides Host and Content-Length.
            head_seconds: the time limit for sending the request and receiving the head of the answer.
            body_seconds: the time limit for the rest of the answer, which is dropped.

        Raises:
            PostError: there was no answer, or none that is HTTP.
        """
        request = h11.Request(
            method="POST",
            target=self._target.path,
            headers=[("Host", self._target.authority), ("Content-Length", str(len(body))), *headers],
        )
        data = b"".join(self._http.send(part) or b"" for part in (request, h11.Data(data=body), h11.EndOfMessage()))
        try:
            async with asyncio.timeout(head_seconds):
                self._writer.write(data)
                await self._writer.drain()
                response = await self._head()
        except TimeoutError:
            raise PostError(f"The endpoint did not answer within {head_seconds:g} seconds.") from None
        except h11.RemoteProtocolError:
            raise PostError("The endpoint's answer is no HTTP.") from None
        except OSError as error:
            raise PostError("The endpoint broke the connection off.", closed=_is_reset(error)) from None
        asked = next((value.decode("latin-1") for name, value in response.headers if name == b"retry-after"), None)
        # The status is valid even if the rest can't be read.
        with suppress(TimeoutError, OSError, h11.RemoteProtocolError):
            async with asyncio.timeout(body_seconds):
                await self._rest()
        return HttpAnswer(response.status_code, asked)

    @property
    def reusable(self) -> bool:
        """Whether another request can be sent on this connection. Read this property once after each request."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        if self._reader.at_eof() or self._http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        return True

    def close(self) -> None:
        """End the connection at once."""
        self._writer.transport.abort()

    async def _head(self) -> h11.Response:
        read = 0
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                return event
            if event is h11.NEED_DATA:
                data = await self._reader.read(READ_BYTES)
                if not data and not read:
                    raise PostError("The endpoint broke the connection off.", closed=True)
                self._http.receive_data(data)
                read += len(data)
            # Interim answers (1xx) are ignored, but an endpoint could send them without end.
            if read > HEAD_BYTES + BODY_BYTES:
                raise PostError("The endpoint's answer is too long.")

    async def _rest(self) -> None:
        read = 0
        while read <= BODY_BYTES:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(READ_BYTES))
            elif isinstance(event, h11.Data):
                read += len(event.data)
            else:
                return


async def connect(
    target: Target, addresses: Sequence[Address], tls: ssl.SSLContext | None, *, seconds: float
) -> HttpClientConnection:
    """Connect to one of the addresses, tried in their order.

    Args:
        target: the target. Its host name must match the certificate.
        addresses: the addresses to connect to. No name is resolved again.
        tls: the TLS context; None for plain text.
        seconds: the time limit for all attempts together.

    Raises:
        PostError: none of the addresses can be connected to.
    """
    failure = PostError(f"{target.place} can't be connected to.")
    for address in addresses:
        try:
            # Divide the time among the addresses, so that there is some left for the next if this one does not answer.
            async with asyncio.timeout(seconds / len(addresses)):
                return await _connect(target, address, tls)
        except TimeoutError:
            failure = PostError(f"{target.place} can't be connected to within {seconds:g} seconds.")
        except ssl.SSLCertVerificationError as error:
            reason = (error.verify_message or "it can't be verified").rstrip(".")
            failure = PostError(f"The certificate of {target.place} is not accepted: {reason}.")
        except ssl.SSLError:
            failure = PostError(f"{target.place} does not speak TLS that this server accepts.")
        except OSError as error:
            # The text of the error may contain the address, which the webhook's creator must not learn.
            why = os.strerror(error.errno) if error.errno else "the connection was broken off"
            failure = PostError(f"{target.place} can't be connected to: {why}.")
    raise failure


async def _connect(target: Target, address: Address, tls: ssl.SSLContext | None) -> HttpClientConnection:
    sock = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (str(address), target.port))
        reader, writer = await asyncio.open_connection(
            sock=sock, ssl=tls, server_hostname=target.host if tls is not None else None
        )
    except BaseException:
        sock.close()
        raise
    return HttpClientConnection(target, reader, writer)


def _is_reset(error: OSError) -> bool:
    return isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError)
