"""Messages that are edited, deleted, answered, reacted to and pinned.

Needs a browser: the composer, menus, the focus, the emoji picker and IndexedDB are the browser's.
"""

import re

from playwright.async_api import Locator, expect

from tests.browser.people import PHONE, People, Person
from tests.browser.test_hands_and_eyes import is_accessible


def said(who: Person, text: str) -> Locator:
    """The message with this text. Messages that quote it are others."""
    return who.messages.filter(has=who.page.locator("p", has_text=re.compile(f"^{re.escape(text)}$")))


async def chooses(who: Person, text: str, action: str) -> None:
    """Choose an action in the menu of a message."""
    await said(who, text).click(button="right")
    await who.menu.get_by_role("menuitem", name=action, exact=True).click()


def chip(who: Person, text: str, emoji: str, count: int) -> Locator:
    people = "1 person" if count == 1 else f"{count} people"
    return said(who, text).get_by_role("button", name=re.compile(f"^{emoji}: {people}"))


async def test_two_people_see_the_same_edits_reactions_answers_pins_and_deletions(people: People) -> None:
    ada = await people.owner("ada")
    bob = await people.member("bob")
    await ada.says("tea at four", "bring cups")
    await bob.sees("tea at four", "bring cups")

    # Edit, by the arrow key; Escape leaves the message and the draft as they are.
    await ada.composer.press("ArrowUp")
    await expect(ada.composer).to_have_value("bring cups")
    await ada.composer.press("Escape")
    await expect(ada.composer).to_have_value("")
    await ada.types("half a thought")
    await chooses(ada, "bring cups", "Edit")
    await expect(ada.composer).to_have_value("bring cups")
    await ada.says("bring two cups")
    await expect(ada.composer).to_have_value("half a thought")
    await ada.composer.fill("")
    for who in (ada, bob):
        await who.sees("bring two cups")
        await expect(said(who, "bring cups")).to_have_count(0)
        await expect(said(who, "bring two cups").get_by_text("edited")).to_be_visible()

    # Only the author and moderators see the versions.
    await expect(said(bob, "bring two cups").get_by_role("button", name="edited")).to_have_count(0)
    # A new status renders the message again, which would lose a click.
    await ada.sees_status("bring two cups", re.compile("Read"))
    await said(ada, "bring two cups").get_by_role("button", name="edited").click()
    await expect(ada.dialog).to_contain_text("bring cups")
    await ada.page.keyboard.press("Escape")

    # Answer: the quote follows the edit, and leads to the message.
    await chooses(bob, "tea at four", "Reply")
    await bob.says("four is fine")
    quote = said(ada, "four is fine").get_by_role("button", name="tea at four")
    await expect(quote).to_be_visible()
    await chooses(ada, "tea at four", "Edit")
    await ada.says("tea at five")
    await expect(said(bob, "four is fine").get_by_role("button", name="tea at five")).to_be_visible()

    # React.
    await chooses(bob, "tea at five", "React")
    await bob.page.get_by_label("Search emoji").fill("tada")
    await bob.page.keyboard.press("Enter")
    await expect(chip(bob, "tea at five", "🎉", 1)).to_have_attribute("aria-pressed", "true")
    await chip(ada, "tea at five", "🎉", 1).click()
    for who in (ada, bob):
        await expect(chip(who, "tea at five", "🎉", 2)).to_be_visible()
    await chip(bob, "tea at five", "🎉", 2).hover()
    await expect(chip(bob, "tea at five", "🎉", 2)).to_have_attribute("title", re.compile("ada and bob|bob and ada"))
    await chip(bob, "tea at five", "🎉", 2).click()
    await expect(chip(ada, "tea at five", "🎉", 1)).to_have_attribute("aria-pressed", "true")

    # Pin, and jump.
    await chooses(ada, "tea at five", "Pin")
    await expect(said(bob, "tea at five").get_by_text("Pinned")).to_be_visible()
    await bob.button("Pinned messages").click()
    await bob.dialog.get_by_role("button", name="tea at five").click()
    await expect(bob.dialog).to_have_count(0)

    assert await is_accessible(bob, "the room") == []

    # Delete: nobody can read it any more, and the quote says so.
    await chooses(ada, "tea at five", "Delete …")
    await ada.dialog.get_by_role("button", name="Delete", exact=True).click()
    for who in (ada, bob):
        await expect(who.message("ada deleted this message")).to_have_count(1)
        await expect(said(who, "tea at five")).to_have_count(0)
        await expect(said(who, "four is fine").get_by_role("button", name="This message was deleted.")).to_be_visible()

    # A moderator deletes a message of somebody else.
    await chooses(ada, "four is fine", "Delete …")
    await ada.dialog.get_by_role("button", name="Delete", exact=True).click()
    for who in (ada, bob):
        await expect(who.message("ada deleted a message of bob")).to_have_count(1)

    # The same after a reload.
    for who in (ada, bob):
        before = await who.messages.all_inner_texts()
        await who.reloads()
        await who.sees("bring two cups")
        assert await who.messages.all_inner_texts() == before


