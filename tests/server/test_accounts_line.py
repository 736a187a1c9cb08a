"""Accounts on the line gateway, over real sockets."""

import asyncio

import pytest

from parley.core.commands import DeleteAccount, Disable, OpenDirect, SetPassword, SignOut
from parley.core.events import MACHINE
from parley.core.refusals import SENTENCES
from parley.server.auth.authenticator import Authenticator
from parley.storage.sqlite import FILE_NAME
from parley.storage.sqlite.doctor import examine
from tests.server.server_fixture import Line, Serve, Server, password_of, until

WRONG = SENTENCES["sign_in_wrong"]
ENDED = SENTENCES["session_unknown"]
UNKNOWN = SENTENCES["room_unknown"]


async def asked_for_password(server: Server, name: str) -> Line:
    line = await server.socket()
    await line.sees_characters("alias?")
    await line.says(name)
    await line.sees_characters("password?")
    return line


class Look:
    """Holds back the result of each password check.

    Attributes:
        looked: set once a password has been checked.
        go_on: the results are held back until this is set.
        times: how many passwords were checked.
    """

    def __init__(self) -> None:
        self.looked, self.go_on = asyncio.Event(), asyncio.Event()
        self.times = 0


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    moment = Look()
    verify = Authenticator._verify

    async def slowly(self: Authenticator, hashed: str | None, password: str) -> object:
        answer = await verify(self, hashed, password)
        moment.times += 1
        moment.looked.set()
        await moment.go_on.wait()
        return answer

    monkeypatch.setattr(Authenticator, "_verify", slowly)
    return moment


# Registration and sign-in


async def test_a_guest_registers_and_signs_in_with_the_password(server: Server) -> None:
    bob = await server.line("bob")
    eve = await server.line("eve")
    await bob.sees("eve has connected to the chat room")
    user = server.user("bob")
    await bob.says("/register correct horse", "/who")
    await bob.sees("Done. Your name is yours now.", "In #lobby: bob, eve")
    await bob.says("before")
    await bob.sees("bob: before")
    await bob.closes()
    # No line says that bob has left, because an account stays a member.
    await until(lambda: not server.connections("bob"))
    await eve.says("/who")
    await eve.sees("bob: before", "In #lobby: bob (away), eve")

    bob = await server.member("bob", "correct horse")
    assert bob.entrance == ["bob: before", "you are now connected!"]
    await bob.says("again")
    await bob.sees("bob: again")
    await eve.sees("bob: again")
    assert server.user("bob") == user


async def test_an_account_survives_a_restart_of_the_server(serve: Serve) -> None:
    server = await serve()
    bob = await server.line("bob")
    await bob.says("/register correct horse")
    await bob.sees("Done. Your name is yours now.")
    eve = await server.line("eve")
    await server.close()
    server.check_log()
    await eve.dispose()
    server = await serve()
    await until(lambda: server.members("lobby") == {"bob"})
    bob = await server.member("bob", "correct horse")
    assert bob.entrance == ["you are now connected!"]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/register", "Like this: /register PASSWORD"),
        ("/register short", SENTENCES["password_invalid"]),
        ("/register " + "x" * 257, SENTENCES["password_invalid"]),
        ("/password", "Like this: /password NEW"),
        ("/password long enough", SENTENCES["account_needed"]),
    ],
)
async def test_invalid_registrations_are_refused(server: Server, line: str, answer: str) -> None:
    bob = await server.line("bob")
    await bob.says(line)
    await bob.sees(answer)
    assert not server.hub.view.state.users[server.user("bob")].account


