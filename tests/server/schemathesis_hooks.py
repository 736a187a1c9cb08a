"""The credentials of schemathesis: requests that may end a session or an account are made by a new guest, all others by
the server's owner.
"""

import itertools
import json
import os
import urllib.request
from typing import Any

import schemathesis

_SERVER = os.environ["PARLEY_SERVER"]
_numbers = itertools.count()


def _asks(path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        _SERVER + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


@schemathesis.auth(refresh_interval=None)
class Bearer:
    """Gives each request a valid token, whatever earlier requests have done."""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        if case.method in ("DELETE", "PUT") and case.path.startswith(("/api/me", "/api/session")):
            name = f"visitor-{os.getpid()}-{next(_numbers)}"
            return str(_asks("/api/guests", {"name": name})["token"])
        return os.environ["PARLEY_OWNER"]

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"
