"""Formatting by keyboard.

Needs a browser: the selection and undo are the browser's; the functions themselves have tests in vitest.
"""

from playwright.async_api import expect

from tests.browser.people import People

MARKS = {
    "Control+b": ("**", "strong"),
    "Control+i": ("*", "em"),
    "Control+e": ("`", "code"),
    "Control+Shift+x": ("~~", "s"),
}


async def test_a_formatting_key_puts_marks_around_the_selection(people: People) -> None:
    bob = await people.guest("bob")
    press = bob.page.keyboard.press
    for keys, (mark, element) in MARKS.items():
        await bob.composer.press_sequentially("not so loud")
        await press("Control+Shift+ArrowLeft")
        await press(keys)
        await expect(bob.composer).to_have_value(f"not so {mark}loud{mark}")
        await press(keys)
        await expect(bob.composer).to_have_value("not so loud")
        await press(keys)
        await press("Control+z")
        await expect(bob.composer).to_have_value("not so loud")

        # A selected space at the edge of a word stays outside the marks.
        await press("Home")
        for _ in "not ":
            await press("Shift+ArrowRight")
        await press(keys)
        await expect(bob.composer).to_have_value(f"{mark}not{mark} so loud")
        await press("End")
        await press("Space")
        await press(keys)
        await bob.page.keyboard.type("at all")
        await expect(bob.composer).to_have_value(f"{mark}not{mark} so loud {mark}at all{mark}")
        await press("Enter")
        for words in ("not", "at all"):
            await expect(bob.log.locator(element, has_text=words)).to_have_text(words)


async def test_pasted_addresses_and_selected_words_become_links(people: People) -> None:
    bob = await people.guest("bob")
    press = bob.page.keyboard.press
    await bob.types("https://example.org/tea")
    await press("Control+a")
    await press("Control+Shift+k")
    await bob.page.keyboard.type("a recipe")
    await expect(bob.composer).to_have_value("[a recipe](https://example.org/tea)")
    await press("Enter")
    await expect(bob.log.get_by_role("link", name="a recipe")).to_have_attribute("href", "https://example.org/tea")

    await bob.types("another")
    await press("Control+a")
    await press("Control+Shift+k")
    await bob.page.keyboard.type("example.com")
    await expect(bob.composer).to_have_value("[another](https://example.com)")
    await press("Enter")
    await expect(bob.log.get_by_role("link", name="another")).to_have_attribute("href", "https://example.com/")


async def test_lists_and_quotes_continue_on_a_new_line_and_end_on_an_empty_one(people: People) -> None:
    bob = await people.guest("bob")
    press, write = bob.page.keyboard.press, bob.page.keyboard.type
    await bob.composer.focus()
    await write("9. nine")
    await press("Shift+Enter")
    await write("ten")
    await expect(bob.composer).to_have_value("9. nine\n10. ten")
    await press("Shift+Enter")
    await press("Shift+Enter")
    await write("done")
    await expect(bob.composer).to_have_value("9. nine\n10. ten\ndone")
    await press("Enter")
    await expect(bob.log.locator("ol[start='9'] > li")).to_have_text(["nine", "ten"])

    await write("> a word")
    await press("Shift+Enter")
    await write("and another")
    await expect(bob.composer).to_have_value("> a word\n> and another")
    await press("Enter")
    await expect(bob.log.locator("blockquote")).to_contain_text("and another")


async def test_enter_is_a_line_break_in_code_and_sends_behind_it(people: People) -> None:
    bob = await people.guest("bob")
    press, write = bob.page.keyboard.press, bob.page.keyboard.type
    await bob.composer.focus()
    await write("```js")
    await press("Enter")
    await write("let **a** = 1;")
    await press("Enter")
    await write("```")
    await expect(bob.messages).to_have_count(0)
    await press("Enter")
    await expect(bob.log.get_by_role("figure", name="Code, js")).to_contain_text("let **a** = 1;")

    # Several selected lines become a code block.
    await bob.types("one\ntwo")
    await press("Control+a")
    await press("Control+e")
    await expect(bob.composer).to_have_value("```\none\ntwo\n```")
