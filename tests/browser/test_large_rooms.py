"""An organisation with many rooms, and a lobby with many people.

Needs a browser: lists load more entries when the user scrolls, and the layout decides whether the timeline keeps the
scroll position.
"""

import asyncio
import re

from playwright.async_api import expect

from parley.core.commands import ClaimName, Join, Leave, OpenRoom
from tests.browser.people import People
from tests.server.server_fixture import Server


async def test_rooms_people_and_members_are_found_among_many(people: People) -> None:
    bob = await people.member("bob")
    server = await people.server()
    assert isinstance(server, Server)
    await asyncio.gather(
        *[server.does(OpenRoom(f"room{number:03}")) for number in range(220)],
        *[server.does(ClaimName(f"guest{number:03}")) for number in range(260)],
    )
    await asyncio.gather(*[server.does(Join(server.user(f"guest{number:03}"), "lobby")) for number in range(260)])
    await server.does(ClaimName("Zoë"))
    page, options = bob.page, bob.dialog.get_by_role("option")

    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to or do")
    await field.fill("room21")
    await expect(options).to_have_text([re.compile(f"room21{digit}") for digit in range(10)])
    await field.fill("zoe")
    await expect(options).to_have_text([re.compile("Zoë")])
    await field.fill("#room219")
    await expect(options).to_have_count(1)
    await page.keyboard.press("Enter")
    await bob.button("Join the room").click()
    await bob.is_in("room219")

    await bob.goes_to("lobby")
    await bob.composer.press_sequentially("hello @guest25")
    await expect(page.get_by_role("option", name=re.compile("guest257"))).to_be_visible()
    await bob.composer.fill("")

    # The list of members loads more entries when the user scrolls.
    aside = page.get_by_role("complementary")
    rows = aside.locator("[data-row]")
    await expect(rows.filter(has_text="guest000")).to_be_visible()
    while not await rows.filter(has_text="guest259").count():
        shown = await rows.count()
        await rows.last.scroll_into_view_if_needed()
        await expect(rows.nth(shown)).to_be_attached()
    await aside.get_by_role("searchbox").fill("guest1")
    await expect(rows.first).to_contain_text("guest100")
    # A page that begins with what it has stored asks for the members before there is a connection.
    await bob.reloads()
    await expect(rows.filter(has_text="guest000")).to_be_visible()


async def test_a_lobby_whose_newest_events_are_joins_shows_what_was_said(people: People) -> None:
    ann = await people.guest("ann")
    await ann.says(*(f"word {number}" for number in range(1, 4)))
    server = await people.server()
    assert isinstance(server, Server)
    await server.does(ClaimName("eve"))
    eve = server.user("eve")
    await asyncio.gather(*[server.does(each) for _ in range(900) for each in (Join(eve, "lobby"), Leave(eve, 1))])
    bob = await people.guest("bob")
    for who in (ann, bob):
        await expect(who.message("word 3")).to_be_visible()
        await expect(who.log.get_by_text(re.compile("People came and went 1,[0-9]+ times"))).to_be_visible()
        await expect(who.log.get_by_text("Loading more messages")).to_have_count(0)
    await bob.says("there you are")
    await ann.sees("there you are")
