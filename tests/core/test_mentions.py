"""Mentions: examples, and a comparison with a slow reference implementation."""

import json
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core import markup
from parley.core import mentions as module
from parley.core.commands import Moderate, OpenDirect, Rename, SendDirect, SendMessage
from parley.core.events import EVERYBODY, MACHINE
from parley.core.markup import DEPTH, without_code
from parley.core.mentions import HERE_MOST, NAMES_MOST, mentions
from parley.core.rules import decide
from parley.core.text import NAME_CHARS, TEXT_CHARS, fold
from parley.core.unicode.spaceless import is_spaceless
from tests.core.sessions import Rules

MARKS = "_-.[]{}|^`\\"


class Place:
    """#lobby with ada, bob, bob., zoë, नमस्कार and an owner, ann; eve is not a member. `online` users are connected."""

    def __init__(self, *online):
        self.rules = Rules()
        self.ann = self.rules.account("ann", "owner")
        self.ids = dict(
            zip(names := ("ada", "bob", "bob.", "zoë", "नमस्कार", "eve"), self.rules.enter(*names), strict=True)
        )
        self.room = self.rules.join("lobby", self.ann, *(id_ for name, id_ in self.ids.items() if name != "eve"))
        self.connected = {self.rules.state.user_named(name).id for name in online}

    def calls(self, value):
        self.rules.done(Moderate(MACHINE, self.room, "calls", value=value))
        return self

    def ids_in(self, text, by="ada"):
        user = self.rules.state.user_named(by)
        room = self.rules.state.rooms[self.room]
        return mentions(self.rules.state, room, user, text, self.connected.__contains__) or ()

    def names_in(self, text, by="ada"):
        """Return the names of the users whom a text of `by` mentions; `*` for everybody."""
        found = self.ids_in(text, by)
        return ["*" if id_ == EVERYBODY else self.rules.state.users[id_].name for id_ in found]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@bob", ["bob"]),
        ("hi @bob!", ["bob"]),
        ("@BOB and @Zoë", ["bob", "zoë"]),
        ("@zoe\u0308, your accent", ["zoë"]),  # a decomposed accent
        ("@ZOE\u0308", ["zoë"]),
        ("@नमस्कार there", ["नमस्कार"]),
        ("@bob @bob @bob", ["bob"]),
        ("@zoë @bob", ["bob", "zoë"]),  # ordered by id
        # The longest existing name; punctuation may follow it
        ("ask @bob.", ["bob."]),
        ("ask @bob..", ["bob."]),
        ("ask @bob,", ["bob"]),
        ("@bob's", ["bob"]),
        ("@bob-", ["bob"]),
        ("(@bob)", ["bob"]),
        ("[@bob]", ["bob"]),
        ("**@bob** _@zoë_", ["bob"]),  # `_` can be part of a name
        ("@bob" + "-" * 60, ["bob"]),
        ("@bobby @bo @bob.x", []),
        ("@नमस्", []),
        ("@bob,@zoë", ["bob", "zoë"]),
        ("@bob@zoë", ["bob"]),
        ("@bob\n@zoë", ["bob", "zoë"]),
        # E-mail addresses, and text that is not a name
        ("mail bob@bob", []),
        ("é@bob e\u0301@bob 7@bob _@bob", []),
        ("@@bob", []),
        ("@ bob", []),
        ("@", []),
        ("@" + "b" * 9_000, []),
        ("@nobody @eve", []),  # eve is not in the room
        ("@ada", []),  # the author
        # Scripts without spaces, after and before a name
        ("你好@bob", ["bob"]),
        ("你好@bob，看一下", ["bob"]),
        ("@bob你好", ["bob"]),
        ("@bob.你好", ["bob."]),
        ("@bob-你好", ["bob"]),
        ("@bob，你好。@zoë", ["bob", "zoë"]),
        ("さあ@bobさん", ["bob"]),
        ("カタ@BOB", ["bob"]),
        ("안녕@bob님", ["bob"]),
        ("สวัสดี@bobครับ", ["bob"]),
        ("ສະບາຍດີ@bob", ["bob"]),
        ("សួស្តី@bob", ["bob"]),
        ("မင်္ဂလာပါ@bob", ["bob"]),
        ("漢字@bob@zoë", ["bob"]),
        ("@bobby你好 用户@bobby.com", []),
        ("привет@bob שלום@bob नमस्ते@bob", []),  # these scripts use spaces
        ("٣@bob", []),
        ("❤️@bob", ["bob"]),  # a variation selector after an emoji
        ("👩🏽‍🚀@bob", ["bob"]),
        ("#@bob", []),
        # Code
        ("`@bob`", []),
        ("``@bob``", []),
        ("``@bob` ``", []),
        ("`@bob`` @zoë`", []),
        ("`x` @bob `y`", ["bob"]),
        ("@bob`x` @zoë`-`", ["zoë"]),  # a name does not end before a letter
        ("`@bob", ["bob"]),  # not closed
        ("``@bob`", ["bob"]),
        ("`a\n@bob `", ["bob"]),  # inline code ends with the line
        ("```\n@bob\n```\n@zoë", ["zoë"]),
        ("```python\n@bob\n```", []),
        ("   ```\n@bob", []),  # the fence is open to the end of the text
        ("    ```\n@bob", ["bob"]),
        ("````\n```\n@bob\n````", []),
        ("```\n@bob\n````\n@zoë", ["zoë"]),
        ("```\n@bob\n``` x\n@zoë", []),
        ("``` `\n@bob", ["bob"]),
        ("> @bob", ["bob"]),
        ("||@bob||", ["bob"]),
        # Code in quotes and lists
        ("> `@bob` @zoë", ["zoë"]),
        ("> ```\n> @bob\n> ```\n> @zoë", ["zoë"]),
        ("> ```\n> @bob\n@zoë", ["zoë"]),  # the fence is open to the end of the quote
        (">```\n@bob", ["bob"]),  # not a quote
        ("- ```\n  @bob\n  ```\n- @zoë", ["zoë"]),
        ("1. ```\n   @bob\n2. @zoë", ["zoë"]),
        ("- > ```\n  > @bob\n  @zoë", ["zoë"]),
        ("   - ```\n  - @bob", ["bob"]),  # the next item
        ("- a\n\n  ```\n  @bob\n  ```", []),
        ("in\n1999. ```\n   @bob", ["bob"]),  # a paragraph's line that begins with a year
        ("> > > > ```\n> > > > @bob", []),
        ("> > > > > ```\n> > > > > @bob", ["bob"]),  # too deep to be a quote
        # Backslashes
        ("\\`@bob`", ["bob"]),
        ("\\``@bob`", []),
        ("`a\\` @bob `", ["bob"]),
    ],
)
def test_a_text_mentions_these_members(text, named):
    assert Place().names_in(text) == named


