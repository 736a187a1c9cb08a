"""Uptime Kuma's webhooks: https://github.com/louislam/uptime-kuma/wiki/Notification-Methods, `webhook.js`.

With its preset "form data", the same JSON is in the field `data` of a form.
"""

from collections.abc import Mapping
from typing import Final

from parley.gateways.http.hooks.document import Block, Link, bold, line, lines
from parley.gateways.http.hooks.fields import Json, at, first, one_line, string

_STATUS: Final = {0: "🔴 Down", 1: "✅ Up", 2: "🟠 Pending", 3: "🔧 Maintenance"}
_NO_ADDRESS: Final = ("", "https://", "http://")


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    return "heartbeat" in body and "monitor" in body and "msg" in body


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    name, status = one_line(body, "monitor", "name"), at(body, "heartbeat", "status")
    words = _STATUS.get(status) if isinstance(status, int) else None
    if not name or words is None:
        return lines(string(body, "msg"))
    address = string(body, "monitor", "url")
    target = one_line(body, "monitor", "hostname")
    said = string(body, "heartbeat", "msg")
    when = first((one_line(body, "heartbeat", "localDateTime"), one_line(body, "heartbeat", "time")))
    return [
        line(
            words, ": ", bold(name if address in _NO_ADDRESS else Link(address, name)), f" ({target})" if target else ""
        ),
        *lines(said),
        *([line(when, " ", one_line(body, "heartbeat", "timezone"))] if when else []),
    ]
