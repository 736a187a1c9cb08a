"""The chat client in lines of text: on a terminal with a prompt, in a pipe without escape codes."""
