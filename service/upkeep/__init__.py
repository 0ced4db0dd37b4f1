"""Looking after an installation: copies of its database, and what is wrong with it."""
