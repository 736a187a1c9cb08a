"""The status of the user's own messages: without a connection, without a server, and in two tabs.

Needs a browser: the outbox is in the browser's storage, shared by tabs, and outlives the page.
"""

import re

from playwright.async_api import expect

from tests.browser.people import People


async def test_a_message_shows_stored_delivered_and_read(people: People) -> None:
    bob, ann, cat = await people.member("bob"), await people.member("ann"), await people.member("cat")
    await cat.page.close()
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await ann.goes_to("tea")
    await bob.says("who is there?")
    await bob.sees_status("who is there?", "Stored, delivered to 1 of 2")
    await ann.goes_to("lobby")
    await bob.sees_status("who is there?", "Read by 1 of 2, delivered to 1")
    await bob.message("who is there?").get_by_role("button", name=re.compile("Read by")).click()
    await expect(bob.page.get_by_role("list", name="Read by").get_by_text("ann")).to_be_visible()
    await bob.page.keyboard.press("Escape")
    cat.page = await cat.context.new_page()
    await cat.opens("/r/lobby")
    await bob.sees_status("who is there?", "Read by 2 of 2, delivered to 2")


async def test_without_a_connection_nobody_is_shown_as_online(people: People) -> None:
    bob, _ = await people.guest("bob", proxy=True), await people.guest("ann")
    panel = bob.page.get_by_role("complementary", name="People")
    await expect(panel.get_by_role("heading", name="Online – 2")).to_be_visible()
    await bob.loses_the_network()
    await bob.knows_it_is_alone()
    await expect(panel.get_by_role("heading", name="2 people")).to_be_visible()
    await expect(panel.get_by_text("Online")).to_have_count(0)
    await expect(panel.locator("[class*=online]")).to_have_count(0)
    await bob.has_the_network_again()
    await bob.knows_it_is_back()
    await expect(panel.get_by_role("heading", name="Online – 2")).to_be_visible()


async def test_messages_written_without_a_connection_are_sent_later(people: People) -> None:
    bob, ann = await people.guest("bob", proxy=True), await people.guest("ann")
    await bob.is_kept()
    await bob.says("seen before")
    await bob.sees_status("seen before", "Read by 1 of 1")
    await bob.loses_the_network()
    await bob.knows_it_is_alone()
    await bob.says("one", "two", "three")
    await bob.sees_status("three", "Waiting to be sent.")

    await bob.reopens("/r/lobby")
    await bob.sees_in_order("seen before", "one", "two", "three")
    await bob.sees_status("one", "Waiting to be sent.")
    await bob.says("four")
    await bob.sees_status("four", "Waiting to be sent.")
    await expect(ann.message("one")).to_have_count(0)

    await bob.has_the_network_again()
    await ann.sees_in_order("seen before", "one", "two", "three", "four")
    await bob.sees_status("four", "Read by 1 of 1")
    await bob.sees_in_order("seen before", "one", "two", "three", "four")
    await bob.knows_it_is_back()


async def test_a_message_written_while_the_server_is_down_is_sent_later(people: People) -> None:
    server = people.start_process()
    bob, ann = await people.guest("bob"), await people.guest("ann")
    await bob.says("before")
    await ann.sees("before")
    await bob.composer.press_sequentially("half a ")
    server.dies()
    await bob.knows_it_is_alone()
    await bob.composer.press_sequentially("sentence")
    await bob.page.keyboard.press("Enter")
    await bob.sees_status("half a sentence", "Waiting to be sent.")
    server.starts()
    for each in (bob, ann):
        await each.tries_now()
        await each.sees_in_order("before", "half a sentence")
    await bob.sees_status("half a sentence", "Read by 1 of 1")


async def test_messages_in_flight_when_the_server_is_killed_arrive_once(people: People) -> None:
    server = people.start_process()
    bob, ann = await people.guest("bob"), await people.guest("ann")
    texts = [f"word {n}" for n in range(30)]
    await bob.says(*texts[:15])
    server.dies()
    await bob.says(*texts[15:])
    server.starts()
    await ann.sees_in_order(*texts)
    await bob.sees_in_order(*texts)
    await bob.sees_status("word 29", re.compile("^(Stored|Read)"))


