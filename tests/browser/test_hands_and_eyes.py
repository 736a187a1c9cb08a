"""Accessibility: keyboard only, another language, themes, and the rules of axe-core.

Needs a browser: axe-core, Tab and colour schemes need a real document.
"""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from tests.browser.chromium import absent
from tests.browser.people import PHONE, People, Person

AXE = Path(__file__).parent.parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"

LOOK = """async (themes) => {
  const found = [];
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [still];
  for (const theme of themes) {
    document.documentElement.dataset.theme = theme;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const result = await axe.run(document, {resultTypes: ["violations"]});
    for (const each of result.violations)
      for (const node of each.nodes)
        found.push([theme, each.id, node.target.join(" "), [...node.any, ...node.all][0]?.message].join(": "));
  }
  return found;
}"""

THEMES = ["light", "dark", "contrast"]


async def is_accessible(person: Person, where: str) -> list[str]:
    if not await person.page.evaluate("typeof axe !== 'undefined'"):
        if not AXE.exists():
            absent("axe-core is not installed: `npm ci` in web/ installs it")
        await person.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = await person.page.evaluate(LOOK, THEMES)
    return [f"{where}: {each}" for each in found]


PANELS = (
    "settings/profile",
    "settings/look",
    "settings/notifications",
    "settings/account",
    "room/about",
    "room/order",
    "room/bans",
    "room/webhooks",
    "admin/users",
    "admin/rooms",
    "admin/invitations",
    "admin/tokens",
    "admin/audit",
    "palette",
    "shortcuts",
    "create-room",
    "browse",
    "new-message",
    "invite",
    "leave-room",
    "person/1",
    "pins",
    "delete-message/1/4",
)


async def look_around(ann: Person, panels: tuple[str, ...]) -> list[str]:
    found = await is_accessible(ann, "conversation")
    for panel in panels:
        await ann.page.evaluate("(panel) => { location.hash = panel; }", panel)
        await expect(ann.dialog).to_be_visible()
        await expect(ann.dialog.get_by_text("Loading")).to_have_count(0)
        found += await is_accessible(ann, panel)
        await ann.fits()
        await ann.page.keyboard.press("Escape")
        await expect(ann.dialog).to_have_count(0)
    return found


async def furnish(people: People, ann: Person) -> None:
    bob = await people.program("bob")
    await bob.says(
        "hello **ann** `code` @ann",
        "> quoted\nand said",
        "```js\nlet a = 1; // one\n```",
        "||hidden|| https://example.org",
    )
    await ann.asks("POST", "/api/rooms", {"name": "tea", "private": True})
    await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"})
    await bob.closes()


async def test_axe_finds_no_violation_on_a_laptop(people: People) -> None:
    ann = await people.owner("ann")
    await furnish(people, ann)
    await ann.button("Emoji").click()
    found = await is_accessible(ann, "emoji picker")
    await ann.page.keyboard.press("Escape")
    await ann.composer.press_sequentially("/")
    await ann.page.keyboard.press("ArrowUp")
    await expect(ann.page.get_by_role("option").last).to_be_in_viewport(ratio=1)
    found += await is_accessible(ann, "suggestions")
    await ann.composer.fill("hello")
    await ann.composer.press("Enter")
    await ann.message("hello").last.hover()
    found += await look_around(ann, PANELS)
    assert found == [], "\n".join(found)


async def test_axe_finds_no_violation_on_a_phone(people: People) -> None:
    ann = await people.owner("ann", **PHONE)
    await furnish(people, ann)
    found = await look_around(
        ann,
        (
            "settings/profile",
            "settings/look",
            "room/about",
            "admin/users",
            "admin/audit",
            "palette",
            "person/1",
            "browse",
        ),
    )
    await ann.button("Back to the rooms").click()
    found += await is_accessible(ann, "rooms")
    stranger = await people.person("stranger", **PHONE)
    await stranger.opens()
    await expect(stranger.field("Your name")).to_be_visible()
    found += await is_accessible(stranger, "entry")
    await stranger.button("Sign in").click()
    found += await is_accessible(stranger, "sign in")
    assert found == [], "\n".join(found)


