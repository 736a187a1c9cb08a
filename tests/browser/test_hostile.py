"""Hostile messages are shown and do no harm.

Needs a browser: only a browser runs injected scripts and has a layout that can break.
"""

import json
from pathlib import Path

from playwright.async_api import expect

from tests.browser.people import PHONE, People

CORPUS = Path(__file__).parent.parent / "transcripts" / "text" / "hostile.json"

LONG = {
    "combining": "a" + "\u0301" * 7_900,
    "zalgo": "".join(letter + "\u0300\u0321\u0489\u0334" * 12 for letter in "he comes " * 12),
    "one word": "W" * 8_000,
    "an address": "https://example.org/" + "a" * 3_000,
    "a code block": "```\n" + "x" * 4_000 + "\n```",
    "many lines of code": "```js\n" + "let x = 1;\n" * 480 + "```",
    "quotes": "> " * 2_000 + "deep",
    "lists": "\n".join(" " * n + "- a" for n in range(60)),
    "stars": "**a " * 1_500,
    "right to left": "\u202e" + "gnirts " * 20 + "\u2066\u2067\u2068",
    "emoji": "👩‍👩‍👧‍👦" * 200,
    "broken emoji": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") + "\u200d" * 50 + "\ufe0f" * 50,
    "markup": "<svg/onload=alert(1)><iframe src=javascript:alert(1)><style>*{display:none}</style>",
    "attributes": '" onmouseover="alert(1)" style="position:fixed;inset:0',
    "links": '[a](javascript:alert(1)) <https://a.example/"onclick="alert(1)> [b](data:text/html,x) [c](//x.example)',
    "a picture": "![x](https://evil.example/track.png)",
    "prototype": "@__proto__ @constructor :__proto__: #constructor `__proto__`",
}


async def test_hostile_messages_are_shown_and_run_nothing(people: People) -> None:
    bob = await people.guest("bob")
    phone = await people.person("eve", **PHONE)
    await phone.opens("/r/lobby")
    await phone.field("Your name").fill("eve")
    await phone.page.keyboard.press("Enter")
    await phone.is_in("lobby")
    mallory = await people.program("m[a]ll`ory")
    texts = [
        each["text"].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for each in json.loads(CORPUS.read_text())
    ]
    for text in (*texts, *LONG.values()):
        await mallory.says(text)
    await mallory.says("the end")
    for who in (bob, phone):
        await who.sees("the end")
        # Scroll from the end to the beginning, so that the page has shown each message once.
        await who.log.focus()
        first = who.log.get_by_role("heading", name="This is the beginning of #lobby.")
        for _ in range(80):
            await who.fits()
            if await first.count():
                break
            await who.log.evaluate("(log) => log.scrollBy(0, -600)")
            await who.page.evaluate(
                "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
        await expect(first).to_be_attached()
        assert (
            await who.page.evaluate(
                "document.querySelectorAll('[role=log] :is(iframe, script, img, style, svg[onload])').length"
            )
            == 0
        )
        links = "[...document.querySelectorAll('[role=log] a')].map((a) => a.protocol)"
        assert set(await who.page.evaluate(links)) <= {"http:", "https:", "mailto:"}
        await expect(who.composer).to_be_visible()
    await mallory.closes()


async def test_hostile_names_and_topics_run_nothing(people: People) -> None:
    bob = await people.guest("bob")
    wide = await people.program("W" * 32)
    odd = await people.program("{`^`}", "{}|[]")
    await bob.asks("PUT", "/api/rooms/%7B%7D%7C%5B%5D/members/me")
    await bob.asks("PATCH", "/api/rooms/lobby", {"topic": "<img src=x onerror=alert(1)> " + "w" * 200})
    await wide.says("hello")
    await bob.sees("hello")
    await bob.fits()
    await bob.goes_to("{}|[]")
    await bob.says("@{`^`} hi")
    await bob.fits()
    await wide.closes()
    await odd.closes()