async def test_two_tabs_send_each_message_once(people: People) -> None:
    one, ann = await people.guest("bob", proxy=True), await people.guest("ann")
    two = await one.tab("/r/lobby")
    for tab in (one, two):
        await tab.sees_line("came in")
    await one.loses_the_network()
    for tab in (one, two):
        await tab.knows_it_is_alone()
    await one.says("from the first")
    await one.sees_status("from the first", "Waiting to be sent.")
    await two.sees_status("from the first", "Waiting to be sent.")
    await two.says("from the second")
    await one.sees("from the second")
    await one.page.close()
    await two.has_the_network_again()
    await ann.sees_in_order("from the first", "from the second")
    await two.sees_in_order("from the first", "from the second")
    await two.sees_status("from the second", "Read by 1 of 1")
    one.page = two.page


async def test_seen_messages_can_be_read_without_a_server(people: People) -> None:
    server = people.start_process()
    bob = await people.guest("bob")
    ann = await people.program("ann")
    await bob.is_kept()
    await ann.says(*(f"m {n}" for n in range(120)))
    await bob.sees("m 119")
    await bob.has_read()
    await ann.closes()
    server.dies()
    await bob.reopens("/r/lobby")
    await bob.sees("m 119")
    await bob.log.hover()
    await bob.page.mouse.wheel(0, -1000)
    await expect(bob.message("m 90")).to_be_attached()
    await bob.knows_it_is_alone()
    await expect(bob.page.get_by_text(re.compile("Next try in"))).to_be_visible()
    server.starts()
    await bob.tries_now()
    await bob.knows_it_is_back()


async def test_a_refused_message_shows_the_reason_and_can_be_discarded(people: People) -> None:
    ann, bob = await people.member("ann"), await people.guest("bob", proxy=True)
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await bob.goes_to("tea")
    await bob.loses_the_network()
    await bob.knows_it_is_alone()
    await bob.says("too late")
    await bob.sees_status("too late", "Waiting to be sent.")
    await ann.asks("PUT", "/api/rooms/tea/mutes/bob", {})
    await bob.has_the_network_again()
    await expect(bob.page.get_by_text("You are muted in this room.").first).to_be_visible()
    await bob.button("Discard").click()
    await expect(bob.message("too late")).to_have_count(0)


async def test_a_refused_message_is_edited_in_the_composer(people: People) -> None:
    ann, bob = await people.member("ann"), await people.guest("bob")
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await bob.goes_to("tea")
    await ann.asks("PATCH", "/api/rooms/tea", {"slow": 300})
    await bob.says("first", "second\u2028of two lines")
    await expect(bob.button("Edit")).to_be_visible()
    await bob.types("and more")
    await bob.button("Edit").click()
    await expect(bob.composer).to_have_value("second\nof two lines\nand more")
    await expect(bob.button("Edit")).to_have_count(0)
    await ann.asks("PATCH", "/api/rooms/tea", {"slow": 0})
    await bob.composer.press("Enter")
    await expect(bob.messages.filter(has_text="of two lines")).to_have_count(1)
    await expect(bob.composer).to_have_value("")


async def test_a_message_discarded_in_one_tab_is_gone_in_the_other(people: People) -> None:
    ann, bob = await people.member("ann"), await people.guest("bob", proxy=True)
    await ann.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.asks("PUT", "/api/rooms/tea/members/me")
    await bob.goes_to("tea")
    await bob.loses_the_network()
    await bob.knows_it_is_alone()
    await bob.says("too late")
    await bob.sees_status("too late", "Waiting to be sent.")
    await ann.asks("PUT", "/api/rooms/tea/mutes/bob", {})
    await bob.has_the_network_again()
    await expect(bob.page.get_by_text("You are muted in this room.").first).to_be_visible()
    other = await bob.tab("/r/tea")
    await expect(other.message("too late")).to_have_count(1)
    await other.button("Discard").click()
    await expect(other.message("too late")).to_have_count(0)
    await expect(bob.message("too late")).to_have_count(0)
    await other.reloads()
    await expect(other.page.get_by_role("heading", name="tea", level=1)).to_be_visible()
    await expect(other.message("too late")).to_have_count(0)
