"""The lines that the user types and sees, without a terminal."""

from __future__ import annotations

import time
from typing import Any

import pytest

from parley.clients.plain.commands import hear, hear_last
from parley.clients.plain.conversation import PlainConversation
from parley.clients.plain.render import TextLine
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import OutboxEntry
from tests.clients.talk import Frame, Talk, done, events, page, ready, room


class Chat:
    """A conversation with its user and its server."""

    def __init__(self, *, looked_at: bool = False, **options: Any) -> None:
        self.talk = Talk(**options)
        self._lines: list[TextLine] = []
        self.conversation = PlainConversation(
            self.talk.session, "lobby", lambda: self.talk.now, self._lines.append, looked_at=looked_at
        )

    def connect(self, *rooms: Frame) -> Chat:
        self.talk.connect().server(ready(*(rooms or (room(0, 0),))))
        self.take()
        return self

    def server(self, *frames: Frame) -> Chat:
        self.talk.server(*frames)
        self.take()
        return self

    def type(self, *lines: str) -> list[Frame]:
        """Type lines, and return the frames that were sent."""
        self.talk.sent()
        self.take()
        for line in lines:
            hear(self.conversation, line)
        frames = self.talk.sent()
        self.take()
        return frames

    def take(self) -> None:
        for effect in self.talk.told_all():
            self.conversation.take(effect)

    def shown(self) -> list[TextLine]:
        """Return the lines shown since the last call."""
        lines, self._lines[:] = list(self._lines), []
        return lines

    def lines(self, *styles: str) -> list[str]:
        """Return the texts of the lines shown since the last call, or of those of some styles."""
        return [line.text for line in self.shown() if not styles or line.style in styles]


def inside() -> Chat:
    chat = Chat().connect()
    chat.lines()
    return chat


def test_a_line_goes_to_the_current_room() -> None:
    chat = inside()
    assert chat.type("hello") == [{"t": "send", "key": "k1", "room": 1, "text": "hello"}]
    chat.server({"t": "stored", "key": "k1", "room": 1, "seq": 1})
    assert chat.lines() == []  # the message is shown when its event comes
    chat.server({"t": "events", "room": 1, "events": [_said(1, "hello", user=7, name="bob")]})
    assert chat.lines() == ["bob: hello"]


def _said(seq: int, text: str, *, user: int = 9, name: str = "eve", kind: str = "message") -> Frame:
    return {"seq": seq, "at": 0, "user": user, "name": name, "kind": kind, "text": text}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("//slash", {"t": "send", "key": "k1", "room": 1, "text": "/slash"}),
        ("/me waves", {"t": "send", "key": "k1", "room": 1, "text": "waves", "kind": "action"}),
        ("/msg eve hi there", {"t": "tell", "key": "k1", "to": "eve", "text": "hi there"}),
        ("/nick robert", {"t": "rename", "id": "r1", "name": "robert"}),
        ("/topic tea", {"t": "topic", "id": "r1", "room": 1, "topic": "tea"}),
        ("/who", {"t": "members", "id": "r1", "room": 1, "limit": 100}),
        ("/who #lobby ev", {"t": "members", "id": "r1", "room": 1, "limit": 100, "query": "ev"}),
        ("/who eve", {"t": "members", "id": "r1", "room": 1, "limit": 100, "query": "eve"}),
        ("/rooms", {"t": "rooms", "id": "r1", "limit": 50}),
        ("/rooms te", {"t": "rooms", "id": "r1", "limit": 50, "query": "te"}),
        ("/history 5", {"t": "history", "id": "r1", "room": 1, "limit": 5, "messages": True, "present": True}),
        ("/leave", {"t": "leave", "id": "r1", "room": 1}),
        ("/JOIN #tea", {"t": "join", "id": "r1", "name": "tea"}),
        ("/notify all", {"t": "prefer", "id": "r1", "room": 1, "level": "all"}),
        ("/calls nobody", {"t": "moderate", "id": "r1", "room": 1, "action": "calls", "value": "nobody"}),
    ],
)
def test_commands(typed: str, sent: Frame) -> None:
    assert inside().type(typed) == [sent]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("/dance", "There is no command /dance. /help lists the commands."),
        ("/msg eve", "Like this: /msg NAME text"),
        ("/me", "Like this: /me does something"),
        ("/join", "Like this: /join ROOM"),
        ("/nick", "Like this: /nick NAME"),
        ("/history 0", "Like this: /history [1 to 200]"),
        ("/history x", "Like this: /history [1 to 200]"),
        ("/notify loudly", "Like this: /notify all|mentions|nothing"),
        ("/calls", "Like this: /calls members|moderators|nobody"),
    ],
)
def test_wrong_commands_get_their_usage(typed: str, complaint: str) -> None:
    chat = inside()
    assert chat.type(typed) == []
    assert chat.lines("problem") == [complaint]


