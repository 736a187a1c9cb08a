"""Rooms: creating, finding and leaving them; private rooms, direct conversations, and unread counts.

Needs a browser: each step changes the pages of several people at once.
"""

import re

from playwright.async_api import Locator, expect

from tests.browser.people import PHONE, People, Person


async def test_a_room_is_made_found_and_left(people: People) -> None:
    ann, bob = await people.guest("ann"), await people.guest("bob")
    await ann.picks("Add a room or a conversation", "Make a room")
    await ann.dialog.get_by_label("Name", exact=True).fill("tea")
    await ann.dialog.get_by_role("button", name="Make the room").click()
    await ann.is_in("tea")
    await ann.button("Topic: Add a topic").click()
    await ann.dialog.get_by_label("Topic").fill("leaves and water")
    await ann.page.keyboard.press("Enter")
    await ann.sees_line(re.compile("set the topic: .*leaves and water"))
    await ann.page.keyboard.press("Escape")
    await expect(ann.log.get_by_text("Write the first message.")).to_be_visible()

    await bob.picks("Add a room or a conversation", "Browse rooms")
    await bob.dialog.get_by_label("Search rooms").fill("te")
    await expect(bob.dialog.get_by_text("leaves and water")).to_be_visible()
    await bob.dialog.get_by_role("button", name="Join #tea").click()
    await bob.is_in("tea")
    await bob.says("milk?")
    await ann.sees("milk?")
    await expect(ann.log.get_by_text("Write the first message.")).to_have_count(0)
    await bob.page.go_back()
    await bob.is_in("lobby")
    await bob.page.go_forward()
    await bob.is_in("tea")

    await bob.picks("Room menu", "Leave the room")
    await bob.dialog.get_by_role("button", name="Leave the room").click()
    await expect(bob.room("tea")).to_have_count(0)
    await bob.is_in("lobby")
    await ann.sees_line("left")


def people_offered(person: Person, name: str | None = None) -> Locator:
    """Return the people who can be chosen in the open dialog."""
    return person.dialog.get_by_role("listbox", name="People").get_by_role("option", name=name)


async def test_a_private_room_is_only_for_invited_users(people: People) -> None:
    ann, bob, cat = await people.guest("ann"), await people.guest("bob"), await people.guest("cat")
    await ann.picks("Add a room or a conversation", "Make a room")
    await ann.dialog.get_by_label("Name", exact=True).fill("den")
    await ann.dialog.get_by_label("Private").check()
    await ann.dialog.get_by_role("button", name="Make the room").click()
    await ann.is_in("den")
    await ann.says("before")
    await ann.sees_status("before", "Stored")

    await ann.picks("Room menu", "Invite people")
    await ann.dialog.get_by_label("By name").fill("bob")
    await expect(people_offered(ann)).to_have_count(1)
    await ann.page.keyboard.press("Enter")
    await ann.page.keyboard.press("Enter")
    await expect(ann.page.get_by_text("bob is invited.")).to_be_visible()
    await ann.page.keyboard.press("Escape")

    await expect(bob.rooms.get_by_text("invited by ann")).to_be_visible()
    await bob.button("Accept").click()
    await bob.is_in("den")
    await bob.says("after")
    await ann.sees("after")
    await expect(bob.message("before")).to_have_count(0)

    await cat.opens("/r/den")
    await expect(cat.page.get_by_role("heading", name="There is no such room")).to_be_visible()
    await cat.goes_to("lobby")
    await cat.says("/join den")
    await cat.is_in("den")
    await cat.says("mine")
    await cat.sees("mine")
    await expect(ann.message("mine")).to_have_count(0)  # ann is in another room of that name


async def test_several_people_are_invited_at_once(people: People) -> None:
    ann, bob, cat = await people.guest("ann"), await people.guest("bob"), await people.guest("cat")
    await ann.picks("Add a room or a conversation", "Make a room")
    name = ann.dialog.get_by_label("Name", exact=True)
    await name.press_sequentially("our den")
    await expect(name).to_have_value("our-den")
    await ann.dialog.get_by_label("Private").check()
    await ann.dialog.get_by_role("button", name="Make the room").click()
    await ann.is_in("our-den")

    await ann.picks("Room menu", "Invite people")
    invite = ann.dialog.get_by_role("button", name="Invite", exact=True)
    await expect(invite).to_be_disabled()
    await people_offered(ann, "cat").click()
    await people_offered(ann, "bob").click()
    await expect(people_offered(ann)).to_have_count(0)
    await ann.dialog.get_by_role("button", name="Remove cat").click()
    await expect(ann.dialog.get_by_label("By name")).to_be_focused()
    await people_offered(ann, "cat").click()
    await expect(ann.dialog.get_by_label("By name")).to_be_focused()
    await invite.click()
    await expect(ann.page.get_by_text("bob and cat are invited.")).to_be_visible()
    await ann.page.keyboard.press("Escape")
    for person in (bob, cat):
        await expect(person.rooms.get_by_text("invited by ann")).to_be_visible()

    # The dialog does not offer members. People whom the server refuses stay chosen.
    await bob.button("Accept").click()
    await bob.is_in("our-den")
    await ann.says("/ban cat")
    await ann.sees_line(re.compile("banned.*cat"))
    await ann.picks("Room menu", "Invite people")
    await expect(people_offered(ann)).to_have_count(1)
    await people_offered(ann, "cat").click()
    await invite.click()
    await expect(ann.dialog.get_by_role("alert")).to_contain_text("cat is banned here")
    await expect(ann.dialog.get_by_role("button", name="Remove cat")).to_be_visible()


