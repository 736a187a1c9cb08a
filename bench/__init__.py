"""Benchmarks that measure Parley and other servers side by side: `python -m bench`."""
