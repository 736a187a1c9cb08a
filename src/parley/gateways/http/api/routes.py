"""The table of all routes."""

from typing import Final

from . import accounts, admin, changing, messages, rooms, schemas, webhooks
from .documentation import documented
from .event_stream import MEDIA_TYPE as EVENTS
from .routing import IF_MATCH, IF_NONE_MATCH, Route

_LAST: Final = ("Last-Event-ID", "The seq of the last event seen; it counts more than `after`.")

_IF_MATCH: Final = (
    IF_MATCH,
    'The seq of the newest edit in quotes, `"0"` if there is none. If there was an edit since then, nothing is done.',
)
_IF_TIP: Final = (
    IF_MATCH,
    "The seq of the newest event that one knows, in quotes. If anybody has said something since, nothing is done.",
)
_IF_TIP_OF_TOPIC: Final = (_IF_TIP[0], f"With a `topic`: {_IF_TIP[1][0].lower()}{_IF_TIP[1][1:]}")

_NAMES: Final = ("name_invalid", "name_taken")
_INVITED: Final = ("invitation_needed", "invitation_unknown", "sign_in_needed")
_TEXT: Final = ("text_empty", "text_too_long", "text_lines", "key_invalid", "key_reused")
_SILENCED: Final = ("archived", "muted", "read_only", "slow")
_ROOM: Final = ("room_unknown",)
_MESSAGE: Final = ("room_unknown", "message_unknown")
_CHANGE: Final = (*_MESSAGE, "room_not_joined", "message_deleted")
_TO_ROOM: Final = ("room_unknown", "room_direct", "not_allowed")
_TO_MEMBER: Final = (*_TO_ROOM, "user_unknown", "outranked")
_TO_ACCOUNT: Final = ("user_unknown", "account_needed", "owner_last")

