"""Habits from other chat programs: people type without looking at the focus, and no text is lost or goes to the wrong
place.

Needs a browser: the focus decides which element gets the keys, and the layout decides the scroll position.
"""

import re
from pathlib import Path

from playwright.async_api import Browser, Playwright, expect

from tests.browser.people import LAPTOP, PHONE, People
from tests.browser.sample_data import SampleServer
from tests.browser.screenshots import Photographer, opens

SHORT_BY = """() => {
  const log = document.querySelector("[role=log]");
  return Math.round(log.scrollHeight - log.clientHeight - log.scrollTop);
}"""

# Waits 20 frames: after that, a layout that takes several steps is complete.
FRAMES = "async () => { for (let frame = 0; frame < 20; frame += 1) await new Promise(requestAnimationFrame); }"


async def test_letters_go_to_the_composer_wherever_the_user_clicked(people: People) -> None:
    bob = await people.guest("bob")
    await bob.says("first")
    await bob.sees("first")
    await bob.message("first").click()
    await bob.page.keyboard.type("to all")
    await expect(bob.composer).to_have_value("to all")
    # The composer has the focus after a click on "Send" as well.
    await bob.button("Send").click()
    await bob.sees("to all")
    await expect(bob.composer).to_be_focused()
    # Letters typed in a field or in a menu do not go to the composer.
    search = bob.field("Filter rooms")
    await search.click()
    await bob.page.keyboard.type("lob")
    await expect(search).to_have_value("lob")
    await bob.page.keyboard.press("Escape")
    await bob.button(re.compile("Your menu$")).click()
    await bob.page.keyboard.press("k")
    await expect(bob.composer).to_have_value("")


async def test_the_composer_of_a_new_room_has_the_focus(people: People) -> None:
    bob = await people.member("bob")
    await bob.page.evaluate("() => { location.hash = 'create-room'; }")
    await bob.dialog.get_by_label("Name").fill("garden")
    await bob.page.keyboard.press("Enter")
    await bob.is_in("garden")
    await expect(bob.composer).to_be_focused()
    await bob.page.keyboard.type("roses")
    await bob.page.keyboard.press("Enter")
    await bob.sees("roses")


async def test_a_direct_message_to_nobody_is_not_lost(people: People) -> None:
    server = people.start_process()
    ann, bob = await people.member("ann"), await people.member("bob")
    await bob.says("/msg ghost a secret")
    await expect(bob.page.get_by_text("There is nobody called ghost here.")).to_be_visible()
    await expect(bob.composer).to_have_value("/msg ghost a secret")
    await bob.says("/msg ann hello")
    await expect(bob.page.get_by_text("On its way to ann.")).to_be_visible()
    await ann.room("bob").click()
    await ann.sees("hello")
    # Without a connection the page cannot know whether the name exists.
    server.dies()
    await bob.knows_it_is_alone()
    await bob.says("/msg gohst in the dark")
    await expect(bob.page.get_by_text("It goes to gohst when the connection is back.")).to_be_visible()
    server.starts()
    await bob.knows_it_is_back()
    returned = bob.page.get_by_role("alert").filter(has_text="in the dark")
    await expect(returned).to_contain_text("Your message to gohst was not sent. There is nobody called gohst here.")
    await returned.get_by_role("button", name="Discard").click()
    await expect(returned).to_have_count(0)
    await bob.reloads()
    await bob.is_in("lobby")
    await expect(bob.room("ann")).to_be_visible()
    await expect(returned).to_have_count(0)


async def test_a_commands_user_is_completed_on_enter_and_a_rooms_name_is_not(people: People) -> None:
    bob = await people.member("bob")
    await people.guest("gwendolyn")
    await bob.composer.press_sequentially("/msg gw")
    await expect(bob.page.get_by_role("option")).to_have_count(1)
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value("/msg @gwendolyn ")
    await bob.composer.fill("")
    await bob.composer.press_sequentially("/join lob")
    await expect(bob.page.get_by_role("option")).to_have_text(re.compile("#lobby"))
    await bob.page.keyboard.press("Enter")
    await bob.is_in("lob")


