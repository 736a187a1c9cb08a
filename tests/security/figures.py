"""The figures of docs/security.md, counted from the tests' tables: `python -m tests.security.figures` prints them as
the page shows them.
"""

from collections.abc import Callable
from math import prod
from typing import Final

from parley.core.roles import TABLE
from parley.gateways.http.api.routes import ROUTES
from parley.gateways.http.api.routing import SAFE
from tests.core import test_matrix as matrix
from tests.security.attacks import guesses, names
from tests.security.hidden import FRAMES, LINES
from tests.security.ids import ASKS, ROUTES_WITH_IDS, STRANGERS
from tests.security.probes import PROBES
from tests.security.tables import CONTROL, FOREIGN, NESTED, ORIGINS, TRAVERSALS
from tests.security.test_slow import SLOW
from tests.server.webhooks import test_guard as guard

UNSAFE: Final = [route for route in ROUTES if route.method not in SAFE]
WITH_BODY: Final = [route for route in ROUTES if route.body is not None]


def cases(test: Callable[..., object]) -> int:
    """Return the number of cases of a parametrized test."""
    return prod(len(mark.args[1]) for mark in test.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]


def combinations() -> int:
    """Return the number of combinations in the matrix of actions."""
    actions = len(TABLE) + len(matrix.UNDOING)
    return len(matrix.PLACES) * actions


def figures() -> list[tuple[str, str, str]]:
    """Return (what is counted, the figure, the test that counts it)."""
    one, many, spread = guesses(1, 2), guesses(100, 2), names(2)
    return [
        (
            "Authorisation: role on the server x role in the room x kind of room x action",
            f"{combinations():,} combinations",
            "tests/core/test_matrix.py",
        ),
        (
            "Guesses at one account's password from one address",
            f"{one[0]} in the first hour, {one[1]} in each further one",
            "tests/security/test_guessing.py",
        ),
        (
            "Guesses at one account's password from any number of addresses",
            f"{many[0]} in the first hour, {many[1]} in each further one",
            "tests/security/test_guessing.py",
        ),
        (
            "Guesses from one address at any number of accounts",
            f"{spread[0]} in the first hour, {spread[1]} in each further one",
            "tests/security/test_guessing.py",
        ),
        (
            "Requests of other servers' pages, with a cookie",
            f"{len(UNSAFE)} routes x {len(FOREIGN)} kinds, none has any effect",
            "tests/security/test_sessions.py",
        ),
        (
            "Origins of a WebSocket with a cookie",
            f"{len(ORIGINS)}, of which {sum(opens for _, opens in ORIGINS)} may open one",
            "tests/security/test_sessions.py",
        ),
        (
            "Ids of somebody else's things (IDOR)",
            f"{ROUTES_WITH_IDS} routes, {len(ASKS)} requests x {len(STRANGERS)} strangers: answered as for unknown ids",
            "tests/security/test_ids.py",
        ),
        (
            "Private rooms and conversations of others, by WebSocket and netcat",
            f"{len(FRAMES)} frames and {len(LINES)} lines: answered as for unknown rooms",
            "tests/security/test_hidden_rooms.py",
        ),
        (
            "Request smuggling",
            f"{len(PROBES)} probes, none gets through",
            "tests/security/test_smuggling.py",
        ),
        (
            "Slow headers and bodies",
            f"{len(SLOW)} kinds, each cut off within `handshake_timeout`",
            "tests/security/test_slow.py",
        ),
        (
            "Header injection through a user's text",
            f"{len(CONTROL)} values in 18 fields, never",
            "tests/security/test_requests.py",
        ),
        (
            "Path traversal",
            f"{len(TRAVERSALS)} addresses, no file",
            "tests/security/test_requests.py",
        ),
        (
            "JSON that is too deep, too large or invalid",
            f"{len(NESTED)} kinds x {len(WITH_BODY)} routes, a webhook, a form, a WebSocket: only refused",
            "tests/security/test_requests.py",
        ),
        (
            "URLs that webhooks may not reach (SSRF)",
            f"{cases(guard.test_hostile_urls)} URLs and {cases(guard.test_names_that_point_inside)} answers of name "
            "servers, all refused",
            "tests/server/webhooks/test_guard.py",
        ),
    ]


def table() -> str:
    """Return the figures as docs/security.md shows them."""
    rows = [f"| {what} | {figure} | `{test}` |" for what, figure, test in figures()]
    return "\n".join(["| Attack or case | Figure | Counted by |", "|---|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    print(table(), end="")
