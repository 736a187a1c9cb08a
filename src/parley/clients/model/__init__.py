"""What a client knows of rooms and names: plain state."""
