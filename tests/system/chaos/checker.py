"""The checker compares what clients were told and shown with what is on disk, promise by promise. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .record import (
    Event,
    House,
    LineAccount,
    Message,
    Page,
    Place,
    Room,
    Stored,
    Stretch,
    Violation,
    WebAccount,
    departed,
    mark_of,
    secret_of,
)

MOST = 5
"""At most this many violations of one sort are reported for one client's record or one log."""


def check(hub: House, webs: Sequence[WebAccount], lines: Sequence[LineAccount]) -> list[Violation]:
    """Return all violations."""
    book = _read(hub, _erased_texts(hub, webs))
    found = [*_logs(hub), *_marks(hub, webs, lines), *_doors(hub)]
    for web in webs:
        for part in (
            _acks(hub, book, web),
            _refusals(book, web),
            _retold(hub, web),
            _order(web),
            _streams(hub, web),
            _pages(hub, web),
            _overheard(book, web.client, web.user, web.heard),
        ):
            found += _first(part)
    for line in lines:
        # The user id of a line connection is not known: it is one of the users who have had its name.
        as_each = [
            [*_first(_line(hub, book, line, user)), *_first(_overheard(book, line.name, user, line.heard))]
            for user in book.names.get(line.name, [0])
        ]
        found += min(as_each, key=len)
    return found


class _Book(NamedTuple):
    """Indexes of the log.

    Attributes:
        keys: the place of each key's message.
        marks: the room of each marked message, its number among the room's marked messages, and its seq.
        names: the users of each name, in order: a guest who comes again is a new user. Line clients never rename.
        secrets: by mark, the events of private rooms that contain it.
        changed: by room, the numbers of those marked messages that were edited or erased, or that are in a thread.
    """

    keys: dict[tuple[int, str], Place]
    marks: dict[str, tuple[int, int, int]]
    names: dict[str, list[int]]
    secrets: dict[str, list[tuple[Room, Stored]]]
    changed: dict[int, set[int]]


STATE = ("created", "topic", "room_renamed")
"""Events whose content users who join later may also see, because it is the room's current state."""


def _erased_texts(hub: House, webs: Sequence[WebAccount]) -> dict[Place, str]:
    """Return the texts of erased messages, from the clients that sent them or were shown them."""
    texts: dict[Place, str] = {}
    for web in webs:
        for message in web.messages:
            for place in message.acks[:1]:
                texts[place] = message.text
        for stretch in web.stretches:
            for event in stretch.events:
                if event.kind in ("message", "action") and not event.erased:
                    texts.setdefault((stretch.room, event.seq), event.text)
    return {place: text for place, text in texts.items() if (stored := _at(hub, place)) is not None and stored.sum}


def _read(hub: House, erased: dict[Place, str]) -> _Book:
    book = _Book({}, {}, {}, {}, {})
    # A join by name without an invitation creates a public room of that name. The name is then not secret.
    public = {event.text for room in hub.values() if not room.private for event in room.log[:1]}
    for room in hub.values():
        number = 0
        if room.private:
            for event in room.log:
                known = event.kind == "created" and event.text in public
                if event.kind != "joined" and not known and (secret := secret_of(event.text)):
                    book.secrets.setdefault(secret, []).append((room, event))
        for event in room.log:
            if event.key is not None:
                book.keys.setdefault((event.user, event.key), (room.id, event.seq))
            if event.kind == "named":
                book.names.setdefault(event.text, []).append(event.user)
            elif event.kind in ("message", "action"):
                mark = mark_of(erased.get((room.id, event.seq), event.text))
                if mark:
                    book.marks.setdefault(mark, (room.id, number, event.seq))
                    number += 1
                if event.sum or event.seq in room.edits or not event.listed:
                    book.changed.setdefault(room.id, set()).add(number - 1)
    return book


def _first(found: Iterable[Violation]) -> Iterator[Violation]:
    for count, violation in enumerate(found):
        if count == MOST:
            return
        yield violation


# Sentence 3, and the keys of sentence 2: the logs by themselves


def _logs(hub: House) -> Iterator[Violation]:
    holders: dict[tuple[int, str], Place] = {}
    for room in hub.values():
        for expected, event in enumerate(room.log, 1):
            if event.seq != expected:
                words = f"the log of room {room.id} has seq {event.seq} where {expected} belongs"
                yield Violation(3, "gap", words, room.id, expected)
                break
        for event in room.log:
            if event.key is None:
                continue
            first = holders.setdefault((event.user, event.key), (room.id, event.seq))
            if first != (room.id, event.seq):
                words = f"user {event.user}'s key {event.key} is stored at {first} and again"
                yield Violation(2, "doubled", words, room.id, event.seq)


