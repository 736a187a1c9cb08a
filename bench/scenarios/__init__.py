"""The scenarios, one per file. Each measures its contestants side by side and returns a section of the report."""
