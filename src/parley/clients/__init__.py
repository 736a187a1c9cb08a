"""Parley's clients. They import nothing of ours but `parley.wire`: whatever they can do, anyone's client can."""
