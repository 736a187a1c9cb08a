"""Addresses, connections and certificates: what needs a network."""
