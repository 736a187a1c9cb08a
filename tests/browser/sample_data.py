"""Sample data for the pictures of the page: a small team, its rooms and messages."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Playwright

from tests.browser.people import PASSWORD
from tests.browser.servers import Program, ServerProcess, fetch

NOW: Final = datetime.datetime(2026, 5, 12, 14, 32, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
"""The time that server and page show in the pictures."""

ZONE: Final = "Europe/Berlin"

# The server's clock reads the time from a file.
CLOCK: Final = """
import sys, time
path = sys.argv.pop(1)
real = time.time_ns
time.time_ns = lambda: real() + int(open(path).read())
from parley.cli.main import main
main()
"""

PEOPLE: Final = {
    "ann": ("Ann Okafor", "#1f8a6b"),
    "bo": ("Bo Lindqvist", "#2f74c0"),
    "cleo": ("Cleo", "#b06a1e"),
    "dmitri": ("Dmitri V.", "#9a52b0"),
    "yuki": ("Yuki Tanaka", "#b84a80"),
    "noor": ("نور", "#4f8a2f"),
    "tomasz": ("", ""),
    "esther": ("Esther Baum", "#b5483a"),
}

ROOMS: Final = {
    "release": "0.2 goes out on Friday. What blocks it stands here",
    "design": "Paper, ink, and as few boxes as possible",
    "kitchen": "Lunch at half past twelve",
    "garden": "The roof terrace, and whoever waters it",
    "help": "Ask. Somebody knows",
    "reading": "This month: The Left Hand of Darkness",
}

LOBBY: Final[Sequence[tuple[int, str, str]]] = (
    (-1650, "esther", "Good morning! The new boards have arrived, they are on the long table."),
    (-1648, "esther", "Please don't all take the green ones"),
    (-1641, "bo", "too late :) I have two"),
    (-1502, "yuki", "The meeting at three moves to the *small* room, the projector there works."),
    (-1499, "dmitri", "👍"),
    (-312, "cleo", "Morning. Who broke the build?"),
    (-309, "bo", "> Who broke the build?\nI did, and I have mended it. A test compared `local` times:"),
    (
        -308,
        "bo",
        '```python\ndef is_quiet(hours: Hours, minute: int) -> bool:\n    """Whether nobody is to be disturbed."""\n'
        "    if hours.begin <= hours.end:\n        return hours.begin <= minute < hours.end\n"
        "    return minute >= hours.begin or minute < hours.end  # over midnight\n```",
    ),
    (-301, "cleo", "Nice. That is how it should have been from the **beginning**"),
    (-300, "cleo", "I'll add the case to the guide: https://docs.example.org/guide/quiet-hours"),
    (-96, "noor", "مرحبا بالجميع، سأكون في المكتب بعد الظهر"),
    (-95, "esther", "Welcome back, @noor!"),
    (
        -41,
        "dmitri",
        "The numbers of last night's run:\n- 2,000 clients, 41 ms at the 99th percentile\n"
        "- no message lost, none twice\n- ||I did pull the plug, yes||",
    ),
    (-38, "yuki", "That is lovely."),
    (-36, "ann", "It is. Thank you, all of you: that was the last thing on the list."),
    (-35, "ann", "I'll write it down for the notes."),
    (-12, "bo", "@ann could you look at the notes for #release before lunch? I would send them at two."),
    (-9, "esther", "And there is cake in the #kitchen 🍰"),
)


class ClockedServer(ServerProcess):
    """A server whose clock the caller sets."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = folder / "clock"
        self.is_at(-2000)
        super().__init__(folder)

    def is_at(self, minutes: float) -> None:
        """Set the clock, in minutes from `NOW`."""
        wanted = NOW + datetime.timedelta(minutes=minutes)
        ahead = wanted - datetime.datetime.now(datetime.UTC)
        self._clock.write_text(str(int(ahead.total_seconds() * 1e9)), encoding="ascii")

    def command(self) -> list[str]:
        return ["-c", CLOCK, str(self._clock)]


