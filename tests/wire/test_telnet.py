"""Telnet commands in a stream of text: whatever they are and wherever the stream is cut, the text is unchanged."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.telnet import ARE_YOU_THERE_ANSWER, IAC, SUBNEGOTIATION_BYTES, TelnetFilter

WILL, WONT, DO, DONT = b"\xff\xfb", b"\xff\xfc", b"\xff\xfd", b"\xff\xfe"
SB, SE = b"\xff\xfa", b"\xff\xf0"

PUTTY = bytes.fromhex("fffb1f fffb20 fffb18 fffb27 fffd01 fffb03 fffd03")
"""The first bytes that PuTTY 0.78 sends: WILL NAWS, TSPEED, TTYPE, NEW-ENVIRON, DO ECHO, WILL SGA, DO SGA."""

CTRL_C = bytes.fromhex("fff4 fffd06")
"""The bytes that Linux' telnet sends for Ctrl-C: IP, DO TIMING-MARK (RFC 860). It shows no output until the server
answers.
"""

texts = st.text().map(str.encode)
verbs = st.sampled_from([WILL, WONT, DO, DONT])
negotiations = st.builds(lambda verb, option: verb + bytes([option]), verbs, st.integers(0, 255))
payloads = st.binary(max_size=80).map(lambda data: data.replace(IAC, IAC + IAC))
subnegotiations = payloads.map(lambda data: SB + data + SE)
silent = st.sampled_from([b"\xff\xf1", b"\xff\xf2", b"\xff\xf5", b"\xff\xf9", b"\xff\xef", b"\xff\xec"])
commands = st.one_of(negotiations, subnegotiations, silent)


def filtered(chunks: list[bytes], telnet: TelnetFilter | None = None) -> tuple[bytes, bytes]:
    telnet = telnet or TelnetFilter(at_start=True)
    came = [telnet.receive(chunk) for chunk in chunks]
    return b"".join(text for text, _ in came) + telnet.flush(), b"".join(answer for _, answer in came)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in pairwise(edges)]


def bytewise(stream: bytes) -> list[bytes]:
    return [stream[index : index + 1] for index in range(len(stream))]


cuts = st.lists(st.integers(0, 10**6), max_size=30)


@given(st.lists(st.tuples(texts, commands)), texts, cuts)
def test_commands_are_taken_out_of_the_text(said: list[tuple[bytes, bytes]], end: bytes, places: list[int]) -> None:
    stream = b"\xff\xf1" + b"".join(text + command for text, command in said) + end
    text = b"".join(text for text, _ in said) + end
    asked = [command for _, command in said if command[:2] in (WILL, DO)]
    answers = b"".join((DONT if command[:2] == WILL else WONT) + command[2:] for command in asked)
    assert filtered(cut(stream, places)) == (text, answers)
    assert filtered(bytewise(stream)) == (text, answers)


@given(st.binary(max_size=60), cuts)
def test_any_bytes_give_the_same_however_they_are_cut(stream: bytes, places: list[int]) -> None:
    assert filtered(cut(stream, places)) == filtered([stream])
    assert filtered(bytewise(stream)) == filtered([stream])


@given(st.text().map(str.encode), cuts)
def test_text_is_never_taken_for_a_command(stream: bytes, places: list[int]) -> None:
    telnet = TelnetFilter()
    assert filtered(cut(stream, places), telnet) == (stream, b"")
    assert not telnet.spoken


@pytest.mark.parametrize(
    ("sent", "text", "answer"),
    [
        (PUTTY + b"bob\r\n", b"bob\r\n", bytes.fromhex("fffe1f fffe20 fffe18 fffe27 fffc01 fffe03 fffc03")),
        (CTRL_C, b"\x15", bytes.fromhex("fffc06")),
        (b"\xff\xf3", b"\x15", b""),
        (b"ab\xff\xf7c", b"ab\x08c", b""),
        (b"ab\xff\xf8c", b"ab\x15c", b""),
        (b"\xff\xf6", b"", ARE_YOU_THERE_ANSWER),
        (b"a\xff\xffb", b"a\xffb", b""),
        (DONT + b"\x01bob\r\n", b"bob\r\n", b""),
        (WONT + b"\x01", b"", b""),
        (SB + b"\x18\0xterm\nx" + SE + b"hi", b"hi", b""),
        # A width of 255 columns whose byte 255 is not doubled, as some clients send it.
        (SB + b"\x1f\x00\xff\x00\x50" + SE + b"hi", b"hi", b""),
        # A command within a subnegotiation ends the subnegotiation.
        (SB + b"\x18\0xterm" + DO + b"\x01hi", b"hi", WONT + b"\x01"),
        # Bytes that are not telnet
        (b"\xff\n", b"\xff\n", b""),
        (b"\xff\xfe\n", b"\xff\xfe\n", b""),
        (b"x\xff\xfb\r\n", b"x\xff\xfb\r\n", b""),
        (b"x\xff", b"x\xff", b""),
        ("ffé\n".encode("utf-16"), "ffé\n".encode("utf-16"), b""),
        ("Иван\n".encode("utf-16"), "Иван\n".encode("utf-16"), b""),
    ],
)
def test_examples(sent: bytes, text: bytes, answer: bytes) -> None:
    assert filtered([sent]) == (text, answer)
    assert filtered(bytewise(sent)) == (text, answer)


@pytest.mark.parametrize("sent", [b"\xff\n", b"\xff", b"\xff\xff", b"\xff\xfe\n", "bob\n".encode("utf-16")])
def test_a_client_that_sends_no_command_does_not_speak_telnet(sent: bytes) -> None:
    telnet = TelnetFilter(at_start=True)
    telnet.receive(sent)
    assert not telnet.spoken


def test_an_endless_subnegotiation_ends() -> None:
    telnet = TelnetFilter()
    text, _ = filtered([SB, *[b"x" * 100] * 11, b"hi\n"], telnet)
    assert len(text) == 1100 + 3 - SUBNEGOTIATION_BYTES
    assert text.endswith(b"hi\n")


def test_a_refusal_is_not_answered() -> None:
    _, answer = filtered([DO + b"\x01" + WILL + b"\x01"])
    assert filtered([answer])[1] == b""