ROUTES: Final = documented((
    # Sessions and accounts
    Route(
        "POST", "/session", accounts.sign_in, "Sign in with a name and a password.",
        {200: schemas.SignedIn}, ("sign_in_wrong", "sign_in_throttled", "account_disabled", "account_needed"),
        "nothing", body=schemas.Credentials,
    ),
    Route("DELETE", "/session", accounts.sign_out, "Sign out. A guest leaves.", {204: None}),
    Route(
        "POST", "/accounts", accounts.register,
        "Register. A guest who asks keeps name, rooms and messages.",
        {201: schemas.SignedIn}, (*_NAMES, *_INVITED, "password_invalid", "account_there", "name_needed"),
        "nothing", body=schemas.NewAccount,
    ),
    Route(
        "POST", "/guests", accounts.enter_as_guest,
        "Come in as a guest. Whoever shows their token is back, if need be under this name.",
        {201: schemas.SignedIn, 200: schemas.SignedIn},
        (*_NAMES, *_INVITED, "account_there", "account_needed", "password_needed"),
        "nothing", body=schemas.NewGuest,
    ),
    # Me
    Route("GET", "/me", accounts.get_me, "Who am I?", {200: schemas.Me}),
    Route(
        "PATCH", "/me", accounts.change_me, "Change one's name, profile or quiet hours.",
        {200: schemas.Me}, (*_NAMES, "profile_invalid", "account_needed"), body=schemas.ProfileChanges,
    ),
    Route(
        "DELETE", "/me", accounts.delete_me, "Delete one's account, for good.",
        {204: None}, ("account_needed", "owner_last"), query=schemas.AccountDeletion,
    ),
    Route(
        "PUT", "/me/password", accounts.set_password, "Change one's password. All other sessions end.",
        {204: None}, ("password_invalid", "sign_in_wrong", "sign_in_throttled", "account_needed"),
        body=schemas.NewPassword,
    ),
    Route("GET", "/me/sessions", accounts.get_sessions, "List one's sessions.", {200: schemas.Sessions}),
    Route("DELETE", "/me/sessions", accounts.end_other_sessions, "End all sessions but this one.", {204: None}),
    Route("DELETE", "/me/sessions/{id}", accounts.end_session, "End a session.", {204: None, 404: "session_unknown"}),
    Route("GET", "/me/export", accounts.export, "Everything of one's own, as JSON.", {200: "application/json"}),
    # People
    Route(
        "GET", "/users", rooms.get_users, "List who holds a name here.",
        {200: schemas.Users}, ("page_invalid",), query=schemas.UserPage,
    ),
    Route("GET", "/users/{user}", rooms.get_user, "Look at someone.", {200: schemas.User}, ("user_unknown",)),
    # Rooms
    Route(
        "GET", "/rooms", rooms.get_rooms,
        "List the rooms there are for the one who asks, but for direct ones; for an admin archived public ones, too.",
        {200: schemas.Rooms}, ("page_invalid",), needs="reading", query=schemas.DirectoryPage,
    ),
    Route(
        "POST", "/rooms", rooms.make_room, "Make a room, and be its owner.",
        {201: schemas.Room, 200: schemas.Room}, ("room_invalid", "room_taken", "rooms_too_many"), body=schemas.NewRoom,
    ),
    Route("GET", "/rooms/{room}", rooms.get_room, "Look at a room.", {200: schemas.Room}, _ROOM, "reading"),
    Route(
        "PATCH", "/rooms/{room}", rooms.change_room, "Change a room's topic, name or modes.",
        {200: schemas.Room},
        (
            *_TO_ROOM, "room_invalid", "room_taken", "room_not_joined", "topic_invalid", "value_invalid", "archived",
            "said_since",
        ),
        body=schemas.RoomChanges, headers=(_IF_TIP_OF_TOPIC,),
    ),
    Route(
        "PUT", "/rooms/{room}/read", rooms.mark_read,
        "Say how far one has read. It is on disk then, and one's other clients know.",
        {204: None}, (*_ROOM, "room_not_joined"), body=schemas.ReadMark,
    ),
    Route(
        "PATCH", "/rooms/{room}/preferences", rooms.set_preferences,
        "Say what one wants to be told of, and what is a favourite.",
        {200: schemas.Room}, (*_ROOM, "room_not_joined"), body=schemas.Preferences,
    ),
    # Members
    Route(
        "GET", "/rooms/{room}/members", rooms.get_members, "Who is in a room?",
        {200: schemas.Members}, (*_ROOM, "page_invalid"), "reading", query=schemas.DirectoryPage,
    ),
    Route(
        "PUT", "/rooms/{room}/members/me", rooms.join, "Join a room.",
        {200: schemas.Room}, (*_ROOM, "room_invalid", "rooms_too_many", "banned", "archived", "guests_closed"),
    ),
    Route(
        "DELETE", "/rooms/{room}/members/me", rooms.leave, "Leave a room.",
        {204: None}, (*_ROOM, "room_not_joined", "room_direct"), query=schemas.Reason,
    ),
    Route(
        "DELETE", "/rooms/{room}/members/{user}", rooms.kick, "Put someone out of a room.",
        {204: None}, (*_TO_MEMBER, "member_unknown"), query=schemas.Reason,
    ),
    Route(
        "PUT", "/rooms/{room}/members/{user}/role", rooms.set_role, "Give someone a role in a room.",
        {204: None}, (*_TO_MEMBER, "member_unknown", "value_invalid", "owner_last"), body=schemas.RoleChange,
    ),
    Route(
        "POST", "/rooms/{room}/invitations", rooms.invite, "Invite someone into a room.",
        {204: None}, (*_TO_MEMBER, "value_invalid"), body=schemas.InvitedUser,
    ),
    Route(
        "GET", "/rooms/{room}/bans", rooms.get_bans, "Who is banned from a room?",
        {200: schemas.Restrictions}, (*_ROOM, "not_allowed"),
    ),
    Route(
        "PUT", "/rooms/{room}/bans/{user}", rooms.ban, "Ban someone from a room.",
        {204: None}, (*_TO_MEMBER, "value_invalid"), body=schemas.Restraint, optional_body=True,
    ),
    Route(
        "DELETE", "/rooms/{room}/bans/{user}", rooms.unban, "Lift a ban.",
        {204: None}, _TO_MEMBER, query=schemas.Reason,
    ),
    Route(
        "GET", "/rooms/{room}/mutes", rooms.get_mutes, "Who is muted in a room?",
        {200: schemas.Restrictions}, (*_ROOM, "not_allowed"),
    ),
    Route(
        "PUT", "/rooms/{room}/mutes/{user}", rooms.mute, "Mute someone in a room.",
        {204: None}, (*_TO_MEMBER, "member_unknown", "value_invalid"), body=schemas.Restraint, optional_body=True,
    ),
    Route(
        "DELETE", "/rooms/{room}/mutes/{user}", rooms.unmute, "Let someone speak again.",
        {204: None}, _TO_MEMBER, query=schemas.Reason,
    ),
    # Messages
    Route(
        "GET", "/rooms/{room}/messages", messages.get_messages,
        "Read a page of a room's log: the newest, or what is before or after a seq.",
        {200: schemas.Page, 304: None}, (*_ROOM, "page_invalid"), "reading",
        query=schemas.PageQuery, headers=(IF_NONE_MATCH,),
    ),
    Route(
        "POST", "/rooms/{room}/messages", messages.post_message,
        "Say something. 201: it is stored. 200: it was stored before, under the same key.",
        {201: schemas.Stored, 200: schemas.Stored},
        (*_MESSAGE, "room_not_joined", "thread_nested", "said_since", *_TEXT, *_SILENCED),
        body=schemas.NewMessage, headers=(_IF_TIP,),
    ),
    Route(
        "GET", "/rooms/{room}/messages/{seq}", changing.get_message,
        "Look at a message as it is now. Its `ETag` is for `If-Match`.",
        {200: schemas.Event}, _MESSAGE, "reading",
    ),
    Route(
        "PATCH", "/rooms/{room}/messages/{seq}", changing.edit, "Edit one's own message.",
        {200: schemas.Changed},
        (*_CHANGE, *_TEXT, "not_allowed", "archived", "muted", "read_only", "edit_closed", "changed"),
        body=schemas.NewText, headers=(_IF_MATCH,),
    ),
    Route(
        "DELETE", "/rooms/{room}/messages/{seq}", changing.erase,
        "Delete a message. Its text, its earlier versions and its reactions are erased.",
        {200: schemas.Changed}, (*_MESSAGE, "room_not_joined", "not_allowed", "outranked"), query=schemas.Reason,
    ),
    Route(
        "GET", "/rooms/{room}/messages/{seq}/versions", changing.get_versions,
        "Read what a message said before it was edited: for its author, and for moderators.",
        {200: schemas.Versions}, (*_MESSAGE, "message_deleted", "not_allowed"), query=schemas.VersionsQuery,
    ),
    Route(
        "GET", "/rooms/{room}/messages/{seq}/thread", changing.get_thread,
        "Read a page of the thread under a message: the newest, or what is before or after a seq.",
        {200: schemas.PresentPage, 304: None}, (*_MESSAGE, "page_invalid"), "reading",
        query=schemas.ThreadQuery, headers=(IF_NONE_MATCH,),
    ),
    Route(
        "PUT", "/rooms/{room}/messages/{seq}/title", changing.set_title, "Give the thread under a message a title.",
        {200: schemas.Changed},
        (*_CHANGE, "not_allowed", "archived", "muted", "read_only", "thread_nested", "topic_invalid"),
        body=schemas.NewTitle,
    ),
    Route(
        "GET", "/rooms/{room}/messages/{seq}/reactions", changing.get_reactors, "Who reacts with an emoji?",
        {200: schemas.Reactors}, (*_MESSAGE, "emoji_invalid"), "reading", query=schemas.ReactorsQuery,
    ),
    Route(
        "PUT", "/rooms/{room}/messages/{seq}/reactions/{emoji}", changing.react, "React to a message with an emoji.",
        {200: schemas.Changed}, (*_CHANGE, "emoji_invalid", "reactions_too_many", "archived", "muted"),
    ),
    Route(
        "DELETE", "/rooms/{room}/messages/{seq}/reactions/{emoji}", changing.unreact, "Take a reaction back.",
        {200: schemas.Changed}, (*_CHANGE, "emoji_invalid", "archived", "muted"),
    ),
    Route(
        "PUT", "/rooms/{room}/messages/{seq}/pin", changing.pin, "Pin a message to its room.",
        {200: schemas.Changed}, (*_CHANGE, "not_allowed", "archived", "pins_full", "said_since"), headers=(_IF_TIP,),
    ),
    Route(
        "DELETE", "/rooms/{room}/messages/{seq}/pin", changing.unpin, "Unpin a message.",
        {200: schemas.Changed}, (*_CHANGE, "not_allowed", "archived"),
    ),
    Route(
        "GET", "/rooms/{room}/pins", changing.get_pins, "List a room's pinned messages, the oldest first.",
        {200: schemas.Pins, 304: None}, _ROOM, "reading", query=schemas.PinsQuery, headers=(IF_NONE_MATCH,),
    ),
    Route(
        "GET", "/rooms/{room}/seq", messages.find_seq,
        "Find the first event that is not older than a time: where a day begins, for people.",
        {200: schemas.FoundSeq}, (*_ROOM,), "reading", query=schemas.SeqQuery,
    ),
    Route(
        "GET", "/rooms/{room}/events", messages.follow,
        "Follow a room: server-sent events, each with its seq as id.",
        {200: EVENTS}, _ROOM, "reading", query=schemas.StreamQuery, headers=(_LAST,),
    ),
    Route("GET", "/direct", messages.get_conversations, "List one's direct conversations.", {200: schemas.Rooms}),
    Route(
        "POST", "/direct", messages.write_direct,
        "Begin a direct conversation, or go on with it, and say something in it.",
        {201: schemas.Conversation, 200: schemas.Conversation},
        ("user_unknown", "user_self", "room_unknown", "value_invalid", *_TEXT, *_SILENCED, "room_not_joined"),
        body=schemas.NewConversation,
    ),
    # Webhooks
    Route(
        "GET", "/rooms/{room}/webhooks", webhooks.get_webhooks, "List a room's webhooks.",
        {200: schemas.Webhooks}, _TO_ROOM,
    ),
    Route(
        "POST", "/rooms/{room}/webhooks", webhooks.make_webhook,
        "Make a webhook: with a URL it is told of the room's events, without it speaks there.",
        {201: schemas.NewlyMadeWebhook}, (*_TO_ROOM, *_NAMES, "value_invalid"), body=schemas.NewWebhook,
    ),
    Route(
        "DELETE", "/rooms/{room}/webhooks/{id}", webhooks.drop_webhook, "End a webhook.",
        {204: None}, (*_TO_MEMBER, "hook_unknown", "member_unknown"),
    ),
    Route(
        "POST", "/rooms/{room}/webhooks/{id}/resume", webhooks.resume_webhook,
        "Go on with a webhook that was parked, where it stopped.", {204: None}, (*_TO_ROOM, "hook_unknown"),
    ),
    # Ways in
    Route(
        "GET", "/join/{id}", admin.preview_invitation, "What does an invitation promise to whoever has its code?",
        {200: schemas.InvitationPreview}, ("invitation_unknown",), "nothing",
    ),
    Route(
        "GET", "/server", admin.get_server, "Who may enter the server, how they reach it, and is one alone?",
        {200: schemas.ServerInfo},
    ),
    Route(
        "GET", "/invitations", admin.get_invitations,
        "List the invitations one has made; all, for those who run the server.", {200: schemas.Invitations},
    ),
    Route(
        "POST", "/invitations", admin.make_invitation, "Make a way into the server.",
        {201: schemas.Link}, ("room_unknown", "account_needed", "not_allowed", "invitation_invalid"),
        body=schemas.NewInvitation,
    ),
    Route(
        "DELETE", "/invitations/{id}", admin.revoke_invitation, "Take an invitation back.",
        {204: None}, ("invitation_unknown",),
    ),
    # Running the server
    Route(
        "GET", "/admin/users", admin.get_accounts, "List who is here.",
        {200: schemas.Accounts}, (), "admin", schemas.UserPage,
    ),
    Route(
        "POST", "/admin/users", admin.create_account, "Make an account for someone, or a bot.",
        {201: schemas.SignedIn}, (*_NAMES, "password_invalid", "value_invalid"), "admin", body=schemas.AccountForOther,
    ),
    Route(
        "GET", "/admin/users/{user}", admin.get_account, "Look at an account.",
        {200: schemas.Account}, ("user_unknown",), "admin",
    ),
    Route(
        "PATCH", "/admin/users/{user}", admin.change_account,
        "Rename someone, give them a role on the server, lock an account, or unlock it.",
        {200: schemas.Account}, (*_TO_ACCOUNT, "name_invalid", "name_taken"), "admin", body=schemas.AccountChanges,
    ),
    Route(
        "DELETE", "/admin/users/{user}", admin.delete_account, "Delete an account, for good.",
        {204: None}, _TO_ACCOUNT, "admin", query=schemas.AccountDeletion,
    ),
    Route(
        "DELETE", "/admin/users/{user}/messages", admin.erase_messages,
        "Delete what someone has said in a certain time: 500 messages in each room.",
        {200: schemas.Erased}, ("user_unknown", "room_unknown"), "admin", query=schemas.MessagesOfUser,
    ),
    Route(
        "GET", "/admin/users/{user}/export", admin.export_account,
        "Everything of an account's own, as JSON: on the admin socket.",
        {200: "application/json"}, ("user_unknown",), "admin",
    ),
    Route(
        "PUT", "/admin/users/{user}/password", admin.reset_password,
        "Give an account a new password. All its sessions end.",
        {204: None}, ("user_unknown", "account_needed", "password_invalid"), "admin", body=schemas.PasswordReset,
    ),
    Route(
        "GET", "/admin/users/{user}/sessions", admin.get_sessions, "List someone's sessions.",
        {200: schemas.Sessions}, ("user_unknown",), "admin",
    ),
    Route(
        "DELETE", "/admin/users/{user}/sessions", admin.end_sessions, "End all of someone's sessions.",
        {204: None}, ("user_unknown",), "admin",
    ),
    Route(
        "DELETE", "/admin/users/{user}/sessions/{id}", admin.end_session, "End one of someone's sessions.",
        {204: None, 404: "session_unknown"}, ("user_unknown",), "admin",
    ),
    Route("GET", "/admin/tokens", admin.get_tokens, "List the bots' tokens.", {200: schemas.Tokens}, (), "admin"),
    Route(
        "POST", "/admin/tokens", admin.make_token, "Make a token for a bot, or for a script of one's own.",
        {201: schemas.SignedIn}, ("user_unknown", "account_needed", "account_disabled"), "admin", body=schemas.NewToken,
    ),
    Route(
        "DELETE", "/admin/tokens/{id}", admin.revoke_token, "Take a token back.",
        {204: None, 404: "session_unknown"}, (), "admin",
    ),
    Route(
        "GET", "/admin/audit", admin.get_audit, "Who did what to whom, and why? The newest first.",
        {200: schemas.Audit}, (), "admin", schemas.AuditQuery,
    ),
))  # fmt: skip
"""All routes. A literal part of a path takes precedence over a parameter."""
