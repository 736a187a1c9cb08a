"""The load engine in Python, for machines without a C compiler.

It counts every delivery (by the tokens in the received bytes), but checks the order for some of the receivers only. At
millions of deliveries a second this engine itself is the bottleneck. The figures are then a lower bound, which is the
same for all contestants.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Sequence
from contextlib import suppress

from bench.phase import Phase, Result, Writer
from bench.process import cpu_seconds

TOKENS = re.compile(rb"~([0-9a-f]{8})")
SAMPLE = 8


class _Receiver:
    def __init__(self, sock: socket.socket, sampled: bool, base: int) -> None:
        self.sock = sock
        self.base = base
        self.tail = b""
        self.got = 0
        self.due: dict[int, int] | None = {} if sampled else None
        self.order = 0
        self.tracks: list[_Sender] = []


class _Sender:
    def __init__(self, number: int, writer: Writer, base: int) -> None:
        self.number, self.writer, self.base = number, writer, base
        self.sent = self.acked = 0
        self.out = b""

    def queue(self, n: int) -> None:
        template = self.writer.template
        head = template.data
        parts: list[bytes] = []
        for serial in range(self.base + self.sent, self.base + self.sent + n):
            message = bytearray(head)
            token = f"{self.number:02x}{serial:06x}".encode()
            for at in template.offsets:
                message[at : at + 8] = token
            parts.append(bytes(message))
        self.sent += n
        self.out += b"".join(parts)
        self.flush()

    def flush(self) -> None:
        with suppress(BlockingIOError):
            while self.out:
                self.out = self.out[self.writer.sock.send(self.out) :]


class Interpreted:
    name = "Python"

    def run(self, phase: Phase) -> Result:
        return _Run(phase).go()


class _Run:
    def __init__(self, phase: Phase) -> None:
        self.phase = phase
        self.senders = [_Sender(number, writer, phase.base) for number, writer in enumerate(phase.writers)]
        sockets = {sock.fileno(): sock for sock in phase.receivers}
        for writer in phase.writers:
            sockets.setdefault(writer.sock.fileno(), writer.sock)
            sockets.setdefault(writer.tracker.fileno(), writer.tracker)
        tracked = {writer.tracker.fileno() for writer in phase.writers}
        sample = tracked | set(list(sockets)[:: max(1, len(sockets) // SAMPLE)])
        self.conns = {fd: _Receiver(sock, fd in sample, phase.base) for fd, sock in sockets.items()}
        for sender in self.senders:
            self.conns[sender.writer.tracker.fileno()].tracks.append(sender)
        self.owned = {sender.writer.sock.fileno(): sender for sender in self.senders}
        self.buffer = bytearray(1 << 19)
        self.deliveries = self.duplicates = self.gaps = self.bytes = self.reads = 0
        self.closed: list[int] = []
        self.latencies: list[float] = []
        self.measuring = False
        self.started = 0.0

    def read(self, fd: int, conn: _Receiver) -> None:
        try:
            n = conn.sock.recv_into(self.buffer)
        except BlockingIOError:
            return
        except OSError:
            n = 0
        if n == 0:
            self.closed.append(fd)
            return
        self.reads += 1
        self.bytes += n
        if conn.due is None:
            count = self._count(conn, n)
            conn.got += count
        else:
            count = self._check(conn, n)
        self.deliveries += count
        if self.phase.rate and self.measuring and count:
            now = time.monotonic()
            first = conn.got - count
            for serial in range(first, conn.got):
                self.latencies.append(now - self.started - serial / self.phase.rate)
        for sender in conn.tracks:
            self.top_up(sender)

    def _count(self, conn: _Receiver, n: int) -> int:
        data: bytes | bytearray = self.buffer
        if conn.tail:
            data = conn.tail + bytes(memoryview(self.buffer)[:n])
            n = len(data)
        cut = data.rfind(b"~", max(0, n - 8), n)
        conn.tail = bytes(data[cut:n]) if cut >= 0 else b""
        return len(TOKENS.findall(data, 0, n))

    def _check(self, conn: _Receiver, n: int) -> int:
        assert conn.due is not None
        data = conn.tail + bytes(memoryview(self.buffer)[:n])
        count, end = 0, 0
        for match in TOKENS.finditer(data):
            token = int(match[1], 16)
            number, serial = token >> 24, token & 0xFFFFFF
            due = conn.due.get(number, conn.base)
            end = match.end()
            if serial < due:
                self.duplicates += 1
                continue
            self.gaps += serial - due
            conn.due[number] = serial + 1
            conn.order = hash((conn.order, token))
            count += 1
            for sender in conn.tracks:
                if sender.number == number:
                    sender.acked += 1
        conn.tail = data[max(end, len(data) - 8) :]
        conn.got += count
        return count

    def top_up(self, sender: _Sender) -> None:
        room = self.phase.window - (sender.sent - sender.acked)
        if self.phase.count:
            room = min(room, self.phase.count - sender.sent)
        if room > 0 and not self.stopped:
            sender.queue(room)

    def expected(self, fd: int, sent: int) -> int:
        if self.phase.expect:
            return self.phase.expect
        return sent - self.owned[fd].sent if not self.phase.echo and fd in self.owned else sent

    def complete(self) -> bool:
        sent = sum(sender.sent for sender in self.senders)
        return all(fd in self.closed or conn.got >= self.expected(fd, sent) for fd, conn in self.conns.items())

    def snap(self) -> tuple[float, int, int, float, float]:
        acked = sum(sender.acked for sender in self.senders)
        server = cpu_seconds(self.phase.pid) if self.phase.pid else 0.0
        return time.monotonic(), self.deliveries, acked, time.process_time(), server

    def go(self) -> Result:
        phase = self.phase
        poll = select.epoll()
        for fd in self.conns:
            poll.register(fd, select.EPOLLIN)
        self.stopped = bool(phase.expect)
        self.measuring = not phase.warmup
        self.started = time.monotonic()
        begin = end = self.snap()
        stop_at = self.started + phase.warmup + phase.seconds
        give_up = self.started + phase.grace if self.stopped else float("inf")
        if not phase.rate:
            for sender in self.senders:
                self.top_up(sender)
        finished = False
        while True:
            now = time.monotonic()
            if phase.rate and not self.stopped:
                sender = self.senders[0]
                due = int((now - self.started) * phase.rate) + 1 - sender.sent
                if phase.count:
                    due = min(due, phase.count - sender.sent)
                if due > 0:
                    sender.queue(due)
            if not self.measuring and now >= self.started + phase.warmup:
                self.measuring, begin = True, self.snap()
            reached = bool(phase.count) and all(sender.sent >= phase.count for sender in self.senders)
            if not self.stopped and (reached or (not phase.count and now >= stop_at)):
                self.stopped, end = True, self.snap()
                give_up = now + phase.grace
            if self.stopped and (self.complete() or now >= give_up):
                finished = self.complete()
                break
            wait = 0.02
            if phase.rate and not self.stopped:
                wait = min(wait, max(0.0, self.started + self.senders[0].sent / phase.rate - now))
            for fd, _ in poll.poll(wait, 512):
                self.read(fd, self.conns[fd])
                if fd in self.closed:
                    poll.unregister(fd)
            for sender in self.senders:
                if sender.out:
                    sender.flush()
        poll.close()
        final = self.snap()
        if phase.count or phase.expect:
            end = final
        return self.result(begin, end, finished, final[0] - self.started)

    def result(self, begin: Sequence[float], end: Sequence[float], finished: bool, total_seconds: float) -> Result:
        sent = sum(sender.sent for sender in self.senders)
        missing = sum(max(0, self.expected(fd, sent) - conn.got) for fd, conn in self.conns.items())
        sampled = [c for fd, c in self.conns.items() if c.due is not None and (self.phase.echo or fd not in self.owned)]
        values: dict[str, float] = {
            "finished": finished,
            "seconds": end[0] - begin[0],
            "total_seconds": total_seconds,
            "deliveries": end[1] - begin[1],
            "messages": end[2] - begin[2],
            "cpu_self": end[3] - begin[3],
            "cpu_server": end[4] - begin[4],
            "sent": sent,
            "missing": missing,
            "duplicates": self.duplicates,
            "gaps": self.gaps,
            "eofs": len(self.closed),
            "orders": len({conn.order for conn in sampled}),
            "reads": self.reads,
            "bytes": self.bytes,
            "noise": 0,
        }
        times = sorted(self.latencies)
        for label, mark in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999), ("max", 1.0)):
            if times:
                values[f"read_{label}_ms"] = times[int(mark * (len(times) - 1))] * 1000
        return Result(values, self.closed)
