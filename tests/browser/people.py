"""People with browsers, and the server that they come to.

They are spoken of by what they do and see. Whatever a page asks of another origin, complains of, or pops up, is noted
and fails the test at its end.
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

# What the browser itself writes of a request that got nowhere or was refused. The latter are looked at apart.
OF_THE_NETWORK: Final = re.compile(
    r"^(Failed to load resource|WebSocket connection to '|net::ERR_|An unknown error occurred when fetching the script)"
)

CONTROLLED: Final = """() => new Promise((resolve) => {
  const look = () => { if (navigator.serviceWorker.controller) resolve(true); };
  navigator.serviceWorker.addEventListener("controllerchange", look);
  look();
})"""


class Person:
    """Somebody at a browser: a context of their own, and the page that they look at.

    Attributes:
        name: their name.
        page: the tab that they look at.
        wrong: what their pages did that pages of Parley never do.
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

    # Coming and going ------------------------------------------------------------------------------------------------

    async def opens(self, path: str = "/") -> None:
        await self.page.goto(self.url + path)

    async def comes(self, path: str = "/") -> "Person":
        """Come in as a guest, as on a first visit."""
        await self.opens(path)
        await self.field("Your name").fill(self.name)
        await self.page.keyboard.press("Enter")
        await self.is_in("lobby")
        return self

    async def registers(self, invitation: str = "") -> "Person":
        """Have an account, without the forms: the cookie is the browser's from now on."""
        body = {"name": self.name, "password": PASSWORD} | ({"invitation": invitation} if invitation else {})
        headers = {"Origin": self.url}
        answer = await fetch(self.context.request, f"{self.url}/api/accounts", "POST", data=body, headers=headers)
        assert answer.ok, await answer.text()
        return self

    async def joins(self, room: str) -> "Person":
        """Have an account, and be in a room, without looking at it."""
        await self.registers()
        await self.asks("PUT", f"/api/rooms/{room}/members/me")
        return self

    async def is_known(self, path: str = "/r/lobby") -> "Person":
        """Have an account and be in the lobby."""
        await self.joins("lobby")
        await self.opens(path)
        await self.is_in("lobby")
        return self

    async def signs_in(self, password: str = PASSWORD) -> None:
        """Sign in by the form, which is open."""
        await self.button("Sign in").first.click()
        await self.field("Your name").fill(self.name)
        await self.field("Password").fill(password)
        await self.page.keyboard.press("Enter")

    async def asks(self, method: str, path: str, body: object = None) -> Any:
        """Ask the HTTP API, as whoever is signed in here."""
        headers = {"Origin": self.url} | ({} if body is None else {"Content-Type": "application/json"})
        data = None if body is None else json.dumps(body)
        answer = await fetch(self.context.request, self.url + path, method, headers=headers, data=data)
        assert answer.ok, await answer.text()
        text = await answer.text()
        return json.loads(text) if text else None

    async def has_read(self, room: str = "lobby") -> None:
        """The server knows that nothing in a room is unread."""
        await self.page.evaluate(
            """async (room) => {
              while ((await (await fetch(`/api/rooms/${room}`)).json()).unread !== 0)
                await new Promise((resolve) => setTimeout(resolve, 20));
            }""",
            room,
        )

    async def is_in(self, room: str) -> None:
        """See the room open, with its composer, connected."""
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
        """Another tab of the same person."""
        other = Person.__new__(Person)
        other.name, other.context, other.url, other.wrong = self.name, self.context, self.url, self.wrong
        other._proxy = self._proxy
        other.page = await self.context.new_page()
        await other.opens(path)
        return other

    # What is on the page ---------------------------------------------------------------------------------------------

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
        """A room's row in the list."""
        return self.rooms.locator(f'a[data-row]:has([title="{name}"])')

    def message(self, text: str) -> Locator:
        """A message that has a paragraph, or a line of code, of exactly these words."""
        return self.messages.filter(has=self.page.get_by_text(text, exact=True))

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label, exact=True)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    async def picks(self, menu: str, item: str) -> None:
        """Open a menu, and choose from it."""
        await self.page.get_by_role("button", name=re.compile(f"{menu}$")).click()
        role: Literal["menuitem", "menuitemradio"]
        for role in ("menuitem", "menuitemradio"):
            found = self.page.get_by_role(role, name=item, exact=True)
            if await found.count():
                return await found.click()
        raise AssertionError(f"{menu} has no {item}: {await self.page.get_by_role('menu').inner_text()}")

    # Talking ---------------------------------------------------------------------------------------------------------

    async def types(self, text: str) -> None:
        await self.composer.fill(text)

    async def says(self, *texts: str) -> None:
        """Write and send, one after the other, without waiting for anything."""
        for text in texts:
            await self.composer.fill(text)
            await self.composer.press("Enter")

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await expect(self.message(text)).to_have_count(1)

    async def sees_line(self, text: str | re.Pattern[str]) -> None:
        """See what happened: a line of the log that nobody said."""
        await expect(self.log.get_by_text(text).first).to_be_visible()

    async def sees_in_order(self, *texts: str) -> None:
        """See these messages, each once, in this order."""
        await self.sees(*texts)
        shown = await self.messages.locator("p").all_inner_texts()
        assert [text for text in shown if text in texts] == list(texts)

    async def sees_status(self, text: str, words: str | re.Pattern[str]) -> None:
        """See what is known of a message of one's own."""
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
        """As in a tunnel: the connection ends, and no other comes about. Needs `proxy=True`."""
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
        """Press "Try now", unless the page has come back by itself by then."""
        await self.button("Try now").evaluate_all("(buttons) => buttons.forEach((button) => button.click())")

    async def holds(self, place: Locator) -> None:
        """Rest a finger on something until a menu is there, and lift it."""
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
        """As with another window in front: the page is seen, and nobody looks at it."""
        await self.page.evaluate("() => { document.hasFocus = () => false; dispatchEvent(new Event('blur')); }")

    async def looks_here(self) -> None:
        """Come back to the page that one has looked away from."""
        await self.page.evaluate("() => { delete document.hasFocus; dispatchEvent(new Event('focus')); }")

    # The world around ------------------------------------------------------------------------------------------------

    async def is_kept(self) -> None:
        """The page is on this device: it opens without a server."""
        assert await self.page.evaluate(CONTROLLED)

    async def focus_is_somewhere(self) -> str:
        """Return what has the focus; fail if nothing has."""
        where = (
            "() => document.activeElement?.tagName + ' ' + (document.activeElement?.getAttribute('aria-label') ?? '')"
        )
        found: str = await self.page.evaluate(where)
        assert not found.startswith("BODY"), "the focus is lost"
        return found

    async def fits(self) -> None:
        """Nothing sticks out of the page."""
        over = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await self.page.evaluate(over) <= 0