async def test_a_ban_with_an_invalid_duration_bans_nobody(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    await ann.says("/ban bob 2weeks spam")
    await expect(ann.page.get_by_text("2weeks is no time.")).to_be_visible()
    await bob.says("still here")
    await ann.sees("still here")


async def test_a_message_queued_for_a_room_is_returned_after_a_kick(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob", proxy=True)
    await bob.loses_the_network()
    await bob.says("too late")
    await ann.says("/kick bob")
    await ann.sees_line("bob")
    await bob.has_the_network_again()
    returned = bob.page.get_by_role("alert").filter(has_text="too late")
    await expect(returned).to_contain_text("Not sent.")
    # With an unsent message, the page asks before it signs the user out.
    await bob.picks("Your menu", "Sign out")
    await expect(bob.dialog).to_contain_text("One of your messages has not been sent. It will be lost.")
    await bob.dialog.get_by_role("button", name="Sign out").click()
    await expect(bob.button("Come in")).to_be_visible()


async def test_the_next_user_of_a_browser_finds_no_draft_of_the_last_one(people: People) -> None:
    bob = await people.guest("bob")
    other = await bob.tab("/r/lobby")
    await other.is_in("lobby")
    await other.types("the code is 4711")
    await other.opens("/connect")
    await bob.picks("Your menu", "Sign out")
    await bob.dialog.get_by_role("button", name="Leave").click()
    await bob.field("Your name").fill("zoe")
    await bob.page.keyboard.press("Enter")
    await bob.is_in("lobby")
    await other.opens("/r/lobby")
    await other.is_in("lobby")
    await expect(other.composer).to_have_value("")
    await expect(bob.composer).to_have_value("")


async def test_a_message_sent_in_another_tab_keeps_the_scroll_position(people: People) -> None:
    bob = await people.guest("bob")
    other = await bob.tab("/r/lobby")
    await other.is_in("lobby")
    line = await people.program("eve")
    await line.says(*(f"line {number}" for number in range(120)))
    await other.sees("line 119")
    await bob.page.bring_to_front()
    await bob.sees("line 119")
    await bob.log.hover()
    await bob.page.mouse.wheel(0, -1500)
    await expect(bob.message("line 119")).to_have_count(0)
    where = await bob.page.evaluate("() => document.querySelector('[role=log]').scrollTop")
    await other.says("from the other one")
    await other.sees_status("from the other one", "Stored")
    await expect(bob.button(re.compile("newest")).first).to_be_visible()
    assert abs(await bob.page.evaluate("() => document.querySelector('[role=log]').scrollTop") - where) < 40


async def test_a_room_opens_at_its_end_even_if_its_rows_are_lower_than_estimated(
    browser: Browser, playwright: Playwright, tmp_path: Path
) -> None:
    server = SampleServer(playwright, tmp_path / "server")
    try:
        await server.begins()
        for size in (PHONE, {**LAPTOP, "viewport": {"width": 768, "height": 1024}}):
            ann = await Photographer(browser, server, set()).visitor("ann", **size)
            await opens(ann, "/r/lobby", "lobby")
            await expect(ann.log.get_by_text("And there is cake", exact=False)).to_be_visible()
            await ann.page.evaluate(FRAMES)
            assert await ann.page.evaluate(SHORT_BY) <= 1
            await ann.context.close()
    finally:
        await server.close()


async def test_a_new_webhooks_url_stays_shown_when_somebody_joins(people: People) -> None:
    ann = await people.owner("ann")
    await ann.asks("POST", "/api/rooms", {"name": "builds"})
    await ann.goes_to("builds")
    await ann.page.evaluate("() => { location.hash = 'room/webhooks'; }")
    await ann.dialog.get_by_label("Name").fill("ci")
    await ann.dialog.get_by_role("button", name="Make a webhook").click()
    address = ann.dialog.get_by_label("URL", exact=True).last
    await expect(address).to_have_value(re.compile("/hooks/"))
    # When somebody joins, the URL and the text in the form stay.
    await ann.dialog.get_by_label("Name").fill("next")
    bob = await people.member("bob")
    await bob.asks("PUT", "/api/rooms/builds/members/me")
    await bob.goes_to("builds")
    await bob.says("in")
    await ann.sees("in")
    await expect(address).to_have_value(re.compile("/hooks/"))
    await expect(ann.dialog.get_by_label("Name")).to_have_value("next")


async def test_add_a_topic_focuses_its_field_and_a_rename_keeps_the_room_open(people: People) -> None:
    ann, bob = await people.member("ann"), await people.member("bob")
    await ann.picks("Add a room or a conversation", "Make a room")
    await ann.dialog.get_by_label("Name", exact=True).fill("plans")
    await ann.dialog.get_by_label("Public").focus()
    await ann.page.keyboard.press("Enter")
    await ann.is_in("plans")
    await bob.opens("/r/plans")
    await bob.button("Join the room").click()
    await bob.is_in("plans")
    await ann.button("Topic: Add a topic").click()
    await expect(ann.dialog.get_by_label("Topic", exact=True)).to_be_focused()
    await ann.page.keyboard.type("what comes")
    await ann.page.keyboard.press("Enter")
    await expect(ann.dialog.get_by_label("Topic", exact=True)).to_have_value("what comes")

    name = ann.dialog.get_by_label("Name", exact=True)
    await name.fill("our plans")
    await name.press("Enter")
    await expect(ann.dialog.get_by_role("heading", name="#our-plans")).to_be_visible()
    await ann.page.keyboard.press("Escape")
    for person in (ann, bob):
        await person.is_in("our-plans")
        await expect(person.page).to_have_url(re.compile("/r/our-plans$"))
    await ann.goes_to("lobby")
    await ann.page.go_back()
    await ann.is_in("our-plans")


async def test_a_comma_chooses_a_person_and_guests_make_no_links(people: People) -> None:
    ann = await people.guest("ann")
    for name in ("bob", "cat", "dan", "zoë"):
        await (await people.person(name)).registers()
    await ann.page.keyboard.press("Alt+n")
    to = ann.dialog.get_by_label("To")
    await expect(ann.dialog.get_by_role("option")).to_have_count(4)
    # The only similar name is zoë, so zoe is not chosen and stays as text.
    await to.press_sequentially("bob, zoe, cat, da")
    await expect(to).to_have_value("zoe, da")
    for name in ("bob", "cat"):
        await expect(ann.button(f"Remove {name}")).to_be_visible()
    await to.fill("da")
    await ann.page.keyboard.press("Enter")
    await ann.page.keyboard.press("Enter")
    await ann.is_in("bob, cat, dan")

    await ann.goes_to("lobby")
    await ann.picks("Room menu", "Invite people")
    await expect(ann.dialog.get_by_text("Links can be made by those who have an account.")).to_be_visible()
    await expect(ann.dialog.get_by_role("button", name="Make a link")).to_have_count(0)


async def test_page_up_scrolls_from_the_composer_and_a_list_continues_with_one_mark(people: People) -> None:
    bob = await people.guest("bob")
    cat = await people.line("cat")
    await cat.says(*[f"line {number}" for number in range(60)])
    await bob.sees("line 59")
    await bob.composer.focus()
    await bob.page.keyboard.press("PageUp")
    await bob.page.wait_for_function(f"() => ({SHORT_BY})() > 100")
    await bob.page.keyboard.press("PageDown")
    await bob.page.wait_for_function(f"() => ({SHORT_BY})() <= 1")

    await bob.page.keyboard.type("- one")
    await bob.page.keyboard.press("Shift+Enter")
    await bob.page.keyboard.type("- two")
    await expect(bob.composer).to_have_value("- one\n- two")
    await bob.page.keyboard.press("Shift+Enter")
    await bob.page.keyboard.type("> three")
    await expect(bob.composer).to_have_value("- one\n- two\n> three")
    await cat.closes()
