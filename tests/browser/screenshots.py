"""Take the pictures of the page that the documentation shows: `python -m tests.browser.screenshots [NAME ...]`.

It takes each screen in light, in dark and on a phone, from a server with connected people, and writes the pictures to
docs/screenshots/.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, async_playwright, expect

from tests.browser.chromium import MISSING, launch
from tests.browser.people import LAPTOP, PASSWORD, PHONE, Person
from tests.browser.sample_data import NOW, PEOPLE, ZONE, SampleServer, quantise
from tests.browser.servers import fetch
from tools import chromium

FOLDER: Final = Path(__file__).parent.parent.parent / "docs" / "screenshots"

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": LAPTOP,
    "dark": {**LAPTOP, "color_scheme": "dark"},
    "phone": PHONE,
}

HERE: Final = ("bo", "cleo", "esther", "noor", "yuki")

Screen = Callable[[Person], Awaitable[None]]


async def opens(ann: Person, path: str, room: str) -> None:
    await ann.opens(path)
    await ann.is_in(room)
    await expect(ann.messages.last).to_be_visible()


def is_phone(person: Person) -> bool:
    size = person.page.viewport_size
    return size is not None and size["width"] < 600


async def panel(ann: Person, name: str) -> None:
    await ann.page.evaluate("(name) => { location.hash = name; }", name)
    await expect(ann.dialog).to_be_visible()
    await expect(ann.dialog.get_by_text("Loading")).to_have_count(0)


async def conversation(ann: Person) -> None:
    await opens(ann, "/r/lobby", "lobby")
    await expect(ann.log.get_by_text("And there is cake", exact=False)).to_be_visible()


async def rooms(ann: Person) -> None:
    if is_phone(ann):
        await ann.opens("/")
        await expect(ann.room("lobby")).to_be_visible()
    else:
        await opens(ann, "/r/release", "release")


async def direct(ann: Person) -> None:
    await ann.opens("/")
    await ann.room("bo").click()
    await expect(ann.messages.last).to_be_visible()


async def empty(ann: Person) -> None:
    await ann.opens("/r/help")
    await ann.is_in("help")


async def writing(ann: Person) -> None:
    await opens(ann, "/r/lobby", "lobby")
    await ann.composer.press_sequentially("Yes, **by one**. Thank you @")
    await expect(ann.page.get_by_role("option").first).to_be_visible()


async def emoji(ann: Person) -> None:
    await opens(ann, "/r/lobby", "lobby")
    await ann.button("Emoji").click()
    await expect(ann.page.get_by_label("Search emoji")).to_be_visible()


async def palette(ann: Person) -> None:
    await opens(ann, "/r/lobby", "lobby")
    await panel(ann, "palette")
    await ann.page.keyboard.type("e")


async def person(ann: Person) -> None:
    await opens(ann, "/r/lobby", "lobby")
    people: Any = await ann.asks("GET", "/api/users/bo")
    await panel(ann, f"person/{people.get('user', people)['id']}")


async def people(ann: Person) -> None:
    await opens(ann, "/r/lobby", "lobby")
    if is_phone(ann):
        await ann.button(re.compile("in this room")).click()
    await expect(ann.page.get_by_role("complementary", name="People").get_by_text("Bo Lindqvist")).to_be_visible()


def over(name: str) -> Screen:
    async def show(ann: Person) -> None:
        await opens(ann, "/r/lobby", "lobby")
        await panel(ann, name)

    return show


SCREENS: Final[dict[str, Screen]] = {
    "conversation": conversation,
    "rooms": rooms,
    "direct": direct,
    "empty": empty,
    "writing": writing,
    "emoji": emoji,
    "palette": palette,
    "shortcuts": over("shortcuts"),
    "settings": over("settings/look"),
    "account": over("settings/account"),
    "room-settings": over("room/order"),
    "browse": over("browse"),
    "invite": over("invite"),
    "person": person,
    "people": people,
    "admin": over("admin/users"),
    "audit": over("admin/audit"),
}


class Photographer:
    """Takes the pictures.

    Attributes:
        wanted: names of the screens; empty means all.
    """

    def __init__(self, browser: Browser, server: SampleServer, wanted: set[str]) -> None:
        self._browser = browser
        self._server = server
        self.wanted = wanted

    async def visitor(self, name: str, **options: Any) -> Person:
        """A person with a browser, signed in if they have an account."""
        settings: dict[str, Any] = {"locale": "en-GB", "timezone_id": ZONE, "reduced_motion": "reduce", **options}
        context = await self._browser.new_context(**settings)
        context.set_default_timeout(10_000)
        await context.clock.set_system_time(NOW)
        # The page has no focus, so that unread messages stay unread from picture to picture.
        await context.add_init_script("document.hasFocus = () => false")
        person = Person(name, context, await context.new_page(), self._server.url)
        if name in PEOPLE:
            body = {"name": name, "password": PASSWORD}
            answer = await fetch(
                context.request, f"{person.url}/api/session", "POST", data=body, headers={"Origin": person.url}
            )
            assert answer.ok, await answer.text()
        return person

    async def takes(self, person: Person, name: str) -> None:
        """Take a picture after all animations have ended."""
        path = FOLDER / f"{name}.png"
        await person.page.evaluate("() => document.fonts.ready")
        await person.page.wait_for_load_state("networkidle")
        await person.page.mouse.move(0, 0)
        await person.page.screenshot(path=path, animations="disabled", caret="hide")
        quantise(path)
        print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)

    async def goes_on(self) -> None:
        """Take all the pictures."""
        for look, options in LOOKS.items():
            if self._wants("entry"):
                stranger = await self.visitor("stranger", **options)
                await stranger.opens()
                await expect(stranger.field("Your name")).to_be_visible()
                await self.takes(stranger, f"entry-{look}")
                await stranger.context.close()
            ann = await self.visitor("ann", **options)
            for name, screen in SCREENS.items():
                if self._wants(name):
                    await screen(ann)
                    await self.takes(ann, f"{name}-{look}")
                    if name == "writing":
                        await ann.composer.fill("")
            if self._wants("offline"):
                await self._offline(ann, look)
            await ann.context.close()
        if self._wants("german"):
            yuki = await self.visitor("yuki", **{**LAPTOP, "locale": "de-DE"})
            await opens(yuki, "/r/lobby", "lobby")
            await self.takes(yuki, "german")
            await yuki.context.close()
        if self._wants("right-to-left"):
            await self._right_to_left()

    async def _right_to_left(self) -> None:
        await self._server.says("noor", "reading", "الفصل الثالث أجمل ما قرأت هذا العام، خصوصا `gethen` والجليد 🧊")
        await self._server.says("esther", "reading", "פרק ארבע עוד יותר יפה! @noor")
        await self._server.says("noor", "reading", "> פרק ארבע עוד יותר יפה!\nسأقرأه الليلة.\n1. الشاي\n2. الكتاب")
        noor = await self.visitor("noor", **LAPTOP)
        await noor.page.add_init_script("document.documentElement.dir = 'rtl'")
        await opens(noor, "/r/reading", "reading")
        await noor.page.evaluate("document.documentElement.dir = 'rtl'")
        await self.takes(noor, "right-to-left")
        await noor.context.close()

    async def _offline(self, ann: Person, look: str) -> None:
        await opens(ann, "/r/release", "release")
        await ann.is_kept()
        self._server.process.dies()
        await expect(ann.page.get_by_role("region", name="Not connected.")).to_be_visible()
        for text in ("I am on the train, and write on in the tunnel.", "The notes are fine: send them."):
            await ann.composer.fill(text)
            await ann.button("Send").click()
        await expect(ann.message("The notes are fine: send them.")).to_be_visible()
        await self.takes(ann, f"offline-{look}")
        self._server.process.starts()
        await self._server.are_here(*HERE)

    def _wants(self, name: str) -> bool:
        return not self.wanted or name in self.wanted


async def main() -> None:
    if not chromium.find():
        sys.exit(f"The pictures can't be taken: {MISSING}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        with tempfile.TemporaryDirectory() as folder:
            server = SampleServer(playwright, Path(folder) / "server")
            try:
                await server.begins()
                await server.are_here(*HERE)
                await server.read_on("bo", "esther", "yuki")
                await Photographer(browser, server, set(sys.argv[1:])).goes_on()
            finally:
                await server.close()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
