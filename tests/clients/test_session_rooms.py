"""The events of a room are shown once and in order."""

import pytest

from parley.clients.model.room_ref import RoomRef
from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import After, ChangeTopic, JoinRoom, Last, LeaveRoom
from tests.clients.talk import Talk, events, page, ready, room, said


def place(epoch: str = "e1") -> RoomRef:
    return RoomRef(1, "lobby", "public", epoch)


def joined(talk: Talk, lead: int = 3) -> None:
    talk.ready()
    talk.ask(JoinRoom("lobby", lead))
    assert talk.sent()[-1] == {"t": "join", "name": "lobby", "id": "r1"}


def test_the_lead_is_shown_before_the_stream() -> None:
    talk = Talk()
    joined(talk)
    talk.server({"t": "joined", "id": "r1", "room": room(11, 10)}, events(11), events(12))
    assert talk.shown() == []
    (ask,) = talk.sent()
    assert ask == {"t": "history", "id": "r2", "room": 1, "before": 11, "limit": 3, "messages": True, "present": True}
    talk.server(page("r2", 5, 8, 9), events(13))
    shows = [effect for effect in talk.told() if isinstance(effect, fx.Show)]
    assert [show.lead for show in shows] == [True, False, False]
    assert [event.seq for show in shows for event in show.events] == [5, 8, 9, 11, 12, 13]


def test_a_new_room_is_shown_at_once() -> None:
    talk = Talk()
    joined(talk)
    talk.server({"t": "joined", "id": "r1", "room": room(2, 0)}, events(1, 2))
    assert talk.shown() == [1, 2]


def test_nothing_is_shown_twice() -> None:
    talk = Talk().ready(room(10, 10))
    talk.server(events(11, 12), events(12, 13), events(11))
    assert talk.shown() == [11, 12, 13]


def test_a_gap_ends_the_connection_and_is_filled_by_the_next() -> None:
    talk = Talk().ready(room(10, 10))
    talk.server(events(11), events(13), events(14))
    assert talk.shown() == [11]
    talk.sent()
    assert talk.cut().connect().sent()[0]["seen"] == [{"room": 1, "epoch": "e1", "seq": 11}]
    talk.server(ready(room(14, 11), token=None), events(12, 13, 14))
    assert talk.shown() == [12, 13, 14]


def test_events_before_the_stream_are_fetched_as_history() -> None:
    """This happens for instance with a room that did not fit into hello."""
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 4)]).ready(room(10, 10), token=None)
    talk.sent()
    talk.server(events(11))
    assert talk.shown() == []
    talk.server(page("r1", 5, 6, 7, more=True))
    assert talk.shown() == [5, 6, 7]
    assert talk.sent() == [{"t": "history", "id": "r2", "room": 1, "after": 7, "limit": 200}]
    talk.server(page("r2", 8, 9, 10, 11), events(12))  # 11 was in the stream already
    assert talk.shown() == [8, 9, 10, 11, 12]


def test_a_page_of_history_with_a_hole_is_not_shown() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 4)]).ready(room(10, 10), token=None)
    talk.server(page("r1", 5, 7))
    told = talk.told()
    assert not [effect for effect in told if isinstance(effect, fx.Show)]
    assert told[-1] == fx.Hangup("event 5 of #lobby is missing")


def test_a_page_may_have_a_run_in_place_of_its_events() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 4)], fold=True).ready(room(900, 900), token=None)
    assert talk.sent()[-1] == {"t": "history", "id": "r1", "room": 1, "after": 4, "limit": 200, "fold": True}
    run = {"first": 7, "last": 899, "newest": said(898, 899)}
    talk.server(page("r1", 5, 6, 900) | {"runs": [run]}, events(901))
    told = [effect for effect in talk.told() if isinstance(effect, fx.Show | fx.Folded)]
    shown = [
        [event.seq for event in effect.events] if isinstance(effect, fx.Show) else (effect.run.first, effect.run.last)
        for effect in told
    ]
    assert shown == [[5, 6], (7, 899), [900], [901]]
    assert talk.session.seen[0].seq == 901


def test_the_end_of_a_run_that_the_stream_has_as_well_is_shown_once() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 4)], fold=True).ready(room(20, 20), token=None)
    talk.server(page("r1") | {"runs": [{"first": 5, "last": 22, "newest": said(20, 21, 22)}]}, events(21, 22))
    told = [effect for effect in talk.told() if isinstance(effect, fx.Show | fx.Folded)]
    assert isinstance(told[0], fx.Folded)
    assert (told[0].run.first, told[0].run.last, [event.seq for event in told[0].run.newest]) == (5, 20, [20])
    assert isinstance(told[1], fx.Show)
    assert [event.seq for event in told[1].events] == [21, 22]