def test_parting_words() -> None:
    for typed, words in ((".exit", ".exit"), (".exit so long", "so long"), ("/quit", ""), ("/quit bye", "bye")):
        chat = inside()
        chat.type(typed)
        assert chat.conversation.parting_words == words


def test_an_empty_line_sends_nothing() -> None:
    assert inside().type("", "   ") == []


@pytest.mark.parametrize("line", ["caf\udce9", "/me \udce9", "/nick \udce9", "//\udcff", ".exit \udce9", "\udce9"])
def test_a_line_that_is_not_utf8_is_refused_and_changes_nothing(line: str) -> None:
    chat = inside()
    assert not hear(chat.conversation, line)
    assert chat.type() == []
    shown = line.replace("\udce9", "\\xe9").replace("\udcff", "\\xff")
    assert chat.lines() == [f"Not sent, as it is not UTF-8: {shown}"]
    assert chat.conversation.refusals == 1
    assert chat.conversation.parting_words is None
    assert hear(chat.conversation, "café")


def test_a_password_that_is_not_utf8_is_not_shown() -> None:
    chat = Chat()
    chat.take()
    chat.conversation.ask_new_password()
    prompt = chat.conversation.window.asking
    assert not hear(chat.conversation, "secret\udce9")
    assert chat.lines()[-1] == "Not sent, as it is not UTF-8."
    assert chat.conversation.window.asking == prompt


@pytest.mark.parametrize("line", ["/ban eve", "/me waves", "/topic tea", "/"])
def test_a_command_without_the_end_of_its_line_is_not_carried_out(line: str) -> None:
    chat = inside()
    hear_last(chat.conversation, line)
    assert chat.type() == []
    assert chat.lines() == [
        "The last line is a command without a newline. It may be cut off, so it was not carried out."
    ]
    assert chat.conversation.refusals == 1


@pytest.mark.parametrize(("line", "text"), [("hello", "hello"), ("//who", "/who"), (".exi", ".exi")])
def test_a_text_without_the_end_of_its_line_is_sent(line: str, text: str) -> None:
    chat = inside()
    hear_last(chat.conversation, line)
    assert [entry.text for entry in chat.talk.session.unsent] == [text]


def test_a_goodbye_needs_no_end_of_its_line() -> None:
    chat = inside()
    hear_last(chat.conversation, "/quit see you")
    assert chat.conversation.parting_words == "see you"


def test_lines_after_join_go_to_the_new_room() -> None:
    chat = inside()
    assert chat.type("/join tea", "hello tea") == [{"t": "join", "name": "tea", "id": "r1"}]
    chat.talk.server({"t": "joined", "id": "r1", "room": room(2, 1, id_=2, name="tea")})
    asked, said = chat.talk.sent()
    assert asked["t"] == "history"
    assert said == {"t": "send", "key": "k1", "room": 2, "text": "hello tea"}
    chat.server(page(asked["id"], room_id=2), events(1, id_=1), events(2, id_=2))
    assert chat.lines() == ["#lobby eve: text 1", "eve: text 2"]


def test_a_refused_join_goes_back_to_the_room_before() -> None:
    chat = inside()
    chat.type("/join a b")
    chat.server({"t": "error", "id": "r1", "code": "room_invalid", "message": "No."})
    assert chat.lines() == ["No."]
    assert chat.conversation.window.room == "lobby"