def _doors(hub: House) -> Iterator[Violation]:
    """Check that only invited users join private rooms. A kick or a ban ends the invitation."""
    for room in hub.values():
        if not room.private:
            continue
        welcome: set[int] = {room.log[0].user}
        banned: set[int] = set()
        for event in room.log:
            if event.kind in ("invited", "role"):
                welcome.add(event.about)
            elif event.kind in ("kicked", "banned"):
                welcome.discard(event.about)
                if event.kind == "banned":
                    # A ban replaces an earlier one, whether that has an end or not.
                    (banned.discard if event.until else banned.add)(event.about)
            elif event.kind == "unbanned":
                banned.discard(event.about)
            elif event.kind == "joined" and (event.user not in welcome or event.user in banned):
                words = f"user {event.user} came into private room {room.id} and was not invited"
                yield Violation(0, "uninvited", words, room.id, event.seq)


def _marks(hub: House, webs: Sequence[WebAccount], lines: Sequence[LineAccount]) -> Iterator[Violation]:
    """Check that each message of any dialect is stored at most once, and that only messages are stored that were
    sent.
    """
    sent = {mark for line in lines for mark in line.sent}
    sent.update(mark_of(message.text) for web in webs for message in web.messages)
    places: dict[str, Place] = {}
    for room in hub.values():
        for event in room.log:
            if event.kind not in ("message", "action") or not (mark := mark_of(event.text)):
                continue
            if mark not in sent:
                yield Violation(2, "phantom", f"nobody sent {mark}, and it is stored", room.id, event.seq)
            first = places.setdefault(mark, (room.id, event.seq))
            if first != (room.id, event.seq):
                yield Violation(2, "doubled", f"{mark} is stored at {first} and again", room.id, event.seq)


# Sentences 1 and 2: answers to senders


def _acks(hub: House, book: _Book, web: WebAccount) -> Iterator[Violation]:
    for message in web.messages:
        for place in message.acks:
            if problem := _ack(hub, book, web, message, place):
                yield problem
                break


def _ack(hub: House, book: _Book, web: WebAccount, message: Message, place: Place) -> Violation | None:
    what = f"{web.client} was told that {message.key} is stored at {place}"
    if place != message.acks[0]:
        return Violation(2, "ack elsewhere", f"{what}, after it was told {message.acks[0]}", *place)
    stored = _at(hub, place)
    if stored is not None and (stored.user, stored.key) == (web.user, message.key):
        if stored.text != message.text and not stored.sum:
            return Violation(2, "changed", f"{what}, and its text is another one: {stored.text[:80]!r}", *place)
        if message.room is not None and place[0] != message.room:
            return Violation(2, "ack elsewhere", f"{what}, and it was for room {message.room}", *place)
        return None
    actual = book.keys.get((web.user, message.key))
    if actual is None:
        return Violation(1, "lost", f"{what}, and it is nowhere", *place)
    return Violation(2, "ack elsewhere", f"{what}, and it is at {actual}", *place)


def _refusals(book: _Book, web: WebAccount) -> Iterator[Violation]:
    for message in web.messages:
        if message.refused and (place := book.keys.get((web.user, message.key))):
            words = f"{web.client} was told that {message.key} is not stored ({message.refused}), and it is"
            yield Violation(1, "refused yet stored", words, *place)


def _retold(hub: House, web: WebAccount) -> Iterator[Violation]:
    """Check that a key was taken with another text only if the text of its message had been erased."""
    for place, key in web.retold:
        stored = _at(hub, place)
        if stored is None or not stored.sum:
            yield Violation(2, "forgotten", f"{web.client}: {key} was taken with another text", *place)


def _order(web: WebAccount) -> Iterator[Violation]:
    last: dict[tuple[int, int], tuple[int, str]] = {}
    for message in web.messages:
        if not message.at_once:
            continue
        room, seq = message.acks[0]
        before, key = last.get((message.connection, room), (0, ""))
        if seq <= before:
            words = f"{web.client} sent {message.key} after {key} on one connection, and it is stored before it"
            yield Violation(3, "out of order", words, room, seq)
        last[message.connection, room] = (seq, message.key)


# Sentences 1, 3 and 4: events shown to members


def _streams(hub: House, web: WebAccount) -> Iterator[Violation]:
    for stretch in web.stretches:
        room = hub.get(stretch.room)
        if room is None:
            yield Violation(1, "phantom", f"{web.client} was shown a room that does not exist", stretch.room)
            continue
        if room.members is not None and web.user not in room.members:
            yield Violation(0, "overheard", f"{web.client} was shown a direct room of others", room.id)
        elif room.private and web.user not in room.spans:
            yield Violation(0, "overheard", f"{web.client} was shown a private room that it was never in", room.id)
        if stretch.epoch != room.epoch:
            words = f"{web.client} was given the epoch {stretch.epoch}, and it is {room.epoch}"
            yield Violation(4, "wrong epoch", words, room.id)
        yield from _stretch(room, web, stretch)


