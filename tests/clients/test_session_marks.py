"""Unread counts, and the acknowledgements of shown events."""

from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import JoinRoom, LeaveRoom, Quit, SetLevel
from parley.wire import web
from tests.clients.talk import Frame, Talk, events, page, ready, room


def marked(tip: int, after: int | None, **marks: object) -> Frame:
    """Return a room object with the user's counts."""
    return room(tip, after) | {"receipts": True} | marks


def said(seq: int, *mentions: int, user: int = 9, kind: str = "message") -> Frame:
    event = {"seq": seq, "at": 0, "user": user, "name": "eve", "kind": kind, "text": "hi", "mentions": list(mentions)}
    return {"t": "events", "room": 1, "events": [event]}


def unread(talk: Talk) -> tuple[int, int]:
    marks = talk.session.unread_in("lobby")
    assert marks is not None
    return marks.unread, marks.mentions


def acknowledges(talk: Talk, *read: int) -> list[Frame]:
    """Return the frames of an acknowledgement."""
    talk.sent()
    talk.session.acknowledge(read)
    return talk.sent()


def test_new_messages_are_added_to_the_servers_count() -> None:
    talk = Talk().ready(marked(10, 8, read=7, unread=2, mentions=1))
    talk.server(events(9, 10))  # these are in the counts already
    assert unread(talk) == (2, 1)
    talk.server(said(11), said(12, 7), said(13, 0), said(14, 8, 7), said(15, kind="action"), said(16, kind="topic"))
    assert unread(talk) == (7, 4)
    talk.server(said(17, user=7), said(18, 0, user=7))  # the user's own messages
    assert unread(talk) == (7, 4)


def test_reading_on_another_device_lowers_the_count() -> None:
    talk = Talk().ready(marked(10, 10, read=7, unread=3, mentions=1))
    talk.server({"t": "unread", "room": 1, "read": 10, "upto": 10})
    assert unread(talk) == (0, 0)
    talk.server(said(11))
    assert unread(talk) == (1, 0)
    assert [(place.name, marks.unread) for place, marks in talk.session.unread] == [("lobby", 1)]


def test_events_older_than_the_count_are_not_counted_twice() -> None:
    talk = Talk().ready(marked(10, 10))
    talk.server({"t": "unread", "room": 1, "read": 9, "upto": 13, "unread": 3, "mentions": 1})
    talk.server(events(11, 12, 13))
    assert unread(talk) == (3, 1)
    talk.server(events(14))
    assert unread(talk) == (4, 1)


def test_only_shown_events_are_acknowledged() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 8)]).ready(
        marked(12, 10, read=8, unread=4), token=None
    )
    talk.server(events(11, 12))  # these are held back until 9 and 10 have come
    assert acknowledges(talk) == []
    talk.server(page("r1", 9, 10))
    assert acknowledges(talk) == [{"t": "got", "room": 1, "seq": 12}]
    assert acknowledges(talk) == []  # it is acknowledged only once


def test_read_implies_got() -> None:
    talk = Talk().ready(marked(10, 10, read=10))
    talk.server(events(11, 12))
    assert acknowledges(talk, 1) == [{"t": "read", "room": 1, "seq": 12}]
    talk.server({"t": "unread", "room": 1, "read": 12, "upto": 12})
    assert acknowledges(talk, 1) == []


def test_a_room_that_nobody_looks_at_is_not_read() -> None:
    talk = Talk().ready(marked(10, 10, read=10))
    talk.server(events(11))
    assert acknowledges(talk, 2) == [{"t": "got", "room": 1, "seq": 11}]
    assert acknowledges(talk, 1) == [{"t": "read", "room": 1, "seq": 11}]


def test_without_receipts_only_read_is_sent() -> None:
    talk = Talk().ready(marked(10, 10, read=10, receipts=False))
    talk.server(events(11))
    assert acknowledges(talk) == []
    assert acknowledges(talk, 1) == [{"t": "read", "room": 1, "seq": 11}]


def test_own_messages_are_not_acknowledged() -> None:
    talk = Talk().ready(marked(10, 10, read=10))
    talk.server(said(11, user=7), said(12, kind="joined"))
    assert acknowledges(talk, 1) == []


