"""Messages as they are shown: code, links, quotes, lists, hidden text, and long messages.

Needs a browser: it checks layout, the clipboard and clicks; the parser has tests in vitest.
"""

import re

from playwright.async_api import expect

from tests.browser.people import People

CODE = "```python\ndef f(x):\n    return 'a'  # one\n```"


async def test_code_is_highlighted_and_can_be_copied(people: People) -> None:
    bob = await people.guest("bob", permissions=["clipboard-read", "clipboard-write"])
    ann = await people.program("ann")
    await ann.says(CODE, "```\n" + "\n".join(f"line {n}" for n in range(30)) + "\n```")
    code = bob.log.get_by_role("figure", name="Code, python")
    await expect(code.locator("pre span", has_text=re.compile("^def "))).to_be_visible()
    words = code.locator("pre span")
    assert len({await each.evaluate("(it) => getComputedStyle(it).color") for each in await words.all()}) >= 3
    await expect(code.locator("pre")).to_have_text("def f(x):\n    return 'a'  # one")

    # A long block is folded, but copied in full.
    long = bob.log.get_by_role("figure", name="Code", exact=True)
    await expect(long.locator("pre")).not_to_contain_text("line 29")
    await long.get_by_role("button", name="Copy", exact=True).click()
    await expect(long.get_by_role("button", name="Copied")).to_be_visible()
    copied: str = await bob.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("line 0\n")
    assert copied.endswith("\nline 29")
    await expect(long.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    await long.get_by_role("button", name="Show all 30 lines").click()
    await expect(long.locator("pre")).to_contain_text("line 29")
    await long.get_by_role("button", name="Show less").click()
    await expect(long.locator("pre")).not_to_contain_text("line 29")
    await ann.closes()


async def test_a_link_shows_its_host_and_links_to_this_server_open_in_this_tab(people: People) -> None:
    bob = await people.member("bob")
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    ann = await people.program("ann")
    seq = await ann.says("the first word")
    await ann.says(
        "[your bank](https://evil.example/login)",
        "[https://bank.example](https://evil.example/2)",
        "see https://bank.example/ and [a page](https://bank.example/page)",
        f"back to {bob.url}/r/lobby/{seq} and #tea and #nowhere",
    )
    for name in ("your bank", "https://bank.example"):
        link = bob.page.get_by_role("link", name=name, exact=True)
        message = bob.messages.filter(has=link)
        await expect(message).to_contain_text("(leads to evil.example)")
        await expect(link).to_have_attribute("target", "_blank")
        await expect(link).to_have_attribute("title", re.compile("^https://evil.example/"))
    # A link whose text is its address gets no "(leads to ...)".
    plain = bob.messages.filter(has=bob.page.get_by_role("link", name="https://bank.example/", exact=True))
    await expect(plain).to_contain_text("see https://bank.example/ and a page (leads to bank.example)")

    # Links to this server open in this tab, without loading the page again.
    await bob.page.evaluate("() => { window.sameLife = true; }")
    await expect(bob.log.get_by_role("link", name="#nowhere")).to_have_count(0)
    await bob.log.get_by_role("link", name="#tea").click()
    await bob.is_in("tea")
    await bob.page.go_back()
    await bob.log.get_by_role("link", name=f"{bob.url}/r/lobby/{seq}").click()
    await expect(bob.page).to_have_url(f"{bob.url}/r/lobby/{seq}")
    await expect(bob.message("the first word")).to_be_in_viewport()
    assert await bob.page.evaluate("window.sameLife")
    assert len(bob.context.pages) == 1
    await ann.closes()


async def test_hidden_text_is_shown_on_request(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says("it was ||the **butler**||, of course")
    hidden = bob.log.get_by_role("button", name="Hidden text. Press to show.")
    await expect(hidden).to_be_visible()
    await expect(hidden).to_have_css("color", "rgba(0, 0, 0, 0)")
    await expect(bob.log.locator("strong", has_text="butler")).to_be_hidden()
    await hidden.focus()
    await bob.page.keyboard.press("Enter")
    await expect(hidden).to_have_count(0)
    await expect(bob.log.locator("strong", has_text="butler")).to_be_visible()
    await ann.closes()


async def test_quotes_and_lists_become_html_elements(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says("> > deeper\n> quoted\n\nsaid", "- one\n- two\n  - and a half\n\n3. three\n4. four", "~~no~~ *yes*")
    await expect(bob.log.locator("blockquote blockquote")).to_have_text("deeper")
    await expect(bob.message("said").locator("p").last).to_have_text("said")
    await expect(bob.log.locator("ul > li > ul > li")).to_have_text("and a half")
    await expect(bob.log.locator("ol[start='3'] > li")).to_have_text(["three", "four"])
    await expect(bob.log.locator("s")).to_have_text("no")
    await expect(bob.log.locator("em")).to_have_text("yes")
    await ann.closes()


async def test_a_very_long_message_is_folded(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says("\n".join(f"verse {n}" for n in range(80)))
    message = bob.messages.filter(has_text="verse 0")
    folded = await message.bounding_box()
    await message.get_by_role("button", name="Show the whole message").click()
    await expect(message.get_by_role("button", name="Show less")).to_be_visible()
    whole = await message.bounding_box()
    assert folded is not None
    assert whole is not None
    assert whole["height"] > 1.5 * folded["height"]
    await message.get_by_role("button", name="Show less").click()
    await expect(message.get_by_role("button", name="Show the whole message")).to_be_visible()
    await ann.closes()


async def test_mentions_are_highlighted_and_mentions_of_oneself_differently(people: People) -> None:
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await ann.says("@bob look", "@ann herself", "@nobody at all", "`@bob` in code")
    marked = bob.log.get_by_role("button", name=re.compile("^@"))
    await expect(marked).to_have_text(["@bob", "@ann"])
    colours = [await each.evaluate("(it) => getComputedStyle(it).backgroundColor") for each in await marked.all()]
    assert colours[0] != colours[1]
    await ann.closes()


async def test_a_mention_leads_to_the_person_it_named_after_a_rename(people: People) -> None:
    bob, carl = await people.guest("bob"), await people.guest("carl")
    ann = await people.program("ann")
    await ann.says("@room, ask @bob")
    await bob.asks("PATCH", "/api/me", {"name": "rob"})
    await carl.asks("PATCH", "/api/me", {"name": "bob"})
    named = bob.message("@room, ask @bob").get_by_role("button", name="@bob")
    await expect(named).to_be_visible()
    await named.click()
    await expect(bob.page.get_by_role("dialog")).to_contain_text("rob")
    await ann.closes()
