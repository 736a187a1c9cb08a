"""Accounts: signing in and out, invitations; the owner of an account never becomes a guest."""

import json

import pytest

from parley.clients.keep.identity import invitation_code
from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol import effects as fx
from parley.clients.protocol.connection_state import Phase
from parley.clients.protocol.greeting import ACCOUNT_FIRST
from parley.clients.protocol.requests import MakeAccount, OutboxEntry, Quit, Secret
from tests.clients.talk import Talk, events, ready, room

HELLO = {"t": "hello", "protocol": 1}


def error(code: str, **more: object) -> dict[str, object]:
    return {"t": "error", "code": code, "message": f"{code}.", **more}


def signed_in(*rooms: dict[str, object], **options: object) -> Talk:
    talk = Talk(token="S1", account=True, **options).ready(*rooms, token=None, role="member")
    talk.sent()
    talk.told()
    return talk


def test_the_name_of_an_account_asks_for_the_password() -> None:
    talk = Talk().connect()
    assert talk.sent() == [{**HELLO, "name": "bob"}]
    talk.server(error("password_needed"))
    assert talk.told() == [fx.AskPassword("password_needed", "password_needed.")]
    talk.session.take_password(Secret("swordfish"), talk.now)
    assert talk.sent() == [{**HELLO, "name": "bob", "password": "swordfish"}]
    talk.server(ready(token="S1", role="member"))
    assert talk.told() == [fx.Remember("bob", "S1", fresh=True, account=True), fx.Online("bob", first=True)]


def test_after_a_sign_in_the_token_is_kept_and_the_password_dropped() -> None:
    talk = Talk(password=Secret("swordfish")).connect()
    assert talk.sent() == [{**HELLO, "name": "bob", "password": "swordfish"}]
    talk.server(ready(token="S1", role="member"))
    assert talk.cut().connect().sent() == [{**HELLO, "token": "S1"}]
    talk.server(error("token_unknown"))
    assert [type(effect) for effect in talk.told()][-1] is fx.AskPassword
    assert talk.sent() == []


def test_a_connection_that_ends_before_the_answer_does_not_ask_again() -> None:
    talk = Talk(password=Secret("swordfish")).connect()
    assert talk.cut().connect().sent() == [{**HELLO, "name": "bob", "password": "swordfish"}] * 2


@pytest.mark.parametrize("refusal", [error("sign_in_wrong"), error("sign_in_throttled", retry_after=5000)])
def test_a_refused_sign_in_asks_again(refusal: dict[str, object]) -> None:
    talk = Talk(password=Secret("sardine")).connect().server(refusal)
    assert talk.told() == [fx.AskPassword(str(refusal["code"]), str(refusal["message"]))]
    talk.sent()
    talk.session.take_password(Secret("swordfish"), talk.now)
    assert talk.sent() == [{**HELLO, "name": "bob", "password": "swordfish"}]


def test_a_sign_in_refused_for_a_moment_is_tried_again_with_the_same_password() -> None:
    talk = Talk(password=Secret("swordfish")).connect().server(error("not_read", retry_after=1000))
    assert [type(effect) for effect in talk.told()] == [fx.Hangup]
    talk.sent()
    assert talk.cut().connect().sent() == [{**HELLO, "name": "bob", "password": "swordfish"}]


@pytest.mark.parametrize("code", ["token_unknown", "session_unknown"])
def test_a_revoked_session_never_makes_a_guest(code: str) -> None:
    talk = Talk(token="S1", account=True, seen=[LastSeen(1, "lobby", "public", "e1", 9)]).connect()
    talk.session.say("lobby", "hi", talk.now)
    talk.sent()
    talk.server(error(code))
    told = talk.told()
    assert told[1:3] == [fx.Disown("S1"), fx.SignedOut(f"{code}.")]
    assert isinstance(told[3], fx.AskPassword)
    assert talk.sent() == []
    talk.session.lost(talk.now)
    assert talk.session.connect_at is None
    talk.session.take_password(Secret("swordfish"), talk.now)
    (hello,) = talk.connect().sent()
    assert (hello["name"], hello["password"]) == ("bob", "swordfish")
    # It is the same user, so the seen seqs stay valid and queued messages are sent.
    assert hello["seen"] == [{"room": 1, "epoch": "e1", "seq": 9}]
    talk.server(ready(room(10, 9), token="S2", role="member"), events(10))
    assert talk.shown() == [10]
    assert talk.sent() == [{"t": "send", "key": "k1", "room": 1, "text": "hi"}]


