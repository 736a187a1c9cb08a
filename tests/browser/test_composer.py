"""Writing: several lines, formatting, completions, emoji, drafts and commands.

Needs a browser: keys, undo, the selection, the clipboard and dropped files are the browser's.
"""

import re
from pathlib import Path

from playwright.async_api import expect

from tests.browser.people import People

# Puts a picture into the clipboard.
PICTURE = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 2, height: 2});
  const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
  await navigator.clipboard.write([new ClipboardItem({"image/png": picture})]);
}"""


async def test_shift_enter_breaks_the_line_and_control_b_marks_as_bold(people: People) -> None:
    bob = await people.guest("bob")
    await bob.composer.focus()
    await bob.page.keyboard.type("first")
    await bob.page.keyboard.press("Shift+Enter")
    await bob.page.keyboard.type("second")
    await expect(bob.composer).to_have_value("first\nsecond")
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value("")
    await expect(bob.messages).to_have_count(1)
    await bob.types("loud")
    await bob.composer.select_text()
    await bob.page.keyboard.press("Control+b")
    await expect(bob.composer).to_have_value("**loud**")
    await bob.page.keyboard.press("Enter")
    await expect(bob.log.locator("strong", has_text="loud")).to_be_visible()
    await expect(bob.composer).to_be_focused()


async def test_people_rooms_and_emoji_are_completed(people: People) -> None:
    bob = await people.guest("bob")
    await people.guest("gwendolyn")
    await bob.composer.press_sequentially("hi @gw")
    await expect(bob.page.get_by_role("option")).to_have_count(1)
    await bob.page.keyboard.press("Tab")
    await expect(bob.composer).to_have_value("hi @gwendolyn ")
    await bob.composer.press_sequentially("in #lo")
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value("hi @gwendolyn in #lobby ")
    await bob.composer.press_sequentially(":tad")
    await expect(bob.page.get_by_role("option").first).to_contain_text("🎉")
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value("hi @gwendolyn in #lobby 🎉 ")
    await bob.page.keyboard.press("Enter")
    await bob.sees("hi @gwendolyn in #lobby 🎉")


async def test_an_emoji_is_picked(people: People) -> None:
    bob = await people.guest("bob")
    await bob.button("Emoji").click()
    search = bob.page.get_by_label("Search emoji")
    await expect(search).to_be_focused()
    await search.fill("hedgehog")
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value("🦔")
    await expect(bob.composer).to_be_focused()
    await bob.page.keyboard.press("Enter")
    await bob.sees("🦔")


async def test_a_draft_survives_another_room_and_a_reload(people: People) -> None:
    bob = await people.guest("bob")
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.types("half a sen")
    await bob.goes_to("tea")
    await expect(bob.composer).to_have_value("")
    await expect(bob.room("lobby").get_by_title("has a draft")).to_be_visible()
    await bob.types("another")
    await bob.reloads()
    await bob.is_in("tea")
    await expect(bob.composer).to_have_value("another")
    await bob.goes_to("lobby")
    await expect(bob.composer).to_have_value("half a sen")


async def test_commands_are_carried_out(people: People) -> None:
    bob, ann = await people.guest("bob"), await people.guest("ann")
    await bob.says("/me waves")
    await ann.sees("bob waves")
    await bob.says("/topic of tea")
    await expect(ann.page.get_by_text("of tea", exact=True).first).to_be_visible()
    await bob.says("/nick robert")
    await ann.sees_line("is now")
    await bob.says("/msg ann psst")
    await expect(ann.room("robert")).to_be_visible()
    await bob.goes_to("lobby")
    await bob.says("/nothing of the kind")
    await expect(bob.page.get_by_text("There is no command /nothing.", exact=False).first).to_be_visible()
    await expect(bob.composer).to_have_value("/nothing of the kind")
    await bob.says("/help")
    await expect(bob.page.get_by_text("set the topic").first).to_be_visible()
    await bob.says("/join tea")
    await bob.is_in("tea")
    await bob.says("/leave")
    await bob.is_in("lobby")


async def test_a_message_that_is_too_long_is_reported_before_it_is_sent(people: People) -> None:
    bob = await people.guest("bob")
    await bob.types("x" * 8_003)
    await expect(bob.page.get_by_text("3 characters too many").first).to_be_visible()
    await bob.composer.press("Enter")
    await expect(bob.messages).to_have_count(0)
    await bob.types("x" * 8_000)
    await bob.composer.press("Enter")
    await expect(bob.messages).to_have_count(1)
    await bob.fits()


async def test_a_message_is_quoted(people: People) -> None:
    bob = await people.guest("bob")
    await bob.says("to be or not")
    await bob.sees_status("to be or not", "Stored")
    await bob.message("to be or not").click(button="right")
    await bob.menu.get_by_role("menuitem", name="Quote").click()
    await expect(bob.composer).to_have_value(re.compile("^> to be or not"))
    await expect(bob.composer).to_be_focused()


async def test_completions_are_chosen_or_dismissed_by_keyboard(people: People) -> None:
    bob = await people.guest("bob")
    for name in ("gwen", "gwendolyn", "gwyneth"):
        await (await people.person(name)).joins("lobby")
    await bob.asks("POST", "/api/rooms", {"name": "garden"})
    await expect(bob.room("garden")).to_be_visible()
    press, options = bob.page.keyboard.press, bob.page.get_by_role("option")
    chosen = bob.page.get_by_role("option", selected=True)
    await bob.composer.press_sequentially("@gw")
    await expect(options).to_have_count(3)
    first, second, third = [text.strip() for text in await options.all_inner_texts()]
    await expect(chosen).to_have_text(first)
    await press("ArrowDown")
    await expect(chosen).to_have_text(second)
    at = await chosen.get_attribute("id")
    await expect(bob.composer).to_have_attribute("aria-activedescendant", at or "")
    await press("ArrowUp")
    await press("ArrowUp")
    await expect(chosen).to_have_text(third)
    await press("Enter")
    await expect(bob.composer).to_have_value(f"@{third} ")
    await expect(options).to_have_count(0)

    # After Escape the text stays as it was typed, and Enter sends it.
    await bob.types("")
    await bob.composer.press_sequentially("@gw")
    await expect(options).to_have_count(3)
    await press("Escape")
    await expect(options).to_have_count(0)
    await press("Enter")
    await bob.sees("@gw")

    # Enter also sends a name that nobody has, and a name that is complete already.
    await bob.composer.press_sequentially("@nobody")
    await expect(options).to_have_count(0)
    await bob.types("")
    await bob.composer.press_sequentially("#GARDEN")
    await expect(chosen).to_have_text("#garden")
    await press("Enter")
    await bob.sees("#GARDEN")

    # Shift+Enter breaks the line even with a completion open. Text after the cursor is kept.
    await bob.composer.press_sequentially("see #gar")
    await expect(chosen).to_have_text("#garden")
    await press("Shift+Enter")
    await expect(bob.composer).to_have_value("see #gar\n")
    await bob.types("hey , you")
    for _ in ", you":
        await press("ArrowLeft")
    await bob.page.keyboard.type("@gwend")
    await expect(chosen).to_contain_text("gwendolyn")
    await press("Tab")
    await expect(bob.composer).to_have_value("hey @gwendolyn , you")


async def test_an_emoji_is_chosen_with_the_arrow_keys(people: People) -> None:
    bob = await people.guest("bob")
    press = bob.page.keyboard.press
    focused = bob.page.locator("button[data-emoji]:focus")
    await bob.composer.press_sequentially("so ")
    await press("Tab")
    await expect(bob.button("Emoji")).to_be_focused()
    await press("Enter")
    search = bob.page.get_by_label("Search emoji")
    await expect(search).to_be_focused()
    await expect(bob.page.locator("button[data-emoji]").first).to_be_visible()
    await press("ArrowDown")
    first = await focused.get_attribute("data-emoji")
    await press("ArrowRight")
    await expect(focused).not_to_have_attribute("data-emoji", first or "")
    second = await focused.get_attribute("data-emoji") or ""
    await press("ArrowDown")
    await expect(focused).not_to_have_attribute("data-emoji", second)
    await press("ArrowUp")
    await expect(focused).to_have_attribute("data-emoji", second)
    await press("Enter")
    await expect(bob.composer).to_have_value(f"so {second}")
    await expect(bob.composer).to_be_focused()

    await bob.button("Emoji").click()
    await expect(bob.page.get_by_role("heading", name="Used lately")).to_be_visible()
    await bob.page.keyboard.type("nothing of the kind")
    await expect(bob.page.get_by_text("No emoji of that name.")).to_be_visible()
    await press("Escape")
    await expect(search).to_have_count(0)
    await expect(bob.composer).to_be_focused()
    await expect(bob.composer).to_have_value(f"so {second}")


async def test_a_full_emoji_name_becomes_the_emoji_but_not_in_code(people: People) -> None:
    bob = await people.guest("bob")
    await bob.composer.press_sequentially("well :tada:")
    await expect(bob.composer).to_have_value("well 🎉")
    await bob.composer.press_sequentially(" and `so :tada: so` at 12:30:45")
    await expect(bob.composer).to_have_value("well 🎉 and `so :tada: so` at 12:30:45")


async def test_each_room_has_one_draft_in_all_tabs_until_it_is_sent(people: People) -> None:
    bob = await people.guest("bob")
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.composer.press_sequentially("half a sen")
    other = await bob.tab("/r/lobby")
    await expect(other.composer).to_have_value("half a sen")
    await other.goes_to("tea")
    await expect(other.composer).to_have_value("")
    await other.goes_to("lobby")
    await other.composer.press_sequentially("tence")
    await other.page.keyboard.press("Enter")
    await other.sees("half a sentence")
    await other.reloads()
    await other.sees("half a sentence")
    await expect(other.composer).to_have_value("")
    await expect(other.room("lobby").get_by_title("has a draft")).to_have_count(0)


async def test_sending_a_draft_in_one_tab_empties_the_composer_of_the_other(people: People) -> None:
    bob = await people.guest("bob")
    await bob.composer.press_sequentially("half a sentence")
    other = await bob.tab("/r/lobby")
    await expect(other.composer).to_have_value("half a sentence")
    await other.composer.press("Enter")
    await bob.sees("half a sentence")
    await expect(bob.composer).to_have_value("", timeout=2_000)


async def test_an_invalid_command_is_explained_and_not_sent(people: People) -> None:
    bob = await people.guest("bob")
    press, note = bob.page.keyboard.press, bob.page.locator("#composer").get_by_role("status")
    options = bob.page.get_by_role("option")
    await bob.composer.press_sequentially("/top")
    await expect(options).to_have_text(re.compile("set the topic"))
    await press("Enter")
    await expect(bob.composer).to_have_value("/topic ")
    await bob.types("")
    # Commands for moderators are not offered to others.
    await bob.composer.press_sequentially("/ki")
    await expect(options).to_have_count(0)

    await bob.says("/msg ann")
    await expect(note).to_have_text("Like this: /msg name text")
    await press("Escape")
    await expect(note).to_have_text("")
    await bob.says("/etc/passwd")
    await expect(note).to_contain_text("There is no command /etc/passwd.")
    await bob.composer.press_sequentially("!")
    await expect(note).to_have_text("")
    await bob.says("/invite nobody")
    await expect(note).to_contain_text("nobody")
    await expect(bob.composer).to_have_value("/invite nobody")

    await bob.says("/help")
    help_ = bob.page.get_by_text("A time is like 10m, 2h or 7d")
    await expect(help_).to_be_visible()
    await press("Escape")
    await expect(help_).to_have_count(0)
    await expect(bob.messages).to_have_count(0)
    # With a leading space, the same text is sent as a message.
    await bob.says(" /etc/passwd")
    await bob.sees("/etc/passwd")


async def test_a_dropped_or_pasted_file_is_refused_with_a_notice(people: People, tmp_path: Path) -> None:
    bob = await people.guest("bob", permissions=["clipboard-read", "clipboard-write"])
    await bob.types("look at this")
    file = tmp_path / "cat.html"
    file.write_text("<title>a file</title>", encoding="utf-8")
    await bob.page.evaluate("() => addEventListener('drop', (event) => { window.stays = event.defaultPrevented; })")
    pointer = await bob.context.new_cdp_session(bob.page)
    log = await bob.log.bounding_box()
    assert log is not None
    drag = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        await pointer.send(
            "Input.dispatchDragEvent", {"type": kind, "x": log["x"] + 50, "y": log["y"] + 50, "data": drag}
        )
    told = bob.page.get_by_text("Parley can't send files yet.")
    await expect(told).to_be_visible()
    assert await bob.page.evaluate("window.stays")
    await bob.button("Close").click()
    await expect(told).to_have_count(0)

    await bob.page.evaluate(PICTURE)
    await bob.composer.focus()
    await bob.page.keyboard.press("Control+v")
    await expect(told).to_be_visible()
    await expect(bob.composer).to_have_value("look at this")


async def test_a_quote_and_a_mention_are_added_to_the_draft(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says("to be\n\nor not")
    await bob.composer.press_sequentially("well")
    message = bob.messages.filter(has_text="or not")
    await message.click(button="right")
    await bob.menu.get_by_role("menuitem", name="Quote").click()
    await expect(bob.composer).to_have_value("> to be\n>\n> or not\n@ann well")
    await expect(bob.composer).to_be_focused()

    await bob.types("ask , she knows")
    for _ in ", she knows":
        await bob.page.keyboard.press("ArrowLeft")
    await message.get_by_role("button", name="ann").click()
    await bob.dialog.get_by_role("button", name="Mention").click()
    await expect(bob.dialog).to_have_count(0)
    await expect(bob.composer).to_have_value("ask @ann , she knows")
    await expect(bob.composer).to_be_focused()
    await ann.closes()
