"""Runs a chat from start to exit, on a terminal or in a pipe."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from parley.clients.keep.identity import INVITATION_HINT, PASSWORD_HINT, find_token
from parley.clients.keep.outbox import Outbox, OutboxError
from parley.clients.model.names import fold
from parley.clients.net.client_options import ClientOptions
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import Quit, Secret
from parley.wire.commands_help import GOODBYES

from .conversation import PlainConversation
from .reactions import GATHER_SECONDS
from .render import messages
from .screen import Screen

SAVE_SECONDS: Final = 1.0
"""The interval in which the client stores the last event shown of each room, and tells the server. Events shown after
that are shown again after a crash.
"""

QUIT_SECONDS: Final = 3.0
"""When the user quits, the client waits at most this long for the server."""


async def chat(options: ClientOptions, room: str, patience: float, screen: Screen) -> int:
    """Chat until the user quits. Return the exit code.

    Args:
        options: the server and the user, who is asked for a name if they have given none.
        room: the room to enter.
        patience: at the end of a pipe's input: how many seconds to wait for queued messages to be sent, since the last
            one that was.
        screen: the terminal, or the pipes.

    Raises:
        OutboxError: the outbox can't be used.
        OSError: the file of certificates can't be read, or the server shows another certificate than the stored one.
    """
    try:
        name = options.name or (await screen.ask_name() or "").strip()
        if not name:
            return 1
        if name in GOODBYES:
            return 0
        options = msgspec.structs.replace(options, name=name)
        with options.outbox() as outbox:
            return await _Chat(options, room, patience, screen, outbox).run()
    finally:
        screen.close()


class _Chat:
    def __init__(self, options: ClientOptions, room: str, patience: float, screen: Screen, outbox: Outbox) -> None:
        self._options = options
        self._patience = patience
        self._screen = screen
        self._outbox = outbox
        self._loop = asyncio.get_running_loop()
        self._session = options.session(outbox, seen=outbox.seen(), entries=outbox.adopt(), fold=True)
        self._conversation = PlainConversation(
            self._session, room, self._loop.time, screen.show, can_ask=screen.can_ask(), looked_at=screen.looked_at
        )
        self._transport = options.transport(self._session, self._take, outbox.perform)
        self._saving: asyncio.TimerHandle | None = None
        self._gathering: asyncio.TimerHandle | None = None
        self._naming: asyncio.Task[None] | None = None
        self._interrupted = asyncio.Event()
        self._moved = asyncio.Event()

    async def run(self) -> int:
        for entry, why in self._outbox.take_refused():
            self._conversation.refused(entry, why)
        running = asyncio.create_task(self._transport.run())
        reading = asyncio.create_task(self._screen.read(self._conversation, self._transport.perform))
        interrupted = asyncio.create_task(self._interrupted.wait())
        with _on_interrupt(self._interrupt):
            try:
                await asyncio.wait((running, reading, interrupted), return_when=asyncio.FIRST_COMPLETED)
                if not running.done():
                    patient = reading.done() and reading.result()
                    await self._leave(running, patient)
                await running
            finally:
                for task in (running, reading, interrupted, self._naming):
                    if task is not None:
                        task.cancel()
                        await asyncio.gather(task, return_exceptions=True)
        self._tell_reactions()
        self._save()
        return self._report()

    async def _leave(self, running: asyncio.Task[None], patient: bool) -> None:
        """End the session: with `patient` when all messages are sent, otherwise after at most `QUIT_SECONDS`."""
        session = self._session
        if patient or self._conversation.online:
            self._acknowledge()
            # A `bye` frame would end the connections of the user's other clients as well, so send none if there are
            # others.
            request = Quit(self._conversation.parting_words or "", stay=not self._outbox.alone)
            session.ask(request, self._transport.now)
            self._transport.perform()
            await self._wait_for_end(running, self._patience if patient else QUIT_SECONDS)
        session.abandon()
        self._transport.perform()

    async def _wait_for_end(self, running: asyncio.Task[None], patience: float) -> None:
        """Wait until the session is over, or nothing was sent for `patience` seconds."""
        while not running.done():
            unsent = len(self._session.unsent)
            try:
                async with asyncio.timeout(patience):
                    while not running.done() and len(self._session.unsent) == unsent:
                        self._moved.clear()
                        moved = asyncio.create_task(self._moved.wait())
                        await asyncio.wait((running, moved), return_when=asyncio.FIRST_COMPLETED)
                        moved.cancel()
            except TimeoutError:
                return

    def _report(self) -> int:
        """Tell the user which messages were not sent. Return the exit code."""
        conversation, label = self._conversation, self._options.address.label
        unsent = len(self._session.unsent)
        if conversation.fault:
            conversation.window.problem(conversation.fault)
        if unsent:
            again = f"parley chat --as {self._session.name} {label}"
            conversation.window.problem(f"Not sent yet: {messages(unsent)}, kept for the next time: {again}")
        refused = self._screen.patient and conversation.refusals
        return 1 if conversation.fault or unsent or refused or not conversation.met else 0

    def _interrupt(self) -> None:
        if self._interrupted.is_set():
            self._session.abandon()
            self._transport.perform()
        self._interrupted.set()

    def _take(self, effect: fx.Effect) -> None:
        match effect:
            case fx.AskName(message=message):
                self._naming = asyncio.create_task(self._find_name(message))
                return
            case fx.AskPassword() | fx.AskInvitation():
                self._answer(effect)
                return
            case fx.Offline(why=why, delay=float()) if not self._conversation.met and not self._screen.patient:
                self._give_up(f"Can't connect to {self._options.address.label}: {why}.")
                return
            case fx.Show() | fx.Folded() | fx.Settle() | fx.Online() | fx.Entered():
                self._save_soon()
        self._conversation.take(effect)
        if isinstance(effect, fx.Settle) and effect.state == "refused":
            self._outbox.take_refused()  # the refusal was shown, so the outbox can delete the message
        if self._conversation.reactions and self._gathering is None:
            self._gathering = self._loop.call_later(GATHER_SECONDS, self._tell_reactions)
        self._moved.set()
        self._screen.refresh()

    def _tell_reactions(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        self._conversation.tell_reactions()
        self._screen.refresh()

    def _give_up(self, fault: str) -> None:
        self._session.abandon()
        self._conversation.fault = fault
        self._transport.perform()

    async def _find_name(self, message: str) -> None:
        """Find another identity after the name was refused as taken. If another client of this user has just got the
        name, use its token; otherwise ask for another name.
        """
        if (token := await find_token(self._outbox, self._session)) is not None:
            self._take_token(token)
        elif self._screen.can_ask():
            self._conversation.take(fx.AskName("name_taken", message))
            self._screen.refresh()
        else:
            self._give_up(message)

    def _answer(self, question: fx.AskUser) -> None:
        """Answer a question of the server (a name, a password, an invitation) from the outbox or the options, or else
        ask the user.
        """
        before = self._session.token
        if isinstance(question, fx.AskPassword) and (token := self._outbox.reload()) not in (None, before):
            assert token is not None
            self._session.take_token(
                self._outbox.name, token, self._transport.now
            )  # the running `perform` sends the new hello
        elif question.code == "password_needed" and (password := self._password()) is not None:
            self._session.take_password(password, self._transport.now)  # the running `perform` sends the new hello
        elif self._screen.can_ask():
            self._conversation.take(question)
            self._screen.refresh()
        else:
            hints = {"password_needed": f" {PASSWORD_HINT}", "invitation_needed": f" {INVITATION_HINT}"}
            self._give_up(question.message + hints.get(question.code, ""))

    def _password(self) -> Secret | None:
        """Return the password from the options, if it belongs to the current name."""
        ours = fold(self._session.name or "") == fold(self._options.name or "")
        return self._options.password if ours else None

    def _take_token(self, token: str) -> None:
        self._session.take_token(self._outbox.name, token, self._transport.now)
        self._transport.perform()

    def _save_soon(self) -> None:
        if self._saving is None:
            self._saving = self._loop.call_later(SAVE_SECONDS, self._save_in_time)

    def _save_in_time(self) -> None:
        try:
            self._acknowledge()
            self._transport.perform()
        except OutboxError as error:
            self._give_up(str(error))

    def _acknowledge(self) -> None:
        """Store the last event shown of each room, and only then tell the server."""
        self._save()
        self._session.acknowledge(self._conversation.read_status.rooms_in_view())

    def _save(self) -> None:
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
        self._outbox.save(self._session.seen)


@contextmanager
def _on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    # Not `loop.add_signal_handler`, which does not exist on Windows.
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(act))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
