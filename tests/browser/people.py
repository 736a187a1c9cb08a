"""People with browsers, and their server.

The methods are named by what people do and see. Requests to other origins, errors in the console and pop-ups are
recorded, and fail the test at its end.
"""

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.browser.servers import DEADLINE, Program, Proxy, ServerProcess, fetch
from tests.server.server_fixture import Line, Serve

expect.set_options(timeout=DEADLINE * 1000)

PASSWORD: Final = "correct horse battery"

LAPTOP: Final[Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: Final[Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}

# The browser's own messages about failed and refused requests. `_answered` checks the refused ones.
OF_THE_NETWORK: Final = re.compile(
    r"^(Failed to load resource|WebSocket connection to '|net::ERR_|An unknown error occurred when fetching the script)"
)

CONTROLLED: Final = """() => new Promise((resolve) => {
  const look = () => { if (navigator.serviceWorker.controller) resolve(true); };
  navigator.serviceWorker.addEventListener("controllerchange", look);
  look();
})"""


class Person:
    """A person at a browser: a browser context of their own, and the current tab.

    Attributes:
        name: their name.
        page: the current tab.
        wrong: errors of their pages, requests to other origins, and pop-ups.
    """

    def __init__(self, name: str, context: BrowserContext, page: Page, url: str, proxy: Proxy | None = None) -> None:
        self.name = name
        self._proxy = proxy
        self.context = context
        self.page = page
        self.url = url
        self.wrong: list[str] = []
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._complained)
        context.on("weberror", lambda error: self._failed(str(error.error)))
        context.on("dialog", self._popped_up)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.url:
            self.wrong.append(f"asked elsewhere: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not urlsplit(response.url).path.startswith("/api/"):
            self.wrong.append(f"{response.status} for {response.url}")

    def _complained(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not OF_THE_NETWORK.match(message.text):
            self.wrong.append(f"{message.type}: {message.text}")

    def _failed(self, error: str) -> None:
        if not OF_THE_NETWORK.match(error):
            self.wrong.append(f"error: {error}")

    async def _popped_up(self, dialog: Any) -> None:
        self.wrong.append(f"a dialog: {dialog.message}")
        await dialog.dismiss()

    # Entering --------------------------------------------------------------------------------------------------------

    async def opens(self, path: str = "/") -> None:
        await self.page.goto(self.url + path)

    async def comes(self, path: str = "/") -> "Person":
        """Enter as a guest, as on a first visit."""
        await self.opens(path)
        await self.field("Your name").fill(self.name)
        await self.page.keyboard.press("Enter")
        await self.is_in("lobby")
        return self

    async def registers(self, invitation: str = "") -> "Person":
        """Make an account by the HTTP API; the browser keeps its cookie."""
        body = {"name": self.name, "password": PASSWORD} | ({"invitation": invitation} if invitation else {})
        headers = {"Origin": self.url}
        answer = await fetch(self.context.request, f"{self.url}/api/accounts", "POST", data=body, headers=headers)
        assert answer.ok, await answer.text()
        return self

    async def joins(self, room: str) -> "Person":
        """Make an account and join a room, without opening it."""
        await self.registers()
        await self.asks("PUT", f"/api/rooms/{room}/members/me")
        return self

    async def is_known(self, path: str = "/r/lobby") -> "Person":
        """Make an account and open the lobby."""
        await self.joins("lobby")
        await self.opens(path)
        await self.is_in("lobby")
        return self

    async def signs_in(self, password: str = PASSWORD) -> None:
        """Sign in by the form of the page that is open."""
        await self.button("Sign in").first.click()
        await self.field("Your name").fill(self.name)
        await self.field("Password").fill(password)
        await self.page.keyboard.press("Enter")

    async def asks(self, method: str, path: str, body: object = None) -> Any:
        """Make a request to the HTTP API with this browser's cookie."""
        headers = {"Origin": self.url} | ({} if body is None else {"Content-Type": "application/json"})
        data = None if body is None else json.dumps(body)
        answer = await fetch(self.context.request, self.url + path, method, headers=headers, data=data)
        assert answer.ok, await answer.text()
        text = await answer.text()
        return json.loads(text) if text else None

    async def has_read(self, room: str = "lobby") -> None:
        """Wait until the server reports no unread messages in a room."""
        await self.page.evaluate(
            """async (room) => {
              while ((await (await fetch(`/api/rooms/${room}`)).json()).unread !== 0)
                await new Promise((resolve) => setTimeout(resolve, 20));
            }""",
            room,
        )

    async def is_in(self, room: str) -> None:
        """Wait until the room is open, with its composer."""
        await expect(self.page.get_by_role("heading", name=room, level=1)).to_be_visible()
        await expect(self.composer).to_be_visible()

    async def reloads(self) -> None:
        await self.page.reload()

    async def reopens(self, path: str = "/") -> None:
        """Close the tab, and open another."""
        await self.page.close()
        self.page = await self.context.new_page()
        await self.opens(path)

    async def tab(self, path: str = "/") -> "Person":
        """Open another tab of the same person."""
        other = Person.__new__(Person)
        other.name, other.context, other.url, other.wrong = self.name, self.context, self.url, self.wrong
        other._proxy = self._proxy
        other.page = await self.context.new_page()
        await other.opens(path)
        return other

    # The page's elements ---------------------------------------------------------------------------------------------

    @property
    def composer(self) -> Locator:
        return self.page.locator("#composer textarea")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def messages(self) -> Locator:
        return self.log.get_by_role("article")

    @property
    def rooms(self) -> Locator:
        return self.page.locator("#rooms")

    def room(self, name: str) -> Locator:
        """The room's row in the list."""
        return self.rooms.locator(f'a[data-row]:has([title="{name}"])')

    def message(self, text: str) -> Locator:
        """The message with a paragraph, or a line of code, of exactly this text."""
        return self.messages.filter(has=self.page.get_by_text(text, exact=True))

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    async def picks(self, menu: str, item: str) -> None:
        """Open a menu, and choose an item."""
        await self.page.get_by_role("button", name=re.compile(f"{menu}$")).click()
        role: Literal["menuitem", "menuitemradio"]
        for role in ("menuitem", "menuitemradio"):
            found = self.page.get_by_role(role, name=item, exact=True)
            if await found.count():
                return await found.click()
        raise AssertionError(f"{menu} has no {item}: {await self.page.get_by_role('menu').inner_text()}")

    # Messages --------------------------------------------------------------------------------------------------------

    async def types(self, text: str) -> None:
        await self.composer.fill(text)

    async def says(self, *texts: str) -> None:
        """Write and send messages, one after the other, without waiting."""
        for text in texts:
            await self.composer.fill(text)
            await self.composer.press("Enter")

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await expect(self.message(text)).to_have_count(1)

    async def sees_line(self, text: str | re.Pattern[str]) -> None:
        """Wait for a line of the log that is not a message."""
        await expect(self.log.get_by_text(text).first).to_be_visible()

    async def sees_in_order(self, *texts: str) -> None:
        """Wait for these messages, each once, and check their order."""
        await self.sees(*texts)
        shown = await self.messages.locator("p").all_inner_texts()
        assert [text for text in shown if text in texts] == list(texts)

    async def sees_status(self, text: str, words: str | re.Pattern[str]) -> None:
        """Wait for the status of a message of this person."""
        own = self.message(text)
        if isinstance(words, str):
            words = re.compile(re.escape(words))
        await expect(
            own.locator(":is(button, [role=img])[aria-label][title]:not([data-actions] *)").last
        ).to_have_attribute("aria-label", words)

    async def says_to(self, room: str, *texts: str) -> None:
        await self.goes_to(room)
        await self.says(*texts)

    async def goes_to(self, room: str) -> None:
        await self.room(room).click()
        await self.is_in(room)

    async def loses_the_network(self) -> None:
        """Cut the connection to the server, and all further ones. Needs `proxy=True`."""
        assert self._proxy is not None
        self._proxy.cuts()
        await self.context.set_offline(True)

    async def has_the_network_again(self) -> None:
        assert self._proxy is not None
        self._proxy.mends()
        await self.context.set_offline(False)

    async def knows_it_is_alone(self) -> None:
        await expect(self.page.get_by_role("region", name="Not connected.")).to_be_visible()

    async def knows_it_is_back(self) -> None:
        await expect(self.page.get_by_role("region", name="Not connected.")).to_have_count(0)

    async def tries_now(self) -> None:
        """Press "Try now", unless the page has reconnected by itself."""
        await self.button("Try now").evaluate_all("(buttons) => buttons.forEach((button) => button.click())")

    async def holds(self, place: Locator) -> None:
        """Long-press an element until a menu is open, and lift the finger."""
        await place.scroll_into_view_if_needed()
        box = await place.bounding_box()
        assert box is not None
        finger = await self.context.new_cdp_session(self.page)
        point = {"x": box["x"] + min(60, box["width"] / 2), "y": box["y"] + box["height"] / 2}
        await finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        await expect(self.menu).to_be_visible()
        await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await finger.detach()

    @property
    def menu(self) -> Locator:
        return self.page.get_by_role("menu")

    async def looks_away(self) -> None:
        """Take the focus from the page and leave it visible, as another window in front does."""
        await self.page.evaluate("() => { document.hasFocus = () => false; dispatchEvent(new Event('blur')); }")

    async def looks_here(self) -> None:
        """Give the page the focus back."""
        await self.page.evaluate("() => { delete document.hasFocus; dispatchEvent(new Event('focus')); }")

    # Checks ---------------------------------------------------------------------------------------------------------

    async def is_kept(self) -> None:
        """Check that the service worker has stored the page, so that it opens without a server."""
        assert await self.page.evaluate(CONTROLLED)

    async def focus_is_somewhere(self) -> str:
        """Return the focused element; fail if there is none."""
        where = (
            "() => document.activeElement?.tagName + ' ' + (document.activeElement?.getAttribute('aria-label') ?? '')"
        )
        found: str = await self.page.evaluate(where)
        assert not found.startswith("BODY"), "the focus is lost"
        return found

    async def fits(self) -> None:
        """Check that the page has no horizontal overflow."""
        over = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await self.page.evaluate(over) <= 0


class Server(Protocol):
    """The part of a server that `People` uses."""

    port: int

    async def invitation(self, *, role: str) -> str: ...

    async def close(self) -> None: ...


class People:
    """The people of one server, which is started when the first of them needs it.

    Each test has a server and a database of its own, so that counts are exact and names are short. The server runs in
    the event loop of the test; only a test that kills or stops the server, or reads its files, needs a process
    (`start_process`).

    Args:
        browser: each person gets a context in it.
        serve: starts a server in this loop.
        folder: the folder of server processes.
    """

    def __init__(self, browser: Browser, serve: Serve, folder: Path) -> None:
        self._browser = browser
        self._serve = serve
        self._folder = folder
        self._server: Server | None = None
        self._people: list[Person] = []
        self._proxies: list[Proxy] = []

    async def serve(self, **options: Any) -> None:
        """Start the server with options of the configuration."""
        assert self._server is None, "there is a server already"
        self._server = await self._serve(**{"rate_messages": 0.0, **options})

    def start_process(self) -> ServerProcess:
        """Start the server in a process of its own, which can be killed."""
        assert self._server is None, "there is a server already"
        self._server = server = ServerProcess(self._folder / "server")
        return server

    async def server(self) -> Server:
        """Return the server; start it if needed."""
        if self._server is None:
            await self.serve()
        assert self._server is not None
        return self._server

    async def owner_code(self) -> str:
        """Return an invitation that makes an owner's account, like the one that a new server prints."""
        return await (await self.server()).invitation(role="owner")

    async def person(self, name: str, *, proxy: bool = False, **options: Any) -> Person:
        """A person with a browser of their own and an empty page.

        Args:
            name: their name.
            proxy: whether a proxy that can cut the connection is between them and the server.
            options: playwright's, for instance `locale` or `color_scheme`.
        """
        port = (await self.server()).port
        between = None
        if proxy:
            between = Proxy(port)
            self._proxies.append(between)
            await between.opens()
            port = between.port
        settings: dict[str, Any] = {**LAPTOP, "locale": "en-GB", "reduced_motion": "reduce"}
        context = await self._browser.new_context(**{**settings, **options})
        context.set_default_timeout(DEADLINE * 1000)
        person = Person(name, context, await context.new_page(), f"http://127.0.0.1:{port}", between)
        self._people.append(person)
        return person

    async def guest(self, name: str, **options: Any) -> Person:
        """A person in the lobby, without an account."""
        return await (await self.person(name, **options)).comes()

    async def member(self, name: str, **options: Any) -> Person:
        """A person in the lobby, with an account."""
        return await (await self.person(name, **options)).is_known()

    async def owner(self, name: str, **options: Any) -> Person:
        """The server's owner, in the lobby."""
        person = await self.person(name, **options)
        await person.registers(await self.owner_code())
        await person.asks("PUT", "/api/rooms/lobby/members/me")
        await person.opens("/r/lobby")
        await person.is_in("lobby")
        return person

    async def second_device(self, person: Person, **options: Any) -> Person:
        """Another browser of a person who has an account."""
        other = await self.person(person.name, **options)
        body = {"name": person.name, "password": PASSWORD}
        headers = {"Origin": other.url}
        answer = await fetch(other.context.request, f"{other.url}/api/session", "POST", data=body, headers=headers)
        assert answer.ok, await answer.text()
        await other.opens("/r/lobby")
        await other.is_in("lobby")
        return other

    async def line(self, name: str) -> Line:
        """A user of netcat."""
        line = Line(*await asyncio.open_connection("127.0.0.1", (await self.server()).port, limit=1 << 20))
        await line.says(name)
        return line

    async def program(self, name: str, room: str = "lobby") -> Program:
        """A guest in a room, as a program that speaks the web protocol."""
        return await Program.guest((await self.server()).port, name, room)

    async def close(self) -> list[str]:
        """Close the browsers, and the server if it is a process. Return the recorded errors."""
        for person in self._people:
            shots = os.environ.get("PARLEY_TEST_SHOTS")
            if shots and not person.page.is_closed():
                try:
                    await person.page.screenshot(path=Path(shots) / f"{self._folder.name}-{person.name}.png")
                except Exception:
                    pass
            await person.context.close()
        for proxy in self._proxies:
            await proxy.closes()
        if isinstance(self._server, ServerProcess):
            await self._server.close()
        return [f"{person.name}: {wrong}" for person in self._people for wrong in person.wrong]
