"""From commands to what readers see: the writer, the readers, and who is connected."""
