"""Stores: the adapters of `parley.core.ports.Store`."""
