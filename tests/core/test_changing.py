"""The rules of changes of messages, where a session would be long."""

from parley.core.commands import Pin, SendMessage
from parley.core.forms import Message
from parley.core.refusals import Refusal
from parley.core.rules import decide
from parley.core.rules.changing import PINS_MOST
from tests.core.sessions import Rules


def test_a_room_has_at_most_a_hundred_pins() -> None:
    rules = Rules()
    [ann] = rules.enter("ann")
    room = rules.private("tea", ann)
    messages = []
    for number in range(PINS_MOST + 1):
        rules.ask(SendMessage(ann, room, str(number)))
        messages.append(Message.of(rules.log[-1]))

    def pin(message: Message, *, on: bool = True) -> str:
        decision = decide(rules.state, Pin(ann, room, message.seq, on), rules.at, forms=(message,))
        if isinstance(decision, Refusal):
            return decision.code
        rules.state.apply_all(decision.events)
        for event in decision.events:
            message.apply(event)  # type: ignore[arg-type]
        return "done"

    assert [pin(message) for message in messages] == ["done"] * PINS_MOST + ["pins_full"]
    assert pin(messages[0], on=False) == "done"
    assert pin(messages[-1]) == "done"
