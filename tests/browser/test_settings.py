"""Settings: appearance, profile, sessions; and deleting an account.

Needs a browser: themes, files and downloads are the browser's, and other devices follow at once.
"""

import json
import re

from playwright.async_api import Locator, expect

from tests.browser.people import PASSWORD, People, Person

KEPT = """async () => {
  const kept = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  for (const {name} of await indexedDB.databases()) {
    const request = indexedDB.open(name);
    const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    for (const store of database.objectStoreNames) {
      const read = database.transaction(store).objectStore(store).getAll();
      kept.push(await new Promise((resolve) => { read.onsuccess = () => resolve(JSON.stringify(read.result)); }));
    }
    database.close();
  }
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) kept.push(request.url);
  return kept.join("\\n");
}"""


async def settings(who: Person, page: str) -> Locator:
    """Open a page of the settings dialog."""
    await who.picks("Your menu", "Settings")
    await who.dialog.get_by_role("tab", name=page).click()
    return who.dialog.get_by_role("tabpanel")


async def test_the_appearance_changes_at_once_in_all_tabs_and_is_kept(people: People) -> None:
    bob = await people.guest("bob")
    other = await bob.tab("/r/lobby")
    await other.is_in("lobby")
    await bob.page.bring_to_front()
    look = await settings(bob, "Look")
    html, there = bob.page.locator("html"), other.page.locator("html")
    paper = await bob.page.locator("body").evaluate("(it) => getComputedStyle(it).backgroundColor")
    await look.get_by_text("Dark", exact=True).click()
    await look.get_by_text("Compact", exact=True).click()
    await look.get_by_text("As little as possible").click()
    for each in (html, there):
        await expect(each).to_have_attribute("data-theme", "dark")
        await expect(each).to_have_attribute("data-density", "compact")
        await expect(each).to_have_attribute("data-motion", "reduced")
    await expect(bob.page.locator("body")).not_to_have_css("background-color", paper)
    await look.get_by_label("Language").select_option("de")
    await expect(bob.dialog.get_by_role("heading", name="Einstellungen")).to_be_visible()
    await bob.page.keyboard.press("Escape")
    await bob.reloads()
    await expect(html).to_have_attribute("lang", "de")
    await expect(html).to_have_attribute("data-theme", "dark")
    await expect(html).to_have_attribute("data-density", "compact")
    await expect(bob.page.get_by_label("Räume filtern")).to_be_visible()


