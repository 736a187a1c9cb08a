"""HTTP: the API for scripts and pages, the pages themselves, and incoming webhooks."""
