"""Printing: the open room on paper.

Needs a browser: the browser lays out the paper, and sends the events before and after printing.
"""

import re

from playwright.async_api import Locator, expect

from tests.browser.people import People

MANY = 120

CODE = "\n".join(f"line {n}" for n in range(40))

# Returns the text of the message in the middle of the screen.
IN_THE_MIDDLE = """() => {
  const { x, y, width, height } = document.querySelector("[role=log]").getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2).closest("article").querySelector("p").textContent;
}"""


async def test_a_printed_room_has_all_loaded_messages_and_nothing_else(people: People) -> None:
    bob = await people.member("bob", color_scheme="dark")
    await bob.asks("PATCH", "/api/rooms/lobby", {"topic": "Tea at four"})
    ann = await people.program("ann")
    await ann.says(
        "see [the minutes](https://example.org/minutes) and https://example.org/plain",
        f"```python\n{CODE}\n```",
        "the end is ||happy||",
        *(f"message {n}" for n in range(MANY)),
    )
    await bob.sees(f"message {MANY - 1}")
    await bob.log.hover()
    await bob.page.mouse.wheel(0, -1_000)
    await expect(bob.message(f"message {MANY - 1}")).not_to_be_in_viewport()
    reading = await bob.page.evaluate(IN_THE_MIDDLE)
    paper = bob.page.locator("body[data-printed] > :last-child")
    await expect(paper).to_have_count(0)

    await bob.page.emulate_media(media="print")
    await expect(paper.get_by_role("heading", level=1)).to_have_text("#lobby")
    await expect(paper).to_contain_text("Tea at four")
    await expect(paper.locator("article")).to_have_count(MANY + 3)
    # All messages are on the paper, including those far from the visible ones.
    words = await paper.inner_text()
    assert words.index("see the minutes") < words.index("message 0") < words.index(f"message {MANY - 1}")
    assert "line 39" in words
    assert re.search(r"\d\d:\d\d\s+ann", words)
    assert re.search(r"\w+day,? \d+ \w+ \d{4}\n", words)
    await expect(bob.rooms).to_be_hidden()
    await expect(bob.composer).to_be_hidden()
    assert await address_after(paper.get_by_role("link", name="the minutes")) == '" <https://example.org/minutes>"'
    assert await address_after(paper.get_by_role("link", name="https://example.org/plain")) == "none"
    assert await paper.get_by_text("happy").evaluate("(word) => getComputedStyle(word).visibility") == "visible"
    assert await paper.evaluate("(page) => getComputedStyle(page).color") == "rgb(0, 0, 0)"

    await bob.page.emulate_media(media="null")
    await expect(paper).to_have_count(0)
    await expect(bob.message(reading)).to_be_in_viewport()

    # Print as the browser's dialog does: with events before and after, on as many sheets as necessary.
    pdf = await bob.page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") > 2
    await expect(bob.message(reading)).to_be_in_viewport()


async def address_after(link: Locator) -> str:
    content: str = await link.evaluate("(link) => getComputedStyle(link, '::after').content")
    return content
