"""The effects of a session, and the ids of its questions."""

from __future__ import annotations

from parley.wire import web

from . import effects as fx


class Outlet:
    """Collects effects, in order, until the transport takes them."""

    def __init__(self) -> None:
        self._effects: list[fx.Effect] = []
        self._last_id = 0

    def emit(self, *effects: fx.Effect) -> None:
        self._effects += effects

    def transmit(self, frame: web.FromClient) -> None:
        self.emit(fx.Transmit(web.encode(frame)))

    def take(self) -> list[fx.Effect]:
        """Return the effects since the last call."""
        effects, self._effects = self._effects, []
        return effects

    def next_id(self) -> str:
        """Return a new `id` for a frame. The answer to the frame has the same id."""
        self._last_id += 1
        return f"r{self._last_id}"
