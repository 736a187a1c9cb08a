"""The state of a client: rooms and names. No I/O."""
