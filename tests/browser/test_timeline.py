"""Reading: where a room opens, scrolling, and a stable scroll position.

Needs a browser: scrolling and sizes are the browser's.
"""

import re

from playwright.async_api import Locator, expect

from tests.browser.people import PHONE, People, Person

# Returns the text of the message in the middle of the viewport.
AT_THE_MIDDLE = """() => {
  const log = document.querySelector("[role=log]").getBoundingClientRect();
  const middle = log.top + log.height / 2;
  const isThere = (box) => box.top <= middle && box.bottom > middle;
  const rows = [...document.querySelectorAll("[role=log] article")];
  return rows.find((each) => isThere(each.getBoundingClientRect())).querySelector("p").textContent;
}"""


SCROLL = """async (log, by) => {
  log.scrollBy(0, by);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


async def in_view(element: Locator) -> None:
    """Expect the element in the viewport, not only in the page."""
    await expect(element).to_be_in_viewport()


async def top(element: Locator) -> float:
    box = await element.bounding_box()
    assert box is not None
    return box["y"]


async def came_back(people: People, before: int, unread: int) -> Person:
    """A person who has read `before` messages in the lobby, and comes back to `unread` new ones."""
    bob = await people.member("bob")
    ann = await people.program("ann")
    await ann.says(*(f"old {n}" for n in range(before)))
    await bob.sees(f"old {before - 1}")
    await bob.has_read()
    await bob.page.close()
    await ann.says(*(f"new {n}" for n in range(unread)))
    await ann.closes()
    bob.page = await bob.context.new_page()
    await bob.opens()
    return bob


async def test_a_room_opens_at_the_first_unread_message(people: People) -> None:
    bob = await came_back(people, 60, 80)
    await in_view(bob.log.get_by_role("separator", name="New"))
    await in_view(bob.message("new 0"))
    await in_view(bob.message("old 59"))
    await expect(bob.message("new 79")).not_to_be_in_viewport()
    await bob.button(re.compile("To the newest messages")).click()
    await in_view(bob.message("new 79"))
    await expect(bob.button(re.compile("To the newest messages"))).to_have_count(0)


async def test_a_room_opens_at_the_first_unread_message_on_another_device(people: People) -> None:
    bob = await people.member("bob")
    ann = await people.program("ann")
    await ann.says("old")
    await bob.sees("old")
    await bob.says("mine")
    await bob.sees_status("mine", "Stored")
    await bob.page.close()
    await ann.says("new")
    await ann.closes()
    other = await people.second_device(bob)
    await in_view(other.log.get_by_role("separator", name="New"))
    await other.sees_in_order("old", "mine", "new")


async def test_a_thousand_new_messages_do_not_move_the_scroll_position(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says(*(f"old {n}" for n in range(150)))
    await bob.sees("old 149")
    await bob.log.evaluate(SCROLL, -2000)
    await expect(bob.button(re.compile("To the newest messages"))).to_be_visible()
    words = await bob.page.evaluate(AT_THE_MIDDLE)
    eye = bob.message(words)
    await expect(eye).to_be_in_viewport()
    before = await top(eye)
    await ann.says(*(f"flood {n}" for n in range(1000)))
    await expect(bob.button(re.compile(r"1,0\d\d new messages"))).to_be_visible()
    assert abs(await top(eye) - before) <= 1
    # The page contains only the visible messages and some around them.
    assert await bob.messages.count() < 200
    await bob.button(re.compile("To the newest messages")).click()
    await in_view(bob.message("flood 999"))
    await ann.closes()


async def test_scrolling_up_loads_older_pages(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says(*(f"m {n}" for n in range(700)))
    await bob.sees("m 699")
    await bob.reloads()
    await bob.is_in("lobby")
    await bob.log.focus()
    await bob.log.hover()
    first = bob.log.get_by_role("heading", name="This is the beginning of #lobby.")
    for _ in range(60):
        await bob.page.mouse.wheel(0, -2500)
        if await first.count() and await first.is_visible():
            break
        await bob.page.evaluate("() => new Promise(requestAnimationFrame)")
    await in_view(first)
    await in_view(bob.message("m 0"))
    await ann.closes()


async def test_a_link_leads_to_a_message_and_a_date_to_a_day(people: People) -> None:
    bob = await people.guest("bob", permissions=["clipboard-read", "clipboard-write"])
    ann = await people.program("ann")
    await ann.says(*(f"m {n}" for n in range(300)))
    await bob.sees("m 299")
    seq = 300 + 2 - 120  # the events before it are `created`, two `joined`, and the earlier messages
    await bob.opens(f"/r/lobby/{seq}")
    pointed = bob.messages.filter(has_text=re.compile(r"m \d+")).filter(visible=True)
    await expect(pointed.first).to_be_visible()
    shown = await bob.messages.locator("p").all_inner_texts()
    assert any(abs(int(text.split()[1]) - (seq - 4)) <= 2 for text in shown), shown

    one = bob.message("m 175")
    await one.scroll_into_view_if_needed()
    await one.hover()
    await one.get_by_role("button", name="Copy link").click()
    copied: str = await bob.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r".*/r/lobby/\d+", copied)
    await bob.opens(copied.removeprefix(bob.url))
    await in_view(bob.message("m 175"))

    await bob.button(re.compile("To the newest messages")).click()
    await in_view(bob.message("m 299"))
    await bob.log.hover()
    await bob.page.mouse.wheel(0, -900)
    await expect(bob.button("Today")).to_be_visible()
    day = bob.page.get_by_label("Go to a date").last
    await day.evaluate("(input) => input.dispatchEvent(new Event('change', {bubbles: true}))")
    await in_view(bob.message("m 0"))
    await ann.closes()


async def test_messages_in_a_row_by_one_user_are_grouped(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says("one", "two")
    for name in ("cat", "dan", "eve"):
        await (await people.program(name)).closes()
    await expect(bob.log.get_by_role("button", name="Today")).to_be_visible()
    await expect(bob.message("one").get_by_role("button", name="ann")).to_have_count(1)
    await expect(bob.message("two").get_by_role("button", name="ann")).to_have_count(0)
    fold = bob.log.get_by_role("button", name=re.compile("cat.*came in|came in.*cat"))
    await expect(fold).to_have_attribute("aria-expanded", "false")
    await fold.click()
    await expect(bob.log.get_by_role("listitem")).to_have_count(3)
    await ann.closes()


async def test_markdown_is_shown_formatted(people: People) -> None:
    bob = await people.guest("bob", permissions=["clipboard-read", "clipboard-write"])
    ann = await people.program("ann")
    await ann.says(
        "**bold** and `code` @bob", "||the butler||", '```python\nprint("hi")\n```', "see https://example.org/a"
    )
    await expect(bob.log.locator("strong", has_text="bold")).to_be_visible()
    spoiler = bob.log.get_by_role("button", name="Hidden text. Press to show.")
    await spoiler.click()
    await expect(bob.log.get_by_text("the butler")).to_be_visible()
    await bob.log.locator("pre").hover()
    await bob.log.get_by_role("button", name="Copy", exact=True).click()
    assert await bob.page.evaluate("navigator.clipboard.readText()") == 'print("hi")'
    link = bob.log.get_by_role("link", name="https://example.org/a")
    assert "noopener" in (await link.get_attribute("rel") or "")
    await ann.closes()


async def test_a_typing_user_is_shown(people: People) -> None:
    ann, bob = await people.guest("ann"), await people.guest("bob")
    await ann.composer.press_sequentially("I am")
    await expect(bob.page.get_by_text(re.compile("ann.* is typing"))).to_be_visible()


async def test_is_typing_stays_visible_behind_a_wide_name(people: People) -> None:
    wide = await people.guest("東京都国際交流会館管理事務局総務部広報課長補佐代理山田太郎")
    bob = await people.guest("bob", **PHONE)
    await wide.composer.press_sequentially("I am")
    verb = bob.page.get_by_text("is typing", exact=True)
    await expect(verb).to_be_in_viewport(ratio=1)
    assert await verb.evaluate("(verb) => verb.getBoundingClientRect().right <= innerWidth")


async def test_on_a_phone_one_panel_is_shown_at_a_time(people: People) -> None:
    bob = await people.person("bob", **PHONE)
    ann = await people.program("ann")
    await bob.opens()
    await bob.field("Your name").fill("bob")
    await bob.button("Come in").tap()
    await bob.is_in("lobby")
    await bob.fits()
    await ann.says("hello, phone", "W" * 400, "https://example.org/" + "a" * 300)
    await bob.sees("hello, phone")
    await bob.fits()
    await bob.composer.fill("hello, laptop")
    await bob.button("Send").tap()
    await bob.sees("hello, laptop")
    await bob.holds(bob.message("hello, phone"))
    await bob.menu.get_by_role("menuitem", name="Quote").tap()
    await expect(bob.composer).to_have_value(re.compile("^> hello, phone"))
    await bob.button("Back to the rooms").tap()
    await expect(bob.room("lobby")).to_be_visible()
    await expect(bob.composer).not_to_be_visible()
    await bob.fits()
    await bob.room("lobby").tap()
    await bob.is_in("lobby")
    await bob.button(re.compile("in this room")).tap()
    await expect(bob.page.get_by_role("complementary", name="People")).to_be_visible()
    await bob.fits()
    await ann.closes()


async def test_joins_and_departures_are_folded_together_and_stay_unfolded(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    for name in ("cat", "dan"):
        guest = await (await people.person(name)).joins("lobby")
        await guest.asks("DELETE", "/api/rooms/lobby/members/me")
    fold = bob.log.get_by_role("button", name=re.compile("came in.*left"))
    await expect(fold).to_contain_text(re.compile("2 others came in · .*cat.*dan.* left"))
    await expect(bob.log.get_by_role("listitem")).to_have_count(0)
    await fold.click()
    lines = bob.log.get_by_role("listitem")
    await expect(lines.filter(has_text="left")).to_have_count(2)
    await ann.says(*(f"m {n}" for n in range(200)))
    await bob.sees("m 199")
    await expect(fold).to_have_count(0)
    await bob.log.focus()
    await bob.page.keyboard.press("Home")
    await expect(fold).to_have_attribute("aria-expanded", "true")
    await fold.click()
    await expect(lines).to_have_count(0)
    await ann.closes()


async def test_a_typing_notice_ends_with_the_message(people: People) -> None:
    ann, bob, cat = await people.guest("ann"), await people.guest("bob"), await people.guest("cat")
    typing = bob.page.get_by_text(re.compile(".+ (is|are) typing"))
    await ann.composer.press_sequentially("I am")
    await cat.composer.press_sequentially("So")
    await expect(typing).to_have_text(re.compile("ann.* and .*cat.* are typing"))
    await ann.page.keyboard.press("Enter")
    await bob.sees("I am")
    await expect(typing).to_have_text(re.compile("^.?cat.? is typing"))
    await cat.page.keyboard.press("Enter")
    await expect(typing).to_have_count(0)
    # Typing a command sends no notice.
    await ann.composer.press_sequentially("/topic")
    await ann.says("done")
    await bob.sees("done")
    await expect(typing).to_have_count(0)


async def test_a_link_to_a_message_highlights_it_or_says_that_it_is_missing(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    seq = await ann.says("the needle")
    await ann.says(*(f"hay {n}" for n in range(300)))
    await bob.sees("hay 299")
    await bob.opens(f"/r/lobby/{seq}")
    needle = bob.message("the needle")
    await expect(needle).to_be_in_viewport()
    pointed = re.compile("pointed")
    await expect(needle).to_have_class(pointed)
    await expect(bob.message("hay 0")).not_to_have_class(pointed)
    # The highlight fades; the scroll position stays.
    await expect(needle).not_to_have_class(pointed)
    await expect(needle).to_be_in_viewport()
    await bob.reloads()
    await expect(needle).to_be_in_viewport()
    await bob.opens("/r/lobby/99999")
    await expect(bob.page.get_by_text("This message is not here.")).to_be_visible()
    await expect(bob.message("hay 299")).to_be_in_viewport()
    await ann.closes()
