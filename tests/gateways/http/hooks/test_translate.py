"""The translation of a request to the text of a message: properties that hold for every body, mentions, texts that are
too long, keys.
"""

import json
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core.rules.speaking import text_problem
from parley.core.text import TEXT_CHARS, TEXT_LINES, is_key, is_text
from parley.gateways.http.hooks import translate
from parley.gateways.http.hooks.fields import ITEMS_MOST
from parley.gateways.http.hooks.payload import UnreadableBody
from parley.gateways.http.hooks.translate import delivery_key
from tests.gateways.http.hooks.test_golden import REQUESTS, request
from tests.gateways.http.hooks.test_render import MARKS, ROOM

JSON = {"content-type": "application/json"}


def said(body: Any, **headers: str) -> str:
    return translate(json.dumps(body).encode(), {**JSON, **headers})


def is_fit(text: str) -> bool:
    return not text.strip() or (is_text(text) and text_problem(text, None) is None)


# Every body

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | MARKS
    | st.text(max_size=20)
)
NAMES_WORDS = (
    "text attachments blocks type elements fields title value style url accessory content embeds alerts "
    "labels annotations orgId groupLabels commonLabels status object_kind project object_attributes "
    "commits id message action repository sender full_name issue pull_request comment body html_url data "
    "event culprit heartbeat monitor msg build name phase number ts indent offset ref before after"
)
NAMES = st.sampled_from(NAMES_WORDS.split())
KINDS_WORDS = (
    "section header context divider image actions rich_text rich_text_list rich_text_section "
    "rich_text_preformatted rich_text_quote plain_text mrkdwn link text date emoji broadcast"
)
KINDS = st.sampled_from(KINDS_WORDS.split())
TREES = st.recursive(
    SCALARS | KINDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=6),
    max_leaves=30,
)
HEADERS = st.dictionaries(
    st.sampled_from(["x-github-event", "x-gitea-event", "x-gitlab-event", "sentry-hook-resource"]),
    st.sampled_from(["push", "issues", "pull_request", "star", "gollum", "ping", "x"]),
    max_size=1,
)


@settings(max_examples=50)
@given(TREES, HEADERS)
def test_any_json_becomes_a_valid_text(tree: Any, headers: dict[str, str]) -> None:
    assert is_fit(said(tree, **headers))


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_become_a_valid_text_or_are_refused(body: bytes, kind: str) -> None:
    for each in (
        kind,
        "",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=-",
        "text/plain; charset=gbk",
    ):
        with suppress(UnreadableBody):
            assert is_fit(translate(body, {"content-type": each}))


def mutated(tree: Any, random: Random, others: list[Any]) -> Any:
    """Return the JSON with some values replaced by random ones of `others`."""
    if random.random() < 0.1:
        return random.choice(others)
    if isinstance(tree, dict):
        return {name: mutated(value, random, others) for name, value in tree.items()}
    return [mutated(value, random, others) for value in tree] if isinstance(tree, list) else tree


@settings(max_examples=50)
@given(st.randoms(use_true_random=False), st.lists(TREES, min_size=1, max_size=5), st.sampled_from(REQUESTS))
def test_requests_with_other_values_become_valid_texts(random: Random, others: list[Any], path: Path) -> None:
    body, headers = request(path)
    if body.startswith((b"{", b"[")):
        assert is_fit(said(mutated(json.loads(body), random, others), **headers))


