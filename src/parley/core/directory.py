"""The directory: rooms and people in the order of their names, shown in pages and searched while a user types.

A page examines at most `LOOKED_AT` entries. A search also scans the names for the typed text, which is quick: about a
millisecond for a hundred thousand names. Nothing sorts or copies all names.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, NamedTuple

from .events import DIRECTORY, Event
from .roles import visible
from .state import Room, State
from .unicode.search import search_fold

CHUNK: Final = 512
"""Names are kept in several sorted lists, each of at most twice this many names."""

LOOKED_AT: Final = 2_000
"""At most this many names are examined for one page. A page that reaches this limit has fewer entries than asked for,
and its `next` tells where to go on.
"""

SMALL: Final = 1_000
"""For a page of members, a room of up to this many members is sorted. For a larger room, the index of all people is
searched for its members.
"""

_STARTS_NAME, _STARTS_WORD, _WITHIN = range(3)

# The words of a name, each with the punctuation and spaces after it. A word consists of letters or of digits.
_words: Final = re.compile(r"(?:[^\W\d_]+|\d+)[\W_]*|[\W_]+").findall
_CONTROLS: Final = re.compile(r"[\x00-\x1f]")
_WORD: Final = "\x01"
_END: Final = "\n"
_ALSO: Final = "\x02"

Accept = Callable[[int], bool]


class Position(NamedTuple):
    """A place in the order of matches: the tier (how well the entry matches), its folded name, its id."""

    tier: int
    name: str
    id: int


BEGINNING: Final = Position(-1, "", 0)


def position_of(text: str) -> Position | None:
    """Return the position that a page's `next` describes, `BEGINNING` for an empty text; None for any other text."""
    if not text:
        return BEGINNING
    tier, _, rest = text.partition(" ")
    id_, _, name = rest.partition(" ")
    if tier in ("0", "1", "2") and id_.isascii() and id_.isdigit() and len(id_) < 16:
        return Position(int(tier), name, int(id_))
    return None


class Page(NamedTuple):
    """A page of entries.

    Attributes:
        ids: of rooms or users, in the order in which they are shown.
        next: where the next page begins, for `position_of`; empty after the last page. A page can be empty and have a
            next one.
    """

    ids: list[int]
    next: str


class _Matches(NamedTuple):
    """Matches in their order; `stop` is the last position that was looked at, None if nothing follows it."""

    positions: list[Position]
    stop: Position | None


class _Query:
    """The text that a user typed to find something.

    Attributes:
        first: its first word, folded; empty for a query that everything matches.
        others: its other words, which have to be anywhere.
        marked: `first` at the beginning of a word, as it is in the text of an entry.
    """

    __slots__ = ("first", "marked", "others")

    def __init__(self, typed: str) -> None:
        self.first, *self.others = _CONTROLS.sub(" ", search_fold(typed)).split() or [""]
        self.marked = _WORD + _mark(self.first)

    def tier(self, entry: str) -> int | None:
        """Return how an entry with this text matches; None if it does not."""
        plain = entry.replace(_WORD, "")
        if self.first not in plain or not all(other in plain for other in self.others):
            return None
        # A query contains no control characters, so it can't continue from the name into the text after it.
        if plain.startswith(self.first):
            return _STARTS_NAME
        return _STARTS_WORD if self.marked in entry else _WITHIN


class _Chunk:
    """A part of an index: its entries in their order, as (folded name, id), and their texts joined into one string for
    searching. The string is built when it is first needed.
    """

    __slots__ = ("_marked", "_plain", "keys")

    def __init__(self, keys: list[tuple[str, int]]) -> None:
        self.keys = keys
        self._plain = self._marked = ""

    def changed(self) -> None:
        self._plain = self._marked = ""

    def plain(self, entries: dict[int, str]) -> str:
        self._plain = self._plain or self.marked(entries).replace(_WORD, "")
        return self._plain

    def marked(self, entries: dict[int, str]) -> str:
        self._marked = self._marked or "".join([entries[id_] + _END for _, id_ in self.keys])
        return self._marked


