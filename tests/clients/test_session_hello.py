"""Hello: tokens and names."""

import json
from itertools import count
from typing import Any

from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol import effects as fx
from parley.clients.protocol.connection_state import Phase
from parley.clients.protocol.requests import Quit, Secret
from tests.clients.talk import Talk, events, ready, room

SEEN = LastSeen(1, "lobby", "public", "e1", 120)


def error(code: str, **more: object) -> dict[str, object]:
    return {"t": "error", "code": code, "message": f"{code}.", **more}


def test_a_new_guest_sends_a_name_and_gets_a_token() -> None:
    talk = Talk().connect()
    assert talk.sent() == [{"t": "hello", "protocol": 1, "name": "bob"}]
    talk.server(ready(token="T1"))
    assert talk.told() == [fx.Remember("bob", "T1", fresh=True), fx.Online("bob", first=True)]


def offering(**options: Any) -> Talk:
    """Return a session that makes the token of a new guest itself: C1, C2, ..."""
    numbers = count(1)
    return Talk(new_token=lambda: f"C{next(numbers)}", **options)


def test_a_new_guest_offers_the_same_token_until_the_server_has_answered() -> None:
    talk = offering().connect()
    # The token is stored before the hello is sent.
    first, second = talk.session.effects()
    assert first == fx.Offer("C1")
    assert isinstance(second, fx.Transmit)
    hello = {"t": "hello", "protocol": 1, "name": "bob", "new_token": "C1"}
    assert json.loads(second.frame) == hello
    for _ in range(2):
        talk.cut().connect()
        assert talk.sent() == [hello]
    talk.told()
    talk.server(ready(token="C1"))
    assert talk.told() == [fx.Remember("bob", "C1", fresh=True), fx.Online("bob", first=True)]
    talk.cut().connect()
    assert talk.sent() == [{"t": "hello", "protocol": 1, "token": "C1"}]


def test_a_token_that_was_offered_before_a_crash_is_offered_again() -> None:
    talk = offering(offered="C0").connect()
    assert talk.sent() == [{"t": "hello", "protocol": 1, "name": "bob", "new_token": "C0"}]
    assert talk.told() == []


def test_another_name_is_another_guest_with_another_token() -> None:
    talk = offering().connect().server(error("name_taken"))
    talk.session.take_name("robert", talk.now)
    assert [frame["new_token"] for frame in talk.sent()] == ["C1", "C2"]
    assert fx.Offer("C2") in talk.told()


def test_an_offered_token_whose_guest_is_gone_is_replaced() -> None:
    talk = offering(offered="C0").connect().server(error("token_unknown"))
    talk.cut().connect()
    assert [frame["new_token"] for frame in talk.sent()] == ["C0", "C1"]


def test_neither_an_account_nor_an_observer_offers_a_token() -> None:
    assert offering(name=None).connect().sent() == [{"t": "hello", "protocol": 1}]
    (hello,) = offering(account=True, password=Secret("pw")).connect().sent()
    assert "new_token" not in hello


def test_a_known_guest_sends_the_token_and_the_seen_seqs() -> None:
    talk = Talk(token="T1", seen=[SEEN]).connect()
    seen = [{"room": 1, "epoch": "e1", "seq": 120}]
    assert talk.sent() == [{"t": "hello", "protocol": 1, "token": "T1", "seen": seen}]
    talk.server(ready(room(122, 120), token=None), events(121, 122))
    assert talk.shown() == [121, 122]


def test_an_unknown_token_starts_a_new_guest_who_keeps_the_outbox() -> None:
    direct = LastSeen(5, "eve", "direct", "e1", 3)
    talk = Talk(token="old", seen=[SEEN, direct])
    talk.session.say("lobby", "hi", talk.now)
    talk.connect().sent()
    talk.server(error("token_unknown"))
    assert fx.NewIdentity(unsent=1) in talk.told()
    seen = [{"room": 1, "epoch": "e1", "seq": 120}]  # without the direct room, which belonged to the old guest
    assert talk.sent() == [{"t": "hello", "protocol": 1, "name": "bob", "seen": seen}]
    talk.server(ready(token="new", user=8))
    assert talk.told()[0] == fx.Remember("bob", "new", fresh=True)
    # The room is not listed, so it is joined again with its seen seq, and the message is sent after that.
    join = {"t": "join", "name": "lobby", "id": "r1", "seen": {"epoch": "e1", "seq": 120}}
    assert talk.sent() == [join]
    talk.server({"t": "joined", "id": "r1", "room": room(121, 120)})
    assert talk.sent() == [{"t": "send", "key": "k1", "room": 1, "text": "hi"}]


def test_a_guest_who_was_away_for_too_long_joins_before_the_outbox_goes_out() -> None:
    talk = Talk().ready(room(120, 120))
    talk.sent()
    talk.cut()
    for text in ("one", "two"):
        talk.session.say("lobby", text, talk.now)
    # The server has removed the guest from the room meanwhile.
    talk.ready(token=None)
    hello, join = talk.sent()
    assert (hello["t"], join["t"], join["seen"]) == ("hello", "join", {"epoch": "e1", "seq": 120})
    talk.server({"t": "joined", "id": join["id"], "room": room(122, 120)})
    assert talk.sent() == [{"t": "send", "key": "k1", "room": 1, "text": "one"}]
    talk.server({"t": "stored", "key": "k1", "room": 1, "seq": 123})
    assert talk.sent() == [{"t": "send", "key": "k2", "room": 1, "text": "two"}]
    assert not [effect for effect in talk.told() if isinstance(effect, fx.Settle) and effect.state == "refused"]