@pytest.mark.parametrize(("first", "last"), [(6, 9), (7, 9), (4, 4)])
def test_a_page_with_a_hole_before_a_run_is_not_shown(first: int, last: int) -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 4)], fold=True).ready(room(10, 10), token=None)
    talk.server(page("r1", 10) | {"runs": [{"first": first, "last": last, "newest": []}]})
    assert talk.told()[-1] == fx.Hangup("event 5 of #lobby is missing")


def test_the_last_of_a_watched_room_are_one_folded_page() -> None:
    talk = Talk(name=None, fold=True)
    talk.ask(JoinRoom("lobby", start=Last(20), restart=Last(20)))
    talk.connect().server(ready(token=None, user=None))
    talk.server({"t": "watching", "room": room(900, 900), "id": "r1"})
    assert talk.sent()[-1] == {"t": "history", "id": "r2", "room": 1, "before": 901, "limit": 20, "fold": True}
    talk.server(page("r2", 899, 900) | {"runs": [{"first": 2, "last": 898, "newest": []}]})
    told = [effect for effect in talk.told_all() if isinstance(effect, fx.Show | fx.Folded | fx.CaughtUp)]
    assert [type(effect) for effect in told] == [fx.Folded, fx.Show, fx.CaughtUp]
    assert talk.sent() == []


def test_catching_up_goes_on_after_a_lost_connection() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 4)]).ready(room(10, 10), token=None)
    talk.server(page("r1", 5, 6, more=True))
    talk.sent()
    assert talk.cut().connect().sent()[0]["seen"] == [{"room": 1, "epoch": "e1", "seq": 6}]


def test_a_restored_history_is_shown_again_and_told() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 120)]).ready(
        room(50, 50, epoch="e2"), token=None
    )
    assert fx.Rewound(place("e2")) in talk.told()
    assert talk.sent()[-1] == {
        "t": "history",
        "id": "r1",
        "room": 1,
        "before": 51,
        "limit": 20,
        "messages": True,
        "present": True,
    }
    talk.server(page("r1", 49, 50, epoch="e2"), events(51))
    assert talk.shown() == [49, 50, 51]
    assert [seen.epoch for seen in talk.session.seen] == ["e2"]


def test_a_log_shorter_than_the_seen_seq_is_another_history() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 120)]).ready(room(50, 50), token=None)
    assert fx.Rewound(place()) in talk.told()


def test_a_room_created_again_replaces_the_old_one() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 120)])
    talk.ready(room(3, 3, id_=4, epoch="e2"), token=None)
    told = talk.told()
    assert fx.Forget(1) in told
    assert [seen.room for seen in talk.session.seen] == [4]


def test_a_room_announced_twice_begins_once() -> None:
    talk = Talk().ready()
    talk.server({"t": "joined", "room": room(10, 10)}, events(11))
    talk.server({"t": "joined", "room": room(11, 10)}, events(12))
    assert talk.shown() == [11, 12]


def test_a_direct_room_begun_by_others_is_shown_from_its_beginning() -> None:
    talk = Talk(token="T1").ready(room(3, 3, name="eve", kind="direct"), token=None)
    assert talk.sent()[-1] == {"t": "history", "id": "r1", "room": 1, "after": 0, "limit": 200}
    talk.server(page("r1", 1, 2, 3))
    assert talk.shown() == [1, 2, 3]


def test_a_room_left_elsewhere_is_left() -> None:
    talk = Talk().ready(room(10, 10))
    talk.told()
    talk.server(events(11), {"t": "left", "room": 1, "seq": 11})
    assert talk.told()[1:] == [fx.Forget(1), fx.Exited(place(), asked=False)]
    assert talk.session.seen == []


def test_an_unanswered_leave_that_was_done_is_not_undone() -> None:
    talk = Talk().ready(room(10, 10))
    talk.ask(LeaveRoom("lobby", "bye"))
    assert talk.sent()[-1] == {"t": "leave", "room": 1, "words": "bye", "id": "r1"}
    talk.cut().ready(token=None)  # the room is not listed, so the user has left it
    assert talk.told()[-2:] == [fx.Forget(1), fx.Exited(place(), asked=True)]
    assert [frame["t"] for frame in talk.sent()] == ["hello"]


def test_an_unanswered_leave_that_was_not_done_is_repeated() -> None:
    talk = Talk().ready(room(10, 10))
    talk.ask(LeaveRoom("lobby"))
    talk.cut().ready(room(10, 10), token=None)
    assert talk.sent()[-1] == {"t": "leave", "room": 1, "id": "r2"}


