"""A client that uses Parley's own client library."""

from parley.clients.keep.message_keys import KeySequence
from parley.clients.net.address import parse_address
from parley.clients.net.transport import ClientTransport
from parley.clients.protocol import effects as fx
from parley.clients.protocol.connection_state import Phase
from parley.clients.protocol.requests import JoinRoom, OutboxEntry
from parley.clients.protocol.session import ClientSession
from parley.wire import web

from .record import Ear, Event, Message, Stretch, WebAccount
from .scene import ROOMS, Scene, pause, text_of


class _HeardSession(ClientSession):
    """A session that passes all received bytes to an `Ear`."""

    ear: Ear

    def receive(self, data: bytes | str, now: float) -> None:
        self.ear.hear(data.encode() if isinstance(data, str) else data)
        super().receive(data, now)


class LibraryClient:
    """Sends messages one after the other, and records the events it is shown.

    Args:
        mean: seconds between two messages, on average.
    """

    def __init__(self, scene: Scene, label: str, *, mean: float) -> None:
        self.account = WebAccount(label)
        self.done = False
        self._scene = scene
        self._mean = mean
        self._chance = scene.chance(label)
        # Small random numbers keep the backoff short.
        self._session = _HeardSession(name=label, new_key=KeySequence(), random=lambda: 0.03)
        self._session.ear = Ear(self.account.heard)
        self._transport: ClientTransport | None = None
        self._rooms: dict[int, Stretch] = {}
        self._messages: dict[str, Message] = {}
        self._count = 0

    async def live(self) -> None:
        """Connect, send, reconnect, until `done`."""
        address = parse_address(f"127.0.0.1:{self._scene.web_port}")
        self._transport = ClientTransport(self._session, address, self._perform)
        for room in self._chance.sample(ROOMS, 2):
            self._session.ask(JoinRoom(room), self._transport.now)
        await self._transport.run()
        if not self.done:
            self._scene.blame(0, "protocol", f"{self.account.client}: the library's client gave up")

    async def work(self) -> None:
        """Send messages at random until the faults end."""
        while not self._scene.calm and not self.done:
            await pause(self._chance, self._mean)
            if self._transport is None or self._session.phase is Phase.OVER or len(self._session.unsent) > 100:
                continue
            self._count += 1
            text = text_of(self._chance, f"{self.account.client}.{self._count}")
            people = sorted(self._scene.people)
            now = self._transport.now
            if self._chance.random() < 0.05 and people:
                self._keep(self._session.tell(self._chance.choice(people), text, now))
            else:
                self._keep(self._session.say(self._chance.choice(ROOMS[:3]), text, now))
            self._transport.perform()

    def _keep(self, entry: OutboxEntry) -> None:
        message = Message(entry.key, entry.text, None, entry.to, entry.kind)
        self.account.messages.append(message)
        self._messages[entry.key] = message
        self._scene.counts["sent"] += 1

    def _perform(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Settle(entry=entry, state="stored", room=room, seq=seq):
                message = self._messages[entry.key]
                message.acks.append((room, seq))
                # The client waits for each answer, so its messages are stored in order even across retries.
                message.at_once = True
                self._scene.counts["acked"] += 1
                self._scene.acked_at = self._scene.now
            case fx.Settle(state="refused"):
                self._scene.counts["refused"] += 1
            case fx.Show(place=place, events=events, lead=False):
                stretch = self._rooms.get(place.id)
                if stretch is None:
                    stretch = self._rooms[place.id] = Stretch(place.id, place.epoch, events[0].seq - 1)
                    self.account.stretches.append(stretch)
                stretch.events += map(_event, events)
                self._scene.counts["shown"] += len(events)
            case fx.Exited(place=place):
                self._rooms.pop(place.id, None)
            case fx.Rewound(place=place):
                self._scene.blame(4, "wrong epoch", f"{self.account.client}: was told of another history", place.id)
            case fx.NewIdentity():
                self._scene.blame(1, "lost", f"{self.account.client}: the server forgot who it was")
            case fx.Online():
                self.account.user = self._session.user or 0
                self._scene.people.add(self.account.client)

    def end(self) -> None:
        """Close the connection for good."""
        self.done = True
        if self._transport is not None:
            self._session.abandon()
            self._transport.perform()

    def unrest(self, tips: dict[int, int]) -> str:
        """Return what the client still waits for, in words; empty if it has everything."""
        if self._session.unsent:
            return f"{len(self._session.unsent)} messages are not settled"
        for place in self._session.rooms:
            stretch = self._rooms.get(place.id)
            if stretch is not None and stretch.seen != tips[place.id]:
                return f"it was shown room {place.id} up to {stretch.seen}, and there is {tips[place.id]}"
        return "" if self._session.phase is Phase.READY else "it is not connected"


def _event(event: web.Event) -> Event:
    about = event.about.user if event.about is not None else 0
    return Event(event.seq, event.user, event.name, event.kind, event.text, about)
