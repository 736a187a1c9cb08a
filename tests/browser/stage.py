"""Where the browser tests play: a server in a process of its own, and people with browsers.

People are spoken of by what they do and see. Whatever a page asks of another origin, complains of, or pops up, is noted
and fails the test at its end.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect
from websockets.asyncio.client import connect

import parley
from tests.server.process import Process
from tests.server.server_fixture import Line, Web

DEADLINE: Final = 20.0
"""Seconds that anything awaited may take."""

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


class Server:
    """`parley serve`, which keeps its port and its data when it is killed and started again.

    Attributes:
        port: where it listens.
    """

    def __init__(self, folder: Path, **options: object) -> None:
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        settings = {"rate_messages": 0.0, **options}
        config = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
        (folder / "parley.toml").write_text(config, encoding="utf-8")
        self.port = 0
        self._process: Process | None = None
        self.starts()

    @property
    def _running(self) -> Process:
        assert self._process is not None
        return self._process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def owner_code(self) -> str:
        """Return an invitation that makes an owner's account, like the one that a new server prints."""
        command = [sys.executable, "-m", "parley", "admin", "--data", str(self._folder / "data"), "--json"]
        answer = subprocess.run(
            [*command, "invite", "create", "--role", "owner"],
            env=os.environ | {"PYTHONPATH": str(Path(parley.__file__).parent.parent)},
            capture_output=True,
            check=True,
            timeout=DEADLINE,
        )
        code: str = json.loads(answer.stdout)["code"]
        return code

    def command(self) -> list[str]:
        """What is run, as arguments of Python."""
        return ["-m", "parley"]

    def starts(self) -> None:
        """Start it, where it was before."""
        arguments = ("--data", str(self._folder / "data"), "--config", str(self._folder / "parley.toml"))
        self._process = Process(*arguments, "--listen", f"127.0.0.1:{self.port}", program=self.command())
        self.port = self._process.port

    def dies(self) -> None:
        """Kill it, as a machine dies."""
        self._running.signals(signal.SIGKILL)
        self._running.ends()

    def stops(self) -> None:
        self._running.signals(signal.SIGTERM)
        self._running.ends()

    def close(self) -> None:
        self._running.__exit__(None, None, None)

    async def line(self, name: str) -> Line:
        """Someone with netcat."""
        line = Line(*await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20))
        await line.says(name)
        return line

    async def program(self, name: str, room: str = "lobby") -> "Program":
        """A program that speaks the web protocol and is in a room."""
        socket = await connect(f"ws://127.0.0.1:{self.port}/ws", compression=None, max_size=None)
        web = Web(socket)
        await web.sends(t="hello", protocol=1, name=name)
        while (await web.gets_frame())["t"] != "ready":
            pass
        await web.sends(t="join", id="in", name=room)
        while (frame := await web.gets_frame())["t"] != "joined":
            pass
        return Program(web, frame["room"]["id"])

    async def program_of(self, token: str) -> "Program":
        """A program that speaks for somebody who has an account, in whichever rooms they are."""
        web = Web(await connect(f"ws://127.0.0.1:{self.port}/ws", compression=None, max_size=None))
        await web.sends(t="hello", protocol=1, token=token)
        while (frame := await web.gets_frame())["t"] != "ready":
            pass
        return Program(web, frame["rooms"][0]["id"])


