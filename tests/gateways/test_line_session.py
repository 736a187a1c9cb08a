"""The line session without a server: bytes and outcomes in, effects out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core.commands import (
    ClaimName,
    Command,
    Create,
    DeleteAccount,
    Join,
    Leave,
    Moderate,
    OpenRoom,
    Register,
    ReleaseName,
    SendDirect,
    SendMessage,
    SetTopic,
)
from parley.core.events import MACHINE
from parley.core.rules import Policy
from parley.gateways.line.session import LINES_AT_ONCE, NAMING_SECONDS, SILENCE_SECONDS, SINGLE_KEY_SECONDS
from parley.wire.limits import LINE_BYTES, PAGE_EVENTS, PIECE_BYTES
from tests.gateways.session_fixture import LineSessionFixture

ENTERED = "bob has connected to the chat room\nyou are now connected!"


@pytest.fixture
def client() -> LineSessionFixture:
    client = LineSessionFixture()
    client.opens()
    assert client.said() == "alias?"
    return client


@pytest.fixture
def bob(client: LineSessionFixture) -> LineSessionFixture:
    """A user of netcat who has entered."""
    assert client.says("bob\n") == ENTERED + "\n"
    return client


@pytest.fixture
def raw(client: LineSessionFixture) -> LineSessionFixture:
    """A user of the report's client who has entered."""
    assert client.says("bob") == ""
    assert client.alarm == SILENCE_SECONDS
    assert client.is_silent() == ENTERED
    return client


def someone_enters(client: LineSessionFixture, name: str = "eve", room: str = "lobby") -> int:
    client.happens(ClaimName(name))
    user = client.state.user_named(name)
    assert user
    client.happens(Join(user.id, room))
    return user.id


class TestNaming:
    def test_the_prompt_times_out_after_two_minutes(self, client: LineSessionFixture) -> None:
        assert client.alarm == NAMING_SECONDS
        assert client.is_silent() == "Nobody answered. Goodbye.\n"
        assert client.closed

    def test_an_empty_answer_repeats_the_prompt(self, client: LineSessionFixture) -> None:
        assert client.says("\n") == "alias?"
        assert client.says("  \n") == "alias?"
        assert client.says("bob\n") == ENTERED + "\n"

    @pytest.mark.parametrize("goodbye", [".exit", "/quit"])
    def test_a_goodbye_is_no_name(self, goodbye: str) -> None:
        for access, before in (("open", ""), ("open", "ann\n"), ("invite", "")):
            client = LineSessionFixture(policy=Policy(access=access))
            client.happens(Register("ann", "hash", by=MACHINE))
            client.opens()
            client.says(before)
            assert not client.closed
            client.says(f"{goodbye}\nbob\nhello\n")
            assert client.closed
            assert client.state.user_named("bob") is client.state.user_named(goodbye) is None

    def test_an_invalid_name_repeats_the_prompt(self, client: LineSessionFixture) -> None:
        answer = client.says("two words\n")
        assert answer.startswith("A name has 1 to 32 letters")
        assert answer.endswith("\nalias?")
        assert client.alarm == NAMING_SECONDS

    def test_a_taken_name_repeats_the_prompt(self, client: LineSessionFixture) -> None:
        someone_enters(client, "bob")
        assert client.says("BOB\n") == "The name BOB is taken. Choose another.\nalias?"
        assert client.says("bob2\n").endswith("bob2 has connected to the chat room\nyou are now connected!\n")

    def test_an_invalid_line_repeats_the_prompt(self, client: LineSessionFixture) -> None:
        assert client.says("a\0b\n") == "This line could not be read: it holds a NUL. It was ignored.\nalias?"

    def test_invalid_utf8_repeats_the_prompt(self, client: LineSessionFixture) -> None:
        client.receives(b"\xff\n")
        assert client.said() == "This line could not be read: it is not UTF-8. It was ignored.\nalias?"

    def test_an_overlong_answer_repeats_the_prompt(self, client: LineSessionFixture) -> None:
        answer = client.says("x" * (LINE_BYTES + 1))
        assert answer == "A line has at most 16,384 bytes. This one was ignored.\nalias?"
        assert client.says("\n") == ""
        assert client.says("bob\n") == ENTERED + "\n"

    def test_a_name_cancels_the_timeout(self, bob: LineSessionFixture) -> None:
        assert bob.alarm == 0

    def test_a_silent_client_takes_no_memory_for_lines(self, client: LineSessionFixture) -> None:
        nothing: tuple[str, ...] = ()
        for said in ("", "bob\n", "hi\nthere\n"):
            client.says(said)
            assert client.session._backlog is nothing

    def test_lines_behind_the_name_are_sent_as_messages(self, client: LineSessionFixture) -> None:
        assert client.says("bob\nhi\nthere\n") == ENTERED + "\nbob: hi\nbob: there\n"

    def test_a_name_in_one_piece_needs_no_newline_after_a_silence(self, client: LineSessionFixture) -> None:
        client.receives(b"bob")
        assert client.alarm == SILENCE_SECONDS
        assert client.is_silent() == ENTERED

    @pytest.mark.parametrize("key", ["b", "é"])
    def test_a_single_character_waits_longer_for_the_rest(self, client: LineSessionFixture, key: str) -> None:
        client.receives(key.encode())
        assert client.alarm == SINGLE_KEY_SECONDS

    def test_the_end_of_input_completes_the_name(self, client: LineSessionFixture) -> None:
        client.receives(b"bob")
        client.perform(client.session.ended())
        client.settle()
        assert client.said() == ENTERED

    def test_the_end_of_input_without_a_name_submits_nothing(self, client: LineSessionFixture) -> None:
        client.perform(client.session.ended())
        assert client.said() == ""
        assert not client.waiting

    def test_a_store_error_repeats_the_prompt(self, client: LineSessionFixture) -> None:
        client.receives(b"bob\n")
        client.answer(refusal="not_stored")
        assert client.said().endswith("\nalias?")
        assert client.says("bob\n") == ENTERED + "\n"

    def test_an_http_request_at_the_prompt_resets_the_connection(self, client: LineSessionFixture) -> None:
        client.receives(b"GET / HT")
        assert not client.closed
        client.receives(b"TP/1.1\r\n")
        assert client.closed
        assert client.closed.reset
        assert not client.waiting


