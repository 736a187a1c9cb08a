"""QR codes on a terminal: the right modules, or the text itself if no code can be shown."""

import io
import os
import re

import pytest
import segno

from parley.clients.plain.qr import qr

LINK = "https://chat.example.org:59000/join/8fZ2xK5r9TqLw3Ym"
WIDE = os.terminal_size((80, 24))


class Terminal(io.TextIOWrapper):
    """A terminal with a given encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def dots(shown: str) -> list[list[int]]:
    rows: list[list[int]] = []
    for line in shown.splitlines():
        (halves,) = re.fullmatch("\x1b\\[38;5;16;48;5;231m([ ▀▄█]+)\x1b\\[0m", line).groups()
        rows += [[half in "▀█" for half in halves], [half in "▄█" for half in halves]]
    return rows


def test_every_dot_of_the_code_is_shown_within_a_light_border():
    expected = [list(row) for row in segno.make_qr(LINK, error="l").matrix_iter(border=2)]
    shown = dots(qr(LINK, Terminal(), WIDE))
    assert shown[: len(expected)] == expected
    assert not any(map(any, shown[len(expected) :]))


def test_an_invite_link_fits_a_small_terminal():
    shown = qr(LINK, Terminal(), WIDE).splitlines()
    assert len(shown) < 24
    assert len(dots(qr(LINK, Terminal(), WIDE))[0]) < 40


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_without_half_block_characters_the_text_is_shown(encoding):
    assert qr(LINK, Terminal(encoding), WIDE) == LINK


def test_in_a_pipe_or_a_file_the_text_is_shown():
    assert qr(LINK, io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), WIDE) == LINK


def test_on_a_terminal_without_colours_the_text_is_shown(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert qr(LINK, Terminal(), WIDE) == LINK


def test_on_a_narrow_terminal_the_text_is_shown():
    columns = len(dots(qr(LINK, Terminal(), WIDE))[0])
    assert qr(LINK, Terminal(), os.terminal_size((columns, 24))) != LINK
    assert qr(LINK, Terminal(), os.terminal_size((columns - 1, 24))) == LINK


def test_a_text_too_long_for_a_code_is_shown_as_text():
    assert qr("x" * 3_000, Terminal(), WIDE) == "x" * 3_000