def test_an_unanswered_topic_is_uncertain() -> None:
    talk = Talk().ready(room(10, 10))
    request = talk.ask(ChangeTopic("lobby", "tea"))
    talk.cut().ready(room(10, 10), token=None)
    assert talk.told()[-1] == fx.Uncertain(request)


def test_an_old_rename_does_not_change_the_current_name() -> None:
    talk = Talk(token="T1", seen=[LastSeen(1, "lobby", "public", "e1", 4)]).ready(room(5, 4), token=None, name="bobby")
    renamed = {"at": 0, "user": 7, "name": "rob", "kind": "renamed"}
    talk.server({"t": "events", "room": 1, "events": [{"seq": 5, "text": "robert", **renamed}]})
    assert talk.session.name == "bobby"
    talk.server({"t": "events", "room": 1, "events": [{"seq": 6, "text": "bert", **renamed}]})
    assert talk.session.name == "bert"
    assert talk.told()[-1] == fx.Remember("bert", "T1", fresh=False)


def test_typing_is_sent_every_three_seconds_at_most() -> None:
    talk = Talk().ready(room(10, 10))
    talk.sent()
    for _ in range(4):
        talk.session.typing("lobby", talk.now)
        talk.now += 1
    assert talk.sent() == [{"t": "typing", "room": 1}] * 2


def observer(start: After | Last) -> Talk:
    talk = Talk(name=None)
    talk.ask(JoinRoom("lobby", start=start, restart=After(0)))
    talk.connect()
    assert talk.sent() == [{"t": "hello", "protocol": 1}]
    talk.server(ready(token=None, user=None))
    assert talk.sent() == [{"t": "watch", "name": "lobby", "id": "r1"}]
    return talk


def test_an_observer_begins_where_it_asks_to() -> None:
    talk = observer(After(7))
    talk.server({"t": "watching", "id": "r1", "room": room(10, 10)}, page("r2", 8, 9, 10), events(11))
    assert talk.shown() == [8, 9, 10, 11]
    talk = observer(Last(2))
    talk.server({"t": "watching", "id": "r1", "room": room(10, 10)}, page("r2", 9, 10))
    assert talk.shown() == [9, 10]


def test_an_observer_goes_on_after_a_lost_connection() -> None:
    talk = observer(After(9))
    talk.server({"t": "watching", "id": "r1", "room": room(10, 10)}, page("r2", 10))
    talk.cut().connect().server(ready(token=None, user=None))
    assert talk.sent()[-1] == {"t": "watch", "name": "lobby", "id": "r3", "seen": {"epoch": "e1", "seq": 10}}
    talk.server({"t": "watching", "id": "r3", "room": room(11, 10)}, events(11))
    assert talk.shown() == [10, 11]


def test_an_observer_of_a_restored_room_starts_again() -> None:
    talk = observer(After(9))
    talk.server({"t": "watching", "id": "r1", "room": room(10, 10)}, page("r2", 10))
    talk.cut().connect().server(ready(token=None, user=None))
    talk.sent()
    talk.server({"t": "watching", "id": "r3", "room": room(2, 2, epoch="e2")}, page("r4", 1, 2, epoch="e2"))
    assert talk.shown() == [10, 1, 2]


def test_a_message_to_a_room_without_a_name_is_refused() -> None:
    talk = Talk().ready()
    talk.session.say("", "hi", talk.now)
    talk.ask(JoinRoom(""))
    join = talk.sent()[-1]
    refused = {"t": "error", "id": join["id"], "code": "name_invalid", "message": "That is no name."}
    talk.server(refused)
    assert not talk.session.unsent
    assert "That is no name." in {effect.why for effect in talk.told() if isinstance(effect, fx.Settle)}
    talk.server(refused | {"id": talk.sent()[0]["id"]})
    assert [effect.message for effect in talk.told() if isinstance(effect, fx.Failed)] == ["That is no name."]


def test_a_person_is_no_room_to_join_and_can_be_written_to() -> None:
    talk = Talk().ready()
    talk.ask(JoinRoom("@ada"))
    talk.session.say("@ada", "hi", talk.now)
    join = talk.sent()[-1]
    talk.server({"t": "error", "id": join["id"], "code": "name_invalid", "message": "That is no name."})
    assert [effect.message for effect in talk.told() if isinstance(effect, fx.Failed)] == ["That is no name."]
    assert [frame["t"] for frame in talk.sent()] == ["tell"]
