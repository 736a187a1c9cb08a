"""The contestants: Parley, two IRC servers, the report's server and bare broadcasters."""
