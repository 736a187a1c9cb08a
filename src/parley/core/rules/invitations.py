"""Ways into the server."""

from parley.core.events import DIRECTORY, MACHINE, Event
from parley.core.refusals import Refusal, refuse
from parley.core.state import Invitation, Room, State, User

from .common import about, entry, is_banned, stands_over


def find(state: State, code: str | None, at: int) -> Invitation | Refusal:
    """Return the invitation of that hash, if it still lets somebody in.

    It does as long as whoever made it could make it now: someone who was kicked, demoted, disabled or deleted leaves no
    door open behind them.
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
    """Return why someone may not make an invitation into that room, for an account of that role, if they may not."""
    if by == MACHINE:
        return None
    maker = state.users.get(by)
    if maker is None or not maker.account:
        return refuse("account_needed")
    if maker.disabled:
        return refuse("account_disabled")
    if maker.role not in ("owner", "admin"):
        # A member may show people into a room they are in, and nothing more.
        inside = room is not None and maker.id in room.members
        return refuse("not_allowed") if role or not inside or maker.role == "bot" else None
    if role and not stands_over(state, by, role):
        return refuse("not_allowed")
    return refuse("room_unknown") if room is not None and room.private and by not in room.members else None


def used(state: State, invitation: Invitation, at: int, user: User, ahead: int = 1) -> Event:
    """Return the event that counts a use, which comes `ahead` events after the directory's next one."""
    return entry(state.rooms[DIRECTORY], at, user, "invitation_used", invitation.code, ahead=ahead)


def invited_to(state: State, invitation: Invitation, at: int, user: User) -> list[Event]:
    """Return what opens the room of an invitation, if it is a private one that is not open to them."""
    room = state.rooms.get(invitation.room) if invitation.room else None
    if room is None or not room.private or user.id in room.members or user.id in room.invited:
        return []
    return [] if is_banned(room, user.id, at) else [entry(room, at, None, "invited", "", about(user))]
