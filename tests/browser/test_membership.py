"""Membership of rooms: invitations, kicks, leaving and returning.

Needs a browser: each step changes the pages of several people at once.
"""

import re

from playwright.async_api import expect

from tests.browser.people import PASSWORD, People, Person


async def makes_a_room(who: Person, name: str, *, private: bool = False) -> None:
    await who.asks("POST", "/api/rooms", {"name": name, "private": private})
    await who.goes_to(name)


async def opens_card(who: Person, name: str) -> None:
    panel = who.page.get_by_role("complementary", name="People")
    await panel.get_by_role("button", name=re.compile(rf"^{name}\b")).click()
    await expect(who.dialog).to_be_visible()


async def test_an_invitation_link_leads_a_stranger_into_its_room(people: People) -> None:
    ann = await people.member("ann")
    await makes_a_room(ann, "den", private=True)
    await ann.picks("Room menu", "Invite people")
    await ann.dialog.get_by_label("Good for").select_option("1 person")
    await ann.dialog.get_by_role("button", name="Make a link").click()
    link = await ann.dialog.get_by_label("Link", exact=True).input_value()
    await ann.page.keyboard.press("Escape")

    stranger = await people.person("sam")
    await stranger.opens(link.removeprefix(stranger.url))
    await expect(stranger.page.get_by_text("You are invited to #den. Choose a name, and you are in.")).to_be_visible()
    await stranger.field("Your name").fill("sam")
    await stranger.page.keyboard.press("Enter")
    await stranger.is_in("den")
    await stranger.says("thank you")
    await ann.sees("thank you")

    # The link was valid for one person only.
    late = await people.person("late")
    await late.opens(link.removeprefix(late.url))
    await expect(late.page.get_by_text("This invitation does not exist, or not any more.")).to_be_visible()


