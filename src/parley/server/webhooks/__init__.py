"""Outgoing webhooks: send a room's events to a URL by POST, in order, each until it is acknowledged
(docs/guide/webhooks.md).
"""

from .deliver import Status, Timing, Webhooks
from .guard import Guard, UrlRefused, check_allow

__all__ = ["Guard", "Status", "Timing", "UrlRefused", "Webhooks", "check_allow"]