class TestRaw:
    """Clients that send messages without a newline, such as the report's own client."""

    def test_messages_go_out_without_a_newline(self, raw: LineSessionFixture) -> None:
        eve = someone_enters(raw)
        assert raw.said() == "eve has connected to the chat room"
        raw.happens(SendMessage(eve, 1, "hi"))
        assert raw.said() == "eve: hi"

    def test_the_prefix_is_not_shown_twice(self, raw: LineSessionFixture) -> None:
        assert raw.says("bob: hi") == ""
        assert raw.alarm == SILENCE_SECONDS
        assert raw.is_silent() == "bob: hi"

    def test_glued_messages_are_cut_at_the_prefix(self, raw: LineSessionFixture) -> None:
        assert raw.says("bob: onebob: two") == "bob: one"
        assert raw.is_silent() == "bob: two"

    def test_messages_that_go_out_together_are_separated_by_newlines(self, raw: LineSessionFixture) -> None:
        assert raw.says("bob: /nonsensebob: /whobob: ") == (
            "There is no command /nonsense. /help lists the commands.\nIn #lobby: bob"
        )

    def test_history_notices_and_the_greeting_are_separated_by_newlines(self, client: LineSessionFixture) -> None:
        eve = someone_enters(client)
        client.happens(SendMessage(eve, 1, "hi"))
        client.happens(SetTopic(eve, 1, "tea"))
        client.says("bob")
        assert client.is_silent() == f"eve: hi\n{ENTERED}\nThe topic of #lobby is: tea"

    def test_after_a_refused_name_the_next_answer_is_taken_without_its_prefix(self, client: LineSessionFixture) -> None:
        someone_enters(client, "bob")
        client.says("bob")
        assert client.is_silent() == "The name bob is taken. Choose another.\nalias?"
        # The user types another name, and the client sends it with its prefix.
        assert client.says("bob: robert") == ""
        assert client.is_silent().endswith("robert has connected to the chat room\nyou are now connected!")
        client.says("bob: hi")
        assert client.is_silent() == "robert: hi"

    def test_the_prompt_after_a_refused_name_times_out_too(self, client: LineSessionFixture) -> None:
        client.says("two words")
        client.is_silent()
        assert client.alarm == NAMING_SECONDS
        assert client.is_silent() == "Nobody answered. Goodbye."
        assert client.closed

    def test_the_prompt_after_a_blank_answer_times_out_too(self, client: LineSessionFixture) -> None:
        client.says("  ")
        assert client.is_silent() == "alias?"
        assert client.alarm == NAMING_SECONDS

    def test_exit_as_a_message(self, raw: LineSessionFixture) -> None:
        raw.says("bob: .exit")
        raw.is_silent()
        assert raw.closed
        assert raw.logs[1][-1].kind == "left"
        assert raw.logs[1][-1].text == ".exit"

    def test_the_end_of_input_completes_the_last_message(self, raw: LineSessionFixture) -> None:
        raw.receives(b"bob: hi")
        raw.perform(raw.session.ended())
        raw.settle()
        assert raw.said() == "bob: hi"

    def test_a_message_that_is_too_long_is_refused_once(self, raw: LineSessionFixture) -> None:
        assert raw.says("bob: " + "x" * (LINE_BYTES + 100)) == "A line has at most 16,384 bytes. This one was ignored."
        assert raw.says("x" * 5000) == ""
        assert raw.is_silent() == ""
        raw.says("bob: hi")
        assert raw.is_silent() == "bob: hi"


