"""The menu of a message, by mouse, keyboard and touch; mentions in it, and who has read it.

Needs a browser: right clicks, long presses, focus and the clipboard are the browser's.
"""

import re

from playwright.async_api import expect

from tests.browser.people import PHONE, People

SELECT = """(words) => {
  const range = document.createRange();
  range.selectNodeContents(words);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""

ANSWER = ["React", "Reply", "Reply in a thread"]
COPY = ["Quote", "Copy text", "Copy link"]

# Records for each right click whether the browser shows its own menu.
LISTEN = """() => {
  window.left = [];
  addEventListener("contextmenu", (event) => window.left.push(!event.defaultPrevented));
}"""


async def test_a_right_click_opens_a_messages_menu(people: People) -> None:
    bob = await people.member("bob", permissions=["clipboard-read", "clipboard-write"])
    ann = await people.program("ann")
    await ann.says("to be or not")
    await bob.says("that is it")
    await bob.sees("to be or not", "that is it")
    offered = bob.menu.get_by_role("menuitem")

    await bob.message("to be or not").click(button="right")
    await expect(bob.menu).to_contain_text(re.compile(r"\d{4} at \d\d:\d\d:\d\d"))
    await expect(offered).to_have_text([*ANSWER, *COPY, "About ann"])
    await offered.filter(has_text="Copy text").click()
    assert await bob.page.evaluate("() => navigator.clipboard.readText()") == "to be or not"
    await bob.message("to be or not").click(button="right")
    await offered.filter(has_text="About ann").click()
    await expect(bob.dialog.get_by_text("@ann")).to_be_visible()
    await bob.page.keyboard.press("Escape")
    await bob.message("to be or not").click(button="right")
    await offered.filter(has_text="Quote").click()
    await expect(bob.composer).to_have_value(re.compile("^> to be or not\n@ann"))
    await expect(bob.composer).to_be_focused()

    # New messages do not close the menu; scrolling does.
    await bob.message("that is it").click(button="right")
    await expect(offered).to_have_text([*ANSWER, "Edit", *COPY, "Who has read it", "About bob", "Delete …"])
    await ann.says(*(f"m {n}" for n in range(30)))
    await expect(bob.menu).to_be_visible()
    await bob.sees("m 29")
    await expect(bob.menu).to_be_visible()
    await bob.page.get_by_role("heading", name="lobby", level=1).hover()
    await bob.page.mouse.wheel(0, -50)
    await expect(bob.menu).to_have_count(0)
    await ann.closes()


async def test_the_keyboard_opens_the_same_menu(people: People) -> None:
    bob = await people.member("bob")
    await bob.says("one", "two")
    await bob.sees("one", "two")
    await bob.log.focus()
    await bob.page.keyboard.press("ArrowUp")
    await bob.page.keyboard.press("ArrowUp")
    for key in ("Shift+F10", "ContextMenu"):
        await bob.page.keyboard.press(key)
        await expect(bob.menu.get_by_role("menuitem", name="React")).to_be_focused()
        await bob.page.keyboard.press("Escape")
        await expect(bob.menu).to_have_count(0)
        await expect(bob.message("one")).to_be_focused()
    await bob.page.keyboard.press("Shift+F10")
    await bob.page.keyboard.press("q")
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value(re.compile("^> one"))


async def test_links_and_selected_text_keep_the_browsers_menu(people: People) -> None:
    bob = await people.member("bob")
    ann = await people.program("ann")
    await ann.says("see https://example.org/ first")
    words = bob.messages.locator("p").first
    await expect(words).to_be_visible()
    await bob.page.evaluate(LISTEN)
    await bob.log.get_by_role("link").click(button="right")
    await bob.page.wait_for_function("() => window.left.length === 1 && window.left[0]")
    await expect(bob.menu).to_have_count(0)
    await words.evaluate(SELECT)
    await words.click(button="right", position={"x": 8, "y": 8})
    await bob.page.wait_for_function("() => window.left.length === 2 && window.left[1]")
    await expect(bob.menu).to_have_count(0)
    await bob.page.evaluate("() => getSelection().removeAllRanges()")
    await words.click(button="right", position={"x": 8, "y": 8})
    await expect(bob.menu).to_be_visible()
    await ann.closes()


async def test_a_long_press_opens_a_messages_menu(people: People) -> None:
    bob = await people.member("bob", **PHONE)
    ann = await people.program("ann")
    await ann.says("hello, phone", *(f"m {n}" for n in range(40)), "the last")
    await bob.sees("the last")
    # A tap opens no menu, and a moving finger scrolls.
    await bob.message("the last").tap()
    await expect(bob.button("Reply")).not_to_be_visible()
    box = await bob.message("the last").bounding_box()
    assert box is not None
    finger = await bob.context.new_cdp_session(bob.page)
    x, y = box["x"] + 40, box["y"] + 8
    await finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 12):
        point = {"x": x, "y": y - 10 * step}
        await finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    # Wait by the page's own clock, for longer than a long press takes.
    await bob.page.evaluate("() => new Promise((done) => setTimeout(done, 700))")
    await expect(bob.menu).to_have_count(0)
    await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    await bob.holds(bob.message("the last"))
    await expect(bob.menu.get_by_role("menuitem")).to_have_text([*ANSWER, *COPY, "About ann"])
    assert await bob.page.evaluate("() => getSelection().toString()") == ""
    await bob.menu.get_by_role("menuitem", name="Quote").tap()
    await expect(bob.menu).to_have_count(0)
    await expect(bob.composer).to_have_value(re.compile("^> the last"))
    await ann.closes()


async def test_a_mention_opens_the_card_of_its_user(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await expect(ann.page.get_by_role("complementary").get_by_text("bob")).to_be_visible()
    await ann.says("ask @bob, or `@bob`, not @nobody")
    said = bob.messages.filter(has_text="ask")
    name = said.get_by_role("button", name="@bob")
    await expect(name).to_have_count(1)
    await expect(said.get_by_role("button", name="@nobody")).to_have_count(0)
    await said.get_by_role("button", name="ann", exact=True).wait_for()
    await name.click()
    await expect(bob.dialog.get_by_text("@bob")).to_be_visible()
    await bob.page.keyboard.press("Escape")
    await expect(name).to_be_focused()
    await bob.page.keyboard.press("Enter")
    await expect(bob.dialog.get_by_text("@bob")).to_be_visible()


async def test_the_list_of_readers_moves_with_its_message_and_closes_with_escape(people: People) -> None:
    bob, ann = await people.member("bob"), await people.member("ann")
    await bob.says(*(f"m {n}" for n in range(40)))
    await ann.sees("m 39")
    await bob.sees_status("m 30", "Read by 1 of 1")
    await bob.message("m 30").click(button="right")
    await bob.menu.get_by_role("menuitem", name="Who has read it").click()
    readers = bob.page.get_by_role("list", name="Read by")
    await expect(readers.get_by_text("ann")).to_be_visible()
    message = bob.message("m 30")

    async def apart() -> float:
        one, other = await readers.bounding_box(), await message.bounding_box()
        assert one is not None
        assert other is not None
        return one["y"] - other["y"]

    before = await apart()
    await bob.log.evaluate("(log) => { log.scrollTop -= 40; }")
    await bob.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert abs(await apart() - before) <= 1
    await bob.page.keyboard.press("Escape")
    await expect(readers).not_to_be_visible()
    await expect(message).to_be_focused()

    await bob.page.keyboard.press("Shift+F10")
    await bob.menu.get_by_role("menuitem", name="Who has read it").click()
    await expect(readers).to_be_visible()
    await bob.log.evaluate("(log) => { log.scrollTop = 0; }")
    await expect(readers).not_to_be_visible()


async def test_a_focus_that_scrolling_moved_shows_no_outline_before_a_key(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says(*(f"m {n}" for n in range(200)))
    await bob.sees("m 199")
    await bob.log.focus()
    await bob.page.keyboard.press("ArrowUp")
    await expect(bob.message("m 199")).to_be_focused()
    await bob.log.hover()
    while await bob.message("m 199").count():
        await bob.page.mouse.wheel(0, -600)
        await bob.page.evaluate("() => new Promise(requestAnimationFrame)")
    await expect(bob.log).to_be_focused()
    await expect(bob.log).to_have_css("outline-style", "none")
    await bob.page.keyboard.press("Shift")
    await expect(bob.log).to_have_css("outline-style", "solid")
    await ann.closes()


async def test_a_queued_message_can_be_withdrawn(people: People) -> None:
    bob = await people.member("bob", proxy=True, permissions=["clipboard-read", "clipboard-write"])
    ann = await people.program("ann")
    await bob.loses_the_network()
    await bob.knows_it_is_alone()
    await bob.says("a tpyo", "all right")
    await bob.sees_status("a tpyo", "Waiting to be sent")
    offered = bob.menu.get_by_role("menuitem")
    await bob.message("a tpyo").click(button="right")
    await expect(offered).to_have_text(["Copy text", "Edit", "Do not send it"])
    await offered.filter(has_text="Copy text").click()
    assert await bob.page.evaluate("() => navigator.clipboard.readText()") == "a tpyo"
    await bob.message("a tpyo").click(button="right")
    await offered.filter(has_text="Do not send it").click()
    await expect(bob.message("a tpyo")).to_have_count(0)
    await bob.has_the_network_again()
    await bob.tries_now()
    await bob.sees_status("all right", re.compile("Stored|Delivered|Read"))
    await ann.says("thanks")
    await bob.sees("all right", "thanks")
    await expect(bob.message("a tpyo")).to_have_count(0)
