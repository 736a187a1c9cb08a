"""The lines between days, and going to a day.

Needs a browser: it checks what is in the viewport, and the date field is the browser's.
"""

import datetime
import re
from pathlib import Path

import apsw
from playwright.async_api import Locator, expect

from tests.browser.people import People

DAY = 86_400_000


def ages(folder: Path, last: int, days: int) -> None:
    """Move the events of the lobby up to seq `last` some days back. The server must not run."""
    log = apsw.Connection(str(folder / "parley.db"))
    log.execute("UPDATE events SET at = at - ? WHERE room = 1 AND seq <= ?", (days * DAY, last))
    log.close()


async def test_each_day_has_a_line_and_can_be_gone_to(people: People) -> None:
    server = people.start_process()
    bob = await (await people.person("bob")).joins("lobby")
    ann = await people.program("ann")
    ends = [await ann.says(*(f"{day} {n}" for n in range(80))) for day in ("long ago", "yesterday", "today")]
    await ann.closes()
    server.stops()
    ages(server.folder, ends[0], 39)
    ages(server.folder, ends[1], 1)
    server.starts()
    reader = await people.second_device(bob)
    await expect(reader.log.get_by_role("separator", name="New")).to_be_in_viewport()
    date = reader.page.get_by_label("Go to a date").last
    now = datetime.datetime.now(datetime.UTC).astimezone()

    async def goes_to(days_ago: int) -> None:
        await date.fill((now - datetime.timedelta(days=days_ago)).strftime("%Y-%m-%d"))

    def day(name: str) -> Locator:
        return reader.log.get_by_role("button", name=name, exact=True)

    # The line with a day's date is shown when the reader goes to that day.
    await goes_to(1)
    await expect(reader.message("yesterday 0")).to_be_in_viewport()
    await expect(day("Yesterday")).to_be_in_viewport()
    await goes_to(0)
    await expect(reader.message("today 0")).to_be_in_viewport()
    await expect(day("Today")).to_be_in_viewport()
    await goes_to(40)
    await expect(reader.message("long ago 0")).to_be_in_viewport()
    long_ago = (now - datetime.timedelta(days=40)).strftime("%A, %-d %B %Y")
    await expect(day(long_ago).or_(day(long_ago[:-5].replace(",", "")))).to_be_in_viewport()

    # Going to a day without messages shows the first message after that day.
    await goes_to(20)
    await expect(reader.message("yesterday 0")).to_be_in_viewport()
    await reader.button(re.compile("To the newest messages")).click()
    await expect(reader.message("today 79")).to_be_in_viewport()
    # When the line of the day is out of view, the date is shown at the top.
    await reader.log.hover()
    await reader.page.mouse.wheel(0, -600)
    await expect(reader.button("Today").last).to_be_in_viewport()
    await expect(day("Today")).not_to_be_in_viewport()
