"""The contestants, which are the measured servers: Parley, two IRC servers, the report's server, bare broadcasters."""
