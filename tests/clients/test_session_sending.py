"""Messages and requests: each is sent once, and in order within its conversation."""

from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import AskMembers, AskRooms, ChangeTopic, Kind, OutboxEntry, Quit, TakeName
from tests.clients.talk import Talk, events, room


def send(key: str, text: str) -> dict[str, object]:
    return {"t": "send", "key": key, "room": 1, "text": text}


def stored(key: str, seq: int) -> dict[str, object]:
    return {"t": "stored", "key": key, "room": 1, "seq": seq}


def refused(code: str, **more: object) -> dict[str, object]:
    return {"t": "error", "code": code, "message": f"{code}.", **more}


def entry(key: str, text: str, kind: Kind = "message") -> OutboxEntry:
    """Return the outbox entry of a message that a member wrote in the lobby."""
    return OutboxEntry(key, "#lobby", text, kind, room=1, epoch="e1")


def in_lobby() -> Talk:
    talk = Talk().ready(room(10, 10))
    talk.sent()
    talk.told()
    return talk


def test_one_message_of_a_conversation_is_under_way_at_a_time() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.session.say("lobby", "waves", talk.now, "action")
    assert talk.told() == [fx.Keep(entry("k1", "one")), fx.Keep(entry("k2", "waves", "action"))]
    assert talk.sent() == [send("k1", "one")]
    talk.server(stored("k1", 11))
    assert talk.told() == [fx.Settle(entry("k1", "one"), "stored", 1, 11)]
    assert talk.sent() == [{**send("k2", "waves"), "kind": "action"}]


def test_a_message_is_kept_before_it_is_sent() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    assert [type(effect).__name__ for effect in talk.session.effects()] == ["Keep", "Transmit"]


def test_too_fast_is_tried_again_with_the_same_key_and_nothing_overtakes() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.session.say("lobby", "two", talk.now)
    talk.sent()
    talk.server(refused("too_fast", key="k1", retry_after=400))
    assert talk.sent() == []
    assert talk.session.deadline == talk.now + 0.4
    talk.wait(0.5)
    assert talk.sent() == [send("k1", "one")]


def test_queries_pass_a_postponed_message() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.server(refused("not_stored", key="k1", retry_after=400))
    talk.sent()
    talk.ask(AskRooms())
    assert talk.sent() == [{"t": "rooms", "id": "r1"}]
    talk.server({"t": "rooms", "id": "r1", "rooms": []})
    assert isinstance(talk.told()[-1], fx.Answered)


def test_a_query_waits_for_the_message_before_it() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.ask(AskRooms())
    talk.session.say("lobby", "two", talk.now)
    assert talk.sent() == [send("k1", "one")]
    talk.server(stored("k1", 11))
    assert talk.sent() == [{"t": "rooms", "id": "r1"}, send("k2", "two")]


def test_a_message_refused_for_good_does_not_hold_up_the_next() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "\x07", talk.now)
    talk.session.say("lobby", "two", talk.now)
    talk.server(refused("text_invalid", key="k1"))
    assert talk.told()[-1] == fx.Settle(entry("k1", "\x07"), "refused", why="text_invalid.")
    assert talk.sent()[-1] == send("k2", "two")


def test_a_message_too_long_for_a_frame_is_not_sent() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "€" * 8000, talk.now)
    talk.session.say("lobby", "two", talk.now)
    settle = talk.told()[1]
    assert isinstance(settle, fx.Settle)
    assert settle.state == "refused"
    assert talk.sent() == [send("k2", "two")]


def test_after_a_lost_connection_the_same_key_comes_first() -> None:
    talk = in_lobby()
    one = talk.session.say("lobby", "one", talk.now)
    two = talk.session.say("lobby", "two", talk.now)
    assert talk.session.is_in_doubt(one)
    assert not talk.session.is_in_doubt(two)
    talk.cut()
    talk.session.say("lobby", "three", talk.now)
    talk.sent()
    talk.ready(room(11, 10), token=None).server(events(11))
    assert talk.sent()[1:] == [send("k1", "one")]
    talk.server(stored("k1", 11))
    assert talk.sent() == [send("k2", "two")]