def test_leaving_goes_to_another_of_the_users_rooms() -> None:
    chat = Chat().connect(room(0, 0), room(0, 0, id_=2, name="tea"))
    chat.lines()
    chat.type("/leave")
    chat.server({"t": "left", "room": 1, "seq": 1}, {"t": "done", "id": "r1"})
    assert chat.lines() == ["You have left #lobby.", "You are in #tea now."]
    chat.type("/leave")
    chat.server({"t": "left", "room": 2, "seq": 1}, {"t": "done", "id": "r2"})
    assert chat.lines() == ["You have left #tea.", "You are in no room. /join ROOM"]
    assert chat.type("hello") == []
    assert chat.lines() == ["You are in no room. /join ROOM"]


def test_answers() -> None:
    chat = inside()
    chat.type("/who", "/rooms", "/history 2", "/topic", "/help")
    members = [{"id": 7, "name": "bob", "online": True}, {"id": 9, "name": "Ada", "online": False}]
    chat.server({"t": "members", "id": "r1", "room": 1, "members": members})
    chat.server(
        {"t": "rooms", "id": "r2", "rooms": [room(3, None), {**room(3, None, id_=2, name="tea"), "members": 2}]}
    )
    chat.server(page("r3", 1, 2))
    lines = chat.lines("answer")
    assert lines[0] == "#lobby has no topic."
    assert lines[1] == "Whatever you write goes to the room you are in. Beyond that:"
    assert lines[-6:] == [
        "In #lobby: Ada (away), bob",
        "* #lobby (1 person)",
        "  #tea (2 people)",
        "The last 2 messages of #lobby:",
        "  eve: text 1",
        "  eve: text 2",
    ]


def test_a_lost_connection_is_told_once_and_messages_are_kept() -> None:
    chat = inside()
    chat.talk.session.lost(chat.talk.now, "the connection broke")
    chat.take()
    chat.talk.session.lost(chat.talk.now, "no answer")
    chat.take()
    kept = "what you write is kept."
    assert chat.lines() == [f"The connection is lost: the connection broke. Trying again in 0.2 s; {kept}"]
    chat.type("one", "two")
    chat.connect()
    assert chat.lines() == ["Connected again. Sending 2 messages."]


def test_a_refused_message_is_quoted() -> None:
    chat = inside()
    chat.type("/msg nobody a secret")
    chat.server({"t": "error", "key": "k1", "code": "user_unknown", "message": "There is nobody called nobody here."})
    assert chat.lines() == ["Not sent to nobody: 'a secret'. There is nobody called nobody here."]
    assert chat.conversation.refusals == 1


def test_messages_from_earlier_and_a_new_identity() -> None:
    chat = Chat(token="old", entries=[OutboxEntry("k0", "#lobby", "earlier")])
    chat.talk.connect().server({"t": "error", "code": "token_unknown", "message": ""})
    chat.take()
    assert chat.lines() == [
        "The server does not know you any more. You start again as a new guest; your direct conversations are gone.",
        "The 1 message not sent yet will be sent as that guest. If the first had reached the server already, it is"
        " there twice.",
    ]
    chat.server(ready(room(0, 0)))
    assert chat.lines() == ["Sending 1 message from earlier.", "you are now connected!"]


def test_the_greeting_comes_when_the_room_is_caught_up() -> None:
    chat = Chat().connect(room(2, 1))
    assert [frame["t"] for frame in chat.talk.sent()] == ["hello", "history"]
    assert chat.lines() == []
    chat.server(page("r1", 1), {"t": "events", "room": 1, "events": [_said(2, "hello")]})
    assert chat.lines() == ["eve: text 1", "eve: hello", "you are now connected!"]
    chat.talk.cut()
    chat.connect(room(2, 2))
    assert "you are now connected!" not in chat.lines()


def test_a_taken_name_turns_the_next_line_into_a_name() -> None:
    chat = Chat()
    chat.conversation.take(fx.AskName("name_taken", "Taken."))
    chat.talk.connect().server({"t": "error", "code": "name_taken", "message": "Taken."})
    assert chat.type("robert") == [{"t": "hello", "protocol": 1, "name": "robert"}]


