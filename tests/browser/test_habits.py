"""Habits that people bring from other chats: they type wherever they are, and nothing is lost or lands elsewhere.

Needs a browser: where a key goes depends on the focus, and where one reads on the layout.
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

# What is laid out in several steps is done by then.
FRAMES = "async () => { for (let frame = 0; frame < 20; frame += 1) await new Promise(requestAnimationFrame); }"


async def test_letters_go_to_the_composer_wherever_one_has_clicked(people: People) -> None:
    bob = await people.guest("bob")
    await bob.says("first")
    await bob.sees("first")
    await bob.message("first").click()
    await bob.page.keyboard.type("to all")
    await expect(bob.composer).to_have_value("to all")
    # With the button, too, one goes on writing.
    await bob.button("Send").click()
    await bob.sees("to all")
    await expect(bob.composer).to_be_focused()
    # A field keeps its letters, and a menu finds its entries by them.
    search = bob.field("Filter rooms")
    await search.click()
    await bob.page.keyboard.type("lob")
    await expect(search).to_have_value("lob")
    await bob.page.keyboard.press("Escape")
    await bob.button(re.compile("Your menu$")).click()
    await bob.page.keyboard.press("k")
    await expect(bob.composer).to_have_value("")


async def test_a_room_that_was_just_made_is_written_in(people: People) -> None:
    bob = await people.member("bob")
    await bob.page.evaluate("() => { location.hash = 'create-room'; }")
    await bob.dialog.get_by_label("Name").fill("garden")
    await bob.page.keyboard.press("Enter")
    await bob.is_in("garden")
    await expect(bob.composer).to_be_focused()
    await bob.page.keyboard.type("roses")
    await bob.page.keyboard.press("Enter")
    await bob.sees("roses")


async def test_words_for_nobody_stay_with_their_writer(people: People) -> None:
    server = people.start_process()
    ann, bob = await people.member("ann"), await people.member("bob")
    await bob.says("/msg ghost a secret")
    await expect(bob.page.get_by_text("There is nobody called ghost here.")).to_be_visible()
    await expect(bob.composer).to_have_value("/msg ghost a secret")
    await bob.says("/msg ann hello")
    await expect(bob.page.get_by_text("On its way to ann.")).to_be_visible()
    await ann.room("bob").click()
    await ann.sees("hello")
    # Without a connection nobody knows who is there.
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


async def test_whom_a_command_is_about_is_completed_and_a_new_room_is_not(people: People) -> None:
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


async def test_a_time_that_is_none_bans_nobody(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob")
    await ann.says("/ban bob 2weeks spam")
    await expect(ann.page.get_by_text("2weeks is no time.")).to_be_visible()
    await bob.says("still here")
    await ann.sees("still here")


async def test_what_is_waiting_for_a_room_one_is_sent_out_of_comes_back(people: People) -> None:
    ann, bob = await people.owner("ann"), await people.member("bob", proxy=True)
    await bob.loses_the_network()
    await bob.says("too late")
    await ann.says("/kick bob")
    await ann.sees_line("bob")
    await bob.has_the_network_again()
    returned = bob.page.get_by_role("alert").filter(has_text="too late")
    await expect(returned).to_contain_text("Not sent.")
    # Whoever signs out with it is asked first.
    await bob.picks("Your menu", "Sign out")
    await expect(bob.dialog).to_contain_text("One of your messages has not been sent. It will be lost.")
    await bob.dialog.get_by_role("button", name="Sign out").click()
    await expect(bob.button("Come in")).to_be_visible()


async def test_the_next_one_finds_none_of_the_words_that_were_being_typed(people: People) -> None:
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


async def test_who_reads_in_one_tab_and_writes_in_another_keeps_the_place(people: People) -> None:
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


async def test_a_room_opens_at_its_end_however_low_its_rows_turn_out_to_be(
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


async def test_the_address_of_a_webhook_stays_while_its_bot_comes_in(people: People) -> None:
    ann = await people.owner("ann")
    await ann.asks("POST", "/api/rooms", {"name": "builds"})
    await ann.goes_to("builds")
    await ann.page.evaluate("() => { location.hash = 'room/webhooks'; }")
    await ann.dialog.get_by_label("Name").fill("ci")
    await ann.dialog.get_by_role("button", name="Make a webhook").click()
    address = ann.dialog.get_by_label("URL", exact=True).last
    await expect(address).to_have_value(re.compile("/hooks/"))
    # Somebody comes in, and the address is there still, as is what one is writing.
    await ann.dialog.get_by_label("Name").fill("next")
    bob = await people.member("bob")
    await bob.asks("PUT", "/api/rooms/builds/members/me")
    await bob.goes_to("builds")
    await bob.says("in")
    await ann.sees("in")
    await expect(address).to_have_value(re.compile("/hooks/"))
    await expect(ann.dialog.get_by_label("Name")).to_have_value("next")


async def test_who_adds_a_topic_types_it_at_once_and_who_renames_a_room_stays_in_it(people: People) -> None:
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


async def test_names_are_parted_by_commas_and_a_guest_makes_no_link(people: People) -> None:
    ann = await people.guest("ann")
    for name in ("bob", "cat", "dan", "zoë"):
        await (await people.person(name)).registers()
    await ann.page.keyboard.press("Alt+n")
    to = ann.dialog.get_by_label("To")
    await expect(ann.dialog.get_by_role("option")).to_have_count(4)
    await to.press_sequentially("bob, zoe, cat, da")  # zoe is somebody else
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


async def test_pages_are_turned_from_the_composer_and_a_list_goes_on_with_one_mark(people: People) -> None:
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
