"""Invitations to the server."""

from parley.core.events import DIRECTORY, MACHINE, Event
from parley.core.refusals import Refusal, refuse
from parley.core.state import Invitation, Room, State, User

from .common import about, entry, is_banned, stands_over


def find(state: State, code: str | None, at: int) -> Invitation | Refusal:
    """Return the invitation with that hash, if it is still valid.

    It is valid as long as its creator would be allowed to create it now. So an invitation ends when its creator is
    kicked, demoted, disabled or deleted.
    """
    if not code:
        return refuse("invitation_needed")
    invitation = state.invitations.get(code)
    if invitation is None or (invitation.until and invitation.until <= at):
        return refuse("invitation_unknown")
    room = state.rooms.get(invitation.room) if invitation.room else None
    if kept_from_inviting(state, invitation.by, invitation.role, room) is not None:
        return refuse("invitation_unknown")
    return invitation


def kept_from_inviting(state: State, by: int, role: str, room: Room | None) -> Refusal | None:
    """Return why the user may not create an invitation to that room, for an account of that role; None if allowed."""
    if by == MACHINE:
        return None
    maker = state.users.get(by)
    if maker is None or not maker.account:
        return refuse("account_needed")
    if maker.disabled:
        return refuse("account_disabled")
    if maker.role not in ("owner", "admin"):
        # A member may invite people to a room they are in, and nothing more.
        inside = room is not None and maker.id in room.members
        return refuse("not_allowed") if role or not inside or maker.role == "bot" else None
    if role and not stands_over(state, by, role):
        return refuse("not_allowed")
    return refuse("room_unknown") if room is not None and room.private and by not in room.members else None


def used(state: State, invitation: Invitation, at: int, user: User, ahead: int = 1) -> Event:
    """Return the event that counts a use, `ahead` places after the directory's next event."""
    return entry(state.rooms[DIRECTORY], at, user, "invitation_used", invitation.code, ahead=ahead)


def invited_to(state: State, invitation: Invitation, at: int, user: User) -> list[Event]:
    """Return the event that invites the user to the invitation's room, if the room is private and not open to them."""
    room = state.rooms.get(invitation.room) if invitation.room else None
    if room is None or not room.private or user.id in room.members or user.id in room.invited:
        return []
    return [] if is_banned(room, user.id, at) else [entry(room, at, None, "invited", "", about(user))]
