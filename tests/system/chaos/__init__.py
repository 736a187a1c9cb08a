"""Chaos: kills a real server and lets its disk fail. Clients record what they see, and a checker compares their records
with the log.
"""
