"""Accounts (creating, using, changing and deleting them) and invitations."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from parley.core import commands as c
from parley.core.decision import Decision
from parley.core.events import DELETED_NAME, DIRECTORY, MACHINE, NEW_PASSWORD, Event
from parley.core.kinds import Kind
from parley.core.records import DropTokens, ForgetUser, KeepTokens, PutPassword, PutToken, Record, TokenKind
from parley.core.refusals import Refusal, refuse
from parley.core.state import Invitation, Profile, State, User
from parley.core.text import NAME_CHARS, as_typed, single_line

from .common import LASTS_MOST_MS, Policy, about, decided, entry, stands_over, words
from .invitations import find, invited_to, kept_from_inviting, used
from .names import name_problem

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_CODE: Final = re.compile(r"[0-9a-f]{64}")
_ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
# Bidirectional control characters: they change the direction of the text after them.
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def register(state: State, command: c.Register, at: int, policy: Policy) -> Decision | Refusal:
    guest = state.users.get(command.user) if command.user is not None else None
    if command.user is not None and guest is None:
        return refuse("name_needed")
    if guest is not None and guest.account:
        return refuse("account_there")
    name = as_typed(command.name)
    if problem := name_problem(state, name, guest):
        return problem
    invitation = None
    if command.by is not None:
        if command.role not in ("owner", "admin", "member", "bot"):
            return refuse("value_invalid", why="an account's role is owner, admin, member or bot")
        if not stands_over(state, command.by, command.role):
            return refuse("not_allowed")
        role = command.role
    elif command.password is None:
        return refuse("password_invalid")
    else:
        # With access "invite", a guest has already used an invitation and needs no other one. With access "members",
        # only an invitation gives the right to an account.
        if command.invitation or policy.access == "members" or (policy.access == "invite" and guest is None):
            found = find(state, command.invitation, at)
            if isinstance(found, Refusal):
                return found
            invitation = found
        role = (invitation.role or "member") if invitation is not None else "member"
    directory = state.rooms[DIRECTORY]
    user = User(guest.id if guest is not None else state.next_user, name)
    events: list[Event] = []
    rooms: list[Event] = []
    if guest is None:
        events.append(entry(directory, at, user, "named", name))
    elif name != guest.name:
        events.append(entry(directory, at, guest, "named", name))
        rooms = [entry(state.rooms[id_], at, guest, "renamed", name) for id_ in sorted(guest.rooms)]
    events.append(entry(directory, at, user, "registered", role, ahead=len(events)))
    if command.by is not None:
        by = state.users.get(command.by)
        events.append(entry(directory, at, by, "credentials", "account made", about(user), ahead=len(events)))
    if invitation is not None:
        events.append(used(state, invitation, at, user, ahead=len(events)))
        rooms += invited_to(state, invitation, at, user)
    return decided(*events, *rooms, records=_records_of_account(command, user.id, at))


def _records_of_account(command: c.Register, user: int, at: int) -> list[Record]:
    records: list[Record] = [KeepTokens(user)] if command.user is not None else []
    if command.password is not None:
        records.append(PutPassword(user, command.password))
    if command.token is not None:
        kind: TokenKind = "bot" if command.role == "bot" and command.by is not None else "session"
        records.append(PutToken(user, command.token, kind, single_line(command.label), at))
    return records


def sign_in(state: State, command: c.SignIn, at: int) -> Decision | Refusal:
    user = state.users[command.user]
    of_a_bot = user.role == "bot" and command.by is not None and stands_over(state, command.by, "bot")
    if command.by not in (None, MACHINE, user.id) and not of_a_bot:
        return refuse("not_allowed")  # whoever creates a token of a person's account could read that person's messages
    if not user.account:
        return refuse("account_needed")
    if user.disabled:
        return refuse("account_disabled")
    if command.at is not None and command.at < user.password_at:
        return refuse("sign_in_wrong")
    label = single_line(command.label)
    token = PutToken(user.id, command.token, "session" if command.by is None else "bot", label, at)
    if command.by is None:
        return decided(records=[token])
    return decided(_noted(state, command.by, user, f"token {label}".strip(), at), records=[token])


def sign_out(state: State, command: c.SignOut, at: int) -> Decision | Refusal:
    dropped = DropTokens(command.user, command.token, command.but)
    return _about_credentials(state, command.user, command.by, "sessions ended", at, [dropped])


def set_password(state: State, command: c.SetPassword, at: int) -> Decision | Refusal:
    user = state.users[command.user]
    if user.role == "bot" or not user.account:
        return refuse("account_needed")
    if user.disabled and command.by in (None, user.id):
        return refuse("account_disabled")
    records: list[Record] = [PutPassword(user.id, command.password), DropTokens(user.id, but=command.but)]
    return _about_credentials(state, command.user, command.by, NEW_PASSWORD, at, records, always=True)


def _about_credentials(
    state: State, id_: int, by: int | None, what: str, at: int, records: Sequence[Record], *, always: bool = False
) -> Decision | Refusal:
    user = state.users[id_]
    if by is not None and by != id_ and not stands_over(state, by, user.role):
        return refuse("not_allowed")
    if by is None and not always:
        return decided(records=records)
    return decided(_noted(state, id_ if by is None else by, user, what, at), records=records)


def _noted(state: State, by: int, user: User, what: str, at: int) -> Event:
    return entry(state.rooms[DIRECTORY], at, state.users.get(by), "credentials", words(what), about(user))


def set_profile(state: State, command: c.SetProfile, at: int) -> Decision | Refusal:
    user = state.users[command.user]
    if not user.account:
        return refuse("account_needed")
    display, colour, zone = single_line(command.display), command.colour.lower(), command.zone.strip()
    if len(display) > NAME_CHARS or _TURNING.search(display):
        return refuse("profile_invalid", why=f"a display name is one line of at most {NAME_CHARS} characters")
    if colour and not _COLOUR.fullmatch(colour):
        return refuse("profile_invalid", why="a colour looks like #33aa77")
    if zone and not _ZONE.fullmatch(zone):
        return refuse("profile_invalid", why="a time zone looks like Europe/Berlin")
    profile = Profile(display, colour, zone)
    if profile == user.profile:
        return decided()
    return decided(entry(state.rooms[DIRECTORY], at, user, "profile", msgspec.json.encode(profile).decode()))


def delete(state: State, command: c.DeleteAccount, at: int) -> Decision | Refusal:
    user = state.users.get(command.user)
    if user is None or not user.account:
        return refuse("account_needed")
    by = user.id if command.by is None else command.by
    if by != user.id and not stands_over(state, by, user.role):
        return refuse("not_allowed")
    if by == user.id and user.disabled:
        return refuse("account_disabled")
    if user.role == "owner" and _owners(state) == [user.id]:
        return refuse("owner_last")
    gone = User(user.id, DELETED_NAME)
    actor = gone if by == user.id else state.users.get(by)
    events = [entry(state.rooms[id_], at, gone, "left") for id_ in sorted(user.rooms) if not _direct(state, id_)]
    what = "erased" if command.erase else "kept"
    directory = state.rooms[DIRECTORY]
    return decided(
        *events,
        entry(directory, at, gone, "released"),
        entry(directory, at, actor, "deleted", what, about(gone), ahead=1),
        records=[ForgetUser(user.id, command.erase)],
    )


def _direct(state: State, room: int) -> bool:
    return state.rooms[room].kind == "direct"


def set_server_role(state: State, command: c.SetServerRole, at: int) -> Decision | Refusal:
    user = state.users.get(command.user)
    if user is None or user.role not in ("owner", "admin", "member"):
        return refuse("account_needed")
    if command.role not in ("owner", "admin", "member"):
        return refuse("value_invalid", why="a role is owner, admin or member")
    if not stands_over(state, command.by, user.role) or not stands_over(state, command.by, command.role):
        return refuse("not_allowed")
    if user.role == command.role:
        return decided()
    if user.role == "owner" and _owners(state) == [user.id]:
        return refuse("owner_last")
    actor = state.users.get(command.by)
    return decided(entry(state.rooms[DIRECTORY], at, actor, "role", command.role, about(user)))


def disable(state: State, command: c.Disable, at: int) -> Decision | Refusal:
    user = state.users.get(command.user)
    if user is None or not user.account:
        return refuse("account_needed")
    if command.by == user.id or not stands_over(state, command.by, user.role):
        return refuse("not_allowed")
    if user.disabled == command.disabled:
        return decided()
    if user.role == "owner" and _owners(state) == [user.id]:
        return refuse("owner_last")
    kind: Kind = "disabled" if command.disabled else "enabled"
    actor = state.users.get(command.by)
    event = entry(state.rooms[DIRECTORY], at, actor, kind, words(command.why), about(user))
    return decided(event, records=[DropTokens(user.id)] if command.disabled else ())


def make_invitation(state: State, command: c.MakeInvitation, at: int) -> Decision | Refusal:
    room = state.rooms.get(command.room) if command.room else None
    if problem := kept_from_inviting(state, command.by, command.role, room):
        return problem
    if command.room and (room is None or room.kind == "direct"):
        return refuse("room_unknown")
    if command.role not in ("", "member", "admin", "owner"):
        return refuse("invitation_invalid", why="a role is owner, admin or member")
    if not _CODE.fullmatch(command.code) or command.code in state.invitations:
        return refuse("invitation_invalid", why="its code is not as it should be")
    if not 0 <= command.uses <= 1_000_000 or (command.until and not at < command.until <= at + LASTS_MOST_MS):
        return refuse("invitation_invalid", why="it would let nobody in")
    label = single_line(command.label)
    if len(label) > NAME_CHARS:
        return refuse("invitation_invalid", why=f"a label is one line of at most {NAME_CHARS} characters")
    invitation = Invitation(command.code, command.uses, command.until, command.room, command.role, label, command.by)
    text = msgspec.json.encode(invitation).decode()
    return decided(entry(state.rooms[DIRECTORY], at, state.users.get(command.by), "invitation", text))


def revoke_invitation(state: State, command: c.RevokeInvitation, at: int) -> Decision | Refusal:
    invitation = state.invitations.get(command.code)
    actor = state.users.get(command.by)
    if actor is not None and actor.disabled:
        return refuse("account_disabled")
    if invitation is None or not (
        invitation.by == command.by or stands_over(state, command.by, invitation.role or "guest")
    ):
        return refuse("invitation_unknown")
    return decided(entry(state.rooms[DIRECTORY], at, actor, "invitation_revoked", command.code))


def _owners(state: State) -> list[int]:
    return [user.id for user in state.users.values() if user.role == "owner" and not user.disabled]
