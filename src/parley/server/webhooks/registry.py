"""The webhooks that are stored, and who made them: deliveries begin and end with the commits that say so."""

from collections.abc import Callable, Iterable
from typing import Protocol

from parley.core.commands import Command, RemoveWebhook
from parley.core.events import MACHINE
from parley.core.records import Webhook
from parley.core.state import State

from .deliver import Destination


class Deliveries(Protocol):
    """See `parley.server.webhooks.Webhooks`."""

    def add(self, hooks: Iterable[Destination]) -> None: ...
    def remove(self, hook: int) -> None: ...
    def wake(self, room: int) -> None: ...


class WebhookRegistry:
    """Keeps the deliveries in step with the commits. A webhook ends when its maker leaves the room.

    Args:
        deliveries: what it begins and ends.
        state: the durable state.
        submit: submits a command for whose outcome nobody waits.
    """

    def __init__(self, deliveries: Deliveries, state: State, submit: Callable[[Command], None]) -> None:
        self._deliveries = deliveries
        self._state = state
        self._submit = submit
        self._made: dict[int, tuple[int, int]] = {}  # webhook -> (room, by whom)

    def open(self, stored: Iterable[Webhook]) -> None:
        """Begin to deliver what the store has."""
        for webhook in stored:
            room = self._state.rooms[webhook.room]
            if room.private and webhook.by != MACHINE and webhook.by not in room.members:
                # Its maker left, and the server ended before the webhook did.
                self._made[webhook.id] = webhook.room, webhook.by
                self._submit(RemoveWebhook(MACHINE, webhook.room, webhook.id))
            else:
                self.put(webhook)

    def put(self, webhook: Webhook) -> None:
        """A webhook is stored, or stored anew."""
        self._made[webhook.id] = webhook.room, webhook.by
        self._deliveries.add(
            [
                Destination(
                    webhook.id, webhook.room, webhook.url, webhook.secret, webhook.acked, webhook.parked, webhook.kinds
                )
            ]
        )

    def drop(self, webhook: int, room: int) -> None:
        """A webhook of that room is removed; one of another room is none."""
        if self._made.get(webhook, (0, 0))[0] == room:
            del self._made[webhook]
            self._deliveries.remove(webhook)

    def member_left(self, room: int, user: int) -> None:
        """A user has left a room: deliver nothing more for their webhooks there, and have them removed."""
        for webhook, made in self._made.items():
            if made == (room, user):
                self._deliveries.remove(webhook)
                self._submit(RemoveWebhook(MACHINE, room, webhook))

    def wake(self, room: int) -> None:
        """A room has new events."""
        self._deliveries.wake(room)