async def test_a_declined_invitation_does_not_come_back(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await makes_a_room(ann, "den", private=True)
    await ann.says("/invite bob")
    invited = bob.rooms.get_by_text("invited by ann")
    await expect(invited).to_be_visible()
    await bob.button("Decline the invitation to #den").click()
    await expect(invited).to_have_count(0)
    await bob.reloads()
    await bob.is_in("lobby")
    await bob.says("still here")
    await bob.sees_status("still here", "Stored")
    await expect(invited).to_have_count(0)
    # Joining by name is still possible.
    await bob.says("/join den")
    await bob.is_in("den")


async def test_a_member_who_left_a_private_room_can_rejoin(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await makes_a_room(ann, "den", private=True)
    await ann.says("/invite bob")
    await bob.button("Accept").click()
    await bob.is_in("den")
    await bob.picks("Room menu", "Leave the room")
    await expect(bob.dialog).to_contain_text("You can come back: the invitation stands")
    await bob.dialog.get_by_role("button", name="Leave the room").click()
    await bob.is_in("lobby")
    await ann.says("while bob is out")
    await ann.sees_status("while bob is out", "Stored")

    await bob.reloads()
    await bob.is_in("lobby")
    await bob.picks("Add a room or a conversation", "Browse rooms")
    await expect(bob.dialog.get_by_text("You have left this room.")).to_be_visible()
    await bob.dialog.get_by_role("button", name="Join #den").click()
    await bob.is_in("den")
    await ann.says("welcome back")
    await bob.sees("welcome back")
    await expect(bob.message("while bob is out")).to_have_count(0)


async def test_the_address_of_a_public_room_shows_it_and_offers_to_join(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await makes_a_room(ann, "tea")
    await ann.asks("PATCH", "/api/rooms/tea", {"topic": "leaves and water"})
    await bob.opens("/r/tea")
    await expect(bob.page.get_by_role("heading", name="#tea")).to_be_visible()
    await expect(bob.page.get_by_text("leaves and water")).to_be_visible()
    await expect(bob.page.get_by_text("You are not in this room. 1 person there.")).to_be_visible()
    await bob.button("Join the room").click()
    await bob.is_in("tea")
    await bob.says("milk?")
    await ann.sees("milk?")


async def test_an_invalid_name_of_a_new_room_is_reported_at_its_field(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await makes_a_room(ann, "tea")
    await bob.picks("Add a room or a conversation", "Make a room")
    name = bob.dialog.get_by_label("Name", exact=True)
    for wrong in ("tea", "tea/coffee", ""):
        await name.fill(wrong)
        await bob.dialog.get_by_role("button", name="Make the room").click()
        await expect(name).to_have_attribute("aria-invalid", "true")
    await name.fill("#coffee")
    await expect(name).not_to_have_attribute("aria-invalid", "true")
    await name.press("Enter")
    await bob.is_in("coffee")
    await expect(bob.page).to_have_url(f"{bob.url}/r/coffee")
    await bob.focus_is_somewhere()


async def test_kicked_and_banned_users_see_by_whom_and_why(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await makes_a_room(ann, "tea")
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await bob.goes_to("tea")
    await opens_card(ann, "bob")
    await ann.dialog.get_by_role("button", name=re.compile("^Send out")).click()
    await ann.dialog.get_by_label("Why").fill("shouting")
    await ann.dialog.get_by_role("button", name="Send out", exact=True).click()
    told = bob.page.get_by_role("main").get_by_text("ann has sent you out of #tea: shouting")
    await expect(told).to_be_visible()
    await bob.button("Join again").click()
    await bob.is_in("tea")
    await bob.says("sorry")
    await ann.sees("sorry")

    await opens_card(ann, "bob")
    await ann.dialog.get_by_role("button", name=re.compile("^Ban")).click()
    await ann.dialog.get_by_label("How long").select_option("for good")
    await ann.dialog.get_by_label("Why").fill("again")
    await ann.dialog.get_by_role("button", name="Ban", exact=True).click()
    await expect(bob.page.get_by_role("main").get_by_text("ann has banned you from #tea: again")).to_be_visible()
    # The page offers "Join again", because the ban may have been lifted meanwhile.
    await expect(bob.button("Join again")).to_be_visible()

    # The list of bans has a button to lift the ban.
    await ann.picks("Room menu", "Room settings")
    await ann.dialog.get_by_role("tab", name="Bans and mutes").click()
    banned = ann.dialog.get_by_role("listitem").filter(has_text="bob")
    await expect(banned).to_contain_text("for good")
    await banned.get_by_role("button", name="Lift").click()
    await expect(ann.dialog.get_by_text("Nobody is banned.")).to_be_visible()
    await bob.goes_to("lobby")
    await bob.says("/join tea")
    await bob.is_in("tea")


async def test_a_direct_conversation_begins_at_a_users_card(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await ann.says("hello")
    await bob.message("hello").get_by_role("button", name="ann").click()
    await expect(bob.dialog).to_contain_text("@ann")
    await expect(bob.dialog).to_contain_text("online")
    await bob.dialog.get_by_role("button", name="Message", exact=True).click()
    await bob.is_in("ann")
    await expect(bob.dialog).to_have_count(0)
    await expect(bob.log.get_by_role("heading")).to_have_text("This is the beginning of your conversation with ann.")
    await bob.says("a word")
    await expect(ann.room("bob").get_by_title("1 unread message")).to_be_visible()
    await expect(ann.page).to_have_title(re.compile(r"^\(1\) "))
    # The user's own card has a button to edit their profile.
    await bob.goes_to("lobby")
    await opens_card(bob, "bob")
    await expect(bob.dialog.get_by_role("button", name="Message", exact=True)).to_have_count(0)
    await bob.dialog.get_by_role("button", name="My profile").click()
    await expect(bob.dialog.get_by_label("Display name")).to_be_visible()


async def test_an_archived_room_is_listed_apart_and_readable(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await makes_a_room(ann, "tea")
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await ann.says("the last word")
    await ann.picks("Room menu", "Archive the room …")
    await ann.dialog.get_by_label("Why").fill("it got cold")
    await ann.dialog.get_by_role("button", name="Archive the room").click()
    archived = bob.rooms.get_by_role("region", name="Archived")
    await archived.get_by_role("button", name="Archived").click()
    await archived.get_by_role("link", name="tea").click()
    await bob.sees("the last word")
    await bob.sees_line(re.compile("archived the room: .*it got cold"))
    await expect(bob.page.get_by_text(re.compile("This room is archived"))).to_be_visible()
    await expect(bob.composer).to_have_count(0)
    await ann.picks("Room menu", "Reopen the room")
    await bob.is_in("tea")
    await expect(archived).to_have_count(0)


async def test_a_sign_in_on_another_browser_has_the_rooms_and_favourites(people: People) -> None:
    bob = await people.member("bob")
    await makes_a_room(bob, "tea")
    await bob.button("Add to favourites").click()
    other = await people.person("bob")
    await other.opens("/r/tea")
    await other.button("Sign in").click()
    await other.field("Your name").fill("bob")
    await other.field("Password").fill(PASSWORD)
    await other.page.keyboard.press("Enter")
    # After signing in, the page opens the room of the address.
    await other.is_in("tea")
    await expect(other.rooms.get_by_role("region", name="Favourites").locator("a")).to_have_count(1)


async def test_the_focus_is_kept_when_the_room_is_lost(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    await makes_a_room(ann, "den")
    await bob.says("/join den")
    await bob.is_in("den")
    await bob.composer.focus()
    await ann.says("/kick bob")
    title = bob.page.get_by_role("heading", name="#den", level=1)
    await expect(title).to_be_visible()
    await expect(title).to_be_focused()
    # The title also gets the focus if the row of the lost room had it.
    await bob.goes_to("lobby")
    await ann.says("/invite bob")
    await bob.asks("PUT", "/api/rooms/den/members/me")
    await expect(bob.room("den")).to_be_visible()
    await bob.room("den").focus()
    await ann.says("/kick bob")
    await expect(bob.room("den")).to_have_count(0)
    assert await bob.focus_is_somewhere()