def _stretch(room: Room, web: WebAccount, stretch: Stretch) -> Iterator[Violation]:
    first = stretch.events[0] if stretch.events else None
    if stretch.owner_joined and first is not None and (first.kind, first.user) != ("joined", web.user):
        words = f"{web.client} joined, and its stream began with {_short(first)} instead of its own joined"
        yield Violation(4, "wrong beginning", words, room.id, first.seq)
    if stretch.rejoined and not room.joined(web.user, stretch.after + 1):
        words = f"{web.client} had seen some of it before, and its stream did not begin with its own joined"
        yield Violation(4, "gap", words, room.id, stretch.after + 1)
    expected = stretch.after + 1
    for event in stretch.events:
        if stretch.present and not any(stored.listed for stored in room.log[expected - 1 : event.seq - 1]):
            expected = max(expected, event.seq)
        if event.seq > expected:
            words = f"{web.client} was shown {event.seq} where {expected} belongs"
            yield Violation(4, "gap", words, room.id, expected)
        elif event.seq < expected:
            words = f"{web.client} was shown {event.seq} again, after {expected - 1}"
            yield Violation(3, "doubled" if _was_shown(stretch, event) else "out of order", words, room.id, event.seq)
        if problem := _differs(room, event, edited=stretch.present):
            yield Violation(problem[0], problem[1], f"{web.client} was shown {problem[2]}", room.id, event.seq)
        elif room.private and not room.may_see(web.user, event.seq):
            words = f"{web.client} was shown what happened in a private room when it was not in it: {_short(event)}"
            yield Violation(0, "overheard", words, room.id, event.seq)
        expected = event.seq + 1
    if stretch.put_out and stretch.events and departed(stretch.events[-1]) != web.user:
        words = f"{web.client} was told that it is not in the room any more, and not why: {_short(stretch.events[-1])}"
        yield Violation(4, "gap", words, room.id, stretch.seen + 1)


def _was_shown(stretch: Stretch, event: Event) -> bool:
    return stretch.after < event.seq and sum(each.seq == event.seq for each in stretch.events) > 1


def _differs(room: Room, event: Event, *, edited: bool = False) -> tuple[int, str, str] | None:
    """Return how an event differs from the one on disk. With `edited`, it may have the text of an edit."""
    if not 0 < event.seq <= len(room.log):
        return 1, "shown before durable", f"what is not on disk: {_short(event)}"
    actual = room.log[event.seq - 1]
    stored = actual.shown
    if (event.seq, event.user, event.kind) == (stored.seq, stored.user, stored.kind):
        if actual.sum:
            # It was erased: what the client was shown before has to be what the kept hash is of.
            if event.sum in ("", actual.sum):
                return None
            return 1, "changed", f"{_short(event)}, and the hash that was kept of it is of something else"
        if event.erased and actual.kept and room.private:
            # The text is withheld, as the change is of a message from before the client came.
            return None if event.sum == actual.kept else (1, "changed", f"{_short(event)}, with another hash")
        is_same = event[2:6] == stored[2:6] and event.target in (0, stored.target)
        if is_same or (edited and event.text in room.edits.get(event.seq, ())):
            return None
    return 1, "shown before durable", f"{_short(event)}, and on disk is {_short(stored)}"


def _pages(hub: House, web: WebAccount) -> Iterator[Violation]:
    for page in web.pages:
        room = hub.get(page.room)
        if room is None:
            yield Violation(1, "phantom", f"{web.client} was given a page of a room that does not exist", page.room)
            continue
        if room.members is not None and web.user not in room.members:
            yield Violation(0, "overheard", f"{web.client} was given a page of a direct room of others", room.id)
        elif room.private and web.user not in room.spans:
            yield Violation(0, "overheard", f"{web.client} was given a page of a private room it was never in", room.id)
        if page.epoch != room.epoch:
            words = f"{web.client} was given a page of epoch {page.epoch}, and it is {room.epoch}"
            yield Violation(4, "wrong epoch", words, room.id)
        for event in page.events:
            if problem := _differs(room, event, edited=page.said):
                yield Violation(
                    problem[0], problem[1], f"{web.client} was given on a page {problem[2]}", room.id, event.seq
                )
            elif room.private and not room.may_see(web.user, event.seq):
                words = f"{web.client} was given on a page of a private room what was before it came: {_short(event)}"
                yield Violation(0, "overheard", words, room.id, event.seq)
        yield from _page(room, web, page)


