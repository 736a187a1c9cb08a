"""A user's conversation with a server, without I/O: calls tell what has happened, effects say what shall happen.

    session = ClientSession(name="bob", new_key=KeySequence(), random=random.random)
    session.connected(now)            there is a connection
    session.receive(frame, now)       the server sent a frame
    session.lost(now, why)            the connection has ended, or could not be made
    session.tick(now)                 `session.deadline` has come
    session.say("lobby", "hi", now)   and the other commands
    session.effects()                 after each of these: what shall be done, in order (`.effects`)

`now` is in seconds of any clock that never goes back. While there is no connection and there shall be one,
`connect_at` says when.

**The line.** What the user wants stands in one line, in the order in which it was said, and its head is what the
server is working on. A message leaves the line when it is stored, or refused for good; a request when it is answered.
Nothing else is under way meanwhile. That costs a round trip per message, and it is the only way with this protocol in
which a message can never overtake another: of two messages sent at once, the first may be refused with `retry_after`
(too fast; a disk that failed for one commit) and the second be stored, and no sending again puts that right.
Reconnecting is harmless: whatever the server still makes of the frames of the old connection, it does in order, and
knows the keys when they come again.

What the server refuses for a moment (`retry_after`) is tried again by itself, if the moment is short; a message to
a room in slow mode, or from someone who is muted for a week, is refused, and the user is told.

What only reads (history, members, rooms) waits for its turn, so that it shows what was said before it, but does not
hold up what follows; while the head of the line has to wait before it tries again, reads go past it.

**Coming back.** The hello says what was seen. Rooms that the server does not list any more (it holds a guest's place
for a while only) are joined again with what was seen, unless the user had left them. One who has an account stays a
member without a connection: a room that is not listed was left elsewhere, or they were sent out of it. A request whose
answer was lost is made again where that can do no harm, or if what it asked for has not come about; a topic or a ban
is not: the user is told.

**Who one is.** A token, which the server gives out, or a name, for an account with its password, which is kept until
the server has answered and no longer. Whoever has had an account here never comes back as a guest unasked.

**Where a message goes.** To the room it was written in, by its id; by name if that room is not known yet, or not there
any more. By name a room is made if there is none: what was written in a private room, or in one that its writer was
sent out of, therefore never goes by name. The server is asked about it by its id and refuses it, unless it was stored
before.

**What was shown.** The session counts what the user has not read, from what the server says (`marks_of`). Whoever
drives it says when it is kept how far rooms were shown, and which of them somebody looks at (`acknowledge`): then the
server is told.

**How it is built.** In floors, each of which calls those below it and none above: what a session keeps in mind
(`state`), the line, the hello, what the server says (`answers`), and on top what is called from outside (`session`).
"""

from .hello import ACCOUNT_FIRST
from .line import SEVERAL, conversation
from .session import ClientSession
from .state import Phase

__all__ = ["ACCOUNT_FIRST", "SEVERAL", "ClientSession", "Phase", "conversation"]
