"""Stores: the implementations of `parley.core.ports.Store`."""
