"""Plain text in a document never becomes markup or a mention.

The page's own parser checks that: `tests/transcripts/text/webhooks.json` has texts with their trees, and
`web/src/markdown/text.test.ts` parses them.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.mentions import mentions
from parley.gateways.http.hooks.document import (
    Code,
    Fence,
    Inline,
    Item,
    Link,
    Mention,
    ParagraphLine,
    Quote,
    bold,
    italic,
    line,
    lines,
)
from parley.gateways.http.hooks.render import render
from tests.core.sessions import Rules

VECTORS = json.loads((Path(__file__).parents[3] / "transcripts/text/webhooks.json").read_text(encoding="utf-8"))

PIECES = ["<", "!", "&lt;", ":fire:", *"*_~|`[]()@#>-\\. \nab1é看", "http://e.example/", "@room", "@bob", "](", "```"]
MARKS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


class Room:
    """A room in which everybody may mention everybody, and in which bot writes messages."""

    def __init__(self) -> None:
        self.rules = Rules()
        self.ann = self.rules.account("ann", "owner")
        self.bot, self.bob, self.a = self.rules.enter("hook", "bob", "a")
        self.room = self.rules.join("lobby", self.ann, self.bot, self.bob, self.a)

    def mentions(self, text: str) -> tuple[int, ...] | None:
        state = self.rules.state
        return mentions(state, state.rooms[self.room], state.users[self.bot], text, lambda user: True)


ROOM = Room()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["plain"][:30])
def test_plain_text_is_escaped(vector: dict[str, str]) -> None:
    assert render(lines(vector["plain"])) == vector["text"]


@given(MARKS)
def test_plain_text_mentions_nobody(text: str) -> None:
    assert ROOM.mentions(render(lines(text))) is None
    assert ROOM.mentions(render([line(bold(text)), line(Link("http://e.example/", text)), Item((text,))])) is None


@given(MARKS)
def test_code_mentions_nobody(text: str) -> None:
    assert ROOM.mentions(render([Fence(text)])) is None
    assert ROOM.mentions(render([line("`", Code(text), "\\"), Quote((Fence(text),))])) is None


@given(MARKS, MARKS)
def test_a_mention_is_one_wherever_it_stands(before: str, after: str) -> None:
    bob = (ROOM.bob,)
    assert ROOM.mentions(render([line(before, Mention("bob"), after)])) == bob


def test_a_document_is_written_in_the_text_format() -> None:
    document = [
        line(bold("a ", Link("https://e.example/x_(y)", "b [c]")), " ", italic("d"), " ", Code("e`f")),
        Item(("one",)),
        Item(("two",), depth=1),
        Quote((ParagraphLine(("said",)), ParagraphLine())),
        Quote((ParagraphLine(("another",)),)),
        Fence("x\n```", "sh"),
    ]
    assert render(document) == (
        "**a [b [c]](https://e.example/x_%28y%29)** _d_ ``e`f``\n"
        "- one\n"
        "  - two\n"
        "> said\n"
        ">\n"
        "\n"
        "> another\n"
        "````sh\n"
        "x\n"
        "```\n"
        "````"
    )


@pytest.mark.parametrize(
    ("href", "words", "text"),
    [
        ("https://e.example/", "", "https://e.example/"),
        ("https://e.example/.", "", "[https://e.example/.](https://e.example/.)"),
        ("https://e.example/a_(b)/", "https://e.example/a_(b)/", "https://e.example/a_(b)/"),
        ("https://e.example/@room", "", "[https://e.example/@\u2060room](https://e.example/%40room)"),
        ("https://e.example/a**b**", "x", "[x](https://e.example/a**b**)"),
        ("https://e.example/a**b", "", r"[https://e.example/a\*\*b](https://e.example/a**b)"),
        ("https://e.example/a_(b", "x", "[x](https://e.example/a_%28b)"),
        ("https://[::1]:8080/", "x", "[x](https://[::1]:8080/)"),
        ("https://e.example/", "a] (b", "[a) (b](https://e.example/)"),
        ("javascript:alert(1)", "x", "x (javascript:alert(1))"),
        ("https://e.example/ x", "y", "y (https://e.example/ x)"),
        ("https://e.example/\u202egpj.exe", "y", "y (https://e.example/\u202egpj.exe)"),
        ("mailto:ann@example.org", "ann", "[ann](mailto:ann@example.org)"),
        ("", "words", "words"),
    ],
)
def test_links(href: str, words: str, text: str) -> None:
    assert render([line(Link(href, words))]) == text


def test_styles_that_would_not_be_recognized_are_left_out() -> None:
    assert render([line("snake", italic("case"), "name")]) == "snakecasename"
    assert render([line(bold("a"), bold("b"))]) == "**ab**"
    assert render([line(bold("a", bold("b")), bold(" "))]) == "**ab**"
    assert render([line("\\", bold("a"))]) == "\\\u2060**a**"


@pytest.mark.parametrize(
    ("inlines", "text"),
    [
        ((Code("a"), Code("b")), "`a`\u2060`b`"),
        ((Mention("bob"), bold("by")), "@bob\u2060**by**"),
        ((italic(Mention("bob")),), "_\u2060@bob\u2060_"),
        (("mail", Mention("bob")), "mail\u2060@bob"),
        (("http://e.example/a", bold("b")), "http://e.example/a\u2060**b**"),
        ((Link("http://e.example/"), Code("b")), "http://e.example/\u2060`b`"),
        ((Link("http://e.example/", "a\\"),), "[a\\\u2060](http://e.example/)"),
        (("__", italic("a")), "\\_\\_\u2060_a_"),
    ],
)
def test_neighbouring_inlines_do_not_merge(inlines: tuple[Inline, ...], text: str) -> None:
    assert render([line(*inlines)]) == text
