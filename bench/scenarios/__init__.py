"""The scenarios, one per file. Each measures its contestants, and returns a section of the report."""
