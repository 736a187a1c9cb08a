"""Private rooms, kicks and bans, direct conversations: which events are shown, and where messages go."""

import pytest

from parley.clients.model.room_ref import RoomRef
from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import After, CreateRoom, JoinRoom, ModerateRoom, OutboxEntry, StartDirect
from parley.clients.protocol.room_streams import LEFT_MEANWHILE, NOT_KEPT
from tests.clients.talk import Frame, Talk, done, events, page, ready, room

SECRET = room(20, 20, id_=5, name="secret", kind="private", floor=11)


def refused(code: str, **more: object) -> Frame:
    return {"t": "error", "code": code, "message": f"{code}.", **more}


def place(name: str = "secret", id_: int = 5, kind: str = "private") -> RoomRef:
    return RoomRef(id_, name, kind, "e1")


def within(*rooms: Frame, **options: object) -> Talk:
    talk = Talk(**options).ready(*(rooms or (SECRET,)))
    talk.sent()
    talk.told()
    return talk


def left(seq: int, id_: int = 5) -> Frame:
    return {"t": "left", "room": id_, "seq": seq}


# The floor ------------------------------------------------------------------------------------------------------------


def test_a_room_joined_again_on_another_device_goes_on_at_its_floor() -> None:
    seen = [LastSeen(5, "secret", "private", "e1", 10)]
    talk = Talk(token="S1", account=True, seen=seen)
    talk.ready(room(20, 19, id_=5, name="secret", kind="private", floor=20), token=None, role="member")
    talk.server(events(20, 21, id_=5))
    assert talk.shown() == [20, 21]
    assert [frame["t"] for frame in talk.sent()] == ["hello"]  # and no request for events before the floor


def test_events_between_the_floor_and_the_stream_are_fetched() -> None:
    seen = [LastSeen(5, "secret", "private", "e1", 10)]
    talk = Talk(token="S1", account=True, seen=seen)
    talk.ready(room(25, 25, id_=5, name="secret", kind="private", floor=20), token=None, role="member")
    assert talk.sent()[-1] == {"t": "history", "id": "r1", "room": 5, "after": 19, "limit": 200}
    talk.server(page("r1", *range(20, 26), room_id=5))
    assert talk.shown() == list(range(20, 26))


def test_no_lead_is_asked_for_before_the_floor() -> None:
    talk = within(room(1, 1))
    talk.ask(JoinRoom("secret"))
    talk.server({"t": "joined", "id": "r1", "room": room(20, 19, id_=5, name="secret", kind="private", floor=20)})
    talk.server(events(20, id_=5))
    assert talk.shown() == [20]
    assert [frame["t"] for frame in talk.sent()] == ["join"]


def test_a_floor_before_the_seen_seq_changes_nothing() -> None:
    talk = Talk(token="T1", seen=[LastSeen(5, "secret", "private", "e1", 18)])
    talk.ready({**SECRET, "after": 18}, token=None).server(events(19, 20, id_=5))
    assert talk.shown() == [19, 20]


# Kicks and bans -------------------------------------------------------------------------------------------------------


def test_a_kicked_user_is_told_why_and_does_not_join_again() -> None:
    talk = within(room(10, 10))
    talk.session.say("lobby", "one", talk.now)
    talk.session.say("lobby", "two", talk.now)
    talk.told()
    talk.sent()
    talk.server(done(11, "kicked", "bob", "spam"), left(11, 1), refused("room_not_joined", key="k1"))
    told = talk.told()
    assert isinstance(told[0], fx.Show)
    (gone,) = [effect for effect in told if isinstance(effect, fx.Exited)]
    assert gone.by is not None
    assert (gone.by.kind, gone.by.name, gone.by.text) == ("kicked", "eve", "spam")
    # The queued message causes no join. It is sent with the room's id, and the server refuses it, as it was not stored.
    assert talk.sent() == [{"t": "send", "key": "k2", "room": 1, "text": "two"}]
    talk.server(refused("room_not_joined", key="k2"))
    assert [effect.entry.key for effect in told + talk.told() if isinstance(effect, fx.Settle)] == ["k1", "k2"]
    assert talk.sent() == []


def test_queued_messages_for_a_room_stay_bound_to_it_after_a_ban() -> None:
    talk = within(room(10, 10))
    talk.session.say("lobby", "one", talk.now)
    talk.session.say("lobby", "two", talk.now)
    talk.told()
    talk.server(done(11, "banned", "bob"), left(11, 1))
    kept = [effect.entry for effect in talk.told() if isinstance(effect, fx.Keep)]
    assert [(each.key, each.room, each.confined) for each in kept] == [("k1", 1, True), ("k2", 1, True)]


