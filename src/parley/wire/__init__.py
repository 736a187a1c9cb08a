"""Translates bytes to frames and back, without I/O. The server and the clients share it."""