def test_a_mention_uses_the_members_current_name():
    place = Place()
    place.rules.done(Rename(place.ids["bob"], "robert"))
    assert place.names_in("@bob @Robert") == ["robert"]


def test_a_name_with_decomposed_accents_may_be_longer_as_typed():
    place = Place()
    name = "é" * NAME_CHARS
    place.rules.join("lobby", *place.rules.enter(name))
    assert place.names_in(f"@{unicodedata.normalize('NFD', name)}, your accents") == [name]
    assert place.names_in(f"@{name}é") == []


def test_only_the_first_names_of_a_message_are_looked_up():
    place = Place()
    assert place.names_in("@x " * (NAMES_MOST - 1) + "@bob") == ["bob"]
    assert place.names_in("@x " * NAMES_MOST + "@bob") == []


# Everybody


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@room", ["*"]),
        ("@Room, hear", ["*"]),
        ("@ROOM.", ["*"]),
        ("@room @bob", ["*", "bob"]),
        ("@zoë @room @here", ["*", "zoë"]),
        ("@room大家好 @here", ["*"]),
        ("@roomy @room-mate `@room` x@room", []),
        ("@here", ["bob", "zoë"]),
        ("@HERE!", ["bob", "zoë"]),
        ("@here @नमस्कार", ["bob", "zoë", "नमस्कार"]),
    ],
)
def test_room_and_here_mention_everybody(text, named):
    assert Place("ada", "bob", "zoë", "eve").names_in(text) == named


@pytest.mark.parametrize(
    ("calls", "by", "may"),
    [
        ("members", "bob", True),
        ("moderators", "bob", False),
        ("moderators", "zoë", True),
        ("moderators", "ann", True),
        ("nobody", "zoë", False),
        ("nobody", "ann", False),
    ],
)
def test_the_room_decides_who_may_mention_everybody(calls, by, may):
    place = Place("ada")
    place.rules.done(Moderate(MACHINE, place.room, "role", "zoë", value="moderator"))
    if calls != "members":
        place.calls(calls)
    assert place.names_in("@room", by) == (["*"] if may else [])
    assert place.names_in("@here", by) == (["ada"] if may else [])
    assert place.names_in("@room @here @bob.", by) == (["*", "bob."] if may else ["bob."])


