"""Sentry's webhooks, and its older plugin's: https://docs.sentry.io/integrations/integration-platform/webhooks/."""

from collections.abc import Mapping

from parley.gateways.http.hooks.document import Block, Link, bold, line, lines, quote
from parley.gateways.http.hooks.fields import Json, at, first, one_line, string, table

from .forge import excerpt


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    if "sentry-hook-resource" in headers:
        return True
    data = at(body, "data")
    named = isinstance(data, dict) and any(
        isinstance(data.get(name), dict) for name in ("event", "issue", "error", "metric_alert")
    )
    return (named and "action" in body) or ("culprit" in body and "project" in body)


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    action, data = one_line(body, "action"), table(body, "data")
    if "metric_alert" in data:
        return [
            line(bold(_linked(string(data, "web_url"), one_line(data, "description_title") or action))),
            *lines(string(data, "description_text")),
        ]
    if "comment" in data:
        who = first((one_line(body, "actor", "name"), "Someone"))
        head = line(f"{who}: comment {action} on issue {one_line(data, 'issue_id')} ({one_line(data, 'project_slug')})")
        return [head, *quote(excerpt(string(data, "comment")))]
    found = first_table(data.get("issue"), data.get("event"), data.get("error"))
    if not found:
        # Do not show other bodies as JSON: that of an installation contains a secret code.
        what = first((one_line({"": headers.get("sentry-hook-resource")}, ""), "event"))
        return _plugin(body) if "culprit" in body else [line(f"Sentry: {what} {action}")]
    title = first((one_line(found, "title"), one_line(found, "message"), "An event"))
    project = first(
        (one_line(found, "project", "slug"), one_line(found, "project", "name"), one_line(found, "project_name"))
    )
    address = first((string(found, "web_url"), string(found, "permalink"), string(found, "issue_url")))
    rule, culprit = one_line(data, "triggered_rule"), one_line(found, "culprit")
    state = [one_line(found, "level"), action, one_line(found, "environment"), project]
    return [
        line(bold(_linked(address, title))),
        *([line(culprit)] if culprit else []),
        line(" · ".join(filter(None, state)), f" · rule: {rule}" if rule else ""),
    ]


def first_table(*candidates: Json) -> Mapping[str, Json]:
    return next((each for each in candidates if isinstance(each, dict) and each), {})


def _plugin(body: Json) -> list[Block]:
    title = first(
        (one_line(body, "event", "title"), one_line(body, "message"), one_line(body, "event", "message"), "An event")
    )
    state = [one_line(body, "level"), first((one_line(body, "project_name"), one_line(body, "project")))]
    culprit = one_line(body, "culprit")
    return [
        line(bold(_linked(string(body, "url"), title))),
        *([line(culprit)] if culprit else []),
        line(" · ".join(filter(None, state))),
    ]


def _linked(address: str, words: str) -> Link | str:
    return Link(address, words) if address else words
