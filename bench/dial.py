"""Dials many clients in one thread: connects them, takes each through the steps that bring it into its room."""

from __future__ import annotations

import errno
import itertools
import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from bench.dialects import Step
from bench.process import HOST, Failed

READ = bytearray(1 << 18)


class Client:
    """One connection. `received` has the bytes from the server: with `keep` all of them, else those of the dial."""

    def __init__(self, name: str, steps: Iterable[Step], keep: bool = False) -> None:
        self.name = name
        self.steps: Iterator[Step] = iter(steps)
        self.keep = keep
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.step: Step | None = None
        self.searched = 0
        self.done_at = 0.0
        self.last_at = 0.0
        self.closed = False

    def fileno(self) -> int:
        return self.sock.fileno()

    def advance(self) -> bool:
        """Send the next steps, up to one whose answer has not arrived. Return whether all steps are done."""
        while True:
            if self.step is not None and not self._answered(self.step):
                return False
            self.step = next(self.steps, None)
            if self.step is None:
                self.done_at = time.monotonic()
                return True
            self.searched = len(self.received)
            if self.step.say:
                self.sock.send(self.step.say)

    def _answered(self, step: Step) -> bool:
        if not step.until:
            return True
        for needle in step.until:
            at = self.received.find(needle, self.searched)
            if at >= 0:
                return True
        self.searched = max(self.searched, len(self.received) - max(len(needle) for needle in step.until))
        return False

    def read(self) -> int:
        """Read what has arrived. Return the number of bytes, or -1 if the server has closed the connection."""
        try:
            n = self.sock.recv_into(READ)
        except BlockingIOError:
            return 0
        except OSError:
            n = 0
        if n == 0:
            self.closed = True
            return -1
        self.last_at = time.monotonic()
        self.received += memoryview(READ)[:n]
        return n

    def close(self) -> None:
        self.sock.close()


def dial_all(
    clients: Sequence[Client],
    port: int,
    at_once: int = 200,
    seconds: float = 120,
    others: Sequence[Client] = (),
    finished: Callable[[Client], None] | None = None,
) -> None:
    """Take every client through its steps, at most `at_once` in parallel.

    Meanwhile read from the clients that are done and from `others`, so that the server need not wait for them. Raise
    Failed if the server closes a connection, or if not all are done within `seconds`.
    """
    poll = select.epoll()
    by_fd = {client.fileno(): client for client in [*clients, *others]}
    through = {client.fileno() for client in others}
    for client in others:
        poll.register(client.fileno(), select.EPOLLIN)
    waiting = iter(clients)
    in_flight, left = 0, len(clients)
    give_up = time.monotonic() + seconds
    while left:
        for new in itertools.islice(waiting, at_once - in_flight):
            _connect(new, port)
            poll.register(new.fileno(), select.EPOLLOUT)
            in_flight += 1
        for fd, events in poll.poll(0.5, 512):
            client = by_fd[fd]
            if events & select.EPOLLOUT:
                _connected(client)
                poll.modify(fd, select.EPOLLIN)
                client.advance()
            elif client.read() < 0:
                if fd not in through or client not in others:
                    raise Failed(f"{client.name}: closed by the server: {bytes(client.received[-300:])!r}")
                poll.unregister(fd)
                continue
            if fd in through:
                if not client.keep:
                    client.received.clear()
            elif client.advance():
                through.add(fd)
                in_flight -= 1
                left -= 1
                if finished is not None:
                    finished(client)
        if time.monotonic() > give_up:
            stuck = next(client for client in clients if client.fileno() not in through)
            raise Failed(
                f"{left} of {len(clients)} clients not in their room after {seconds} s; {stuck.name} waits for "
                f"{stuck.step.until if stuck.step else None!r}, last heard {bytes(stuck.received[-200:])!r}"
            )
    poll.close()


def settle(clients: Iterable[Client], quiet: float = 0.25, seconds: float = 30) -> None:
    """Read until nothing has arrived for `quiet` seconds."""
    poll = select.epoll()
    by_fd: dict[int, Client] = {}
    for client in clients:
        if not client.closed:
            by_fd[client.fileno()] = client
            poll.register(client.fileno(), select.EPOLLIN)
    give_up = time.monotonic() + seconds
    while events := poll.poll(quiet, 512):
        for fd, _ in events:
            client = by_fd[fd]
            if client.read() < 0:
                poll.unregister(fd)
            elif not client.keep:
                client.received.clear()
        if time.monotonic() > give_up:
            raise Failed(f"the server did not fall silent within {seconds} s")
    poll.close()


def _connect(client: Client, port: int) -> None:
    code = client.sock.connect_ex((HOST, port))
    if code not in (0, errno.EINPROGRESS):
        raise Failed(f"{client.name}: connect: {errno.errorcode.get(code, code)}")


def _connected(client: Client) -> None:
    code = client.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise Failed(f"{client.name}: connect: {errno.errorcode.get(code, code)}")


def close_all(clients: Iterable[Client]) -> None:
    for client in clients:
        with suppress(OSError):
            client.close()