def test_an_account_without_a_token_sends_no_hello_before_the_password() -> None:
    """With the name alone, the user would become a guest if the account was deleted meanwhile."""
    talk = Talk(account=True).connect()
    assert talk.sent() == []
    assert [type(effect) for effect in talk.told()] == [fx.AskPassword]
    talk.session.take_name("ada", talk.now)
    assert talk.sent() == [{**HELLO, "name": "ada"}]


def test_a_session_revoked_while_in_use_signs_in_again() -> None:
    talk = signed_in(room(10, 10))
    talk.server(error("session_unknown"), {"t": "bye", "reason": "session"})
    assert talk.told() == [
        fx.Disown("S1"),
        fx.SignedOut("session_unknown."),
        fx.Hangup("you were signed out"),
    ]
    talk.cut().connect()
    assert talk.sent() == []
    assert talk.session.phase is Phase.ASKING


def test_a_guest_with_an_unknown_token_starts_anew() -> None:
    talk = Talk(token="T1").connect().server(error("token_unknown"))
    assert [type(effect) for effect in talk.told()] == [fx.Disown, fx.NewIdentity]
    assert talk.sent()[-1] == {**HELLO, "name": "bob"}


def test_a_disabled_account_ends_the_session_with_the_reason() -> None:
    talk = Talk(token="S1", account=True).connect().server(error("account_disabled"))
    assert talk.told() == [fx.Hangup("account_disabled."), fx.Over("account_disabled.")]


def test_a_members_only_server_asks_for_the_name_of_an_account() -> None:
    talk = Talk(token="T1").connect().server(error("sign_in_needed"))
    assert talk.told() == [fx.AskName("sign_in_needed", "sign_in_needed.")]
    talk.sent()
    talk.session.take_name("ada", talk.now)
    assert talk.sent() == [{**HELLO, "name": "ada"}]  # without the guest's token


def test_an_invitation_is_asked_for_until_it_is_valid() -> None:
    talk = Talk().connect().server(error("invitation_needed"))
    assert talk.told() == [fx.AskInvitation("invitation_needed", "invitation_needed.")]
    talk.sent()
    talk.session.take_invitation("old", talk.now)
    assert talk.sent() == [{**HELLO, "name": "bob", "invitation": "old"}]
    talk.server(error("invitation_unknown"))
    assert talk.told() == [fx.AskInvitation("invitation_unknown", "invitation_unknown.")]
    talk.session.take_invitation("new", talk.now)
    talk.server(ready())
    talk.sent()
    assert talk.cut().connect().sent() == [{**HELLO, "token": "T1"}]


def test_an_invitation_for_an_account_is_kept_for_register() -> None:
    talk = Talk(invitation="code").connect().server(error("account_needed"))
    assert talk.told() == [fx.InvitationKept()]
    assert talk.sent() == [{**HELLO, "name": "bob", "invitation": "code"}, {**HELLO, "name": "bob"}]
    talk.server(ready())
    talk.ask(MakeAccount(Secret("swordfish")))
    assert talk.sent() == [{"t": "register", "password": "swordfish", "invitation": "code", "id": "r1"}]


def test_an_invitation_for_an_account_on_a_server_without_guests() -> None:
    talk = Talk(invitation="code").connect().server(error("account_needed"), error("invitation_needed"))
    assert talk.told()[-1] == fx.AskInvitation("account_needed", ACCOUNT_FIRST)
    talk.sent()
    talk.session.take_invitation("another", talk.now)
    assert talk.sent() == [{**HELLO, "name": "bob", "invitation": "another"}]


@pytest.mark.parametrize(
    "given", ["c0de", " c0de\n", "https://chat.example/join/c0de", "http://h:1/join/c0de/", "http://h/join/c0de?x#y"]
)
def test_an_invitation_may_be_given_as_a_link(given: str) -> None:
    assert invitation_code(given) == "c0de"


