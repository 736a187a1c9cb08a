"""The rules decide commands. They are pure functions of the state, the command and the time.

They return a `Decision` or a `Refusal`. A decision without events means that nothing changes in the logs: the command
asks for something that is already the case, or only for records (sessions, passwords: `parley.core.records`).
"""

from collections.abc import Callable
from typing import Any, Final

from parley.core import commands as c
from parley.core.decision import Decision
from parley.core.mentions import Online
from parley.core.refusals import Refusal, refuse
from parley.core.state import State
from parley.core.text import is_key

from . import accounts, changing, moderation, names, read_marks, rooms, speaking, webhooks
from .common import SERVER_NAME, Policy

__all__ = ["OPEN", "SERVER_NAME", "Policy", "decide"]

OPEN: Final = Policy()


def nobody(user: int) -> bool:
    """An `Online` for which no user is connected."""
    return False


def decide(
    state: State,
    command: c.Command,
    at: int,
    policy: Policy = OPEN,
    online: Online = nobody,
    forms: changing.Forms = (),
) -> Decision | Refusal:
    """Decide a command. The state is not changed.

    Args:
        state: the state.
        command: the command.
        at: the time, in milliseconds since 1970 UTC.
        policy: what the server's owner has configured.
        online: tells who is connected.
        forms: the present forms of the messages that the command names; see `parley.core.commands.named_messages`.
    """
    kind = command.__class__
    if kind is c.SendMessage:
        return speaking.send_message(state, command, at, online)  # type: ignore[arg-type]
    if command.key is not None and not is_key(command.key):
        return refuse("key_invalid")
    if kind in _IN_PERSON:
        user = state.users.get(command.user)  # type: ignore[attr-defined]
        if user is None:
            return refuse("name_needed")
        if user.disabled and kind not in _OF_AN_ACCOUNT:
            return refuse("account_disabled")
    if kind in _WITH_FORMS:
        return _WITH_FORMS[kind](state, command, at, policy, online, forms)
    if kind is c.SendDirect:
        return speaking.send_direct(state, command, at, online)  # type: ignore[arg-type]
    if kind in _BY_POLICY:
        return _BY_POLICY[kind](state, command, at, policy)
    return _RULES[kind](state, command, at)


_OF_AN_ACCOUNT: Final = frozenset((c.SignIn, c.SignOut, c.SetPassword, c.Rename))
"""Commands about an account that are allowed while the account is disabled, because others may give them."""

_IN_PERSON: Final = _OF_AN_ACCOUNT | {
    c.SendDirect,
    c.Join,
    c.Create,
    c.OpenDirect,
    c.Leave,
    c.SetTopic,
    c.SetProfile,
}

_WITH_FORMS: Final[dict[type, Callable[[State, Any, int, Policy, Online, changing.Forms], Decision | Refusal]]] = {
    c.Reply: changing.send_reply,
    c.Edit: changing.edit,
    c.Erase: changing.erase,
    c.EraseMany: changing.erase_many,
    c.React: changing.react,
    c.Pin: changing.pin,
    c.SetTitle: changing.set_title,
}

_BY_POLICY: Final[dict[type, Callable[[State, Any, int, Policy], Decision | Refusal]]] = {
    c.ClaimName: names.claim_name,
    c.Create: rooms.create,
    c.Join: rooms.join,
    c.Register: accounts.register,
}

_RULES: Final[dict[type, Callable[[State, Any, int], Decision | Refusal]]] = {
    c.OpenDirect: speaking.open_direct,
    c.Leave: rooms.leave,
    c.OpenRoom: rooms.open_room,
    c.SetTopic: rooms.set_topic,
    c.ReleaseName: names.release_name,
    c.Rename: names.rename,
    c.Moderate: moderation.moderate,
    c.MoveReadMark: read_marks.move_read_mark,
    c.SetPreference: read_marks.set_preference,
    c.SignIn: accounts.sign_in,
    c.SignOut: accounts.sign_out,
    c.SetPassword: accounts.set_password,
    c.SetProfile: accounts.set_profile,
    c.DeleteAccount: accounts.delete,
    c.SetServerRole: accounts.set_server_role,
    c.Disable: accounts.disable,
    c.MakeInvitation: accounts.make_invitation,
    c.RevokeInvitation: accounts.revoke_invitation,
    c.MakeWebhook: webhooks.make_webhook,
    c.RemoveWebhook: webhooks.remove_webhook,
    c.AdvanceWebhook: webhooks.advance_webhook,
}