def test_only_the_kick_at_the_seq_of_left_counts() -> None:
    talk = within(room(10, 10))
    talk.server(done(11, "kicked", "ada"), done(12, "kicked", "bob"), events(13), left(14, 1))
    (gone,) = [effect for effect in talk.told() if isinstance(effect, fx.Exited)]
    assert gone.by is None


def test_a_guest_does_not_join_a_private_room_again_by_name() -> None:
    """If the invitation was withdrawn, a join would create a public room of that name."""
    talk = within(room(10, 10), SECRET)
    talk.session.say("secret", "psst", talk.now)
    talk.cut().sent()
    talk.ready(token=None)
    assert [effect for effect in talk.told() if isinstance(effect, fx.Exited)] == [fx.Exited(place(), False, NOT_KEPT)]
    _, join, send = talk.sent()
    assert (join["t"], join["name"]) == ("join", "lobby")
    assert send == {"t": "send", "key": "k1", "room": 5, "text": "psst"}


def test_a_message_from_a_private_room_never_goes_by_name() -> None:
    talk = within(SECRET)
    talk.session.say("secret", "psst", talk.now)
    assert talk.told() == [fx.Keep(OutboxEntry("k1", "#secret", "psst", room=5, epoch="e1", confined=True))]
    talk.server(refused("room_not_joined", key="k1"))
    assert [type(effect) for effect in talk.told()] == [fx.Settle]
    assert [frame["t"] for frame in talk.sent()] == ["send"]


def test_a_queued_message_is_bound_to_a_private_room_when_that_is_known() -> None:
    talk = Talk(entries=[OutboxEntry("k0", "#SECRET", "psst")]).ready(SECRET)
    assert fx.Keep(OutboxEntry("k0", "#SECRET", "psst", "message", 5, "e1", True)) in talk.told()


def test_a_stored_message_for_an_unknown_private_room_is_not_sent_by_name() -> None:
    talk = Talk(entries=[OutboxEntry("k0", "#secret", "psst", "message", 5, "e1", True)]).ready()
    assert talk.sent()[-1] == {"t": "send", "key": "k0", "room": 5, "text": "psst"}
    talk.server(refused("room_unknown", key="k0"))
    assert isinstance(talk.told()[-1], fx.Settle)
    assert talk.sent() == []


def test_a_private_message_does_not_go_to_another_room_with_the_same_id() -> None:
    entries = [OutboxEntry("k0", "#secret", "psst", "message", 5, "e1", True)]
    talk = Talk(entries=entries).ready(room(3, 3, id_=5, name="tea", epoch="e2"))
    told = talk.told()[-1]
    assert isinstance(told, fx.Settle)
    assert told.state == "refused"
    assert [frame["t"] for frame in talk.sent()] == ["hello"]


def test_a_restored_private_room_gets_its_messages() -> None:
    entries = [OutboxEntry("k0", "#secret", "psst", "message", 5, "e0", True)]
    assert Talk(entries=entries).ready(SECRET).sent()[-1]["room"] == 5


def test_a_renamed_room_gets_its_messages() -> None:
    talk = within(room(10, 10))
    talk.cut()
    talk.session.say("lobby", "one", talk.now)
    talk.ready(room(11, 10, name="hall"), token=None)
    assert talk.sent()[-1] == {"t": "send", "key": "k1", "room": 1, "text": "one"}
    assert fx.Renamed(place("lobby", 1, "public"), place("hall", 1, "public")) in talk.told()


def test_renaming_a_room_is_told() -> None:
    talk = within(room(10, 10))
    talk.server(done(11, "room_renamed", text="hall"))
    assert talk.told()[-1] == fx.Renamed(place("lobby", 1, "public"), place("hall", 1, "public"))
    talk.session.say("hall", "one", talk.now)
    assert talk.sent() == [{"t": "send", "key": "k1", "room": 1, "text": "one"}]


def test_a_private_and_a_public_room_may_have_one_name() -> None:
    talk = within(room(10, 10, id_=2, name="tea"))
    talk.server({"t": "joined", "room": room(3, 2, id_=6, name="tea", kind="private", floor=3)})
    assert [each.id for each in talk.session.rooms] == [2, 6]
    talk.session.say("tea", "psst", talk.now)
    assert talk.sent()[-1]["room"] == 6  # as the server understands the name
    talk.cut().ready(
        room(10, 10, id_=2, name="tea"), room(3, 3, id_=6, name="tea", kind="private", floor=3), token=None
    )
    assert [each.id for each in talk.session.rooms] == [2, 6]
    assert not [effect for effect in talk.told() if isinstance(effect, fx.Forget | fx.Rewound)]