def test_who_is_typing() -> None:
    chat = inside()
    chat.server({"t": "signal", "kind": "typing", "room": 1, "user": 9, "name": "eve"})
    assert chat.conversation.someone_types() == "eve is typing"
    chat.server(events(1))
    assert chat.conversation.someone_types() == ""


def test_control_characters_from_the_server_are_escaped() -> None:
    chat = inside()
    chat.server({"t": "error", "code": "x", "message": "\x1b]0;title\x07\nroot: hi"})
    assert chat.lines() == ["\\x1b]0;title\\x07\\x0aroot: hi"]


# Accounts ------------------------------------------------------------------------------------------------------------


def refused(code: str, message: str, **more: object) -> Frame:
    return {"t": "error", "code": code, "message": message, **more}


def asked(chat: Chat) -> tuple[str, str, bool] | None:
    question = chat.conversation.window.asking
    return None if question is None else (question.why, question.text, question.hidden)


def test_a_password_is_asked_for_and_hidden() -> None:
    chat = Chat()
    chat.talk.connect()
    chat.server(refused("password_needed", "Needed."))
    assert asked(chat) == ("Needed.", "Password >>> ", True)
    assert chat.type("sword fish ") == [{"t": "hello", "protocol": 1, "name": "bob", "password": "sword fish "}]
    assert asked(chat) is None
    chat.server(refused("sign_in_wrong", "Wrong."))
    assert asked(chat) == ("Wrong.", "Password >>> ", True)
    assert chat.lines() == []


def test_a_goodbye_answers_a_question_by_leaving() -> None:
    chat = Chat()
    chat.talk.connect()
    chat.server(refused("password_needed", "Needed."))
    assert chat.type(".exit") == []
    assert asked(chat) is None
    assert chat.conversation.parting_words == ""


def test_an_empty_password_asks_for_another_name() -> None:
    chat = Chat()
    chat.talk.connect()
    chat.server(refused("password_needed", "Needed."))
    assert chat.type("") == []
    assert asked(chat) == ("Under another name, then.", "Input username >>> ", False)
    assert chat.type("", "robert") == [{"t": "hello", "protocol": 1, "name": "robert"}]


def test_a_required_invitation_is_asked_for() -> None:
    chat = Chat()
    chat.talk.connect()
    chat.server(refused("invitation_needed", "By invitation."))
    assert asked(chat) == ("By invitation.", "Invitation >>> ", False)
    (hello,) = chat.type("https://chat.example/join/c0de")
    assert hello["invitation"] == "c0de"


def test_an_ended_session_asks_for_the_password() -> None:
    chat = Chat(token="S1", account=True)
    chat.talk.connect()
    chat.server(refused("token_unknown", "Unknown."))
    assert chat.lines() == ["Your session on this server has ended."]
    assert asked(chat) == ("The password of bob is needed.", "Password >>> ", True)


def test_an_account_needs_the_same_password_twice() -> None:
    chat = inside()
    assert chat.type("/register") == []
    assert asked(chat) == (
        "With a password, your name is yours for good. Nothing: no account.",
        "New password >>> ",
        True,
    )
    assert chat.type("swordfish") == []
    assert asked(chat) == ("", "The same once more >>> ", True)
    assert chat.type("swordfish") == [{"t": "register", "id": "r1", "password": "swordfish"}]
    chat.server({"t": "done", "id": "r1"})
    assert chat.lines() == ["Done. Your name is yours now."]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["swordfish", "sardine"], "These are two different passwords. No account is made."),
        (["swordfish", ""], "No account is made."),
        ([""], "No account is made."),
    ],
)
def test_no_account_is_made_without_two_equal_passwords(answers: list[str], told: str) -> None:
    chat = inside()
    assert chat.type("/register", *answers) == []
    assert chat.lines() == [told]
    assert asked(chat) is None


def test_a_password_in_the_command_is_refused_on_a_terminal() -> None:
    chat = inside()
    assert chat.type("/register swordfish") == []
    assert chat.lines() == ["Write /register alone: the password is asked for then, and not shown."]
    chat.conversation.can_ask = False  # as in a pipe
    assert chat.type("/register") == []
    assert chat.lines() == ["Like this: /register PASSWORD"]
    assert chat.type("/register swordfish") == [{"t": "register", "id": "r1", "password": "swordfish"}]