def test_a_guest_makes_an_account_and_keeps_the_token() -> None:
    talk = Talk().ready()
    talk.told()
    talk.sent()
    request = talk.ask(MakeAccount(Secret("swordfish")))
    assert talk.sent() == [{"t": "register", "password": "swordfish", "id": "r1"}]
    talk.server({"t": "done", "id": "r1"})
    told = talk.told()
    assert told[0] == fx.Remember("bob", "T1", fresh=False, account=True)
    assert isinstance(told[1], fx.Answered)
    assert told[1].request is request
    # From now on, an unknown token must not make the user a guest.
    talk.cut().connect().server(error("token_unknown"))
    assert isinstance(talk.told()[-1], fx.AskPassword)


@pytest.mark.parametrize(("role", "again"), [("member", False), ("guest", True)])
def test_an_unanswered_register_is_repeated_if_there_is_no_account(role: str, again: bool) -> None:
    talk = Talk().ready()
    talk.ask(MakeAccount(Secret("swordfish")))
    talk.sent()
    talk.cut().ready(token=None, role=role)
    assert [frame["t"] for frame in talk.sent()] == ["hello", *["register"] * again]


def test_a_password_is_not_in_any_repr() -> None:
    talk = Talk(password=Secret("swordfish")).ready()
    request = talk.ask(MakeAccount(Secret("swordfish")))
    assert "swordfish" not in repr([request, *talk.told_all(), vars(talk.session)])


def test_quitting_leaves_no_rooms_of_an_account() -> None:
    talk = signed_in(room(10, 10))
    talk.ask(Quit("see you"))
    talk.server({"t": "bye"})
    assert talk.told() == [fx.Hangup(), fx.Over()]
    assert [seen.seq for seen in talk.session.seen] == [10]


def test_a_room_that_an_account_has_left_is_not_joined_again() -> None:
    """The user has left it on another device, or was kicked."""
    talk = signed_in(room(10, 10), room(5, 5, id_=2, name="tea"))
    talk.cut()
    talk.session.say("tea", "hi", talk.now)
    talk.ready(room(10, 10), token=None, role="member")
    gone = [effect for effect in talk.told() if isinstance(effect, fx.Exited)]
    assert [(each.place.name, each.asked) for each in gone] == [("tea", False)]
    # The message may be stored already: it is sent again, without a join.
    assert [frame["t"] for frame in talk.sent()] == ["hello", "send"]
    talk.server(error("room_not_joined", key="k1"))
    assert talk.told()[-1] == fx.Settle(
        OutboxEntry("k1", "#tea", "hi", room=2, epoch="e1"), "refused", why="room_not_joined."
    )
    assert talk.sent() == []


def test_a_message_stored_before_a_kick_is_recognised() -> None:
    talk = signed_in(room(5, 5, id_=2, name="tea"))
    talk.session.say("tea", "hi", talk.now)
    talk.cut().ready(token=None, role="member")
    assert talk.sent()[-1] == {"t": "send", "key": "k1", "room": 2, "text": "hi"}
    talk.server({"t": "stored", "key": "k1", "room": 2, "seq": 6})
    assert talk.told()[-1] == fx.Settle(OutboxEntry("k1", "#tea", "hi", room=2, epoch="e1"), "stored", 2, 6)


def test_two_devices_of_one_account_use_different_keys() -> None:
    from parley.clients.keep.message_keys import KeySequence

    keys = [KeySequence() for _ in range(2)]
    made = [new_key() for _ in range(500) for new_key in keys]
    assert len(set(made)) == len(made)


def test_a_shortened_hello_still_has_the_password() -> None:
    many = [LastSeen(number, f"room{number}", "public", "0123456789abcdef", 10**9) for number in range(1000)]
    (hello,) = Talk(password=Secret("swordfish"), seen=many).connect().sent()
    assert hello["password"] == "swordfish"
    assert 100 < len(hello["seen"]) < 1000
    assert len(json.dumps(hello, separators=(",", ":"))) <= 16384
