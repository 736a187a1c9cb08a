"""The parts around the timeline: addresses, the palette, notices over dialogs, context menus, kicks.

Needs a browser: addresses, the history, focus and stacked layers are the browser's.
"""

import re
import time

from playwright.async_api import expect

from tests.browser.people import PHONE, People, Person


async def id_of(person: Person) -> int:
    found: int = (await person.asks("GET", "/api/me"))["user"]["id"]
    return found


async def talks_with(person: Person, *names: str) -> None:
    """Begin a direct conversation by its dialog."""
    await person.page.keyboard.press("Alt+n")
    for name in names:
        await person.dialog.get_by_label("To").fill(name)
        await expect(person.dialog.get_by_role("option").first).to_contain_text(name)
        await person.page.keyboard.press("Enter")
    await person.dialog.get_by_role("button", name="Begin").click()
    await person.is_in(", ".join(names))


async def test_a_rooms_address_has_its_name_and_follows_a_rename(people: People) -> None:
    ann = await people.member("ann")
    await ann.picks("Add a room or a conversation", "Make a room")
    await ann.dialog.get_by_label("Name", exact=True).fill("tea")
    await ann.dialog.get_by_role("button", name="Make the room").click()
    await ann.is_in("tea")
    await expect(ann.page).to_have_url(re.compile("/r/tea$"))

    room = (await ann.asks("GET", "/api/rooms/tea"))["id"]
    await ann.opens(f"/r/{room}#settings/look")
    await expect(ann.page).to_have_url(re.compile("/r/tea#settings/look$"))
    await ann.page.keyboard.press("Escape")

    await ann.types("half a thought")
    await ann.asks("PATCH", f"/api/rooms/{room}", {"name": "coffee"})
    await expect(ann.page).to_have_url(re.compile("/r/coffee$"))
    await ann.is_in("coffee")
    await expect(ann.composer).to_be_focused()
    await expect(ann.composer).to_have_value("half a thought")