def test_large_and_deep_bodies_are_bounded() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    wide = {"type": "section", "text": {"type": "mrkdwn", "text": "*" * 200}}
    nested: Any = {"type": "rich_text", "elements": []}
    for _ in range(300):
        nested = {"type": "rich_text", "elements": [nested]}
    bodies: list[Any] = [
        {"a": deep},
        deep,
        {"blocks": [wide] * 3_000},
        {"blocks": [nested] * 50},
        {"attachments": [{"fields": [{"title": "a", "value": "`" * 50}] * 100}] * 90},
        {"text": "*_~`" * 200_000},
        {"text": "<" * 900_000},
        {"text": "&lt;" * 200_000},
        {"text": "```" * 200_000},
        {"text": ">" * 900_000},
        {"text": "\n" * 900_000 + "x"},
        {"text": "http://a/" * 90_000},
        {"content": "@everyone " * 90_000, "embeds": [{"title": "x" * 1000}] * 500},
        {"alerts": [{"labels": {str(n): "x" for n in range(50)}}] * 1_500, "receiver": ""},
        {"x": {str(number): [] for number in range(90_000)}},
        {"number": 10**400},
    ]
    for body in bodies:
        begin = time.process_time()
        assert is_fit(said(body))
        assert time.process_time() - begin < 3, str(body)[:80]  # a quadratic loop takes minutes
    assert is_fit(translate(b"&".join([b"a=b"] * 200_000), {}))
    assert is_fit(translate(b"--b\r\n\r\n\r\n" * 90_000, {"content-type": "multipart/mixed; boundary=b"}))
    assert is_fit(translate(b"x" * 1_000_000, {}))


def test_a_list_says_how_much_of_it_is_not_shown() -> None:
    text = said({"attachments": [{"text": "x"}] * (ITEMS_MOST + 7)})
    assert text.endswith("x\n\n… and 7 more")
    assert text.count("x") == ITEMS_MOST


def test_json_of_an_unknown_form_is_shown_as_code() -> None:
    tree: Any = "deep"
    for _ in range(40):
        tree = {"in": [tree]}
    shown = said({"a": [1, {"b": None}], "c": "`` ``` @room\n", "d": tree})
    assert shown.startswith('````json\n{\n  "a": [\n    1,\n    {"b": null}\n  ],\n  "c": "`` ``` @room\\n",\n  "d": {')
    assert '"in": […]' in shown
    assert "deep" not in shown
    assert shown.endswith("\n}\n````")
    assert ROOM.mentions(shown) is None
    assert said("words *as* typed") == r"words \*as\* typed"
    assert said([1, True, None]) == "```json\n[1, true, null]\n```"


# Empty

EMPTY: list[Any] = [{}, [], None, "", {"text": ""}, {"text": " \n"}, {"attachments": []}, {"text": "", "blocks": []}]


@pytest.mark.parametrize("body", [*EMPTY, {"attachments": [{"color": "red"}]}, {"content": ""}], ids=str)
def test_a_body_that_says_nothing_is_no_message(body: Any) -> None:
    assert said(body).strip() == ""


# Mentions


def test_marks_of_the_format_mention_and_names_in_words_do_not() -> None:
    everybody = (0,)
    assert ROOM.mentions(said({"text": "<!channel> fire"})) == everybody
    assert ROOM.mentions(said({"text": "<!everyone>"})) == everybody
    assert ROOM.mentions(said({"text": "<!here|here>"})) is not None
    assert ROOM.mentions(said({"text": "<@bob>, look"})) == (ROOM.bob,)
    assert ROOM.mentions(said({"text": "<@U123|bob>"})) == (ROOM.bob,)
    for text in ("@room fire @here @bob", "&lt;!channel&gt;", "<@room> <@here>", "`<!here>`", "```<!channel>```"):
        assert ROOM.mentions(said({"text": text})) is None, text
    for asked in ({"link_names": 1}, {"link_names": "1"}, {"link_names": True}, {"parse": "full"}):
        assert ROOM.mentions(said({"text": "ask @bob.", **asked})) == (ROOM.bob,)
        assert ROOM.mentions(said({"text": "@room @here @channel @Everyone", **asked})) is None


