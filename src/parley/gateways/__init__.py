"""Gateways: frames to commands, events to bytes. One dialect a folder; none of them does I/O."""
