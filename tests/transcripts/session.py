"""Plays transcripts (see README.md here) against a server."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from parley.core.commands import Disable, MakeInvitation, SignOut
from parley.core.events import MACHINE
from parley.core.tokens import hash_code
from tests.server.server_fixture import DEADLINE, FENCE, FENCED, Line, Serve, Server, Web

HERE = Path(__file__).parent

PERSONAL = {"read", "unread", "mentions", "level", "favourite", "receipts", "got", "since"}
"""The personal fields of a room or a member. They are compared only if the expected frame names one of them."""

_STEP = re.compile(r"(?P<who>\w+)(?P<way><<|>>|<|>)(?: (?P<text>.*))?")
_DEED = re.compile(r"(?P<who>the server|\w+) (?P<deed>connects|enters|closes|says no more|aborts|is gone|stops)")
_INVITATION = re.compile(r"the server invites with (?P<code>\S+)")
_SETTING = re.compile(r"setting: (?P<key>\w+) = (?P<value>.*)")


async def play_lines(text: str, serve: Serve) -> None:
    """Play a session of the line protocol."""
    steps = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    settings = {}
    while found := _SETTING.fullmatch(steps[0]):
        settings[found["key"]] = json.loads(found["value"])
        del steps[0]
    session = _Lines(await serve(**settings))
    for number, step in enumerate(steps):
        try:
            await session.take(step)
        except AssertionError as error:
            raise AssertionError(f"step {number + 1}, {step!r}: {error}") from None
    await session.end()


class _Lines:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._people: dict[str, Line] = {}
        self._spoken: set[str] = set()
        self._raw: set[str] = set()

    async def take(self, step: str) -> None:
        if found := _STEP.fullmatch(step):
            await self._speak(self._people[found["who"]], found["way"], found["text"] or "")
            if found["way"] == ">>" and found["who"] not in self._spoken:
                self._raw.add(found["who"])
            if found["way"] in (">", ">>"):
                self._spoken.add(found["who"])
        elif found := _INVITATION.fullmatch(step):
            await self._server.does(MakeInvitation(MACHINE, hash_code(found["code"])))
        elif found := _DEED.fullmatch(step):
            await self._act(found["who"], found["deed"])
        else:
            raise AssertionError("this is no step")

    async def _speak(self, person: Line, way: str, text: str) -> None:
        if way == ">":
            await person.says(text)
        elif way == ">>":
            await person.sends(_unescaped(text))
        elif way == "<<":
            await person.sees_bytes(_unescaped(text))
        elif text.endswith("*") and not text.startswith("*"):
            line = await person._line()
            assert line.startswith(text[:-1]), line
        else:
            await person.sees(text)

    async def _act(self, who: str, deed: str) -> None:
        if deed == "stops":
            await self._server.stop()
        elif deed == "connects":
            self._people[who] = await self._server.socket()
        elif deed == "enters":
            self._people[who] = await self._server.line(who)
            self._spoken.add(who)
            assert self._people[who].entrance == [f"{who} has connected to the chat room", "you are now connected!"]
        elif deed == "is gone":
            await self._people.pop(who).is_gone()
        elif deed == "closes":
            await self._people.pop(who).closes()
        elif deed == "says no more":
            await self._people[who].stops_writing()
        else:
            await self._people.pop(who).aborts()

    async def end(self) -> None:
        for who, person in self._people.items():
            await person.sends(f"{who}: {FENCE}".encode() if who in self._raw else f"{FENCE}\n".encode())
        for who, person in self._people.items():
            await person.sees_characters(FENCED if who in self._raw else f"{FENCED}\n")


def _unescaped(text: str) -> bytes:
    return re.sub(
        rb"\\(n|r|t|\\|x[0-9a-f]{2})",
        lambda found: (
            {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}.get(found[1]) or bytes([int(found[1][1:], 16)])
        ),
        text.encode(),
    )


async def play_frames(text: str, serve: Serve) -> None:
    """Play a session of the native protocol."""
    head, *steps = [json.loads(line) for line in text.splitlines() if line.strip()]
    session = _Frames(serve, await serve(**head.get("settings", {})), head.get("passes over", []))
    for number, step in enumerate(steps):
        try:
            await session.take(step)
        except AssertionError as error:
            raise AssertionError(f"step {number + 1}, {json.dumps(step)}: {error}") from None
    await session.end()


class _Frames:
    def __init__(self, serve: Serve, server: Server, passed_over: list[str]) -> None:
        self._serve = serve
        self._server = server
        self._passed_over = passed_over
        self._people: dict[str, Web] = {}
        self._ready: set[str] = set()
        self._values: dict[str, Any] = {}

    async def take(self, step: list[Any]) -> None:
        match step:
            case ["note", str()]:
                pass
            case ["server", "stops"]:
                self._stopping = asyncio.ensure_future(self._server.stop())
            case ["server", "invites", dict(invitation)]:
                code = hash_code(invitation.pop("code"))
                await self._server.does(MakeInvitation(MACHINE, code, **invitation))
            case ["server", "signs out", str(name)]:
                await self._server.does(SignOut(self._server.user(name), None, by=MACHINE))
            case ["server", "disables", str(name)]:
                await self._server.does(Disable(MACHINE, self._server.user(name), True))
            case ["server", "restarts"]:
                await self._server.close()
                self._people.clear()
                self._server.check_log()
                self._server = await self._serve()
            case [str(who), "opens"]:
                self._people[who] = await self._server.browser()
                self._ready.discard(who)
            case [str(who), "sends", str(text)]:
                await self._people[who].sends_text(text)
            case [str(who), "sends", dict(frame)]:
                await self._people[who].sends(**self._filled(frame))
            case [str(who), "gets", dict(frame)]:
                await self._expect(who, [frame])
            case [str(who), "gets", list(frames)]:
                await self._expect(who, frames)
            case [str(who), "closes"]:
                await self._people.pop(who).closes()
            case [str(who), "breaks"]:
                await self._people.pop(who).aborts()
            case [str(who), "is closed", int(code)]:
                assert await self._people.pop(who).is_closed() == code
            case _:
                raise AssertionError("this is no step")

    async def end(self) -> None:
        if hasattr(self, "_stopping"):
            await self._stopping
            return
        for who in self._ready & self._people.keys():
            await self._people[who].sends(t="unwatch", id="the end", room=0)
            await self._expect(who, [{"t": "done", "id": "the end"}])

    async def _expect(self, who: str, wanted: list[dict[str, Any]]) -> None:
        wanted = list(wanted)
        while wanted:
            found = await self._next(who)
            if found["t"] == "ready":
                self._ready.add(who)
            for index, frame in enumerate(wanted):
                values = dict(self._values)
                if self._fits(frame, found, values):
                    self._values = values
                    del wanted[index]
                    break
            else:
                passed_over = found.get("kind") == "presence" or found["t"] in self._passed_over
                assert passed_over, f"got {json.dumps(found)}"

    async def _next(self, who: str) -> dict[str, Any]:
        try:
            return await self._people[who].gets_frame()
        except TimeoutError:
            raise AssertionError(f"nothing came within {DEADLINE} s") from None

    def _fits(self, wanted: Any, found: Any, values: dict[str, Any]) -> bool:
        if isinstance(wanted, str) and wanted.startswith("$"):
            return wanted == "$" or values.setdefault(wanted, found) == found
        if isinstance(wanted, dict) and isinstance(found, dict):
            found = _as_far_as_named(wanted, found)
            return wanted.keys() == found.keys() and all(self._fits(wanted[key], found[key], values) for key in wanted)
        if isinstance(wanted, list) and isinstance(found, list):
            return len(wanted) == len(found) and all(
                self._fits(one, other, values) for one, other in zip(wanted, found, strict=True)
            )
        return bool(wanted == found) and type(wanted) is type(found)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self._values[value]
        if isinstance(value, dict):
            return {key: self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        return value


def _as_far_as_named(wanted: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return a room or a member without its personal fields, unless the expected one names some."""
    if not found.keys() >= {"id", "name"} or not PERSONAL.isdisjoint(wanted):
        return found
    return {key: value for key, value in found.items() if key not in PERSONAL}