class TestKeyByKey:
    """A telnet client that sends each key as it is typed, as that of Windows does. A line ends with Enter, however long
    the pauses between keys are.
    """

    @pytest.fixture
    def typist(self, client: LineSessionFixture) -> LineSessionFixture:
        for key in "bob":
            client.receives(key.encode())
        assert client.alarm == NAMING_SECONDS
        assert client.says("\r\n") == ENTERED + "\n"
        return client

    def test_a_name_waits_for_enter(self, typist: LineSessionFixture) -> None:
        assert typist.alarm == 0

    @pytest.mark.parametrize("enter", ["\r\n", "\r\0", "\n"])
    def test_a_message_waits_for_enter(self, typist: LineSessionFixture, enter: str) -> None:
        for key in "hello":
            assert typist.says(key) == ""
            assert typist.alarm == 0
        assert typist.says(enter) == "bob: hello\n"

    def test_a_typist_who_does_not_press_enter_is_sent_away(self, client: LineSessionFixture) -> None:
        client.receives(b"b")
        client.receives(b"o")
        assert client.is_silent() == "Nobody answered. Goodbye.\n"
        assert client.closed

    def test_backspace_edits_the_name_and_a_message(self, client: LineSessionFixture) -> None:
        for key in "bib\x08\x08ob":
            client.receives(key.encode())
        assert client.says("\r\n") == ENTERED + "\n"
        assert client.says("helo\x7flo\r\n") == "bob: hello\n"

    def test_the_name_may_be_pasted_and_the_rest_typed(self, bob: LineSessionFixture) -> None:
        for key in "hi\x08o":
            assert bob.says(key) == ""
        assert bob.says("\r\n") == "bob: ho\n"

    def test_a_long_pause_after_the_first_key_makes_no_message_of_each_later_key(
        self, client: LineSessionFixture
    ) -> None:
        client.receives(b"w")
        assert client.is_silent() == ENTERED.replace("bob", "w")
        eve = someone_enters(client)
        client.said()
        assert client.says("i") == "\n"
        assert client.says("n9") == ""
        client.happens(SendMessage(eve, 1, "hi"))
        assert client.said() == "eve: hi\n"
        assert client.says("\r\n") == "w: in9\n"

    def test_a_refused_first_key_is_not_followed_by_more_of_them(self, client: LineSessionFixture) -> None:
        someone_enters(client, "w")
        client.receives(b"w")
        assert client.is_silent() == "The name w is taken. Choose another.\nalias?"
        for key in "bob":
            client.says(key)
        assert client.says("\r\n") == ENTERED + "\n"

    def test_a_request_in_pieces_still_resets_the_connection(self, client: LineSessionFixture) -> None:
        for key in "GET / HTTP/1.1\r\n":
            client.receives(key.encode())
        assert client.closed
        assert client.closed.reset


class TestTelnet:
    PUTTY = bytes.fromhex("fffb1f fffb20 fffb18 fffb27 fffd01 fffb03 fffd03")

    def hears(self, client: LineSessionFixture, data: bytes) -> bytes:
        client.receives(data)
        client.settle()
        answer, client.out = client.out, b""
        return answer

    def test_the_offers_of_putty_are_refused_and_its_name_waits_for_enter(self, client: LineSessionFixture) -> None:
        refusals = bytes.fromhex("fffe1f fffe20 fffe18 fffe27 fffc01 fffe03 fffc03")
        assert self.hears(client, self.PUTTY) == refusals
        assert client.alarm == NAMING_SECONDS
        client.receives(b"bob")
        assert client.alarm == NAMING_SECONDS
        assert client.says("\r\0") == ENTERED + "\n"
        assert client.says("hi\r\n") == "bob: hi\n"

    def test_offers_are_no_answer_to_the_prompt(self, client: LineSessionFixture) -> None:
        self.hears(client, self.PUTTY)
        assert client.is_silent() == "Nobody answered. Goodbye.\n"

    def test_ctrl_c_clears_the_line_and_is_answered(self, bob: LineSessionFixture) -> None:
        assert bob.says("wrong") == ""
        assert self.hears(bob, b"\xff\xf4\xff") == b""
        assert self.hears(bob, b"\xfd\x06") == b"\xff\xfc\x06"
        assert bob.says("right\r\n") == "bob: right\n"
        assert not bob.closed

    def test_are_you_there(self, bob: LineSessionFixture) -> None:
        assert self.hears(bob, b"h\xff\xf6i\r\n") == b"[Yes]\nbob: hi\n"

    def test_a_command_is_answered_while_a_line_waits(self, bob: LineSessionFixture) -> None:
        bob.receives(b"/join tea\r\n")
        assert bob.session.blocked
        bob.receives(b"\xff\xfd\x06")
        assert bob.out.endswith(b"\xff\xfc\x06")

    def test_telnet_shows_that_a_client_sends_newlines(self, raw: LineSessionFixture) -> None:
        eve = someone_enters(raw)
        raw.said()
        assert self.hears(raw, b"\xff\xf1") == b"\n"
        raw.happens(SendMessage(eve, 1, "hi"))
        assert raw.said() == "eve: hi\n"
        assert raw.says("bob: hel") == ""
        assert raw.says("lo\r\n") == "bob: bob: hello\n"

    def test_the_byte_255_is_no_text(self, bob: LineSessionFixture) -> None:
        for sent in (b"\xff\xff\n", b"\xff\n", b"caf\xff\xfe\n"):
            bob.receives(sent)
            assert bob.said() == "This line could not be read: it is not UTF-8. It was ignored.\n"


