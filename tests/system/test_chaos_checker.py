"""The checker reports nothing for a correct history, and the fault in each wrong one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.system.chaos.checker import check
from tests.system.chaos.engine import PAGE_EVENTS, EngineClient
from tests.system.chaos.record import Ear, Event, House, LineAccount, Message, Page, Room, Stored, Stretch, WebAccount
from tests.system.chaos.scene import Scene

ANN, BOB, EVE, NET = 1, 2, 3, 4
LOBBY, DIRECT, DEN = 1, 2, 3


class Story:
    """A short correct history; each method adds one fault. It has two web clients in the lobby, one line client, direct
    messages, and a private room from which bob is kicked and to which bob is invited again.
    """

    def __init__(self) -> None:
        names = ((ANN, "ann"), (BOB, "bob"), (EVE, "eve"), (NET, "net0x0"))
        directory = [Stored(seq, user, name, "named", name) for seq, (user, name) in enumerate(names, 1)]
        self.log = [
            Stored(1, 0, "parley", "created", "lobby"),
            Stored(2, ANN, "ann", "joined", ""),
            Stored(3, BOB, "bob", "joined", ""),
            Stored(4, ANN, "ann", "message", "one <ann0.1>", "a-1"),
            Stored(5, BOB, "bob", "message", "two <bob0.1>", "b-1"),
            Stored(6, NET, "net0x0", "message", "three <net0.1>"),
            Stored(7, ANN, "ann", "action", "four <ann0.2>", "a-2"),
        ]
        self.letters = [
            Stored(1, 0, "parley", "created", f"@{ANN}+{BOB}"),
            Stored(2, ANN, "ann", "joined", ""),
            Stored(3, BOB, "bob", "joined", ""),
            Stored(4, ANN, "ann", "message", "psst <ann0.3>", "a-3"),
        ]
        self.whispers = [
            Stored(1, ANN, "ann", "created", "{ann0.10}"),
            Stored(2, ANN, "ann", "private", ""),
            Stored(3, ANN, "ann", "joined", ""),
            Stored(4, ANN, "ann", "invited", "", about=BOB),
            Stored(5, BOB, "bob", "joined", ""),
            Stored(6, ANN, "ann", "message", "hush <ann0.11>", "a-11"),
            Stored(7, ANN, "ann", "kicked", "because {ann0.12}", about=BOB),
            Stored(8, ANN, "ann", "message", "alone <ann0.13>", "a-13"),
            Stored(9, ANN, "ann", "topic", "plans {ann0.14}"),
            Stored(10, ANN, "ann", "invited", "sorry {ann0.15}", about=BOB),
            Stored(11, BOB, "bob", "joined", ""),
            Stored(12, ANN, "ann", "message", "again <ann0.16>", "a-16"),
        ]
        self.hub: House = {
            0: Room(0, "", "e1", directory),
            LOBBY: Room(LOBBY, "lobby", "e1", self.log),
            DIRECT: Room(DIRECT, f"@{ANN}+{BOB}", "e1", self.letters),
            DEN: Room(DEN, "{ann0.10}", "e1", self.whispers),
        }
        self.first = self._sent("a-1", "one <ann0.1>", LOBBY, 4)
        self.second = self._sent("a-2", "four <ann0.2>", LOBBY, 7)
        self.letter = self._sent("a-3", "psst <ann0.3>", None, 4)
        self.stream = Stretch(LOBBY, "e1", 1, [event.shown for event in self.log[1:]], owner_joined=True)
        self.page = Page(LOBBY, "e1", 3, 6, None, False, [event.shown for event in self.log[2:5]], True)
        private = Stretch(DIRECT, "e1", 0, [event.shown for event in self.letters])
        texts = {6: "hush <ann0.11>", 8: "alone <ann0.13>", 12: "again <ann0.16>"}
        whispered = [self._sent(f"a-{text[-3:-1]}", text, DEN, seq) for seq, text in texts.items()]
        sent = [self.first, self.second, self.letter, *whispered]
        self.ann = WebAccount("ann0", ANN, [self.stream], sent, [self.page])
        shown = [event.shown for event in self.whispers]
        self.until_kicked = Stretch(DEN, "e1", 4, shown[4:7], owner_joined=True, put_out=True)
        self.from_then = Stretch(DEN, "e1", 10, shown[10:], rejoined=True)
        self.inner = Page(DEN, "e1", 20, 13, None, False, shown[10:], False)
        streams = [private, self.until_kicked, self.from_then]
        said = self._sent("b-1", "two <bob0.1>", LOBBY, 5)
        heard = {"ann0.1", "ann0.10", "ann0.11", "ann0.12", "ann0.14", "ann0.16"}
        self.bob = WebAccount("bob0", BOB, streams, [said], [self.inner], heard)
        self.eve = WebAccount("eve0", EVE)
        lines = ["ann0.1", "bob0.1", "net0.1", "ann0.2"]
        self.line = LineAccount("net0", "net0x0", lines, ["net0.1"], {"ann0.1", "bob0.1"})

    @staticmethod
    def _sent(key: str, text: str, room: int | None, seq: int) -> Message:
        place = (room or DIRECT, seq)
        return Message(key, text, room, "bob" if room is None else None, attempts=1, acks=[place], at_once=True)

    def kinds(self) -> set[str]:
        return {each.kind for each in check(self.hub, [self.ann, self.bob, self.eve], [self.line])}

    # Wrong histories

    def lose_a_message(self) -> None:
        self.log[6] = Stored(7, EVE, "eve", "topic", "four")

    def lose_the_last_message(self) -> None:
        del self.log[6]

    def store_twice_under_one_key(self) -> None:
        self.log.append(replace_(self.log[3], seq=8))

    def store_twice_without_a_key(self) -> None:
        self.log.append(replace_(self.log[5], seq=8))

    def store_a_message_that_nobody_sent(self) -> None:
        self.log.append(Stored(8, NET, "net0x0", "message", "five <net0.2>"))

    def store_another_text(self) -> None:
        self.log[3] = replace_(self.log[3], text="uno <ann0.1>")

    def leave_out_a_seq_of_the_log(self) -> None:
        del self.log[2]

    def store_a_refused_message(self) -> None:
        self.first.acks.clear()
        self.first.at_once, self.first.refused = False, "not_stored"

    def acknowledge_a_wrong_seq(self) -> None:
        self.first.acks[0] = (LOBBY, 5)

    def acknowledge_a_seq_beyond_the_log(self) -> None:
        self.first.acks[0] = (LOBBY, 70)

    def acknowledge_a_retry_with_another_seq(self) -> None:
        self.first.acks.append((LOBBY, 7))

    def acknowledge_in_another_room(self) -> None:
        self.first.room = DIRECT

    def swap_the_messages_of_one_sender(self) -> None:
        self.ann.messages[:2] = [self.second, self.first]

    def skip_an_event(self) -> None:
        del self.stream.events[3]

    def skip_the_first_event(self) -> None:
        self.stream.after = 0
        self.stream.owner_joined = False

    def show_an_event_twice(self) -> None:
        self.stream.events.insert(3, self.stream.events[2])

    def show_events_in_another_order(self) -> None:
        events = self.stream.events
        events[2], events[3] = events[3], events[2]

    def begin_after_an_earlier_seq_than_promised(self) -> None:
        self.stream.after = 4

    def show_an_event_that_was_not_stored(self) -> None:
        self.stream.events.append(Event(8, BOB, "bob", "message", "never <bob0.2>"))

    def show_another_text_than_was_stored(self) -> None:
        self.stream.events[4] = self.stream.events[4]._replace(text="three, they say <net0.1>")

    def show_another_name(self) -> None:
        self.stream.events[4] = self.stream.events[4]._replace(name="eve")

    def show_a_missing_room(self) -> None:
        self.stream.room = 9

    def begin_after_the_join(self) -> None:
        del self.stream.events[0]
        self.stream.after = 2

    def send_a_wrong_epoch(self) -> None:
        self.stream.epoch = "e2"

    def send_a_wrong_epoch_on_a_page(self) -> None:
        self.page.epoch = "e2"

    def show_a_page_with_a_hole(self) -> None:
        del self.page.events[1]

    def show_a_page_that_ends_early(self) -> None:
        self.page.events.pop()

    def show_a_page_with_another_text(self) -> None:
        self.page.events[0] = self.page.events[0]._replace(text="!")

    def show_a_page_that_is_too_long(self) -> None:
        self.page.limit = 2

    def deny_that_there_are_earlier_events(self) -> None:
        self.page.more = False

    def show_a_direct_room_to_others(self) -> None:
        self.eve.stretches += self.bob.stretches

    def show_a_page_of_a_direct_room_to_others(self) -> None:
        self.eve.pages.append(Page(DIRECT, "e1", 1, 2, None, False, [self.letters[0].shown], False))

    def show_a_line_twice(self) -> None:
        self.line.shown.insert(1, "ann0.1")

    def show_lines_in_another_order(self) -> None:
        self.line.shown[:2] = ["bob0.1", "ann0.1"]

    def skip_a_line(self) -> None:
        del self.line.shown[1]

    def show_a_line_that_was_not_stored(self) -> None:
        self.line.sent.append("net0.2")
        self.line.shown.append("net0.2")

    def show_a_direct_line_to_others(self) -> None:
        self.line.shown.append("ann0.3")

    # Wrong histories of a private room

    def let_an_uninvited_user_join(self) -> None:
        self.whispers.append(Stored(13, EVE, "eve", "joined", ""))

    def let_a_kicked_user_rejoin_uninvited(self) -> None:
        self.whispers[9] = replace_(self.whispers[9], about=EVE)

    def let_a_banned_user_rejoin(self) -> None:
        self.whispers[6] = replace_(self.whispers[6], kind="banned")
        self.until_kicked.events[2] = self.whispers[6].shown

    def show_a_private_room_to_others(self) -> None:
        self.eve.stretches.append(self.from_then)

    def show_the_name_of_a_private_room_to_others(self) -> None:
        self.eve.stretches.append(Stretch(DEN, "e1", 12))

    def show_a_page_of_a_private_room_to_others(self) -> None:
        self.eve.pages.append(self.inner)

    def show_an_empty_page_of_a_private_room_to_others(self) -> None:
        self.eve.pages.append(Page(DEN, "e1", 1, 2, None, True, [], False))

    def show_an_event_from_before_the_join(self) -> None:
        self.until_kicked.after = 3
        self.until_kicked.events.insert(0, self.whispers[3].shown)

    def show_an_event_from_after_the_kick(self) -> None:
        self.until_kicked.events.append(self.whispers[7].shown)

    def show_events_from_between_two_stays(self) -> None:
        self.from_then.after = 8
        self.from_then.events[:0] = [event.shown for event in self.whispers[8:10]]

    def show_a_page_of_events_from_between_two_stays(self) -> None:
        self.inner.events[:0] = [event.shown for event in self.whispers[8:10]]

    def leave_out_the_kick(self) -> None:
        self.until_kicked.events.pop()

    def leave_out_the_second_join(self) -> None:
        self.from_then.after += 1
        del self.from_then.events[0]

    def leave_a_hole_in_a_page_of_a_private_room(self) -> None:
        self.inner.limit = 1
        self.inner.events.pop()

    def show_a_line_of_a_private_room(self) -> None:
        self.line.shown.append("ann0.11")

    def send_a_private_message_to_others(self) -> None:
        self.eve.heard.add("ann0.11")

    def send_the_name_of_a_private_room_to_others(self) -> None:
        self.line.heard.add("ann0.10")

    def send_the_reason_of_a_kick_to_others(self) -> None:
        self.eve.heard.add("ann0.12")

    def send_the_topic_of_a_private_room_to_others(self) -> None:
        self.eve.heard.add("ann0.14")

    def send_a_message_from_between_two_stays(self) -> None:
        self.bob.heard.add("ann0.13")

    def send_the_text_of_the_invited_event(self) -> None:
        self.bob.heard.add("ann0.15")


def replace_(event: Stored, **changes: object) -> Stored:
    return event._replace(**changes)  # type: ignore[arg-type]


WRONG: list[tuple[Callable[[Story], None], str]] = [
    # 1. Durable before visible
    (Story.lose_a_message, "lost"),
    (Story.lose_the_last_message, "lost"),
    (Story.store_a_refused_message, "refused yet stored"),
    (Story.show_an_event_that_was_not_stored, "shown before durable"),
    (Story.show_another_text_than_was_stored, "shown before durable"),
    (Story.show_another_name, "shown before durable"),
    (Story.show_a_line_that_was_not_stored, "shown before durable"),
    (Story.show_a_page_with_another_text, "shown before durable"),
    (Story.show_a_missing_room, "phantom"),
    # 2. Exactly once
    (Story.store_twice_under_one_key, "doubled"),
    (Story.store_twice_without_a_key, "doubled"),
    (Story.store_a_message_that_nobody_sent, "phantom"),
    (Story.store_another_text, "changed"),
    (Story.acknowledge_a_wrong_seq, "ack elsewhere"),
    (Story.acknowledge_a_seq_beyond_the_log, "ack elsewhere"),
    (Story.acknowledge_a_retry_with_another_seq, "ack elsewhere"),
    (Story.acknowledge_in_another_room, "ack elsewhere"),
    # 3. One order
    (Story.leave_out_a_seq_of_the_log, "gap"),
    (Story.swap_the_messages_of_one_sender, "out of order"),
    (Story.show_an_event_twice, "doubled"),
    (Story.show_events_in_another_order, "out of order"),
    (Story.show_a_line_twice, "doubled"),
    (Story.show_lines_in_another_order, "out of order"),
    # 4. Nothing missed
    (Story.skip_an_event, "gap"),
    (Story.skip_the_first_event, "gap"),
    (Story.begin_after_an_earlier_seq_than_promised, "out of order"),
    (Story.begin_after_the_join, "wrong beginning"),
    (Story.send_a_wrong_epoch, "wrong epoch"),
    (Story.send_a_wrong_epoch_on_a_page, "wrong epoch"),
    (Story.show_a_page_with_a_hole, "gap"),
    (Story.show_a_page_that_ends_early, "gap"),
    (Story.show_a_page_that_is_too_long, "gap"),
    (Story.deny_that_there_are_earlier_events, "gap"),
    (Story.skip_a_line, "gap"),
    # Direct rooms: only their members
    (Story.show_a_direct_room_to_others, "overheard"),
    (Story.show_a_page_of_a_direct_room_to_others, "overheard"),
    (Story.show_a_direct_line_to_others, "overheard"),
    # Private rooms: only their members, and only while they are members
    (Story.let_an_uninvited_user_join, "uninvited"),
    (Story.let_a_kicked_user_rejoin_uninvited, "uninvited"),
    (Story.let_a_banned_user_rejoin, "uninvited"),
    (Story.show_a_private_room_to_others, "overheard"),
    (Story.show_the_name_of_a_private_room_to_others, "overheard"),
    (Story.show_a_page_of_a_private_room_to_others, "overheard"),
    (Story.show_an_empty_page_of_a_private_room_to_others, "overheard"),
    (Story.show_an_event_from_before_the_join, "overheard"),
    (Story.show_an_event_from_after_the_kick, "overheard"),
    (Story.show_events_from_between_two_stays, "overheard"),
    (Story.show_a_page_of_events_from_between_two_stays, "overheard"),
    (Story.leave_out_the_kick, "gap"),
    (Story.leave_out_the_second_join, "gap"),
    (Story.leave_a_hole_in_a_page_of_a_private_room, "gap"),
    (Story.show_a_line_of_a_private_room, "overheard"),
    (Story.send_a_private_message_to_others, "overheard"),
    (Story.send_the_name_of_a_private_room_to_others, "overheard"),
    (Story.send_the_reason_of_a_kick_to_others, "overheard"),
    (Story.send_the_topic_of_a_private_room_to_others, "overheard"),
    (Story.send_a_message_from_between_two_stays, "overheard"),
    (Story.send_the_text_of_the_invited_event, "overheard"),
]


def test_a_correct_history_has_no_violation() -> None:
    assert Story().kinds() == set()


@pytest.mark.parametrize(("tell", "kind"), WRONG, ids=[tell.__name__ for tell, _ in WRONG])
def test_a_wrong_history_is_found(tell: Callable[[Story], None], kind: str) -> None:
    story = Story()
    tell(story)
    assert kind in story.kinds()


def test_a_retried_message_may_be_stored_out_of_order() -> None:
    story = Story()
    story.ann.messages[:2] = [story.second, replace(story.first, attempts=2, at_once=False)]
    assert story.kinds() == set()


def test_a_line_that_was_not_echoed_may_be_stored_or_not() -> None:
    story = Story()
    story.line.sent.append("net0.2")
    assert story.kinds() == set()
    story.log.append(Stored(8, NET, "net0x0", "message", "five <net0.2>"))
    assert story.kinds() == set()


def test_an_invited_user_may_know_the_rooms_name() -> None:
    story = Story()
    story.whispers.append(Stored(13, ANN, "ann", "invited", "", about=EVE))
    story.eve.heard.add("ann0.10")
    assert story.kinds() == set()


def test_a_name_that_a_public_room_also_has_is_no_secret() -> None:
    story = Story()
    story.hub[4] = Room(4, "{ann0.10}", "e1", [Stored(1, EVE, "eve", "created", "{ann0.10}")])
    story.eve.heard.add("ann0.10")
    assert story.kinds() == set()


def test_a_page_may_cover_the_first_stay_only() -> None:
    """The client may have requested the page before its second join."""
    story = Story()
    story.inner.before = 7
    story.inner.events = [event.shown for event in story.whispers[4:6]]
    assert story.kinds() == set()


def test_a_line_client_gets_no_events_from_between_two_stays() -> None:
    story = Story()
    story.hub[0].log.append(Stored(5, BOB, "bob", "named", "bob0"))
    line = LineAccount("bob0", "bob0", ["ann0.11", "ann0.16"])
    assert not check(story.hub, [story.ann, story.bob], [line, story.line])


def test_a_line_client_may_be_any_of_the_guests_of_its_name() -> None:
    story = Story()
    story.whispers.append(Stored(13, ANN, "ann", "invited", "", about=NET))
    story.line.heard.add("ann0.10")
    assert story.kinds() == set()
    story.hub[0].log.append(Stored(5, 5, "net0x0", "named", "net0x0"))
    assert story.kinds() == set()
    story.line.shown.append("ann0.11")
    assert story.kinds() == {"overheard"}


@pytest.mark.parametrize("cut", range(1, 30))
def test_an_ear_finds_marks_in_chunks_cut_anywhere(cut: int) -> None:
    heard: set[str] = set()
    ear = Ear(heard)
    data = b'{"text":"hush <ann0.11>","name":"{web3.18}"}'
    ear.hear(data[:cut])
    ear.hear(data[cut:])
    assert heard == {"ann0.11", "web3.18"}


@pytest.mark.parametrize(("count", "gap"), [(PAGE_EVENTS - 1, True), (PAGE_EVENTS, False)])
def test_the_engine_may_skip_events_only_by_opening_a_room_at_its_newest_page(
    tmp_path: Path, count: int, gap: bool
) -> None:
    log = [Stored(seq, 0, "parley", "topic", "") for seq in range(1, 201)]
    engine = EngineClient(Scene(1, tmp_path), "js0", tmp_path, mean=1, life=1)
    for events in (log[:50], log[-count:]):
        engine._show(LOBBY, "e1", [event.shown for event in events])
    kinds = {each.kind for each in check({LOBBY: Room(LOBBY, "lobby", "e1", log)}, [engine.account], [])}
    assert kinds == ({"gap"} if gap else set())