async def test_a_direct_conversation_shows_presence(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await ann.page.keyboard.press("Alt+n")
    await ann.dialog.get_by_label("To").fill("bob")
    await expect(people_offered(ann).first).to_be_visible()
    await ann.page.keyboard.press("Enter")
    await ann.dialog.get_by_role("button", name="Begin").click()
    await ann.is_in("bob")
    await ann.says("a word")

    row = bob.room("ann")
    await expect(row.get_by_title("1 unread message")).to_be_visible()
    await expect(row.get_by_text("online")).to_have_count(1)
    await row.click()
    await bob.sees("a word")
    await expect(row.get_by_title("1 unread message")).to_have_count(0)
    await ann.sees_status("a word", "Read by 1 of 1")

    await bob.page.close()
    await expect(ann.room("bob").get_by_text("away")).to_have_count(1)


async def test_reading_on_one_device_marks_as_read_on_the_other(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    for each in (ann, bob):
        await each.asks("PUT", "/api/rooms/lobby/members/me")
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    laptop = bob
    phone = await people.second_device(bob, **PHONE)
    await expect(laptop.room("tea")).to_be_visible()

    await ann.goes_to("tea")
    await ann.says("one", "two, @bob", "three")
    await ann.sees("three")
    for device in (laptop, phone):
        await expect(device.room("tea").get_by_title("1 message names you")).to_be_attached()
    await expect(laptop.page).to_have_title(re.compile(r"^\(1\) "))

    await laptop.goes_to("tea")
    await laptop.sees("three")
    for device in (laptop, phone):
        await expect(device.room("tea").get_by_title("1 message names you")).to_have_count(0)
    await expect(laptop.page).not_to_have_title(re.compile(r"^\(1\) "))
    await ann.says("four")
    await ann.sees_status("four", "Read by 1 of 1")
    await expect(phone.room("tea").get_by_title(re.compile("unread"))).to_have_count(0)


async def test_favourites_and_levels_are_the_same_on_all_devices(people: People) -> None:
    bob = await people.member("bob")
    other = await people.second_device(bob)
    await bob.button("Add to favourites").click()
    for device in (bob, other):
        await expect(device.rooms.get_by_role("region", name="Favourites").locator("a")).to_have_count(1)
    await bob.picks("Notifications", "Nothing")
    for device in (bob, other):
        await expect(device.room("lobby").get_by_title("no notifications")).to_be_visible()
    await bob.button("Remove from favourites").click()
    await expect(other.rooms.get_by_role("region", name="Favourites")).to_have_count(0)


async def test_a_list_of_forty_rooms_can_be_filtered_and_stepped_through(people: People) -> None:
    bob = await people.member("bob")
    for n in range(38):
        await bob.asks("POST", "/api/rooms", {"name": f"room-{n:02}"})
    await bob.asks("POST", "/api/rooms", {"name": "W" * 32})
    await expect(bob.rooms.locator("a[data-row]")).to_have_count(40)
    await bob.fits()
    await bob.field("Filter rooms").fill("m-17")
    await expect(bob.rooms.locator("a[data-row]")).to_have_count(1)
    await bob.page.keyboard.press("Enter")
    await bob.is_in("room-17")
    await bob.page.keyboard.press("Alt+ArrowDown")
    await bob.is_in("room-18")
    await bob.page.keyboard.press("Alt+ArrowUp")
    await bob.page.keyboard.press("Alt+ArrowUp")
    await bob.is_in("room-16")
    await bob.focus_is_somewhere()


async def test_the_address_of_a_missing_room_says_so(people: People) -> None:
    bob = await people.guest("bob")
    await bob.opens("/r/nowhere")
    await expect(bob.page.get_by_role("heading", name="There is no such room")).to_be_visible()
    await bob.opens("/r/999")
    await expect(bob.page.get_by_role("heading", name="There is no such room")).to_be_visible()


async def test_a_netcat_user_is_in_the_same_room(people: People) -> None:
    bob = await people.guest("bob")
    ned = await people.line("ned")
    try:
        await bob.sees_line("came in")
        await ned.says("hi from a **terminal**")
        await bob.sees("hi from a terminal")
        await bob.says("hello @ned")
        await bob.sees_status("hello @ned", "delivered to 1 of 1")
        while "hello @ned" not in await ned._line():
            pass
    finally:
        await ned.dispose()