async def test_the_page_is_usable_by_keyboard_and_never_loses_the_focus(people: People) -> None:
    bob = await people.guest("bob")
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    await expect(bob.room("tea")).to_be_visible()
    press = bob.page.keyboard.press
    await expect(bob.composer).to_be_focused()
    await press("Control+k")
    await expect(bob.page.get_by_role("combobox", name="Go to or do")).to_be_focused()
    await bob.page.keyboard.type("tea")
    await press("Enter")
    await bob.is_in("tea")
    await expect(bob.composer).to_be_focused()
    await bob.page.keyboard.type("by keyboard")
    await press("Enter")
    await bob.sees("by keyboard")
    await press("Alt+ArrowUp")
    await bob.is_in("lobby")
    await bob.focus_is_somewhere()
    await press("Alt+1")
    await expect(bob.room("lobby")).to_be_focused()
    await press("ArrowDown")
    await expect(bob.room("tea")).to_be_focused()
    await press("Enter")
    await bob.is_in("tea")
    await bob.focus_is_somewhere()
    await press("Alt+2")
    await bob.focus_is_somewhere()
    await press("ArrowUp")
    await expect(bob.message("by keyboard")).to_be_focused()
    await press("Enter")
    await bob.focus_is_somewhere()
    await press("Escape")
    await press("Shift+?")
    await expect(bob.dialog.get_by_text("Keyboard shortcuts")).to_be_visible()
    await press("Escape")
    await expect(bob.dialog).to_have_count(0)
    await bob.focus_is_somewhere()
    await press("Control+,")
    await expect(bob.dialog.get_by_role("tab").first).to_be_focused()
    await press("ArrowDown")
    await bob.focus_is_somewhere()
    await press("Escape")
    await expect(bob.dialog).to_have_count(0)
    await bob.focus_is_somewhere()
    await press("Alt+3")
    await expect(bob.composer).to_be_focused()
    for _ in range(40):
        await press("Tab")
        if await bob.page.evaluate("document.hasFocus()"):
            await bob.focus_is_somewhere()
    await press("Control+k")
    await expect(bob.page.get_by_role("combobox", name="Go to or do")).to_be_focused()
    await bob.page.keyboard.type("leave this")
    await press("Enter")
    await expect(bob.dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await press("Tab")
    await press("Enter")
    await bob.is_in("lobby")
    await bob.focus_is_somewhere()


async def test_the_page_in_german(people: People) -> None:
    eve = await people.person("eve", locale="de-DE")
    await eve.opens()
    await expect(eve.page.locator("html")).to_have_attribute("lang", "de")
    await eve.field("Dein Name").fill("eve")
    await eve.button("Eintreten").click()
    await eve.is_in("lobby")
    await eve.says("Grüße")
    await eve.sees_status("Grüße", "gespeichert")
    await eve.picks("Dein Menü" if await eve.button(re.compile("Dein Menü$")).count() else "Menü", "Einstellungen")
    await expect(eve.dialog.get_by_role("tab").first).to_be_visible()
    await eve.page.evaluate("location.hash = 'settings/look'")
    await eve.dialog.get_by_label("Sprache").select_option("en")
    await expect(eve.page.locator("html")).to_have_attribute("lang", "en")
    await expect(eve.dialog.get_by_label("Language")).to_be_visible()


async def test_the_theme_follows_the_system_until_the_user_chooses_one(people: People) -> None:
    bob = await people.guest("bob", color_scheme="dark")
    html = bob.page.locator("html")
    await expect(html).to_have_attribute("data-theme", "dark")
    await bob.page.emulate_media(color_scheme="light")
    await expect(html).to_have_attribute("data-theme", "light")
    await bob.page.emulate_media(contrast="more")
    await expect(html).to_have_attribute("data-theme", "contrast")
    await bob.page.keyboard.press("Control+k")
    await expect(bob.page.get_by_role("combobox", name="Go to or do")).to_be_focused()
    await bob.page.keyboard.type("dark theme")
    await bob.page.keyboard.press("Enter")
    await expect(html).to_have_attribute("data-theme", "dark")
    await bob.reloads()
    await expect(html).to_have_attribute("data-theme", "dark")
