"""People who use the application: accounts, roles, invitations, languages, and the log of what they did."""
