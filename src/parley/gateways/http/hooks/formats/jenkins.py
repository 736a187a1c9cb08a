"""Jenkins with the Notification plugin: https://plugins.jenkins.io/notification/."""

from collections.abc import Mapping

from parley.gateways.http.hooks.document import Block, Link, bold, line, quote
from parley.gateways.http.hooks.fields import Json, at, first, items, one_line, string

from .forge import excerpt


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    return (
        isinstance(at(body, "build"), dict)
        and "name" in body
        and ("phase" in body["build"] or "number" in body["build"])
    )


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    build = at(body, "build")
    name = first((one_line(body, "display_name"), one_line(body, "name")))
    number = one_line(build, "number")
    words = f"{name} #{number}" if number else name
    address = string(build, "full_url")
    said = " · ".join(each for each in (one_line(build, "status"), one_line(build, "phase").lower()) if each)
    branch = one_line(build, "scm", "branch")
    changes = [one_line({"": each}, "") for each in items(build, "scm", "changes")]
    culprits = ", ".join(one_line({"": each}, "") for each in items(build, "scm", "culprits"))
    return [
        line(
            bold(Link(address, words) if address else words),
            f": {said}" if said else "",
            f" ({branch})" if branch else "",
        ),
        *([line(f"Changed: {', '.join(filter(None, changes))}")] if any(changes) else []),
        *([line(f"By: {culprits}")] if culprits else []),
        *quote(excerpt(string(build, "notes"))),
        *quote(excerpt(string(build, "log"))),
    ]
