"""GitLab's webhooks: https://docs.gitlab.com/user/project/integrations/webhook_events/."""

from collections.abc import Callable, Mapping
from typing import Final

from parley.gateways.http.hooks.document import Block, Inline, Link, line, quote
from parley.gateways.http.hooks.fields import Json, at, first, items, one_line, string

from .forge import Push, commit, excerpt, headed, is_nothing, linked, placed, pushed


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    return "x-gitlab-event" in headers or (
        isinstance(at(body, "object_kind"), str) and ("project" in body or "project_id" in body)
    )


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    kind = first((one_line(body, "object_kind"), one_line(body, "event_name")))
    if kind in _EVENTS:
        return _EVENTS[kind](body)
    if not kind:
        return []
    attributes = at(body, "object_attributes")
    words = first(one_line(attributes, name) for name in ("title", "name", "action", "status"))
    thing = linked(string(attributes, "url"), words)
    return [headed(_project(body), _who(body), kind.replace("_", " "), *((": ", thing) if thing else ()))]


def _project(body: Json) -> Link | str:
    name = first(
        (one_line(body, "project", "path_with_namespace"), one_line(body, "project_name"), one_line(body, "group_name"))
    )
    address = first((string(body, "project", "web_url"), string(body, "repository", "homepage")))
    return linked(address, name)


def _who(body: Json) -> str:
    names = (one_line(body, "user", "name"), one_line(body, "user_name"), one_line(body, "user", "username"))
    return first((*names, one_line(body, "user_username")))


def _push(body: Json) -> list[Block]:
    commits = [
        (one_line(each, "id"), string(each, "url"), string(each, "message"), one_line(each, "author", "name"))
        for each in reversed(items(body, "commits"))
    ]
    total = at(body, "total_commits_count")
    change = "deleted" if is_nothing(at(body, "after")) else "created" if is_nothing(at(body, "before")) else ""
    address = string(body, "project", "web_url")
    before, after = one_line(body, "before"), one_line(body, "after")
    if address and not change:
        address = f"{address}/-/compare/{before}...{after}"
    count = total if isinstance(total, int) else len(commits)
    return pushed(_project(body), _who(body), Push(one_line(body, "ref"), count, commits, change, address))


def _acted(words: str) -> Callable[[Json], list[Block]]:
    def read(body: Json) -> list[Block]:
        found = at(body, "object_attributes")
        action = first((one_line(found, "action"), one_line(found, "state"), "changed"))
        mark = "!" if words == "merge request" else "#"
        title = linked(string(found, "url"), f"{mark}{one_line(found, 'iid')} {one_line(found, 'title')}")
        text = string(found, "description") if action == "open" else ""
        return [
            headed(_project(body), _who(body), f"{_VERBS.get(action, action)} {words} ", title),
            *quote(excerpt(text)),
        ]

    return read


_VERBS: Final = {
    "open": "opened",
    "close": "closed",
    "reopen": "reopened",
    "update": "updated",
    "merge": "merged",
    "approved": "approved",
    "unapproved": "withdrew the approval of",
    "approval": "approved",
    "unapproval": "withdrew the approval of",
    "create": "created",
    "delete": "deleted",
}


def _note(body: Json) -> list[Block]:
    on = first(
        f"{mark}{one_line(body, sort, 'iid') or one_line(body, sort, 'id')[:7]} {one_line(body, sort, 'title')}".strip()
        for sort, mark in (("merge_request", "!"), ("issue", "#"), ("snippet", "$"), ("commit", ""))
        if isinstance(at(body, sort), dict)
    )
    found = at(body, "object_attributes")
    head = headed(_project(body), _who(body), "commented on ", linked(string(found, "url"), on or "it"))
    return [head, *quote(excerpt(string(found, "note")))]


def _pipeline(body: Json) -> list[Block]:
    found = at(body, "object_attributes")
    id_, web = one_line(found, "id"), string(body, "project", "web_url")
    address = string(found, "url") or (f"{web}/-/pipelines/{id_}" if web else "")
    seconds = one_line(found, "duration")
    rest = [
        one_line(found, "status"),
        f"on {one_line(found, 'ref')}",
        f"after {seconds} s" if seconds else "",
        f"by {_who(body)}" if _who(body) else "",
    ]
    shown: list[Block] = [
        placed(_project(body), linked(address, f"Pipeline #{id_}"), ": ", " ".join(filter(None, rest)))
    ]
    if message := string(body, "commit", "message"):
        shown.append(
            commit(
                one_line(body, "commit", "id"),
                string(body, "commit", "url"),
                message,
                one_line(body, "commit", "author", "name"),
            )
        )
    failed = [one_line(each, "name") for each in items(body, "builds") if at(each, "status") == "failed"]
    return shown + ([line(f"Failed: {', '.join(failed)}")] if failed else [])


def _job(body: Json) -> list[Block]:
    web, id_ = (
        first((string(body, "project", "web_url"), string(body, "repository", "homepage"))),
        one_line(body, "build_id"),
    )
    words = f"Job {one_line(body, 'build_name')}"
    said = f": {one_line(body, 'build_status')} on {one_line(body, 'ref')}"
    return [placed(_project(body), linked(f"{web}/-/jobs/{id_}" if web and id_ else "", words), said)]


def _deployment(body: Json) -> list[Block]:
    words = f"Deployment to {one_line(body, 'environment')}"
    address = first((string(body, "deployable_url"), string(body, "environment_external_url")))
    return [
        placed(
            _project(body),
            linked(address, words),
            f": {one_line(body, 'status')}",
            f" by {_who(body)}" if _who(body) else "",
        )
    ]


def _release(body: Json) -> list[Block]:
    action = one_line(body, "action")
    name = first((one_line(body, "name"), one_line(body, "tag")))
    place, words = _project(body), (f"Release {_VERBS.get(action, action)}: ", linked(string(body, "url"), name))
    return [placed(place, *words), *quote(excerpt(string(body, "description")))]


def _wiki(body: Json) -> list[Block]:
    found = at(body, "object_attributes")
    action = one_line(found, "action")
    page: Inline = linked(string(found, "url"), one_line(found, "title"))
    return [headed(_project(body), _who(body), f"{_VERBS.get(action, action)} wiki page ", page)]


_EVENTS: Final[Mapping[str, Callable[[Json], list[Block]]]] = {
    "push": _push,
    "tag_push": _push,
    "issue": _acted("issue"),
    "work_item": _acted("work item"),
    "merge_request": _acted("merge request"),
    "note": _note,
    "pipeline": _pipeline,
    "build": _job,
    "deployment": _deployment,
    "release": _release,
    "wiki_page": _wiki,
}
