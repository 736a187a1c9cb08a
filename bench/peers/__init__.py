"""The contestants: Parley itself, two IRC servers, the report's server and bare broadcasters."""
