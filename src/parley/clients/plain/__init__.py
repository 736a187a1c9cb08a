"""The chat in lines: on a terminal with a prompt, in a pipe as clean text."""
