"""Addresses, connections and certificates: the parts of the clients that use the network."""
