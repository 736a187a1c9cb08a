"""Unread messages: the line "New"; only messages that were visible count as read.

Needs a browser: the viewport, the focus and scrolling decide what was seen.
"""

import re

from playwright.async_api import expect

from tests.browser.people import PHONE, People
from tests.browser.test_timeline import AT_THE_MIDDLE, SCROLL

# Records each time the tab's title or the list of rooms shows anything as unread.
NOTE_UNREAD = """() => {
  window.seenUnread = [];
  const look = () => {
    const counts = [...document.querySelectorAll("#rooms [data-unread]")].map((row) => row.textContent);
    if (document.title.startsWith("•") || counts.length > 0) window.seenUnread.push(document.title, ...counts);
  };
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(look).observe(document, all);
}"""


async def test_the_line_new_is_set_again_on_each_return_to_the_room(people: People) -> None:
    bob = await people.member("bob")
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    ann = await people.program("ann")
    new = bob.log.get_by_role("separator", name="New")
    await ann.says("seen")
    await bob.sees("seen")
    await expect(new).to_have_count(0)
    for time in ("first", "second"):
        await bob.has_read()
        await bob.goes_to("tea")
        await ann.says(*(f"{time} {n}" for n in range(60)))
        await expect(bob.room("lobby").get_by_title("60 unread messages")).to_be_visible()
        await bob.goes_to("lobby")
        await expect(new).to_be_in_viewport()
        await expect(bob.message(f"{time} 0")).to_be_in_viewport()
        await expect(bob.message(f"{time} 59")).not_to_be_in_viewport()
        await bob.button(re.compile("To the newest messages")).click()
        await expect(bob.message(f"{time} 59")).to_be_in_viewport()
    await ann.closes()


async def test_the_line_new_is_set_again_after_each_lost_connection(people: People) -> None:
    bob = await people.guest("bob", proxy=True)
    ann = await people.program("ann")
    new = bob.log.get_by_role("separator", name="New")
    await ann.says("seen")
    await bob.sees("seen")
    for time in ("first", "second"):
        await bob.loses_the_network()
        await bob.knows_it_is_alone()
        await ann.says(*(f"{time} {n}" for n in range(60)))
        await bob.has_the_network_again()
        await bob.tries_now()
        await bob.knows_it_is_back()
        await expect(new).to_be_in_viewport()
        await expect(bob.message(f"{time} 0")).to_be_in_viewport()
        await expect(bob.message(f"{time} 59")).not_to_be_in_viewport()
        await bob.button(re.compile("To the newest messages")).click()
        await expect(bob.message(f"{time} 59")).to_be_in_viewport()
        await bob.has_read()
    await ann.closes()


async def test_messages_without_the_focus_are_new_until_the_user_writes(people: People) -> None:
    bob = await people.member("bob")
    ann = await people.program("ann")
    new = bob.log.get_by_role("separator", name="New")
    await ann.says("seen")
    await bob.sees("seen")
    await bob.has_read()
    await bob.looks_away()
    await ann.says("missed")
    await bob.sees("missed")
    await expect(new).to_be_visible()
    await expect(bob.page).to_have_title(re.compile("^• "))
    await bob.looks_here()
    await bob.has_read()
    await expect(bob.page).not_to_have_title(re.compile("•"))
    await expect(new).to_be_visible()
    await bob.says("I was out")
    await bob.sees("I was out")
    await expect(new).to_have_count(0)
    await ann.closes()


async def test_messages_that_arrive_in_view_are_never_shown_as_unread(people: People) -> None:
    bob = await people.member("bob")
    ann = await people.program("ann")
    await ann.says("one")
    await bob.sees("one")
    await bob.page.evaluate(NOTE_UNREAD)
    await ann.says(*(f"more {n}" for n in range(20)))
    await bob.sees("more 19")
    await bob.has_read()
    assert await bob.page.evaluate("window.seenUnread") == []
    # Without the focus, a new message is shown as unread.
    await bob.looks_away()
    await ann.says("behind your back")
    await expect(bob.page).to_have_title(re.compile("^• "))
    assert await bob.page.evaluate("window.seenUnread") != []
    await ann.closes()


async def test_a_thousand_messages_that_nobody_saw_stay_unread(people: People) -> None:
    bob = await people.member("bob")
    phone = await people.second_device(bob, **PHONE)
    await phone.button("Back to the rooms").tap()
    ann = await people.program("ann")
    await ann.says(*(f"old {n}" for n in range(150)))
    await bob.sees("old 149")
    await bob.has_read()
    await bob.log.evaluate(SCROLL, -2000)
    read = (await bob.asks("GET", "/api/rooms/lobby"))["read"]
    eye = await bob.page.evaluate(AT_THE_MIDDLE)
    await ann.says(*(f"flood {n}" for n in range(1000)))
    await expect(bob.button(re.compile("1,000 new messages"))).to_be_visible()
    # Scrolling here does not mark the messages far below as read.
    await bob.log.evaluate(SCROLL, 200)
    await bob.log.evaluate(SCROLL, -200)
    await expect(bob.message(eye)).to_be_in_viewport()
    await expect(phone.room("lobby").get_by_title("1000 unread messages")).to_be_visible()
    there = await bob.asks("GET", "/api/rooms/lobby")
    assert (there["read"], there["unread"]) == (read, 1000)

    # The phone opens the room at the first unread message.
    await phone.room("lobby").tap()
    await expect(phone.log.get_by_role("separator", name="New")).to_be_in_viewport()
    await expect(phone.message("flood 0")).to_be_in_viewport()
    await expect(phone.message("flood 999")).not_to_be_in_viewport()
    await ann.closes()


async def test_a_key_marks_everything_as_read(people: People) -> None:
    bob = await people.member("bob")
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.goes_to("tea")
    other = await people.second_device(bob)
    await other.goes_to("tea")
    ann = await people.program("ann")
    await ann.says("one", "two")
    for device in (bob, other):
        await expect(device.room("lobby").get_by_title("2 unread messages")).to_be_visible()
    await bob.page.keyboard.press("Shift+Escape")
    for device in (bob, other):
        await expect(device.room("lobby").get_by_title(re.compile("unread"))).to_have_count(0)
    await ann.closes()
