"""`parley admin`: commands for the person who runs a server."""

from .audit import audit
from .console import Group
from .invites import invite
from .messages import message
from .rooms import ban, room, unban
from .sessions import session, token
from .users import user
from .webhooks import webhook

admin = Group(
    "admin",
    help="Run a running server: people, rooms, ways in. It is reached through its data folder, by whoever owns that.",
    commands=[user, room, message, invite, ban, unban, session, token, webhook, audit],
)
