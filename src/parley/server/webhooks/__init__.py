"""Outgoing webhooks: a room's events, POSTed to a URL in order until they are acknowledged (docs/guide/webhooks.md)."""

from .deliver import Status, Timing, Webhooks
from .guard import Guard, UrlRefused, check_allow

__all__ = ["Guard", "Status", "Timing", "UrlRefused", "Webhooks", "check_allow"]
