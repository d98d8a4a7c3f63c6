"""What happened: table contracts, reading and checking files, and the lake that keeps the facts."""
