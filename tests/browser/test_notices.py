"""Notifications while the page does not have the focus.

Needs a browser: notifications, the tab's title and its icon are the browser's.
"""

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.browser.people import DEADLINE, People, Person

pytestmark = pytest.mark.windows

SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map((each) => `${each.title}: ${each.body}`);
}"""

WHERE_TO = """async () => {
  const [notice] = await (await navigator.serviceWorker.ready).getNotifications();
  return notice.data;
}"""

# Chromium loses a notification if `getNotifications` is called while it is being shown. So the tests call it after this
# page has shown one, and every 500 ms for those of other tabs.
COUNT = """() => {
  if (window.shownHere !== undefined) return;
  window.shownHere = 0;
  const { showNotification } = ServiceWorkerRegistration.prototype;
  ServiceWorkerRegistration.prototype.showNotification = async function (...given) {
    await showNotification.apply(this, given);
    window.shownHere += 1;
  };
}"""

SHOWS = f"""async (wanted) => {{
  const shown = {SHOWN};
  const isSame = async () => JSON.stringify(await shown()) === JSON.stringify(wanted);
  for (let before = 0, asked = performance.now(); ; await new Promise(requestAnimationFrame)) {{
    if ((window.shownHere ?? 0) === before && performance.now() < asked + 500) continue;
    [before, asked] = [window.shownHere ?? 0, performance.now()];
    if (await isSame()) return;
  }}
}}"""


async def wants_notices(person: Person) -> None:
    await person.is_kept()
    await person.page.evaluate(COUNT)
    await person.picks("Your menu", "Settings")
    await person.dialog.get_by_role("tab", name="Notifications").click()
    await person.dialog.get_by_role("button", name="Turn on").click()
    await expect(person.dialog.get_by_text("They are on.")).to_be_visible()
    await person.page.keyboard.press("Escape")


async def shows(person: Person, *wanted: str) -> None:
    async with asyncio.timeout(DEADLINE):
        await person.page.evaluate(SHOWS, list(wanted))


async def test_notifications_follow_the_rooms_level_and_the_quiet_hours(people: People) -> None:
    bob = await people.member("bob", permissions=["notifications"])
    ann = await people.program("ann")
    await wants_notices(bob)
    await bob.looks_away()
    await ann.says("nothing of note", "hey @bob")
    await bob.sees("hey @bob")
    await shows(bob, "ann in #lobby: hey @bob")
    await expect(bob.page).to_have_title(re.compile(r"^\(1\)"))

    await bob.picks("Notifications", "Every message")
    await ann.says("of note")
    await shows(bob, "ann in #lobby: of note")
    await bob.picks("Notifications", "Nothing")
    await ann.says("hush @bob")
    await bob.sees("hush @bob")
    await shows(bob, "ann in #lobby: of note")

    await bob.picks("Notifications", "Every message")
    await bob.asks("PATCH", "/api/me", {"hours": {"begin": 0, "end": 1439}})
    await bob.page.evaluate("() => { Date.prototype.getHours = () => 12; }")
    await ann.says("at night")
    await bob.sees("at night")
    await shows(bob, "ann in #lobby: of note")
    await ann.closes()


async def test_a_focused_page_shows_no_notification(people: People) -> None:
    bob = await people.member("bob", permissions=["notifications"])
    ann = await people.program("ann")
    await wants_notices(bob)
    await ann.says("hey @bob")
    await bob.sees("hey @bob")
    await bob.has_read()
    await expect(bob.page).not_to_have_title(re.compile(r"^\("))
    assert await bob.page.evaluate(SHOWN) == []
    await ann.closes()


async def test_quiet_hours_apply_on_every_device(people: People) -> None:
    bob = await people.member("bob", permissions=["notifications"])
    other = await people.second_device(bob)
    ann = await people.program("ann")
    await wants_notices(bob)
    await bob.picks("Your menu", "Settings")
    await bob.dialog.get_by_role("tab", name="Notifications").click()
    await expect(bob.dialog.get_by_label("From")).to_have_count(0)
    await bob.dialog.get_by_label("Do not disturb").click()
    await expect(bob.dialog.get_by_label("From")).to_have_value("22:00")
    await bob.dialog.get_by_label("From").fill("00:00")
    await bob.dialog.get_by_label("to", exact=True).fill("23:59")
    await bob.page.keyboard.press("Escape")
    await other.picks("Your menu", "Settings")
    await other.dialog.get_by_role("tab", name="Notifications").click()
    await expect(other.dialog.get_by_label("to", exact=True)).to_have_value("23:59")
    await expect(other.dialog.get_by_label("From")).to_have_value("00:00")
    await bob.page.evaluate("() => { Date.prototype.getHours = () => 12; }")
    await bob.looks_away()
    await ann.says("hey @bob")
    await bob.sees("hey @bob")
    # In quiet hours the title still shows the number of unread mentions.
    await expect(bob.page).to_have_title(re.compile(r"^\(1\)"))
    assert await bob.page.evaluate(SHOWN) == []

    await other.dialog.get_by_label("Do not disturb").click()
    await expect(other.dialog.get_by_label("From")).to_have_count(0)
    await ann.says("psst @bob")
    await shows(bob, "ann in #lobby: psst @bob")
    await ann.closes()


async def test_title_and_icon_show_a_dot_for_messages_and_a_number_for_mentions(people: People) -> None:
    bob = await people.member("bob")
    ann = await people.member("ann")
    icon = bob.page.locator('link[rel="icon"]')
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.goes_to("tea")
    plain = await icon.get_attribute("href") or ""
    await expect(bob.page).to_have_title("#tea – Parley")
    await ann.says("nothing of note")
    await expect(bob.page).to_have_title("• #tea – Parley")
    await expect(icon).to_have_attribute("href", re.compile("^data:image/png"))
    dot = await icon.get_attribute("href") or ""
    await ann.says("hey @bob", "and again @bob")
    await expect(bob.page).to_have_title("(2) #tea – Parley")
    await expect(icon).not_to_have_attribute("href", dot)
    await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"})
    await expect(bob.page).to_have_title("(3) #tea – Parley")

    # The title does not count mentions in a room with the level "nothing".
    await bob.asks("PATCH", "/api/rooms/lobby/preferences", {"level": "nothing"})
    await expect(bob.page).to_have_title("(1) #tea – Parley")
    await bob.room("ann").click()
    await bob.sees("psst")
    await expect(bob.page).to_have_title("ann – Parley")
    await expect(icon).to_have_attribute("href", re.compile(re.escape(plain) + "$"))


async def test_a_notification_leads_to_its_message(people: People) -> None:
    bob = await people.member("bob", permissions=["notifications"])
    await bob.asks("POST", "/api/rooms", {"name": "tea"})
    await bob.goes_to("tea")
    ann = await people.program("ann")
    await wants_notices(bob)
    await bob.looks_away()
    seq = await ann.says("**hey** @bob, ||the butler||")
    # A notification must not show hidden text, because it may appear on a locked screen.
    await shows(bob, "ann in #lobby: hey @bob, …")
    path: str = await bob.page.evaluate(WHERE_TO)
    assert path == f"/r/lobby/{seq}"
    await ann.closes()
