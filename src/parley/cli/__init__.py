"""The command line: argument parsing, and sentences for people."""
