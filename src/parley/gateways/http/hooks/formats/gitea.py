"""Webhooks of Gitea, Forgejo and Gogs: https://docs.gitea.com/usage/webhooks. Except for some names they are the same
as GitHub's.
"""

from collections.abc import Mapping
from typing import Final

from parley.gateways.http.hooks.document import Block, quote
from parley.gateways.http.hooks.fields import Json, first, one_line, string

from . import github
from .forge import excerpt, headed

_HEADERS: Final = ("x-gitea-event", "x-forgejo-event", "x-gogs-event")

_REVIEWS: Final = {
    "pull_request_approved": "approved",
    "pull_request_rejected": "asked for changes in",
    "pull_request_comment": "reviewed",
    "pull_request_review_approved": "approved",
    "pull_request_review_rejected": "asked for changes in",
    "pull_request_review_comment": "reviewed",
}


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    return any(name in headers for name in _HEADERS) or ("compare_url" in body and "commits" in body)


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    event = first(headers.get(name, "") for name in _HEADERS) or github.guessed(body)
    if event in _REVIEWS:
        on = github.thread(body, "pull_request")
        head = headed(github.repository(body), github.who(body), f"{_REVIEWS[event]} ", on)
        return [head, *quote(excerpt(string(body, "review", "content")))]
    if event == "repository":
        action = one_line(body, "action")
        return [headed(github.repository(body), github.who(body), f"{action} the repository")]
    # The header has other names than GitHub's for some events: `issue_assign`, `pull_request_sync`.
    if event not in github.EVENTS:
        event = next((name for name in ("pull_request", "issues") if event.startswith(name.rstrip("s"))), event)
    return github.read(body, {"x-github-event": event})
