"""Writing: several lines, marks, completions, emoji, drafts and commands."""

import re

from playwright.async_api import expect

from tests.browser.stage import Stage


async def test_lines_and_marks(stage: Stage) -> None:
    bob = await stage.guest("bob")
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


async def test_completions_of_people_rooms_and_emoji(stage: Stage) -> None:
    bob = await stage.guest("bob")
    await stage.guest("gwendolyn")
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


async def test_an_emoji_is_picked(stage: Stage) -> None:
    bob = await stage.guest("bob")
    await bob.button("Emoji").click()
    search = bob.page.get_by_label("Search emoji")
    await expect(search).to_be_focused()
    await search.fill("hedgehog")
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value("🦔")
    await expect(bob.composer).to_be_focused()
    await bob.page.keyboard.press("Enter")
    await bob.sees("🦔")


async def test_a_draft_survives_going_away_and_a_reload(stage: Stage) -> None:
    bob = await stage.guest("bob")
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


async def test_commands(stage: Stage) -> None:
    bob, ann = await stage.guest("bob"), await stage.guest("ann")
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


async def test_too_much_is_said_before_it_is_sent(stage: Stage) -> None:
    bob = await stage.guest("bob")
    await bob.types("x" * 8_003)
    await expect(bob.page.get_by_text("3 characters too many").first).to_be_visible()
    await bob.composer.press("Enter")
    await expect(bob.messages).to_have_count(0)
    await bob.types("x" * 8_000)
    await bob.composer.press("Enter")
    await expect(bob.messages).to_have_count(1)
    await bob.fits()


async def test_a_message_is_quoted(stage: Stage) -> None:
    bob = await stage.guest("bob")
    await bob.says("to be or not")
    await bob.message("to be or not").hover()
    await bob.button("Quote").click()
    await expect(bob.composer).to_have_value(re.compile("^> to be or not"))
    await expect(bob.composer).to_be_focused()