class Server(Protocol):
    """What people need of a server."""

    port: int

    async def invitation(self, *, role: str) -> str: ...

    async def close(self) -> None: ...


class People:
    """Those who come to one server. It is started when the first of them needs it.

    Each test has a server and a database of its own, so that counts are exact and names are short. It runs in the
    event loop of the test; only a test that kills or stops it, or looks into its files, needs a process
    (`start_process`).

    Args:
        browser: what they have contexts of.
        serve: starts a server in this loop.
        folder: for processes.
    """

    def __init__(self, browser: Browser, serve: Serve, folder: Path) -> None:
        self._browser = browser
        self._serve = serve
        self._folder = folder
        self._server: Server | None = None
        self._people: list[Person] = []
        self._proxies: list[Proxy] = []

    async def serve(self, **options: Any) -> None:
        """Start the server with another configuration than the usual one."""
        assert self._server is None, "there is a server already"
        self._server = await self._serve(**{"rate_messages": 0.0, **options})

    def start_process(self) -> ServerProcess:
        """Start the server in a process of its own, which can be killed."""
        assert self._server is None, "there is a server already"
        self._server = server = ServerProcess(self._folder / "server")
        return server

    async def server(self) -> Server:
        """Return the server, which runs."""
        if self._server is None:
            await self.serve()
        assert self._server is not None
        return self._server

    async def owner_code(self) -> str:
        """Return an invitation that makes an owner's account, like the one that a new server prints."""
        return await (await self.server()).invitation(role="owner")

    async def person(self, name: str, *, proxy: bool = False, **options: Any) -> Person:
        """Somebody with a browser of their own, with nothing open yet.

        Args:
            name: who.
            proxy: whether there is something to cut between them and the server.
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
        """Somebody in the lobby, without an account."""
        return await (await self.person(name, **options)).comes()

    async def member(self, name: str, **options: Any) -> Person:
        """Somebody in the lobby, with an account."""
        return await (await self.person(name, **options)).is_known()

    async def owner(self, name: str, **options: Any) -> Person:
        """Whoever runs the server, in the lobby."""
        person = await self.person(name, **options)
        await person.registers(await self.owner_code())
        await person.asks("PUT", "/api/rooms/lobby/members/me")
        await person.opens("/r/lobby")
        await person.is_in("lobby")
        return person

    async def second_device(self, person: Person, **options: Any) -> Person:
        """Another browser of somebody who has an account."""
        other = await self.person(person.name, **options)
        body = {"name": person.name, "password": PASSWORD}
        headers = {"Origin": other.url}
        answer = await fetch(other.context.request, f"{other.url}/api/session", "POST", data=body, headers=headers)
        assert answer.ok, await answer.text()
        await other.opens("/r/lobby")
        await other.is_in("lobby")
        return other

    async def line(self, name: str) -> Line:
        """Someone with netcat."""
        line = Line(*await asyncio.open_connection("127.0.0.1", (await self.server()).port, limit=1 << 20))
        await line.says(name)
        return line

    async def program(self, name: str, room: str = "lobby") -> Program:
        """A program that speaks the web protocol, as a guest, and is in a room."""
        return await Program.guest((await self.server()).port, name, room)

    async def close(self) -> list[str]:
        """Close the browsers, and a server that is a process. Returns what was wrong."""
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
