"""The client's side of the web protocol (docs/protocol/web.md), without I/O: see `session.ClientSession`."""
