"""Chaos: a real server is killed and its disk fails, clients record what they see, and a checker compares that with the
log.
"""