def test_two_private_rooms_may_have_one_name() -> None:
    dens = [room(9, 9, id_=id_, name="den", kind="private", floor=2) for id_ in (6, 5)]
    talk = within(*dens)
    talk.server({"t": "joined", "room": room(3, 2, id_=4, name="den", kind="private", floor=3)})
    talk.cut().ready(*dens, room(3, 3, id_=4, name="den", kind="private", floor=3), token=None)
    assert sorted(each.id for each in talk.session.rooms) == [4, 5, 6]
    talk.session.say("den", "psst", talk.now)
    assert talk.sent()[-1]["room"] == 4


# Waiting --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["slow", "muted", "banned"])
def test_a_long_wait_is_a_refusal(code: str) -> None:
    talk = within(room(10, 10))
    talk.session.say("lobby", "one", talk.now)
    talk.session.say("lobby", "two", talk.now)
    talk.server(refused(code, key="k1", retry_after=7 * 86_400_000))
    settle = talk.told()[-1]
    assert isinstance(settle, fx.Settle)
    assert settle.why == f"{code}."
    assert talk.sent()[-1]["key"] == "k2"


def test_a_short_wait_is_told_and_the_message_sent_again() -> None:
    talk = within(room(10, 10))
    entry = talk.session.say("lobby", "one", talk.now)
    talk.sent()
    talk.server(refused("slow", key="k1", retry_after=5000))
    assert talk.told()[-1] == fx.Postponed(entry, "slow.", 5.0)
    talk.wait(5)
    assert [frame["key"] for frame in talk.sent()] == ["k1"]


def test_a_join_refused_by_a_ban_is_not_repeated() -> None:
    talk = within(room(10, 10))
    request = talk.ask(JoinRoom("tea"))
    talk.server(refused("banned", id="r1", retry_after=7 * 86_400_000))
    assert talk.told()[-1] == fx.Failed(request, "banned", "banned.")
    assert talk.session.deadline is None


# Requests -------------------------------------------------------------------------------------------------------------


def test_a_private_room_is_created_and_entered() -> None:
    talk = within(room(10, 10))
    request = talk.ask(CreateRoom("secret"))
    assert talk.sent() == [{"t": "create", "name": "secret", "private": True, "id": "r1"}]
    talk.session.say("secret", "first", talk.now)
    talk.told()
    talk.server({"t": "joined", "id": "r1", "room": room(3, 2, id_=5, name="secret", kind="private", floor=3)})
    assert fx.Entered(place(), "", request) in talk.told()
    assert talk.sent() == [{"t": "send", "key": "k1", "room": 5, "text": "first"}]


def test_messages_for_a_private_room_that_was_refused_go_nowhere() -> None:
    talk = within(room(10, 10))
    talk.ask(CreateRoom("plan"))
    talk.session.say("Plan", "psst", talk.now)
    talk.sent()
    talk.server(refused("room_taken", id="r1"))  # a public room has this name
    told = talk.told()[-1]
    assert isinstance(told, fx.Settle)
    assert (told.state, told.why) == ("refused", "That room is not there.")
    assert talk.sent() == []


def test_an_unanswered_creation_is_repeated_if_there_is_no_such_room() -> None:
    for rooms, made in (((), 1), ((SECRET,), 0)):
        talk = within(room(10, 10))
        talk.ask(CreateRoom("secret"))
        talk.sent()
        talk.cut().ready(room(10, 10), *rooms, token=None)
        assert [frame["t"] for frame in talk.sent()].count("create") == made


def test_moderation_requests() -> None:
    talk = within(room(10, 10))
    talk.ask(ModerateRoom("lobby", "ban", "ada", duration=5, why="spam"))
    frame = {"t": "moderate", "room": 1, "action": "ban", "whom": "ada", "lasting": 5, "why": "spam", "id": "r1"}
    assert talk.sent() == [frame]
    request = talk.ask(ModerateRoom("lobby", "slow", value="5"))
    talk.server({"t": "done", "id": "r1"})
    assert talk.sent() == [{"t": "moderate", "room": 1, "action": "slow", "value": "5", "id": "r2"}]
    talk.server(refused("not_allowed", id="r2"))
    assert talk.told()[-1] == fx.Failed(request, "not_allowed", "not_allowed.")


@pytest.mark.parametrize(("action", "again"), [("kick", False), ("ban", False), ("invite", True), ("role", True)])
def test_unanswered_moderation_is_repeated_where_that_does_no_harm(action: str, again: bool) -> None:
    talk = within(room(10, 10))
    request = talk.ask(ModerateRoom("lobby", action, "ada"))  # type: ignore[arg-type]
    talk.sent()
    talk.cut().ready(room(10, 10), token=None)
    assert [frame["t"] for frame in talk.sent()] == ["hello", *["moderate"] * again]
    assert (fx.Uncertain(request) in talk.told()) is not again


def test_an_invitation_to_a_room_is_told() -> None:
    talk = within(room(10, 10))
    talk.server({"t": "invited", "room": 5, "name": "secret", "by": {"id": 9, "name": "eve"}})
    assert talk.told() == [fx.InvitedTo("secret", "eve")]


