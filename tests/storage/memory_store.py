"""The log in memory: for tests and trials. It keeps every promise of a store except durability."""

import copy
from collections.abc import Sequence
from itertools import count

import msgspec

from parley.core.erasure import WITH_TEXT, forgotten, is_said, tombstone
from parley.core.events import DIRECTORY, EVERYBODY, Event, RelatedEvent
from parley.core.folding import Item, Run, first_of, fold_runs, last_of
from parley.core.forms import Message, Shown, is_listed, present
from parley.core.kinds import AUDITED_KINDS
from parley.core.ports import Batch, Keyed, KeysTaken, Place, StoreError
from parley.core.preferences import Preferences
from parley.core.read_marks import ReadMarks, RoomReadMarks
from parley.core.records import (
    DropTokens,
    DropWebhook,
    ForgetUser,
    Identity,
    KeepTokens,
    MoveWebhook,
    PutForm,
    PutKey,
    PutPassword,
    PutPreference,
    PutReadMark,
    PutToken,
    Record,
    Recount,
    TokenInfo,
    Webhook,
)
from parley.core.state import State


class MemoryStore:
    """A `parley.core.ports.Store` that loses everything when the process ends."""

    def __init__(self, epoch: str = "memory") -> None:
        self._state = State(epoch)
        self._logs: dict[int, list[Event]] = {}
        self._places: dict[Keyed, Place] = {}
        self._names: dict[int, str] = {}
        self._passwords: dict[int, str] = {}
        self._tokens: dict[bytes, tuple[int, PutToken]] = {}
        self._token_ids = count(1)
        self._hooks: dict[int, Webhook] = {}
        self._marks = ReadMarks()
        self._recounted: set[int] = set()
        self._preferences = Preferences()

    def load(self) -> State:
        return self._state.copy()

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        keys = batch.keys
        if taken := {key: self._places[key] for key in keys if key in self._places}:
            raise KeysTaken(taken)
        if len(set(keys)) < len(keys):
            raise StoreError("the batch has a key twice")
        tokens = [put.token for put in batch.records if isinstance(put, PutToken)]
        if len(set(tokens)) < len(tokens) or not self._tokens.keys().isdisjoint(tokens):
            raise StoreError("a token is there already")
        tips: dict[int, int] = {}
        for event in batch.events:
            tip = tips.get(event.room) or len(self._logs.get(event.room, ()))
            if event.seq != tip + 1:
                raise StoreError(f"the log of room {event.room} ends at {tip}, and {event.seq} can't follow")
            tips[event.room] = event.seq
        for event in batch.events:
            self._logs.setdefault(event.room, []).append(event)
            self._state.apply(event)
            if event.room != DIRECTORY:
                self._marks.apply(event.room, [event])
            if event.kind == "named":
                self._names[event.user] = event.text
            elif event.kind == "released":
                self._names[event.user] = event.name
            if event.key is not None:
                self._places[event.user, event.key] = event.room, event.seq
        for event in batch.related:
            if event.kind == "erased":
                self._erase(event)
        self._recounted.clear()
        for record in batch.records:
            self._put(record)
        return {key: self._places[key] for key in batch.maybe_stored if key in self._places}

    def _put(self, record: Record) -> None:
        match record:
            case PutToken():
                self._tokens[record.token] = next(self._token_ids), record
            case DropTokens(user=user, token=token, but=but):
                for known, (_, put) in list(self._tokens.items()):
                    if put.user == user and (known != but if token is None else known == token):
                        del self._tokens[known]
            case KeepTokens(user=user):
                for known, (id_, put) in self._tokens.items():
                    if put.user == user and put.kind == "resume":
                        self._tokens[known] = id_, msgspec.structs.replace(put, kind="session")
            case PutPassword():
                self._passwords[record.user] = record.hash
            case Webhook():
                self._hooks[record.id] = record
            case MoveWebhook():
                if hook := self._hooks.get(record.hook):
                    acked = max(hook.acked, record.acked)
                    self._hooks[hook.id] = msgspec.structs.replace(hook, acked=acked, parked=record.parked)
            case PutReadMark():
                self._marks.move(record)
            case PutKey():
                self._places[record.user, record.key] = record.room, record.seq
            case PutPreference():
                self._preferences.set(record)
            case DropWebhook():
                hook = self._hooks.get(record.hook)
                if hook is not None and hook.room == record.room:
                    del self._hooks[hook.id]
            case PutForm():
                pass  # the forms are folded from the log
            case Recount():
                self._marks.recount(record)
            case ForgetUser(user=user):
                self._put(DropTokens(user))
                self._passwords.pop(user, None)
                self._preferences.forget(user)
                if record.erase:
                    self._erase_account(user)
                for events in self._logs.values():
                    events[:] = [forgotten(event, user, erase=record.erase) for event in events]

    def _erase(self, by: RelatedEvent) -> None:
        log = self._logs[by.room]
        for at, event in enumerate(log):
            is_change = isinstance(event, RelatedEvent) and event.target == by.target and event.kind in WITH_TEXT
            if event.seq == by.target or is_change:
                log[at] = tombstone(event, by.seq)

    def _erase_account(self, user: int) -> None:
        """Erase the changes of a user's messages, and take the messages out of counts and forms."""
        for room, log in self._logs.items():
            messages = present(log)
            mine = {seq for seq, each in messages.items() if each.user == user and not each.erased}
            for seq in sorted(mine):
                self._recounted.add(room)
                self._marks.recount(Recount(room, seq, user, messages[seq].mentions or (), (), True))
            log[:] = [
                tombstone(event, event.seq)
                if isinstance(event, RelatedEvent) and event.target in mine and event.kind in WITH_TEXT
                else event
                for event in log
            ]

    def recounted(self) -> dict[int, RoomReadMarks]:
        return {room: copy.deepcopy(self._marks.rooms[room]) for room in self._recounted}

    def messages(self, room: int, seqs: Sequence[int]) -> list[Message | None]:
        forms = present(self._logs.get(room, ()))
        return [forms.get(seq) for seq in seqs]

    def shown(
        self, room: int, user: int, limit: int, *, before: int = 0, after: int = 0, thread: int = 0, said: bool = False
    ) -> tuple[list[Shown], int, int, int]:
        log, tip = self._logs.get(room, []), len(self._logs.get(room, []))
        forms = present(log)
        listed = [event for event in log if is_listed(event, thread)]
        if said:
            listed = [event for event in listed if is_said(event)]
        last = min(before - 1, tip) if before else tip
        if before:
            events = [event for event in listed if last - 4_096 < event.seq <= last or (thread and event.seq <= last)]
            events = events[max(len(events) - limit, 0) :]
            first = events[0].seq if len(events) == limit else 1 if thread else max(last + 1 - 4_096, 1)
        else:
            events = [event for event in listed if after < event.seq and (thread or event.seq <= after + 4_096)][:limit]
            first, last = (
                after + 1,
                events[-1].seq if len(events) == limit else tip if thread else min(after + 4_096, tip),
            )
        shown = [Shown.of(event, forms[event.seq], user) if event.seq in forms else Shown(event) for event in events]
        return shown, first, last, tip

    def shown_folded(
        self, room: int, user: int, limit: int, *, before: int = 0, after: int = 0
    ) -> tuple[list[Shown], list[Run], int, int, int]:
        log, tip = self._logs.get(room, []), len(self._logs.get(room, []))
        forms = present(log)
        last = min(before - 1, tip) if before else tip
        folded = fold_runs(event for event in log if (event.seq <= last if before else event.seq > after))
        listed = [item for item in folded if isinstance(item, Run) or is_listed(item)]
        items = listed[max(len(listed) - limit, 0) :] if before else listed[:limit]
        begin, end = (1, last) if before else (after + 1, tip)
        if len(items) == limit:
            begin, end = (first_of(items[0]), last) if before else (begin, last_of(items[-1]))
        shown = [
            Shown.of(item, forms[item.seq], user) if item.seq in forms else Shown(item)
            for item in items
            if isinstance(item, Event)
        ]
        return shown, [item for item in items if isinstance(item, Run)], begin, end, tip

    def pinned(self, room: int, user: int) -> tuple[list[Shown], int]:
        log = self._logs.get(room, [])
        forms = present(log)
        pinned = [Shown.of(event, forms[event.seq], user) for event in log if event.seq in forms]
        return [item for item in pinned if item.form is not None and item.form.pinned], len(log)

    def changed(self, room: int, user: int, after: int, floor: int, limit: int) -> tuple[list[Shown], list[int], int]:
        log = self._logs.get(room, [])
        forms = present(log)
        shown = [Shown.of(event, forms[event.seq], user) for event in log if event.seq in forms and event.seq >= floor]
        changed = [(item.form.as_of, item) for item in shown if item.form is not None and item.form.as_of > after]
        erased = sorted((form.erased, seq) for seq, form in forms.items() if form.erased > after)
        in_order = sorted(changed, key=lambda each: each[0])
        return [item for _, item in in_order[:limit]], [seq for _, seq in erased], len(log)

    def versions(self, room: int, seq: int, before: int, limit: int) -> list[Event]:
        edits = [
            event
            for event in self._logs.get(room, ())
            if event.kind == "edited" and isinstance(event, RelatedEvent) and event.target == seq < event.seq < before
        ]
        return [event for event in self._logs.get(room, ()) if event.seq == seq] + edits[max(len(edits) - limit, 0) :]

    def reactors(self, room: int, seq: int, emoji: str, after: int, limit: int) -> list[tuple[int, int]]:
        message = present(self._logs.get(room, ())).get(seq)
        users = {} if message is None else message.reactions.get(emoji, {})
        return [(user, since) for user, since in sorted(users.items(), key=lambda each: each[1]) if since > after][
            :limit
        ]

    def marks(self) -> ReadMarks:
        return copy.deepcopy(self._marks)

    def preferences(self) -> Preferences:
        return copy.deepcopy(self._preferences)

    def read_between(self, room: int, user: int, after: int, upto: int) -> tuple[int, int]:
        said = [each for each in present(self._logs.get(room, ())).values() if not each.erased]
        named = [each.mentions or () for each in said if after < each.seq <= upto and each.user != user]
        return len(named), sum(user in mentions or EVERYBODY in mentions for mentions in named)

    def first_at(self, room: int, at: int, tip: int) -> int:
        return next((event.seq for event in self._log(room, False) if event.at >= at), tip + 1)

    def after(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        return [event for event in self._log(room, said) if event.seq > seq][:limit]

    def before(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        older = [event for event in self._log(room, said) if event.seq < seq]
        return older[max(len(older) - limit, 0) :]

    def folded_after(self, room: int, seq: int, limit: int) -> list[Item]:
        return fold_runs(self.after(room, seq, 1 << 40))[:limit]

    def folded_before(self, room: int, seq: int, limit: int) -> list[Item]:
        items = fold_runs(self.before(room, seq, 1 << 40))
        return items[max(len(items) - limit, 0) :]

    def _log(self, room: int, said: bool) -> list[Event]:
        return [event for event in self._logs.get(room, ()) if not said or is_said(event)]

    def who(self, token: bytes) -> Identity | None:
        known = self._tokens.get(token)
        return None if known is None else Identity(known[1].user, self._names[known[1].user], known[1].kind)

    def password(self, user: int) -> str | None:
        return self._passwords.get(user)

    def sessions(self, user: int) -> list[TokenInfo]:
        mine = sorted((id_, put) for id_, put in self._tokens.values() if put.user == user)
        return [TokenInfo(id_, put.kind, put.label, put.made, put.token) for id_, put in mine]

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> list[Event]:
        events = [event for log in self._logs.values() for event in log if event.kind in AUDITED_KINDS]
        events = [event for event in events if before is None or (event.at, event.room, event.seq) < before]
        return sorted(events, key=lambda event: (event.at, event.room, event.seq), reverse=True)[:limit]

    def hooks(self) -> list[Webhook]:
        return [self._hooks[id_] for id_ in sorted(self._hooks)]

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> list[Event]:
        events = [event for log in self._logs.values() for event in log if event.user == user]
        events = [
            event for event in events if is_said(event) or (event.kind == "edited" and not getattr(event, "erased", 0))
        ]
        events = [event for event in events if (event.room, event.seq) > after]
        return sorted(events, key=lambda event: (event.room, event.seq))[:limit]

    def without_token(self, users: Sequence[int]) -> list[int]:
        known = {put.user for _, put in self._tokens.values()}
        return [user for user in users if user in self._names and user not in known]

    def events_at(self, places: Sequence[Place]) -> dict[Place, Event]:
        wanted = set(places)
        return {
            (event.room, event.seq): event
            for room in {room for room, _ in wanted}
            for event in self._logs.get(room, ())
            if (event.room, event.seq) in wanted
        }

    def tidy(self, *, idle: bool = False) -> bool:
        return False

    def close(self) -> None:
        pass