def test_a_taken_name_asks_for_another() -> None:
    talk = Talk().connect()
    talk.sent()
    talk.server(error("name_taken"))
    assert talk.told() == [fx.AskName("name_taken", "name_taken.")]
    talk.session.take_name("robert", talk.now)
    assert talk.sent() == [{"t": "hello", "protocol": 1, "name": "robert"}]


def test_a_name_lost_meanwhile_asks_for_another_and_keeps_the_token() -> None:
    talk = Talk(token="T1").connect()
    talk.sent()
    talk.server(error("name_taken"))
    talk.session.take_name("robert", talk.now)
    assert talk.sent() == [{"t": "hello", "protocol": 1, "name": "robert", "token": "T1"}]
    talk.server(ready(token=None, name="robert")).cut().connect()
    assert talk.sent() == [{"t": "hello", "protocol": 1, "token": "T1"}]


def test_a_connection_lost_while_asking_is_made_again_after_the_answer() -> None:
    talk = Talk().connect().server(error("name_taken"))
    talk.session.lost(talk.now)
    assert talk.session.connect_at is None
    talk.session.take_name("robert", talk.now)
    assert talk.session.connect_at == talk.now
    talk.sent()
    assert talk.connect().sent() == [{"t": "hello", "protocol": 1, "name": "robert"}]


def test_a_server_that_hangs_up_while_asking_is_connected_to_after_the_answer() -> None:
    talk = Talk().connect().server(error("name_taken"), error("hello_needed"))
    assert [type(effect) for effect in talk.told()] == [fx.AskName]
    talk.session.lost(talk.now)
    assert talk.told() == [fx.Offline("the connection ended", None)]


def test_a_token_of_another_client_can_be_taken() -> None:
    talk = Talk().connect().server(error("name_taken"))
    talk.sent()
    talk.session.take_token("bob", "theirs", talk.now)
    assert talk.sent() == [{"t": "hello", "protocol": 1, "token": "theirs"}]


def test_a_server_that_speaks_another_version_ends_the_session() -> None:
    talk = Talk().connect().server(error("protocol_unknown"))
    assert talk.told() == [fx.Hangup("protocol_unknown."), fx.Over("protocol_unknown.")]


def test_a_server_that_does_not_answer_hello_is_hung_up_on() -> None:
    talk = Talk().connect()
    assert talk.session.deadline == talk.now + 15
    talk.wait(15)
    assert talk.told() == [fx.Hangup("the server does not answer")]
    assert talk.session.phase is Phase.CLOSING


def test_very_many_rooms_do_not_make_the_hello_too_long() -> None:
    many = [LastSeen(number, f"room{number}", "public", "0123456789abcdef", 10**9) for number in range(1000)]
    (hello,) = Talk(token="T1", seen=many).connect().sent()
    assert 100 < len(hello["seen"]) < 1000


def test_the_delays_double_and_restart_after_a_good_connection() -> None:
    talk = Talk()
    delays = []
    for _ in range(9):
        talk.session.lost(talk.now)
        assert talk.session.connect_at is not None
        delays.append(talk.session.connect_at - talk.now)
        talk.now = talk.session.connect_at
    assert delays == [0.25, 0.5, 1, 2, 4, 8, 15, 15, 15]
    talk.ready()
    talk.wait(10)
    talk.session.lost(talk.now, "x")
    assert talk.told()[-1] == fx.Offline("x", 0.25)


def test_a_server_that_stops_says_when_to_come_back() -> None:
    talk = Talk().ready()
    talk.server({"t": "bye", "reason": "stopping", "retry_after": 4000})
    talk.session.lost(talk.now)
    assert talk.told()[-2:] == [fx.Hangup("the server is stopping"), fx.Offline("the server is stopping", 5.0)]


def test_bye_ends_the_session_and_forgets_the_seen_seqs() -> None:
    talk = Talk().ready(room(10, 10))
    talk.ask(Quit("see you"))
    assert talk.sent()[-1] == {"t": "bye", "words": "see you"}
    talk.server({"t": "bye"})
    assert talk.told()[-3:] == [fx.Forget(1), fx.Hangup(), fx.Over()]
    assert talk.session.seen == []


def test_quit_with_stay_sends_no_bye() -> None:
    talk = Talk().ready(room(10, 10))
    talk.told()
    talk.ask(Quit(stay=True))
    assert talk.told() == [fx.Hangup(), fx.Over()]
    assert [seen.seq for seen in talk.session.seen] == [10]


def test_an_unanswered_bye_ends_the_session() -> None:
    talk = Talk().ready()
    talk.ask(Quit())
    talk.told()
    talk.wait(5)
    assert talk.told() == [fx.Hangup(), fx.Over()]


def test_garbage_ends_the_connection_and_unknown_frames_do_not() -> None:
    talk = Talk().ready()
    talk.told()
    talk.server({"t": "fireworks"})
    assert talk.told() == []
    talk.session.receive("{", talk.now)
    (hangup,) = talk.told()
    assert isinstance(hangup, fx.Hangup)
    assert "could not be read" in hangup.why