def direct(*names: str, tip: int = 3) -> Frame:
    return room(tip, 0, id_=8, name=", ".join(names), kind="direct")


def people(*names: str) -> RoomRef:
    return place(", ".join(names), 8, "direct")


@pytest.mark.parametrize("answer_first", [True, False])
def test_a_direct_conversation_begins_with_its_room(answer_first: bool) -> None:
    talk = within(room(10, 10))
    request = talk.ask(StartDirect(("EVE", "ada", "bob")))
    assert talk.sent() == [{"t": "gather", "names": ["EVE", "ada", "bob"], "id": "r1"}]
    frames: list[Frame] = [{"t": "done", "id": "r1"}, {"t": "joined", "room": direct("ada", "eve")}]
    talk.server(*(frames if answer_first else frames[::-1]))
    entered = [effect for effect in talk.told() if isinstance(effect, fx.Entered) and effect.request]
    assert entered == [fx.Entered(people("ada", "eve"), "", request)]
    talk.session.say("@ada, eve", "psst", talk.now)
    assert talk.sent() == [{"t": "send", "key": "k1", "room": 8, "text": "psst"}]


def test_an_existing_direct_conversation_is_entered_again() -> None:
    talk = within(direct("ada", "eve"))
    request = talk.ask(StartDirect(("eve", "ada")))
    talk.server({"t": "done", "id": "r1"})
    assert talk.told() == [fx.Entered(people("ada", "eve"), "", request)]


def test_a_direct_conversation_is_named_by_the_current_names() -> None:
    talk = within(direct("ada", "eve"))
    talk.server(events(1, 2, 3, id_=8))
    renamed = {"seq": 4, "at": 0, "user": 9, "name": "eve", "kind": "renamed", "text": "Abel"}
    talk.told()
    talk.server({"t": "events", "room": 8, "events": [renamed]})
    assert talk.told()[-1] == fx.Renamed(people("ada", "eve"), people("Abel", "ada"))


# Watching -------------------------------------------------------------------------------------------------------------


def test_messages_for_a_direct_conversation_wait_for_its_room() -> None:
    talk = within(room(10, 10))
    talk.ask(StartDirect(("eve", "ada")))
    talk.session.say("@eve, ada", "psst", talk.now)
    talk.server({"t": "done", "id": "r1"})
    assert [frame["t"] for frame in talk.sent()] == ["gather"]
    talk.server({"t": "joined", "room": direct("ada", "eve")})
    assert [frame.get("room") for frame in talk.sent() if frame["t"] == "send"] == [8]
    talk = within(room(10, 10))
    talk.ask(StartDirect(("eve", "nobody")))
    talk.session.say("@eve, nobody", "psst", talk.now)
    talk.server(refused("user_unknown", id="r1"))
    assert [effect.state for effect in talk.told() if isinstance(effect, fx.Settle)] == ["refused"]
    assert [frame["t"] for frame in talk.sent()] == ["gather"]


def watcher(room_name: str = "secret") -> Talk:
    talk = Talk(token="S1", account=True, watching=True)
    talk.ask(JoinRoom(room_name, start=After(0), restart=After(0)))
    talk.connect()
    assert talk.sent() == [{"t": "hello", "protocol": 1, "token": "S1"}]
    return talk


def test_a_member_can_watch_a_private_room_without_joining() -> None:
    talk = watcher().server(ready(room(9, 9), SECRET, token=None, role="member"))
    assert talk.sent() == [{"t": "history", "id": "r1", "room": 5, "after": 10, "limit": 200}]
    talk.server(events(10), page("r1", *range(11, 21), room_id=5), events(21, id_=5))
    assert talk.shown() == list(range(11, 22))
    talk.cut().ready(room(10, 10), room(22, 21, id_=5, name="secret", kind="private", floor=11), role="member")
    talk.server(events(22, id_=5))
    assert talk.shown() == [22]
    assert [frame["t"] for frame in talk.sent()] == ["hello"]


def test_watching_a_room_of_others_asks_by_name() -> None:
    talk = watcher().server(ready(room(9, 9), token=None, role="member"))
    assert talk.sent() == [{"t": "watch", "name": "secret", "id": "r1"}]
    talk.server(refused("room_unknown", id="r1"))
    assert isinstance(talk.told()[-1], fx.Failed)


def test_an_observer_is_told_that_the_room_is_gone() -> None:
    talk = watcher().server(ready(SECRET, token=None, role="member"), page("r1", *range(11, 21), room_id=5))
    talk.sent()
    talk.cut().ready(token=None, role="member")
    assert talk.told()[-1] == fx.Exited(place(), False, LEFT_MEANWHILE)
