"""The load engines detect lost, doubled and reordered messages. Run by `pytest bench`."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.dialects import Bare, Irc, frame, frames, json_frame, text_of
from bench.engine import SOURCE, Compiled, compile_c
from bench.engine_python import Interpreted
from bench.phase import Engine, Phase, Writer
from bench.process import Failed

MESSAGES = 20


@pytest.fixture(scope="module", params=["c", "python"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    if request.param == "python":
        return Interpreted()
    program = compile_c(SOURCE, tmp_path_factory.mktemp("engine"))
    if program is None:
        pytest.skip("no C compiler")
    return Compiled(program)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def line(serial: int) -> bytes:
    return f"somebody: {text_of(60)}\r\n".encode().replace(b"~00000000", b"~%08x" % serial)


def web(serial: int) -> bytes:
    """Return a frame with a `~` in its header, which marks no token: it is the first of the two bytes of the length."""
    payload = f'{{"t":"events","events":[{{"text":"{text_of(150)}"}}]}}'.encode().replace(
        b"~00000000", b"~%08x" % serial
    )
    return b"\x81\x7e" + len(payload).to_bytes(2, "big") + payload


def drain(engine: Engine, sock: socket.socket, framing: str) -> None:
    engine.run(Phase(framing, [sock], expect=MESSAGES, grace=0.3)).check()


@pytest.mark.parametrize(("framing", "message"), [("line", line), ("web", web)])
def test_everything_once_and_in_order(
    engine: Engine, pair: tuple[socket.socket, socket.socket], framing: str, message: Callable[[int], bytes]
) -> None:
    pair[1].sendall(b"".join(message(serial) for serial in range(MESSAGES)))
    drain(engine, pair[0], framing)


@pytest.mark.parametrize(("framing", "message"), [("line", line), ("web", web)])
@pytest.mark.parametrize(
    ("serials", "fault"),
    [
        ([*range(7), *range(8, MESSAGES), MESSAGES], "gaps"),
        ([*range(7), 6, *range(7, MESSAGES)], "duplicates"),
        ([0, 1, 3, 2, *range(4, MESSAGES)], "gaps"),
        (list(range(MESSAGES - 1)), "missing"),
    ],
)
def test_faults(
    engine: Engine,
    pair: tuple[socket.socket, socket.socket],
    framing: str,
    message: Callable[[int], bytes],
    serials: list[int],
    fault: str,
) -> None:
    pair[1].sendall(b"".join(message(serial) for serial in serials))
    with pytest.raises(Failed, match=fault):
        drain(engine, pair[0], framing)


def test_a_message_that_is_not_whole_does_not_count(tmp_path: Path, pair: tuple[socket.socket, socket.socket]) -> None:
    program = compile_c(SOURCE, tmp_path)
    if program is None:
        pytest.skip("no C compiler")
    pair[1].sendall(b"".join(web(serial) for serial in range(MESSAGES))[:-1])
    with pytest.raises(Failed, match="missing"):
        drain(Compiled(program), pair[0], "web")


def test_two_receivers_that_see_different_orders(engine: Engine) -> None:
    """Each receiver gets each writer's messages in order, but the orders of the messages of both writers differ."""
    pairs = [socket.socketpair() for _ in range(4)]
    ends = [end for both in pairs for end in both]
    for end in ends:
        end.setblocking(False)
    first, second = pairs[0], pairs[1]
    one, other = line(0), line(1 << 24)
    first[1].sendall(one + other)
    second[1].sendall(other + one)
    template = Bare().message("", "", 60)
    writers = [Writer(pairs[2][0], first[0], template), Writer(pairs[3][0], second[0], template)]
    for (_, answer), token in zip(pairs[2:], (one, other), strict=True):
        answer.sendall(token)
    phase = Phase("line", [first[0], second[0]], writers, window=1, count=1, grace=0.3)
    result = engine.run(phase)
    for end in ends:
        end.close()
    assert result["orders"] > 1
    with pytest.raises(Failed, match="different orders"):
        result.check()


def test_templates() -> None:
    template = Irc().message("w0", "bench", 60)
    assert len(template.offsets) == 1
    assert template.data[template.offsets[0] - 1 :].startswith(b"~00000000")
    assert len(text_of(60)) == 60


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_frames(size: int) -> None:
    sent = frame(b"x" * size)
    mask = sent.index(b"\0\0\0\0", 2 if size < 126 else 4 if size < 65536 else 10)
    unmasked = sent[:1] + bytes([sent[1] & 127]) + sent[2:mask] + sent[mask + 4 :]
    assert frames(unmasked + unmasked[:-1]) == ([b"x" * size], len(unmasked))
    assert b'"t":"hello"' in json_frame(t="hello")
