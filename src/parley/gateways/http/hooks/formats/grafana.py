"""Grafana's webhooks.

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/:
The format of Alertmanager with a title, a message and links; and the format of Grafana's older alerting, before version
9.
"""

from collections.abc import Mapping

from parley.gateways.http.hooks.document import Block, Link, bold, line, lines
from parley.gateways.http.hooks.fields import Json, at, first, items, one_line, string

from . import alertmanager


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    return "orgId" in body and (isinstance(at(body, "alerts"), list) or "ruleName" in body or "ruleUrl" in body)


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    if not isinstance(at(body, "alerts"), list):
        return _legacy(body)
    message = string(body, "message")
    # A message of Grafana's default template only repeats the alerts, which are shown anyway.
    if not message or message.startswith(("**Firing**", "**Resolved**")):
        return alertmanager.read(body, headers)
    alerts = (block for alert in items(body, "alerts") for block in alertmanager.one(alert, body))
    return [*alertmanager.read(body, headers)[:1], *lines(message), *alerts, *alertmanager.left(body)]


def _legacy(body: Json) -> list[Block]:
    title = first((one_line(body, "title"), one_line(body, "ruleName")))
    address, image = string(body, "ruleUrl"), string(body, "imageUrl")
    shown: list[Block] = [line(bold(Link(address, title) if address else title))]
    shown += lines(string(body, "message"))
    for each in items(body, "evalMatches"):
        shown.append(line(f"{one_line(each, 'metric')}: {one_line(each, 'value')}"))
    return shown + ([line(Link(image, "image"))] if image else [])
