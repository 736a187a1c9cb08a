"""The default methods of a session."""

import inspect

import pytest

from parley.core.refusals import refuse
from parley.gateways.effects import Close
from parley.gateways.session import ImpossibleMove, Session

ENDS = {"expelled": (refuse("session_unknown"),), "stopping": (), "stalled": ()}
CALLS = [name for name, _ in inspect.getmembers(Session, inspect.isfunction) if name not in ("__init__", "move")]


@pytest.mark.parametrize("name", CALLS)
def test_by_default_a_session_does_nothing_and_closes_at_the_end(name: str) -> None:
    session, call = Session(), getattr(Session, name)
    arguments = ENDS.get(name, (None,) * (len(inspect.signature(call).parameters) - 1))
    assert call(session, *arguments) == ([Close()] if name in ENDS else [])
    assert not session.more
    assert not session.blocked


def test_a_session_without_a_table_moves_nowhere() -> None:
    with pytest.raises(ImpossibleMove):
        Session().move("anything")