# Private rooms and moderation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/invite ada", {"action": "invite", "whom": "ada"}),
        ("/kick ada", {"action": "kick", "whom": "ada"}),
        ("/kick ada two words", {"action": "kick", "whom": "ada", "why": "two words"}),
        ("/ban ada", {"action": "ban", "whom": "ada"}),
        ("/ban ada 7d spam", {"action": "ban", "whom": "ada", "lasting": 7 * 86_400_000, "why": "spam"}),
        ("/ban ada spam 7d", {"action": "ban", "whom": "ada", "why": "spam 7d"}),
        ("/unban ada", {"action": "ban", "whom": "ada", "undo": True}),
        ("/mute ada 10m", {"action": "mute", "whom": "ada", "lasting": 600_000}),
        ("/unmute ada", {"action": "mute", "whom": "ada", "undo": True}),
        ("/role ada moderator", {"action": "role", "whom": "ada", "value": "moderator"}),
        ("/rename #hall", {"action": "rename", "value": "#hall"}),
        ("/slow 30", {"action": "slow", "value": "30"}),
        ("/readonly on", {"action": "read_only", "value": "on"}),
        ("/guests off", {"action": "guests", "value": "off"}),
        ("/archive", {"action": "archive"}),
        ("/archive it is over", {"action": "archive", "why": "it is over"}),
        ("/reopen", {"action": "archive", "undo": True}),
    ],
)
def test_moderation_commands(typed: str, sent: Frame) -> None:
    chat = inside()
    assert chat.type(typed) == [{"t": "moderate", "id": "r1", "room": 1, **sent}]


def test_a_ban_is_timed_by_the_servers_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame has the duration of the ban and not its end, because this machine's clock may be 15 minutes off."""
    late = time.time() - 900
    monkeypatch.setattr(time, "time", lambda: late)
    monkeypatch.setattr(time, "time_ns", lambda: int(late * 1e9))
    (frame,) = inside().type("/ban bob 10m")
    assert frame == {"t": "moderate", "id": "r1", "room": 1, "action": "ban", "whom": "bob", "lasting": 600_000}


@pytest.mark.parametrize("time", ["2weeks", "3x", "10", "99999999d"])
def test_a_typing_error_in_a_duration_bans_nobody(time: str) -> None:
    chat = inside()
    assert chat.type(f"/ban ada {time} spam") == []
    assert chat.lines("problem") == [f"That can't be: {time} is no time, write 10m, 2h or 7d."]


@pytest.mark.parametrize(
    ("typed", "usage"),
    [
        ("/kick", "/kick NAME [why]"),
        ("/ban", "/ban NAME [10m|2h|7d] [why]"),
        ("/role ada", "/role NAME owner|moderator|member"),
        ("/slow", "/slow SECONDS"),
        ("/readonly", "/readonly on|off"),
        ("/private", "/private ROOM"),
        ("/direct", "/direct NAME NAME..."),
    ],
)
def test_moderation_commands_without_arguments_get_their_usage(typed: str, usage: str) -> None:
    chat = inside()
    assert chat.type(typed) == []
    assert chat.lines("problem") == [f"Like this: {usage}"]


def test_a_refused_moderation_is_told() -> None:
    chat = inside()
    chat.type("/slow 5")
    chat.server({"t": "done", "id": "r1"})
    assert chat.lines() == []
    chat.type("/kick ada")
    chat.server(refused("not_allowed", "No.", id="r2"))
    assert chat.lines() == ["No."]
    chat.type("/unban ada")
    chat.talk.cut()
    chat.connect()
    assert chat.lines("problem") == ["The connection broke before the server answered: /unban ada may be done or not."]


def test_lines_go_to_the_private_room_just_created() -> None:
    chat = inside()
    assert chat.type("/private #den") == [{"t": "create", "id": "r1", "name": "den", "private": True}]
    chat.server({"t": "joined", "id": "r1", "room": room(3, 2, id_=5, name="den", kind="private", floor=3)})
    assert chat.lines() == ["#den is private: /invite NAME lets people in."]
    assert [frame["room"] for frame in chat.type("hello")] == [5]


