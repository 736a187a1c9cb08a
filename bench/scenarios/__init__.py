"""The scenarios, one a file: each measures its contestants side by side and returns a section of the report."""
