"""Coming in, people and roles, accounts, settings and the log."""
