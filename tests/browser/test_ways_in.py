"""A user who is alone on the server sees how others can enter it.

Needs a browser: the notice appears and disappears with the members of the room, and its code is loaded when it is
needed.
"""

from playwright.async_api import expect

from tests.browser.people import PASSWORD, People, Person

ALONE = "You are the only one here so far"


def notice(person: Person):
    return person.page.get_by_role("region", name=ALONE)


async def test_the_owner_is_led_to_a_link_whose_guest_ends_the_notice(people: People) -> None:
    # So that the server counts as reachable from other machines.
    await people.serve(access="invite", trusted_proxies=["127.0.0.1"])
    ann = await people.person("ann")
    await ann.opens(f"/join/{await people.owner_code()}")
    await expect(ann.page.get_by_role("heading", name="Make this server yours")).to_be_visible()
    await ann.field("Your name").fill("ann")
    await ann.field("Password").fill(PASSWORD)
    await ann.page.keyboard.press("Enter")

    await expect(ann.page.get_by_role("heading", name="This server is yours")).to_be_focused()
    await expect(ann.page.get_by_text("People with an invitation may enter.")).to_be_visible()
    await ann.button("Make an invitation link").click()
    link = await ann.field("Link").input_value()
    await expect(ann.page.get_by_role("img", name="The same as a QR code")).to_be_visible()
    await ann.button("Go to the lobby").click()
    await ann.is_in("lobby")
    await expect(ann.composer).to_be_focused()
    await expect(notice(ann).get_by_role("button", name="Make an invitation link")).to_be_visible()

    bob = await people.person("bob")
    await bob.opens(link.removeprefix(bob.url))
    await bob.field("Your name").fill("bob")
    await bob.page.keyboard.press("Enter")
    await bob.is_in("lobby")
    await expect(notice(ann)).to_have_count(0)
    await expect(notice(bob)).to_have_count(0)


async def test_on_a_loopback_server_the_notice_names_the_flags_and_can_be_dismissed(people: People) -> None:
    bob = await people.guest("bob")
    await expect(notice(bob).get_by_label("Flags of the server")).to_have_value("--listen 0.0.0.0:59000 --tls auto")
    await bob.button("Don't show this again").click()
    await expect(bob.composer).to_be_focused()
    await bob.reloads()
    await bob.is_in("lobby")
    await bob.says("hello")
    await bob.sees_status("hello", "Stored")
    await expect(notice(bob)).to_have_count(0)
