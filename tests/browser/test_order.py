"""Moderation in a room and on the server.

Needs a browser: an action in a moderator's dialog changes the page of another user.
"""

import re

from playwright.async_api import expect

from tests.browser.people import PASSWORD, People, Person


async def opens_card(who: Person, name: str) -> None:
    panel = who.page.get_by_role("complementary", name="People")
    await panel.get_by_role("button", name=re.compile(rf"^{name}\b")).click()
    await expect(who.dialog).to_be_visible()


async def test_a_moderator_mutes_and_kicks(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await ann.goes_to("tea")
    await bob.goes_to("tea")
    await opens_card(bob, "ann")
    await expect(bob.dialog.get_by_role("button", name="Message")).to_be_visible()
    await expect(bob.dialog.get_by_role("button", name=re.compile("Ban"))).to_have_count(0)
    await bob.page.keyboard.press("Escape")

    await opens_card(ann, "bob")
    await ann.dialog.get_by_role("button", name=re.compile("^Mute")).click()
    await ann.dialog.get_by_label("Why").fill("shouting")
    await ann.dialog.get_by_role("button", name="Mute", exact=True).click()
    await bob.sees_line("muted")
    await expect(bob.page.get_by_text(re.compile("ann has muted you here until .*: shouting"))).to_be_visible()
    await expect(bob.composer).to_have_count(0)

    await opens_card(ann, "bob")
    await ann.dialog.get_by_role("button", name=re.compile("^Send out")).click()
    await ann.dialog.get_by_role("button", name="Send out", exact=True).click()
    await expect(bob.room("tea")).to_have_count(0)
    await ann.sees_line("sent")
    await ann.focus_is_somewhere()


async def test_the_settings_of_a_room_take_effect(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await ann.goes_to("tea")
    await bob.goes_to("tea")
    await ann.picks("Room menu", "Room settings")
    await ann.dialog.get_by_role("tab", name="Order").click()
    await ann.dialog.get_by_label(re.compile("Only moderators write")).click()
    await bob.sees_line("lets only moderators write")
    await expect(bob.composer).to_have_count(0)
    await expect(bob.page.get_by_text(re.compile("Only moderators write"))).to_be_visible()
    await ann.dialog.get_by_label(re.compile("Only moderators write")).click()
    await expect(bob.composer).to_be_visible()
    await ann.page.keyboard.press("Escape")

    await ann.picks("Room menu", "Archive the room …")
    await ann.dialog.get_by_role("button", name="Archive the room").click()
    await expect(bob.composer).to_have_count(0)
    await ann.picks("Room menu", "Reopen the room")
    await expect(bob.composer).to_be_visible()


async def test_an_owner_runs_the_server_from_the_page(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    await expect(ann.room("lobby")).to_be_visible()
    await bob.page.get_by_role("button", name=re.compile("Your menu$")).click()
    await expect(bob.page.get_by_role("menuitem", name="Administration")).to_have_count(0)
    await bob.page.keyboard.press("Escape")

    await ann.picks("Your menu", "Administration")
    await expect(ann.dialog.get_by_role("row", name=re.compile("bob"))).to_be_visible()
    await ann.dialog.get_by_role("button", name="What to do with bob").click()
    await ann.page.get_by_role("menuitem", name=re.compile("^Disable")).click()
    await ann.dialog.get_by_role("button", name="Disable", exact=True).last.click()
    await expect(bob.field("Your name")).to_be_visible()
    await bob.field("Your name").fill("bob")
    if await bob.field("Password").count() == 0:
        await bob.button("Sign in").click()
    await bob.field("Password").fill(PASSWORD)
    await bob.page.keyboard.press("Enter")
    await expect(bob.page.get_by_text("This account is disabled.").first).to_be_visible()

    await ann.dialog.get_by_role("tab", name="Invitations").click()
    await ann.dialog.get_by_role("button", name="Make a link").first.click()
    await ann.dialog.last.get_by_role("button", name="Make a link").last.click()
    await expect(ann.dialog.get_by_label("Link", exact=True)).to_have_value(re.compile("/join/"))
    await ann.page.keyboard.press("Escape")
    await ann.dialog.get_by_role("tab", name="Audit").click()
    await expect(ann.dialog.get_by_text("disabled").first).to_be_visible()
    await ann.page.keyboard.press("Escape")
    await ann.focus_is_somewhere()


async def test_a_user_manages_their_account(people: People) -> None:
    bob = await people.member("bob")
    other = await people.second_device(bob)
    await bob.picks("Your menu", "Settings")
    await bob.dialog.get_by_role("tab", name="Account").click()
    await bob.dialog.get_by_role("button", name="End all others").click()
    await expect(other.field("Your name")).to_be_visible()
    async with bob.page.expect_download() as download:
        await bob.dialog.get_by_role("link", name="Download").click()
    assert (await download.value).suggested_filename == "parley-export.json"
    await bob.dialog.get_by_role("button", name=re.compile("Delete the account")).click()
    await bob.page.get_by_label("Type bob to go on").fill("bob")
    await bob.button("Delete for good").click()
    await expect(bob.field("Your name")).to_be_visible()
