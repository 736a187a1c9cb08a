"""Bytes to frames and back, without I/O. Shared by the server and the clients."""