class SampleServer:
    """A server with the team's people, rooms and messages.

    Attributes:
        process: the server itself.
        url: its address.
        programs: the connected clients, by name.
    """

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self._playwright = playwright
        self.process = ClockedServer(folder)
        self.url = f"http://127.0.0.1:{self.process.port}"
        self.programs: dict[str, Program] = {}

    async def asks(self, name: str, method: str, path: str, body: object = None) -> Any:
        """Make a request to the HTTP API as one of the people."""
        request = await self._playwright.request.new_context(
            base_url=self.url, extra_http_headers={"Authorization": f"Bearer {self._tokens[name]}"}
        )
        answer = await fetch(request, path, method, data=body)
        assert answer.ok, await answer.text()
        found = await answer.json() if await answer.text() else None
        await request.dispose()
        return found

    async def begins(self) -> None:
        """Make all accounts, rooms and messages."""
        self._tokens: dict[str, str] = {}
        request = await self._playwright.request.new_context(base_url=self.url)
        for name, (display, colour) in PEOPLE.items():
            body = {"name": name, "password": PASSWORD, "bearer": True}
            if name == "ann":
                body["invitation"] = await self.process.invitation(role="owner")
            answer = await fetch(request, "/api/accounts", "POST", data=body)
            assert answer.ok, await answer.text()
            self._tokens[name] = (await answer.json())["token"]
            await self.asks(name, "PUT", "/api/rooms/lobby/members/me")
            if display:
                await self.asks(name, "PATCH", "/api/me", {"display": display, "colour": colour})
        await request.dispose()
        await self.asks("ann", "PATCH", "/api/rooms/lobby", {"topic": "Everybody is here. Be kind, be brief"})
        for room, topic in ROOMS.items():
            await self.asks("bo", "POST", "/api/rooms", {"name": room})
            await self.asks("bo", "PATCH", f"/api/rooms/{room}", {"topic": topic})
            for name in PEOPLE:
                if name != "bo" and not (room == "reading" and name == "ann"):
                    await self.asks(name, "PUT", f"/api/rooms/{room}/members/me")
        await self.asks("ann", "POST", "/api/rooms", {"name": "board", "private": True})
        await self.asks("ann", "PATCH", "/api/rooms/board", {"topic": "Six of us, and the budget"})
        await self.asks("esther", "POST", "/api/rooms", {"name": "surprise", "private": True})
        await self.asks("esther", "POST", "/api/rooms/surprise/invitations", {"user": "ann"})

        for minutes, name, text in LOBBY:
            self.process.is_at(minutes)
            await self.says(name, "lobby", text)
        said = await self.asks("ann", "GET", "/api/rooms/lobby")
        await self.asks("ann", "PUT", "/api/rooms/lobby/read", {"seq": said.get("room", said)["tip"] - 2})
        self.process.is_at(-30)
        await self.says("dmitri", "release", "Two things are left: the changelog, and the **upgrade** from 0.1.")
        await self.says("cleo", "release", "I have the changelog.")
        await self.says("cleo", "garden", "Watered. The tomatoes are fine, the basil is *not*.")
        self.process.is_at(-22)
        await self.asks("bo", "POST", "/api/direct", {"to": ["ann"], "text": "Do you have a minute before the call?"})
        self.process.is_at(-20)
        await self.asks("ann", "POST", "/api/direct", {"to": ["bo"], "text": "Of course. Ring me."})
        await self.asks("cleo", "POST", "/api/direct", {"to": ["ann"], "text": "Thank you for yesterday!"})
        self.process.is_at(-3)

    async def says(self, name: str, room: str, text: str) -> None:
        await self.asks(name, "POST", f"/api/rooms/{room}/messages", {"text": text})

    async def are_here(self, *names: str) -> None:
        """Connect a client for each of these people."""
        for name in names:
            self.programs[name] = await Program.of_token(self.process.port, self._tokens[name])

    async def read_on(self, *names: str) -> None:
        """Set read marks in the lobby: these people have read everything, the other connected ones have received it."""
        about = await self.asks("ann", "GET", "/api/rooms/lobby")
        room = about.get("room", about)
        for name, program in self.programs.items():
            kind = "read" if name in names else "got"
            await program.web.sends(t=kind, room=room["id"], seq=room["tip"])

    async def close(self) -> None:
        for program in self.programs.values():
            await program.closes()
        await self.process.close()


def quantise(path: Path) -> None:
    """Reduce the size of a picture, if Pillow is installed."""
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
