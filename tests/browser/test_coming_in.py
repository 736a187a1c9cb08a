"""Entering by a name, an account or a link, and signing out.

Needs a browser: cookies, forms, the focus and stored sessions are the browser's.
"""

from playwright.async_api import expect

from tests.browser.people import PASSWORD, People


async def test_a_first_visit_needs_only_a_name(people: People) -> None:
    bob = await people.person("bob")
    await bob.opens()
    await expect(bob.field("Your name")).to_be_focused()
    await bob.page.keyboard.type("bob")
    await bob.page.keyboard.press("Enter")
    await bob.is_in("lobby")
    await expect(bob.composer).to_be_focused()
    await bob.says("hello")
    await bob.sees("hello")
    await bob.sees_status("hello", "Stored")


async def test_an_invitation_works_in_a_browser_without_scripts(people: People) -> None:
    code = await people.owner_code()
    eve = await people.person("eve", java_script_enabled=False)
    await eve.opens(f"/join/{code}")
    await eve.page.get_by_role("link", name="so does an invitation").click()
    await eve.field("Name").fill("eve")
    await eve.field("Password").fill(PASSWORD)
    await eve.button("Come in").click()
    await expect(eve.page.get_by_text("You are in.")).to_be_visible()


async def test_a_taken_name_is_reported_and_another_works(people: People) -> None:
    await people.guest("bob")
    other = await people.person("bob")
    await other.opens()
    await other.field("Your name").fill("bob")
    await other.button("Come in").click()
    await expect(other.page.get_by_text("The name bob is taken.")).to_be_visible()
    await other.field("Your name").fill("bobby")
    await other.button("Come in").click()
    await other.is_in("lobby")


async def test_a_user_registers_signs_out_and_signs_in_again(people: People) -> None:
    eve = await people.person("eve")
    await eve.opens()
    await eve.button("Make an account").click()
    await eve.field("Your name").fill("eve")
    await eve.field("Password").fill("short")
    await eve.button("Make an account").click()
    await expect(eve.page.get_by_text("8 to 256 characters").first).to_be_visible()
    await eve.field("Password").fill(PASSWORD)
    await eve.button("Make an account").click()
    await eve.is_in("lobby")
    await eve.says("mine")
    await eve.sees_status("mine", "Stored")

    await eve.picks("Your menu", "Sign out")
    await expect(eve.field("Your name")).to_be_visible()
    assert await eve.page.evaluate("async () => (await indexedDB.databases()).length") <= 1
    await eve.reloads()
    await expect(eve.button("Sign in")).to_be_visible()
    await eve.button("Sign in").click()
    await eve.field("Your name").fill("eve")
    await eve.field("Password").fill("wrong horse")
    await eve.page.keyboard.press("Enter")
    await expect(eve.page.get_by_text("That is not the right name and password.")).to_be_visible()
    await eve.field("Password").fill(PASSWORD)
    await eve.page.keyboard.press("Enter")
    await eve.is_in("lobby")
    await eve.sees("mine")


async def test_the_name_of_an_account_asks_for_its_password(people: People) -> None:
    eve = await people.member("eve")
    other = await people.second_device(eve)
    await other.picks("Your menu", "Sign out")
    await other.field("Your name").fill("eve")
    await other.page.keyboard.press("Enter")
    await expect(other.page.get_by_text("eve has an account here.")).to_be_visible()
    await expect(other.field("Password")).to_be_focused()
    await other.field("Password").fill(PASSWORD)
    await other.page.keyboard.press("Enter")
    await other.is_in("lobby")


async def test_on_an_open_server_the_field_for_an_invitation_can_be_closed_again(people: People) -> None:
    bob = await people.person("bob")
    await bob.opens()
    await bob.button("I have an invitation").click()
    await expect(bob.field("Invitation")).to_be_visible()
    await expect(bob.page.get_by_text("Paste the invitation you were given.")).to_be_visible()
    await expect(bob.page.get_by_text("by invitation")).to_have_count(0)
    await bob.button("Come in as a guest").click()
    await expect(bob.field("Invitation")).to_have_count(0)
    await expect(bob.page.get_by_text("Choose a name, and you are chatting.")).to_be_visible()
    await bob.field("Your name").fill("bob")
    await bob.page.keyboard.press("Enter")
    await bob.is_in("lobby")


async def test_the_owners_link_makes_the_owner_whose_link_admits_others(people: People) -> None:
    await people.serve(access="invite")
    ann = await people.person("ann")
    await ann.opens(f"/join/{await people.owner_code()}")
    await expect(ann.page.get_by_role("heading", name="Make this server yours")).to_be_visible()
    await ann.field("Your name").fill("ann")
    await ann.field("Password").fill(PASSWORD)
    await ann.page.keyboard.press("Enter")
    await ann.button("Go to the lobby").click()
    await ann.is_in("lobby")

    await ann.picks("Room menu", "Invite people")
    await ann.dialog.get_by_role("button", name="Make a link").click()
    link = await ann.dialog.get_by_label("Link", exact=True).input_value()
    await expect(ann.dialog.get_by_role("img", name="The same as a QR code")).to_be_visible()
    await ann.page.keyboard.press("Escape")

    stranger = await people.person("bob")
    await stranger.opens()
    await stranger.field("Your name").fill("bob")
    await stranger.page.keyboard.press("Enter")
    await expect(stranger.page.get_by_text("by invitation").first).to_be_visible()
    await expect(stranger.button("Come in as a guest")).to_have_count(0)
    await stranger.field("Invitation").fill(link)
    await stranger.page.keyboard.press("Enter")
    await stranger.is_in("lobby")

    late = await people.person("cat")
    await late.opens(link.removeprefix(late.url))
    await expect(late.page.get_by_text("does not exist, or not any more")).to_be_visible()


async def test_a_guest_who_registers_keeps_their_messages(people: People) -> None:
    bob = await people.guest("bob")
    await bob.says("said as a guest")
    await bob.sees_status("said as a guest", "Stored")
    await bob.picks("Your menu", "Settings")
    await bob.dialog.get_by_role("tab", name="Account").click()
    await bob.dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    await bob.dialog.get_by_role("button", name="Make an account").click()
    await expect(bob.page.get_by_text("Saved.")).to_be_visible()
    other = await people.second_device(bob)
    await other.sees("said as a guest")
