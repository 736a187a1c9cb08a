"""Benchmarks of Parley beside other servers: `python -m bench`."""