class TestMark:
    """The byte order mark with which a Windows shell begins piped output."""

    MARK = b"\xef\xbb\xbf"

    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    def test_a_byte_order_mark_belongs_neither_to_the_name_nor_to_a_command(
        self, client: LineSessionFixture, end: bytes
    ) -> None:
        client.receives(self.MARK + b"bob" + end + self.MARK + b"/who" + end)
        client.settle()
        assert client.said() == ENTERED + "\nIn #lobby: bob\n"

    def test_a_byte_order_mark_may_come_alone(self, client: LineSessionFixture) -> None:
        for byte in self.MARK:
            client.receives(bytes([byte]))
            assert client.alarm == NAMING_SECONDS
        assert client.says("bob\n") == ENTERED + "\n"

    def test_a_name_without_a_newline_may_follow_a_byte_order_mark(self, client: LineSessionFixture) -> None:
        client.receives(self.MARK)
        client.receives(b"bob")
        assert client.alarm == SILENCE_SECONDS
        assert client.is_silent() == ENTERED

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf16_is_named(self, client: LineSessionFixture, encoding: str) -> None:
        mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
        client.receives(mark + "bob\n".encode(encoding))
        why = "This line could not be read: it is UTF-16, and only UTF-8 is read. It was ignored.\n"
        assert client.said() == f"{why}alias?"


class TestUnfinished:
    """The last line of a stream, without a newline (docs/decisions/0017-unfinished-lines.md)."""

    CUT_OFF = "The last line is a command without a newline. It may be cut off, so it was not carried out.\n"

    def ends(self, client: LineSessionFixture, last: str) -> str:
        client.receives(last.encode())
        client.perform(client.session.ended())
        client.settle()
        return client.said()

    @pytest.mark.parametrize("text", ["hello", "//who", "/who\nhello", ".exi"])
    def test_a_text_is_said(self, bob: LineSessionFixture, text: str) -> None:
        assert self.ends(bob, text).endswith(f"bob: {text.rpartition(chr(10))[2].replace('//', '/')}\n")

    @pytest.mark.parametrize(
        "command", ["/ban eve", "/BAN eve 7d", "/msg eve psst", "/topic tea", "/archive", "/me waves", "/nonsense", "/"]
    )
    def test_a_command_is_not_obeyed(self, bob: LineSessionFixture, command: str) -> None:
        someone_enters(bob)
        before = len(bob.logs[1])
        bob.said()
        assert self.ends(bob, command) == self.CUT_OFF
        assert len(bob.logs[1]) == before

    def test_a_command_that_waits_behind_another_is_not_obeyed(self, bob: LineSessionFixture) -> None:
        bob.receives(b"/join tea\n/archive")
        bob.perform(bob.session.ended())
        bob.settle()
        assert bob.said().endswith(self.CUT_OFF)
        assert not bob.state.rooms[2].archived

    @pytest.mark.parametrize(("goodbye", "words"), [(".exit", ".exit"), ("/quit see you", "see you")])
    def test_a_goodbye_is_said(self, bob: LineSessionFixture, goodbye: str, words: str) -> None:
        self.ends(bob, goodbye)
        assert (bob.logs[1][-1].kind, bob.logs[1][-1].text) == ("left", words)

    def test_a_command_of_a_client_without_newlines_is_not_obeyed(self, raw: LineSessionFixture) -> None:
        someone_enters(raw)
        raw.said()
        assert self.ends(raw, "bob: /ban eve 7d") == self.CUT_OFF.removesuffix("\n")

    def test_the_last_message_of_a_client_without_newlines_is_said(self, raw: LineSessionFixture) -> None:
        assert self.ends(raw, "bob: hi") == "bob: hi"

    def test_a_password_may_begin_with_a_slash(self, client: LineSessionFixture) -> None:
        client.happens(Register("mel", "hash of /secret", by=MACHINE))
        assert "you are now connected!" in self.ends(client, "mel\n/secret")