def test_messages_from_an_earlier_run_join_their_room_and_come_first_in_it() -> None:
    talk = Talk(token="T1", entries=[OutboxEntry("old", "#tea", "earlier")])
    talk.session.say("tea", "now", talk.now)
    talk.ready(room(10, 10), token=None)
    assert talk.sent()[1:] == [{"t": "join", "name": "tea", "id": "r1"}]
    talk.server({"t": "joined", "id": "r1", "room": room(5, 4, id_=2, name="tea")})
    assert talk.sent() == [{"t": "send", "key": "old", "room": 2, "text": "earlier"}]
    talk.server({"t": "stored", "key": "old", "room": 2, "seq": 6})
    assert talk.sent() == [{"t": "send", "key": "k1", "room": 2, "text": "now"}]


# Queues ---------------------------------------------------------------------------------------------------------------


def in_two_rooms() -> Talk:
    talk = Talk().ready(room(10, 10), room(10, 10, id_=2, name="tea"))
    talk.sent()
    talk.told()
    return talk


def test_a_room_that_is_being_joined_holds_up_only_its_own_messages() -> None:
    talk = in_lobby()
    talk.session.say("tea", "one", talk.now)
    talk.session.say("lobby", "two", talk.now)
    assert talk.sent() == [{"t": "join", "name": "tea", "id": "r1"}, send("k2", "two")]


def test_slow_mode_in_one_room_does_not_hold_up_another() -> None:
    talk = in_two_rooms()
    talk.session.say("tea", "one", talk.now)
    talk.session.say("tea", "two", talk.now)
    talk.sent()
    talk.server(refused("slow", key="k1", retry_after=5000))
    talk.session.say("lobby", "three", talk.now)
    assert talk.sent() == [send("k3", "three")]
    talk.server(stored("k3", 11)).wait(4.9)
    assert talk.sent() == []
    assert talk.wait(0.2).sent() == [{"t": "send", "key": "k1", "room": 2, "text": "one"}]


def test_a_message_without_an_answer_does_not_hold_up_another_conversation() -> None:
    talk = in_two_rooms()
    for number, where in enumerate(("tea", "lobby", "tea", "lobby")):
        talk.session.say(where, str(number), talk.now)
    assert [frame["key"] for frame in talk.sent()] == ["k1", "k2"]
    talk.server(stored("k2", 11))
    assert [frame["key"] for frame in talk.sent()] == ["k4"]
    assert [entry.key for entry in talk.session.unsent] == ["k1", "k3", "k4"]


def test_after_a_lost_connection_every_conversation_goes_on_with_its_first_message() -> None:
    talk = in_two_rooms()
    for number, where in enumerate(("tea", "lobby", "tea")):
        talk.session.say(where, str(number), talk.now)
    assert [talk.session.is_in_doubt(entry) for entry in talk.session.unsent] == [True, True, False]
    talk.cut().sent()
    talk.ready(room(10, 10), room(10, 10, id_=2, name="tea"), token=None)
    assert [frame["key"] for frame in talk.sent()[1:]] == ["k1", "k2"]


def test_when_the_server_is_busy_everything_waits() -> None:
    talk = in_two_rooms()
    talk.session.say("lobby", "one", talk.now)
    talk.server(refused("too_fast", key="k1", retry_after=400))
    talk.sent()
    talk.session.say("tea", "two", talk.now)
    assert talk.sent() == []
    assert [frame["key"] for frame in talk.wait(0.5).sent()] == ["k1", "k2"]


def test_messages_to_one_person_stay_in_order_when_their_room_becomes_known() -> None:
    talk = in_lobby()
    talk.session.tell("Eve", "one", talk.now)
    talk.server({"t": "joined", "room": room(0, 0, id_=5, name="eve", kind="direct")})
    talk.session.say("@eve", "two", talk.now)
    assert [frame["t"] for frame in talk.sent()] == ["tell"]
    talk.server({"t": "stored", "key": "k1", "room": 5, "seq": 1})
    assert talk.sent() == [{"t": "send", "key": "k2", "room": 5, "text": "two"}]


