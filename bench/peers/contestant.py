"""The interface of a contestant, which is a measured server: start, connect clients, measure memory, stop."""

from __future__ import annotations

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from bench.dial import Client, close_all, dial_all, settle
from bench.dialects import Dialect
from bench.phase import Phase, Writer
from bench.process import Child, Unavailable, free_port


class Contestant(ABC):
    name: ClassVar[str]
    about: ClassVar[str]
    hall: ClassVar[str] = "bench"  # the name of the room in scenarios with one room
    at_once: ClassVar[int] = 100  # how many clients are dialled in parallel, where that is not measured
    storm: ClassVar[int] = 0  # how many are dialled in parallel where that is measured; 0: all

    def __init__(self, work: Path) -> None:
        self.work = work
        self.child: Child | None = None
        self.clients: list[Client] = []
        self.last_words = ""  # the end of the server's log; set when it was stopped
        self.port = 0
        self.folder = Path()
        self.dialect = self.speak()

    @abstractmethod
    def speak(self) -> Dialect: ...

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """Return the server's command line, with self.port and self.folder. Raise Unavailable if it can't run here."""

    def environment(self) -> dict[str, str]:
        return {}

    def version(self) -> str:
        return ""

    @property
    def pid(self) -> int:
        assert self.child is not None
        return self.child.pid

    def start(self) -> Contestant:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=self.work))
        self.spawn()
        return self

    def spawn(self) -> None:
        command = self.command()
        self.child = Child(command, self.folder / "server.log", self.environment())
        self.child.wait_for_port(self.port)

    def stop(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.last_words = self.child.tail()
            self.child = None
        self.hang_up()
        shutil.rmtree(self.folder, ignore_errors=True)

    def hang_up(self) -> None:
        close_all(self.clients)
        self.clients.clear()

    def __enter__(self) -> Contestant:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def client(self, name: str, room: str = "", keep: bool = False) -> Client:
        return Client(name, self.dialect.dial(name, room or self.hall), keep)

    def dial(self, n: int, prefix: str = "r") -> list[Client]:
        """Connect n clients and bring them into the room `hall`."""
        clients = [self.client(f"{prefix}{i}") for i in range(n)]
        self.admit(clients[:1])
        self.admit(clients[1:])
        return clients

    def admit(self, clients: Sequence[Client], at_once: int = 0) -> None:
        dial_all(clients, self.port, at_once or self.at_once, others=self.clients, finished=self.learn)
        self.clients += clients

    def learn(self, client: Client) -> None:  # noqa: B027 - most have nothing to learn
        """Called when a client is in its room: take what its messages have told (in the web dialect, the room's id)."""

    def quiet(self) -> None:
        settle(self.clients)

    def one_sender(self, receivers: int, size: int) -> tuple[Writer, list[Client]]:
        """Return a sender, and this many receivers of its messages. With echo, the sender is one of them."""
        clients = self.dial(receivers)
        sender = clients[0]
        outside = self.dialect.dial_outside("w0")
        if outside is not None:
            sender = Client("w0", outside)
            self.admit([sender])
        self.quiet()
        return self.writer(sender, clients[0], size), clients

    def writer(self, sender: Client, tracker: Client, size: int) -> Writer:
        return Writer(sender.sock, tracker.sock, self.dialect.message(sender.name, self.hall, size))

    def phase(self, receivers: Sequence[Client], writers: Sequence[Writer], **limits: float) -> Phase:
        """Return a phase in this contestant's protocol. `limits` are further fields of Phase."""
        return Phase(
            framing=self.dialect.framing,
            echo=self.dialect.echo,
            receivers=[client.sock for client in receivers],
            writers=writers,
            pid=self.pid,
            **limits,  # type: ignore[arg-type]
        )


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise Unavailable(f"{name} is not installed")
    return found