class TestTalking:
    def test_a_message_is_shown_to_its_sender(self, bob: LineSessionFixture) -> None:
        assert bob.says("hi\n") == "bob: hi\n"

    def test_blank_lines_are_ignored(self, bob: LineSessionFixture) -> None:
        assert bob.says("\n  \n\t\n") == ""
        assert bob.logs[1][-1].kind == "joined"

    def test_a_message_may_begin_with_a_slash(self, bob: LineSessionFixture) -> None:
        assert bob.says("//join is a command\n") == "bob: /join is a command\n"

    def test_commands_are_case_insensitive(self, bob: LineSessionFixture) -> None:
        assert bob.says("/WHO\n") == "In #lobby: bob\n"

    @pytest.mark.parametrize(
        ("line", "answer"),
        [
            ("/nonsense x", "There is no command /nonsense. /help lists the commands."),
            ("/", "There is no command /. /help lists the commands."),
            (".exitus", "There is no command .exitus. /help lists the commands."),
            ("/join", "Like this: /join ROOM"),
            ("/msg", "Like this: /msg NAME text"),
            ("/msg eve", "Like this: /msg NAME text"),
            ("/msg nobody hi", "There is nobody called nobody here."),
            ("/msg bob hi", "You can't write to yourself."),
            ("/me", "Like this: /me does something"),
            ("/nick", "Like this: /nick NAME"),
            ("/nick bob", ""),
            ("/history 0", "Like this: /history [1 to 200]"),
            ("/history 201", "Like this: /history [1 to 200]"),
            ("/history ten", "Like this: /history [1 to 200]"),
            ("/history ²", "Like this: /history [1 to 200]"),
            ("/history", "Nothing has been said here yet."),
            ("/who nowhere", "There is no such room here."),
            ("/leave nowhere", "You are not in that room. Join it first."),
            ("/topic", "#lobby has no topic."),
            ("/rooms", "* #lobby (1 person)"),
            ("x" * 8001, "A message has at most 8,000 characters, this one has 8,001. It was not sent."),
            ("\x07", "An empty message was not sent."),
        ],
    )
    def test_a_line_and_its_answer(self, bob: LineSessionFixture, line: str, answer: str) -> None:
        assert bob.says(f"{line}\n") == (f"{answer}\n" if answer else "")
        assert not bob.closed

    def test_an_invalid_name_is_refused_with_the_rule(self, bob: LineSessionFixture) -> None:
        assert bob.says("/nick a b\n").startswith("A name has 1 to 32 letters")
        assert bob.says("/join a b\n").startswith("A room's name has 1 to 32 letters")

    def test_help_lists_every_command(self, bob: LineSessionFixture) -> None:
        text = bob.says("/help\n")
        for command in [
            "/join",
            "/leave",
            "/rooms",
            "/who",
            "/msg",
            "/me",
            "/nick",
            "/topic",
            "/history",
            "/help",
            "/quit",
            ".exit",
        ]:
            assert f"\n  {command}" in text

    def test_an_action(self, bob: LineSessionFixture) -> None:
        assert bob.says("/me waves\n") == "* bob waves\n"

    def test_a_new_name_is_shown_in_the_room(self, bob: LineSessionFixture) -> None:
        assert bob.says("/nick robert\n") == "bob is now known as robert\n"
        assert bob.says("hi\n") == "robert: hi\n"

    def test_a_topic_is_set_shown_and_listed(self, bob: LineSessionFixture) -> None:
        assert bob.says("/topic tea time\n") == "bob has set the topic: tea time\n"
        assert bob.says("/topic\n") == "The topic of #lobby is: tea time\n"
        assert bob.says("/rooms\n") == "* #lobby (1 person)  tea time\n"

    def test_rooms_and_members_are_listed_in_pages_and_found_by_a_word(self, bob: LineSessionFixture) -> None:
        for number in range(120):
            bob.happens(OpenRoom(f"room{number:03}"))
            bob.happens(ClaimName(f"guest{number:03}"))
            bob.happens(Join(bob.user_named(f"guest{number:03}"), "lobby"))
        bob.said()
        page = bob.says("/rooms\n").splitlines()
        assert (page[0], page[49], len(page)) == ("* #lobby (121 people)", "  #room048 (0 people)", 51)
        assert page[-1] == "There are more: /more shows them, and /rooms WORD finds some."
        assert bob.says("/more\n").splitlines()[0] == "  #room049 (0 people)"
        assert len(bob.says("/more\n").splitlines()) == 21
        assert bob.says("/more\n") == "There is nothing more to show.\n"
        assert bob.says("/rooms 119\n") == "  #room119 (0 people)\n"
        assert bob.says("/rooms nowhere\n") == "There is no room with nowhere in its name.\n"
        names, more = bob.says("/who\n").splitlines()
        assert names.startswith("In #lobby: bob, guest000, ")
        assert more == "There are more: /more shows them, and /who #lobby NAME finds some."
        assert bob.says("/more\n").endswith("guest118, guest119\n")
        assert bob.says("/who lobby guest11\n").startswith("In #lobby: guest110, ")
        assert bob.says("/who guest007\n") == "In #lobby: guest007\n"

    def test_history_shows_messages_and_no_notices(self, bob: LineSessionFixture) -> None:
        bob.says("one\n")
        bob.says("/me two\n")
        assert bob.says("/history\n") == "bob: one\n* bob two\n"
        assert bob.says("/history 1\n") == "* bob two\n"

    def test_history_that_cannot_be_read_is_refused(self, bob: LineSessionFixture) -> None:
        bob.receives(b"/history\n")
        bob.answer(refusal="not_read")
        assert bob.said() == "The server can't read its disk at the moment. Try again.\n"

    def test_a_message_that_cannot_be_stored_is_refused(self, bob: LineSessionFixture) -> None:
        bob.receives(b"hi\n")
        bob.answer(refusal="not_stored")
        assert bob.said() == "The server can't write to its disk at the moment. This was not stored; try again.\n"

    def test_a_message_of_several_lines_has_the_name_on_each(self, bob: LineSessionFixture) -> None:
        eve = someone_enters(bob)
        bob.said()
        bob.happens(SendMessage(eve, 1, "hi\nbob: I am not bob"))
        bob.happens(SendMessage(eve, 1, "one\ntwo", "action"))
        assert bob.said() == "eve: hi\neve: bob: I am not bob\n* eve one\n* eve two\n"


class TestMuchAtOnce:
    """Large input is processed in pieces: the server calls `go_on` when the connection has room."""

    def test_output_at_once_is_limited_by_bytes(self, bob: LineSessionFixture) -> None:
        one = len(bob.says("/help\n"))
        bob.receives(b"/help\n" * 64)
        assert bob.session.more
        most = len(bob.said())
        assert most <= PIECE_BYTES + one
        while bob.session.more:
            bob.perform(bob.session.go_on())
            assert len(bob.out) <= PIECE_BYTES + one
            most += len(bob.said())
        assert most == 64 * one

    def test_input_at_once_is_limited_by_lines(self, bob: LineSessionFixture) -> None:
        bob.receives(b"hi\n" * (LINES_AT_ONCE + 1))
        assert len(bob.waiting) == LINES_AT_ONCE
        assert bob.session.more
        bob.perform(bob.session.go_on())
        assert len(bob.waiting) == LINES_AT_ONCE + 1
        assert not bob.session.more

    def test_a_line_waits_for_the_answer_to_a_command_before_it(self, bob: LineSessionFixture) -> None:
        bob.receives(b"one\n/join tea\ntwo\n")
        assert len(bob.waiting) == 2
        bob.answer()
        assert bob.session.blocked
        assert len(bob.waiting) == 1
        bob.settle()
        assert [event.text for event in bob.logs[2] if event.kind == "message"] == ["two"]


