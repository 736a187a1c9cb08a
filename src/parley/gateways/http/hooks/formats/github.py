"""GitHub's webhooks: https://docs.github.com/en/webhooks/webhook-events-and-payloads."""

from collections.abc import Callable, Mapping
from typing import Final

from parley.gateways.http.hooks.document import Block, Inline, Link, line, quote
from parley.gateways.http.hooks.fields import Json, at, first, items, one_line, string

from .forge import Push, excerpt, headed, is_nothing, linked, placed, pushed


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    if "x-github-event" in headers:
        return True
    from_somewhere = isinstance(at(body, "repository", "full_name"), str) and isinstance(at(body, "sender"), dict)
    return from_somewhere or ("zen" in body and "hook" in body)


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    event = headers.get("x-github-event") or guessed(body)
    shown = EVENTS.get(event, _anything)(body)
    if event not in EVENTS:
        action = one_line(body, "action")
        words = event.replace("_", " ") + (f" {action.replace('_', ' ')}" if action else "")
        return [headed(repository(body), who(body), words, *_thing(body))]
    return shown


def guessed(body: Json) -> str:
    """Return the likely event of a body without the header that names the event."""
    if "zen" in body:
        return "ping"
    if "ref_type" in body:
        return "delete" if at(body, "pusher_type") and "master_branch" not in body else "create"
    for name, event in _GUESSES:
        if name in body:
            return event
    return "event"


_GUESSES: Final = (
    ("commits", "push"),
    ("comment", "issue_comment"),
    ("review", "pull_request_review"),
    ("pull_request", "pull_request"),
    ("issue", "issues"),
    ("release", "release"),
    ("workflow_run", "workflow_run"),
    ("check_run", "check_run"),
    ("forkee", "fork"),
    ("starred_at", "star"),
    ("deployment_status", "deployment_status"),
)


def repository(body: Json) -> Link | str:
    name = first((one_line(body, "repository", "full_name"), one_line(body, "organization", "login")))
    return linked(string(body, "repository", "html_url"), name) if name else ""


def who(body: Json) -> str:
    """Return the name of the person who caused the event."""
    sender = first((one_line(body, "sender", "login"), one_line(body, "sender", "username")))
    return sender or first(one_line(body, "pusher", name) for name in ("login", "username", "name"))


def thread(body: Json, sort: str) -> Link | str:
    """Return an issue or a pull request: its number and title."""
    found = at(body, sort)
    number, title = one_line(found, "number"), one_line(found, "title")
    return linked(string(found, "html_url"), f"#{number} {title}" if number else title)


def _thing(body: Json) -> tuple[Inline, ...]:
    """Return the first object in the body that has an address and a name: most likely the one that the event is
    about.
    """
    for name, value in body.items():
        if name in ("repository", "sender", "organization", "enterprise", "installation") or not isinstance(
            value, dict
        ):
            continue
        if address := string(value, "html_url"):
            words = first(one_line(value, each) for each in ("title", "name", "display_title", "summary", "number"))
            return (": ", Link(address, words or name.replace("_", " ")))
    return ()


# Events


def _anything(body: Json) -> list[Block]:
    return []


def _ping(body: Json) -> list[Block]:
    place = repository(body)
    return [
        line(
            "The webhook",
            *((" of ", place) if place else ()),
            " works.",
            f" {one_line(body, 'zen')}" if "zen" in body else "",
        )
    ]


def push(body: Json) -> list[Block]:
    commits = [
        (
            one_line(each, "id"),
            string(each, "url"),
            string(each, "message"),
            first(one_line(each, "author", name) for name in ("username", "name")),
        )
        for each in items(body, "commits")
    ]
    total = at(body, "total_commits")
    count = (
        total
        if isinstance(total, int)
        else len(at(body, "commits") or [])
        if isinstance(at(body, "commits"), list)
        else 0
    )
    change = ""
    if at(body, "deleted") is True or is_nothing(at(body, "after")):
        change = "deleted"
    elif at(body, "created") is True or is_nothing(at(body, "before")):
        change = "created"
    elif at(body, "forced") is True:
        change = "forced"
    address = first((string(body, "compare"), string(body, "compare_url")))
    return pushed(repository(body), who(body), Push(one_line(body, "ref"), count, commits, change, address))


def _issue(body: Json) -> list[Block]:
    return _acted(body, "issue", "issue")


def _pull_request(body: Json) -> list[Block]:
    return _acted(body, "pull_request", "pull request")


def _discussion(body: Json) -> list[Block]:
    return _acted(body, "discussion", "discussion")


_ACTIONS: Final = {
    "synchronize": "pushed to",
    "synchronized": "pushed to",
    "ready_for_review": "marked as ready for review:",
    "converted_to_draft": "converted to a draft:",
    "review_requested": "asked for a review of",
    "label_updated": "changed the labels of",
    "label_cleared": "removed the labels of",
    "labeled": "labeled",
    "created": "opened",
}


def _acted(body: Json, sort: str, words: str) -> list[Block]:
    action = one_line(body, "action")
    if action == "closed" and (at(body, sort, "merged") is True or one_line(body, sort, "merged_at")):
        action = "merged"
    verb = _ACTIONS.get(action, action.replace("_", " "))
    subject: list[Inline] = [f"{verb} {words} ", thread(body, sort)]
    if action in ("labeled", "unlabeled"):
        subject.append(f": {one_line(body, 'label', 'name')}")
    elif action in ("assigned", "unassigned"):
        subject.append(f": {one_line(body, 'assignee', 'login')}")
    elif action == "review_requested":
        subject.append(
            f": {first((one_line(body, 'requested_reviewer', 'login'), one_line(body, 'requested_team', 'name')))}"
        )
    text = string(body, sort, "body") if action in ("opened", "created") else ""
    return [headed(repository(body), who(body), *subject), *quote(excerpt(text))]