def test_without_the_right_to_mention_everybody_room_is_a_users_name():
    place = Place()
    room = place.rules.once_named("room")
    place.rules.join("lobby", room)
    assert place.names_in("@room") == ["*"]
    assert place.calls("nobody").names_in("@room") == ["room"]


def test_in_a_large_room_here_mentions_nobody_and_room_mentions_all():
    rules = Rules()
    people = rules.enter(*(f"guest{number}" for number in range(HERE_MOST)))
    room = rules.join("lobby", *people)
    everywhere, first = (lambda user: True), rules.state.users[people[0]]
    assert len(mentions(rules.state, rules.state.rooms[room], first, "@here", everywhere)) == HERE_MOST - 1
    rules.join("lobby", *rules.enter("one-more"))
    assert mentions(rules.state, rules.state.rooms[room], first, "@here @guest7", everywhere) == (people[7],)
    assert mentions(rules.state, rules.state.rooms[room], first, "@room", everywhere) == (EVERYBODY,)


# Stored with the message


def test_messages_and_actions_store_their_mentions():
    place = Place()
    for kind in ("message", "action"):
        [event] = decide(place.rules.state, SendMessage(place.ids["ada"], place.room, "hi @bob", kind), 1).events
        assert event.mentions == (place.ids["bob"],)
    [event] = decide(place.rules.state, SendMessage(place.ids["ada"], place.room, "hi bob"), 1).events
    assert event.mentions is None


def test_here_asks_the_server_who_is_connected():
    place = Place()
    bob = place.ids["bob"]
    [event] = decide(
        place.rules.state, SendMessage(place.ids["ada"], place.room, "@here"), 1, online=lambda user: user == bob
    ).events
    assert event.mentions == (bob,)


def test_a_direct_rooms_first_message_can_mention_its_members():
    place = Place()
    ada, bob, eve = (place.ids[name] for name in ("ada", "bob", "eve"))
    for text, named in (("@bob and @eve", (bob,)), ("@room", (EVERYBODY,)), ("@ada", None)):
        for _ in range(2):  # the first creates the room, the second uses it
            told = decide(place.rules.state, SendDirect(ada, "bob", text), 1)
            assert told.events[-1].mentions == named
        place.rules.done(SendDirect(ada, "bob", text))
    place.rules.done(OpenDirect(ada, ("bob", "eve")))
    three = max(place.rules.state.rooms)
    [event] = decide(place.rules.state, SendMessage(ada, three, "@eve @bob @zoë"), 1).events
    assert event.mentions == (bob, eve)


# Any text


def reference_mentions(place, text, by):
    """Find mentions by trying every name of the room at every `@`."""
    state, room = place.rules.state, place.rules.state.rooms[place.room]
    sender = state.user_named(by)
    may_call = room.broadcast_mentions == "members" or (room.broadcast_mentions == "moderators" and by == "ann")
    found, plain = set(), reference_without_code(text)
    for at, character in enumerate(plain):
        marked = plain[:at].rstrip("".join(set(filter(is_mark, plain))))
        before = marked[-1:] or " "
        if (
            character != "@"
            or before in "@_#"
            or (unicodedata.category(before)[0] in "LN" and not is_spaceless(before))
        ):
            continue
        run = ""
        for following in plain[at + 1 :]:
            if following not in MARKS and unicodedata.category(following)[:1] not in "LNM":
                break
            run += following
        fitting = [
            (length, user.id)
            for user in state.users.values()
            for length in range(1, NAME_CHARS + 1)
            if user.id in room.members and fold(run[:length]) == fold(user.name) and ends_at(run, length)
        ]
        if may_call and run[:4].lower() in ("room", "here") and ends_at(run, 4):
            fitting.append((4, run[:4].lower()))
        found |= {whom for _, whom in sorted(fitting, key=lambda each: each[0])[-1:]}
    named = {whom for whom in found if whom not in ("room", "here")}
    if "room" in found:
        named.add(EVERYBODY)
    elif "here" in found:
        named |= room.members.keys() & place.connected
    return tuple(sorted(named - {sender.id}))


def is_mark(character):
    return unicodedata.category(character)[0] == "M"


def ends_at(run, length):
    """Whether a name of this length may end there: at the end, or before a letter of a script without spaces; marks may
    follow it.
    """
    rest = run[length:].lstrip(MARKS)
    following = run[length:][:1] if run[length:][:1] not in MARKS else rest[:1]
    return length <= len(run) and (not rest or (is_spaceless(following) and following.isalpha()))