class Wire:
    """What lies between a browser and the server: it can be cut, and mended."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._cut = False
        self._listener: asyncio.Server | None = None
        self.port = 0

    async def opens(self) -> None:
        self._listener = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    def cuts(self) -> None:
        self._cut = True
        for end in self._ends:
            end.transport.abort()

    def mends(self) -> None:
        self._cut = False

    async def closes(self) -> None:
        assert self._listener is not None
        self._listener.close()
        self.cuts()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        ends = {writer}
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._server.port)
            ends.add(back)
            self._ends |= ends
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        except OSError:
            pass  # the server is not there, or somebody has gone
        finally:
            self._ends -= ends
            self._tasks.discard(task)
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()


class Program:
    """A program in a room, over the web protocol."""

    def __init__(self, web: Web, room: int) -> None:
        self.web = web
        self.room = room
        self._keys = 0

    async def says(self, *texts: str) -> int:
        """Say things as fast as they go; return the last one's seq, once all are stored."""
        keys = [f"k{self._keys + each}" for each in range(len(texts))]
        self._keys += len(texts)
        seq = 0
        # A few at a time: so many of one connection may be undecided.
        for begin in range(0, len(texts), 100):
            waiting = set(keys[begin : begin + 100])
            for key, text in zip(keys[begin : begin + 100], texts[begin : begin + 100], strict=True):
                message = {"t": "send", "key": key, "room": self.room, "text": text}
                await self.web.sends_text(json.dumps(message, ensure_ascii=False))
            while waiting:
                frame = await self.web.gets_frame()
                assert frame["t"] != "error", frame
                if frame["t"] == "stored":
                    waiting.discard(frame["key"])
                    seq = max(seq, frame["seq"])
        return seq

    async def closes(self) -> None:
        await self.web.closes()


class Person:
    """Somebody at a browser: a context of their own, and the page that they look at.

    Attributes:
        name: their name.
        page: the tab that they look at.
        wrong: what their pages did that pages of Parley never do.
    """

    def __init__(self, name: str, context: BrowserContext, page: Page, url: str, wire: Wire | None = None) -> None:
        self.name = name
        self._wire = wire
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
        answer = await self.context.request.post(f"{self.url}/api/accounts", data=body, headers={"Origin": self.url})
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
        answer = await self.context.request.fetch(self.url + path, method=method, headers=headers, data=data)
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
        other._wire = self._wire
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
        """As in a tunnel: the connection ends, and no other comes about. Only for who has a wire."""
        assert self._wire is not None
        self._wire.cuts()
        await self.context.set_offline(True)

    async def has_the_network_again(self) -> None:
        assert self._wire is not None
        self._wire.mends()
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


class Stage:
    """A server and the people who come to it.

    Attributes:
        server: the server.
    """

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._servers: list[Server] = []
        self._people: list[Person] = []
        self._wires: list[Wire] = []

    def serve(self, **options: object) -> Server:
        server = Server(self._folder / f"server-{len(self._servers)}", **options)
        self._servers.append(server)
        return server

    @property
    def server(self) -> Server:
        return self._servers[0] if self._servers else self.serve()

    async def person(self, name: str, *, wire: bool = False, **options: Any) -> Person:
        """Somebody with a browser of their own, with nothing open yet.

        Args:
            name: who.
            wire: whether there is something to cut between them and the server.
            options: playwright's, for instance `locale` or `color_scheme`.
        """
        url = self.server.url
        between = None
        if wire:
            between = Wire(self.server)
            self._wires.append(between)
            await between.opens()
            url = f"http://127.0.0.1:{between.port}"
        settings: dict[str, Any] = {**LAPTOP, "locale": "en-GB", "reduced_motion": "reduce"}
        context = await self._browser.new_context(**{**settings, **options})
        context.set_default_timeout(DEADLINE * 1000)
        person = Person(name, context, await context.new_page(), url, between)
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
        await person.registers(self.server.owner_code())
        await person.asks("PUT", "/api/rooms/lobby/members/me")
        await person.opens("/r/lobby")
        await person.is_in("lobby")
        return person

    async def second_device(self, person: Person, **options: Any) -> Person:
        """Another browser of somebody who has an account."""
        other = await self.person(person.name, **options)
        body = {"name": person.name, "password": PASSWORD}
        headers = {"Origin": other.url}
        answer = await other.context.request.post(f"{other.url}/api/session", data=body, headers=headers)
        assert answer.ok, await answer.text()
        await other.opens("/r/lobby")
        await other.is_in("lobby")
        return other

    async def close(self) -> list[str]:
        """End everything. Returns what was wrong."""
        for person in self._people:
            shots = os.environ.get("PARLEY_TEST_SHOTS")
            if shots and not person.page.is_closed():
                try:
                    await person.page.screenshot(path=Path(shots) / f"{self._folder.name}-{person.name}.png")
                except Exception:
                    pass
            await person.context.close()
        for wire in self._wires:
            await wire.closes()
        for server in self._servers:
            server.close()
        return [f"{person.name}: {wrong}" for person in self._people for wrong in person.wrong]
