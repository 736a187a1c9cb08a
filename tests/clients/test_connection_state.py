"""The phases of a connection."""

import pytest

from parley.clients.protocol.connection_state import TRANSITIONS, ConnectionState, Phase, Step
from parley.clients.protocol.outlet import Outlet


def connection(phase: Phase) -> ConnectionState:
    state = ConnectionState(Outlet(), lambda: 0.5)
    state.phase = phase
    return state


@pytest.mark.parametrize("phase", [each for each in Phase if each is not Phase.OVER])
def test_a_session_can_end_in_every_phase(phase: Phase) -> None:
    state = connection(phase)
    state.end()
    assert state.phase is Phase.OVER


def test_nothing_follows_the_end() -> None:
    assert not [phase for phase, _ in TRANSITIONS if phase is Phase.OVER]
    with pytest.raises(KeyError):
        connection(Phase.OVER).hang_up("too late")


def test_every_phase_can_be_reached() -> None:
    reached = {Phase.APART}
    for _ in Phase:
        reached |= {after for (phase, _), after in TRANSITIONS.items() if phase in reached}
    assert reached == set(Phase)


def test_only_ready_says_bye() -> None:
    assert [phase for phase, step in TRANSITIONS if step is Step.BYE] == [Phase.READY]
