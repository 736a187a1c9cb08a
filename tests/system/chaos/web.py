"""A strict client of the web protocol, written from docs/protocol/web.md alone.

It reports every behaviour of the server that differs from that page.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from parley.core.proof import hashes, text64

from .people import Holder, label_of
from .record import Ear, Event, Message, Page, Stretch, WebAccount
from .scene import ROOMS, Scene, pause, text_of
from .websocket import WebSocket

PENDING_MOST: Final = 400
ROOMS_MOST: Final = 30
DENS_MOST: Final = 12
BAN_MS: Final = 1_500
HELD_NAME_MS: Final = 1_000
_EMOJI: Final = ("👍", ":+1:", "❤", "🎉", "👍🏽", "🇪🇺")
GIVE_UP: Final = 0.2
"""The probability that a client treats a temporary refusal as a final one."""

_CONDITIONS: Final = ("not_stored", "not_read", "too_fast", "stopping")
_TURNED_AWAY: Final = ("room_not_joined", "room_unknown", "user_unknown", "user_self", "name_needed")
"""Final refusals that this client's actions may cause."""
_CHANGES: Final = ("edit", "erase", "react", "pin", "title")
_NOT_CHANGED: Final = (
    "message_unknown", "message_deleted", "not_allowed", "outranked", "reactions_too_many", "pins_full",
    "thread_nested", "muted",
)  # fmt: skip
_NOT_DONE: Final = {
    "join": ("banned", "archived", "guests_closed"),
    "create": ("room_taken",),
    "moderate": ("not_allowed", "outranked", "member_unknown", "value_invalid", "owner_last"),
    "topic": ("not_allowed",),
    **dict.fromkeys(_CHANGES, _NOT_CHANGED),
}
"""Further final refusals, by the type of the request."""

Frame = dict[str, Any]
_encode = msgspec.json.encode
_decode = msgspec.json.decode


