"""The palette and the keyboard shortcuts.

Needs a browser: keys and the focus are the browser's.
"""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, expect

from tests.browser.people import People, Person


async def palette(who: Person, typed: str) -> None:
    """Open the palette, and type into it."""
    await expect(who.dialog).to_have_count(0)
    await who.page.keyboard.press("Control+k")
    field = who.page.get_by_role("combobox", name="Go to or do")
    await expect(field).to_be_focused()
    await field.fill(typed)


async def test_letters_typed_while_the_palette_loads_are_not_lost(people: People) -> None:
    bob = await people.guest("bob")
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    await expect(bob.room("tea")).to_be_visible()
    # The page loads the palette's code when it is first opened, and has it the second time.
    for room in ("tea", "lobby"):
        await bob.page.keyboard.press("Control+k")
        await bob.page.keyboard.type(room)
        await expect(bob.page.get_by_role("combobox", name="Go to or do")).to_have_value(room)
        await bob.page.keyboard.press("Enter")
        await bob.is_in(room)
        await expect(bob.composer).to_have_value("")


async def test_the_palette_finds_rooms_people_and_actions(people: People) -> None:
    bob = await people.member("bob")
    await (await people.person("theodora")).joins("lobby")
    for name in ("tea", "teapots"):
        await bob.asks("POST", "/api/rooms", {"name": name})
    await expect(bob.room("teapots")).to_be_visible()
    options = bob.dialog.get_by_role("option")
    chosen = bob.dialog.get_by_role("option", selected=True)
    press = bob.page.keyboard.press

    await palette(bob, "te")
    await expect(chosen).to_contain_text("tea")
    await press("ArrowDown")
    await expect(chosen).to_contain_text("teapots")
    await press("ArrowUp")
    await press("ArrowUp")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    await press("Escape")
    await expect(bob.dialog).to_have_count(0)
    await expect(bob.composer).to_be_focused()

    await palette(bob, "#t")
    await expect(options).to_have_text([re.compile("^tea"), re.compile("^teapots")])
    await palette_field(bob).fill("@theo")
    await expect(options).to_have_count(1)
    await press("Enter")
    await bob.is_in("theodora")
    # A user with a direct conversation has only one entry.
    await bob.goes_to("lobby")
    await palette(bob, "theodora")
    await expect(options).to_have_count(1)
    await press("Enter")
    await bob.is_in("theodora")

    await palette(bob, ">make a room")
    await press("Enter")
    await expect(bob.dialog.get_by_role("heading", name="Make a room")).to_be_visible()
    await press("Escape")
    await palette(bob, "zzzz")
    await expect(bob.dialog.get_by_text("Nothing matches.")).to_be_visible()
    await press("Escape")

    # With an empty field, Enter goes to the previous room.
    await palette(bob, "")
    await expect(options.first).not_to_contain_text("theodora")
    await press("Escape")


async def test_in_a_low_window_the_last_entry_can_be_chosen(people: People) -> None:
    bob = await people.member("bob", viewport={"width": 844, "height": 390})
    await bob.page.keyboard.press("Control+k")
    await bob.page.keyboard.press("ArrowUp")
    last = bob.page.get_by_role("option").last
    await expect(last).to_have_attribute("aria-selected", "true")
    await expect(last).to_be_in_viewport(ratio=1)
    await expect(palette_field(bob)).to_be_in_viewport(ratio=1)


def palette_field(who: Person) -> Locator:
    return who.page.get_by_role("combobox", name="Go to or do")


