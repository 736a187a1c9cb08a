"""Outgoing webhooks: a room's events, POSTed to a URL in order until they are acknowledged (docs/guide/webhooks.md)."""

from .deliver import Destination, Status, Timing, Webhooks
from .guard import Guard, UrlRefused, check_allow
from .registry import WebhookRegistry

__all__ = ["Destination", "Guard", "Status", "Timing", "UrlRefused", "WebhookRegistry", "Webhooks", "check_allow"]