def test_a_refused_private_room_goes_back_to_the_room_before() -> None:
    chat = inside()
    chat.type("/private tea")
    chat.server(refused("room_taken", "Taken.", id="r1"))
    assert chat.lines() == ["Taken."]
    assert chat.conversation.window.room == "lobby"


def test_an_invitation_says_how_to_join() -> None:
    chat = inside()
    chat.server({"t": "invited", "room": 5, "name": "den", "by": {"id": 9, "name": "eve"}})
    assert chat.lines("happened") == ["eve invites you to #den: /join den"]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"kind": "kicked", "text": "spam"}, "eve has sent you out of #tea: spam"),
        ({"kind": "kicked"}, "eve has sent you out of #tea."),
        ({"kind": "banned", "until": 86_400_000}, "eve has banned you from #tea until 1970-01-02 00:00 UTC."),
    ],
)
def test_a_kicked_user_is_told_by_whom_and_why(event: dict[str, Any], words: str) -> None:
    chat = Chat().connect(room(0, 0), room(0, 0, id_=2, name="tea"))
    chat.type("/join tea")
    chat.lines()
    chat.server(done(1, whom="bob", id_=2, **event), {"t": "left", "room": 2, "seq": 1})
    assert chat.lines("notice") == [words, "You are in #lobby now."]
    assert chat.conversation.window.room == "lobby"


def test_a_postponed_message_is_told() -> None:
    chat = inside()
    chat.type("hello")
    chat.server(refused("slow", "In 5 s.", key="k1", retry_after=5000))
    assert chat.lines() == ["In 5 s. It is sent then; what you write there meanwhile waits behind it."]


def test_a_long_list_goes_on_with_more() -> None:
    chat = inside()
    assert chat.type("/more") == []
    assert chat.lines() == ["There is nothing more to show."]
    chat.type("/rooms te")
    tea = {**room(3, None, id_=5, name="tea"), "members": 2}
    chat.server({"t": "rooms", "id": "r1", "rooms": [tea], "more": True, "next": "0 5 tea"})
    assert chat.lines() == ["  #tea (2 people)", "There are more: /more shows them, and /rooms WORD finds some."]
    assert chat.type("/more") == [{"t": "rooms", "id": "r2", "limit": 50, "query": "te", "after": "0 5 tea"}]
    chat.server({"t": "rooms", "id": "r2", "rooms": []})
    assert chat.lines() == []


def test_who_shows_roles_bots_and_absence() -> None:
    chat = inside()
    chat.type("/who", "/rooms")
    members = [
        {"id": 7, "name": "bob", "online": True, "role": "owner"},
        {"id": 8, "name": "Ada", "online": False, "role": "moderator"},
        {"id": 9, "name": "cat", "online": False, "bot": True},
    ]
    chat.server({"t": "members", "id": "r1", "room": 1, "members": members})
    den = {**room(3, None, id_=5, name="den", kind="private"), "members": 2, "topic": "hush"}
    chat.server({"t": "rooms", "id": "r2", "rooms": [den]})
    assert chat.lines() == [
        "In #lobby: Ada (moderator, away), bob (owner), cat (bot)",
        "  #den (2 people, private)  hush",
    ]


def test_the_current_room_can_be_renamed() -> None:
    chat = inside()
    chat.server(done(1, "room_renamed", text="hall"), {"t": "events", "room": 1, "events": [_said(2, "hello")]})
    assert chat.lines() == ["eve has renamed the room: hall", "eve: hello"]
    assert chat.conversation.window.room == "hall"
    assert [frame["room"] for frame in chat.type("hi")] == [1]