@pytest.mark.slow
async def test_each_listed_shortcut_works(people: People) -> None:
    bob = await people.member("bob")
    for name in ("tea", "coffee"):
        await bob.asks("POST", "/api/rooms", {"name": name})
        await expect(bob.room(name)).to_be_visible()
    ann = await people.program("ann")
    await ann.says(*(f"m {n}" for n in range(80)))
    await bob.sees("m 79")
    press = bob.page.keyboard.press

    async def goes_in(room: str) -> None:
        await bob.is_in(room)

    async def opens(title: str) -> None:
        await expect(bob.dialog.get_by_role("heading", name=title).first).to_be_visible()
        await press("Escape")
        await expect(bob.dialog).to_have_count(0)

    async def writes(value: str) -> None:
        await expect(bob.composer).to_have_value(value)

    async def choose() -> None:
        await bob.types("loud")
        await press("Control+a")

    async def in_lobby() -> None:
        await bob.goes_to("lobby")
        await bob.composer.focus()

    async def something_new() -> None:
        await bob.goes_to("coffee")
        await ann.says("new")
        await expect(bob.room("lobby").get_by_title(re.compile("unread"))).to_be_visible()

    async def nothing_is_unread() -> None:
        await expect(bob.rooms.get_by_title(re.compile("unread"))).to_have_count(0)

    async def completing() -> None:
        await bob.types("")
        await bob.composer.press_sequentially("#cof")
        await expect(bob.page.get_by_role("option")).to_have_count(1)

    async def saying() -> None:
        await in_lobby()
        await bob.types("by key")

    async def in_the_messages() -> None:
        await in_lobby()
        await press("Alt+2")

    async def far_up() -> None:
        await in_the_messages()
        await press("Home")
        await expect(bob.message("m 79")).not_to_be_in_viewport()

    async def something_below() -> None:
        await far_up()
        await ann.says("new below")
        await expect(bob.room("lobby").get_by_title(re.compile("unread"))).to_be_visible()

    async def is_focused(place: Locator) -> None:
        await expect(place).to_be_focused()

    panel = bob.page.get_by_role("complementary", name="People")
    first: dict[str, tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]] = {
        "Go to a room, a person or an action": (in_lobby, lambda: opens("Go to or do")),
        "This list": (in_the_messages, lambda: opens("Keyboard shortcuts")),
        "Next room": (in_lobby, lambda: goes_in("tea")),
        "Previous room": (in_lobby, lambda: goes_in("coffee")),
        "Next unread room": (something_new, lambda: goes_in("lobby")),
        "Previous unread room": (something_new, lambda: goes_in("lobby")),
        "To the rooms": (in_lobby, lambda: is_focused(bob.room("lobby"))),
        "To the messages": (in_lobby, lambda: is_focused(bob.log)),
        "To the composer": (in_the_messages, lambda: is_focused(bob.composer)),
        "Close, or mark as read": (something_below, nothing_is_unread),
        "Mark everything as read": (something_new, nothing_is_unread),
        "New message": (in_lobby, lambda: opens("New message")),
        "Browse rooms": (in_lobby, lambda: opens("Rooms of this server")),
        "Show or hide people": (in_lobby, lambda: expect(panel).to_have_count(0)),
        "Settings": (in_lobby, lambda: opens("Settings")),
        "Scroll through the messages": (
            in_the_messages,
            lambda: expect(bob.log.locator("[data-row]:focus")).to_be_visible(),
        ),
        "To the newest message": (far_up, lambda: expect(bob.messages.last).to_be_in_viewport()),
        "Send": (saying, lambda: bob.sees("by key")),
        "New line": (choose, lambda: writes("\n")),
        "Take the completion": (completing, lambda: writes("#coffee ")),
        "Bold": (choose, lambda: writes("**loud**")),
        "Italic": (choose, lambda: writes("*loud*")),
        "Code": (choose, lambda: writes("`loud`")),
        "Struck through": (choose, lambda: writes("~~loud~~")),
        "Link": (choose, lambda: writes("[loud](https://)")),
    }
    await in_the_messages()
    await press("?")
    shown = bob.dialog.locator("dl > div")
    await expect(shown.first).to_be_visible()
    listed = {}
    for line in await shown.all():
        each = line.locator("dd > *")
        combinations = [await one.locator("kbd").all_inner_texts() for one in await each.all()]
        listed[await line.locator("dt").inner_text()] = [keys for keys in combinations if keys]
    await press("Escape")
    assert listed.keys() == first.keys()
    signs = {"Ctrl": "Control", "↑": "ArrowUp", "↓": "ArrowDown", "Esc": "Escape"}
    for title, ways in listed.items():
        before, after = first[title]
        for keys in ways if title != "Scroll through the messages" else ways[:1]:
            await before()
            await press("+".join(signs.get(key, key) for key in keys))
            await after()
            await bob.types("") if await bob.composer.count() else None
    await ann.closes()