async def test_a_changed_profile_is_shown_to_others_at_once(people: People) -> None:
    bob, ann = await people.member("bob"), await people.member("ann")
    await bob.says("hello")
    profile = await settings(bob, "Profile")
    await profile.get_by_label("Display name").fill("Robert B.")
    await profile.get_by_label("Time zone").select_option("Pacific/Chatham")
    await profile.get_by_label("#9a52b0").check(force=True)
    await profile.get_by_role("button", name="Save").click()
    await expect(bob.page.get_by_text("Saved.")).to_be_visible()
    await bob.page.keyboard.press("Escape")
    await expect(bob.button(re.compile("Your menu$"))).to_contain_text("Robert B.")

    name = ann.message("hello").get_by_role("button", name="Robert B.")
    await expect(name).to_be_visible()
    await expect(ann.message("hello")).to_contain_text("bob")
    await name.click()
    await expect(ann.dialog).to_contain_text("@bob")
    await expect(ann.dialog).to_contain_text("where they are")
    await ann.page.keyboard.press("Escape")

    # The user name, written after @, has to be free.
    profile = await settings(bob, "Profile")
    await profile.get_by_label("Name", exact=True).fill("ann")
    await profile.get_by_role("button", name="Change the name").click()
    await expect(profile.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    await profile.get_by_label("Name", exact=True).fill("robert")
    await profile.get_by_role("button", name="Change the name").click()
    await ann.sees_line(re.compile("bob.* is now .*robert"))


async def test_a_password_change_ends_all_other_sessions(people: People) -> None:
    bob = await people.member("bob")
    other = await people.second_device(bob)
    account = await settings(bob, "Account")
    await expect(account.get_by_role("listitem").filter(has_text="this one")).to_have_count(1)
    old, new = account.get_by_label("Present password"), account.get_by_label("New password")
    change = account.get_by_role("button", name="Change the password")
    await old.fill("wrong horse")
    await new.fill("a better battery")
    await change.click()
    await expect(old).to_have_attribute("aria-invalid", "true")
    await old.fill(PASSWORD)
    await new.fill("short")
    await change.click()
    await expect(new).to_have_attribute("aria-invalid", "true")
    await expect(old).not_to_have_attribute("aria-invalid", "true")
    await new.fill("a better battery")
    await change.click()
    await expect(bob.page.get_by_text("all other sessions have ended")).to_be_visible()

    await expect(other.field("Your name")).to_be_visible()
    await other.button("Sign in").evaluate_all("(buttons) => buttons.forEach((button) => button.click())")
    await other.field("Your name").fill("bob")
    await other.field("Password").fill(PASSWORD)
    await other.page.keyboard.press("Enter")
    await expect(other.page.get_by_text("That is not the right name and password.")).to_be_visible()
    await other.field("Password").fill("a better battery")
    await other.page.keyboard.press("Enter")
    await other.is_in("lobby")
    await bob.page.keyboard.press("Escape")
    await bob.says("still in")
    await other.sees("still in")


async def test_a_session_is_named_after_its_browser_and_system(people: People) -> None:
    bob = await people.person(
        "bob",
        user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    )
    await bob.opens()
    await bob.button("Make an account").click()
    await bob.field("Your name").fill("bob")
    await bob.field("Password").fill(PASSWORD)
    await bob.page.keyboard.press("Enter")
    await bob.is_in("lobby")
    account = await settings(bob, "Account")
    await expect(account.get_by_role("listitem")).to_contain_text("Firefox on Windows")


async def test_a_session_can_be_ended_from_another(people: People) -> None:
    bob = await people.member("bob")
    other = await people.second_device(bob)
    account = await settings(bob, "Account")
    rows = account.get_by_role("listitem")
    await expect(rows).to_have_count(2)
    await rows.get_by_role("button", name="End", exact=True).click()
    await expect(rows).to_have_count(1)
    await expect(other.field("Your name")).to_be_visible()


async def test_deleting_an_account_with_its_messages_leaves_nothing_of_them(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await bob.says("I regret this")
    await ann.sees("I regret this")
    account = await settings(bob, "Account")
    async with bob.page.expect_download() as download:
        await account.get_by_role("link", name="Download").click()
    export = json.loads((await (await download.value).path()).read_text(encoding="utf-8"))
    assert "I regret this" in json.dumps(export)

    await account.get_by_role("button", name=re.compile("Delete the account")).click()
    await bob.page.get_by_text("Erase what I said").click()
    await bob.page.get_by_label("Type bob to go on").fill("bo")
    await expect(bob.button("Delete for good")).to_be_disabled()
    await bob.page.get_by_label("Type bob to go on").fill("bob")
    await bob.button("Delete for good").click()
    await expect(bob.field("Your name")).to_be_visible()
    kept = re.sub(r"/assets/\S+", "", await bob.page.evaluate(KEPT))
    assert "bob" not in kept
    assert "regret" not in kept
    other = await people.second_device(ann)
    await expect(other.messages).to_have_count(1)
    await expect(other.messages).to_contain_text("deleted user")
    await expect(other.messages).not_to_contain_text("regret")
    # The name is free again.
    await bob.field("Your name").fill("bob")
    await bob.page.keyboard.press("Enter")
    await bob.is_in("lobby")


async def test_signing_out_removes_messages_drafts_and_rooms_from_the_device(people: People) -> None:
    bob = await people.member("bob")
    await bob.is_kept()
    await bob.asks("POST", "/api/rooms", {"name": "den", "private": True})
    await bob.goes_to("den")
    await bob.says("a secret word")
    await bob.sees_status("a secret word", "Stored")
    await bob.picks("Room menu", "Leave the room")
    await bob.dialog.get_by_role("button", name="Leave the room").click()
    await bob.is_in("lobby")
    await bob.composer.press_sequentially("an unsaid word")
    await bob.composer.press_sequentially(" :tada:")
    await bob.button("Add to favourites").click()
    # A draft is saved a moment after the last key.
    await bob.page.wait_for_function(f"async () => (await ({KEPT})()).includes('unsaid')")
    other = await bob.tab("/r/lobby")
    await expect(other.composer).to_have_value("an unsaid word 🎉")
    await bob.page.bring_to_front()
    await bob.picks("Your menu", "Sign out")
    for tab in (bob, other):
        await expect(tab.field("Your name")).to_be_visible()
    await bob.reloads()
    await expect(bob.field("Your name")).to_be_visible()
    # Remove the names of the page's own files, because their hashes may contain any letters.
    kept = re.sub(r"/assets/\S+", "", await bob.page.evaluate(KEPT))
    for word in ("bob", "word", "secret", "den", "lobby", "🎉", "mine"):
        assert word not in kept, kept


async def test_a_guest_is_asked_before_signing_out(people: People) -> None:
    bob = await people.guest("bob")
    await bob.picks("Your menu", "Sign out")
    await expect(bob.dialog).to_contain_text("You are a guest: your name becomes free")
    await bob.dialog.get_by_role("button", name="Cancel").click()
    await bob.says("I stay")
    await bob.sees_status("I stay", "Stored")
    await bob.picks("Your menu", "Sign out")
    await bob.dialog.get_by_role("button", name="Leave", exact=True).click()
    await expect(bob.field("Your name")).to_be_visible()
    other = await people.guest("bob")
    await other.sees("I stay")
