"""What is shown to somebody who looks elsewhere."""

import asyncio
import re

from playwright.async_api import expect

from tests.browser.stage import DEADLINE, Person, Stage

SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map((each) => `${each.title}: ${each.body}`);
}"""

# The system's notifications tell of no change: they are looked at again in each frame.
SHOWS = f"""async (wanted) => {{
  const shown = {SHOWN};
  while (JSON.stringify(await shown()) !== JSON.stringify(wanted)) await new Promise(requestAnimationFrame);
}}"""


async def looks_away(person: Person) -> None:
    await person.page.evaluate("() => { document.hasFocus = () => false; dispatchEvent(new Event('blur')); }")


async def wants_notices(person: Person) -> None:
    await person.is_kept()
    await person.picks("Your menu", "Settings")
    await person.dialog.get_by_role("tab", name="Notifications").click()
    await person.dialog.get_by_role("button", name="Turn on").click()
    await expect(person.dialog.get_by_text("They are on.")).to_be_visible()
    await person.page.keyboard.press("Escape")


async def shows(person: Person, *wanted: str) -> None:
    async with asyncio.timeout(DEADLINE):
        await person.page.evaluate(SHOWS, list(wanted))


async def test_notices_by_level_and_hours(stage: Stage) -> None:
    bob = await stage.member("bob", permissions=["notifications"])
    ann = await stage.server.program("ann")
    await wants_notices(bob)
    await looks_away(bob)
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


async def test_nobody_is_disturbed_who_looks(stage: Stage) -> None:
    bob = await stage.member("bob", permissions=["notifications"])
    ann = await stage.server.program("ann")
    await wants_notices(bob)
    await ann.says("hey @bob")
    await bob.sees("hey @bob")
    await expect(bob.page).not_to_have_title(re.compile(r"^\("))
    assert await bob.page.evaluate(SHOWN) == []
    await ann.closes()