def test_an_acknowledgement_lost_with_the_connection_is_sent_again() -> None:
    talk = Talk().ready(marked(10, 10, read=10))
    talk.server(events(11))
    assert acknowledges(talk, 1) == [{"t": "read", "room": 1, "seq": 11}]
    talk.cut()
    assert acknowledges(talk, 1) == []  # there is no connection
    talk.connect().server(ready(marked(11, 11, read=10, unread=1), token=None))
    assert acknowledges(talk, 1) == [{"t": "read", "room": 1, "seq": 11}]
    talk.cut().connect().server(ready(marked(11, 11, read=11), token=None))
    assert acknowledges(talk, 1) == []


def test_a_device_that_skipped_unread_messages_does_not_acknowledge_them() -> None:
    talk = Talk().ready()
    talk.ask(JoinRoom("lobby", lead=2))
    talk.server({"t": "joined", "id": "r1", "room": marked(10, 10, read=5, unread=5)}, page("r2", 9, 10), events(11))
    assert talk.shown() == [9, 10, 11]
    assert acknowledges(talk) == []  # 6, 7 and 8 were never shown here
    # But they are read, as the user was told their number.
    assert acknowledges(talk, 1) == [{"t": "read", "room": 1, "seq": 11}]
    talk.server({"t": "unread", "room": 1, "read": 11, "upto": 11}, events(12))
    assert acknowledges(talk) == [{"t": "got", "room": 1, "seq": 12}]


def test_a_device_that_has_shown_all_unread_messages_acknowledges_them() -> None:
    talk = Talk().ready()
    talk.ask(JoinRoom("lobby", lead=2))
    talk.server({"t": "joined", "id": "r1", "room": marked(10, 10, read=8, unread=2)}, page("r2", 9, 10))
    assert acknowledges(talk) == [{"t": "got", "room": 1, "seq": 10}]


def test_senders_and_observers_acknowledge_nothing() -> None:
    talk = Talk(follow=False).ready(marked(10, 10, read=5, unread=5))
    talk.server(events(11))
    assert acknowledges(talk, 1) == []
    talk = Talk(watching=True).ready(marked(10, 10, read=5, unread=5))
    assert acknowledges(talk, 1) == []


def test_quitting_acknowledges_first() -> None:
    talk = Talk().ready(marked(10, 10, read=10))
    talk.server(events(11))
    talk.sent()
    talk.ask(Quit())
    assert talk.sent() == [{"t": "got", "room": 1, "seq": 11}, {"t": "bye"}]


def test_a_room_being_left_is_not_acknowledged() -> None:
    talk = Talk().ready(marked(10, 10, read=10))
    talk.ask(LeaveRoom("lobby"))
    talk.server(events(11))
    assert acknowledges(talk, 1) == []


def test_the_level_of_a_room_follows_the_server() -> None:
    talk = Talk().ready(marked(10, 10, level="all"))
    talk.sent()
    marks = talk.session.unread_in("lobby")
    assert marks is not None
    assert marks.level == "all"
    request = talk.ask(SetLevel("lobby", "nothing"))
    assert talk.sent() == [{"t": "prefer", "id": "r1", "room": 1, "level": "nothing"}]
    talk.server({"t": "preferred", "room": 1, "level": "nothing"}, {"t": "done", "id": "r1"})
    assert marks.level == "nothing"
    assert fx.Answered(request, web.Done(), talk.session.place_of("lobby")) in talk.told()


def test_an_unanswered_level_is_sent_again() -> None:
    talk = Talk().ready(marked(10, 10))
    talk.ask(SetLevel("lobby", "all"))
    talk.cut().ready(marked(10, 10), token=None)
    assert talk.sent()[-1] == {"t": "prefer", "id": "r2", "room": 1, "level": "all"}


def test_counts_of_unknown_rooms_are_ignored() -> None:
    talk = Talk().ready(marked(10, 10))
    talk.server(
        {"t": "unread", "room": 5, "read": 1, "upto": 2},
        {"t": "preferred", "room": 5, "level": "all"},
        {"t": "preferred", "hours": {"begin": 1, "end": 2}},
        {"t": "marks", "room": 1, "marks": [[9, 10, 10]]},
    )
    assert unread(talk) == (0, 0)
    assert talk.told()[-1:] != [fx.Hangup()]
    assert talk.session.phase.name == "READY"
