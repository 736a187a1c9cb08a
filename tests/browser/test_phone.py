"""On a phone: panels over a room, unread counts of other rooms, and the size of touch targets.

Needs a browser: touches, the history and sizes on the screen are the browser's.
"""

import re

from playwright.async_api import Locator, expect

from tests.browser.people import PHONE, People

OVER = "() => history.length"


async def test_going_back_closes_the_people_panel(people: People) -> None:
    bob = await people.member("bob", **PHONE)
    panel = bob.page.get_by_role("complementary", name="People")
    shows = bob.button(re.compile("in this room"))
    await bob.button("Back to the rooms").tap()
    await bob.room("lobby").tap()
    await bob.is_in("lobby")

    await shows.tap()
    await expect(panel).to_be_visible()
    await bob.page.go_back()
    await expect(panel).to_have_count(0)
    await bob.is_in("lobby")
    await expect(shows).to_be_focused()

    steps = await bob.page.evaluate(OVER)
    await shows.tap()
    await panel.get_by_role("button", name="Hide people").tap()
    await expect(panel).to_have_count(0)
    await shows.tap()
    await bob.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await bob.is_in("lobby")
    assert await bob.page.evaluate(OVER) == steps

    # A user's card opens over the people panel; going back closes first the card, then the panel.
    await shows.tap()
    await panel.locator("[data-row]").first.tap()
    await expect(bob.dialog).to_be_visible()
    await bob.page.go_back()
    await expect(bob.dialog).to_have_count(0)
    await expect(panel).to_be_visible()
    await bob.page.go_back()
    await expect(panel).to_have_count(0)
    await bob.is_in("lobby")
    await bob.page.go_back()
    await expect(bob.composer).not_to_be_visible()


async def test_opening_a_dialog_keeps_the_scroll_position(people: People) -> None:
    bob = await people.member("bob")
    ann = await people.program("ann")
    await ann.says(*(f"m {n}" for n in range(100)))
    await bob.sees("m 99")
    await bob.log.evaluate("(log) => { log.scrollTop -= 900; }")
    await expect(bob.button(re.compile("To the newest messages"))).to_be_visible()
    await bob.page.keyboard.press("Control+,")
    await expect(bob.dialog).to_be_visible()
    await bob.page.keyboard.press("Escape")
    await expect(bob.dialog).to_have_count(0)
    await expect(bob.button(re.compile("To the newest messages"))).to_be_visible()
    await ann.closes()


async def test_a_tap_beside_the_people_panel_closes_it(people: People) -> None:
    ann = await people.member("ann", viewport={"width": 800, "height": 900})
    panel = ann.page.get_by_role("complementary", name="People")
    steps = await ann.page.evaluate(OVER)
    await ann.button(re.compile("in this room")).click()
    await expect(panel).to_be_visible()
    await ann.page.mouse.click(300, 400)
    await expect(panel).to_have_count(0)
    await ann.is_in("lobby")
    assert await ann.page.evaluate(OVER) == steps + 1


REACH = """(element) => {
  const box = element.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const hits = (dx, dy) => {
    const hit = document.elementFromPoint(x + dx, y + dy);
    return hit === element || element.contains(hit);
  };
  const along = (dx, dy) => {
    let reach = 0;
    while (reach < 200 && hits(dx * reach, dy * reach)) reach += 0.5;
    return reach;
  };
  return [along(-1, 0) + along(1, 0), along(0, -1) + along(0, 1)];
}"""


async def is_large_enough(control: Locator) -> None:
    await expect(control).to_be_visible()
    width, height = await control.evaluate(REACH)
    assert min(width, height) >= 43.5, f"{control}: {width} x {height}"


async def test_touch_targets_are_large_enough(people: People) -> None:
    bob = await people.member("bob", **PHONE)
    await bob.types("hello")
    await bob.button("Send").tap()
    await bob.sees("hello")
    await is_large_enough(bob.button("Emoji"))
    await is_large_enough(bob.button("Send"))
    await is_large_enough(bob.button(re.compile("in this room")))
    await is_large_enough(bob.log.get_by_role("button", name="Today").first)
    await bob.page.evaluate("() => { location.hash = 'room/order'; }")
    await expect(bob.dialog.get_by_role("switch").first).to_be_visible()
    await is_large_enough(bob.dialog.get_by_role("tab").first)
    await is_large_enough(bob.dialog.get_by_role("switch").first)
    await bob.fits()


async def test_the_back_button_shows_unread_counts_of_other_rooms(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob", **PHONE)
    room = (await ann.asks("POST", "/api/rooms", {"name": "tea"}))["id"]
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await ann.goes_to("tea")
    await expect(bob.button("Back to the rooms")).to_be_visible()
    await ann.says("milk?")
    await expect(bob.button("Rooms, something unread")).to_be_visible()
    await ann.says("@bob, milk?")
    await expect(bob.button("Rooms, 1 unread")).to_be_visible()
    await expect(bob.page.locator("header").get_by_text("1", exact=True).first).to_be_visible()
    await ann.page.get_by_role("complementary").get_by_role("button", name=re.compile("bob")).click()
    await ann.dialog.get_by_role("button", name="Message").click()
    await ann.is_in("bob")
    await ann.says("or sugar?", "or both?")
    await expect(bob.button("Rooms, 3 unread")).to_be_visible()
    # The button does not count unread messages of a room with the level "nothing".
    await bob.asks("PATCH", f"/api/rooms/{room}/preferences", {"level": "nothing"})
    await expect(bob.button("Rooms, 2 unread")).to_be_visible()
    await bob.button("Rooms, 2 unread").tap()
    await bob.room("ann").tap()
    await bob.is_in("ann")
    await expect(bob.button("Back to the rooms")).to_be_visible()


async def test_a_long_topic_can_be_read_in_full_and_its_links_work(people: People) -> None:
    ann = await people.owner("ann")
    topic = "Everything about leaves and water: " + "green, black, white, " * 6 + "https://example.org/tea."
    await ann.asks("PATCH", "/api/rooms/lobby", {"topic": topic})
    bob = await people.member("bob", **PHONE)
    await bob.button(re.compile("^Topic: Everything")).tap()
    await expect(bob.dialog.get_by_text(re.compile("leaves and water.*white, "))).to_be_visible()
    link = bob.dialog.get_by_role("link", name="https://example.org/tea")
    await expect(link).to_have_attribute("href", "https://example.org/tea")
    await bob.fits()
    await bob.page.keyboard.press("Escape")
    await bob.page.get_by_role("heading", level=1).get_by_role("button", name="lobby").tap()
    await expect(link).to_be_visible()
    await bob.page.go_back()
    await expect(bob.dialog).to_have_count(0)
    await bob.is_in("lobby")
