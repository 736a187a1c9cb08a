"""WebSockets: text messages are read here, all other frames by the sans-I/O protocol of `websockets`."""

import logging
from collections import deque
from typing import Final

from websockets.frames import Frame, Opcode
from websockets.protocol import CLOSED, OPEN
from websockets.server import ServerProtocol

from parley.gateways.effects import Close
from parley.gateways.session import Session
from parley.server.protocols import ClientHost
from parley.wire.limits import FRAME_BYTES
from parley.wire.websocket import frame_end, pong_end, read_texts

from .connection import CLOSE_SECONDS, Connection
from .peer import Peer

SLICE_BYTES: Final = 16 * 1024
"""At most this many bytes of a client's input are processed in one turn of the event loop. libuv reads up to 8 MiB in
one turn from a socket that always has more: small frames of that size would take a second, during which everybody
waits. A smaller limit would split messages that a program sends at once into several commits: fifty messages are about
8 KB.
"""

PING: Final = b"\x89\x00"
"""A ping without a payload (RFC 6455, section 5.5.2)."""

_PING_AT: Final = 2
_END_AT: Final = 4
"""The number of heartbeats without a byte from the client before a ping is sent, and before the connection is ended.
There are two beats in a `ping_interval`. So a ping is sent after at most one interval of silence, and the connection is
ended one interval later.
"""

# Constants, because looking up a member of an Enum takes longer than all other work on a frame here.
_TEXT: Final = Opcode.TEXT
_CONTINUATION: Final = Opcode.CONT

log = logging.getLogger("parley")

# `websockets` logs every frame, which nobody needs here.
_quiet = logging.getLogger("parley.websocket")
_quiet.setLevel(logging.CRITICAL)


class InputQueue:
    """Received bytes that wait to be processed. Each byte is copied at most twice, however many wait."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def append(self, data: bytes) -> None:
        self._pieces.extend(data[at : at + SLICE_BYTES] for at in range(0, len(data), SLICE_BYTES))

    def take_slice(self) -> bytes:
        """Take the first bytes, at most `SLICE_BYTES`."""
        size, taken = 0, []
        while self._pieces and size + len(self._pieces[0]) <= SLICE_BYTES:
            taken.append(self._pieces.popleft())
            size += len(taken[-1])
        return b"".join(taken)

    def take_all(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


class WebSocketConnection(Connection):
    """A WebSocket connection. Its session receives the text of each message."""

    dialect = "web"
    __slots__ = ("_fragments", "_missing", "_partial", "_protocol", "_silent_beats", "_texts", "_unread")

    def __init__(self, host: ClientHost, session: Session, peer: Peer) -> None:
        super().__init__(host, session, peer)
        # Created for the first frame that is neither a text nor a pong, because it takes 1.2 KiB.
        self._protocol: ServerProtocol | None = None
        self._fragments: bytearray | None = None  # the fragments of an incomplete message; `websockets` limits its size
        self._texts: list[bytes] | tuple[bytes, ...] = ()  # messages that wait until the connection is free
        self._unread: InputQueue | None = None  # created when bytes have to wait, because an empty queue takes 0.8 KiB
        self._partial = b""  # the beginning of a frame whose length is not known yet
        self._missing = 0  # the number of bytes missing in the frame that `websockets` is reading
        self._silent_beats = 0  # heartbeats since the last byte from the client

    def beat(self) -> None:
        if self._lost or self._closing or not self._reading or not self.writable:
            return  # a ping could not be sent or its answer not be read, so silence means nothing now
        self._silent_beats += 1
        if self._silent_beats == _PING_AT:
            self.write(PING)
        elif self._silent_beats >= _END_AT:
            log.info("%s does not answer a ping: its connection is ended", self.address)
            self.abort()

    def data_received(self, data: bytes) -> None:
        self._silent_beats = 0
        if self._closing or (len(data) <= SLICE_BYTES and not self._unread and not self._going_on):
            self._read(data)
            return
        if self._unread is None:
            self._unread = InputQueue()
        self._unread.append(data)
        if self._going_on:
            self._balance()
        else:
            # The remaining bytes are processed, and the socket is read again, in the next turns of the event loop.
            self._read(self._unread.take_slice())

    def _read(self, data: bytes) -> None:
        """Process complete text frames, and skip pongs. All other frames are passed to `websockets`, as soon as their
        length is known.
        """
        data, at = self._partial + data, 0
        while at < len(data):
            if not self._missing:
                if self._fragments is None:
                    texts, at = read_texts(data, at, FRAME_BYTES)
                    for text in texts:
                        if not self._closing and (self._protocol is None or self._protocol.state is OPEN):
                            self._receive(text)
                if (after_pong := pong_end(data, at)) > at:
                    at = after_pong
                    continue
                end = frame_end(data, at)
                if end is None:
                    break
                self._missing = end - at
            given = data[at : at + self._missing]
            self._missing -= len(given)
            at += len(given)
            protocol = self._open_protocol()
            protocol.receive_data(given)
            for event in protocol.events_received():
                if isinstance(event, Frame) and not self._closing:
                    self._take(event, protocol)
        self._partial = data[at:]
        self._send_protocol_data()
        self._balance()

    def eof_received(self) -> bool:
        self._open_protocol().receive_eof()
        self._send_protocol_data()
        return False

    def _open_protocol(self) -> ServerProtocol:
        if self._protocol is None:
            self._protocol = ServerProtocol(state=OPEN, max_size=FRAME_BYTES, logger=_quiet)
        return self._protocol

    def _take(self, frame: Frame, protocol: ServerProtocol) -> None:
        if frame.opcode is _TEXT or (frame.opcode is _CONTINUATION and self._fragments is not None):
            if frame.fin and self._fragments is None:
                self._receive(bytes(frame.data))
                return
            if self._fragments is None:
                self._fragments = bytearray()
            self._fragments += frame.data
            if frame.fin:
                whole, self._fragments = bytes(self._fragments), None
                self._receive(whole)
        elif frame.opcode in (Opcode.BINARY, _CONTINUATION):
            protocol.fail(1003, "frames are text")

    def _receive(self, text: bytes) -> None:
        """Pass a message to the session. It waits if the connection is not free, or if other messages are waiting."""
        if isinstance(self._texts, list):
            self._texts.append(text)
        elif not self._is_free():
            self._texts = [text]
        else:
            self._perform(self._session.receive(text))

    def _has_more(self) -> bool:
        return bool(self._texts or self._unread) and not self._closing

    def _go_on(self) -> None:
        self._going_on = False
        received = 0
        while received < len(self._texts) and self._is_free() and not self._closing:
            self._perform(self._session.receive(self._texts[received]))
            received += 1
        self._texts = self._texts[received:] or ()
        if not self._unread:
            self._unread = None
        elif not self._texts and self._is_free() and not self._closing:
            self._read(self._unread.take_slice())
        self._balance()

    def _send_protocol_data(self) -> None:
        if self._protocol is None:
            return
        for data in self._protocol.data_to_send():
            if data:
                self.write(data)
            else:
                self._closing = True
        if self._protocol.close_expected() or self._protocol.state is CLOSED:
            self._closing = True
            self._host.loop.call_soon(self._end)

    def _close_framing(self, effect: Close) -> None:
        # The connection ends when the client's close frame comes (RFC 6455, section 7.1.1), or after the timeout.
        # The client's close frame may be among the unread bytes.
        self._read(self._unread.take_all() if self._unread else b"")
        protocol = self._open_protocol()
        if protocol.state is OPEN:
            protocol.send_close(effect.code)
        self._send_protocol_data()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._host.loop.call_later(CLOSE_SECONDS, self.abort)
