"""A strict client of the HTTP API: it repeats requests until they are answered, and follows event streams."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

from .http import Answer, Cut, Link, Told
from .people import Holder, label_of
from .record import Ear, Message, Page, Place, Stretch, WebAccount
from .scene import ROOMS, Scene, pause, text_of
from .web import event_of

DENS_MOST: Final = 16
FOLLOWED_MOST: Final = 8
BAN_MS: Final = 1_500
GIVE_UP: Final = 0.2
"""The probability that a client treats a temporary refusal as a final one."""

_EXPECTED: Final = (
    "room_unknown", "room_not_joined", "user_unknown", "member_unknown", "not_allowed", "outranked", "banned",
    "value_invalid", "owner_last", "room_taken", "archived", "guests_closed",
)  # fmt: skip
"""Final refusals that this client's actions may cause."""


class ApiClient:
    """One client. It carries out one action after another, and follows rooms meanwhile.

    Args:
        scene: the shared state of the run.
        label: its name; its keys and marks begin with it.
        holder: the account that it signs in to.
        shared: whether another client registers the account and also signs in to it. If so, this client sometimes
            changes the password.
        mean: seconds between two actions, on average.
    """

    def __init__(self, scene: Scene, label: str, holder: Holder, *, shared: bool = False, mean: float = 0.05) -> None:
        self.account: Final = WebAccount(label)
        self.stranger: Final = WebAccount(f"{label}, without a token,")
        self.done = False
        self._scene = scene
        self._holder = holder
        self._shared = shared
        self._mean = mean
        self._chance = scene.chance(label)
        self._token: str | None = None
        self._spare: str | None = None
        self._signing_in = asyncio.Lock()
        self._inside = asyncio.Event()
        self._count = 0
        self._links: list[Link] = []
        self._link = self._new_link(self.account)
        self._second = self._new_link(self.account)
        self._door = self._new_link(self.account)
        self._strange = self._new_link(self.stranger)
        self._pending: Message | None = None
        self._acked: list[Message] = []
        self._rooms: dict[int, str] = {}
        self._dens: set[int] = set()
        self._sent_away: set[int] = set()
        self._followed: dict[int, Stretch | None] = {}
        self._followers: dict[int, asyncio.Task[None]] = {}

    # Entering

    async def live(self) -> None:
        """Enter, and follow rooms, until `done`."""
        try:
            if self._shared:
                await self._holder.registered.wait()
            else:
                await self._register()
            await self._renew(None)
            self._scene.company[self.account.client] = self._holder.name
            self._inside.set()
            while not self.done:
                for room in tuple(self._followed):
                    task = self._followers.get(room)
                    if task is None or task.done():
                        self._followers[room] = asyncio.create_task(self._follow(room))
                    if task is not None and task.done():
                        task.result()
                await asyncio.sleep(0.05)
        finally:
            for task in self._followers.values():
                task.cancel()
            await asyncio.gather(*self._followers.values(), return_exceptions=True)
            for link in self._links:
                link.close()

    async def _register(self) -> None:
        body = {"name": self._holder.name, "password": self._holder.password, "bearer": True}
        while not self.done:
            answer = await self._try("POST", "/accounts", body, token=None)
            if answer is not None and answer.status == 201:
                self._take(answer)
                self._scene.counts["accounts registered"] += 1
            if answer is not None and (answer.status == 201 or answer.code == "name_taken"):
                self._holder.registered.set()
                return

    async def _renew(self, old: str | None) -> None:
        """Sign in, unless another task has done so since the token `old` became invalid."""
        async with self._signing_in:
            while self._token == old and not self.done:
                answer = await self._sign_in(self._holder.password, self._door)
                if answer is not None and answer.status == 200:
                    self._take(answer)
                elif answer is not None and answer.code == "sign_in_wrong":
                    self._blame(1, "lost", "the server does not know the password any more")
                    self.done = True

    async def _sign_in(self, password: str, link: Link) -> Answer | None:
        body = {"name": self._holder.name, "password": password, "bearer": True, "label": self.account.client}
        answer = await self._try("POST", "/session", body, token=None, link=link)
        if answer is not None and answer.status == 200:
            self._scene.counts["accounts signed in"] += 1
            self._scene.counts["sign-ins by password"] += 1
        return answer

    def _take(self, answer: Answer) -> None:
        user = answer.value["user"]["id"]
        if self.account.user not in (0, user):
            self._blame(0, "protocol", f"came back as user {user}, was {self.account.user}")
        self.account.user = user
        self._token = answer.value["token"]

    async def _come_back(self, old: str | None) -> None:
        """Sign in again after the server no longer knows the token. That is correct only if the password was
        changed.
        """
        if self._token == old and not self._holder.changes:
            self._blame(1, "lost", "the server does not know its session any more")
        await self._renew(old)

    # Requests

    def _new_link(self, account: WebAccount) -> Link:
        link = Link(self._scene, Ear(account.heard))
        self._links.append(link)
        return link

    async def _try(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None,
        link: Link | None = None,
    ) -> Answer | None:
        """Make a request once. Return None, after a pause, if it has to be repeated."""
        try:
            answer = await (link or self._link).ask(method, f"/api{path}", body, token=token)
        except Cut:
            self._scene.counts["HTTP requests cut"] += 1
            await asyncio.sleep(self._chance.uniform(0.02, 0.2))
            return None
        if answer.retry_after is not None:
            if answer.code in ("not_stored", "stopping"):
                self._scene.counts[f"refused: {answer.code}"] += 1
                self._scene.refused_at = self._scene.now
            await asyncio.sleep(answer.retry_after)
            return None
        if answer.status == 401 and token is not None and token == self._token:
            await self._come_back(token)
            return None
        if answer.status >= 500:
            self._blame(0, "protocol", f"{method} {path} came to {answer.status} {answer.code}")
            return None
        return answer

    async def _ask(self, method: str, path: str, body: Any = None) -> Answer | None:
        """Make a request once, which may be refused. Return None if its result is unknown."""
        answer = await self._try(method, path, body, token=self._token)
        if answer is not None and answer.status >= 400 and answer.code not in _EXPECTED:
            self._blame(0, "protocol", f"{method} {path} was refused: {answer.code}")
        return answer

    # Messages

    async def _say(self, text: str, room: int) -> Message:
        message = Message(f"{self.account.client}-{self._count:06}", text, room, None)
        self.account.messages.append(message)
        self._scene.counts["sent"] += 1
        await self._settle(message)
        return message

    async def _settle(self, message: Message) -> None:
        """Post a message until the server has said whether it is stored."""
        self._pending = message
        while not self.done:
            message.attempts += 1
            self._scene.counts["HTTP posts made again"] += message.attempts > 1
            try:
                answer = await self._post(message, self._link)
            except Cut:
                await asyncio.sleep(self._chance.uniform(0.02, 0.2))
                continue
            if self._is_settled(message, answer):
                break
            if answer.retry_after is not None:
                if answer.code in ("not_stored", "stopping"):
                    self._scene.counts[f"refused: {answer.code}"] += 1
                    self._scene.refused_at = self._scene.now
                if message.attempts == 1 and self._chance.random() < GIVE_UP:
                    message.refused = answer.code
                    break
                await asyncio.sleep(answer.retry_after)
            elif answer.status == 401:
                await self._come_back(self._token)
        self._pending = None

    async def _post(self, message: Message, link: Link, text: str = "") -> Answer:
        path = f"/api/rooms/{message.room}/messages"
        body = {"text": text or message.text, "kind": message.kind}
        return await link.ask("POST", path, body, token=self._token, Idempotency_Key=message.key)

    def _is_settled(self, message: Message, answer: Answer) -> bool:
        if answer.status in (200, 201):
            self._learn(message, answer)
            return True
        if answer.retry_after is not None or answer.status == 401:
            return False
        if message.acks:
            self._blame(2, "forgotten", f"{message.key} is stored at {message.acks[0]}, and now: {answer.code}")
        elif answer.code not in _EXPECTED:
            self._blame(0, "protocol", f"{message.key} was refused: {answer.code}")
        elif message.attempts == 1:
            message.refused = answer.code
        self._scene.counts["refused"] += 1
        return True

    def _learn(self, message: Message, answer: Answer) -> None:
        """Record that a message is stored. Each answer has to give the same place."""
        place: Place = (answer.value["room"], answer.value["seq"])
        if answer.value["key"] != message.key:
            self._blame(2, "ack elsewhere", f"{message.key} was answered as {answer.value['key']}", *place)
        if answer.status == 201 and message.acks:
            self._blame(2, "doubled", f"{message.key} was stored at {message.acks[0]}, and once more", *place)
        if message.acks:
            self._scene.counts["acked again"] += 1
        else:
            self._acked.append(message)
            # The client waits for each answer, so its messages are stored in order even across retries.
            message.at_once = True
            self._scene.acked_at = self._scene.now
            self._scene.counts["acked"] += 1
            self._scene.counts["HTTP posts acked"] += 1
        message.acks.append(place)
        self._scene.sample(self.account.client, *place)

    # Actions

    async def work(self) -> None:
        """Carry out random actions until the faults end."""
        await self._inside.wait()
        while not self._scene.calm and not self.done:
            await pause(self._chance, self._mean)
            act = self._chance.choices(list(_ACTS), list(_ACTS.values()))[0]
            await act(self)

    def _mark(self) -> str:
        self._count += 1
        return f"{self.account.client}.{self._count}"

    async def _say_something(self) -> None:
        rooms = [*self._rooms, *self._dens]
        if rooms:
            await self._say(text_of(self._chance, self._mark()), self._chance.choice(rooms))

    async def _say_twice(self) -> None:
        """Post a message with one key on two connections at once. Only one message must be stored."""
        if not self._rooms:
            return
        room = self._chance.choice(list(self._rooms))
        message = Message(f"twice-{self._mark()}", "", room, None)
        message.text = text_of(self._chance, message.key.removeprefix("twice-"))
        self.account.messages.append(message)
        self._pending = message
        message.attempts = 2
        both = (self._post(message, self._link), self._post(message, self._second))
        answers = await asyncio.gather(*both, return_exceptions=True)
        if any(isinstance(answer, Answer) and answer.status == 201 for answer in answers):
            self._scene.counts["HTTP posts made twice at once"] += 1
        told: list[Answer] = [answer for answer in answers if isinstance(answer, Answer)]
        # The answer 201 is that of the request that stored the message: check it first.
        for answer in sorted(told, key=lambda answer: -answer.status if answer.status < 300 else 0):
            if answer.status in (200, 201):
                self._learn(message, answer)
        for problem in answers:
            if isinstance(problem, BaseException) and not isinstance(problem, Cut):
                raise problem
        await self._settle(message)

    async def _try_old_key(self) -> None:
        """Post an old key again: with the same text or another, as a member or not."""
        if self._acked:
            message = self._chance.choice(self._acked)
            self._scene.counts["old keys tried"] += 1
            text = f"another text <{self.account.client}.0>" if self._chance.random() < 0.3 else ""
            try:
                answer = await self._post(message, self._link, text)
            except Cut:
                return
            if not text:
                self._is_settled(message, answer)
            elif answer.status in (200, 201):
                self.account.retold.append((message.acks[0], message.key))
            elif answer.code != "key_reused" and answer.retry_after is None and answer.status != 401:
                self._blame(2, "forgotten", f"{message.key} was used with another text, and got {answer.status}")

    async def _join(self) -> None:
        name = self._chance.choice(ROOMS)
        answer = await self._ask("PUT", f"/rooms/{name}/members/me")
        if answer is not None and answer.status == 200:
            self._came_in(answer.value)

    async def _leave(self) -> None:
        if len(self._rooms) > 1:
            room = self._chance.choice(list(self._rooms))
            answer = await self._ask("DELETE", f"/rooms/{room}/members/me?why=bye")
            if answer is not None and answer.status == 204:
                del self._rooms[room]

    def _came_in(self, room: dict[str, Any]) -> None:
        if room["kind"] == "private":
            self._dens.add(room["id"])
            self._scene.dens[room["id"]] = room["name"]
            self._scene.inside.setdefault(room["id"], set()).add(self.account.client)
        elif not room["name"].startswith("{"):
            self._rooms[room["id"]] = room["name"]
        if len(self._followed) < FOLLOWED_MOST or room["kind"] == "private":
            self._followed.setdefault(room["id"], None)

    async def _read(self) -> None:
        rooms = [*self._rooms, *self._dens]
        if rooms:
            await self._get_page(self._chance.choice(rooms), self.account, self._link, self._token)

    async def _get_page(self, room: int, account: WebAccount, link: Link, token: str | None) -> None:
        limit = self._chance.choice((1, 20, 50, 200))
        everything = self._chance.random() < 0.6
        where = self._chance.choice(("before", "after", ""))
        stretch = self._followed.get(room)
        seq = self._chance.randint(0, (stretch.seen if stretch else 0) + 1)
        query = f"?limit={limit}&everything={'true' if everything else 'false'}" + (f"&{where}={seq}" if where else "")
        answer = await self._try("GET", f"/rooms/{room}/messages{query}", token=token, link=link)
        if answer is None or answer.status != 200:
            return
        page = answer.value
        before, after = (seq if where == each else None for each in ("before", "after"))
        events = [event_of(raw) for raw in page["events"]]
        account.pages.append(
            Page(page["room"], page["epoch"], limit, before, after, not everything, events, page["more"])
        )
        self._scene.counts["pages by HTTP"] += 1

    async def _list(self) -> None:
        """Read all lists. The `Ear` finds marks of private rooms in them."""
        for path in ("/rooms", "/me", "/users"):
            await self._try("GET", path, token=self._token)
        await self._try("GET", "/rooms", token=None, link=self._strange)

    async def _pry(self) -> None:
        """Try to read rooms of others, signed in and signed out."""
        room = self._chance.randint(1, 40)
        if self._scene.dens and self._chance.random() < 0.7:
            room = self._chance.choice(list(self._scene.dens))
        for account, link, token in (
            (self.account, self._link, self._token),
            (self.stranger, self._strange, None),
        ):
            await self._get_page(room, account, link, token)
            for path in ("", "/members"):
                await self._try("GET", f"/rooms/{room}{path}", token=token, link=link)
        try:
            stream = await self._strange.follow(f"/api/rooms/{room}/events?after=0")
            self._strange.close()
            if not isinstance(stream, Answer):
                await stream.aclose()
        except Cut:
            pass

    # Private rooms

    async def _make_den(self) -> None:
        if len(self._scene.dens) < DENS_MOST:
            answer = await self._ask("POST", "/rooms", {"name": f"{{{self._mark()}}}", "private": True})
            if answer is not None and answer.status == 201:
                self._came_in(answer.value)

    async def _keep_order(self) -> None:
        """Moderate a private room at random."""
        if not self._dens:
            return
        room, act, whom = self._scene.order(self._chance, self.account.client, sorted(self._dens))
        why = f"because {{{self._mark()}}}"
        query = f"?why={quote(why)}"
        path = f"/rooms/{room}"
        if act == "invite":
            for name in sorted({whom, *self._chance.choices(sorted(self._scene.company.values()), k=3)}):
                answer = await self._ask("POST", f"{path}/invitations", {"user": name, "why": why})
                if answer is not None and answer.status == 204:
                    self._scene.is_welcome(label_of(name), room, welcome=True)
        elif act == "kick":
            await self._ask("DELETE", f"{path}/members/{whom}{query}")
            self._scene.is_welcome(label_of(whom), room, welcome=False)
        elif act == "ban":
            until = int(time.time() * 1000) + BAN_MS if self._chance.random() < 0.5 else 0
            await self._ask("PUT", f"{path}/bans/{whom}", {"until": until, "why": why})
            self._scene.is_welcome(label_of(whom), room, welcome=False)
        elif act == "unban":
            await self._ask("DELETE", f"{path}/bans/{whom}{query}")
        elif act == "role":
            await self._ask("PUT", f"{path}/members/{whom}/role", {"role": "moderator"})
        elif act == "topic":
            await self._ask("PATCH", path, {"topic": why})
        else:
            answer = await self._ask("DELETE", f"{path}/members/me{query}")
            if answer is not None and answer.status == 204:
                self._dens.discard(room)

    async def _knock(self) -> None:
        """Try to join a private room, with or without an invitation."""
        if self._scene.dens:
            # The client may be invited, or a faulty server may have forgotten that it was kicked.
            welcome = self._scene.welcome.get(self.account.client, set())
            rooms = self._chance.choice((welcome, welcome, self._sent_away, self._scene.dens.keys()))
            room = self._chance.choice(sorted(rooms or self._scene.dens))
            answer = await self._ask("PUT", f"/rooms/{room}/members/me")
            if answer is not None and answer.status == 200:
                self._came_in(answer.value)
            elif answer is not None:
                self._dens.discard(room)

    # Sessions

    async def _sign_in_again(self) -> None:
        """Sign in once more; the session before stays valid."""
        if self._chance.random() < 0.5:
            self._spare = self._token
            await self._renew(self._token)
        else:
            answer = await self._sign_in(self._holder.password, self._second)
            if answer is not None and answer.status == 200:
                self._spare = answer.value["token"]

    async def _change_password(self) -> None:
        """Change the password. Then the old one and all other sessions must be invalid."""
        holder = self._holder
        if not self._shared:
            return
        spare = self._spare
        if spare is None:
            answer = await self._sign_in(holder.password, self._second)
            spare = answer.value["token"] if answer is not None and answer.status == 200 else None
        if spare is not None:
            # Use the session, so that it is in the server's cache.
            await self._try("GET", "/me", token=spare, link=self._second)
        old, new = holder.password, holder.next_password()
        holder.passwords = [new, old]
        holder.changes += 1
        while not self.done:
            answer = await self._try("PUT", "/me/password", {"old": old, "new": new}, token=self._token)
            # If the old password is wrong, an earlier attempt was stored, but its answer was lost.
            if answer is not None and (answer.status == 204 or answer.code == "sign_in_wrong"):
                break
            if answer is not None:
                self._blame(0, "protocol", f"a new password was refused: {answer.code}")
        holder.passwords = [new]
        self._scene.counts["passwords changed"] += 1
        self._spare = None
        if spare is not None and spare != self._token:
            answer = await self._try("GET", "/me", token=spare, link=self._second)
            if answer is not None and answer.status != 401:
                self._blame(0, "session kept", f"after the password was changed, another session got {answer.status}")
        answer = await self._try("POST", "/session", {"name": holder.name, "password": old}, token=None)
        if answer is not None and answer.status == 200:
            self._blame(0, "password kept", "after the password was changed, the old one is good for a session")

    # Following

    async def _follow(self, room: int) -> None:
        """Follow a room, and resume after each lost connection."""
        link = self._new_link(self.account)
        try:
            while not self.done and room in self._followed:
                token = self._token
                try:
                    stream = await link.follow(*self._place(room), token=token, **self._last(room))
                    if not isinstance(stream, Answer):
                        async for told in stream:
                            await self._hear(room, told, token)
                            if room not in self._followed:
                                return
                    elif stream.code == "room_unknown":
                        self._lose(room)
                    elif stream.status == 401:
                        await self._come_back(token)
                    elif stream.retry_after is None:
                        self._blame(0, "protocol", f"room {room} can't be followed: {stream.code}")
                except Cut:
                    self._scene.counts["SSE cut"] += 1
                await asyncio.sleep(self._chance.uniform(0.02, 0.2))
        finally:
            link.close()
            self._links.remove(link)

    def _place(self, room: int) -> tuple[str]:
        stretch = self._followed[room]
        self._by_header = self._chance.random() < 0.6
        query = "" if stretch is None else f"?after={0 if self._by_header else stretch.seen}"
        return (f"/api/rooms/{room}/events{query}",)

    def _last(self, room: int) -> dict[str, str]:
        stretch = self._followed[room]
        return {"Last_Event_ID": str(stretch.seen)} if stretch is not None and self._by_header else {}

    async def _hear(self, room: int, told: Told, token: str | None) -> None:
        if told.event == "room":
            self._begin(told.data["room"], told.data["after"])
        elif told.event == "end":
            reason = told.data["reason"]
            if reason == "left":
                if (stretch := self._followed[room]) is not None:
                    stretch.put_out = True
                self._sent_away.add(room)
                self._scene.counts["SSE ended with membership"] += 1
                self._lose(room)
            elif reason == "signed_out":
                await self._come_back(token)
        else:
            self._shown(room, told)

    def _begin(self, room: dict[str, Any], after: int) -> None:
        """Check where the stream begins: at the resume point, unless the client was out of the room meanwhile."""
        seen = self._followed[room["id"]]
        rejoined = seen is not None and room["kind"] == "private" and after > seen.seen
        if seen is not None and not rejoined:
            self._scene.counts["SSE resumed"] += 1
            if (room["epoch"], after) != (seen.epoch, seen.seen):
                words = f"had seen {seen.seen} of {seen.epoch}, and the stream begins after {after} of {room['epoch']}"
                self._blame(4, "gap", words, room["id"], seen.seen + 1)
            return
        stretch = self._followed[room["id"]] = Stretch(room["id"], room["epoch"], after, rejoined=rejoined)
        self.account.stretches.append(stretch)

    def _shown(self, room: int, told: Told) -> None:
        stretch = self._followed[room]
        if stretch is None:
            self._blame(4, "protocol", "was sent events before it was told where they begin", room)
            return
        event = event_of(told.data)
        expected = stretch.seen + 1
        if event.seq != expected:
            kind = "gap" if event.seq > expected else "doubled"
            self._blame(4, kind, f"was shown {event.seq} where {expected} belongs, by SSE", room, expected)
        if told.id != str(event.seq):
            self._blame(0, "protocol", f"event {event.seq} came with the id {told.id!r}", room, event.seq)
        stretch.events.append(event)
        self._scene.counts["SSE events"] += 1
        self._scene.sample(self.account.client, room, event.seq)

    def _lose(self, room: int) -> None:
        """Handle that a room is no longer visible to the client."""
        if room in self._rooms:
            self._blame(4, "gap", "can't see a public room any more", room)
        self._dens.discard(room)
        self._scene.inside.get(room, set()).discard(self.account.client)
        self._followed.pop(room, None)

    # The end

    def end(self) -> None:
        """Close all connections for good."""
        self.done = True
        for link in self._links:
            link.close()

    def unrest(self, tips: dict[int, int]) -> str:
        """Return what the client still waits for, in words; empty if it has everything."""
        if not self._inside.is_set():
            return "it is not in"
        if self._pending is not None:
            return f"{self._pending.key} is neither stored nor refused"
        for id_, stretch in self._followed.items():
            if stretch is None or stretch.seen != tips[id_]:
                shown = "nothing" if stretch is None else f"up to {stretch.seen}"
                return f"it was shown {shown} of room {id_}, and there is {tips[id_]}"
        return ""

    def _blame(self, sentence: int, kind: str, words: str, room: int | None = None, seq: int | None = None) -> None:
        self._scene.blame(sentence, kind, f"{self.account.client}: {words}", room, seq)


_Act = Callable[[ApiClient], Awaitable[None]]
_ACTS: Final[dict[_Act, float]] = {
    ApiClient._say_something: 60,
    ApiClient._say_twice: 4,
    ApiClient._try_old_key: 5,
    ApiClient._join: 5,
    ApiClient._leave: 1,
    ApiClient._read: 8,
    ApiClient._list: 1,
    ApiClient._pry: 3,
    ApiClient._make_den: 3,
    ApiClient._keep_order: 12,
    ApiClient._knock: 6,
    ApiClient._sign_in_again: 1,
    ApiClient._change_password: 4.0,
}
