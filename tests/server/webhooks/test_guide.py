"""Runs the code in the guide that checks a signature."""

import re
import time
from pathlib import Path

import pytest

from parley.server.webhooks.sign import sign

GUIDE = Path(__file__).parents[3] / "docs/guide/webhooks.md"
BODY = '{"text":"grüß dich"}'.encode()


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({}, True),
        ({"body": BODY + b" "}, False),
        ({"secret": "another"}, False),
        ({"age": 299}, True),
        ({"age": 400}, False),
        ({"age": -400}, False),
        ({"headers": {}}, False),
        ({"headers": {"Parley-Timestamp": "now", "Parley-Signature": "v1="}}, False),
    ],
    ids=str,
)
def test_the_code_accepts_what_the_server_signs_and_nothing_else(change: dict[str, object], accepted: bool) -> None:
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, str(GUIDE), "exec"), names)  # noqa: S102
    timestamp = int(time.time()) - int(str(change.get("age", 0)))
    headers = {"Parley-Timestamp": str(timestamp), "Parley-Signature": sign("well-kept", timestamp, BODY)}
    check = names["is_from_parley"]
    assert callable(check)
    given = check(change.get("secret", "well-kept"), change.get("headers", headers), change.get("body", BODY))
    assert given is accepted


def test_a_signature_never_changes() -> None:
    """Endpoints rely on it: HMAC-SHA256 of `1790000000.{}` with the key `well-kept`, as `openssl dgst -hmac` says."""
    assert (
        sign("well-kept", 1_790_000_000, b"{}") == "v1=c9a3b4cc4ef594bdd35e16e37bcd1aad4c4242bd0c2062e56440723b2cbfd710"
    )