async def test_the_palette_lists_each_person_once_and_loses_no_letter(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await talks_with(ann, "bob")
    await ann.goes_to("lobby")
    await bob.asks("PATCH", "/api/me", {"display": "Bob B."})
    await expect(ann.rooms.get_by_text("Bob B.")).to_be_visible()
    for _ in range(3):
        await ann.page.keyboard.press("Control+k")
        await ann.page.keyboard.type("bob b")
        await expect(ann.dialog.get_by_role("combobox")).to_have_value("bob b")
        await expect(ann.dialog.get_by_role("option")).to_have_count(1)
        await ann.page.keyboard.press("Escape")
        await expect(ann.dialog).to_have_count(0)
    await ann.page.keyboard.press("Control+k")
    await ann.page.keyboard.type("bob")
    await ann.page.keyboard.press("Enter")
    await ann.is_in("Bob B.")


async def test_a_notice_is_read_and_closed_over_a_dialog(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    await ann.asks("POST", "/api/rooms", {"name": "ops"})
    await bob.asks("PUT", "/api/rooms/ops/members/me")
    await expect(bob.room("ops")).to_be_visible()
    await bob.page.keyboard.press("Control+,")
    await expect(bob.dialog).to_be_visible()
    await ann.asks("PUT", f"/api/rooms/ops/bans/{await id_of(bob)}", {"why": "spam"})
    notice = bob.page.get_by_role("status").filter(has_text="ann has banned you from #ops: spam")
    await expect(notice).to_be_visible()
    await notice.get_by_role("button", name="Close").click()
    await expect(notice).to_have_count(0)
    await expect(bob.dialog).to_be_visible()


async def test_a_kicked_user_sees_by_whom_and_why_until_they_rejoin(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    await ann.asks("POST", "/api/rooms", {"name": "ops"})
    await bob.asks("PUT", "/api/rooms/ops/members/me")
    await bob.goes_to("ops")
    tab = await bob.tab("/r/ops")
    await tab.is_in("ops")
    await ann.asks("DELETE", f"/api/rooms/ops/members/{await id_of(bob)}?why=spam")
    words = "ann has sent you out of #ops: spam"
    for each in (bob, tab):
        await expect(each.page.get_by_role("main").get_by_text(words)).to_be_visible()
    await bob.reloads()
    await expect(bob.page.get_by_role("main").get_by_text(words)).to_be_visible()
    await bob.button("Join again").click()
    for each in (bob, tab):
        await each.is_in("ops")
    await bob.asks("DELETE", "/api/rooms/ops/members/me")
    for each in (bob, tab):
        await expect(each.page.get_by_role("main").get_by_text("You are not in this room.")).to_be_visible()


async def test_a_user_who_may_not_write_sees_the_reason_instead_of_the_composer(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    place = bob.page.locator("#composer")
    mutes = f"/api/rooms/lobby/mutes/{await id_of(bob)}"
    await bob.types("half a thought")
    await ann.asks("PUT", mutes, {"why": "too loud", "until": int(time.time() * 1000) + 3_000})
    await expect(place.get_by_text(re.compile("ann has muted you here until .*: too loud"))).to_be_visible()
    await expect(place.get_by_text("Your draft is kept.")).to_be_visible()
    await expect(bob.composer).to_have_count(0)
    await bob.focus_is_somewhere()
    await expect(bob.composer).to_have_value("half a thought")
    await expect(bob.composer).to_be_focused()

    await ann.asks("PUT", mutes, {})
    await expect(place.get_by_text("ann has muted you here.")).to_be_visible()
    # The reason is still shown after a reload, when the mute is no longer among the newest events.
    program = await people.program("pat")
    await program.says(*(f"message {n}" for n in range(250)))
    await program.closes()
    await bob.reloads()
    await expect(place.get_by_text("ann has muted you here.")).to_be_visible()
    await place.get_by_role("button", name="Write to ann").click()
    await bob.is_in("ann")
    await bob.room("lobby").click()
    await expect(place.get_by_text("ann has muted you here.")).to_be_visible()
    await ann.asks("DELETE", mutes)
    await expect(bob.composer).to_be_visible()

    await ann.asks("PATCH", "/api/rooms/lobby", {"read_only": True})
    await expect(place.get_by_text("Only moderators write in this room.")).to_be_visible()
    await ann.asks("PATCH", "/api/rooms/lobby", {"read_only": False, "archived": True})
    await expect(place.get_by_text("This room is archived")).to_be_visible()
    await ann.page.locator("#composer").get_by_role("button", name="Reopen").click()
    for each in (ann, bob):
        await expect(each.composer).to_be_visible()


async def test_rooms_and_people_have_context_menus(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    menu = bob.page.get_by_role("menu")
    await ann.asks("POST", "/api/rooms", {"name": "ops"})
    await bob.asks("PUT", "/api/rooms/ops/members/me")
    await ann.asks("POST", "/api/rooms/ops/messages", {"text": "hi"})
    await expect(bob.room("ops").get_by_title("1 unread message")).to_be_visible()
    await bob.room("lobby").focus()
    await bob.page.keyboard.press("ArrowDown")
    await bob.page.keyboard.press("ContextMenu")
    await expect(menu.get_by_role("menuitem").first).to_be_focused()
    await bob.page.keyboard.press("Escape")
    await expect(bob.room("ops")).to_be_focused()

    await bob.room("ops").click(button="right")
    await menu.get_by_role("menuitem", name="Mark as read").click()
    await expect(bob.room("ops").get_by_title("1 unread message")).to_have_count(0)
    await bob.room("ops").click(button="right")
    await menu.get_by_role("menuitemradio", name="Nothing").click()
    await expect(bob.room("ops").get_by_title("no notifications")).to_be_visible()

    await bob.room("ops").focus()
    await bob.page.keyboard.press("Shift+F10")
    await menu.get_by_role("menuitem", name="Leave the room").click()
    await bob.dialog.get_by_role("button", name="Leave the room").click()
    await expect(bob.room("ops")).to_have_count(0)
    await bob.is_in("lobby")

    row = ann.page.get_by_role("complementary").locator("[data-row]").filter(has_text="bob")
    await row.click(button="right")
    await ann.page.get_by_role("menuitem", name="Mute").click()
    await ann.dialog.get_by_role("button", name="Mute").click()
    await expect(bob.page.locator("#composer").get_by_text("ann has muted you here")).to_be_visible()
    await row.click(button="right")
    await expect(ann.page.get_by_role("menu")).to_be_visible()
    await ann.log.click()
    await expect(ann.page.get_by_role("menu")).to_have_count(0)

    # For a muted member, a moderator finds "Unmute" in the places that had "Mute".
    await row.click()
    await expect(ann.dialog.get_by_role("button", name="Unmute")).to_be_visible()
    await ann.page.keyboard.press("Escape")
    await row.click(button="right")
    await ann.page.get_by_role("menuitem", name="Unmute").click()
    await expect(bob.composer).to_be_visible()
    await row.click(button="right")
    await expect(ann.page.get_by_role("menuitem", name="Mute …")).to_be_visible()
    await ann.page.keyboard.press("Escape")
    await row.click()
    await expect(ann.dialog.get_by_role("button", name="Mute …")).to_be_visible()
    await ann.page.keyboard.press("Escape")


async def test_a_long_press_opens_a_rooms_menu(people: People) -> None:
    ann = await people.member("ann", **PHONE)
    await ann.button("Back to the rooms").click()
    row, menu = ann.room("lobby"), ann.page.get_by_role("menu")
    box = await row.bounding_box()
    assert box is not None
    finger = await ann.context.new_cdp_session(ann.page)
    point = {"x": box["x"] + 60, "y": box["y"] + 10}
    await finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(menu).to_be_visible()
    await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await menu.get_by_role("menuitem", name="Add to favourites").tap()
    await expect(ann.rooms.get_by_role("region", name="Favourites").locator("a")).to_have_count(1)
    await expect(menu).to_have_count(0)
    await row.tap()
    await ann.is_in("lobby")


async def test_a_direct_conversation_of_several_people(people: People) -> None:
    ann = await people.member("ann")
    names = ["bartholomew-the-third", "clementine-of-the-valley", "dmitri", "eve"]
    for name in names:
        await (await people.person(name)).registers()
    await talks_with(ann, *names[:3])
    await ann.says("for the three of you")
    await ann.sees("for the three of you")

    await ann.picks("Room menu", "Add people")
    begin = ann.dialog.get_by_role("button", name="Begin")
    await expect(begin).to_be_disabled()
    await expect(ann.dialog.get_by_role("option")).to_have_count(1)
    await ann.page.keyboard.press("Enter")  # while nobody is chosen yet, Enter chooses the suggested person
    await begin.click()
    everybody = ", ".join(names)
    await ann.is_in(everybody)
    await expect(ann.message("for the three of you")).to_have_count(0)

    phone = await people.second_device(ann, **PHONE)
    await phone.opens(ann.page.url.removeprefix(ann.url))
    await phone.is_in(everybody)
    await phone.fits()
    await phone.page.get_by_role("heading", level=1).get_by_role("button").click()
    await expect(phone.page.get_by_role("complementary").get_by_text("clementine-of-the-valley")).to_be_visible()
    await phone.page.keyboard.press("Escape")

    await ann.picks("Room menu", "Hide the conversation")
    await expect(ann.room(everybody)).to_have_count(0)
    await ann.reloads()
    await expect(ann.room("lobby")).to_be_visible()
    await expect(ann.room(everybody)).to_have_count(0)
    await phone.types("again")
    await phone.button("Send").click()
    await expect(ann.room(everybody)).to_be_visible()


async def test_an_owner_archives_and_reopens_rooms_of_the_server(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    await bob.asks("POST", "/api/rooms", {"name": "garden"})
    await ann.opens("/r/lobby#admin/rooms")
    row = ann.dialog.get_by_role("row").filter(has_text="garden")
    await expect(row).to_contain_text("in use")
    await row.get_by_role("button").click()
    await ann.page.get_by_role("menuitem", name="Archive the room").click()
    await ann.dialog.get_by_label("Why").fill("winter")
    await ann.page.keyboard.press("Enter")
    await expect(row).to_contain_text("archived")
    await bob.opens("/r/garden")
    await bob.sees_line(re.compile("archived the room.*winter"))
    await row.get_by_role("button").click()
    await ann.page.get_by_role("menuitem", name="Reopen the room").click()
    await expect(row).to_contain_text("in use")
    await row.get_by_role("button").click()
    await ann.page.get_by_role("menuitem", name="Look at it").click()
    await expect(ann.button("Join the room")).to_be_visible()
