"""How large a thing on the wire may be. What a message or a name may hold is the core's affair (`parley.core.text`)."""

LINE_BYTES = 16 * 1024
"""The longest line of the line protocol, its newline not counted."""

FRAME_BYTES = 16 * 1024
"""The longest frame a client may send to the web gateway, in bytes of UTF-8."""

PIECE_BYTES = 32 * 1024
"""About how many bytes of events are written to a reader at once; one event that is longer goes alone."""

PAGE_EVENTS = 200
"""The most events in one page of history."""