class NameIndex:
    """Entries, each of an id and a name, in the order of their folded names.

    For each id, one text is kept: the folded name and the folded other text, with a mark before each word but the
    first. The texts without marks are made from it, because together they would take as much memory again.

    Args:
        entries: (id, name, another text by which the entry is found, e.g. a display name).
    """

    __slots__ = ("_chunks", "_entries")

    def __init__(self, entries: Iterable[tuple[int, str, str]] = ()) -> None:
        self._entries: dict[int, str] = {}
        keys = []
        for id_, name, also in entries:
            folded = _fold(name)
            self._entries[id_] = _entry(folded, also)
            keys.append((folded, id_))
        keys.sort()
        self._chunks = [_Chunk(keys[at : at + CHUNK]) for at in range(0, len(keys), CHUNK)]
        # Build the strings for searching now, while the server starts: otherwise the first search would have to wait
        # for it.
        for chunk in self._chunks:
            chunk.plain(self._entries)
            chunk.marked(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, id_: int, name: str, also: str = "") -> None:
        """Add an entry, or change it."""
        folded = _fold(name)
        entry = _entry(folded, also)
        known = self._entries.get(id_)
        if known == entry:
            return
        if known is not None:
            self.drop(id_)
        self._entries[id_] = entry
        key = folded, id_
        if not self._chunks:
            self._chunks.append(_Chunk([]))
        at = min(self._chunk_at(key), len(self._chunks) - 1)
        chunk = self._chunks[at]
        insort(chunk.keys, key)
        chunk.changed()
        if len(chunk.keys) > 2 * CHUNK:
            self._chunks.insert(at + 1, _Chunk(chunk.keys[CHUNK:]))
            del chunk.keys[CHUNK:]

    def drop(self, id_: int) -> None:
        """Remove an entry, if there is one."""
        entry = self._entries.pop(id_, None)
        if entry is None:
            return
        key = _name_of(entry), id_
        at = self._chunk_at(key)
        chunk = self._chunks[at]
        del chunk.keys[bisect_left(chunk.keys, key)]
        chunk.changed()
        if not chunk.keys:
            del self._chunks[at]

    def find(self, query: _Query, after: Position, limit: int, accept: Accept) -> _Matches:
        """Return the first accepted matches after a position."""
        positions: list[Position] = []
        last = after
        for looked_at, (position, matches) in enumerate(self._candidates(query, after)):
            if len(positions) == limit or looked_at == LOOKED_AT:
                return _Matches(positions, last)
            last = position
            if matches and accept(position.id):
                positions.append(position)
        return _Matches(positions, None)

    def find_among(self, ids: Iterable[int], query: _Query, after: Position) -> _Matches:
        """Return the matches after a position among the entries of a few ids. Ids without an entry are ignored."""
        entries = ((id_, entry) for id_ in ids if (entry := self._entries.get(id_)) is not None)
        found = (Position(tier, _name_of(e), id_) for id_, e in entries if (tier := query.tier(e)) is not None)
        return _Matches(sorted(position for position in found if position > after), None)

    def _candidates(self, query: _Query, after: Position) -> Iterator[tuple[Position, bool]]:
        """Yield the entries that may match, tier by tier, and for each whether it matches in this tier. It does not if
        it lacks another word of the query, or if an earlier tier has yielded it already.
        """
        for tier in range(max(after.tier, 0), _WITHIN + 1 if query.first else 1):
            begin = (after.name, after.id) if tier == after.tier else ("", -1)
            keys = (
                self._beginning_with(query.first, begin) if tier == _STARTS_NAME else self._having(query, tier, begin)
            )
            for name, id_ in keys:
                yield Position(tier, name, id_), query.tier(self._entries[id_]) == tier

    def _beginning_with(self, prefix: str, begin: tuple[str, int]) -> Iterator[tuple[str, int]]:
        begin = max(begin, (prefix, -1))
        for chunk in self._chunks[self._chunk_at(begin) :]:
            for key in chunk.keys[bisect_right(chunk.keys, begin) :]:
                if not key[0].startswith(prefix):
                    return
                yield key

    def _having(self, query: _Query, tier: int, begin: tuple[str, int]) -> Iterator[tuple[str, int]]:
        """Yield the entries after `begin` that have the query's first word, at the beginning of a word or anywhere."""
        for chunk in self._chunks[self._chunk_at(begin) :]:
            if tier == _STARTS_WORD:
                text, wanted = chunk.marked(self._entries), query.marked
            else:
                text, wanted = chunk.plain(self._entries), query.first
            first = bisect_right(chunk.keys, begin)
            line = counted = 0
            while (found := text.find(wanted, counted)) >= 0:
                line += text.count(_END, counted, found)
                if line >= first:
                    yield chunk.keys[line]
                counted = text.index(_END, found)

    def _chunk_at(self, key: tuple[str, int]) -> int:
        """Return the number of the first chunk that ends with this key or a later one."""
        return bisect_left(self._chunks, key, key=lambda chunk: chunk.keys[-1] if chunk.keys else ("", -1))


def _fold(name: str) -> str:
    """Return a name folded for searching. If folding changes nothing, that is the same object, which takes no more
    memory.
    """
    folded = search_fold(name)
    return name if folded == name else folded


def _mark(text: str) -> str:
    return _WORD.join(_words(text))


def _entry(folded: str, also: str) -> str:
    return _mark(f"{folded}{_ALSO}{_CONTROLS.sub(' ', search_fold(also))}" if also else folded)


def _name_of(entry: str) -> str:
    return entry.replace(_WORD, "").partition(_ALSO)[0]