def reference_without_code(text, depth=0):
    """Remove code: parse line by line, and the content of quotes and list items as separate texts."""
    out, lines, before = [], text.split("\n"), ""
    while lines:
        inside, numbered = [], None
        if ticks := opens_fence(lines[0]):
            lines.pop(0)
            while lines and not ends_fence(lines.pop(0), ticks):
                pass
        elif depth < DEPTH and unquoted(lines[0]) is not None:
            while lines and unquoted(lines[0]) is not None:
                inside.append(unquoted(lines.pop(0)))
        elif depth < DEPTH and (mark := item_mark(lines[0], before)):
            numbered = "-" not in mark
            while lines and (mark := item_mark(lines[0], "", numbered)):
                inside.append(lines.pop(0).removeprefix(mark))
                width = len(mark.expandtabs(4))
                while lines and lines[0].strip(" \t"):
                    words = lines[0].lstrip(" \t")
                    lines[0] = lines[0].removesuffix(words).expandtabs(4) + words
                    if not lines[0].startswith("  "):
                        break
                    blanks = len(lines[0]) - len(lines[0].lstrip(" "))
                    if blanks < width and item_mark(lines[0], "", numbered):
                        break
                    inside.append(lines.pop(0)[min(blanks, width) :])
                out += [reference_without_code("\n".join(inside), depth + 1)]
                inside = []
        else:
            before = lines.pop(0)
            out.append(reference_without_spans(before))
            continue
        out += [reference_without_code("\n".join(inside), depth + 1)] if inside else []
        before = ""
    return "\n".join(out)


def opens_fence(line):
    bare = line.lstrip(" ")
    ticks = len(bare) - len(bare.lstrip("`"))
    return ticks if len(line) - len(bare) <= 3 and ticks >= 3 and "`" not in bare[ticks:] else 0


def ends_fence(line, ticks):
    return opens_fence(line) >= ticks and not line.strip(" `")


def unquoted(line):
    bare = line.lstrip(" ")
    if len(line) - len(bare) > 3 or not bare.startswith(">") or bare[1:2] not in ("", " ", ">"):
        return None
    return bare[1:].removeprefix(" ")


def item_mark(line, before, numbered=None):
    bare = line.lstrip(" ")
    number = bare.split(".")[0]
    is_number = 0 < len(number) < 10 and number.isdecimal() and number.isascii() and "." in bare
    if len(line) - len(bare) > 3 or not (is_number or bare.startswith("-")) or numbered not in (None, is_number):
        return ""
    if is_number and before.strip() and number != "1":
        return ""
    rest = bare[len(number) + 1 :] if is_number else bare[1:]
    words = rest.lstrip(" \t")
    return line.removesuffix(words) if words and words != rest else ""


def reference_without_spans(line):
    out, at = "", 0
    while at < len(line):
        ticks = len(line) - at - len(line[at:].lstrip("`"))
        if not ticks:
            escape = 2 if line[at : at + 2] == "\\`" else 1
            out, at = out + line[at : at + escape], at + escape
            continue
        end, probe = None, at + ticks
        while probe < len(line) and end is None:
            run = len(line) - probe - len(line[probe:].lstrip("`"))
            if run == ticks:
                end = probe + run
            probe += run or 1
        out, at = (
            (out + line[at : at + ticks], at + ticks) if end is None else (out + line[at:end].replace("@", " "), end)
        )
    return out


pieces = st.sampled_from(
    ["@", "@", "@", "ada", "BOB", "bob.", "zoë", "Zoë", "नमस्कार", "eve", "room", "here", " ", " ", "\n", ".", "-", "`",
     "`", "``", "```", "\n```\n", "   ```", "\n> ", "\n> > ", "\n- ", "\n1. ", "\n  ", "\n   ", "\\",
     "x", "7", ",", "(", "]", "|", "\u0301", "漢", "님", "\u0e35", "😀", "\ufe0f"]
)  # fmt: skip
written = st.lists(pieces, max_size=25).map("".join).map(lambda text: unicodedata.normalize("NFC", text))
PLACES = {calls: Place("ada", "zoë", "eve") for calls in ("members", "moderators", "nobody")}
for _calls, _place in PLACES.items():
    if _calls != "members":
        _place.calls(_calls)


@given(written, st.sampled_from(sorted(PLACES)), st.sampled_from(["ada", "ann"]))
def test_mentions_equal_those_of_a_slow_reference(text, calls, by):
    assert PLACES[calls].ids_in(text, by) == reference_mentions(PLACES[calls], text, by)