def _comment(body: Json) -> list[Block]:
    sort = next((name for name in ("issue", "pull_request", "discussion") if isinstance(at(body, name), dict)), "")
    action, address = one_line(body, "action"), string(body, "comment", "html_url")
    verb = "commented on" if action in ("created", "") else f"{action} a comment on"
    if sort:
        on: Inline = thread(body, sort)
        on = Link(address, on.words) if isinstance(on, Link) and address else on
    else:
        on = linked(address, f"commit {one_line(body, 'comment', 'commit_id')[:7]}")
    text = string(body, "comment", "body") if action != "deleted" else ""
    return [headed(repository(body), who(body), f"{verb} ", on), *quote(excerpt(text))]


_REVIEWS: Final = {
    "approved": "approved",
    "changes_requested": "asked for changes in",
    "commented": "reviewed",
    "dismissed": "dismissed a review of",
}


def _review(body: Json) -> list[Block]:
    state = one_line(body, "review", "state").lower()
    on = thread(body, "pull_request")
    address = string(body, "review", "html_url")
    on = Link(address, on.words) if isinstance(on, Link) and address else on
    return [
        headed(repository(body), who(body), f"{_REVIEWS.get(state, 'reviewed')} ", on),
        *quote(excerpt(string(body, "review", "body"))),
    ]


def _created(body: Json) -> list[Block]:
    return [
        headed(repository(body), who(body), f"created {one_line(body, 'ref_type')} {one_line(body, 'ref')}".rstrip())
    ]


def _deleted(body: Json) -> list[Block]:
    return [
        headed(repository(body), who(body), f"deleted {one_line(body, 'ref_type')} {one_line(body, 'ref')}".rstrip())
    ]


def _release(body: Json) -> list[Block]:
    name = first((one_line(body, "release", "name"), one_line(body, "release", "tag_name")))
    action = one_line(body, "action")
    text = string(body, "release", "body") if action in ("published", "created", "released") else ""
    return [
        headed(repository(body), who(body), f"{action} release ", linked(string(body, "release", "html_url"), name)),
        *quote(excerpt(text)),
    ]


def _fork(body: Json) -> list[Block]:
    name = one_line(body, "forkee", "full_name")
    return [
        headed(
            repository(body),
            who(body),
            "forked it",
            *((": ", linked(string(body, "forkee", "html_url"), name)) if name else ()),
        )
    ]


def _star(body: Json) -> list[Block]:
    return [
        headed(repository(body), who(body), "removed their star" if at(body, "action") == "deleted" else "starred it")
    ]


def _run(sort: str) -> Callable[[Json], list[Block]]:
    def read(body: Json) -> list[Block]:
        run = at(body, sort)
        name = first((one_line(run, "name"), one_line(run, "app", "name"), sort.replace("_", " ")))
        outcome = first((one_line(run, "conclusion"), one_line(run, "status"), one_line(body, "action")))
        branch = first((one_line(run, "head_branch"), one_line(run, "check_suite", "head_branch")))
        title = first((one_line(run, "display_title"), one_line(run, "output", "title")))
        words = [f": {outcome.replace('_', ' ')}", f" on {branch}" if branch else "", f" ({title})" if title else ""]
        return [placed(repository(body), linked(string(run, "html_url"), name), *words)]

    return read


def _status(body: Json) -> list[Block]:
    name = first((one_line(body, "context"), "status"))
    return [
        placed(
            repository(body),
            linked(string(body, "target_url"), name),
            f": {one_line(body, 'state')} {one_line(body, 'description')}".rstrip(),
        )
    ]


def _deployment_status(body: Json) -> list[Block]:
    status = at(body, "deployment_status")
    address = first((string(status, "target_url"), string(status, "log_url"), string(status, "environment_url")))
    where = first((one_line(status, "environment"), one_line(body, "deployment", "environment"), "deployment"))
    words = f": {one_line(status, 'state')} {one_line(status, 'description')}".rstrip()
    return [placed(repository(body), linked(address, where), words)]


def _wiki(body: Json) -> list[Block]:
    found: list[Inline] = []
    for each in items(body, "pages"):
        page = linked(string(each, "html_url"), one_line(each, "title"))
        found += [", " if found else "", f"{one_line(each, 'action')} ", page]
    return [headed(repository(body), who(body), "changed the wiki: ", *found)]


EVENTS: Final[Mapping[str, Callable[[Json], list[Block]]]] = {
    "ping": _ping,
    "push": push,
    "issues": _issue,
    "issue_comment": _comment,
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_comment": _comment,
    "commit_comment": _comment,
    "discussion": _discussion,
    "discussion_comment": _comment,
    "create": _created,
    "delete": _deleted,
    "release": _release,
    "fork": _fork,
    "star": _star,
    "watch": _star,
    "workflow_run": _run("workflow_run"),
    "workflow_job": _run("workflow_job"),
    "check_run": _run("check_run"),
    "check_suite": _run("check_suite"),
    "status": _status,
    "deployment_status": _deployment_status,
    "gollum": _wiki,
}
"""The events with a function of their own. Of all others, the person, the action and the repository are shown."""