class WebClient:
    """One client: one connection at a time, messages with keys, resumed streams.

    Args:
        scene: the shared state of the run.
        label: its name; its keys and marks begin with it.
        twin: another client of the same user.
        observer: whether it only watches.
        holder: the account that it registers and signs in to.
        shared: whether another client also signs in to this account.
        dens: whether it creates private rooms and accepts invitations.
        mean: seconds between two actions, on average.
    """

    def __init__(
        self,
        scene: Scene,
        label: str,
        *,
        twin: "WebClient | None" = None,
        observer: bool = False,
        holder: Holder | None = None,
        shared: bool = False,
        dens: bool = False,
        mean: float = 0.05,
    ) -> None:
        self.account: Final = WebAccount(label)
        self.token: str | None = None
        self._offered = ("", "")  # the name in the last hello of a new guest, and the token offered with it
        self.known: Final = asyncio.Event()
        self.name = label
        self.pending: dict[str, Message] = {}
        self.rooms: dict[int, Stretch] = {}
        self.done = False
        self._scene = scene
        self._chance = scene.chance(label)
        self._twin = twin
        self._alone = twin is None and not shared
        self._holder = holder
        self._dens = dens
        self._ear = Ear(self.account.heard)
        self._tried = ""
        self._known: list[str] = []
        self._strays: set[int] = set()
        self._observer = observer
        self._mean = mean
        self._socket: WebSocket | None = None
        self._ready = False
        self._parting = False
        self._nap = 0.0
        self._connection = 0
        self._count = 0
        self._names: dict[int, str] = {}
        self._lapsed: dict[int, Stretch] = {}
        self._quit: set[int] = set()
        self._asked: dict[str, tuple[Frame, Stretch | None]] = {}
        self._greeted: dict[int, Stretch] = {}
        self._acked: list[Message] = []
        self._reused: set[str] = set()  # keys that were sent again with another text
        self._sent: dict[str, Message] = {}
        self._late: set[asyncio.TimerHandle] = set()
        self._where: dict[str, Frame] = {}  # by key, what a message answers
        self._changed: dict[str, int] = {}  # by key, the seq of the change

    # The connection

    async def live(self) -> None:
        """Connect, act, reconnect, until `done`."""
        if self._twin is not None:
            await self._twin.known.wait()
            self._twin._alone = False
            self.token, self.name = self._twin.token, self._twin.name
        loop = asyncio.get_running_loop()
        while not self.done:
            try:
                make = lambda: WebSocket(self._greet, self._receive)  # noqa: E731
                _, self._socket = await loop.create_connection(make, "127.0.0.1", self._scene.web_port)
                await self._socket.ended
                if self._socket.fault:
                    self._scene.blame(0, "protocol", f"{self.account.client}: {self._socket.fault}")
            except OSError:
                pass
            self._lose()
            await asyncio.sleep(self._chance.uniform(0.02, 0.2) + self._nap)
            self._nap = 0.0

    def end(self) -> None:
        """Close the connection for good."""
        self.done = True
        self.hang_up()

    def hang_up(self) -> None:
        """Reset the connection."""
        if self._socket is not None:
            self._socket.abort()

    def _lose(self) -> None:
        self._socket = None
        self._ready = self._parting = False
        self._lapsed.update(self.rooms)
        self.rooms = {}
        self._asked.clear()
        for timer in self._late:
            timer.cancel()
        self._late.clear()

    def _greet(self) -> None:
        self._connection += 1
        hello: Frame = {"t": "hello", "protocol": 1}
        holder = self._holder
        if not self._observer:
            hello["name"] = self.name
            self._tried = ""
            if holder is not None and holder.registered.is_set():
                hello["name"] = holder.name
                if self.token is None or self._chance.random() < 0.3:
                    hello["password"] = self._tried = holder.password
                    self._known = holder.passwords
            if self.token is not None or self._tried:
                if self.token is not None and not self._tried:
                    hello["token"] = self.token
                self._greeted = {id_: each for id_, each in self._lapsed.items() if id_ not in self._quit}
                hello["seen"] = [
                    {"room": each.room, "epoch": each.epoch, "seq": each.seen} for each in self._greeted.values()
                ]
            else:
                # Offer the same token for the same name: if the last `ready` was lost, this client gets the same guest.
                if self._offered[0] != self.name:
                    self._offered = (self.name, f"{self._chance.getrandbits(256):064x}")
                hello["new_token"] = self._offered[1]
        self._transmit(hello)

    def _transmit(self, frame: Frame) -> None:
        if self._socket is not None:
            self._socket.send(_encode(frame))

    def _later(self, milliseconds: float, action: Callable[[], None]) -> None:
        timer = asyncio.get_running_loop().call_later(milliseconds / 1000, action)
        self._late.add(timer)

    # Frames of the server

    def _receive(self, payload: bytes) -> None:
        self._ear.hear(payload)
        frame: Frame = _decode(payload)
        act = getattr(self, f"_on_{frame['t']}", None)
        if act is not None:
            act(frame)

    def _on_ready(self, frame: Frame) -> None:
        user = frame["user"]["id"] if frame["user"] else 0
        if self._ready or (self.account.user and user != self.account.user):
            self._blame(0, "protocol", f"came back as user {user}, was {self.account.user}")
        if frame["token"] is not None and not self._observer:
            self.token = frame["token"]
            self._offered = ("", "")
            self.known.set()
        self._ready = True
        if self._holder is not None:
            self._prove_account(self._holder, frame["user"].get("role", "guest"))
        self.account.user = user
        if user:
            self.name = frame["user"]["name"]
            self._scene.people.add(self.name)
            self._scene.counts["resumes"] += bool(self._greeted)
            if self._dens:
                self._scene.company[self.account.client] = self.name
        for room in frame["rooms"]:
            self._begin(room, self._greeted.get(room["id"]), otherwise=room["tip"])
        for id_, stretch in list(self._lapsed.items()):
            if id_ in self.rooms or id_ in self._scene.dens or id_ in self._strays:
                pass  # the client may have been kicked from a private room while it was away
            elif id_ not in self._quit and id_ in self._names:
                self._enter(self._names[id_], stretch)
            elif id_ not in self._names:
                self._blame(4, "gap", "is no longer in a direct room, which one never leaves", id_)
        if not self._names:
            for name in self._chance.sample(ROOMS, 3):
                self._enter(name)
        self._greeted = {}
        self._resend()

    def _prove_account(self, holder: Holder, role: str) -> None:
        """Register the account, if it does not exist yet."""
        if role != "guest":
            holder.registered.set()
            self._scene.counts["accounts signed in"] += 1
            self._scene.counts["sign-ins by password"] += bool(self._tried)
        elif holder.registered.is_set():
            self._blame(1, "lost", "had an account, and came back as a guest")
        elif self.name == holder.name:
            self._ask({"t": "register", "password": holder.password})
        else:
            self._ask({"t": "rename", "name": holder.name})

    def _on_events(self, frame: Frame) -> None:
        stretch = self.rooms.get(frame["room"])
        if stretch is None:
            self._blame(4, "protocol", "was sent events of a room that it does not follow", frame["room"])
            return
        expected = stretch.seen + 1
        for raw in frame["events"]:
            event = event_of(raw)
            if event.seq != expected:
                kind = "gap" if event.seq > expected else "doubled"
                self._blame(4, kind, f"was shown {event.seq} where {expected} belongs", stretch.room, expected)
            stretch.events.append(event)
            expected = event.seq + 1
        self._scene.counts["shown"] += len(frame["events"])
        self._scene.sample(self.account.client, stretch.room, stretch.seen)

    def _on_stored(self, frame: Frame) -> None:
        message = self._sent.get(frame["key"])
        if message is None:
            self._blame(2, "protocol", f"was told of a key that it never sent: {frame['key']}")
            return
        place = (frame["room"], frame["seq"])
        if not message.acks:
            self._acked.append(message)
            message.at_once = message.attempts == 1
            self._scene.acked_at = self._scene.now
            self._scene.counts["acked"] += 1
        elif place != message.acks[0]:
            self._blame(2, "ack elsewhere", f"{message.key} was at {message.acks[0]}, and now at", *place)
        else:
            self._scene.counts["acked again"] += 1
        if message.refused:
            self._blame(
                1, "refused yet stored", f"{message.key} was refused ({message.refused}), and is now stored", *place
            )
        message.acks.append(place)
        self.pending.pop(message.key, None)
        self._scene.sample(self.account.client, *place)

    def _on_error(self, frame: Frame) -> None:
        code, wait = frame["code"], frame.get("retry_after")
        if code in ("not_stored", "stopping"):
            self._scene.counts[f"refused: {code}"] += 1
            self._scene.refused_at = self._scene.now
        if self._parting:
            self.hang_up()
        elif frame.get("key") is not None:
            self._refused(frame["key"], code, wait)
        elif not self._ready:
            self._turned_away(code, wait)
        elif frame.get("id") is not None:
            asked, stretch = self._asked.pop(frame["id"], ({"t": "nothing"}, None))
            if asked["t"] in ("join", "watch") and wait is not None:
                self._later(wait, lambda: self._enter(asked["name"], stretch))
            elif asked["t"] == "register" and wait is not None:
                self._later(wait, lambda: self._ask({**asked}))
            elif (
                asked["t"] == "rename" and code == "name_taken" and self._holder and asked["name"] == self._holder.name
            ):
                # The first `ready` was lost, so a guest without a connection still holds the account's name for a
                # while.
                self._later(HELD_NAME_MS, lambda: self._ask({**asked}))
            elif code not in (*_CONDITIONS, *_TURNED_AWAY, "name_taken", *_NOT_DONE.get(asked["t"], ())):
                self._blame(0, "protocol", f"asked for {asked['t']} and got {code}: {frame['message']}")
        elif code == "session_unknown" and self._holder is not None and self._holder.changes:
            self._scene.counts["sessions ended by a new password"] += 1
            self.token = None
            self._ready, self._parting = False, True
        else:
            self._blame(0, "protocol", f"got {code}: {frame['message']}")
        if code == "name_needed" and not self._observer:
            # The server has released the guest's name after a while, or because a twin sent a bye. A new hello gets it
            # back.
            self.hang_up()

    def _is_mistaken(self, holder: Holder) -> bool:
        """Return whether a change of the password may have caused the refusal."""
        changed = holder.passwords != self._known
        return holder.mistaken(self._tried) or changed

    def _turned_away(self, code: str, wait: int | None) -> None:
        if wait is not None:
            self._later(wait, self._greet)
        elif code in ("token_unknown", "session_unknown") and self._holder is not None and self._holder.changes:
            self.token = None
            self._greet()
        elif code == "sign_in_wrong" and self._holder is not None and self._is_mistaken(self._holder):
            self._greet()
        elif code == "name_taken" and self._holder is not None and self._holder.registered.is_set():
            self._blame(1, "lost", "had an account, and somebody else has the name")
        elif code == "name_taken":
            self.name = f"{self.account.client}{self._chance.choice('abcdefghijklmnopqrstuvwxyz')}{self._connection}"
            self._greet()
        else:
            self._blame(1, "protocol", f"was turned away: {code}")
            self.done = True
            self.hang_up()

    def _refused(self, key: str, code: str, wait: int | None) -> None:
        message = self._sent[key]
        again = wait is not None
        if message.acks:
            # This was a retry of an old key. The server has to recognize the key before it refuses the message for any
            # other reason.
            if not again and not (code == "key_reused" and key in self._reused):
                self._blame(2, "forgotten", f"{key} is stored at {message.acks[0]}, and was now refused: {code}")
            return
        if again and (message.attempts > 1 or self._chance.random() > GIVE_UP):
            self._later(wait or 0, lambda: self._send(message) if key in self.pending else None)
            return
        if not again and code not in (*_TURNED_AWAY, *(_NOT_CHANGED if key in self._where else ())):
            self._blame(0, "protocol", f"{key} was refused: {code}")
        self.pending.pop(key, None)
        self._scene.counts["refused"] += 1
        if message.attempts == 1:
            message.refused = code

    def _on_joined(self, frame: Frame) -> None:
        room = frame["room"]
        asked, stretch = self._asked.pop(frame.get("id") or "", (None, None))
        if room["id"] in self.rooms:
            return
        if asked is None:
            # The join came from a twin, from the previous connection, or from the first message of a direct
            # conversation.
            self._begin(room, None)
            self._resend(room["id"])
            return
        if stretch is not None and stretch.room != room["id"]:
            stretch = None  # a private room and a public one may have the same name
        self._begin(room, stretch)
        if room["id"] in self.rooms:
            self.rooms[room["id"]].owner_joined |= stretch is None and self._alone
        self._resend(room["id"])

    def _on_watching(self, frame: Frame) -> None:
        _, stretch = self._asked.pop(frame["id"])
        if frame["room"]["id"] not in self.rooms:
            self._begin(frame["room"], stretch, otherwise=frame["room"]["tip"])

    def _on_left(self, frame: Frame) -> None:
        stretch = self.rooms.pop(frame["room"], None)
        if stretch is None:
            self._blame(0, "protocol", "left a room that it was not in", frame["room"], frame["seq"])
            return
        if stretch.seen != frame["seq"]:
            words = f"was told that it left with {frame['seq']}, and was shown events up to {stretch.seen}"
            self._blame(4, "gap", words, frame["room"], frame["seq"])
        if stretch.room in self._scene.dens:
            stretch.put_out = True
            self._scene.inside[stretch.room].discard(self.account.client)
            if stretch.events and stretch.events[-1].kind != "left":
                self._scene.is_welcome(self.account.client, stretch.room, welcome=False)
                self._scene.counts["put out while there"] += 1
        elif stretch.room in self._strays:
            return
        self._lapsed[stretch.room] = stretch
        if stretch.room not in self._quit and stretch.room in self._names:
            # The departure came from a twin, or from the previous connection.
            self._enter(self._names[stretch.room], stretch)

    def _on_done(self, frame: Frame) -> None:
        asked, _ = self._asked.pop(frame["id"], ({"t": ""}, None))
        room: int = asked.get("room", 0)
        if asked["t"] in _CHANGES:
            self._scene.counts["changes done"] += 1
            if self._changed.setdefault(asked["key"], frame.get("seq", 0)) != frame.get("seq", 0):
                words = f"{asked['key']} was done with {self._changed[asked['key']]}, and now with {frame.get('seq')}"
                self._blame(2, "doubled", words, room)
        if asked["t"] == "leave" and room in self.rooms:
            self._blame(4, "protocol", "was told done before it left", room)
        elif asked["t"] == "unwatch" and (stretch := self.rooms.pop(room, None)):
            self._lapsed[room] = stretch
            self._enter(self._names[room], stretch)
        elif asked["t"] == "rename":
            self._scene.people.discard(self.name)
            self.name = asked["name"]
            self._scene.people.add(self.name)
            if self._dens:
                self._scene.company[self.account.client] = self.name
            if self._holder is not None:
                self._prove_account(self._holder, "guest")
        elif asked["t"] == "register":
            assert self._holder is not None
            self._holder.registered.set()
            self._scene.counts["accounts registered"] += 1
        elif asked["t"] == "moderate" and asked["action"] in ("invite", "kick", "ban") and not asked.get("undo"):
            self._scene.is_welcome(label_of(asked["whom"]), room, welcome=asked["action"] == "invite")

    def _on_invited(self, frame: Frame) -> None:
        self._scene.counts["invitations told"] += 1
        self._scene.is_welcome(self.account.client, frame["room"], welcome=True)
        if self._dens and frame["room"] not in self.rooms and not self._scene.calm:
            self._enter(frame["name"], self._lapsed.get(frame["room"]))

    def _on_page(self, frame: Frame) -> None:
        asked, _ = self._asked.pop(frame["id"])
        events = [event_of(raw) for raw in frame["events"]]
        said = asked.get("messages", False)
        page = Page(
            frame["room"],
            frame["epoch"],
            asked["limit"],
            asked.get("before"),
            asked.get("after"),
            said,
            events,
            frame["more"],
        )
        self.account.pages.append(page)
        self._scene.counts["pages"] += 1
        self._scene.page_at = self._scene.now

    # Streams

    def _begin(self, room: Frame, seen: Stretch | None, otherwise: int | None = None) -> None:
        """Check where the stream of a room begins: at the resume point, if the client sent one."""
        id_, after = room["id"], room["after"]
        if room["kind"] == "public" and room["name"].startswith("{"):
            # The client was kicked before it joined by name, so the join created a public room.
            self._strays.add(id_)
            self._ask({"t": "leave", "room": id_})
        elif room["kind"] == "public":
            self._names[id_] = room["name"]
        elif room["kind"] == "private":
            self._scene.dens[id_] = room["name"]
            self._scene.inside.setdefault(id_, set()).add(self.account.client)
        self._lapsed.pop(id_, None)
        self._quit.discard(id_)
        rejoined = seen is not None and room["kind"] == "private" and (after > seen.seen or seen.put_out)
        if seen is not None and not rejoined:
            if (room["epoch"], after) != (seen.epoch, seen.seen):
                words = f"had seen {seen.seen} of {seen.epoch}, and the stream begins after {after} of {room['epoch']}"
                self._blame(4, "gap", words, id_, seen.seen + 1)
            self.rooms[id_] = seen
            return
        if otherwise is not None and after != otherwise and not rejoined:
            self._blame(
                4, "protocol", f"said nothing of this room, and the stream begins after {after}, not {otherwise}", id_
            )
        stretch = self.rooms[id_] = Stretch(id_, room["epoch"], after, rejoined=rejoined)
        self.account.stretches.append(stretch)

    def _enter(self, name: str, stretch: Stretch | None = None) -> None:
        frame: Frame = {"t": "watch" if self._observer else "join", "name": name}
        if stretch is not None:
            frame["seen"] = {"epoch": stretch.epoch, "seq": stretch.seen}
        self._ask(frame, stretch)

    def _ask(self, frame: Frame, stretch: Stretch | None = None) -> None:
        self._count += 1
        frame["id"] = f"{frame['t']}{self._count}"
        self._asked[frame["id"]] = (frame, stretch)
        self._transmit(frame)

    # Messages

    def say(self, text: str, room: int | None, to: str | None = None) -> Message:
        """Send a new message, if the client is connected."""
        self._count += 1
        if self._chance.random() < 0.05:
            text = text.replace(" ", "\n", 1)
        kind = "action" if self._chance.random() < 0.05 else "message"
        message = Message(f"{self.account.client}-{self._count:06}", text, room, to, kind)
        self.account.messages.append(message)
        self._sent[message.key] = self.pending[message.key] = message
        self._scene.counts["sent"] += 1
        self._send(message)
        return message

    def _send(self, message: Message, text: str | None = None) -> None:
        if not self._ready or (message.room in self._names and message.room not in self.rooms and not message.acks):
            return
        message.attempts += 1
        message.connection = self._connection
        where = {"t": "send", "room": message.room} if message.to is None else {"t": "tell", "to": message.to}
        where |= self._where.get(message.key, {})
        self._transmit({**where, "key": message.key, "text": text or message.text, "kind": message.kind})

    def _resend(self, room: int | None = None) -> None:
        """Send all messages without an answer again, in order."""
        for message in list(self.pending.values()):
            if room is None or message.room == room:
                self._scene.counts["sent again"] += message.attempts > 0
                self._send(message)

    # Actions

    async def work(self) -> None:
        """Carry out random actions until the faults end."""
        acts = _WATCHING if self._observer else _ACTS
        while not self._scene.calm and not self.done:
            await pause(self._chance, self._mean)
            if self._ready:
                act = self._chance.choices(list(acts), list(acts.values()))[0]
                act(self)
            elif not self._observer:
                self._say_something()

    def _room(self) -> int | None:
        public = [id_ for id_ in (self.rooms or self._lapsed) if id_ in self._names]
        return self._chance.choice(public) if public else None

    def _mark(self) -> str:
        return f"{self.account.client}.{self._count + 1}"

    def _say_something(self) -> None:
        if (room := self._room()) is not None and len(self.pending) < PENDING_MOST:
            self.say(text_of(self._chance, self._mark()), room)

    def _burst(self) -> None:
        if (room := self._room()) is not None and len(self.pending) < PENDING_MOST:
            for _ in range(self._chance.choice((10, 30, 60))):
                self.say(text_of(self._chance, self._mark(), 4_000), room)

    def _flood(self) -> None:
        """Send more messages at once than the server accepts."""
        if (room := self._room()) is not None and len(self.pending) < PENDING_MOST:
            for _ in range(300):
                self.say(text_of(self._chance, self._mark(), 1), room)

    def _say_twice(self) -> None:
        if (room := self._room()) is not None:
            message = self.say(text_of(self._chance, self._mark()), room)
            self._send(message)

    def _tell(self) -> None:
        others = sorted(self._scene.people - {self.name})
        if others:
            self.say(text_of(self._chance, self._mark()), None, self._chance.choice(others))

    def _answer_directly(self) -> None:
        direct = [id_ for id_ in self.rooms if id_ not in self._names and id_ not in self._scene.dens]
        if direct:
            self.say(text_of(self._chance, self._mark()), self._chance.choice(direct))

    def _try_old_key(self) -> None:
        """Send an old key again: with the same text or another, as a member or not."""
        if self._acked:
            message = self._chance.choice(self._acked)
            other = f"another text <{self.account.client}.0>" if self._chance.random() < 0.3 else None
            if other is not None:
                self._reused.add(message.key)
            self._send(message, other)
            self._scene.counts["old keys tried"] += 1

    def _leave(self, *, come_back: bool = False) -> None:
        room = self._room()
        if room is not None and room in self.rooms and len(self.rooms) > 1:
            self._quit.add(room)
            self._ask({"t": "leave", "room": room, "words": "see you"})
            if come_back:
                self._ask({"t": "join", "name": self._names[room]})

    def _leave_and_return(self) -> None:
        self._leave(come_back=True)

    def _return(self) -> None:
        for id_, stretch in list(self._lapsed.items()):
            if id_ in self._names and id_ in self._quit:
                self._enter(self._names[id_], stretch if self._chance.random() < 0.7 else None)
                return

    def _join(self) -> None:
        if self._chance.random() < 0.5:
            self._return()
            return
        name = self._chance.choice((*ROOMS, f"{self.account.client}-{self._count}"))
        if name not in self._names.values() and len(self._names) < ROOMS_MOST:
            self._enter(name)
            if self._chance.random() < 0.5:
                self._later(self._chance.choice((0, 0.5, 1, 2)), lambda: self._enter(name))

    def _look_back(self) -> None:
        room = self._room() if self._chance.random() < 0.8 else next(iter(self.rooms), None)
        if room is None:
            return
        stretch = self.rooms.get(room)
        frame: Frame = {"t": "history", "room": room, "limit": self._chance.choice((1, 20, 50, 200))}
        where = self._chance.choice(("before", "after", None))
        if where is not None:
            frame[where] = self._chance.randint(1, (stretch.seen if stretch else 0) + 1)
        if self._chance.random() < 0.3:
            frame["messages"] = True
        self._ask(frame)

    def _pry(self) -> None:
        """Try to read a room of other users, which may be a direct one."""
        room = self._chance.randint(1, 40)
        if self._scene.dens and self._chance.random() < 0.5:
            room = self._chance.choice(list(self._scene.dens))
            self._ask({"t": "watch", "name": f"#{self._scene.dens[room]}"} if self._observer else {"t": "rooms"})
        if room in self.rooms or room in self._names:
            return
        self._ask({"t": "history", "room": room, "limit": 5, **self._chance.choice(({}, {"after": 0}, {"before": 3}))})
        self._ask({"t": "members", "room": room})
        if not self._observer:
            self.say(text_of(self._chance, self._mark()), room)

    def _change(self) -> None:
        """Change a message that was shown lately: often an own one. Some requests are sent twice, with one key."""
        rooms = [id_ for id_, stretch in self.rooms.items() if stretch.events]
        if not rooms:
            return
        room = self._chance.choice(rooms)
        recent = [e for e in self.rooms[room].events[-60:] if e.kind in ("message", "action")]
        own = [event for event in recent if event.user == self.account.user]
        messages = own if own and self._chance.random() < 0.6 else recent
        if not messages:
            return
        message = self._chance.choice(messages)
        kind = self._chance.choices(("edit", "react", "erase", "pin", "title", "reply"), (4, 6, 1, 1, 1, 3))[0]
        self._count += 1
        if kind == "reply":
            where = self._chance.choice(("reply", "thread"))
            self._answer(room, {where: message.seq})
            return
        frame: Frame = {"t": kind, "room": room, "seq": message.seq, "key": f"{self.account.client}-c{self._count}"}
        if kind == "edit":
            frame["text"] = f"edited {self._count} " + "x" * self._chance.choice((0, 40, 900))
        elif kind == "react":
            frame |= {"emoji": self._chance.choice(_EMOJI), "on": self._chance.random() < 0.7}
        elif kind == "pin":
            frame["on"] = self._chance.random() < 0.6
        elif kind == "title":
            frame["text"] = f"title {self._count}"
        for _ in range(1 if self._chance.random() < 0.8 else 2):
            self._ask({**frame})

    def _answer(self, room: int, where: Frame) -> None:
        """Send a message that answers another one, or that is in a thread."""
        if len(self.pending) < PENDING_MOST:
            self._where[f"{self.account.client}-{self._count + 1:06}"] = where
            self.say(text_of(self._chance, self._mark()), room)

    # Private rooms

    def _make_den(self) -> None:
        if self._dens and len(self._scene.dens) < DENS_MOST:
            self._ask({"t": "create", "name": self._secret(), "private": True})

    def _keep_order(self) -> None:
        """Moderate a private room at random."""
        mine = [id_ for id_ in self.rooms if id_ in self._scene.dens]
        if not mine or not self._dens:
            return
        room, act, whom = self._scene.order(self._chance, self.account.client, mine)
        order: Frame = {"t": "moderate", "room": room, "whom": whom, "why": f"because {self._secret()}"}
        if act == "topic":
            self._ask({"t": "topic", "room": room, "topic": f"secret {self._secret()}"})
        elif act == "leave":
            self._ask({"t": "leave", "room": room, "words": f"bye {self._secret()}"})
        elif act == "unban":
            self._ask({**order, "action": "ban", "undo": True})
        elif act == "ban":
            until = int(time.time() * 1000) + BAN_MS if self._chance.random() < 0.5 else 0
            self._ask({**order, "action": "ban", "until": until})
        elif act == "invite":
            for name in {*self._chance.choices(sorted(self._scene.company.values()), k=4)}:
                self._ask({**order, "action": act, "whom": name})
        else:
            self._ask({**order, "action": act, "value": "moderator" if act == "role" else ""})

    def _whisper(self) -> None:
        """Send a message to a private room."""
        mine = [id_ for id_ in self.rooms if id_ in self._scene.dens]
        if mine and len(self.pending) < PENDING_MOST:
            for _ in range(self._chance.choice((1, 1, 1, 5))):
                self.say(text_of(self._chance, self._mark()), self._chance.choice(mine))

    def _go_where_invited(self) -> None:
        """Accept an invitation, which may have come while the client was not connected."""
        welcome = self._scene.welcome.get(self.account.client, set())
        open_ = [id_ for id_ in sorted(welcome) if id_ not in self.rooms and id_ in self._scene.dens]
        if open_ and self._dens:
            room = self._chance.choice(open_)
            self._enter(self._scene.dens[room], self._lapsed.get(room) if self._chance.random() < 0.7 else None)

    def _secret(self) -> str:
        """Return a new mark for the name or topic of a private room, which an `Ear` finds."""
        self._count += 1
        return f"{{{self.account.client}.{self._count}}}"

    def look_back(self) -> None:
        """Request a page of history, if there is a connection."""
        if self._ready:
            self._look_back()

    def _ask_around(self) -> None:
        if (room := self._room()) is not None:
            self._ask({"t": self._chance.choice(("members", "rooms")), "room": room})

    def _rename(self) -> None:
        if self._holder is None:
            self._ask({"t": "rename", "name": f"{self.account.client}{self._chance.choice('abcdefgh')}"})

    def _set_topic(self) -> None:
        if (room := self._room()) is not None:
            self._ask({"t": "topic", "room": room, "topic": f"topic {self._count}"})

    def _type(self) -> None:
        if (room := self._room()) is not None:
            self._transmit({"t": "typing", "room": room})

    def _unwatch(self) -> None:
        if (room := self._room()) is not None and room in self.rooms:
            self._ask({"t": "unwatch", "room": room})

    def _say_bye(self) -> None:
        self._transmit({"t": "bye", "words": "see you"})
        self._ready = False
        self._parting = True

    def _vanish(self) -> None:
        """Disconnect for a while, perhaps longer than the server holds a guest's name."""
        self._nap = self._chance.uniform(0, 4)
        self.hang_up()

    # The end

    def rest(self) -> None:
        """Rejoin every room that was left, and stay."""
        waiting = [(id_, stretch) for id_, stretch in self._lapsed.items() if id_ in self._quit]
        self._quit.clear()
        for id_, stretch in waiting:
            if self._ready:
                self._enter(self._names[id_], stretch)

    def waits_for(self, key: str) -> bool:
        """Return whether a message still has to be stored, and can be."""
        message = self.pending.get(key)
        return message is not None and (message.room is None or message.room in self.rooms)

    def unrest(self, tips: dict[int, int]) -> str:
        """Return what the client still waits for, in words; empty if it has everything."""
        if not self._ready:
            return "it is not connected"
        if self.pending:
            message = next(iter(self.pending.values()))
            where = f"to {message.to}" if message.to else f"in {message.room}, being in {sorted(self.rooms)}"
            words = f"{len(self.pending)} messages are neither stored nor refused, e.g. {message.key} {where}"
            last = f"last on connection {message.connection} of {self._connection}"
            return f"{words}; tried {message.attempts} times, {last}"
        for id_, stretch in self.rooms.items():
            if stretch.seen != tips[id_]:
                return f"it was shown room {id_} up to {stretch.seen}, and there is {tips[id_]}"
        waiting = [id_ for id_ in self._lapsed if id_ in self._names and id_ not in self._quit]
        return f"it is not back in the rooms {waiting}" if waiting else ""

    def _blame(self, sentence: int, kind: str, words: str, room: int | None = None, seq: int | None = None) -> None:
        self._scene.blame(sentence, kind, f"{self.account.client}: {words}", room, seq)