async def test_a_second_registration_is_refused(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("/register correct horse", "/register another horse")
    await bob.sees("Done. Your name is yours now.", SENTENCES["account_there"])
    await server.member("bob", "correct horse")


async def test_a_wrong_password_repeats_the_prompt_for_the_name(server: Server) -> None:
    await server.account("bob")
    bob = await asked_for_password(server, "bob")
    await bob.says("wrong")
    await bob.sees(WRONG)
    await bob.sees_characters("alias?")
    await bob.says("bob", password_of("bob"))
    await bob.sees_characters("password?")
    assert await bob.sees_until("you are now connected!")


async def test_an_empty_password_lets_the_user_choose_another_name(server: Server) -> None:
    await server.account("bob")
    bob = await asked_for_password(server, "BOB")
    await bob.says("")
    await bob.sees_characters("alias?")
    await bob.says("robert")
    await bob.sees("robert has connected to the chat room", "you are now connected!")


async def test_guesses_are_throttled_and_do_not_lock_the_owner_out(server: Server) -> None:
    await server.account("bob")
    bob = await server.socket()
    # The owner has signed in from 192.0.2.1 before, so failures from other addresses do not delay sign-ins from there.
    server.hub.authenticator._throttle.succeeded("bob", "192.0.2.1")
    for _ in range(6):
        await bob.says("bob", "a guess")
    await bob.sees_characters("alias?")
    for _ in range(5):
        await bob.sees_characters("password?")
        await bob.sees(WRONG)
        await bob.sees_characters("alias?")
    await bob.sees_characters("password?")
    await bob.sees("Too many attempts. Try again in 1 s.")
    await bob.sees_characters("alias?")
    assert await server.hub.authenticator.sign_in("bob", password_of("bob"), "192.0.2.1") == server.user("bob")


@pytest.mark.parametrize("name", ["bill", "Bill", "ＢＩＬＬ", "bіll", "bi11", "biIl"])
async def test_a_guest_cannot_take_an_accounts_name_in_any_spelling(server: Server, name: str) -> None:
    await server.account("bill")
    eve = await server.line("eve")
    await eve.says(f"/nick {name}")
    await eve.sees(f"The name {name} is taken. Choose another.")
    mallory = await server.socket()
    await mallory.sees_characters("alias?")
    await mallory.says(name)
    if name in ("bill", "Bill", "ＢＩＬＬ"):
        await mallory.sees_characters("password?")
    else:
        await mallory.sees(f"The name {name} is taken. Choose another.")


async def test_a_name_that_looks_like_an_accounts_cannot_be_registered(server: Server) -> None:
    mallory = await server.line("bi11")
    await server.account("bill")
    await mallory.says("/register correct horse")
    await mallory.sees("The name bi11 is taken. Choose another.")


async def test_of_two_simultaneous_registrations_of_look_alike_names_one_is_refused(server: Server) -> None:
    one, other = await server.line("bill"), await server.line("bi11")
    await one.sees("bi11 has connected to the chat room")
    await asyncio.gather(one.says("/register correct horse"), other.says("/register another horse"))
    answers = sorted([await one._line(), await other._line()])
    assert answers[0] == "Done. Your name is yours now."
    assert answers[1] in ("The name bill is taken. Choose another.", "The name bi11 is taken. Choose another.")


async def test_of_two_simultaneous_registrations_by_one_user_one_is_refused(server: Server) -> None:
    bob = await server.web("bob")
    other = await server.web(token=bob.token)
    await bob.sends(t="register", id="1", password="correct horse")
    await other.sends(t="register", id="2", password="another horse")
    answers = [await bob.gets_answer(), await other.gets_answer()]
    assert sorted(answer["t"] for answer in answers) == ["done", "error"]
    assert {answer.get("code") for answer in answers} == {None, "account_there"}
    right = "correct horse" if answers[0]["t"] == "done" else "another horse"
    await server.member("bob", right)


async def test_the_report_s_client_signs_in(server: Server) -> None:
    await server.account("bob")
    bob = await server.socket()
    await bob.sees_characters("alias?")
    await bob.sends(b"bob")
    await bob.sees_characters("password?")
    await bob.sends(f"bob: {password_of('bob')}".encode())
    await bob.sees_characters("bob has connected to the chat room\nyou are now connected!")
    await bob.sends(b"bob: hello")
    await bob.sees_characters("bob: hello")


async def test_the_report_s_client_accepts_a_password_with_a_colon(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("/register a: b: c: d")
    await bob.sees("Done. Your name is yours now.")
    bob = await server.socket()
    await bob.sees_characters("alias?")
    await bob.sends(b"bob")
    await bob.sees_characters("password?")
    await bob.sends(b"bob: a: b: c: d")
    await bob.sees_characters("you are now connected!")


# Returning to rooms


async def test_an_account_returns_to_all_its_rooms(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("/register correct horse", "/join tea", "/private den")
    await bob.sees(
        "Done. Your name is yours now.",
        "bob has connected to the chat room",
        "bob has connected to the chat room",
    )
    await bob.closes()
    await until(lambda: not server.connections("bob"))
    eve = await server.web("eve", "lobby", "tea")
    await eve.says(server.room("tea"), "leaves", "k1")
    bob = await server.member("bob", "correct horse")
    assert bob.entrance == ["you are now connected!"]
    await eve.says(server.room("tea"), "more leaves", "k2")
    await bob.sees("#tea eve: more leaves")
    await eve.says(1, "hi", "k3")
    await bob.sees("eve: hi")
    await bob.says("/rooms")
    await bob.sees("  #den (1 person, private)", "* #lobby (2 people)", "  #tea (2 people)")


async def test_an_account_without_rooms_returns_to_the_lobby_and_gets_direct_messages(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("/register correct horse")
    await bob.sees("Done. Your name is yours now.")
    eve = await server.web("eve")
    await eve.sends(t="tell", key="k1", to="bob", text="psst")
    await bob.sees("eve -> you: psst")
    await bob.says("/leave")
    await bob.sees("bob has left the chat room!", "You are in no room now. /join ROOM takes you into one.")
    await bob.closes()
    await until(lambda: not server.connections("bob"))
    bob = await server.member("bob", "correct horse")
    assert bob.entrance == ["bob has connected to the chat room", "you are now connected!"]
    await eve.sends(t="tell", key="k2", to="bob", text="still here?")
    await bob.sees("eve -> you: still here?")


async def test_a_direct_room_of_three_reaches_all_three_and_nobody_else(server: Server) -> None:
    ann, bob = await server.web("ann"), await server.line("bob")
    eve, zoe = await server.web("eve"), await server.web("zoe")
    await ann.sends(t="gather", id="1", names=["bob", "eve"])
    assert {(await ann.gets_answer())["t"], (await ann.gets_answer())["t"]} == {"joined", "done"}
    room = server.hub.view.state.next_room - 1
    joined = await eve.gets_answer()
    assert (joined["room"]["id"], joined["room"]["kind"], joined["room"]["name"]) == (room, "direct", "ann, bob")
    await ann.says(room, "hi, both", "k1")
    await bob.sees("ann -> you: hi, both")
    assert [event.get("text") for event in await eve.gets_events(room, 5)][-1] == "hi, both"
    # Each set of people has one direct room.
    events = await server.does(OpenDirect(server.user("eve"), ("bob", "ann", "eve")))
    assert events == []
    await zoe.sends(t="history", id="2", room=room, limit=9)
    await zoe.gets_error("room_unknown", id="2")
    await zoe.sends(t="members", id="3", room=room)
    await zoe.gets_error("room_unknown", id="3")


# The end of a session


async def test_a_password_change_ends_all_other_connections(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("/register correct horse")
    await bob.sees("Done. Your name is yours now.")
    other = await server.member("bob", "correct horse")
    web = await server.web("bob", password="correct horse")
    await bob.says("/password battery staple", "still here")
    await bob.sees("Done. Your other sessions have ended.", "bob: still here")
    await other.sees(ENDED)
    await other.is_gone()
    while (frame := await web.gets_frame())["t"] in ("events", "signal"):
        assert not any(event.get("text") == "still here" for event in frame.get("events", ()))
    assert frame["code"] == "session_unknown"
    await web.gets(t="bye", reason="session")
    assert await web.is_closed() == 1008
    line = await asked_for_password(server, "bob")
    await line.says("correct horse")
    await line.sees(WRONG)
    await server.member("bob", "battery staple")


async def test_a_sign_out_by_the_machine_ends_all_sessions(server: Server) -> None:
    user = await server.account("bob")
    bob = await server.member("bob")
    await server.does(SignOut(user, None, by=MACHINE))
    await bob.sees(ENDED)
    await bob.is_gone()
    await server.member("bob")


async def test_a_disabled_account_gets_the_reason_and_cannot_sign_in(server: Server) -> None:
    user = await server.account("bob")
    bob = await server.member("bob")
    await server.does(Disable(MACHINE, user, True, "for now"))
    await bob.sees(SENTENCES["account_disabled"])
    await bob.is_gone()
    bob = await asked_for_password(server, "bob")
    await bob.says(password_of("bob"))
    await bob.sees(SENTENCES["account_disabled"])
    await bob.sees_characters("alias?")
    await bob.says("bob", "wrong")
    await bob.sees_characters("password?")
    await bob.sees(WRONG)  # a wrong password does not reveal that the account is disabled
    await server.does(Disable(MACHINE, user, False))
    await server.member("bob")


async def test_an_account_disabled_during_its_password_check_cannot_sign_in(server: Server, look: Look) -> None:
    user = await server.account("bob")
    bob = await asked_for_password(server, "bob")
    await bob.says(password_of("bob"))
    await look.looked.wait()
    await server.does(Disable(MACHINE, user, True))
    look.go_on.set()
    await bob.sees(SENTENCES["account_disabled"])
    assert not server.connections("bob")


async def test_the_old_password_fails_if_it_is_changed_during_the_check(server: Server, look: Look) -> None:
    user = await server.account("bob")
    bob = await asked_for_password(server, "bob")
    await bob.says(password_of("bob"))
    await look.looked.wait()
    new = await server.hub.authenticator.hash_password("battery staple")
    assert isinstance(new, str)
    await server.does(SetPassword(user, new, by=MACHINE))
    look.go_on.set()
    await bob.sees(WRONG)


async def test_a_sign_out_of_another_user_causes_no_second_password_check(server: Server, look: Look) -> None:
    await server.account("bob")
    eve = await server.account("eve")
    bob = await asked_for_password(server, "bob")
    await bob.says(password_of("bob"))
    await look.looked.wait()
    await server.does(SignOut(eve, None, by=MACHINE))
    look.go_on.set()
    await bob.sees_until("you are now connected!")
    assert look.times == 1


async def test_a_password_change_is_dropped_if_its_session_ends_meanwhile(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await server.account("bob")
    thief = await server.member("bob")
    hashing, go_on = asyncio.Event(), asyncio.Event()
    hash_password = Authenticator.hash_password

    async def slowly(self: Authenticator, password: str) -> object:
        hashing.set()
        await go_on.wait()
        return await hash_password(self, password)

    monkeypatch.setattr(Authenticator, "hash_password", slowly)
    await thief.says("/password battery staple")
    await hashing.wait()
    await server.does(SignOut(user, None, by=MACHINE))
    go_on.set()
    await thief.sees(ENDED)
    await thief.is_gone()
    await server.member("bob")


@pytest.mark.parametrize("erase", [False, True], ids=["kept", "erased"])
async def test_a_deleted_account_is_named_nowhere_in_rooms_history_or_files(server: Server, erase: bool) -> None:
    eve = await server.line("eve")
    bob = await server.line("bob")
    await eve.sees("bob has connected to the chat room")
    await bob.says("/register correct horse", "/me waves", "my secret", "/nick robert", "/msg eve psst")
    await bob.sees(
        "Done. Your name is yours now.", "* bob waves", "bob: my secret", "bob is now known as robert",
        "you -> eve: psst",
    )  # fmt: skip
    await eve.sees("* bob waves", "bob: my secret", "bob is now known as robert", "robert -> you: psst")
    user = server.user("robert")
    await server.does(DeleteAccount(user, erase))
    assert (await bob.sees_until(ENDED))[0] == "deleted user has left the chat room!"
    await bob.is_gone()
    await eve.sees("deleted user has left the chat room!")
    said = [] if erase else ["* deleted user waves", "deleted user: my secret"]
    await eve.says("/history")
    await eve.sees(*(said or ["Nothing has been said here yet."]))
    stored = server.store.after(0, 0, 99) + server.store.after(1, 0, 99) + server.store.after(2, 0, 99)
    for event in stored:
        assert "bob" not in repr(event)
        assert "robert" not in repr(event)
        assert not erase or "secret" not in repr(event)
    # The name is free again, so a guest can take it.
    other = await server.line("robert")
    assert server.user("robert") != user
    assert [line for line in other.entrance if "deleted user" in line] == said
    await server.stop()
    assert examine(server.folder / FILE_NAME).findings == []
