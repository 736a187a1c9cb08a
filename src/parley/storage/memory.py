"""The log in memory: for tests and for trying things out. It promises everything but durability."""

from collections.abc import Sequence

from parley.core.events import SAID, Event
from parley.core.ports import Batch, Keyed, KeysTaken, Place, StoreError
from parley.core.state import State


class MemoryStore:
    """A `parley.core.ports.Store` that forgets everything when the process ends."""

    def __init__(self, epoch: str = "memory") -> None:
        self._state = State(epoch)
        self._logs: dict[int, list[Event]] = {}
        self._places: dict[Keyed, Place] = {}
        self._tokens: dict[int, bytes] = {}
        self._names: dict[int, str] = {}

    def load(self) -> State:
        copy = State(self._state.epoch, self._state.next_user, self._state.next_room)
        copy.add(self._state.users.values(), self._state.rooms.values())
        return copy

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        keys = [(event.user, event.key) for event in batch.events if event.key is not None]
        if taken := {key: self._places[key] for key in keys if key in self._places}:
            raise KeysTaken(taken)
        if len(set(keys)) < len(keys):
            raise StoreError("the batch has a key twice")
        tips: dict[int, int] = {}
        for event in batch.events:
            tip = tips.get(event.room) or len(self._logs.get(event.room, ()))
            if event.seq != tip + 1:
                raise StoreError(f"the log of room {event.room} ends at {tip}, and {event.seq} can't follow")
            tips[event.room] = event.seq
        for event in batch.events:
            self._logs.setdefault(event.room, []).append(event)
            self._state.apply(event)
            if event.kind == "named":
                self._names[event.user] = event.text
            if event.key is not None:
                self._places[event.user, event.key] = event.room, event.seq
        self._tokens |= {user: token for user, token in batch.tokens.items() if user in self._names}
        return {key: self._places[key] for key in batch.doubts if key in self._places}

    def after(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        return [event for event in self._log(room, said) if event.seq > seq][:limit]

    def before(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        older = [event for event in self._log(room, said) if event.seq < seq]
        return older[max(len(older) - limit, 0) :]

    def _log(self, room: int, said: bool) -> list[Event]:
        return [event for event in self._logs.get(room, ()) if not said or event.kind in SAID]

    def who(self, token: bytes) -> tuple[int, str] | None:
        for user, known in self._tokens.items():
            if known == token:
                return user, self._names[user]
        return None

    def without_token(self, users: Sequence[int]) -> list[int]:
        return [user for user in users if user in self._names and user not in self._tokens]

    def tidy(self) -> None:
        pass

    def close(self) -> None:
        pass
