"""Turns commands into events and shows them to readers: the writer, the subscriptions, and presence."""
