"""`parley admin`: what whoever runs a server can do, on the running server."""

from .audit import audit
from .console import Group
from .invites import invite
from .rooms import ban, room, unban
from .sessions import session, token
from .users import user
from .webhooks import webhook

admin = Group(
    "admin",
    help="Run a running server: people, rooms, ways in. It is reached through its data folder, by whoever owns that.",
    commands=[user, room, invite, ban, unban, session, token, webhook, audit],
)
