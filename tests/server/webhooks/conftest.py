"""Fixtures of the tests of webhooks."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parley.server.webhooks import Guard
from tests.server.webhooks.endpoint import Ledger, Stand


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.db")
    yield ledger
    ledger.close()


@pytest.fixture
def stands(runner: asyncio.Runner, ledger: Ledger) -> Iterator[Callable[..., Stand]]:
    """Return a function that sets webhooks up: `stands(guard, timing=...)`. They are stopped at the end of the test."""
    made: list[Stand] = []

    def stand(guard: Guard | None = None, **options: Any) -> Stand:
        made.append(Stand(ledger, guard, **options))
        return made[-1]

    yield stand
    for one in made:
        one.hurry.set()
        runner.run(one.webhooks.stop())


@pytest.fixture
def stand(stands: Callable[..., Stand]) -> Stand:
    return stands()