lines_of_code = st.lists(
    st.sampled_from(
        ["`", "``", "```", "```\n", "a", " ", "\n", "    ", "\\", ">", "> ", "- ", "-", "1. ", "20.", "\n  ", "\n   ",
         "\t", "\n\t", "\n\t- ", "-\t"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(lines_of_code)
def test_code_is_removed_as_by_a_slow_reference(text):
    assert said_in(without_code(text)) == said_in(reference_without_code(text))


def said_in(text):
    return [line for line in text.split("\n") if line.strip()]


# The shared examples of the text language

ROOT = Path(__file__).parents[2]
MEMBERS = ("bob", "_x_", "zoë", "a|b", "straße")


def shared():
    """Yield the examples except those with links: the server does not parse links, so names in the words of a link are
    mentions to it.
    """
    for file in sorted((ROOT / "tests/transcripts/text").glob("*.json")):
        if file.stem == "links":
            continue
        for number, each in enumerate(json.loads(file.read_text(encoding="utf-8"))):
            yield pytest.param(each["text"], each["tree"], id=f"{file.stem} {number}: {each['why']}")
    page = (ROOT / "docs/protocol/text.md").read_text(encoding="utf-8")
    for number, found in enumerate(re.finditer(r"^(`{3,})example\n(.*?)\n\.\n(.*?)\n\1$", page, re.M | re.S)):
        yield pytest.param(found[2], json.loads(found[3]), id=f"text.md {number}")


def names_shown(tree):
    """Return the names that a client shows as mentions."""
    if isinstance(tree, str):
        return set()
    if isinstance(tree, dict):
        own = {tree["name"]} if tree["is"] == "mention" else set()
        return own | names_shown(tree.get("of", [])) | names_shown(tree.get("items", []))
    return set().union(*map(names_shown, tree))


@pytest.mark.parametrize(("text", "tree"), list(shared()))
def test_server_and_clients_find_the_same_mentions(text, tree):
    rules = Rules()
    people = rules.enter(*MEMBERS, "writer")
    room = rules.join("lobby", *people)
    rules.done(Moderate(MACHINE, room, "calls", value="nobody"))
    writer = rules.state.user_named("writer")
    found = mentions(rules.state, rules.state.rooms[room], writer, text, lambda _: False)
    named = {fold(name) for name in names_shown(tree)} - {"room", "here"}
    assert {fold(rules.state.users[id_].name) for id_ in found or ()} == named


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_mentions_only_members_or_everybody(text):
    place = PLACES["members"]
    found = place.ids_in(text)
    assert found == (EVERYBODY,) or (set(found) <= place.rules.state.rooms[place.room].members.keys())
    assert list(found) == sorted(set(found))


HOSTILE = {
    "only at": "@",
    "names": "@bob",
    "names and marks": "@bob-.-.",
    "marks": "@" + MARKS,
    "ticks": "`",
    "ticks apart": "` ",
    "ticks by ones and twos": "` `` ",
    "fences": "```\n",
    "indented fences": "   ```x`\n",
    "lines": "\n",
    "accents": "@\u0301\u0323",
    "accents after a letter": "\u0323\u0301",
    "capitals": "@ẞ",
    "quotes": "> ",
    "quotes of quotes": "> > > `\n",
    "items": "- `\n",
    "items in items": "- - - - `\n",
    "numbers": "1. `\n   `\n",
    "years": "2. `\n",
    "fences in quotes": "> ```\n",
    "fences in items": "- ```\n  a\n",
    "backslashes": "\\`",
    "one long name": "a",
}


def steps(text):
    """Return the number of lines of `mentions` that run, including name look-ups."""
    count = [0]

    def trace(frame, event, argument):
        if frame.f_code.co_filename not in (module.__file__, markup.__file__):
            return None
        count[0] += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        PLACES["members"].ids_in(text)
    finally:
        sys.settrace(before)
    return count[0]


@pytest.mark.parametrize("what", HOSTILE)
def test_finding_mentions_takes_linear_time(what):
    piece = HOSTILE[what]
    half, whole = (piece * (size // len(piece)) + "\n@`x`" for size in (TEXT_CHARS // 2, TEXT_CHARS))
    assert steps(whole) <= 2.2 * steps(half) + 200


def test_a_text_without_an_at_sign_is_not_parsed():
    assert [steps(text * 100) for text in ("hi\n", "```\n", "> `a`\n")] == [steps("hi")] * 3


def test_runs_of_backticks_of_growing_length_are_scanned_once():
    runs = ["@" + " ".join("`" * length for length in range(1, most)) for most in (85, 120)]
    assert [len(text) > 3_000 for text in runs] == [True, True]
    assert steps(runs[1]) <= 1.6 * steps(runs[0]) + 200
