"""The shared parts of the formats of forges: GitHub, Gitea and its forks, GitLab."""

from typing import Final

from msgspec import Struct

from parley.gateways.http.hooks.document import Block, Inline, Item, Link, ParagraphLine, line, lines
from parley.gateways.http.hooks.fields import Json

COMMITS_MOST: Final = 10
EXCERPT_LINES: Final = 10
EXCERPT_CHARS: Final = 600

_NOBODY: Final = "Someone"


class Push(Struct, frozen=True):
    """Commits that were pushed.

    Attributes:
        ref: `refs/heads/main` or `refs/tags/v1`.
        count: the number of commits. `commits` has some or all of them, as (id, address, message, author).
        change: what else happened to the ref: `created`, `deleted`, `forced`, or nothing.
        address: the address of a page that shows the commits.
    """

    ref: str
    count: int
    commits: list[tuple[str, str, str, str]]
    change: str
    address: str


def headed(repository: Link | str, who: str, *words: Inline) -> ParagraphLine:
    """Return the first line of an event: the repository, the person, and what they did."""
    return placed(repository, who or _NOBODY, " ", *words)


def placed(repository: Link | str, *words: Inline) -> ParagraphLine:
    """Return a line that begins with the repository."""
    return line("[", repository, "] ", *words) if repository else line(*words)


def linked(address: str, words: str) -> Link | str:
    return Link(address, words) if address else words


def excerpt(text: str) -> list[Block]:
    """Return the beginning of a comment or description, as plain text."""
    text = text.strip()
    some = "\n".join(text.split("\n")[:EXCERPT_LINES])
    if len(some) > EXCERPT_CHARS:
        some = some[:EXCERPT_CHARS].rsplit(" ", 1)[0]
    return lines(some if len(some) == len(text) else f"{some} …")


def pushed(repository: Link | str, who: str, push: Push) -> list[Block]:
    """Return a push: a line with the person, the number of commits and the branch or tag; and the commits."""
    sort = "tag" if push.ref.startswith("refs/tags/") else "branch"
    name = push.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    if push.change == "deleted":
        return [headed(repository, who, f"deleted {sort} {name}")]
    if sort == "tag" or (push.change == "created" and not push.count):
        return [headed(repository, who, f"pushed {'' if sort == 'tag' else 'new '}{sort} ", linked(push.address, name))]
    verb = "force-pushed" if push.change == "forced" else "pushed"
    count = f"{push.count:,} commit{'' if push.count == 1 else 's'}"
    where = f" to new branch {name}" if push.change == "created" else f" to {name}"
    shown: list[Block] = [headed(repository, who, f"{verb} ", linked(push.address, count), where)]
    shown += [commit(*each) for each in push.commits[:COMMITS_MOST]]
    left = push.count - min(len(push.commits), COMMITS_MOST)
    return shown + ([Item((f"… and {left:,} more",))] if left > 0 else [])


def commit(id_: str, address: str, message: str, author: str) -> Item:
    """Return a commit: its id, the first line of its message, its author."""
    subject = message.split("\n", 1)[0]
    return Item((linked(address, id_[:7]), f" {subject}", f" — {author}" if author else ""))


def is_nothing(id_: Json) -> bool:
    """Tell whether an id of a commit is all zeros, which means that the ref did not exist before, or does not exist any
    more.
    """
    return isinstance(id_, str) and bool(id_) and not id_.strip("0")