def test_lines_go_to_the_direct_conversation_just_started() -> None:
    chat = inside()
    assert chat.type("/direct eve ada") == [{"t": "gather", "id": "r1", "names": ["eve", "ada"]}]
    chat.server({"t": "done", "id": "r1"}, {"t": "joined", "room": room(3, 3, id_=8, name="ada, eve", kind="direct")})
    assert chat.lines() == ["What you write goes to ada, eve now."]
    assert [frame["room"] for frame in chat.type("hi") if frame["t"] == "send"] == [8]
    chat.server(page("r2", room_id=8) | {"events": [_said(n, "x", kind="joined") for n in (1, 2, 3)]})
    mine = {**_said(4, "hi", user=7, name="bob")}
    chat.server({"t": "events", "room": 8, "events": [mine, _said(5, "hello")]})
    assert chat.lines() == ["you -> ada, eve: hi", "eve -> you: hello"]
    chat.server({"t": "stored", "key": "k1", "room": 8, "seq": 4})
    (frame,) = chat.type("/leave")
    chat.server(refused("room_direct", "Not there.", id=frame["id"]))
    assert chat.lines() == ["Not there."]


def test_lines_after_a_refused_direct_are_refused() -> None:
    chat = inside()
    assert [frame["t"] for frame in chat.type("/direct eve nobody", "psst")] == ["gather"]
    assert chat.conversation.window.room == "@eve, nobody"
    chat.server(refused("user_unknown", "There is nobody called nobody here.", id="r1"))
    assert chat.lines() == [
        "There is nobody called nobody here.",
        "Not sent to eve, nobody: 'psst'. That room is not there.",
    ]
    assert chat.conversation.window.room == "lobby"


def test_two_rooms_of_one_name_are_kept_apart() -> None:
    tea = room(0, 0, id_=2, name="tea")
    chat = Chat().connect(room(0, 0), tea, room(0, 0, id_=5, name="tea", kind="private"))
    chat.type("/join tea")
    chat.lines()
    chat.server(events(1, id_=2), events(1, id_=5))
    assert chat.lines() == ["#tea eve: text 1", "eve: text 1"]


def _server(**said: object) -> Frame:
    told = {"url": "https://chat.lan:59000", "access": "open", "loopback": False, "plaintext": False, "alone": True}
    return {"t": "server", "id": "r1", **told, **said}


def _told_of_ways_in(frame: Frame, *, looked_at: bool = True, **options: Any) -> list[TextLine]:
    """Enter the lobby. Answer the client's question about the server, if it asks, with `frame`. Return the lines
    shown.
    """
    chat = Chat(looked_at=looked_at, **options)
    chat.talk.connect()
    chat.server(ready(room(0, 0), role="member" if options.get("account") else "guest"))
    chat.lines()
    asked = [sent for sent in chat.talk.sent() if sent["t"] == "server"]
    assert asked == ([{"t": "server", "id": "r1"}] if looked_at else [])
    chat.server(*([frame] if asked else []))
    return chat.shown()


def test_who_is_alone_is_told_the_address_for_others() -> None:
    assert _told_of_ways_in(_server()) == [
        TextLine("You are the only one here so far.", "answer"),
        TextLine(
            "Others get in at https://chat.lan:59000, in a browser or with: parley chat https://chat.lan:59000",
            "answer",
        ),
        TextLine("https://chat.lan:59000", "code"),
    ]


@pytest.mark.parametrize(
    ("said", "account", "told"),
    [
        ({"url": "http://chat.lan:7000", "plaintext": True}, False, "nc chat.lan 7000"),
        ({"loopback": True}, False, "--listen 0.0.0.0:59000 --tls auto"),
        ({"access": "invite"}, True, "parley admin invite create"),
        ({"access": "members"}, True, "Make a link at https://chat.lan:59000"),
        ({"access": "invite"}, False, "ask whoever runs the server"),
    ],
)
def test_the_ways_in_depend_on_the_access_and_the_network(said: dict[str, object], account: bool, told: str) -> None:
    lines = _told_of_ways_in(_server(**said), account=account)
    assert told in " ".join(line.text for line in lines)
    assert [line.style for line in lines].count("code") == (0 if said.get("loopback") else 1)


def test_who_is_not_alone_is_told_nothing_of_ways_in() -> None:
    assert _told_of_ways_in(_server(alone=False)) == []


def test_a_pipe_is_not_told_of_ways_in() -> None:
    assert _told_of_ways_in(_server(), looked_at=False) == []
