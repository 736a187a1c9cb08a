"""Claiming, changing and releasing names."""

from typing import Final

from parley.core.commands import ClaimName, ReleaseName, Rename
from parley.core.decision import Decision
from parley.core.events import DIRECTORY
from parley.core.records import PutToken
from parley.core.refusals import Refusal, refuse
from parley.core.state import State, User
from parley.core.text import as_typed, is_name, is_reserved
from parley.core.unicode.confusables import skeletons

from .common import SERVER_NAME, Policy, about, decided, entry, group_rooms, stands_over, words
from .invitations import find, invited_to, used
from .speaking import kept_from_writing

_SERVER_LOOKS: Final = frozenset(skeletons(SERVER_NAME))


def claim_name(state: State, command: ClaimName, at: int, policy: Policy) -> Decision | Refusal:
    known = state.users.get(command.user) if command.user is not None else None
    if command.user in state.deleted:
        return refuse("token_unknown")
    if known is not None and known.disabled:
        return refuse("account_disabled")
    if policy.access == "members" and (known is None or not known.account):
        return refuse("sign_in_needed")
    if known is not None:
        return decided()
    name = as_typed(command.name)
    if problem := name_problem(state, name, None):
        return problem
    directory = state.rooms[DIRECTORY]
    user = User(state.next_user if command.user is None else command.user, name)
    token = [PutToken(user.id, command.token, "resume", "", at)] if command.token is not None else []
    events = [entry(directory, at, user, "named", name)]
    if command.user is not None:
        return decided(*events, records=token)
    if command.invitation or policy.access == "invite":
        invitation = find(state, command.invitation, at)
        if isinstance(invitation, Refusal):
            return invitation
        if invitation.role:
            return refuse("account_needed")
        events += [used(state, invitation, at, user), *invited_to(state, invitation, at, user)]
    return decided(*events, records=token)


def release_name(state: State, command: ReleaseName, at: int) -> Decision | Refusal:
    user = state.users.get(command.user)
    if user is None or user.account:
        return decided()  # an account stays a member whether it is connected or not
    text = words(command.words)
    rooms = [state.rooms[id_] for id_ in group_rooms(state, user.id)]
    events = [entry(room, at, user, "left", "" if kept_from_writing(state, room, user, at) else text) for room in rooms]
    return decided(*events, entry(state.rooms[DIRECTORY], at, user, "released"))


def rename(state: State, command: Rename, at: int) -> Decision | Refusal:
    user = state.users[command.user]
    by = user.id if command.by is None else command.by
    if by == user.id and user.disabled:
        return refuse("account_disabled")
    if by != user.id and not stands_over(state, by, user.role):
        return refuse("not_allowed")
    name = as_typed(command.name)
    if name == user.name:
        return decided()
    if problem := name_problem(state, name, user):
        return problem
    directory = state.rooms[DIRECTORY]
    events = [entry(directory, at, user, "named", name)]
    if by != user.id:
        events.append(entry(directory, at, state.users.get(by), "credentials", "renamed", about(user), ahead=1))
    events += [entry(state.rooms[id_], at, user, "renamed", name) for id_ in sorted(user.rooms)]
    return decided(*events)


def name_problem(state: State, name: str, user: User | None) -> Refusal | None:
    """Return why the user can't have that name; None if it is free or theirs, and not confusable with an account's."""
    if not is_name(name):
        return refuse("name_invalid")
    if is_reserved(name):
        return refuse("name_taken", name=name)
    mine = user.id if user is not None else 0
    holder = state.user_named(name)
    if holder is not None and holder.id != mine:
        return refuse("name_taken", name=name)
    if state.account_like(name, but=mine) is not None or not _SERVER_LOOKS.isdisjoint(skeletons(name)):
        return refuse("name_taken", name=name)
    return None