class TestRooms:
    def test_joining_an_unknown_room_makes_it(self, bob: LineSessionFixture) -> None:
        assert bob.says("/join tea\n") == "bob has connected to the chat room\n"
        assert bob.says("hi\n") == "bob: hi\n"

    def test_lines_of_other_rooms_are_tagged(self, bob: LineSessionFixture) -> None:
        eve = someone_enters(bob)
        bob.says("/join #tea\n")
        bob.happens(SendMessage(eve, 1, "hi"))
        bob.happens(SendMessage(eve, 1, "one\ntwo"))
        assert bob.said() == "#lobby eve: hi\n#lobby eve: one\n#lobby eve: two\n"

    def test_lines_of_the_current_room_have_no_tag(self, bob: LineSessionFixture) -> None:
        eve = someone_enters(bob)
        bob.says("/join tea\n")
        assert bob.says("/join lobby\n") == "You are in #lobby now.\n"
        bob.happens(SendMessage(eve, 1, "hi"))
        assert bob.said() == "eve: hi\n"

    def test_after_leaving_another_joined_room_is_current(self, bob: LineSessionFixture) -> None:
        bob.says("/join tea\n")
        assert bob.says("/leave\n") == "bob has left the chat room!\nYou are in #lobby now.\n"
        assert bob.says("/rooms\n") == "* #lobby (1 person)\n  #tea (0 people)\n"

    def test_leaving_another_room_keeps_the_current_one(self, bob: LineSessionFixture) -> None:
        bob.says("/join tea\n")
        assert bob.says("/leave lobby\n") == "#lobby bob has left the chat room!\n"
        assert bob.says("hi\n") == "bob: hi\n"

    def test_in_no_room_commands_about_a_room_are_refused(self, bob: LineSessionFixture) -> None:
        answer = "bob has left the chat room!\nYou are in no room now. /join ROOM takes you into one.\n"
        assert bob.says("/leave\n") == answer
        nowhere = "You are in no room. /join ROOM takes you into one, /rooms lists them.\n"
        assert bob.says("hi\n") == nowhere
        for command in ("/me waves", "/topic", "/history", "/leave"):
            assert bob.says(f"{command}\n") == "You are not in that room. Join it first.\n"
        assert bob.says("/who\n") == "There is no such room here.\n"
        assert bob.says("/join lobby\n").endswith("bob has connected to the chat room\n")

    def test_joining_shows_the_last_messages(self, client: LineSessionFixture) -> None:
        eve = someone_enters(client)
        for number in range(25):
            client.happens(SendMessage(eve, 1, f"{number}"))
        lines = client.says("bob\n").splitlines()
        assert lines == [*(f"eve: {number}" for number in range(5, 25)), *ENTERED.split("\n")]

    def test_nothing_is_shown_of_a_room_between_leaving_and_joining(self, bob: LineSessionFixture) -> None:
        bob.says("/join tea\n")
        eve = someone_enters(bob, room="tea")
        bob.says("/leave\n")
        bob.happens(SendMessage(eve, 2, "hi"))
        assert bob.said() == ""
        assert bob.says("/join tea\n") == "eve: hi\nbob has connected to the chat room\n"

    def test_joining_works_without_the_history(self, client: LineSessionFixture) -> None:
        client.receives(b"bob\n")
        client.answer()
        client.answer()
        client.answer(refusal="not_read")
        assert client.said() == ENTERED + "\n"

    def test_a_kick_while_the_history_is_read_shows_the_room_up_to_it(self, bob: LineSessionFixture) -> None:
        eve = someone_enters(bob, room="tea")
        bob.receives(b"/join tea\n")
        bob.answer()
        bob.happens(SendMessage(eve, 2, "hi"))
        bob.happens(Moderate(MACHINE, 2, "kick", "bob"))
        bob.happens(Moderate(MACHINE, 1, "kick", "bob"))
        bob.happens(SendMessage(eve, 2, "after the kick"))
        bob.said()
        bob.settle()
        lines = bob.said().splitlines()
        assert lines[:2] == ["#tea bob has connected to the chat room", "#tea eve: hi"]
        assert lines[2].startswith("#tea ")
        assert lines[2].endswith("has sent bob out")
        assert lines[3:] == ["You are in no room now. /join ROOM takes you into one."]


