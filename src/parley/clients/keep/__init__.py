"""The files of a client: the outbox, the tokens, the fingerprints of certificates."""