def test_messages_to_one_room_stay_in_order_under_its_old_and_its_new_name() -> None:
    talk = in_two_rooms()
    talk.session.say("hall", "zero", talk.now)
    talk.session.say("tea", "one", talk.now)
    renamed = {"seq": 11, "at": 0, "user": 9, "name": "eve", "kind": "room_renamed", "text": "hall"}
    talk.server({"t": "events", "room": 2, "events": [renamed]})
    talk.session.say("hall", "two", talk.now)
    assert [frame.get("key") for frame in talk.sent()] == [None, "k2", "k1"]
    talk.server({"t": "stored", "key": "k2", "room": 2, "seq": 12})
    assert talk.sent() == []
    talk.server({"t": "stored", "key": "k1", "room": 2, "seq": 13})
    assert [frame["key"] for frame in talk.sent()] == ["k3"]


def test_messages_to_a_room_stay_in_order_while_it_is_renamed() -> None:
    talk = in_two_rooms()
    talk.session.say("tea", "one", talk.now)
    renamed = {"seq": 11, "at": 0, "user": 9, "name": "eve", "kind": "room_renamed", "text": "hall"}
    talk.server({"t": "events", "room": 2, "events": [renamed]})
    talk.session.say("hall", "two", talk.now)
    assert [frame["key"] for frame in talk.sent()] == ["k1"]


def test_a_request_waits_until_its_room_is_joined_again() -> None:
    talk = in_lobby()
    talk.cut()
    talk.ask(ChangeTopic("lobby", "x"))
    talk.ask(AskMembers("lobby"))
    talk.ready(token=None)
    assert [frame["t"] for frame in talk.sent()] == ["hello", "join"]
    talk.server({"t": "joined", "id": "r1", "room": room(11, 10)})
    assert [frame["t"] for frame in talk.sent()] == ["topic"]


def test_a_request_waits_only_for_the_messages_of_its_room() -> None:
    talk = in_two_rooms()
    talk.session.say("tea", "one", talk.now)
    talk.ask(ChangeTopic("tea", "x"))
    talk.ask(ChangeTopic("lobby", "y"))
    talk.ask(AskMembers("tea"))
    assert [frame["t"] for frame in talk.sent()] == ["send", "topic"]
    talk.server({"t": "stored", "key": "k1", "room": 2, "seq": 11})
    assert [(frame["t"], frame["room"]) for frame in talk.sent()] == [("topic", 2)]
    talk.server({"t": "done", "id": "r2"})
    assert [frame["t"] for frame in talk.sent()] == ["members"]


def test_a_message_goes_out_under_the_name_that_it_was_written_under() -> None:
    talk = in_two_rooms()
    talk.session.say("tea", "one", talk.now)
    talk.ask(TakeName("robert"))
    talk.session.say("lobby", "two", talk.now)
    talk.ask(AskMembers("tea"))
    assert [frame["t"] for frame in talk.sent()] == ["send"]
    talk.server({"t": "stored", "key": "k1", "room": 2, "seq": 11})
    assert [frame["t"] for frame in talk.sent()] == ["rename"]
    talk.server({"t": "done", "id": "r1"})
    assert [frame["t"] for frame in talk.sent()] == ["members", "send"]


def test_a_new_name_does_not_wait_for_slow_mode() -> None:
    talk = in_two_rooms()
    talk.session.say("tea", "one", talk.now)
    talk.ask(TakeName("robert"))
    talk.sent()
    talk.server(refused("slow", key="k1", retry_after=5000))
    assert [frame["t"] for frame in talk.sent()] == ["rename"]