class TestDirect:
    def test_a_direct_message_is_shown_to_both(self, bob: LineSessionFixture) -> None:
        eve = someone_enters(bob)
        bob.said()
        assert bob.says("/msg eve psst\n") == "you -> eve: psst\n"
        bob.happens(SendDirect(eve, "bob", "what?"))
        bob.happens(SendDirect(eve, "bob", "frowns", "action"))
        assert bob.said() == "eve -> you: what?\neve -> you: * eve frowns\n"

    def test_a_direct_message_is_shown_in_any_room(self, bob: LineSessionFixture) -> None:
        eve = someone_enters(bob)
        bob.says("/leave\n")
        bob.happens(SendDirect(eve, "bob", "psst"))
        assert bob.said() == "eve -> you: psst\n"

    @pytest.mark.parametrize("command", ["/who", "/join", "/leave"])
    def test_direct_rooms_have_no_name_for_commands(self, bob: LineSessionFixture, command: str) -> None:
        eve = someone_enters(bob)
        zoe = someone_enters(bob, "zoe")
        bob.happens(SendDirect(eve, "zoe", "psst"))
        bob.happens(SendDirect(eve, "bob", "psst"))
        bob.said()
        for other in (zoe, bob.user):
            answer = bob.says(f"{command} @{min(eve, other)}+{max(eve, other)}\n")
            assert answer in (
                "There is no such room here.\n",
                "You are not in that room. Join it first.\n",
                "A room's name has 1 to 32 letters, digits or any of _ - . [ ] { } | ^ ` \\ and no spaces.\n",
            )


class TestGoing:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("/quit", ""),
            ("/quit see you", "see you"),
            (".exit", ".exit"),
            (".exit see you", "see you"),
            ("/QUIT x", "x"),
        ],
    )
    def test_parting_words(self, bob: LineSessionFixture, line: str, words: str) -> None:
        bob.says(f"{line}\n")
        assert bob.closed
        assert bob.closed.reset is False
        assert (bob.logs[1][-1].kind, bob.logs[1][-1].text) == ("left", words)
        assert bob.state.user_named("bob") is None

    def test_lines_after_a_goodbye_are_ignored(self, bob: LineSessionFixture) -> None:
        bob.says("/quit\nhi\n")
        assert bob.logs[1][-1].kind == "left"

    def test_a_goodbye_closes_the_connection_even_if_it_is_not_stored(self, bob: LineSessionFixture) -> None:
        bob.receives(b"/quit\n")
        bob.answer(refusal="not_stored")
        assert bob.closed

    def test_a_refused_message_before_a_goodbye_is_reported(self, bob: LineSessionFixture) -> None:
        bob.receives(b"hi\n/quit\n")
        bob.answer(refusal="not_stored")
        assert not bob.closed
        assert bob.said() == "The server can't write to its disk at the moment. This was not stored; try again.\n"
        bob.answer()
        assert bob.closed

    def test_a_stopping_server_says_so_and_closes(self, bob: LineSessionFixture) -> None:
        bob.perform(bob.session.stopping())
        assert bob.said() == "The server is stopping. Come back in a moment.\n"
        assert bob.closed

    def test_a_stalled_reader_is_cut(self, bob: LineSessionFixture) -> None:
        bob.perform(bob.session.stalled())
        assert bob.closed


# Random input

lines = st.sampled_from(
    [
        b"bob\n",
        b"eve\n",
        b"bob",
        b"bob: ",
        b"hi\n",
        b"\n",
        b"/join a\n",
        b"/join b\n",
        b"/join lobby\n",
        b"/leave\n",
        b"/leave a\n",
        b"/rooms\n",
        b"/who\n",
        b"/who a\n",
        b"/msg eve hi\n",
        b"/msg bob hi\n",
        b"/me x\n",
        b"/nick rob\n",
        b"/nick bob\n",
        b"/topic\n",
        b"/topic x\n",
        b"/history\n",
        b"/history 3\n",
        b"/help\n",
        b"/quit\n",
        b".exit\n",
        b"//x\n",
        b"GET / HTTP/1.1\r\n",
        b"\xff\n",
        b"\xff\xf4\xff\xfd\x06",
        b"\xff\xfb\x1f",
        b"\xff\xfa\x18\0x",
        b"\xff",
        b"\xef\xbb\xbf",
        b"w",
        b"\x08",
        b"\r\0",
        b"/ban eve 7",
        b"\0\n",
        b"x" * (LINE_BYTES + 1),
        b"/join @1+2\n",
        b"bob: /join abob: hi",
        b"a b\n",
        b"\r\n",
        b"/" + b"x" * 9000 + b"\n",
        b"mel\n",
        b"secret for mel\n",
        b"mel: secret for mel",
        b"/register correct horse\n",
        b"/register x\n",
        b"/password battery staple\n",
        b"/private den\n",
        b"/join den\n",
        b"/invite eve\n",
        b"/kick eve go\n",
        b"/ban eve 10m go\n",
        b"/unban eve\n",
        b"/mute eve 99999999999d\n",
        b"/role eve owner\n",
        b"/role\n",
        b"/slow 5\n",
        b"/slow\n",
        b"/readonly on\n",
        b"/rename c\n",
        b"/archive x\n",
        b"/reopen\n",
        b"hi\n/edit x\n",
        b"/edit 3 x\n",
        b"/delete\n",
        b"/delete ^\n",
        b"/reply ^ x\n",
        b"/thread 3 x\n",
        b"/thread ^\n",
        b"/title ^ x\n",
        b"/react ^ :+1:\n",
        b"/pin\n",
        b"/pins\n",
        b"/versions ^\n",
        b"s/h/j/\n",
        b"s/h/j\n",
        b"/numbers on\n",
        b"/quiet joins on\n",
    ]
)
policies = st.builds(Policy, st.sampled_from(["open", "open", "invite", "members"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("receives"), st.one_of(lines, lines, st.binary(max_size=12))),
        st.tuples(
            st.just("answer"), st.sampled_from([None, None, None, None, "not_stored", "too_fast", "stopping", "failed"])
        ),
        st.tuples(st.just("rings"), st.none()),
        st.tuples(st.just("other"), st.integers(0, 14)),
        st.tuples(st.sampled_from(["ended", "stopping", "stalled", "expel"]), st.none()),
    ),
    max_size=25,
)


