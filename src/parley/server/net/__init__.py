"""Sockets: the listener, the choice of the protocol, and the connections."""
