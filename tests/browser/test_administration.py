"""Administration: accounts, invitations, tokens and the audit log.

Needs a browser: an action in one person's dialog changes the page that another one has open.
"""

import re

from playwright.async_api import Locator, expect

from tests.browser.people import PASSWORD, People, Person


async def administration(who: Person, page: str) -> Locator:
    """Open a page of the administration dialog."""
    await who.picks("Your menu", "Administration")
    await who.dialog.get_by_role("tab", name=page).click()
    return who.dialog.get_by_role("tabpanel")


async def test_accounts_are_made_found_and_given_roles(people: People) -> None:
    ann = await people.owner("ann")
    await (await people.person("cat")).joins("lobby")
    users = await administration(ann, "Users")
    rows = users.get_by_role("row").filter(has=ann.page.get_by_role("cell"))
    await expect(rows).to_have_count(2)
    await users.get_by_role("button", name="Make an account").click()
    made = ann.dialog.last
    await made.get_by_label("Name", exact=True).fill("bob")
    await made.get_by_label("Password").fill(PASSWORD)
    await made.get_by_role("button", name="Make an account").click()
    await expect(ann.page.get_by_text("bob has an account now.")).to_be_visible()
    await expect(rows).to_have_count(3)
    await users.get_by_label("Search users").fill("bo")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("member")

    bob = await people.person("bob")
    await bob.opens()
    await bob.signs_in()
    await bob.is_in("lobby")
    await ann.dialog.get_by_role("button", name="What to do with bob").click()
    await ann.page.get_by_role("menuitemradio", name="admin").click()
    await expect(rows).to_contain_text("admin")
    # After a reload, bob's page shows what the new role allows.
    await bob.reloads()
    await bob.is_in("lobby")
    await bob.page.get_by_role("button", name=re.compile("Your menu$")).click()
    await expect(bob.page.get_by_role("menuitem", name="Administration")).to_be_visible()


async def test_a_disabled_account_is_signed_out_until_it_is_enabled(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    users = await administration(ann, "Users")
    row = users.get_by_role("row", name=re.compile("bob"))
    await users.get_by_role("button", name="What to do with bob").click()
    await ann.page.get_by_role("menuitem", name="Disable …").click()
    await expect(ann.dialog.last).to_contain_text("Nothing is lost.")
    await ann.dialog.last.get_by_role("button", name="Disable", exact=True).click()
    await expect(row).to_contain_text("disabled")
    await expect(bob.button("Sign in")).to_be_visible()
    await users.get_by_role("button", name="What to do with bob").click()
    await ann.page.get_by_role("menuitem", name="Enable").click()
    await expect(row).not_to_contain_text("disabled")
    await bob.opens()
    await bob.signs_in()
    await bob.is_in("lobby")

    # Change bob's password, and then delete the account.
    await users.get_by_role("button", name="What to do with bob").click()
    await ann.page.get_by_role("menuitem", name="Reset the password …").click()
    await ann.dialog.last.get_by_label("Password").fill("a better battery")
    await ann.dialog.last.get_by_role("button", name="Set the password").click()
    await expect(bob.button("Sign in")).to_be_visible()
    await bob.opens()
    await bob.signs_in("a better battery")
    await bob.is_in("lobby")
    await users.get_by_role("button", name="What to do with bob").click()
    await ann.page.get_by_role("menuitem", name="Delete …").click()
    asked = ann.dialog.last
    await asked.get_by_role("radio", name="Erase what they said").check()
    await expect(asked).not_to_contain_text("what I said")
    await asked.get_by_role("button", name="Delete for good").click()
    await expect(row).to_have_count(0)
    await expect(bob.field("Your name")).to_be_visible()


async def test_an_invitation_is_made_used_and_revoked(people: People) -> None:
    await people.serve(access="invite")
    ann = await people.owner("ann")
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await expect(ann.room("tea")).to_be_visible()
    invitations = await administration(ann, "Invitations")
    await invitations.get_by_role("button", name="Make a link").click()
    form = ann.dialog.last
    await form.get_by_label("What for").fill("the tea party")
    await form.get_by_label("Good for").select_option("5 people")
    await form.get_by_label("Makes").select_option("a member's account")
    await form.get_by_label("Leads to").select_option("#tea")
    await form.get_by_role("button", name="Make a link").click()
    link = await ann.dialog.last.get_by_label("Link", exact=True).input_value()
    await expect(ann.dialog.last.get_by_role("img", name="The same as a QR code")).to_be_visible()
    await ann.dialog.last.get_by_role("button", name="Close").last.click()
    row = invitations.get_by_role("row", name=re.compile("the tea party"))
    await expect(row).to_contain_text("a member's account")
    await expect(row).to_contain_text("5 people")
    await expect(row).to_contain_text("#tea")

    bob = await people.person("bob")
    await bob.opens(link.removeprefix(bob.url))
    await bob.field("Your name").fill("bob")
    await bob.field("Password").fill(PASSWORD)
    await bob.page.keyboard.press("Enter")
    await bob.is_in("tea")

    await row.get_by_role("button", name="Revoke").click()
    await ann.dialog.last.get_by_role("button", name="Revoke").click()
    await expect(row).to_have_count(0)
    late = await people.person("late")
    await late.opens(link.removeprefix(late.url))
    await expect(late.page.get_by_text("This invitation does not exist, or not any more.")).to_be_visible()

    # The audit log shows all these actions, the newest first.
    await ann.dialog.get_by_role("tab", name="Audit").click()
    deeds = ann.dialog.get_by_role("row").filter(has=ann.page.get_by_role("cell"))
    await expect(deeds.first).to_contain_text("revoked the invitation")
    await expect(deeds.first).to_contain_text("ann")
    await expect(deeds.filter(has_text="came in by the invitation").first).to_contain_text("bob")
    await expect(deeds.filter(has_text="made an invitation, which makes a member's account")).to_have_count(1)


async def test_a_bot_writes_with_its_token_until_the_token_is_revoked(people: People) -> None:
    ann = await people.owner("ann")
    users = await administration(ann, "Users")
    await users.get_by_role("button", name="Make an account").click()
    await ann.dialog.last.get_by_label("Name", exact=True).fill("clerk")
    await ann.dialog.last.get_by_label("Role").select_option("bot")
    await ann.dialog.last.get_by_role("button", name="Make an account").click()
    token = await ann.dialog.last.get_by_label("clerk", exact=True).input_value()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    bare = await people.person("clerk")

    async def speaks(text: str) -> int:
        await bare.context.request.put(f"{bare.url}/api/rooms/lobby/members/me", headers=headers)
        answer = await bare.context.request.post(
            f"{bare.url}/api/rooms/lobby/messages", headers=headers, data={"text": text}
        )
        return answer.status

    assert await speaks("at your service") == 201
    await ann.page.keyboard.press("Escape")
    await ann.page.keyboard.press("Escape")
    await expect(ann.dialog).to_have_count(0)
    await expect(ann.message("at your service")).to_contain_text("bot")
    tokens = await administration(ann, "Tokens")
    row = tokens.get_by_role("row", name=re.compile("clerk"))
    await row.get_by_role("button", name="Revoke").click()
    await ann.dialog.last.get_by_role("button", name="Revoke").click()
    await expect(row).to_have_count(0)
    assert await speaks("anybody?") == 401
