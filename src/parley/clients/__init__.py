"""Parley's clients. They import only `parley.wire`: any other client can do what they do."""