def test_nothing_is_sent_that_was_said_after_quit() -> None:
    talk = in_two_rooms()
    talk.session.say("lobby", "one", talk.now)
    talk.ask(Quit())
    talk.session.say("tea", "two", talk.now)
    assert talk.sent() == [send("k1", "one")]
    assert [frame["t"] for frame in talk.server(stored("k1", 11)).sent()] == ["bye"]
    assert [entry.key for entry in talk.session.unsent] == ["k2"]


# Refusals ------------------------------------------------------------------------------------------------------------


def test_a_refused_join_refuses_the_message_that_waits_for_it() -> None:
    talk = in_lobby()
    talk.session.say("a b", "one", talk.now)
    talk.server(refused("room_invalid", id="r1"))
    assert talk.told()[-1] == fx.Settle(OutboxEntry("k1", "#a b", "one"), "refused", why="room_invalid.")


def test_a_room_left_on_another_device_is_joined_once_to_send_a_message() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.server({"t": "left", "room": 1, "seq": 11}, refused("room_not_joined", key="k1"))
    assert talk.sent()[-1] == {"t": "join", "name": "lobby", "id": "r1"}
    talk.server({"t": "joined", "id": "r1", "room": room(12, 11)}, refused("room_not_joined", key="k1"))
    assert talk.told()[-1] == fx.Settle(entry("k1", "one"), "refused", why="room_not_joined.")


def test_room_not_joined_leads_to_a_join() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.server(refused("room_not_joined", key="k1"))
    assert talk.sent()[-1] == {"t": "join", "name": "lobby", "id": "r1", "seen": {"epoch": "e1", "seq": 10}}
    talk.server({"t": "joined", "id": "r1", "room": room(11, 10)})
    assert talk.sent() == [send("k1", "one")]


def test_stored_with_another_key_settles_nothing() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.told()
    talk.server(stored("k0", 11))
    assert talk.told() == []


def test_name_needed_leads_to_a_new_hello() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.server(refused("name_needed", key="k1"))
    assert talk.told()[-1] == fx.Hangup("name_needed.")
    talk.sent()
    assert talk.cut().connect().sent()[0]["token"] == "T1"


def test_tell_goes_to_a_person() -> None:
    talk = in_lobby()
    talk.session.tell("eve", "psst", talk.now)
    assert talk.sent() == [{"t": "tell", "key": "k1", "to": "eve", "text": "psst"}]
    talk.server(refused("user_unknown", key="k1"))
    assert talk.told()[-1] == fx.Settle(OutboxEntry("k1", "@eve", "psst"), "refused", why="user_unknown.")


def test_quit_waits_for_everything_before_it() -> None:
    talk = in_lobby()
    talk.session.say("lobby", "one", talk.now)
    talk.ask(AskRooms())
    talk.ask(Quit())
    talk.server(stored("k1", 11))
    assert talk.sent() == [send("k1", "one"), {"t": "rooms", "id": "r1"}]
    talk.server({"t": "rooms", "id": "r1", "rooms": []})
    assert talk.sent() == [{"t": "bye"}]


def test_an_unanswered_query_is_sent_again() -> None:
    talk = in_lobby()
    talk.ask(AskRooms())
    talk.sent()
    talk.cut().ready(room(10, 10), token=None)
    assert talk.sent()[-1] == {"t": "rooms", "id": "r2"}
    talk.server({"t": "rooms", "id": "r2", "rooms": []})
    answer = talk.told()[-1]
    assert isinstance(answer, fx.Answered)
    assert answer.request == AskRooms()


def test_an_unanswered_rename_is_repeated_only_if_it_was_not_done() -> None:
    for name, expected in (("robert", ["hello"]), ("bob", ["hello", "rename"])):
        talk = in_lobby()
        talk.ask(TakeName("robert"))
        talk.sent()
        talk.cut().ready(room(11, 10), token=None, name=name)
        assert [frame["t"] for frame in talk.sent()] == expected


def test_a_request_about_another_room_fails() -> None:
    talk = in_lobby()
    request = talk.ask(ChangeTopic("tea", "x"))
    assert talk.told() == [fx.Failed(request, "room_not_joined", "You are not in #tea. Join it first.")]