async def test_changes_made_offline_wait_and_are_made_later(people: People) -> None:
    ada = await people.owner("ada", proxy=True)
    bob = await people.member("bob")
    await ada.says("one", "two", "three")
    await bob.sees("one", "two", "three")
    await ada.sees_status("three", re.compile("Stored|Read"))
    await ada.is_kept()
    await ada.loses_the_network()
    await ada.knows_it_is_alone()

    await chooses(ada, "one", "Edit")
    await ada.says("one, better")
    await expect(
        ada.message("one, better").get_by_role("img", name="The change waits for the connection")
    ).to_be_visible()
    await chooses(ada, "two", "Delete …")
    await ada.dialog.get_by_role("button", name="Delete", exact=True).click()
    await expect(ada.message("ada deleted this message")).to_have_count(1)
    # A message that waits is written differently before it is sent.
    await ada.says("four")
    await ada.sees("four")
    await ada.composer.press("ArrowUp")
    await ada.says("four, better")
    await ada.sees("four, better")
    # Meanwhile the third is deleted, and ada edits it.
    await chooses(ada, "three", "Edit")
    await ada.says("three, too late")
    moderator = await people.second_device(ada)
    await chooses(moderator, "three", "Delete …")
    await moderator.dialog.get_by_role("button", name="Delete", exact=True).click()
    await expect(bob.message("ada deleted this message")).to_have_count(1)

    await ada.has_the_network_again()
    await ada.tries_now()
    await bob.sees("one, better", "four, better")
    await expect(bob.message("2 messages were deleted")).to_have_count(1)
    await expect(bob.message("four")).to_have_count(0)
    refused = ada.messages.get_by_role("alert").filter(has_text="Not changed.")
    await expect(refused).to_be_visible()
    await refused.get_by_role("button", name="Discard").click()
    await expect(ada.message("2 messages were deleted")).to_have_count(1)


async def test_a_thread_is_followed_and_answered(people: People) -> None:
    ada = await people.owner("ada")
    bob = await people.member("bob", **PHONE)
    await ada.says("where to eat?")
    await bob.sees("where to eat?")
    await chooses(ada, "where to eat?", "Reply in a thread")
    field = ada.dialog.get_by_label("Reply in the thread")
    await field.fill("the harbour")
    await field.press("Enter")
    await expect(ada.dialog.get_by_role("article").filter(has_text="the harbour")).to_have_count(1)

    replies = said(bob, "where to eat?").get_by_role("button", name="1 reply")
    await replies.tap()
    await expect(bob.dialog.get_by_role("article").filter(has_text="the harbour")).to_have_count(1)
    await bob.fits()
    assert await is_accessible(bob, "the thread") == []
    await bob.dialog.get_by_label("Reply in the thread").fill("or the market")
    await bob.dialog.get_by_label("Also show it in the room").check()
    await bob.dialog.get_by_role("button", name="Send").tap()
    await expect(ada.dialog.get_by_role("article").filter(has_text="or the market")).to_have_count(1)
    await ada.page.keyboard.press("Escape")
    await expect(said(ada, "where to eat?").get_by_role("button", name="2 replies")).to_be_visible()
    await ada.sees("or the market")
    await expect(said(ada, "the harbour")).to_have_count(0)

    # The address of a message that is said in the thread only leads into the thread.
    link = ada.page.url.removeprefix(ada.url) + "/5"
    await ada.opens(link)
    await expect(ada.dialog.get_by_role("article").filter(has_text="the harbour")).to_have_count(1)
