"""Size limits on the wire. The limits of messages and names are in `parley.core.text`."""

LINE_BYTES = 16 * 1024
"""The longest line of the line protocol, in bytes without the newline."""

FRAME_BYTES = 16 * 1024
"""The longest frame a client may send to the web gateway, in bytes of UTF-8."""

PIECE_BYTES = 32 * 1024
"""About how many bytes of events are written to a reader at once; a longer single event is written alone."""

PAGE_EVENTS = 200
"""The most events in one page of history."""

DIRECTORY_PAGE = 200
"""The most rooms, members or people in one page, and the number in a page if no `limit` is given."""