def event_of(raw: Frame) -> Event:
    about = raw["about"]["user"] if "about" in raw else 0
    kind = raw.get("kind", "message")
    kept = text64(hashes(raw)[1]) if "salt" in raw and kind in _ERASABLE else raw.get("sum", "")
    of_event = (raw["seq"], raw["user"], raw["name"], kind, raw.get("text", ""), about)
    return Event(*of_event, raw.get("target", 0), kept, "sum" in raw)


_ERASABLE: Final = ("message", "action", "edited", "reacted", "unreacted", "titled")
"""The kinds of events whose text can be erased."""

_Act = Callable[[WebClient], None]
_ACTS: Final[dict[_Act, float]] = {
    WebClient._say_something: 80,
    WebClient._burst: 0.8,
    WebClient._flood: 0.3,
    WebClient._say_twice: 2,
    WebClient._tell: 3,
    WebClient._answer_directly: 3,
    WebClient._try_old_key: 5,
    WebClient._leave: 0.5,
    WebClient._leave_and_return: 0.5,
    WebClient._join: 1.5,
    WebClient._look_back: 3,
    WebClient._ask_around: 0.5,
    WebClient._pry: 0.5,
    WebClient._rename: 0.3,
    WebClient._set_topic: 0.5,
    WebClient._type: 0.5,
    WebClient._say_bye: 0.1,
    WebClient._vanish: 0.4,
    WebClient._make_den: 1,
    WebClient._keep_order: 6,
    WebClient._whisper: 8,
    WebClient._go_where_invited: 3,
    WebClient._change: 40,
}
_WATCHING: Final[dict[_Act, float]] = {
    WebClient._look_back: 5,
    WebClient._pry: 1,
    WebClient._ask_around: 1,
    WebClient._unwatch: 1,
}
