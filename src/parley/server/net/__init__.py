"""Sockets: the listener, the choice of the protocol, the connections."""
