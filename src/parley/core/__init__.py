"""The domain: a room is a log; pure rules decide what is appended. Synchronous, without I/O, clocks or randomness."""
