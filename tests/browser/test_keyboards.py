"""Keyboards of all languages: input methods, and layouts of other scripts.

Needs a browser: compositions and the focus are the browser's.
"""

from playwright.async_api import Locator, expect

from tests.browser.people import People, Person

# The keydown events of the Enter that ends a composition. Most browsers send it before the composition has ended,
# Safari after that.
ENDS = (
    {"key": "Enter", "code": "Enter", "keyCode": 229, "isComposing": True},
    {"key": "Enter", "code": "Enter", "keyCode": 229, "isComposing": False},
)


async def presses(place: Locator, key: dict[str, object]) -> None:
    """Dispatch a keydown that Playwright's keyboard can not make."""
    await place.dispatch_event("keydown", {"bubbles": True, "cancelable": True, **key})


async def composes(who: Person, text: str) -> None:
    """Compose a text with an input method, without the Enter that accepts its suggestion."""
    method = await who.context.new_cdp_session(who.page)
    await method.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    key = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    await method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await method.send("Input.insertText", {"text": text})
    await method.detach()


async def test_the_enter_that_ends_a_composition_does_nothing_else(people: People) -> None:
    bob = await people.member("bob")
    await (await people.person("tea")).joins("lobby")
    await bob.asks("POST", "/api/rooms", {"name": "tearoom"})
    await bob.goes_to("lobby")

    async def ends_in(field: Locator, text: str) -> None:
        await field.focus()
        await composes(bob, text)
        for key in ENDS:
            await presses(field, key)
        await expect(field).to_have_value(text)

    await ends_in(bob.field("Filter rooms"), "tea")
    await bob.is_in("lobby")
    await ends_in(bob.composer, "haha")
    await expect(bob.messages).to_have_count(0)
    await bob.page.keyboard.press("Control+k")
    await ends_in(bob.page.get_by_role("combobox", name="Go to or do"), "tea")
    await bob.page.keyboard.press("Escape")
    for panel in ("browse", "new-message"):
        await bob.page.evaluate("(hash) => { location.hash = hash; }", panel)
        await expect(bob.dialog.get_by_text("tea").first).to_be_visible()
        await ends_in(bob.dialog.locator("input[data-autofocus]"), "tea")
        await expect(bob.dialog.locator("input[data-autofocus]")).to_be_focused()
        await bob.dialog.get_by_role("button", name="Close").click()
        await expect(bob.dialog).to_have_count(0)
    await bob.is_in("lobby")
    # An Enter without a composition sends the message.
    await bob.composer.press("Enter")
    await bob.sees("haha")


async def test_typing_anywhere_begins_a_composition(people: People) -> None:
    bob = await people.guest("bob")
    for key in ({"key": "Process", "code": "KeyN", "keyCode": 229}, {"key": "Dead", "code": "Equal"}):
        await bob.composer.blur()
        await presses(bob.page.locator("body"), key)
        await expect(bob.composer).to_be_focused()
        await composes(bob, "你好")
    await expect(bob.composer).to_have_value("你好你好")


async def test_shortcuts_work_on_a_russian_keyboard(people: People) -> None:
    bob = await people.guest("bob")
    palette = bob.page.get_by_role("combobox", name="Go to or do")
    await presses(bob.composer, {"key": "л", "code": "KeyK", "ctrlKey": True})
    await expect(palette).to_be_focused()
    await bob.page.keyboard.press("Escape")
    await bob.composer.fill("чай")
    await bob.composer.select_text()
    await presses(bob.composer, {"key": "и", "code": "KeyB", "ctrlKey": True})
    await expect(bob.composer).to_have_value("**чай**")
    # Ctrl-T on a Dvorak keyboard, on which T is at the place of K.
    await presses(bob.composer, {"key": "t", "code": "KeyK", "ctrlKey": True})
    await expect(palette).to_have_count(0)


async def test_an_emoticon_is_sent_as_it_is(people: People) -> None:
    bob = await people.guest("bob")
    suggestions = bob.page.locator("#composer").get_by_role("option")
    await bob.composer.press_sequentially("haha :DD")
    await expect(suggestions.first).to_be_visible()
    await bob.composer.press("Enter")
    await bob.sees("haha :DD")
    await bob.composer.press_sequentially("haha :smil")
    await expect(suggestions.first).to_contain_text(":smil")
    await bob.composer.press("Enter")
    await expect(bob.composer).to_have_value("haha 😄 ")
    await bob.composer.fill("")
    await bob.composer.press_sequentially("haha :DD")
    await expect(suggestions.first).to_be_visible()
    await bob.composer.press("ArrowUp")
    await bob.composer.press("Enter")
    await expect(bob.composer).not_to_have_value("haha :DD")
    await expect(bob.messages).to_have_count(1)


async def test_times_follow_the_time_zone(people: People) -> None:
    bob = await people.guest("bob")
    device = await bob.context.new_cdp_session(bob.page)
    await device.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
    await bob.says("before")
    clock = bob.message("before").locator("time")
    await expect(clock).not_to_be_empty()
    before = await clock.inner_text()
    await device.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kathmandu"})
    await bob.says("after")
    await bob.sees("after")
    # Both times are shown in the new time zone, whose offset differs in the minutes.
    now = await bob.message("after").locator("time").inner_text()
    assert int(now[-2:]) in {(int(before[-2:]) + 45 + passed) % 60 for passed in (0, 1)}
    await expect(clock).not_to_have_text(before)