class TestMessages:
    def test_the_last_own_message_is_found_behind_many_others(self, bob: LineSessionFixture) -> None:
        eve = someone_enters(bob)
        bob.says("helo\n")
        for _ in range(PAGE_EVENTS + 1):
            bob.happens(SendMessage(eve, 1, "x"))
        bob.said()
        assert bob.says("/edit hello\n") == "* bob edited [4]: hello\n"

    def test_the_last_own_message_may_come_from_another_session(self, bob: LineSessionFixture) -> None:
        bob.says("first\n")
        bob.happens(SendMessage(bob.user, 1, "second"))
        bob.said()
        assert bob.says("/delete\n") == "* bob deleted [4]\n"
        # The last one is still that one: a second /delete does not delete the first.
        assert bob.says("/delete\n") == "That is so already.\n"

    def test_a_command_waits_for_a_message_on_its_way(self, bob: LineSessionFixture) -> None:
        bob.says("first\n")
        bob.receives(b"second\n/delete\nthird\n")
        assert bob.session.blocked
        bob.settle()
        assert bob.said() == "bob: second\n* bob deleted [4]\nbob: third\n"

    @pytest.mark.parametrize("line", ["/edit x", "/delete", "s/f/x/", "s/f/x", "/pin", "/versions"])
    def test_a_refused_message_is_not_mistaken_for_the_one_before(self, line: str, bob: LineSessionFixture) -> None:
        bob.says("first\n")
        bob.receives(f"second\n{line}\n".encode())
        bob.answer(refusal="not_stored")
        bob.settle()
        assert bob.said().endswith(
            "Your last message was not stored. Give the number of another: /numbers on shows them.\n"
        )
        assert [event.kind for event in bob.logs[1]][-1] == "message"

    def test_a_refusal_that_overtakes_an_earlier_message_counts(self, bob: LineSessionFixture) -> None:
        bob.receives(b"first\nsecond\n/delete\n")
        bob.waiting.rotate(-1)
        bob.answer(refusal="too_fast")
        bob.settle()
        assert "* bob deleted" not in bob.said()

    @pytest.mark.parametrize(
        "line", ["/edit 3 x", "/delete ^", "/reply 3 x", "/thread 3", "/pins", "/history", "s/h/x/"]
    )
    def test_a_store_that_can_not_be_read_is_told(self, line: str, bob: LineSessionFixture) -> None:
        bob.says("hi\n")
        bob.receives(f"{line}\n".encode())
        bob.answer(refusal="not_stored")
        assert bob.said()
        assert bob.says("still here\n") == "bob: still here\n"

    def test_a_list_is_not_shown_to_who_was_sent_out_meanwhile(self, bob: LineSessionFixture) -> None:
        bob.says("/private den\nsecret\n/pin\n")
        bob.receives(b"/pins\n")
        bob.happens(Moderate(MACHINE, 2, "kick", "bob"))
        bob.settle()
        assert "secret" not in bob.said()


@settings(max_examples=150)
@given(steps, policies)
def test_no_sequence_of_bytes_and_outcomes_breaks_a_session(steps: list[tuple[str, object]], policy: Policy) -> None:
    client = LineSessionFixture(policy)
    client.happens(Register("eve", "hash", by=MACHINE))
    eve = client.user_named("eve")
    client.happens(Join(eve, "lobby"))
    client.happens(Register("mel", "hash of secret for mel", by=MACHINE))
    client.happens(Create(eve, "den", private=True))
    client.opens()
    others: list[Command] = [
        SendMessage(eve, 1, "hi\nthere"),
        SendDirect(eve, "bob", "psst"),
        Leave(eve, 1),
        Join(eve, "a"),
        SetTopic(eve, 1, "x"),
        ReleaseName(eve),
        ClaimName("eve"),
        Moderate(MACHINE, 1, "kick", "bob"),
        Moderate(MACHINE, 1, "kick", "mel"),
        Moderate(MACHINE, 2, "invite", "mel"),
        Moderate(MACHINE, 2, "kick", "mel"),
        Moderate(MACHINE, 1, "ban", "bob"),
        Join(client.user_named("mel"), "den"),
        Join(client.user_named("mel"), "lobby"),
        DeleteAccount(client.user_named("mel"), True),
    ]
    for step, argument in steps:
        if client.closed:
            break
        match step, argument:
            case "receives", bytes(data):
                if not client.session.blocked:
                    client.receives(data)
            case "answer", refusal if client.waiting:
                client.answer(refusal=refusal)  # type: ignore[arg-type]
            case "rings", _ if client.alarm:
                client.rings()
            case "other", int(which):
                client.happens(others[which])
                client.expel_if_deleted()
            case "expel", _ if client.user:
                client.expel()
            case "ended" | "stopping" | "stalled", _:
                client.perform(getattr(client.session, step)())
        # A blocked session must be waiting for an answer, and a session that is not blocked must have processed all
        # lines.
        assert not client.session.blocked or client.waiting
    client.settle()
