"""Parley: a chat server that loses, doubles and reorders nothing, and its own clients."""

__version__ = "0.1.0"