def _page(sources: Iterable[_Matches], limit: int) -> Page:
    """Merge matches of several indexes. If the search of one index stopped early, the page ends there: this index may
    have further matches that come before later ones of the other indexes.
    """
    sources = list(sources)
    stops = [source.stop for source in sources if source.stop is not None]
    merged = sorted(position for source in sources for position in source.positions)
    if stops:
        merged = [position for position in merged if position <= min(stops)]
    if len(merged) > limit:
        del merged[limit:]
        stop: Position | None = merged[-1]
    else:
        stop = min(stops) if stops else None
    return Page([position.id for position in merged], "" if stop is None else f"{stop.tier} {stop.id} {stop.name}")


class Directory:
    """The rooms and the people of a server, by name. A fold over the logs, beside the state.

    All pages have these arguments:

    - query: what was typed; empty for everything. Entries whose name begins with its first word come first, then those
      in which a word begins with it, then those that have it anywhere; each in the order of names. Case, accents and
      strokes of letters do not count. Topics and display names are searched, too. Further words have to be anywhere.
    - after: the position at which the page before ended, or `BEGINNING`.
    - limit: the most entries.

    Args:
        state: the state. It must apply each event before the directory does.
    """

    def __init__(self, state: State) -> None:
        self._state: Final = state
        rooms = [room for room in state.rooms.values() if _index_of(room)]
        self._rooms: Final = {
            index: NameIndex((room.id, room.name, room.topic) for room in rooms if _index_of(room) == index)
            for index in ("open", "archived", "private")
        }
        self._people: Final = NameIndex((user.id, user.name, user.profile.display) for user in state.users.values())
        self._user_ids: Final = sorted(state.users)

    def apply(self, events: Iterable[Event]) -> None:
        """Apply events, in their order, after the state has applied them."""
        for event in events:
            if event.room == DIRECTORY:
                self._take_user(event.user)
                if event.about is not None:
                    self._take_user(event.about.user)
            elif event.kind in _OF_ROOMS:
                self._take_room(event.room)

    def rooms(self, user: int, query: str, after: Position, limit: int, *, archived: bool = False) -> Page:
        """Return the rooms that exist for a user, except direct ones: all public ones, and the private ones of which
        the user is a member.

        Args:
            user: their id; 0 for an observer.
            archived: whether archived rooms are shown, too.
        """
        state, wanted = self._state, _Query(query)

        def accept(id_: int) -> bool:
            return visible(state, state.rooms[id_], user)

        mine = [id_ for id_ in state.ids_of_rooms(user) if archived or not state.rooms[id_].archived]
        sources = [
            self._rooms["open"].find(wanted, after, limit, accept),
            self._rooms["private"].find_among(mine, wanted, after),
        ]
        if archived:
            sources.append(self._rooms["archived"].find(wanted, after, limit, accept))
        return _page(sources, limit)

    def all_rooms(self, query: str, after: Position, limit: int) -> Page:
        """Return all public and private rooms. Only the machine's owner may see this list: it has private rooms of
        others.
        """
        wanted = _Query(query)
        return _page([index.find(wanted, after, limit, _anything) for index in self._rooms.values()], limit)

    def people(self, query: str, after: Position, limit: int) -> Page:
        """Return the users who hold a name: accounts that are not disabled, and guests."""
        users = self._state.users
        return _page([self._people.find(_Query(query), after, limit, lambda id_: not users[id_].disabled)], limit)

    def members(self, room: Room, query: str, after: Position, limit: int) -> Page:
        """Return the members of a room who hold a name."""
        if len(room.members) <= SMALL:
            return _page([self._people.find_among(room.members, _Query(query), after)], limit)
        return _page([self._people.find(_Query(query), after, limit, room.members.__contains__)], limit)

    def users_after(self, id_: int, limit: int) -> list[int]:
        """Return the ids of the first `limit` users after the id `id_`, in ascending order, disabled accounts too."""
        begin = bisect_right(self._user_ids, id_)
        return self._user_ids[begin : begin + limit]

    def _take_room(self, id_: int) -> None:
        room = self._state.rooms[id_]
        current = _index_of(room)
        for name, index in self._rooms.items():
            if name == current:
                index.put(id_, room.name, room.topic)
            else:
                index.drop(id_)

    def _take_user(self, id_: int) -> None:
        user = self._state.users.get(id_)
        at = bisect_left(self._user_ids, id_)
        known = at < len(self._user_ids) and self._user_ids[at] == id_
        if user is None:
            self._people.drop(id_)
            if known:
                del self._user_ids[at]
            return
        self._people.put(id_, user.name, user.profile.display)
        if not known:
            self._user_ids.insert(at, id_)


_OF_ROOMS: Final[Collection[str]] = frozenset(("created", "private", "room_renamed", "topic", "archived", "reopened"))


def _index_of(room: Room) -> str:
    """Return the index that a room belongs to; empty for the directory and for direct rooms."""
    if room.id == DIRECTORY or room.kind == "direct":
        return ""
    if room.private:
        return "private"
    return "archived" if room.archived else "open"


def _anything(id_: int) -> bool:
    return True
