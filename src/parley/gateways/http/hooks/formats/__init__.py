"""The formats of webhooks: one module for each, and the table that recognizes them.

A module says which bodies it reads (`is_mine`) and makes a document of one (`read`). Both are pure, and take any JSON:
`fields` reads fields that may be missing or of another type. `read` returns an empty document if it finds nothing to
show.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from parley.gateways.http.hooks.document import Block, Document
from parley.gateways.http.hooks.fields import Json

from . import (
    alertmanager,
    discord,
    gitea,
    github,
    gitlab,
    grafana,
    jenkins,
    notice,
    sentry,
    slack,
    teams,
    unknown,
    uptime_kuma,
)

Headers = Mapping[str, str]
"""The headers of a request, by name in lower case."""


class Format(Struct, frozen=True):
    """A format of webhooks.

    Attributes:
        name: what people call it.
        is_mine: tells whether a body, an object, has this format. Some tools say so in a header.
        read: returns its document.
        speaks: whether its bodies are messages that people or scripts wrote. If so, an empty document means an empty
            message. Otherwise it means that the body has something that this format does not know, and the body is
            shown as JSON.
    """

    name: str
    is_mine: Callable[[Json, Headers], bool]
    read: Callable[[Json, Headers], list[Block]]
    speaks: bool = False


FORMATS: Final = (
    # Before Slack, because its messages have `attachments` and its cards `text`, as messages of Slack have.
    Format("Microsoft Teams", teams.is_mine, teams.read),
    # Before Gitea, which sends its own headers also with a body in the format of Slack or Discord.
    Format("Slack", slack.is_mine, slack.read, speaks=True),
    Format("Discord", discord.is_mine, discord.read, speaks=True),
    # Formats recognized by a header. Gitea is before GitHub, as it and its forks send GitHub's headers as well.
    Format("Gitea, Forgejo, Gogs", gitea.is_mine, gitea.read),
    Format("GitHub", github.is_mine, github.read),
    Format("GitLab", gitlab.is_mine, gitlab.read),
    Format("Sentry", sentry.is_mine, sentry.read),
    # Formats recognized by their fields. Grafana is before Alertmanager, as its alerts have all fields of
    # Alertmanager's.
    Format("Grafana", grafana.is_mine, grafana.read),
    Format("Alertmanager", alertmanager.is_mine, alertmanager.read),
    Format("Uptime Kuma", uptime_kuma.is_mine, uptime_kuma.read),
    Format("Jenkins (Notification plugin)", jenkins.is_mine, jenkins.read),
    Format("title and message (ntfy, Gotify, Apprise)", notice.is_mine, notice.read),
)
"""All formats, in the order in which they are tried."""


def read(tree: Json, headers: Headers) -> Document:
    """Return the document of JSON in any format; JSON of an unknown form as code."""
    if isinstance(tree, dict):
        for format_ in FORMATS:
            if format_.is_mine(tree, headers):
                document = format_.read(tree, headers)
                if document or format_.speaks:
                    return document
                break
    return unknown.read(tree)
