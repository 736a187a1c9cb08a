"""Alertmanager's own webhooks: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config."""

from collections.abc import Iterable, Mapping
from typing import Final

from parley.gateways.http.hooks.document import Block, Inline, Item, Link, ParagraphLine, bold, line
from parley.gateways.http.hooks.fields import Json, at, first, items, more, one_line, string, table

_WORDS: Final = ("summary", "description", "message")


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    alerts = at(body, "alerts")
    return isinstance(alerts, list) and (isinstance(at(body, "groupLabels"), dict) or "receiver" in body)


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    title = one_line(body, "title") or _title(body)
    head = line(bold(_linked(string(body, "externalURL"), title)))
    return [head, *common(body), *(block for alert in items(body, "alerts") for block in one(alert, body)), *left(body)]


def _title(body: Json) -> str:
    status = one_line(body, "status").upper()
    alerts = at(body, "alerts")
    firing = sum(1 for each in alerts if at(each, "status") == "firing") if isinstance(alerts, list) else 0
    name = first((one_line(body, "groupLabels", "alertname"), one_line(body, "commonLabels", "alertname")))
    name = name or pairs(table(body, "groupLabels").items()) or "alerts"
    return f"[{status}:{firing}] {name}" if status == "FIRING" else f"[{status or 'ALERT'}] {name}"


def common(body: Json) -> list[Block]:
    """Return the labels and annotations that all alerts of a group share."""
    labels = [pair for pair in table(body, "commonLabels").items() if pair[0] != "alertname"]
    words = pairs(labels)
    return [*([line(words)] if words else []), *_annotations(table(body, "commonAnnotations").items())]


def one(alert: Json, body: Json) -> list[Block]:
    """Return one alert: the labels and annotations that the others do not share, and its links."""
    shared, told = table(body, "commonLabels"), table(body, "commonAnnotations")
    own = pairs(pair for pair in table(alert, "labels").items() if pair[0] not in shared)
    annotations = [pair for pair in table(alert, "annotations").items() if pair[0] not in told]
    said = first(one_line(dict(annotations), name) for name in _WORDS)
    status = one_line(alert, "status")
    value = first((one_line(alert, "valueString"), pairs(table(alert, "values").items())))
    parts: list[tuple[Inline, ...]] = [
        (status,) if status and status != one_line(body, "status") else (),
        (own,) if own else (),
        (said,) if said else (),
        (value,) if value else (),
        *((_linked(string(alert, name), words),) for name, words in _LINKS if string(alert, name)),
    ]
    words = [part for part in parts if part]
    if not words:
        return []
    inlines: list[Inline] = [*words[0]]
    for part in words[1:]:
        inlines += [" · ", *part]
    rest = [pair for pair in annotations if one_line(dict(annotations), pair[0]) != said]
    return [Item(tuple(inlines)), *(Item(each.of, depth=1) for each in _annotations(rest))]


def left(body: Json) -> list[Block]:
    """Return lines with the number of alerts that are missing in the body or not shown."""
    cut = at(body, "truncatedAlerts")
    words = [more(body, "alerts"), f"… and {cut:,} more" if isinstance(cut, int) and cut > 0 else ""]
    return [line(each) for each in words if each]


_LINKS: Final = (
    ("generatorURL", "source"),
    ("dashboardURL", "dashboard"),
    ("panelURL", "panel"),
    ("silenceURL", "silence"),
    ("imageURL", "image"),
)


def pairs(labels: Iterable[tuple[str, Json]]) -> str:
    """Return labels as `name=value`, separated by blanks."""
    return " ".join(f"{name}={one_line({name: value}, name)}" for name, value in labels)


def _annotations(pairs: Iterable[tuple[str, Json]]) -> list[ParagraphLine]:
    found = []
    for name, value in pairs:
        text = string({name: value}, name)
        if text.startswith(("http://", "https://")) and " " not in text:
            found.append(line(f"{name}: ", Link(text)))
        elif name in _WORDS:
            found += [line(each) for each in text.split("\n")]
        elif text:
            found.append(line(f"{name}: ", " ".join(text.split())))
    return found


def _linked(address: str, words: str) -> Inline:
    return Link(address, words) if address else words