def test_titles_names_and_fields_mention_nobody() -> None:
    mark = "<!channel> @room <@bob> @bob"
    attachment = {
        **dict.fromkeys(("title", "author_name", "footer", "fallback"), mark),
        "fields": [{"title": mark, "value": mark}],
    }
    assert ROOM.mentions(said({"attachments": [attachment]})) is None
    assert ROOM.mentions(said({"attachments": [{"fallback": mark}]})) is None
    assert ROOM.mentions(said({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": mark}}]})) is None


def test_a_text_from_curl_mentions_members_as_a_typed_message_does() -> None:
    assert ROOM.mentions(translate(b"@room the site is down", {})) == (0,)


@settings(max_examples=30)
@given(MARKS)
def test_native_formats_mention_nobody(words: str) -> None:
    for path in REQUESTS:
        if path.stem.startswith(("slack", "discord")):
            continue
        body, headers = request(path)
        if body.startswith(b"{"):
            assert ROOM.mentions(said(filled(json.loads(body), words), **headers)) is None


def filled(tree: Any, words: str) -> Any:
    """Return the JSON with these words in every field that people write."""
    if isinstance(tree, dict):
        return {name: filled(value, words) for name, value in tree.items()}
    if isinstance(tree, list):
        return [filled(value, words) for value in tree]
    return f"{tree} {words}" if isinstance(tree, str) and " " in tree else tree


# Too long


def test_a_long_text_is_cut_and_says_so() -> None:
    text = translate(b"x" * 9_000, {})
    assert text.endswith("x\n… (shortened)")
    assert TEXT_CHARS - 2 <= len(text) <= TEXT_CHARS
    text = translate(b"a line\n" * 600, {})
    assert text.endswith("a line\n… (shortened)")
    assert text.count("\n") + 1 == TEXT_LINES
    assert translate(b"x" * TEXT_CHARS, {}) == "x" * TEXT_CHARS


def test_a_text_is_cut_between_lines_words_and_characters() -> None:
    words = said({"text": "another longer word " * 1_000})
    assert words.partition("\n")[0].endswith((" another", " longer", " word"))
    family = "👩‍👩‍👧‍👦"
    for text in (said({"text": family * 2_000}), translate((family * 2_000).encode(), {})):
        assert set(text.partition("\n")[0].split(family)) == {""}
    accents = translate(("e\u0301" * 5_000).encode(), {}).partition("\n")[0]
    assert accents.endswith("\u0301")


@pytest.mark.parametrize(
    "text",
    ["*" + "b " * 5_000 + "*", "```" + "x @room\n" * 2_000 + "```", "`" + "@room " * 2_000 + "`", "*a* " * 3_000],
)
def test_a_cut_ends_styles_and_code(text: str) -> None:
    short = said({"text": text})
    body, _, note = short.rpartition("\n")
    assert note == "… (shortened)"
    assert body.count("**") % 2 == body.count("`") % 2 == body.count("```") % 2 == 0
    assert ROOM.mentions(short) is None
    typed = translate(text.encode(), {})
    assert ROOM.mentions(typed) is None
    assert typed.count("```") % 2 == 0


@settings(max_examples=20)
@given(st.lists(st.tuples(MARKS, st.integers(1, 400)).map(lambda pair: pair[0] * pair[1]), max_size=6))
def test_any_long_text_is_valid(texts: list[str]) -> None:
    assert is_fit(said({"attachments": [{"title": text, "text": text, "footer": text} for text in texts]}))
    assert is_fit(translate("\n".join(texts).encode(), {"content-type": "text/plain"}))


def test_a_link_with_long_words_is_cut_and_one_with_a_long_address_is_words() -> None:
    words = said({"text": f"<https://e.example/|{'w' * 9_000}>"})
    assert words.startswith("[www")
    assert words.endswith("www](https://e.example/)\n… (shortened)")
    assert said({"text": f"<https://e.example/{'a' * 9_000}|the report>"}) == "the report"
    bare = said({"text": f"<https://e.example/{'a' * 9_000}>"})
    assert bare.startswith("https://e.example/aaa")
    assert bare.endswith("aaa\n… (shortened)")


# Slack's format


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<https://e.example/1|build 1> a &lt; b", "[build 1](https://e.example/1) a < b"),
        ("*bold* _it_ ~no~ `*c*`", "**bold** _it_ ~~no~~ `*c*`"),
        ("*a _b_ ~c~*", "**a _b_ ~~c~~**"),
        ("2*3*4 a_b_c * x * **y** *z", r"2*3*4 a_b_c * x * \*\*y\*\* \*z"),
        ("*a\nb*", "\\*a\nb\\*"),
        ("&amp;lt; &quot;", "&lt; &quot;"),
        ("<mailto:ann@example.org|Ann>", "[Ann](mailto:ann@example.org)"),
        ("<javascript:alert(1)|x> <b>", "x (javascript:alert(1)) <b>"),
        ("<tel:+49123|call us>", "call us (tel:+49123)"),
        ("<#C1|ops> <#C2>", "#ops #C2"),
        ("<!subteam^S1|@team> <!subteam^S2>", "@\u2060team @\u2060S2"),
        ("<!date^1392734382^{date_num} {time_secs}|then>", "2014-02-18 14:39:42 UTC"),
        ("<!date^1392734382^{date}^https://e.example/|then>", "[18 February 2014](https://e.example/)"),
        ("<!date^never^{date}|then>", "then"),
        ("&gt; said\n>more\nafter", "> said\n> more\nafter"),
        ("a\n>>> b\nc", "a\n> b\n> c"),
        ("before\n```\nx &lt; <https://e.example|y>\n```\nafter", "before\n```\nx < y\n```\nafter"),
        ("``` never closed", "\\`\\`\\` never closed"),
        ("<|x> <https://e.example|> <> <!> <@> <#>", "<|x> https://e.example <> @ @ #"),
        (
            ":red_circle: <https://e.example/|:fire:> :no_such: `:fire:`",
            "🔴 [🔥](https://e.example/) :no_such: `:fire:`",
        ),
        ("<https://e.example/a>b", "https://e.example/a\u2060b"),
    ],
)
def test_slack_text(text: str, expected: str) -> None:
    assert said({"text": text}) == expected


def test_a_title_beside_a_slack_text_is_shown() -> None:
    assert said({"title": "Disk @room", "text": "90 % *full*"}) == "**Disk @\u2060room**\n90 % **full**"


def test_slack_lists_that_came_as_strings() -> None:
    assert said({"attachments": '[{"text": "a"}]', "blocks": "[{]"}) == "a"
    form = b"text=a&attachments=%5B%7B%22text%22%3A%22b%22%7D%5D"
    assert translate(form, {"content-type": "application/x-www-form-urlencoded"}) == "a\n\nb"


def test_the_tags_of_a_notice_are_shown() -> None:
    body = {"title": "Backup", "message": "done", "tags": ["disk", 1], "actions": []}
    assert said(body) == "**Backup**\ndone\ntags: disk, 1"


def test_slack_text_without_mrkdwn() -> None:
    assert said({"text": "*a* <https://e.example|b> &amp;", "mrkdwn": False}) == r"\*a\* [b](https://e.example) &"
    attachment = {"text": "*a*", "title": "*b*", "mrkdwn_in": ["pretext"]}
    assert said({"attachments": [attachment]}) == "**\\*b\\***\n\\*a\\*"


# Delivery ids


def test_the_id_of_a_delivery_is_the_key() -> None:
    for name in ("idempotency-key", "webhook-id", "x-github-delivery", "x-gitea-delivery", "x-request-uuid"):
        assert delivery_key(b"", {name: "72d3162e-cc78"}) == "72d3162e-cc78"
    assert delivery_key(b"", {}) is None
    long = delivery_key(b"", {"webhook-id": "msg " * 40})
    assert long is not None
    assert is_key(long)


def test_gitlab_events_of_one_cause_are_told_apart() -> None:
    headers = {"x-gitlab-event-uuid": "u"}
    assert delivery_key(b"a", headers) == delivery_key(b"a", headers) != delivery_key(b"b", headers)
    assert delivery_key(b"a", {**headers, "idempotency-key": "k"}) == "k"
