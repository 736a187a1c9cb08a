"""The domain: rooms as logs, decided by pure rules. Synchronous, without I/O, clocks or randomness."""
