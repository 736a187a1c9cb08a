"""Gateways translate frames to commands and events to bytes. Each dialect has a folder. No gateway does I/O."""