def _page(room: Room, web: WebAccount, page: Page) -> Iterator[Violation]:
    """Check that a page has the events just before or after a seq, without gaps, and at most as many as requested.

    In a private room, a page must begin at the reader's last join before the request.
    """
    problems = [_hole(room, page, floor) for floor in room.floors(web.user)]
    if not problems or "" in problems:
        return
    got = [event.seq for event in page.events]
    asked = f"before={page.before} after={page.after} limit={page.limit}"
    words = f"{web.client} asked for {asked} and got {got[:3]}...{got[-3:]}: {problems[-1]}"
    yield Violation(4, "gap", words, room.id, got[0] if got else None)


def _hole(room: Room, page: Page, floor: int) -> str:
    """Return the fault of a page for a user who may see the events from `floor` on; empty if there is none."""
    wanted = [e.seq for e in room.log if e.seq >= floor and (not page.said or e.kind in ("message", "action"))]
    got = [event.seq for event in page.events]
    if page.said:
        # A page of messages has only those that were not erased at that time.
        gone = {event.seq for event in room.log if event.sum}
        wanted, got = [seq for seq in wanted if seq not in gone], [seq for seq in got if seq not in gone]
    if page.after is not None:
        # Later events may have followed after the request, so `more` cannot be checked.
        following = [seq for seq in wanted if seq > page.after]
        right, rest = got == following[: len(got)], False
    else:
        # Without `before` the page ends at the room's tip at that time.
        end = page.before if page.before is not None else (got[-1] + 1 if got else 1)
        preceding = [seq for seq in wanted if seq < end]
        right, rest = got == preceding[len(preceding) - len(got) :], len(preceding) > len(got)
    if not right or len(page.events) > page.limit or (not page.events and rest and page.before is not None):
        return "it has holes"
    return "there is more, and it says that there is not" if rest and not page.more else ""


# Private rooms: marks in any bytes


def _overheard(book: _Book, client: str, user: int, heard: set[str]) -> Iterator[Violation]:
    """Check that no client was sent anything of a private room from a time when its user was not a member."""
    for mark in sorted(heard & book.secrets.keys()):
        if any(_may_hear(room, event, user) for room, event in book.secrets[mark]):
            continue
        room, event = book.secrets[mark][0]
        words = f"{client} was sent <{mark}>, the {event.kind} of a private room it was not in"
        yield Violation(0, "overheard", words, room.id, event.seq)


def _may_hear(room: Room, event: Stored, user: int) -> bool:
    if room.may_see(user, event.seq):
        return True
    if event.kind not in STATE:
        return False
    # Invited users may know the name; members may know all events of their memberships.
    return user in room.spans or (event.kind != "topic" and any(e.about == user for e in room.log))


# The line dialect


def _line(hub: House, book: _Book, line: LineAccount, user: int) -> Iterator[Violation]:
    """Check that a line client saw each room's messages in order, once, and without gaps between the first and the
    last.
    """
    last: dict[int, tuple[int, int]] = defaultdict(lambda: (-1, 0))
    for mark in line.shown:
        if mark not in book.marks:
            yield Violation(1, "shown before durable", f"{line.name} was shown {mark}, which is not on disk")
            continue
        room, number, seq = book.marks[mark]
        if not hub[room].may_see(user, seq):
            yield Violation(0, "overheard", f"{line.name} was shown {mark} of a room that is not for it", room, seq)
        before, before_seq = last[room]
        if number == before:
            yield Violation(3, "doubled", f"{line.name} was shown {mark} twice", room)
        elif number < before:
            yield Violation(3, "out of order", f"{line.name} was shown {mark} after a later message", room)
        elif (
            before >= 0
            # An edited message may have been shown with another text; an erased one, or one of a thread, not at all.
            and not book.changed.get(room, set()).issuperset(range(before + 1, number))
            and not _was_away(hub[room], user, before_seq, seq)
        ):
            yield Violation(4, "gap", f"{line.name} missed {number - before - 1} messages before {mark}", room)
        last[room] = (number, seq)


def _was_away(room: Room, user: int, after: int, before: int) -> bool:
    """Return whether the user was out of a private room at some time between two events."""
    return room.private and any(after < first <= before for first, _ in room.spans.get(user, ()))


def _at(hub: House, place: Place) -> Stored | None:
    room = hub.get(place[0])
    return room.log[place[1] - 1] if room is not None and 0 < place[1] <= len(room.log) else None


def _short(event: Event) -> str:
    return f"{event.seq} {event.kind} of {event.name} {event.text[-60:]!r}"
